"""`manage.py doctor`: a deployment that is well, and each thing that may be wrong with one."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs.models import Job
from loyalty_admin.metrics import counting
from loyalty_admin.metrics.models import Heartbeat
from loyalty_admin.operations import doctor, libraries
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import Watch
from tests.connections.common import paths
from tests.jobs.common import begun, put_many
from tests.leaks import leaks_in
from tests.memberships.common import CHAIN
from tests.test_settings import OF_HTTPS, PRODUCTION, setting

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = [
    *("database", "keys", "cache", "limiter", "queue", "clock", "altegio", "security"),
    *("headers", "libraries"),
]


@pytest.fixture(autouse=True)
def well(sandbox: Sandbox, connection: Connection, settings: Any, tmp_path: Path) -> None:
    """A deployment that nothing is wrong with."""
    for name, value in setting(*OF_HTTPS, "SECRET_KEY", "ALLOWED_HOSTS", **PRODUCTION).items():
        setattr(settings, name, value)
    settings.TRUSTED_PROXIES = 1
    settings.SILENCED_SYSTEM_CHECKS = ["async.E001"]  # of the browser's tests: see conftest
    counting.beat("worker")
    settings.REQUIREMENTS_LOCK = tmp_path / "requirements.lock"
    stamp(settings.REQUIREMENTS_LOCK, days_ago=0)


def stamp(lock: Path, *, days_ago: int) -> None:
    """The project's own lock file, brought up to date so long ago."""
    day = timezone.now().date() - timedelta(days=days_ago)
    _stamp, *pinned = (ROOT / "requirements.lock").read_text().splitlines(keepends=True)
    lock.write_text("".join([f"# Brought up to date on {day}\n", *pinned]))


def wrong() -> dict[str, str]:
    """What is wrong, by part: what is said and how to mend it."""
    found: dict[str, str] = {}
    for one in doctor.examine():
        if not one.is_well:
            found[one.part] = f"{found.get(one.part, '')}{one.says} -> {one.mend}\n"
    return found


def test_a_deployment_that_is_well_passes(sandbox: Sandbox) -> None:
    before = len(sandbox.calls())
    said = StringIO()
    call_command("doctor", stdout=said, no_color=True)
    lines = said.getvalue().splitlines()
    assert [line for line in lines if not line.startswith("ok")] == []
    assert list(dict.fromkeys(line.split()[1] for line in lines)) == PARTS
    assert set(paths(sandbox)[before:]) == {"GET /groups"}


def test_for_programs_it_says_the_same_as_json() -> None:
    Heartbeat.objects.all().delete()
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json", stdout=said)
    assert ended.value.code == 1
    rows = json.loads(said.getvalue())
    assert list(dict.fromkeys(row["part"] for row in rows)) == PARTS
    (bad,) = (row for row in rows if not row["ok"])
    assert (bad["part"], bad["says"]) == ("queue", "No worker has ever been seen")
    assert "manage.py worker" in bad["mend"]


def test_for_people_what_is_wrong_stands_with_what_to_do() -> None:
    Heartbeat.objects.all().delete()
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=said, no_color=True)
    lines = said.getvalue().splitlines()
    (place,) = (place for place, line in enumerate(lines) if line.startswith("WRONG"))
    assert "No worker has ever been seen" in lines[place]
    assert lines[place + 1].strip() == "-> Start one beside the pages: manage.py worker"


def test_it_gives_no_secret_away(settings: Any, watch: Watch) -> None:
    said = json.dumps([(one.says, one.mend) for one in doctor.examine()])
    assert leaks_in(said, watch.secrets | {settings.SECRET_KEY}) == []


def lose_key(settings: Any) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]


def new_key(settings: Any) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *settings.TOKEN_KEYS]


def short_metrics_token(settings: Any) -> None:
    settings.METRICS_TOKEN = "guess me"


def cache_of_a_process(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def cache_that_keeps_nothing(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def worker_that_is_gone(settings: Any) -> None:
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=3))


def no_partner_token(settings: Any) -> None:
    settings.ALTEGIO_PARTNER_TOKEN = ""


def altegio_away(settings: Any) -> None:
    settings.ALTEGIO_API_URL = "http://127.0.0.1:9/api/v1"


def altegio_in_clear(settings: Any) -> None:
    settings.ALTEGIO_API_URL = "http://altegio.invalid/api/v1"


def signed_out(settings: Any) -> None:
    Connection.objects.update(needs_sign_in=True)


