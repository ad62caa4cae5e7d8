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


def test_run_serves_both_and_leaves_nothing(
    project: Path, start: Callable[..., Run], ports: dict[str, str]
) -> None:
    run = start(**ports)
    said = run.wait_for("Ctrl-C stops everything")
    address = f"http://127.0.0.1:{ports['PORT']}/"
    assert address in said
    assert f"http://127.0.0.1:{ports['SANDBOX_PORT']}/" in said
    manager = re.search(r"sign in as +(\S+@\S+) +(\S+)", said)
    assert manager
    assert "login" not in sign_in(address, manager[1], manager[2])
    for command in ("runserver", "worker", "sandbox"):
        assert run.processes(f"manage.py {command}"), run.text()

    assert run.end(signal.SIGINT) == 0, run.text()
    assert run.processes() == []
    assert is_free(ports["PORT"])
    assert is_free(ports["SANDBOX_PORT"])

    for name in (".env", ".env.run"):
        assert stat.S_IMODE((project / name).stat().st_mode) == 0o600

    again = start(**ports)
    assert re.search(r"sign in as.*", again.wait_for("Ctrl-C"))[0] == manager[0]  # type: ignore[index]
    assert again.end(signal.SIGTERM) == 0
    assert again.processes() == []


@pytest.mark.parametrize("command", ["runserver", "worker", "sandbox"])
def test_one_of_them_dying_stops_the_others(
    command: str, start: Callable[..., Run], ports: dict[str, str]
) -> None:
    run = start(**ports)
    run.wait_for("Ctrl-C stops everything")
    os.kill(max(run.processes(f"manage.py {command}")), signal.SIGKILL)
    assert run.process.wait(20) == 1
    assert "has ended" in run.text()
    assert run.processes() == []
    assert is_free(ports["PORT"])
    assert is_free(ports["SANDBOX_PORT"])


@pytest.mark.parametrize("is_in_file", [False, True])
def test_with_a_partner_token_there_is_no_stand_in(
    start: Callable[..., Run], ports: dict[str, str], tmp_path: Path, is_in_file: bool
) -> None:
    token = {"ALTEGIO_PARTNER_TOKEN": "of-a-partner"}
    if is_in_file:
        (tmp_path / "token").write_text("of-a-partner")
        token = {"ALTEGIO_PARTNER_TOKEN_FILE": str(tmp_path / "token")}
    run = start(**ports, **token, ALTEGIO_API_URL="http://127.0.0.1:9/api/v1")
    said = run.wait_for("Ctrl-C stops everything")
    assert "the real one, at http://127.0.0.1:9/api/v1" in said
    assert "of-a-partner" not in said
    assert is_free(ports["SANDBOX_PORT"])
    assert run.end(signal.SIGINT) == 0


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_one_clear_sentence(
    name: str, start: Callable[..., Run], ports: dict[str, str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = start(**{**ports, name: str(port)})
        assert run.process.wait(30) == 1
    assert run.text() == f"Port {port} is taken. Choose another: {name}={port + 1000} make run\n"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "http"}, "PORT=http is not a port"),
        ({"PORT": "70000"}, "PORT=70000 is not a port"),
        ({"PORT": "8000", "SANDBOX_PORT": "8000"}, "are the same"),
        ({"DEBUG": "off", "SECRET_KEY": "k", "TOKEN_KEYS": TOKEN_KEY}, "DEBUG=on only"),
    ],
)
def test_what_cannot_be_run_is_said(
    environment: dict[str, str], words: str, start: Callable[..., Run], ports: dict[str, str]
) -> None:
    run = start(**{**ports, **environment})
    assert run.process.wait(30) == 1
    assert words in run.text()
    assert len(run.text().splitlines()) == 1
