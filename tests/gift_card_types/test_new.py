"""Making a new type: every field can be set, rules are checked before, refusals land in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.gift_card_types.common import (
    CHAIN,
    HOSTILE,
    LIST,
    named,
    writes,
)
from tests.gift_card_types.submitting import FILLED, create, new_form, newest, shown
from tests.pages import HTMX, Page, Typed, page_of

pytestmark = pytest.mark.slow

URL = f"{LIST}new/"
ALL_FIELDS: Typed = {
    "title": "  Everything at once ",
    "face_value": "1234.50",
    "location_ids": ["501", "503"],
    "several_uses": "True",
    "covers": "4",
    "service_ids": ["710201", "710503"],
    "sold_without_code": "True",
    "balance_editing": "2",
    "validity_kind": "1",
    "expires_at-date": "2031-07-04",
    "expires_at-time": "18:30",
    "expires_at-zone": "Europe/Madrid",
    "online_sale": "on",
    "online_title": "In the shop",
    "online_description": "Two\r\nlines",
    "online_price": "1199",
    "category_id": "4711",
}
# Every write field of the API sheet.
ALL_SENT = {
    "title": "Everything at once",
    "balance": 1234.5,
    "salon_ids": [501, 503],
    "is_multi": True,
    "item_type_id": 4,
    "service_ids": [710201, 710503],
    "is_allow_empty_code": True,
    "balance_edit_type_id": 2,
    "expiration": {"type_id": 1, "date": "2031-07-04T18:30:00+02:00"},
    "online_sale": {
        "is_enabled": True,
        "title": "In the shop",
        "description": "Two\nlines",
        "price": 1199,
    },
    "category_id": 4711,
}


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_every_field_can_be_set_and_arrives(profile: str, sandbox: Sandbox, edith: Client) -> None:
    response = create(edith, ALL_FIELDS)
    (call,) = writes(sandbox)
    assert (call["method"], call["status"]) == ("POST", 201)
    assert call["body"] == ALL_SENT
    made = named(sandbox, "Everything at once")
    assert response["Location"] == f"{LIST}{made['id']}/"
    assert newest().outcome == Outcome.DONE
    assert newest().kept == []
    assert "4 Jul 2031, 18:30 (Europe/Madrid)" in shown(edith, response).text


def test_validity_is_sent_as_its_kind_needs(sandbox: Sandbox, edith: Client) -> None:
    endless = {"validity_kind": "0", "validity": "", "expires_at-date": "2031-07-04"}
    # Only a day: until its end, at the first location.
    dated = {"validity_kind": "1", "expires_at-date": "2031-12-24"}
    for typed in (endless, dated):
        assert create(edith, typed).status_code == 302
    assert [call["body"]["expiration"] for call in writes(sandbox)] == [
        {"type_id": 0},
        {"type_id": 1, "date": "2031-12-24T23:59:00+02:00"},
    ]


def test_empty_form_is_ready_to_be_filled_in(edith: Client) -> None:
    page = page_of(edith, URL)
    values = page.form(id="type-form").values
    assert values["title"] == values["face_value"] == [""]
    assert values["balance_editing"] == ["1"]
    assert values["covers"] == values["validity_kind"] == ["0"]
    assert values["validity_unit"] == ["3"]
    assert (values["expires_at-date"], values["expires_at-time"]) == ([""], ["23:59"])
    assert values["expires_at-zone"] == ["Europe/Riga"]
    zones = [option.text for option in page.all("option") if "/" in option.text]
    assert zones == ["Europe/Riga", "Europe/Madrid"]
    assert "online_sale" not in values
    assert "location_ids" not in values
    assert len(page.all("input", name="location_ids")) == 5
    assert len(page.all("input", name="service_ids")) == 30


def test_missing_catalogue_is_said(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "service_categories"})
    page = page_of(edith, URL)
    page.one("div", class_="notice warn")
    assert create(edith).status_code == 302


@pytest.mark.slow
def test_services_that_are_slow_to_come_hold_up_neither_the_form_nor_the_write(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    data = new_form(edith).data(FILLED)
    cache.clear()
    settings.ALTEGIO_TIMEOUT = 5.0
    # All the page's time would be enough for them, what is left to a form is not.
    slow = {"method": "GET", "path": "service_categories"}
    sandbox.fault(kind="latency", seconds=3, times=1, match=slow)
    page = page_of(edith, URL)
    page.one("div", class_="notice warn")
    assert page.all("form", id="type-form")
    sandbox.fault(kind="hang", seconds=30, times=None, match=slow)
    edith.post(URL, data)
    assert [call["method"] for call in writes(sandbox)] == ["POST"]
    assert newest().outcome == Outcome.DONE


# One rule of a field, one of several fields; each rule of them is the form's own test.
BROKEN_RULES: list[tuple[Typed, str]] = [
    ({"face_value": "12.345"}, "face_value"),
    ({"validity_kind": "1", "expires_at-date": "2030-02-30"}, "expires_at"),
]


def test_rules_are_checked_before_sending(sandbox: Sandbox, edith: Client) -> None:
    for place, (typed, field) in enumerate(BROKEN_RULES):
        form = new_form(edith)
        sent = form.data({**FILLED, **typed})
        htmx = bool(place % 2)
        response = edith.post(URL, sent, headers=HTMX if htmx else {})
        assert response.status_code == 422, typed
        assert response.has_header("X-Partial") == htmx
        page = Page(response)
        assert page.one("ul", id=f"id_{field}_error").text.strip(), typed
        assert len(page.all("ul", class_="field-errors")) == 1, typed
        # Nothing typed is lost.
        kept = page.form(id="type-form").values
        for name in set(FILLED) - set(typed):
            assert kept[name] == sent[name], (typed, name)
        for name in set(typed) & {"title", "face_value", "validity", "expires_at-date"}:
            assert kept[name] == sent[name], typed
        assert kept["form_id"] != form.values["form_id"]
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_refusal_in_altegios_own_words(sandbox: Sandbox, edith: Client) -> None:
    """What the stand-in checks and the form does not: a category has a number from 1."""
    page = Page(create(edith, {"category_id": "0"}))
    assert "whole number from 1" in page.one("ul", id="id_category_id_error").text


@pytest.mark.parametrize("title", [HOSTILE, "\u202eبطاقة"])
def test_titles_of_all_kinds(sandbox: Sandbox, edith: Client, title: str) -> None:
    before = {raw["id"] for raw in sandbox.certificate_types_of(CHAIN)}
    page = shown(edith, create(edith, {"title": title}))
    assert page.one("h1").text == title
    assert title in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html
    made = [raw for raw in sandbox.certificate_types_of(CHAIN) if raw["id"] not in before]
    assert [raw["title"] for raw in made] == [title]


def test_revoked_token_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    form = new_form(edith)
    sandbox.revoke_tokens()
    page = Page(edith.post(URL, form.data(FILLED)))
    assert page.form(id="type-form").values["title"] == ["Gift of baths"]
    page.one("div", class_="notice bad whole", role="alert")
