"""`manage.py sandbox`: the stand-in for the Altegio API as a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from loyalty_admin.sandbox.server import PortTaken, Sandbox


class Command(BaseCommand):
    help = "Run the stand-in for the Altegio API until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
        parser.add_argument("--port", type=int, default=8001, help="default: 8001; 0: any")
        parser.add_argument(
            "--profile",
            choices=["documented", "observed"],
            default="documented",
            help="behave as the reference says, or as the real backend was seen to behave",
        )
        parser.add_argument(
            "--types", type=int, default=30, help="membership types in the first chain"
        )
        parser.add_argument(
            "--gift-card-types", type=int, default=24, help="gift card types in the first chain"
        )
        parser.add_argument(
            "--promotions", type=int, default=18, help="promotions in the first chain"
        )
        parser.add_argument(
            "--memberships", type=int, default=60, help="sold memberships in the first chain"
        )
        parser.add_argument(
            "--transactions",
            type=int,
            default=2000,
            help="loyalty transactions of the last 90 days in the first chain",
        )
        parser.add_argument(
            "--latency", type=float, default=0.0, metavar="SECONDS", help="for every call"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, lambda *_: stopped.set())
        try:
            sandbox = Sandbox(
                profile=options["profile"],
                host=options["host"],
                port=options["port"],
                types=options["types"],
                certificate_types=options["gift_card_types"],
                promotions=options["promotions"],
                memberships=options["memberships"],
                transactions=options["transactions"],
                latency=options["latency"],
                partner_token=settings.ALTEGIO_PARTNER_TOKEN,
                password=os.environ.get("SANDBOX_PASSWORD", ""),
            )
        except PortTaken:
            raise CommandError(
                f"Port {options['port']} is taken by another program. Choose one with --port."
            ) from None
        sandbox.start()
        self.stdout.write(f"Altegio stand-in ({options['profile']}): {sandbox.api_url}")
        if not os.environ.get("SANDBOX_PASSWORD"):
            self.stdout.write(f"Altegio sign-in: {sandbox.director} / {sandbox.password}")
        self.stdout.flush()
        stopped.wait()
        sandbox.stop()
