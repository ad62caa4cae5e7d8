from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loyalty_admin.crypto import encrypted


class Command(BaseCommand):
    help = (
        "Encrypt every stored token with the first of TOKEN_KEYS. May be stopped, begun again and "
        "run beside the dashboard; exits with 1 where no key reads a token."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = encrypted.rotate()
        self.stdout.write(
            f"Encrypted anew: {done.renewed}. With the first key already: {done.current}."
        )
        if done.unreadable:
            listed = "\n".join(f"  {label}" for label in done.unreadable)
            raise CommandError(
                f"No key reads these: put the missing key back, or sign in again there.\n{listed}"
            )
        self.stdout.write("The keys behind the first are not needed any more.")
