"""Whatever goes wrong at Altegio while a page is read: it comes in time, names its number in the
log, and comes whole the next time."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.matrix import (
    FOR_ALL,
    GARBLED,
    IN_TIME,
    MATRIX,
    SHOWN,
    Row,
    assert_says_nothing_else,
)
from tests.faults.slices import LOOKS, Look
from tests.leaks import Lines
from tests.membership_types.common import writes
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow

CASES = [
    pytest.param(
        look,
        row,
        id=f"{look.name}-{row.name}",
        marks=[] if row in FOR_ALL else [pytest.mark.long],
    )
    for look in LOOKS
    for row in MATRIX
]
# Seconds for the calls of a page that will not come: too few to ask twice.
NO_TIME = 0.2


@pytest.mark.parametrize(("look", "row"), CASES)
def test_page_says_what_is_wrong_and_comes_again(
    look: Look, row: Row, sandbox: Sandbox, edith: Client, connection: Connection,
    caplog: pytest.LogCaptureFixture, log_lines: Lines, settings: Any,
) -> None:  # fmt: skip
    patience = settings.ALTEGIO_TIMEOUT
    nothing = look.nothing if row.number == "16" else None
    if row.read != SHOWN and nothing is None:
        settings.ALTEGIO_TIMEOUT = NO_TIME
    sandbox.fault(**row.fault, times=None, match={"method": "GET", "path": look.path})
    started = time.monotonic()
    response = edith.get(look.url)
    assert time.monotonic() - started < IN_TIME
    page = Page(response)
    if row.read == SHOWN:
        assert response.status_code == 200, page.text
    elif nothing is not None:
        assert response.status_code == nothing
    else:
        assert response.status_code in (403, 422, 502, 503)
        assert_names_its_number(page, log_lines)
    assert_says_nothing_else(page, caplog.text, connection)
    sandbox.clear_faults()
    settings.ALTEGIO_TIMEOUT = patience
    Connection.objects.update(needs_sign_in=False)
    assert edith.get(look.url).status_code == 200
    assert not writes(sandbox)


def assert_names_its_number(page: Page, log_lines: Lines) -> None:
    """The message names the number of its request in the log."""
    (message, *_others) = page.all(role="alert")
    numbers = re.findall(r"\b[0-9a-f]{8,}\b", message.text)
    assert any(number in line for number in numbers for line in log_lines.lines), message.text


def test_pages_are_shown_although_fields_are_garbled(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    statuses = {}
    for look in LOOKS:
        for row in GARBLED:
            cache.clear()
            sandbox.clear_faults()
            sandbox.fault(**row.fault, times=None, match={"method": "GET", "path": look.path})
            statuses[look.name, row.name] = edith.get(look.url).status_code
    assert {name: status for name, status in statuses.items() if status != 200} == {}


def test_pages_say_that_altegio_cannot_be_reached_and_come_again(
    sandbox: Sandbox, edith: Client, connection: Connection, caplog: pytest.LogCaptureFixture,
    log_lines: Lines,
) -> None:  # fmt: skip
    sandbox.unplug()
    for look in LOOKS:
        response = edith.get(look.url)
        assert response.status_code == 502, look.name
        assert_names_its_number(Page(response), log_lines)
        assert_says_nothing_else(Page(response), caplog.text, connection)
        log_lines.lines.clear()
    sandbox.plug_in()
    statuses = {look.name: edith.get(look.url).status_code for look in LOOKS}
    assert set(statuses.values()) == {200}, statuses


def test_what_comes_only_once_is_asked_again(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="reset", match={"method": "GET", "path": LOOKS[0].path})
    assert edith.get(LOOKS[0].url).status_code == 200


def test_page_that_does_not_come_leads_back_to_its_own_part(
    sandbox: Sandbox, edith: Client
) -> None:
    for look in [look for look in LOOKS if look.url[-2].isdigit()]:
        sandbox.fault(kind="status", status=403, match={"method": "GET", "path": look.path})
        page = page_of(edith, look.url, status=403)
        part = look.url.rsplit("/", 2)[0] + "/"
        assert page.one("main").node.css(f'a[href="{part}"]'), look.name
