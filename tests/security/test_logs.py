"""What an attacker would look for in the log, and write into it.

That no test of the whole suite leaves a token, a password or a person's data in the log, in the
journal or on a page about a fault is held by the fixture `log_lines` in tests/conftest.py, which
every test has; here is held that it sees them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.web import logs
from tests import leaks
from tests.conftest import PASSWORD, Watch
from tests.connections.common import token_at_altegio
from tests.leaks import Lines

SignIn = Callable[[User], Client]
# What would begin a line of its own, colour it, or turn it around on a terminal.
INJECTED = [
    "x\r\n2026-01-01T00:00:00Z info Nobody signed in",
    'x\n{"event": "Nobody signed in"}',
    "x\x1b[2J\x1b[31mred",
    "x\u2028Nobody signed in",
    "x\x85Nobody signed in",
    "x\u202egnihtemos",
    "x\0y",
]


class TestGrepLogsErrorPagesAndJournalAfterTheSuite:
    """Attack 36. Of metrics: tests/security/test_metrics.py."""

    def test_lines_of_every_test_are_looked_at(self, watch: Watch, log_lines: Lines) -> None:
        logging.getLogger("loyalty_admin.tests").warning("seen")
        assert watch.lines is log_lines
        assert json.loads(log_lines.lines[-1])["event"] == "seen"

    def test_what_is_looked_for_is_what_the_tests_work_with(
        self, watch: Watch, sandbox: Sandbox, connection: Connection, db: None
    ) -> None:
        token = token_at_altegio(sandbox, connection)
        sandbox.revoke_tokens()
        later = sandbox.state.token_of(sandbox.state.people[0])
        assert {token, later, PASSWORD, "partner-of-the-tests"} <= watch.secrets
        assert token != later
        assert len(watch.phones) > 20

    def test_personal_data_would_be_seen(self) -> None:
        texts = ("vera@example.com", "+37120000001", "of 37120000001.")
        assert [text for text in texts if not leaks.personal_in(text)] == []

    def test_rows_of_the_journal_are_looked_at(self, watch: Watch, db: None) -> None:
        phone = min(watch.phones)
        entry = Entry.objects.create(submission="x", action="a.b", chain_id=1, note=phone)
        assert leaks.leaks_in(leaks.journal(), watch.phones) == [phone]
        entry.delete()

    def test_pages_about_faults_are_looked_at(self, client: Client, db: None) -> None:
        answer = client.get("/login/", headers={"host": "evil.example"})
        assert leaks.pages[-1] == answer.content.decode()

    def test_a_wrong_password_stands_nowhere(
        self, client: Client, viewer: User, log_lines: Lines
    ) -> None:
        client.post("/login/", {"username": viewer.email, "password": PASSWORD + "!"})
        client.post("/login/", {"username": PASSWORD, "password": viewer.email})
        assert leaks.leaks_in("".join(log_lines.lines), [PASSWORD, viewer.email]) == []


class TestLogInjection:
    """Attack 37."""

    def test_line_breaks_and_terminal_codes_are_one_escaped_line(self) -> None:
        wrong = []
        for text in INJECTED:
            record = logging.LogRecord(
                "x", logging.INFO, __file__, 1, "Not found: %s", (text,), None
            )
            for readable in (False, True):
                line = logs.formatter(readable=readable).format(record)
                if len(line.splitlines()) != 1 or not line.isprintable():
                    wrong.append((readable, text))
        assert wrong == []

    def test_in_a_user_name_a_host_a_path_and_a_user_agent(
        self, client: Client, log_lines: Lines, db: None
    ) -> None:
        for text in INJECTED:
            client.post("/login/", {"username": text, "password": text})
            client.get(f"/{text}/", headers={"user-agent": text})
            client.get("/login/", HTTP_HOST=text)
        assert len(log_lines.lines) >= 2 * len(INJECTED)
        assert [line for line in log_lines.lines if not line.isprintable()] == []
        assert {line["level"] for line in log_lines.parsed()} <= {"info", "warning", "error"}

    def test_in_what_altegio_says(
        self,
        connection: Connection,
        sandbox: Sandbox,
        viewer: User,
        sign_in: SignIn,
        log_lines: Lines,
    ) -> None:
        sandbox.fault(kind="status", status=403, message=INJECTED[0])
        sign_in(viewer).get("/chains/1101/membership-types/11001/")
        assert log_lines.lines
        assert not [line for line in log_lines.parsed() if "Nobody" in line["event"]]
