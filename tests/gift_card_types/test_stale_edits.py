"""A form that was opened on other values than Altegio has now: nothing is overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.gift_card_types import stored
from loyalty_admin.sandbox.certificate_type_fields import item_type
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, DATED, PLAIN, WITH_SERVICES, writes
from tests.gift_card_types.submitting import (
    edit_form,
    newest,
    row_form,
    said,
    send_edit,
    send_row,
    shown,
)
from tests.pages import Form, Page, Typed

WAS = "Подарок для мамы"
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


# The same term changed at both


def test_same_field_changed_at_both_is_a_conflict_and_nothing_is_sent(
    sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="Of Altegio")
    response = send_edit(edith, form, PLAIN, {"title": "Of mine"})
    assert response.status_code == 409
    for text in (WAS, "Of Altegio", "Of mine"):
        assert text in said(Page(response))
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_mine_is_sent_after_the_decision(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="Of Altegio")
    asked = form_of(send_edit(edith, form, PLAIN, {"title": "Of mine"}))
    assert send_edit(edith, asked, PLAIN, {}).status_code == 302
    assert now(sandbox)["title"] == "Of mine"
    (change,) = newest().changes
    assert (change["before"], change["after"]) == ("Of Altegio", "Of mine")


def test_theirs_stays_after_the_decision(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="Of Altegio")
    asked = form_of(send_edit(edith, form, PLAIN, {"title": "Mine", "face_value": "150"}))
    assert send_edit(edith, asked, PLAIN, {"theirs": ["title"]}).status_code == 302
    assert (now(sandbox)["title"], now(sandbox)["balance"]) == ("Of Altegio", 150)


def test_decision_that_leaves_nothing_to_send_is_shown_as_it_is(
    sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="Of Altegio")
    asked = form_of(send_edit(edith, form, PLAIN, {"title": "Mine"}))
    response = send_edit(edith, asked, PLAIN, {"theirs": ["title"]})
    assert not writes(sandbox)
    assert "Of Altegio" in shown(edith, response).one("h1").text


def test_second_change_at_altegio_is_a_second_question(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="One")
    asked = form_of(send_edit(edith, form, PLAIN, {"title": "Mine"}))
    alter(sandbox, title="Two")
    response = send_edit(edith, asked, PLAIN, {})
    assert response.status_code == 409
    assert "Two" in said(Page(response))
    assert not writes(sandbox)


def test_conflict_keeps_all_that_was_typed_and_gets_a_new_form_id(
    sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, DATED)
    alter(sandbox, DATED, title="Of Altegio")
    typed: dict[str, str | list[str] | None] = {
        "title": "Mine",
        "face_value": "151.5",
        "online_description": "Two\r\nlines",
        "expires_at-date": "2031-06-30",
        "expires_at-time": "20:15",
        "location_ids": ["502", "504"],
    }
    asked = form_of(send_edit(edith, form, DATED, typed))
    kept = {name: asked.values[name] for name in typed}
    assert kept == {key: text if isinstance(text, list) else [text] for key, text in typed.items()}
    assert asked.values["form_id"] != form.values["form_id"]


# Other terms changed at Altegio


def test_other_changes_at_altegio_are_kept_by_merging(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    alter(
        sandbox,
        balance=99,
        item_type=item_type(3),
        service_ids=[710201],
        salon_ids=[502],
        expiration_type_id=1,
        expiration_date="2031-05-05T12:00:30-05:00",
        online_sale_is_enabled=True,
        online_sale_price=90,
        category_id=9,
        brand_new="field",
    )
    theirs = now(sandbox)
    assert send_edit(edith, form, PLAIN, {"title": "Mine"}).status_code == 302
    assert now(sandbox) == theirs | {
        "title": "Mine",
        # Idle beside a fixed date.
        "expiration_timeout": 0,
        "expiration_timeout_unit_id": 0,
    }
    assert [change["field"] for change in newest().changes] == ["Title"]


def test_only_the_conflict_is_asked_about_and_the_rest_survives_it(
    sandbox: Sandbox, edith: Client
) -> None:
    """What the form shows of the rest is old: sending it again must not bring that back."""
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="Of Altegio", expiration_timeout=3, category_id=9)
    typed = {"title": "Mine", "online_title": "A gift"}
    response = send_edit(edith, form, PLAIN, typed)
    assert asked_about(Page(response)) == ["title"]
    send_edit(edith, form_of(response), PLAIN, {})
    found = now(sandbox)
    assert (found["title"], found["online_sale_title"]) == ("Mine", "A gift")
    assert (found["expiration_timeout"], found["category_id"]) == (3, 9)


def test_other_changes_at_altegio_survive_a_conflict_in_the_row(
    sandbox: Sandbox, edith: Client
) -> None:
    form = row_form(edith, PLAIN)
    alter(sandbox, title="Of Altegio", balance=99)
    response = send_row(edith, form, PLAIN, {"title": "Mine"})
    assert asked_about(Page(response)) == ["title"]
    assert not writes(sandbox)
    send_row(edith, Page(response).form("row/edit/"), PLAIN, {})
    assert (now(sandbox)["title"], now(sandbox)["balance"]) == ("Mine", 99)


def test_row_opened_on_an_old_list_is_a_conflict_too(sandbox: Sandbox, loaded: Client) -> None:
    alter(sandbox, balance=99)
    form = row_form(loaded, PLAIN)
    assert form.values["face_value"] == ["120"]
    response = send_row(loaded, form, PLAIN, {"face_value": "130"})
    assert response.status_code == 409
    assert "99 €" in said(Page(response)) and "130 €" in said(Page(response))
    assert not writes(sandbox)


def test_same_change_made_at_both_is_no_conflict(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="For her")
    assert send_edit(edith, form, PLAIN, {"title": "For her"}).status_code == 302
    assert not writes(sandbox)


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


# Only the dashboard says on what a form was opened


def forged(form: Form, case: str) -> str:
    _type_id, opened = signing.loads(form.values["opened_on"][0], salt=stored.SALT)
    opened["title"] = "Of Altegio"
    match case:
        case "nothing":
            return ""
        case "tampered":
            return signing.dumps([PLAIN, opened], salt=stored.SALT)[:-2] + "xx"
        case "of membership types":
            return signing.dumps([PLAIN, opened], salt="membership_types.opened_on")
        case "other key":
            return signing.dumps([PLAIN, opened], key="k" * 20, salt=stored.SALT)
        case _:
            return signing.dumps([PLAIN, {"title": opened["title"]}], salt=stored.SALT)


CASES = ["nothing", "tampered", "of membership types", "other key", "incomplete"]


def test_forged_start_is_refused_and_nothing_is_sent(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    alter(sandbox, title="Of Altegio")
    for case in CASES:
        typed: Typed = {"title": "Mine", "opened_on": forged(form, case)}
        response = send_edit(edith, form, PLAIN, typed)
        assert response.status_code == 409, case
        # The form is opened anew, on what Altegio has.
        assert form_of(response).values["title"] == ["Of Altegio"], case
    assert not writes(sandbox)


def test_start_of_another_form_is_refused(sandbox: Sandbox, edith: Client) -> None:
    """Of another type's form, and of the row."""
    starts = [
        form.values["opened_on"] for form in (edit_form(edith, DATED), row_form(edith, PLAIN))
    ]
    form = edit_form(edith, PLAIN)
    alter(sandbox, expiration_timeout=2)
    for opened_on in starts:
        response = send_edit(edith, form, PLAIN, {"title": "Mine", "opened_on": opened_on})
        assert response.status_code == 409
        # No conflict is shown between two types: the form is opened anew.
        assert form_of(response).values["title"] == [WAS]
    assert not writes(sandbox)
