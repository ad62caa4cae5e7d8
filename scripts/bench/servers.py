"""The two servers of a measurement, each made anew in a folder of its own: the dashboard before a
stand-in for Altegio, and Django's admin over the same rows."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from loyalty_admin.altegio.membership_types import MembershipType
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from scripts.bench.browser import HOST, Browser

ROOT = Path(__file__).resolve().parent.parent.parent
CHAIN = CHAINS[0]
LIST = f"/chains/{CHAIN}/membership-types/"
ADMIN_LIST = "/admin/peer/membershiptype/"
PERSON = "bench@example.com"
PASSWORD = secrets.token_urlsafe(16)
PARTNER_TOKEN = secrets.token_urlsafe(16)
UNLIMITED = {"ALTEGIO_RATE_PER_SECOND": "10000", "ALTEGIO_RATE_PER_MINUTE": "600000"}


class TimedSandbox(Sandbox):
    """A stand-in that notes when each call was under way."""

    def __init__(self, *, types: int, memberships: int = 60) -> None:
        super().__init__(
            types=types,
            memberships=memberships,
            partner_token=PARTNER_TOKEN,
            password=PASSWORD,
        )
        self.spans: list[tuple[float, float]] = []
        for raw in self.types_of(CHAIN):
            # All of them under the tab that is measured.
            self.alter_type(CHAIN, raw["id"], is_archived=False)

    def carry_out(self, *args: Any) -> Any:
        began = time.monotonic() - self.latency
        answer = super().carry_out(*args)
        self.spans.append((began, time.monotonic()))
        return answer


@contextmanager
def sandbox(*, types: int, memberships: int = 60) -> Iterator[TimedSandbox]:
    running = TimedSandbox(types=types, memberships=memberships)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def dashboard(
    folder: Path,
    altegio: Sandbox,
    limits: Mapping[str, str] = UNLIMITED,
    *,
    with_worker: bool = False,
) -> Iterator[Browser]:
    """A person signed in to a dashboard that is connected and has read nothing yet."""
    environment = _environment(folder, "scripts.bench.dashboard_settings") | {
        "TOKEN_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": f"sqlite:///{folder / 'dashboard.sqlite3'}",
        "HTTPS": "off",
        "ALLOWED_HOSTS": HOST,
        "ALTEGIO_API_URL": altegio.api_url,
        "ALTEGIO_PARTNER_TOKEN": PARTNER_TOKEN,
        "DJANGO_SUPERUSER_EMAIL": PERSON,
        **limits,
    }
    _manage(environment, "migrate", "--verbosity=0")
    _manage(environment, "collectstatic", "--noinput", "--verbosity=0")
    _manage(environment, "createsuperuser", "--noinput", "--verbosity=0")
    with _gunicorn("config.wsgi", environment, folder / "dashboard.log") as port:
        browser = Browser(port)
        browser.sign_in("/login/", username=PERSON, password=PASSWORD)
        answer = browser.post("/connections/new/", login=altegio.director, password=PASSWORD)
        if answer.status != 302:
            raise RuntimeError(f"Connecting Altegio answered {answer.status}.")
        with _worker(environment, folder / "worker.log") if with_worker else nullcontext():
            yield browser


@contextmanager
def admin(folder: Path, altegio: Sandbox) -> Iterator[Browser]:
    """A person signed in to Django's admin over the rows of the stand-in."""
    environment = _environment(folder, "scripts.bench.peer.settings") | {
        "DJANGO_SUPERUSER_USERNAME": PERSON,
        "DJANGO_SUPERUSER_EMAIL": PERSON,
    }
    rows = folder / "rows.json"
    rows.write_text(json.dumps([_row(raw) for raw in altegio.types_of(CHAIN)]))
    _manage(environment, "migrate", "--run-syncdb", "--verbosity=0")
    _manage(environment, "loaddata", str(rows), "--verbosity=0")
    _manage(environment, "createsuperuser", "--noinput", "--verbosity=0")
    wsgi = "django.core.wsgi:get_wsgi_application()"
    with _gunicorn(wsgi, environment, folder / "admin.log") as port:
        browser = Browser(port)
        browser.sign_in("/admin/login/", username=PERSON, password=PASSWORD)
        yield browser


def _row(raw: dict[str, Any]) -> dict[str, Any]:
    """One line of a Django fixture."""
    item = MembershipType.from_api(raw)
    terms = item.terms
    fields = {
        "title": terms.title,
        "price": str(terms.price),
        "validity": terms.validity,
        "validity_unit": terms.validity_unit if terms.validity else 0,
        "visits": None if terms.is_pool_unlimited else terms.pool_visits,
        "location_count": len(terms.location_ids),
        "sold": item.sold,
        "online_price": str(terms.online_price) if terms.online_sale else None,
    }
    return {"model": "peer.membershiptype", "pk": item.id, "fields": fields}


def _environment(folder: Path, settings: str) -> dict[str, str]:
    return os.environ | {
        "ENV_FILE": os.devnull,
        "DEBUG": "off",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "BENCH_FOLDER": str(folder),
        "DJANGO_SETTINGS_MODULE": settings,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "PYTHONPATH": str(ROOT),
    }


def _manage(environment: Mapping[str, str], *command: str) -> None:
    line = [sys.executable, "-m", "django", *command]
    subprocess.run(line, cwd=ROOT, env=environment, check=True)


@contextmanager
def _worker(environment: Mapping[str, str], log: Path) -> Iterator[None]:
    line = [sys.executable, "-m", "django", "worker"]
    with log.open("wb") as lines:
        worker = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=lines, stderr=lines)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(60)


@contextmanager
def _gunicorn(wsgi: str, environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """Serve as gunicorn.conf.py says, but without renewing workers; gives the port."""
    with socket.socket() as listener, log.open("wb") as lines:
        listener.bind((HOST, 0))
        listener.listen()
        bind = f"fd://{listener.fileno()}"
        options = ["--bind", bind, "--max-requests", "0", "--log-level", "warning"]
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, wsgi],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            pass_fds=[listener.fileno()],
        )
        try:
            yield listener.getsockname()[1]
        except BaseException:
            sys.stderr.write(log.read_text()[-4000:])
            raise
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
