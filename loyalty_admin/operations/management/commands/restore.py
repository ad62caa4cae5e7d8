from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loyalty_admin.operations import backups


class Command(BaseCommand):
    help = (
        "Put a file of manage.py backup into an empty, migrated database, of SQLite or PostgreSQL. "
        "All of it or nothing. The keys are not in it: put them back yourself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = backups.restore(file)
        except backups.CannotRestore as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Rows restored: {rows}. Everybody has to sign in again.")
        self.stdout.write("manage.py doctor says whether the keys are the right ones.")