def plain_http(settings: Any) -> None:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = False


def no_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0


def every_host(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]


def debugging(settings: Any) -> None:
    settings.DEBUG = True


def short_secret(settings: Any) -> None:
    settings.SECRET_KEY = "short"


def mail_by(settings: Any, url: str) -> None:
    mailing = {"EMAIL_URL": url, "EMAIL_FROM": "a@example.com", "PUBLIC_URL": "https://example.com"}
    settings.EMAIL_URL = url
    settings.MAILERS = setting("MAILERS", **PRODUCTION, **mailing)["MAILERS"]


def headers_taken_away(settings: Any) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "csp" not in one]


def old_libraries(settings: Any) -> None:
    stamp(settings.REQUIREMENTS_LOCK, days_ago=91)


def no_lock(settings: Any) -> None:
    settings.REQUIREMENTS_LOCK.unlink()


def no_date(settings: Any) -> None:
    settings.REQUIREMENTS_LOCK.write_text("django==6.1.3\n")


def no_day(settings: Any) -> None:
    settings.REQUIREMENTS_LOCK.write_text("# Brought up to date on 2026-02-30\n")


def libraries_of_tomorrow(settings: Any) -> None:
    stamp(settings.REQUIREMENTS_LOCK, days_ago=-2)


SPOILT = [
    *("TOKEN_KEYS", "METRICS_TOKEN", "CACHES", "ALTEGIO_PARTNER_TOKEN", "ALTEGIO_API_URL", "HTTPS"),
    *("SECURE_SSL_REDIRECT", "TRUSTED_PROXIES", "ALLOWED_HOSTS", "DEBUG", "SECRET_KEY"),
    "MIDDLEWARE",
]
TROUBLES: list[tuple[Callable[[Any], None], str, str]] = [
    (lose_key, "keys", "No key reads the token of connection"),
    (new_key, "keys", "Encrypted with an older key: 1 -> python manage.py rotate_keys"),
    (short_metrics_token, "keys", "METRICS_TOKEN can be guessed"),
    (cache_of_a_process, "cache", "contradict each other"),
    (cache_that_keeps_nothing, "cache", "does not come out"),
    (worker_that_is_gone, "queue", "No worker was seen since"),
    (no_partner_token, "altegio", "ALTEGIO_PARTNER_TOKEN"),
    (altegio_away, "altegio", "127.0.0.1:9 cannot be reached"),
    (altegio_in_clear, "altegio", "tokens go in clear"),
    (signed_out, "altegio", "has to sign in again"),
    (plain_http, "security", "plain HTTP"),
    (no_proxy, "security", "every page redirects to itself"),
    (every_host, "security", "ALLOWED_HOSTS names no host, or every one"),
    (debugging, "security", "security.W018"),
    (short_secret, "security", "security.W009"),
    (headers_taken_away, "headers", "A page is sent without Content-Security-Policy"),
    (old_libraries, "libraries", "up to date 91 days ago, which is more than 90 -> Update the"),
    (no_lock, "libraries", "requirements.lock cannot be read ([Errno 2] No such file"),
    (no_date, "libraries", "requirements.lock cannot be read (no date on top) -> Put back"),
    (libraries_of_tomorrow, "libraries", "up to date in 2 days: nobody knows how old they are"),
    (no_day, "libraries", "requirements.lock cannot be read (day"),
]


def test_what_is_wrong_is_named_with_its_remedy(settings: Any, subtests: pytest.Subtests) -> None:
    for trouble, part, says in TROUBLES:
        with subtests.test(trouble.__name__), once_more_well(settings):
            trouble(settings)
            found = wrong()
            assert says in found[part]
            # Nothing else is blamed for it, but that an account goes with its token.
            assert set(found) - {part} <= {"altegio"}


def test_messages_that_go_in_clear_are_named(settings: Any) -> None:
    mail_by(settings, "smtp://mail.example.com:25")
    found = wrong()
    assert found.keys() == {"security"}
    assert "Messages go to mail.example.com in clear" in found["security"]


@contextmanager
def once_more_well(settings: Any) -> Iterator[None]:
    """In the end the settings, the lock file and the database are as they were."""
    before = {name: getattr(settings, name) for name in SPOILT}
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        stamp(settings.REQUIREMENTS_LOCK, days_ago=0)


