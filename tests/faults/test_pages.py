"""Whatever goes wrong at Altegio while a page is read: it comes in time, says in words what
happened and under which number it stands in the log, and comes whole the next time."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.matrix import (
    IN_TIME,
    MATRIX,
    ONE_OF_EACH,
    RETRIED,
    SHOWN,
    Row,
    assert_says_nothing_else,
)
from tests.faults.slices import LOOKS, Look
from tests.membership_types.common import writes
from tests.pages import Page, page_of

CASES = [
    pytest.param(look, row, id=f"{look.name}-{row.name}")
    for look in LOOKS
    for row in (MATRIX if look is LOOKS[0] else ONE_OF_EACH)
]
# Seconds for the calls of a page that will not come: too few to ask twice.
NO_TIME = 0.2


@pytest.mark.parametrize(("look", "row"), CASES)
def test_page_says_what_is_wrong_and_comes_again(
    look: Look, row: Row, sandbox: Sandbox, edith: Client, connection: Connection,
    caplog: pytest.LogCaptureFixture, settings: Any,
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
        code, words = nothing
        assert response.status_code == code
        assert words in page.text
    else:
        assert response.status_code in (403, 422, 502, 503)
        assert page.all(role="alert")[0].text.strip()
        assert "Number for support: " in page.text
    assert_says_nothing_else(page, caplog.text, connection)
    sandbox.clear_faults()
    settings.ALTEGIO_TIMEOUT = patience
    Connection.objects.update(needs_sign_in=False)
    assert edith.get(look.url).status_code == 200
    assert not writes(sandbox)


@pytest.mark.parametrize(
    "row", [row for row in MATRIX if row.read == RETRIED], ids=lambda row: row.name
)
def test_what_comes_only_once_is_asked_again(row: Row, sandbox: Sandbox, edith: Client) -> None:
    look = LOOKS[0]
    sandbox.fault(**row.fault, match={"method": "GET", "path": look.path})
    assert edith.get(look.url).status_code == 200


@pytest.mark.parametrize(
    "look", [look for look in LOOKS if look.url[-2].isdigit()], ids=lambda look: look.name
)
def test_page_that_does_not_come_leads_back_to_its_own_part(
    look: Look, sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(kind="status", status=403, match={"method": "GET", "path": look.path})
    page = page_of(edith, look.url, status=403)
    part = look.url.rsplit("/", 2)[0] + "/"
    assert [link for link in page.all("a", href=part) if link.text.startswith("To the ")]
