"""What a line of the log is, and what is taken out of it."""

from __future__ import annotations

import json
import logging
import runpy
import subprocess
import sys
from typing import Any

import pytest

from loyalty_admin.web import logs
from tests.test_settings import PRODUCTION, ROOT

logger = logging.getLogger("loyalty_admin.tests")


def line(message: str, *arguments: object, readable: bool = False, **more: Any) -> str:
    record = logger.makeRecord(
        logger.name, logging.WARNING, __file__, 1, message, arguments, more.pop("exc_info", None)
    )
    record.__dict__.update(more)
    return logs.formatter(readable=readable).format(record)


def event(message: str, *arguments: object, **more: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(line(message, *arguments, **more))
    return parsed


def error(text: str) -> Any:
    try:
        raise RuntimeError(text)
    except RuntimeError:
        return sys.exc_info()


def test_a_line_is_json_with_time_level_and_logger() -> None:
    said = event("Person %s joined", 5)
    assert said["event"] == "Person 5 joined"
    assert (said["level"], said["logger"]) == ("warning", "loyalty_admin.tests")
    assert said["time"].endswith("Z")


def test_fields_of_ours_stand_beside_the_sentence_and_no_others() -> None:
    said = event("GET /groups", method="GET", outcome="200", ms=12, request=object(), user="Vera")
    assert (said["method"], said["outcome"], said["ms"]) == ("GET", "200", 12)
    assert not {"request", "user"} & set(said)


def test_a_traceback_is_part_of_its_line() -> None:
    text = line("it failed", exc_info=error("no\nluck"))
    assert "\n" not in text
    assert "RuntimeError: no\nluck" in json.loads(text)["exception"]


def test_of_a_long_traceback_the_end_stays() -> None:
    said = event("it failed", exc_info=error("no luck " * 5000 + "at last"))
    assert len(said["exception"]) < 13_000
    assert said["exception"].endswith("at last")


VALUE = "0123456789abcdef"
HIDDEN = [
    "Bearer abcdefghij, User 0123456789abcdef",
    f"Authorization: Bearer {VALUE}",
    "token=0123456789abcdef",
    "{'user_token': '0123456789abcdef'}",
    '{"password": "0123456789abcdef"}',
    "password: 0123456789abcdef",
    "Cookie: 0123456789abcdef",
    "sessionid=0123456789abcdef",
    "/join/0123456789abcdef-0123456789abcdef/",
    "/reset/5/0123456789abcdef-0123456789abcdef/",
    "https://x.example/join/0123456789abcdef0123/",
    "GET /chains/1/memberships/?q=0123456789abcdef&page=2 HTTP/1.1",
    "/activity/?person=&q=0123456789abcdef",
    "postgres://loyalty:0123456789abcdef@host/name",
    "gAAAAABm0123456789abcdef0123456789abcdef==",
    "written to 0123456789abcdef@example.com",
    "Key (email)=(0123456789abcdef@example.co.uk) already exists.",
]


def test_secrets_and_what_was_searched_for_are_hidden() -> None:
    assert [text for text in HIDDEN if VALUE not in text] == []
    shown = [
        text
        for text in HIDDEN
        for readable in (False, True)
        for written in (
            line("%s", text, readable=readable),
            line("x", exc_info=error(text), readable=readable),
            line("x", path=text, readable=readable),
        )
        if VALUE in written
    ]
    assert shown == []


def test_phones_are_hidden() -> None:
    phones = (
        *("+37120000001", "37120000001", "+371 20 000 001", "+1 (415) 555-0132"),
        "+7 999 000-11-22",
    )
    assert {event("of %s.", phone)["event"] for phone in phones} == {"of (phone)."}


def test_what_helps_to_find_a_fault_stays() -> None:
    texts = [
        "GET /chain/1101/loyalty/abonement_types/11001 200 12 ms 83cd16f0",
        "Task id=0f8fad5b-d9cb-469f-a165-70867728950e path=loyalty_admin.jobs.tasks.work",
        "connection 12 has to sign in at Altegio again",
        "item 900123 of job 17 failed",
        "Not Found: /chains/1101/membership-types/11001/edit/",
        "Listening at: http://127.0.0.1:8000 (4242)",
        "2026-11-27 11:19:47 of 1250.00 EUR",
    ]
    assert [event("%s", text)["event"] for text in texts] == texts


def test_the_deployments_own_secrets_are_hidden_wherever_they_stand(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "of-the-database")
    settings.METRICS_TOKEN = "of-the-metrics"
    settings.MAILERS = {"default": {"OPTIONS": {"password": "of-the-mail-server"}}}
    known = [settings.SECRET_KEY, settings.TOKEN_KEYS[0], settings.ALTEGIO_PARTNER_TOKEN]
    for secret in [*known, "of-the-database", "of-the-metrics", "of-the-mail-server"]:
        assert event("x%sx", secret)["event"] == "x…x"


def test_a_readable_line_says_the_same_in_plain_words() -> None:
    text = line("GET /groups", outcome="200", readable=True)
    assert text.endswith(" warning loyalty_admin.tests GET /groups outcome=200")


def test_nothing_in_a_readable_traceback_looks_like_a_line() -> None:
    text = line("it failed", exc_info=error("no\n2026-01-01 info x signed in"), readable=True)
    assert len(text.splitlines()) > 3
    assert all(row.startswith("    ") for row in text.splitlines()[1:])


def written(script: str, **environment: str) -> list[str]:
    """What a process of a deployment with this environment writes."""
    answer = subprocess.run(
        [sys.executable, "-c", f"import django, logging; django.setup(); {script}"],
        cwd=ROOT,
        env={**PRODUCTION, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stderr.splitlines()


@pytest.mark.slow
def test_deployments_write_json_and_debugging_lines_for_people() -> None:
    (text_line,) = written("logging.getLogger('x').warning('hello')", DEBUG="on")
    assert text_line.endswith(" warning x hello")
    names = ["django.request", "django.server", "loyalty_admin.web", "gunicorn.error"]
    lines = written(f"[logging.getLogger(name).error('hello') for name in {names}]")
    parsed = [json.loads(one) for one in lines]
    # Each is written once, whichever logger it comes from.
    assert [(one["logger"], one["event"]) for one in parsed] == [(name, "hello") for name in names]


TO_STANDARD_ERROR = {"console": {"class": "logging.StreamHandler", "formatter": "line"}}


def test_lines_leave_by_standard_error_alone() -> None:
    for readable in (True, False):
        assert logs.configuration(readable=readable)["handlers"] == TO_STANDARD_ERROR
    gunicorn: dict[str, Any] = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert gunicorn["logconfig_dict"]["handlers"] == TO_STANDARD_ERROR
    assert not {"accesslog", "errorlog"} & gunicorn.keys()
