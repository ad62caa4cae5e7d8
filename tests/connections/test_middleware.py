"""A problem at Altegio that a view lets through is a page, or a part of one for htmx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.altegio.errors import (
    AltegioError,
    Forbidden,
    TooManyRequests,
    Unreachable,
    UnreadableAnswer,
)
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.web import problems
from tests.connections.common import CHAIN, DIRECTOR
from tests.leaks import Lines
from tests.pages import HTMX, Page

pytestmark = pytest.mark.django_db
URL = f"/chains/{CHAIN}/membership-types/11001/"
SignIn = Callable[[User], Client]
# Which problem has which status and title is tested in test_problems.
PROBLEMS: list[tuple[dict[str, Any], AltegioError]] = [
    ({"kind": "status", "status": 403}, Forbidden()),
    ({"kind": "null_data"}, UnreadableAnswer()),
    (
        {"kind": "status", "status": 429, "headers": {"Retry-After": "9"}},
        TooManyRequests(retry_after=9),
    ),
]


@pytest.mark.parametrize(("fault", "error"), PROBLEMS)
def test_page_says_what_is_wrong(
    sandbox: Sandbox, vera: Client, fault: dict[str, Any], error: AltegioError
) -> None:
    sandbox.fault(match={"path": "/abonement_types/"}, **fault)
    response = vera.get(URL)
    page = Page(response)
    assert response.status_code == problems.status(error)
    assert page.one("h1").text == problems.title(error)
    assert "no-store" in response["Cache-Control"]
    assert "X-Partial" not in response
    # The frame stays: there is a way on.
    assert page.all("a", href="/activity/")


@pytest.mark.parametrize(("fault", "error"), PROBLEMS[:1])
def test_htmx_gets_the_problem_alone(
    sandbox: Sandbox, vera: Client, fault: dict[str, Any], error: AltegioError
) -> None:
    sandbox.fault(match={"path": "/abonement_types/"}, **fault)
    response = vera.get(URL, headers=HTMX)
    page = Page(response)
    assert (response.status_code, response["X-Partial"]) == (problems.status(error), "1")
    assert page.one("h2").text == problems.title(error)
    assert not page.all("html")
    assert not page.all("nav")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_busy_says_once_when_to_try_again(
    sandbox: Sandbox, vera: Client, headers: dict[str, str]
) -> None:
    sandbox.fault(kind="status", status=429, headers={"Retry-After": "9"})
    response = vera.get(URL, headers=headers)
    assert response["Retry-After"] == "9"
    assert response.content.decode().count("9 seconds") == 1


def test_down_for_good_says_so(sandbox: Sandbox, vera: Client, settings: Any) -> None:
    settings.ALTEGIO_API_URL = "http://127.0.0.1:9/api/v1"
    Connection.objects.update(api_url=settings.ALTEGIO_API_URL)
    response = vera.get(URL)
    assert response.status_code == 502
    assert problems.sentence(Unreachable()) in Page(response).text


def test_words_of_altegio_are_quoted_and_escaped(sandbox: Sandbox, vera: Client) -> None:
    sandbox.fault(kind="status", status=403, message="<script>alert(1)</script>")
    page = Page(vera.get(URL))
    assert page.one("q").text == "<script>alert(1)</script>"
    assert "<script>alert" not in page.html


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_problem_carries_the_number_that_stands_in_the_log(
    sandbox: Sandbox, vera: Client, log_lines: Lines, headers: dict[str, str]
) -> None:
    sandbox.fault(kind="status", status=403)
    log_lines.lines.clear()
    response = vera.get(URL, headers=headers)
    (line,) = [line for line in log_lines.parsed() if line["logger"] == "loyalty_admin.altegio"]
    assert (line["outcome"], line["request_id"]) == ("403", response["X-Request-ID"])
    assert f"support: {line['request_id']}" in Page(response).text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_ended_token_shows_a_manager_the_way_out(
    sandbox: Sandbox,
    connection: Connection,
    manager: User,
    vera: Client,
    sign_in: SignIn,
    headers: dict[str, str],
) -> None:
    sandbox.revoke_tokens()
    link = f"/connections/{connection.pk}/sign-in/"
    page = Page(sign_in(manager).get(URL, headers=headers))
    assert DIRECTOR in page.text
    # Once on the page: in the banner, or with the problem where there is no banner.
    assert len(page.all("a", href=link)) == 1
    page = Page(vera.get(URL, headers=headers))
    assert not page.all("a", href=link)
    assert "manager" in page.text


def test_other_errors_are_none_of_its_business(vera: Client, settings: Any) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = "many"
    vera.raise_request_exception = False
    response = vera.get(URL)
    assert response.status_code == 500
    assert b"data-problem" not in response.content
