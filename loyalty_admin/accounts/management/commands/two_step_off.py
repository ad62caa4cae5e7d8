from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty_admin.accounts import sessions, two_step
from loyalty_admin.accounts.models import User


class Command(BaseCommand):
    help = "Let a person who lost device and recovery codes sign in with the password alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email=User.objects.normalize_email(options["email"])).first()
        if person is None:
            raise CommandError("Nobody has this e-mail.")
        if not person.has_two_step:
            raise CommandError(f"{person.email} has not set two-step sign-in up.")
        two_step.turn_off(person=person)
        sessions.end_all_sessions(person=person)
        self.stdout.write(f"{person.email} signs in with the password alone now.")