def test_whether_stolen_passwords_are_known_is_a_note(settings: Any, tmp_path: Path) -> None:
    def said() -> tuple[str, bool]:
        (one,) = (one for one in doctor.examine() if re.search("stolen|BREACHED", one.says))
        return one.says, one.is_well

    without = "Passwords are compared with common ones, and with no list of stolen ones"
    assert said() == (without, True)
    path = tmp_path / "pwned.txt"
    settings.BREACHED_PASSWORDS = str(path)
    gone = f"BREACHED_PASSWORDS: {path} cannot be read (No such file or directory)"
    assert said() == (gone, False)
    path.write_text("0123456789ABCDEF0123456789ABCDEF01234567:3\n")
    assert said() == (f"Passwords are compared with the stolen ones of {path}", True)


def test_a_way_to_the_mail_server_that_is_well_is_said(
    settings: Any, subtests: pytest.Subtests
) -> None:
    for url, says in [
        ("smtp+tls://mail.example.com:587", ["Messages go to mail.example.com, encrypted"]),
        ("smtp+ssl://mail.example.com:465", ["Messages go to mail.example.com, encrypted"]),
        ("smtp://127.0.0.1:25", ["Messages go to a mail server on this machine"]),
        ("consolemail://", []),
    ]:
        with subtests.test(url=url, says=says):
            mail_by(settings, url)
            found = [one for one in doctor.examine() if one.says.startswith("Messages")]
            assert [one.says for one in found] == says
            assert all(one.is_well for one in found)


# Libraries


def test_how_long_ago_libraries_were_brought_up_to_date_is_said(settings: Any) -> None:
    for days in (-1, 0, 1, 90):
        stamp(settings.REQUIREMENTS_LOCK, days_ago=days)
        (one,) = (one for one in doctor.examine() if one.part == "libraries")
        said = f"They were brought up to date {max(days, 0)} days ago"
        assert (one.says, one.mend) == (said, "")


def test_the_document_and_the_doctor_speak_of_the_same_time() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    section = operations.partition("## Weaknesses of libraries")[2].partition("\n## ")[0]
    (days,) = re.findall(r"every (\d+) days", section)
    assert timedelta(days=int(days)) == libraries.BROUGHT_UP_TO_DATE_EVERY


# The way to the database


def test_the_way_to_the_database_is_said_as_the_database_sees_it() -> None:
    said = [one.says for one in doctor.examine() if one.says.startswith("It is reached")]
    if database.vendor == "sqlite":
        assert said == []
        return
    with database.cursor() as cursor:
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        is_encrypted = cursor.fetchone()[0]
    assert database.connection.pgconn.ssl_in_use == is_encrypted
    (way,) = said
    assert ("encrypted" in way) == is_encrypted


def link(host: str, address: str, *, is_encrypted: bool = False, mode: str = "prefer") -> Any:
    """What psycopg tells of a connection."""
    option = SimpleNamespace(keyword=b"sslmode", val=mode.encode())
    others = [SimpleNamespace(keyword=name, val=None) for name in (b"host", b"sslcert")]
    return SimpleNamespace(
        host=host.encode(),
        hostaddr=address.encode(),
        ssl_in_use=is_encrypted,
        info=[others[0], option, others[1]],
    )


NEAR = [
    link("/var/run/postgresql", ""),
    link("@postgresql", ""),
    link("localhost", "127.0.0.1"),
    link("127.3.2.1", "127.3.2.1"),
    link("::1", "::1"),
    link("db.example.com", "198.51.100.7", is_encrypted=True, mode="verify-full"),
    link("db.example.com", "2001:db8::7", is_encrypted=True, mode="verify-ca"),
]
FAR = [
    # A name on a network of containers is no name of this machine, nor is one that looks like it.
    (link("database", "172.18.0.2"), "goes to database and back in clear"),
    (link("localhost", "198.51.100.7"), "goes to localhost and back in clear"),
    (link("10.0.0.5", "10.0.0.5"), "goes to 10.0.0.5 and back in clear"),
    (link("db", "fd00::7", mode="allow"), "goes to db and back in clear"),
    (link("db", "10.0.0.5", is_encrypted=True), "It is encrypted for whoever answers as db"),
    (link("db", "10.0.0.5", is_encrypted=True, mode="require"), "for whoever answers as db"),
]


def test_a_database_of_this_machine_or_behind_tls_is_well(subtests: pytest.Subtests) -> None:
    for near in NEAR:
        with subtests.test(near=near):
            _says, mend = doctor.way_to_database(near)
            assert mend == ""


