from __future__ import annotations

import sys
from typing import Any

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter, technical_500_response

SECRET = "s3cr3t-of-the-tests"


def failing_request() -> Any:
    request = RequestFactory().post(
        "/connections/new/",
        {"password": SECRET, "login": SECRET},
        headers={
            "authorization": f"Bearer {SECRET}",
            "cookie": f"sessionid={SECRET}; other={SECRET}",
            "x-something": SECRET,
            "user-agent": "Firefox/1",
        },
        DATABASE_URL=f"postgres://user:{SECRET}@host/db",
    )
    local = [SECRET, {"token": SECRET}]
    try:
        raise RuntimeError(f"it failed with {len(local)} secrets")
    except RuntimeError:
        return request, sys.exc_info()


@pytest.mark.parametrize("debug", [True, False])
def test_no_report_shows_a_value(settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    settings.CACHES = {"default": {"BACKEND": "x", "LOCATION": f"redis://:{SECRET}@host"}}
    request, error = failing_request()
    reporter = ExceptionReporter(request, *error)
    html, text = reporter.get_traceback_html(), reporter.get_traceback_text()
    page = technical_500_response(request, *error).content.decode()
    for report in (html, text, page):
        assert SECRET not in report
        assert settings.SECRET_KEY not in report
        assert settings.TOKEN_KEYS[0] not in report


def test_a_report_still_says_what_happened_where(settings: Any) -> None:
    settings.DEBUG = True
    request, error = failing_request()
    html = ExceptionReporter(request, *error).get_traceback_html()
    for expected in ("it failed with 2 secrets", "failing_request", "Firefox/1", "POST"):
        assert expected in html


def test_a_report_without_a_request(settings: Any) -> None:
    settings.DEBUG = True
    _request, error = failing_request()
    assert SECRET not in ExceptionReporter(None, *error).get_traceback_html()
