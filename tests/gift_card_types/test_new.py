"""Making a new type: every field can be set, rules are checked before, refusals land in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    CHAIN,
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    named,
    writes,
)
from tests.gift_card_types.refusing import check_refused, refuse
from tests.gift_card_types.submitting import FILLED, at, create, new_form, newest, shown
from tests.pages import HTMX, Page, Typed, page_of

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


@pytest.mark.parametrize(
    ("typed", "expiration"),
    [
        ({"validity_kind": "0", "validity": "", "expires_at-date": "2031-07-04"}, {"type_id": 0}),
        (
            {"validity_kind": "2", "validity": "2", "validity_unit": "4"},
            {"type_id": 2, "timeout": 2, "timeout_unit_id": 4},
        ),
        # Only a day: until its end, at the first location.
        (
            {"validity_kind": "1", "expires_at-date": "2031-12-24"},
            {"type_id": 1, "date": "2031-12-24T23:59:00+02:00"},
        ),
    ],
)
def test_validity_is_sent_as_its_kind_needs(
    sandbox: Sandbox, edith: Client, typed: Typed, expiration: dict[str, Any]
) -> None:
    assert create(edith, typed).status_code == 302
    assert writes(sandbox)[0]["body"]["expiration"] == expiration


def test_empty_form_is_ready_to_be_filled_in(profile: str, edith: Client) -> None:
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
    assert "Nothing is made before you save" not in page.text


def test_missing_catalogue_is_said(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "service_categories"})
    page = page_of(edith, URL)
    assert "services could not be read" in page.one("div", class_="notice warn").text
    assert create(edith).status_code == 302


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
    assert "services could not be read" in page.one("div", class_="notice warn").text
    assert page.all("form", id="type-form")
    sandbox.fault(kind="hang", seconds=30, times=None, match=slow)
    edith.post(URL, data)
    assert [call["method"] for call in writes(sandbox)] == ["POST"]
    assert newest().outcome == Outcome.DONE


def test_new_type_stands_in_the_list_at_once(sandbox: Sandbox, loaded: Client) -> None:
    response = loaded.post(URL, new_form(loaded).data(FILLED), headers=HTMX)
    assert response["HX-Redirect"] == f"{LIST}{named(sandbox, 'Gift of baths')['id']}/"
    before = len(sandbox.calls())
    assert "Gift of baths" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == before


BROKEN_RULES: list[tuple[Typed, str]] = [
    ({"title": " "}, "title"),
    ({"title": "x" * 256}, "title"),
    ({"face_value": ""}, "face_value"),
    ({"face_value": "-1"}, "face_value"),
    ({"face_value": "12.345"}, "face_value"),
    ({"face_value": "NaN"}, "face_value"),
    ({"several_uses": None}, "several_uses"),
    ({"covers": None}, "covers"),
    ({"covers": "9"}, "covers"),
    ({"covers": "3"}, "service_ids"),
    ({"covers": "4", "service_ids": ["1"]}, "service_ids"),
    ({"sold_without_code": None}, "sold_without_code"),
    ({"balance_editing": None}, "balance_editing"),
    ({"balance_editing": "7"}, "balance_editing"),
    ({"validity_kind": None}, "validity_kind"),
    ({"validity": ""}, "validity"),
    ({"validity": "0"}, "validity"),
    ({"validity_unit": "0"}, "validity_unit"),
    ({"validity_kind": "1"}, "expires_at"),
    ({"validity_kind": "1", "expires_at-date": "2030-02-30"}, "expires_at"),
    ({"validity_kind": "1", "expires_at-date": "2024-12-31"}, "expires_at"),
    ({"validity_kind": "1", "expires_at-date": "2031-01-01", "expires_at-zone": "x"}, "expires_at"),
    (
        {"validity_kind": "1", "expires_at-date": "2030-03-31", "expires_at-time": "03:30"},
        "expires_at",
    ),
    ({"online_sale": "on"}, "online_price"),
    ({"online_sale": "on", "online_price": "0"}, "online_price"),
    ({"location_ids": None}, "location_ids"),
    ({"location_ids": ["601"]}, "location_ids"),
    ({"category_id": "x"}, "category_id"),
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


@pytest.mark.parametrize("htmx", [False, True])
def test_refusal_lands_on_the_fields_it_belongs_to(
    profile: str, sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    refuse(sandbox, profile, "POST")
    form = new_form(edith)
    response = edith.post(URL, form.data(FILLED), headers=HTMX if htmx else {})
    assert response.status_code == 422
    page = Page(response)
    check_refused(page)
    again = page.form(id="type-form")
    assert again.values["title"] == ["Gift of baths"]
    assert again.values["form_id"] != form.values["form_id"]
    assert newest().outcome == Outcome.REFUSED
    # Mended, it goes through.
    assert edith.post(URL, again.data({"title": "Taken"})).status_code == 302
    named(sandbox, "Taken")


def test_refusal_in_altegios_own_words(profile: str, sandbox: Sandbox, edith: Client) -> None:
    """What the stand-in checks and the form does not: a category has a number from 1."""
    page = Page(create(edith, {"category_id": "0"}))
    assert "whole number from 1" in page.one("ul", id="id_category_id_error").text
    assert "An error has occurred" in page.one("div", class_="notice bad whole").text


def test_what_a_refused_attempt_asked_for_can_be_filled_in_again(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(kind="success_false", match={"method": "POST"})
    create(edith, ALL_FIELDS)
    values = page_of(edith, f"{URL}?again={newest().pk}").form(id="type-form").values
    for name, typed in ALL_FIELDS.items():
        expected = typed if isinstance(typed, list) else [str(typed).strip()]
        assert values[name] == expected, name


@pytest.mark.parametrize("title", [HOSTILE, "Подарок «Лето»", "水疗 💆", "\u202eبطاقة"])
def test_titles_of_all_kinds(sandbox: Sandbox, edith: Client, title: str) -> None:
    before = {raw["id"] for raw in sandbox.certificate_types_of(CHAIN)}
    page = shown(edith, create(edith, {"title": title}))
    assert page.one("h1").text == title
    assert title in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html
    made = [raw for raw in sandbox.certificate_types_of(CHAIN) if raw["id"] not in before]
    assert [raw["title"] for raw in made] == [title]


def test_form_without_its_id_is_refused(edith: Client, sandbox: Sandbox) -> None:
    data = new_form(edith).data({**FILLED, "form_id": None})
    assert edith.post(URL, data).status_code == 400
    assert not writes(sandbox)


def test_revoked_token_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    form = new_form(edith)
    sandbox.revoke_tokens()
    page = Page(edith.post(URL, form.data(FILLED)))
    assert page.form(id="type-form").values["title"] == ["Gift of baths"]
    assert "sign in" in page.one("div", class_="notice bad whole", role="alert").text


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors("new/", "get", "post", data={"form_id": "x" * 22})


def test_missing_right_is_refused_with_its_reason(edith: Client, sandbox: Sandbox) -> None:
    for response in (
        edith.get(at(OTHER_CHAIN, "new/")),
        edith.post(at(OTHER_CHAIN, "new/"), {**FILLED, "form_id": "x" * 22}),
    ):
        assert response.status_code == 403
        assert "no right to change gift card types" in Page(response).text
    assert not writes(sandbox)