def test_a_database_elsewhere_in_clear_is_named(subtests: pytest.Subtests) -> None:
    for far, says in FAR:
        with subtests.test(far=far, says=says):
            said, mend = doctor.way_to_database(far)
            assert says in said
            assert "sslmode=verify-full" in mend


def test_plain_http_for_this_machine_alone_is_well(settings: Any) -> None:
    plain_http(settings)
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    assert "security" not in wrong()


def test_jobs_that_nobody_takes_over_are_named(
    sandbox: Sandbox, editor: User, connection: Connection
) -> None:
    ctx = context_for(CHAIN, person=editor)
    assert ctx is not None
    begun(ctx, put_many(sandbox, 1))
    assert "queue" not in wrong()
    Job.objects.update(lease_until=timezone.now() - timedelta(minutes=5))
    assert "Jobs whose lease is over and that nobody takes over: 1" in wrong()["queue"]
    Job.objects.update(lease_until=timezone.now() + timedelta(minutes=5))
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=6))
    assert "Tasks that wait for more than five minutes: 1" in wrong()["queue"]
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(minutes=1))
    assert "queue" not in wrong()  # it was to wait until then
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(minutes=6))
    assert "Tasks that wait for more than five minutes: 1" in wrong()["queue"]


def test_a_limiter_that_gives_no_turn_is_named(settings: Any) -> None:
    # The account was linked within the same minute.
    settings.ALTEGIO_RATE_PER_MINUTE = settings.ALTEGIO_RATE_PER_SECOND = 1
    assert "TooManyRequests" in wrong()["limiter"]


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[dict[str, Any]]:
    """Something that answers in Altegio's place, as it is told."""
    told: dict[str, Any] = {"status": 200, "body": b"", "date": None}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(told["status"])
            if told["date"]:
                self.send_header("Date", told["date"])
            self.send_header("Content-Length", str(len(told["body"])))
            self.end_headers()
            self.wfile.write(told["body"])

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.ALTEGIO_API_URL = f"http://127.0.0.1:{server.server_port}/api/v1"
    yield told
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<h1>Welcome to the hotel</h1>"), (502, b'{"success": false}'), (302, b"{}")],
)
def test_something_in_altegios_place_is_named(
    elsewhere: dict[str, Any], status: int, body: bytes
) -> None:
    elsewhere |= {"status": status, "body": body}
    assert f"answers {status}, and not as the API does" in wrong()["altegio"]


def test_a_clock_that_differs_from_altegios_is_named(elsewhere: dict[str, Any]) -> None:
    elsewhere |= {"status": 401, "body": b'{"success": false}'}
    assert "does not say what time" in wrong()["clock"]
    for minutes, side in ((5, "before"), (-5, "behind")):
        then = timezone.now() + timedelta(minutes=minutes)
        elsewhere["date"] = then.strftime("%a, %d %b %Y %H:%M:%S GMT")
        said = wrong()["clock"]
        assert f"{side} this machine's" in said and "NTP" in said
        assert any(f"is {seconds} s" in said for seconds in range(298, 303))
    elsewhere["date"] = timezone.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert "clock" not in wrong()


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_waits_is_named() -> None:
    call_command("migrate", "metrics", "zero", verbosity=0)
    try:
        found = wrong()
    finally:
        call_command("migrate", "metrics", verbosity=0)
    assert "Migrations that wait: 1 -> python manage.py migrate" in found["database"]
    # A look that cannot be taken is named, and the others are taken all the same.
    assert "could not be looked at" in found["queue"]
    assert set(found) == {"database", "queue"}


@pytest.mark.django_db(transaction=True)
def test_a_missing_cache_table_is_named() -> None:
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE loyalty_admin_cache RENAME TO away")
    try:
        found = wrong()
    finally:
        with database.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO loyalty_admin_cache")
    assert "loyalty_admin_cache" in found["cache"]


def test_without_a_database_it_still_says_what_it_can(tmp_path: Path) -> None:
    from tests.test_settings import python

    gone = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3"}
    answer = python("manage.py", "doctor", "--json", **gone, ALTEGIO_API_URL="http://127.0.0.1:9/")
    assert answer.returncode == 1
    says = {row["part"]: row["says"] for row in json.loads(answer.stdout)}
    assert says.keys() == set(PARTS)
    # As the lock file says from which it was installed.
    assert re.match(r"They were brought up to date (\d+ days ago|in \d+ days)", says["libraries"])
    assert "Traceback" not in answer.stderr
