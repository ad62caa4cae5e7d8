"""`manage.py sandbox` as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import ACCEPT, CERTIFICATES, TYPES
from tests.sandbox.memberships import LIST as SOLD
from tests.sandbox.transactions import LIST as TRANSACTIONS

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@contextmanager
def running(*options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", *options],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def signed_in(api_url: str, password: str) -> dict[str, str]:
    """The headers of a call after signing in."""
    headers = {"Accept": ACCEPT, "Authorization": "Bearer partner-of-the-tests"}
    body = {"login": Sandbox.director, "password": password}
    answer = requests.post(f"{api_url}/auth", json=body, headers=headers, timeout=60)
    token = answer.json()["data"]["user_token"]
    return headers | {"Authorization": f"{headers['Authorization']}, User {token}"}


def test_it_prints_its_address_and_sign_in_and_ends_quietly() -> None:
    with running("--port", "0", "--profile", "observed", "--types", "3") as process:
        assert process.stdout
        profile, api_url = process.stdout.readline().strip().split(": ", 1)
        login, password = process.stdout.readline().strip().split(": ", 1)[1].split(" / ")
        assert "(observed)" in profile
        assert login == Sandbox.director
        assert signed_in(api_url, password)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_sizes_are_chosen_and_a_password_of_the_environment_is_not_printed() -> None:
    sizes = ["--types", "3", "--gift-card-types", "7", "--promotions", "2"]
    sizes += ["--memberships", "4", "--transactions", "5"]
    with running("--port", "0", *sizes, SANDBOX_PASSWORD="chosen in advance") as process:
        assert process.stdout
        api_url = process.stdout.readline().strip().split(": ", 1)[1]
        headers = signed_in(api_url, "chosen in advance")
        period = {"created_after": "2000-01-01", "created_before": "2100-01-01"}

        def read(path: str) -> Any:
            return requests.get(f"{api_url}{path}", period, headers=headers, timeout=60).json()

        totals = [read(path)["meta"] for path in (TYPES, CERTIFICATES)]
        assert totals == [{"total_count": 3}, {"total_count": 7}]
        assert len(read("/company/501/loyalty/programs/search")) == 2
        assert len(read(SOLD)["data"]) == 4
        assert read(TRANSACTIONS)["meta"] == {"count": 5}
        process.terminate()
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_taken_port_is_named_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running("--port", port) as process:
            output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    [line] = errors.splitlines()
    assert line.startswith("CommandError: ") and port in line
