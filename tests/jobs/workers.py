"""Real workers: processes of their own that share the tests' database and stand-in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


def database_url() -> str:
    """Of the database that the tests run on."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


class Worker:
    """`manage.py worker`; what it says goes into a file."""

    def __init__(self, output: Path, **environment: str) -> None:
        self.output = output
        told = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_url(),
            "ALTEGIO_API_URL": settings.ALTEGIO_API_URL,
        }
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=ROOT,
                env={**os.environ, **told, **environment},
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def text(self) -> str:
        return self.output.read_text()

    def end(self, signum: signal.Signals = signal.SIGTERM, patience: float = 30) -> int:
        """Its exit status, negative for the signal that it died of."""
        if self.process.poll() is None:
            self.process.send_signal(signum)
        return self.process.wait(patience)
