"""Starts the dashboard on this machine, with a stand-in for Altegio unless a partner token is set.

    python -m scripts.run        (what `make run` calls)

PORT and SANDBOX_PORT move the two servers, SANDBOX_ARGS is handed to `manage.py sandbox`. Passwords
are made once and kept, for their owner only, in .env.run beside manage.py.
"""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from scripts.prepare import ROOT, open_database, write_keys, write_private

HOST = "127.0.0.1"
MANAGER = "manager@example.com"
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_START = 60
SECONDS_TO_STOP = 5


def main() -> None:
    for signum in ENDING_SIGNALS:
        signal.signal(signum, _interrupt)
    try:
        run()
    except KeyboardInterrupt:
        print("\nStopped.")


def run() -> None:
    """Serves until a signal comes or a server ends; leaves no process behind."""
    port = port_of("PORT", 8000)
    write_keys(debug=True)
    load_env_file()
    names = ("ALTEGIO_PARTNER_TOKEN", "ALTEGIO_PARTNER_TOKEN_FILE")
    with_sandbox = not any(map(os.environ.get, names))
    ports = [port, port_of("SANDBOX_PORT", 8001)] if with_sandbox else [port]
    if len(set(ports)) < len(ports):
        sys.exit("PORT and SANDBOX_PORT are the same: each server needs a port of its own.")
    for each, name in zip(ports, ("PORT", "SANDBOX_PORT"), strict=False):
        refuse_taken(each, name)

    passwords = kept_passwords()
    environment = dict(os.environ, DJANGO_RUNSERVER_HIDE_WARNING="true", PYTHONUNBUFFERED="1")
    if with_sandbox:
        environment |= {
            "ALTEGIO_API_URL": f"http://{HOST}:{ports[1]}/api/v1",
            "ALTEGIO_PARTNER_TOKEN": passwords["SANDBOX_PARTNER_TOKEN"],
            "SANDBOX_PASSWORD": passwords["SANDBOX_PASSWORD"],
        }
    manager = prepare_database(passwords["MANAGER_PASSWORD"])

    dashboard_url = f"http://{HOST}:{port}/"
    commands = [["runserver", f"{HOST}:{port}"], ["worker"]]
    answering = [f"{dashboard_url}login/"]
    if with_sandbox:
        options = shlex.split(os.environ.get("SANDBOX_ARGS", ""))
        commands.append(["sandbox", "--port", str(ports[1]), *options])
        answering.append(f"http://{HOST}:{ports[1]}/_sandbox/calls")
    with servers(commands, environment) as alive:
        for url in answering:
            wait_for(url, alive)
        print(f"\n  Loyalty Admin   {dashboard_url}")
        print(f"    sign in as    {manager}")
        if with_sandbox:
            print(f"\n  Altegio         a stand-in at {environment['ALTEGIO_API_URL']}")
            print(f"    connect with  {_director()}   {passwords['SANDBOX_PASSWORD']}")
        else:
            print(f"\n  Altegio         the real one, at {_api_url()}")
            print("    connect with  a login and password of Altegio")
        print("\n  Ctrl-C stops everything.\n", flush=True)
        while alive():
            time.sleep(0.5)
    sys.exit("One of the servers has ended, so everything was stopped.")


def port_of(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        sys.exit(f"{name}={value} is not a port: it has to be a number from 1 to 65535.")
    return int(value)


def refuse_taken(port: int, name: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind((HOST, port))
        except PermissionError:
            sys.exit(f"Port {port} may not be used here. Choose another: {name}=9000 make run")
        except OSError:
            sys.exit(f"Port {port} is taken. Choose another: {name}={port + 1000} make run")


def load_env_file() -> None:
    import environ

    from scripts.prepare import env_file

    environ.Env.read_env(env_file())


def kept_passwords() -> dict[str, str]:
    """What .env.run holds; made at the first run."""
    path = ROOT / ".env.run"
    if not path.exists():
        names = ("MANAGER_PASSWORD", "SANDBOX_PASSWORD", "SANDBOX_PARTNER_TOKEN")
        write_private(path, {name: secrets.token_urlsafe(16) for name in names})
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def prepare_database(password: str) -> str:
    """Migrates, and makes the manager when there are no people; says how to sign in."""
    open_database()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connections

    if not settings.DEBUG:
        sys.exit("This serves with DEBUG=on only. For a deployment see docs/operations.md.")
    people = get_user_model().objects
    if not people.exists():
        people.create_superuser(MANAGER, password)
    person = people.filter(email=MANAGER).first()
    connections.close_all()
    if person is None:
        return "one of the people of this deployment"
    if not person.check_password(password):
        return f"{MANAGER}, with the password that was chosen for it"
    return f"{MANAGER}   {password}"


@contextmanager
def servers(commands: list[list[str]], environment: dict[str, str]) -> Iterator[Callable[[], bool]]:
    """Starts `manage.py` commands, each in a process group of its own, and ends them with the
    block. Gives a function that says whether all of them still run."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            running.append(
                subprocess.Popen(
                    [sys.executable, "manage.py", *command],
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,  # their greetings; logs and errors go to stderr
                    start_new_session=True,
                )
            )
        yield lambda: all(server.poll() is None for server in running)
    finally:
        for server in running:
            _signal_group(server, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for server in running:
            with suppress(subprocess.TimeoutExpired):
                server.wait(max(0.0, deadline - time.monotonic()))
        for server in running:
            _signal_group(server, signal.SIGKILL)  # whatever of the group is left
            server.wait()


def _signal_group(server: subprocess.Popen[bytes], signum: signal.Signals) -> None:
    # macOS answers with PermissionError when only zombies are left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, signum)


def wait_for(url: str, alive: Callable[[], bool]) -> None:
    """Returns when the page answers; ends the program when a server ends or time runs out."""
    deadline = time.monotonic() + SECONDS_TO_START
    # Proxies of the environment do not lead to this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while alive() and time.monotonic() < deadline:
        try:
            with opener.open(url, timeout=SECONDS_TO_START):
                return
        except urllib.error.HTTPError as error:
            sys.exit(f"{url} answered {error.code}. The lines above say why.")
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} did not answer. The lines above may say why.")


def _director() -> str:
    from loyalty_admin.sandbox.server import Sandbox

    return Sandbox.director


def _api_url() -> str:
    from django.conf import settings

    return str(settings.ALTEGIO_API_URL)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a second one must not cut the stopping short
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
