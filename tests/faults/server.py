"""A real server of the dashboard, a process that shares the tests' database and stand-in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.test import Client

from tests import leaks
from tests.conftest import Watch
from tests.jobs.workers import ROOT, database_url


class Server:
    """gunicorn as gunicorn.conf.py has it, with one worker; what it says goes into a file."""

    def __init__(self, output: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        told = {
            "DJANGO_SETTINGS_MODULE": "tests.faults.server_settings",
            "DATABASE_URL": database_url(),
            "STAND_IN": settings.ALTEGIO_API_URL,
            "WEB_CONCURRENCY": "1",
        }
        self.output = output
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", self.address],
                cwd=ROOT,
                env={**os.environ, **told},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < until:
            try:
                if requests.get(f"http://{self.address}/readyz", timeout=30).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError(self.text())

    def text(self) -> str:
        return self.output.read_text()

    def get(self, url: str, *, of: Client) -> requests.Response:
        """The page, as the browser whose cookies these are gets it."""
        return self._ask("GET", url, of)

    def post(self, url: str, data: dict[str, Any], *, of: Client) -> requests.Response:
        """The same of a form; a redirect is not followed."""
        return self._ask("POST", url, of, data=data)

    def _ask(self, method: str, url: str, of: Client, **more: Any) -> requests.Response:
        cookies = {name: morsel.value for name, morsel in of.cookies.items()}
        url = f"http://{self.address}{url}"
        return requests.request(
            method, url, cookies=cookies, timeout=60, allow_redirects=False, **more
        )

    def end(self, watch: Watch) -> None:
        """It has written no secret."""
        self.kill()
        assert leaks.leaks_in(self.text(), watch.secrets | watch.phones) == []

    def kill(self) -> None:
        """All its processes at once, with what they are doing."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
