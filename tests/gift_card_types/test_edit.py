"""Changing a whole type: the form, what it says before anybody types, and after."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.gift_card_types import words
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    DATED,
    FOREIGN,
    HOSTILE,
    ISSUED,
    LIST,
    PAST,
    PLAIN,
    UNKNOWN_EDITING,
    WITH_SERVICES,
    named,
    writes,
)
from tests.gift_card_types.submitting import (
    edit,
    newest,
    press,
    send_edit,
    shown,
)
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow


def changed_fields() -> list[str]:
    return [change["field"] for change in newest().changes]


# The fixed date


def date_sent(sandbox: Sandbox) -> str:
    return str(writes(sandbox)[-1]["body"]["expiration"]["date"])


def test_date_that_nobody_touches_goes_back_as_the_very_string(
    sandbox: Sandbox, edith: Client
) -> None:
    odd = {DATED: "2030-12-31T23:59:59.250+0200", FOREIGN: "2030-11-29T23:59:59-05:00"}
    for type_id, date in odd.items():
        sandbox.alter_certificate_type(CHAIN, type_id, expiration_date=date)
        edit(edith, type_id, {"title": "Other"})
        assert date_sent(sandbox) == date
        assert changed_fields() == ["Title"]


def test_same_moment_of_another_zone_is_no_change(sandbox: Sandbox, edith: Client) -> None:
    typed = {"expires_at-time": "22:59:59", "expires_at-zone": "Europe/Madrid"}
    assert edit(edith, DATED, typed).status_code == 302
    assert not writes(sandbox)


def test_typed_date_is_sent_with_its_offset_and_named_with_its_zone(
    sandbox: Sandbox, edith: Client
) -> None:
    edit(edith, DATED, {"expires_at-date": "2031-07-31"})
    # Summer has another offset at the same place.
    assert date_sent(sandbox) == "2031-07-31T23:59:59+03:00"
    assert newest().kept == []
    assert newest().changes == [
        {
            "field": "Valid until",
            "before": "31 Dec 2030, 23:59:59 (Europe/Riga)",
            "after": "31 Jul 2031, 23:59:59 (Europe/Riga)",
        }
    ]


def test_kind_of_validity_can_be_changed_with_what_belongs_to_it(
    sandbox: Sandbox, edith: Client
) -> None:
    typed = {"validity_kind": "2", "validity": "9", "validity_unit": "2"}
    edit(edith, DATED, typed)
    assert writes(sandbox)[0]["body"]["expiration"] == {
        "type_id": 2,
        "timeout": 9,
        "timeout_unit_id": 2,
    }
    told = {change["field"]: (change["before"], change["after"]) for change in newest().changes}
    # What means nothing beside the kind of validity is not said to be there.
    assert told == {
        FIELDS.label("validity_kind"): (
            str(words.VALIDITY_KINDS[1]),
            str(words.VALIDITY_KINDS[2]),
        ),
        "Valid until": ("31 Dec 2030, 23:59:59 (Europe/Riga)", "not set"),
        "Valid for": ("not set", "9 weeks"),
        FIELDS.label("validity_unit"): ("not set", "weeks"),
    }


# What was read and nobody touches


def test_unknown_values_are_offered_as_read_and_kept(sandbox: Sandbox, edith: Client) -> None:
    page = page_of(edith, f"{LIST}{UNKNOWN_EDITING}/edit/")
    assert page.form(id="type-form").values["balance_editing"] == ["7"]
    assert [label.text.strip() for label in page.all("label") if "number 7" in label.text]
    edit(edith, UNKNOWN_EDITING, {"title": "Other"})
    assert writes(sandbox)[0]["body"]["balance_edit_type_id"] == 7
    assert changed_fields() == ["Title"]
    edit(edith, UNKNOWN_EDITING, {"balance_editing": "2"})
    assert newest().changes == [
        {
            "field": FIELDS.label("balance_editing"),
            "before": "number 7",
            "after": str(words.BALANCE_EDITING[2]),
        }
    ]


def test_odd_values_that_nobody_touches_stay(sandbox: Sandbox, edith: Client) -> None:
    odd = {
        "balance": 19.999,
        "online_sale_price": 12.3456,
        "expiration_timeout": 2_000_000,
        "salon_ids": [501, 502],
        "online_sale_description": "a\r\nb\n\nc  ",
        "online_sale_title": "  spaces  ",
        "category_id": 1,
    }
    sandbox.alter_certificate_type(CHAIN, PLAIN, **odd)
    response = edit(edith, PLAIN, {"title": "Other"})
    assert response.status_code == 302, Page(response).text
    after = sandbox.certificate_type_of(CHAIN, PLAIN)
    assert {name: after[name] for name in odd} == odd
    assert changed_fields() == ["Title"]


def test_gone_service_can_be_kept(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, WITH_SERVICES, service_ids=[710201, 424242])
    page = page_of(edith, f"{LIST}{WITH_SERVICES}/edit/")
    page.one("input", name="service_ids", value="424242")
    send_edit(edith, page.form(id="type-form"), WITH_SERVICES, {"title": "Other"})
    assert writes(sandbox)[0]["body"]["service_ids"] == [424242, 710201]


def test_form_carries_hostile_texts_unharmed(sandbox: Sandbox, edith: Client) -> None:
    raw = named(sandbox, HOSTILE)
    page = page_of(edith, f"{LIST}{raw['id']}/edit/")
    form = page.form(id="type-form")
    assert form.values["title"] == [HOSTILE]
    assert form.values["online_title"] == [raw["online_sale_title"]]
    assert form.values["online_description"] == [raw["online_sale_description"]]
    for evil in ("<script>alert", "<img", "<b>Bold"):
        assert evil not in page.html
    send_edit(edith, form, raw["id"], {"face_value": "31"})
    assert sandbox.certificate_type_of(CHAIN, raw["id"])["title"] == HOSTILE


# What cannot be changed says so before anybody types


def test_locked_type_is_not_opened_for_editing(edith: Client) -> None:
    """Issued, archived by Altegio, archived here."""
    press(edith, PLAIN, "archive")
    for type_id in (ISSUED, ARCHIVED_BY_ALTEGIO, PLAIN):
        response = edith.get(f"{LIST}{type_id}/edit/")
        assert response["Location"] == f"{LIST}{type_id}/"
        assert shown(edith, response).one("div", class_="notice warn").text.strip()


def test_type_of_which_altegio_left_something_out_is_not_opened_for_editing(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, is_multi="perhaps")
    response = edith.get(f"{LIST}{PLAIN}/edit/")
    assert response["Location"] == f"{LIST}{PLAIN}/"
    warning = shown(edith, response).one("div", class_="notice warn").text
    assert FIELDS.label("several_uses") in warning


def test_locked_since_the_list_was_read_is_seen_too(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.issue(CHAIN, PLAIN)
    response = loaded.get(f"{LIST}{PLAIN}/edit/", headers=HTMX)
    assert response["HX-Redirect"] == f"{LIST}{PLAIN}/"


# What goes wrong


def test_date_that_is_over_stays_and_is_not_typed(sandbox: Sandbox, edith: Client) -> None:
    assert edit(edith, PAST, {"title": "Christmas"}).status_code == 302
    assert date_sent(sandbox) == "2024-12-31T23:59:59+02:00"
    page = Page(edit(edith, PAST, {"expires_at-date": "2025-12-31"}))
    assert page.one("ul", id="id_expires_at_error").text.strip()
