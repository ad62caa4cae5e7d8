from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from loyalty_admin.operations import doctor


class Command(BaseCommand):
    help = (
        f"Look at this deployment: {', '.join(doctor.PARTS)}. "
        "Says what is wrong and how to mend it; exits with 1 where something is."
    )
    # It looks at them itself, and a failing one must not keep it from looking.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = doctor.examine()
        if options["json"]:
            rows = [
                {"part": one.part, "ok": one.is_well, "says": one.says, "mend": one.mend}
                for one in found
            ]
            self.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            for one in found:
                self._say(one)
        if not all(one.is_well for one in found):
            sys.exit(1)

    def _say(self, one: doctor.Finding) -> None:
        mark = self.style.SUCCESS("ok   ") if one.is_well else self.style.ERROR("WRONG")
        self.stdout.write(f"{mark}  {one.part:9} {one.says}")
        if one.mend:
            self.stdout.write(f"{'':17}-> {one.mend}")
