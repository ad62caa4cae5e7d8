"""`make run`, really run: in a copy of the project, on ports of its own."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ["config", "loyalty_admin", "scripts", "static", "templates", "manage.py"]
TOKEN_KEY = "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMDE="
SERVERS = ("runserver", "worker", "sandbox")
REAL = {"ALTEGIO_API_URL": "http://127.0.0.1:9/api/v1"}
READY = "Ctrl-C"  # in the last line that a run prints once everything answers


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project as a fresh checkout has it: no .env, no database."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, copy / name)
    return copy


class Run:
    """One `make run`, its output in a file, every process that it starts marked."""

    def __init__(self, project: Path, **environment: str) -> None:
        self.mark = f"LOYALTY_ADMIN_TEST={project}-{time.monotonic_ns()}"
        name, value = self.mark.split("=", 1)
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.output = project.parent / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scripts.run"],
                cwd=project,
                env={**kept, name: value, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def text(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str) -> str:
        deadline = time.monotonic() + 60
        while words not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.1)
        return self.text()

    def end(self, signum: signal.Signals) -> int:
        self.process.send_signal(signum)
        return self.process.wait(20)

    def processes(self, doing: str = "") -> list[int]:
        """The processes alive that carry this run's mark, found by their environment; those
        whose command holds `doing`."""
        answer = subprocess.run(
            ["ps", "axeww", "-o", "pid=,stat=,command="], capture_output=True, text=True, check=True
        )
        lines = [line.split(None, 2) for line in answer.stdout.splitlines() if self.mark in line]
        return [int(line[0]) for line in lines if not line[1].startswith("Z") and doing in line[2]]


@pytest.fixture
def start(project: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def started(**environment: str) -> Run:
        runs.append(Run(project, **environment))
        return runs[-1]

    yield started
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(20)


@pytest.fixture
def ports() -> dict[str, str]:
    """Two ports that are free now."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return {"PORT": str(one.getsockname()[1]), "SANDBOX_PORT": str(two.getsockname()[1])}


def is_free(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) != 0


def sign_in(address: str, email: str, password: str) -> str:
    """Signs in through the page's own form; gives the address of the page that follows."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(cookies)
    )
    with browser.open(f"{address}login/", timeout=30) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    form = {"csrfmiddlewaretoken": token[1], "username": email, "password": password}
    data = urllib.parse.urlencode(form).encode()
    with browser.open(f"{address}login/", data, timeout=30) as page:
        return str(page.url)


def nothing_is_left(run: Run, ports: dict[str, str]) -> bool:
    return run.processes() == [] and is_free(ports["PORT"]) and is_free(ports["SANDBOX_PORT"])


@pytest.mark.slow
def test_run_serves_both_and_leaves_nothing(
    project: Path, start: Callable[..., Run], ports: dict[str, str]
) -> None:
    run = start(**ports)
    printed = run.wait_for(READY)
    address = f"http://127.0.0.1:{ports['PORT']}/"
    assert address in printed
    assert f"http://127.0.0.1:{ports['SANDBOX_PORT']}/" in printed
    manager = re.search(r"\S+@\S+ +\S+", printed)
    assert manager
    assert "login" not in sign_in(address, *manager[0].split())
    for command in SERVERS:
        assert run.processes(f"manage.py {command}"), run.text()
    assert run.end(signal.SIGINT) == 0, run.text()
    assert nothing_is_left(run, ports)
    for name in (".env", ".env.run"):
        assert stat.S_IMODE((project / name).stat().st_mode) == 0o600

    # With a partner token there is no stand-in, and one server that dies stops the other.
    (project / "token").write_text("of-a-partner")
    again = start(**ports, **REAL, ALTEGIO_PARTNER_TOKEN_FILE=str(project / "token"))
    printed = again.wait_for(READY)
    assert manager[0] in printed
    assert REAL["ALTEGIO_API_URL"] in printed
    assert "of-a-partner" not in printed
    assert is_free(ports["SANDBOX_PORT"])
    kill(again, "worker")
    assert again.process.wait(20) == 1
    assert nothing_is_left(again, ports)


def kill(run: Run, command: str) -> None:
    os.kill(max(run.processes(f"manage.py {command}")), signal.SIGKILL)


@pytest.mark.long
@pytest.mark.parametrize("command", SERVERS)
def test_one_of_them_dying_stops_the_others(
    command: str, start: Callable[..., Run], ports: dict[str, str]
) -> None:
    run = start(**ports)
    run.wait_for(READY)
    kill(run, command)
    assert run.process.wait(20) == 1
    assert nothing_is_left(run, ports)


@pytest.mark.long
def test_partner_token_of_the_environment_is_taken_as_well(
    start: Callable[..., Run], ports: dict[str, str]
) -> None:
    run = start(**ports, **REAL, ALTEGIO_PARTNER_TOKEN="of-a-partner")
    printed = run.wait_for(READY)
    assert REAL["ALTEGIO_API_URL"] in printed
    assert "of-a-partner" not in printed
    assert is_free(ports["SANDBOX_PORT"])
    assert run.end(signal.SIGTERM) == 0
    assert nothing_is_left(run, ports)


def refused(run: Run) -> str:
    """Return the one line that a run ends with at once."""
    assert run.process.wait(30) == 1
    (line,) = run.text().splitlines()
    return line


@pytest.mark.slow
def test_taken_port_is_named_with_the_setting_that_moves_it(
    start: Callable[..., Run], ports: dict[str, str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for name in ("PORT", "SANDBOX_PORT"):
            line = refused(start(**{**ports, name: str(port)}))
            assert str(port) in line
            assert f" {name}={port + 1000} " in line


@pytest.mark.slow
def test_run_that_cannot_be_is_refused_in_one_line(
    start: Callable[..., Run], ports: dict[str, str]
) -> None:
    for environment, named in [
        ({"PORT": "http"}, "PORT=http"),
        ({"PORT": "70000"}, "PORT=70000"),
        ({"PORT": "8000", "SANDBOX_PORT": "8000"}, "PORT and SANDBOX_PORT"),
        ({"DEBUG": "off", "SECRET_KEY": "k", "TOKEN_KEYS": TOKEN_KEY}, "DEBUG=on"),
    ]:
        assert named in refused(start(**{**ports, **environment}))
