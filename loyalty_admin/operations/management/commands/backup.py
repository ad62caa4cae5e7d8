from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loyalty_admin.operations import backups


class Command(BaseCommand):
    help = (
        "Write the database into one compressed file, for manage.py restore. People may go on "
        "working. The keys (SECRET_KEY, TOKEN_KEYS) are not in it: keep them elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = backups.backup(file)
        except FileExistsError:
            raise CommandError(f"{file} is there already.") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"Rows in {file}: {rows}. Only its owner may read it.")
        self.stdout.write("The keys are not in it: without TOKEN_KEYS it opens no token.")
