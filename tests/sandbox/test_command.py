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

import pytest
import requests

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import ACCEPT, CERTIFICATES, TYPES
from tests.sandbox.memberships import LIST as SOLD
from tests.sandbox.transactions import LIST as TRANSACTIONS

ROOT = Path(__file__).resolve().parents[2]


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


def sign_in(api_url: str, password: str) -> int:
    return requests.post(
        f"{api_url}/auth",
        json={"login": Sandbox.director, "password": password},
        headers={"Accept": ACCEPT, "Authorization": "Bearer partner-of-the-tests"},
        timeout=10,
    ).status_code


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_and_sign_in_and_ends_quietly(ending: signal.Signals) -> None:
    with running("--port", "0", "--types", "3", "--profile", "observed") as process:
        assert process.stdout
        address = process.stdout.readline().split(": ", 1)
        login, password = process.stdout.readline().removeprefix("Altegio sign-in: ").split(" / ")
        assert address[0] == "Altegio stand-in (observed)"
        assert login == Sandbox.director
        assert sign_in(address[1].strip(), password.strip()) == 200
        process.send_signal(ending)
        rest, errors = process.communicate(timeout=10)
        assert (process.returncode, rest, errors) == (0, "", "")


def test_a_password_of_the_environment_is_used_and_not_printed() -> None:
    with running("--port", "0", SANDBOX_PASSWORD="chosen in advance") as process:
        assert process.stdout
        api_url = process.stdout.readline().split(": ", 1)[1].strip()
        assert sign_in(api_url, "chosen in advance") == 201
        process.terminate()
        assert "chosen" not in process.communicate(timeout=10)[0]


def test_the_numbers_of_all_that_there_is_at_the_start_are_chosen() -> None:
    sizes = ["--types", "3", "--gift-card-types", "7", "--promotions", "2"]
    sizes += ["--memberships", "4", "--transactions", "5"]
    with running("--port", "0", *sizes, SANDBOX_PASSWORD="chosen in advance") as process:
        assert process.stdout
        api_url = process.stdout.readline().split(": ", 1)[1].strip()
        headers = {"Accept": ACCEPT, "Authorization": "Bearer partner-of-the-tests"}
        token = requests.post(
            f"{api_url}/auth",
            json={"login": Sandbox.director, "password": "chosen in advance"},
            headers=headers,
            timeout=10,
        ).json()["data"]["user_token"]
        headers["Authorization"] += f", User {token}"
        totals = [
            requests.get(f"{api_url}{path}", headers=headers, timeout=10).json()["meta"]
            for path in (TYPES, CERTIFICATES)
        ]
        assert totals == [{"total_count": 3}, {"total_count": 7}]
        search = f"{api_url}/company/501/loyalty/programs/search"
        assert len(requests.get(search, headers=headers, timeout=10).json()) == 2
        period = {"created_after": "2000-01-01", "created_before": "2100-01-01"}
        sold = requests.get(f"{api_url}{SOLD}", period, headers=headers, timeout=10).json()["data"]
        assert len(sold) == 4
        listed = requests.get(f"{api_url}{TRANSACTIONS}", period, headers=headers, timeout=10)
        assert listed.json()["meta"] == {"count": 5}


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running("--port", port) as process:
            output, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert output == ""
    assert errors.splitlines() == [
        f"CommandError: Port {port} is taken by another program. Choose one with --port."
    ]
