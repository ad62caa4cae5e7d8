"""A form that was opened on other values than Altegio has now: nothing is overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.sandbox.certificate_type_fields import item_type
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, DATED, PLAIN, WITH_SERVICES, writes
from tests.gift_card_types.submitting import (
    edit_form,
    said,
    send_edit,
)
from tests.pages import Form, Page, Typed

pytestmark = pytest.mark.slow

RIGA = "2030-12-31T23:59:59+02:00"  # what DATED starts with


def form_of(response: Any) -> Form:
    return Page(response).form(id="type-form")


def asked_about(page: Page) -> list[str]:
    """The terms between which the person is to decide."""
    return [box.attrs["value"] for box in page.all("input", name="theirs")]


def alter(sandbox: Sandbox, type_id: int = PLAIN, **fields: Any) -> None:
    sandbox.alter_certificate_type(CHAIN, type_id, **fields)


def now(sandbox: Sandbox, type_id: int = PLAIN) -> dict[str, Any]:
    return sandbox.certificate_type_of(CHAIN, type_id)


# Terms that mean something only beside another one


def test_date_changed_at_both_is_asked_about_in_words(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, DATED)
    alter(sandbox, DATED, expiration_date="2031-01-31T23:59:00+02:00")
    response = send_edit(edith, form, DATED, {"expires_at-date": "2031-06-30"})
    assert asked_about(Page(response)) == ["expires_at"]
    for day in ("31 Dec 2030", "31 Jan 2031", "30 Jun 2031"):
        assert day in said(Page(response))
    send_edit(edith, form_of(response), DATED, {"theirs": ["expires_at"], "title": "Mine"})
    found = now(sandbox, DATED)
    assert (found["title"], found["expiration_date"]) == ("Mine", "2031-01-31T23:59:00+02:00")


def test_same_moment_with_another_offset_is_no_conflict(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, DATED)
    alter(sandbox, DATED, expiration_date="2030-12-31T21:59:59+00:00")
    typed = {"expires_at-date": "2031-06-30"}
    assert send_edit(edith, form, DATED, typed).status_code == 302
    assert now(sandbox, DATED)["expiration_date"] == "2031-06-30T23:59:59+03:00"


UNTIL: dict[str, Any] = {"expiration_type_id": 1, "expiration_date": RIGA}


def test_period_typed_where_altegio_has_a_date_now_is_asked_about_once(
    sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, **UNTIL)
    response = send_edit(edith, form, PLAIN, {"validity": "12"})
    assert response.status_code == 409
    assert "validity_kind" in asked_about(Page(response))
    assert send_edit(edith, form_of(response), PLAIN, {}).status_code == 302
    found = now(sandbox)
    assert (found["expiration_type_id"], found["expiration_timeout"]) == (2, 12)
    assert found["expiration_timeout_unit_id"] == 3


def test_date_of_altegio_stays_where_the_person_gives_way(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, **UNTIL)
    response = send_edit(edith, form, PLAIN, {"validity": "12", "title": "Mine"})
    theirs = asked_about(Page(response))
    assert send_edit(edith, form_of(response), PLAIN, {"theirs": theirs}).status_code == 302
    found = now(sandbox)
    assert found["title"] == "Mine"
    assert {name: found[name] for name in UNTIL} == UNTIL


@pytest.mark.parametrize("is_mine", [True, False])
def test_services_named_where_altegio_covers_everything_now_are_asked_about_once(
    sandbox: Sandbox, edith: Client, is_mine: bool
) -> None:
    form = edit_form(edith, WITH_SERVICES)
    alter(sandbox, WITH_SERVICES, item_type=item_type(0), service_ids=[])
    response = send_edit(edith, form, WITH_SERVICES, {"service_ids": ["710201"]})
    assert response.status_code == 409
    theirs = asked_about(Page(response))
    assert "covers" in theirs
    typed: Typed = {} if is_mine else {"theirs": theirs}
    assert send_edit(edith, form_of(response), WITH_SERVICES, typed).status_code == 302
    found = now(sandbox, WITH_SERVICES)
    kept = (found["item_type"]["id"], found["service_ids"])
    assert kept == ((3, [710201]) if is_mine else (0, []))
    assert len(writes(sandbox)) == is_mine
