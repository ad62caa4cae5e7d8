"""The forms in the dashboard's own words: each field is one term."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import assume, given, settings

from loyalty_admin.altegio.gift_card_types import SCHEMA, Terms
from loyalty_admin.catalog.forms import Choices
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.gift_card_types.forms import (
    NEW,
    ROW_TERMS,
    GiftCardTypeForm,
    NewGiftCardTypeForm,
    RowForm,
)
from loyalty_admin.gift_card_types.words import Words
from tests.altegio.schemas import ODD_GIFT_CARD_TERMS
from tests.membership_types.test_fields import CATALOGUE, browser_sends

CHOICES = Choices(
    locations=[(501, "Centre"), (502, "North")],
    catalogue=CATALOGUE,
    words=Words(zones=("Europe/Riga",)),
)
OPENED = Terms(
    title="Fifty",
    face_value=Decimal("49.95"),
    location_ids=(501,),
    covers=3,
    service_ids=(1, 11),
    validity_kind=1,
    expires_at=datetime.fromisoformat("2030-12-31T23:59:59+02:00"),
)


def form(typed: dict[str, Any] | None = None, *, kind: Any = GiftCardTypeForm, **given: Any) -> Any:
    """The form as a browser sends it after `typed`; unsent without."""
    arguments = {"opened": OPENED, "choices": CHOICES} | given
    if typed is None:
        return kind(**arguments)
    data: QueryDict = browser_sends(kind(**arguments))
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return kind(data, **arguments)


def test_every_term_has_its_field_and_stands_in_a_group() -> None:
    assert set(form().fields) == set(SCHEMA.names)
    assert {name for name in SCHEMA.names if FIELDS[name].group} == set(SCHEMA.names)


@settings(max_examples=25)
@given(ODD_GIFT_CARD_TERMS)
def test_form_as_drawn_wants_the_opened_terms_however_odd(terms: Terms) -> None:
    assume(not terms.title or terms.title.strip())
    sent = form({}, opened=terms)
    assert sent.is_valid(), sent.errors
    assert SCHEMA.differing(Terms(**sent.wanted()), terms) == []
    assert Terms(**sent.wanted()).expires_at is terms.expires_at
    row = form({}, kind=RowForm, opened=terms)
    assert row.is_valid(), row.errors
    assert SCHEMA.differing(replace(terms, **row.wanted()), terms) == []


def test_row_form_has_its_five_terms() -> None:
    sent = form({"title": "Other"}, kind=RowForm)
    assert sent.is_valid(), sent.errors
    assert set(sent.wanted()) == set(ROW_TERMS)
    assert not [name for name, field in sent.fields.items() if field.help_text]


@pytest.mark.parametrize(("kind", "odd"), [(GiftCardTypeForm, 7), (NewGiftCardTypeForm, 0)])
def test_unknown_way_of_editing_balances_is_offered_by_its_number(kind: Any, odd: int) -> None:
    opened = replace(OPENED, balance_editing=odd)
    assert dict(form(kind=kind, opened=opened).fields["balance_editing"].choices) == {
        odd: f"number {odd}",
        1: "Allowed",
        2: "Not allowed",
    }
    sent = form({"title": "Other"}, kind=kind, opened=opened)
    assert sent.is_valid(), sent.errors
    assert sent.wanted()["balance_editing"] == odd
    other = form({"balance_editing": "2"}, kind=kind, opened=opened)
    assert other.is_valid() and other.wanted()["balance_editing"] == 2
    assert not form({"balance_editing": "5"}, kind=kind, opened=opened).is_valid()


def test_known_ways_of_editing_balances_are_the_only_ones_offered_else() -> None:
    assert dict(form().fields["balance_editing"].choices).keys() == {1, 2}


def test_value_that_is_no_choice_is_offered_as_read() -> None:
    odd = replace(OPENED, covers=9, validity_kind=8, validity_unit=6)
    sent = form({"title": "Other"}, opened=odd)
    assert sent.is_valid(), sent.errors
    assert Terms(**sent.wanted()) == replace(odd, title="Other")


def test_new_type_has_a_value_typed_and_a_duplicate_has_its_own() -> None:
    blank = form(kind=NewGiftCardTypeForm, opened=NEW)
    assert "value=" not in str(blank["face_value"])
    assert blank["validity_unit"].value() == 3
    free = form(kind=NewGiftCardTypeForm, opened=replace(OPENED, face_value=Decimal(0)))
    assert 'value="0"' in str(free["face_value"])


def test_new_type_needs_a_location() -> None:
    sent = form({"location_ids": []}, kind=NewGiftCardTypeForm)
    assert set(sent.errors) == {"location_ids"}


def test_type_sold_nowhere_may_stay_so_but_not_become_so() -> None:
    nowhere = replace(OPENED, location_ids=())
    assert form({"title": "Other"}, opened=nowhere).is_valid()
    assert set(form({"location_ids": []}).errors) == {"location_ids"}


def test_location_that_is_no_longer_the_chains_can_be_kept() -> None:
    odd = replace(OPENED, location_ids=(501, 599))
    sent = form({"title": "Other"}, opened=odd)
    assert sent.is_valid(), sent.errors
    assert sent.wanted()["location_ids"] == (501, 599)
    assert not form({"location_ids": ["501", "777"]}, opened=odd).is_valid()


def test_rule_counts_only_where_it_is_touched() -> None:
    broken = replace(OPENED, service_ids=(), expires_at=None, online_sale=True)
    assert form({"title": "Other"}, opened=broken).is_valid()
    assert set(form({"covers": "4"}, opened=broken).errors) == {"service_ids"}
    assert set(form({"validity_kind": "2"}, opened=broken).errors) == {"validity"}
    assert set(form({"online_price": "0"}, opened=broken).errors) == set()
    every = form({}, kind=NewGiftCardTypeForm, opened=broken)
    assert set(every.errors) == {"service_ids", "expires_at", "online_price"}


IDLE: list[tuple[dict[str, Any], str]] = [
    ({"validity_kind": "1", "validity": ""}, "validity"),
    ({"validity_kind": "0", "validity": "-3"}, "validity"),
    ({"validity_kind": "0", "expires_at-date": "2030-02-30"}, "expires_at"),
    ({"covers": "0", "service_ids": ["424242"]}, "service_ids"),
]


@pytest.mark.parametrize("kind", [GiftCardTypeForm, NewGiftCardTypeForm])
def test_what_means_nothing_is_not_checked(kind: Any) -> None:
    """Its control is hidden: nobody could find what is wrong."""
    for typed, idle in IDLE:
        sent = form(typed, kind=kind)
        assert sent.is_valid(), sent.errors
        assert sent.wanted()[idle] == getattr(OPENED, idle)


def test_what_means_something_is_checked() -> None:
    assert set(form({"validity_kind": "2", "validity": ""}).errors) == {"validity"}
    assert set(form({"expires_at-date": "2030-02-30"}).errors) == {"expires_at"}
    assert set(form({"service_ids": ["424242"]}).errors) == {"service_ids"}


def test_another_day_keeps_the_seconds_and_another_field_the_very_moment() -> None:
    moved = form({"expires_at-date": "2030-07-31"})
    assert moved.is_valid(), moved.errors
    assert moved.wanted()["expires_at"].isoformat() == "2030-07-31T23:59:59+03:00"
    other = form({"title": "Other"})
    assert other.is_valid()
    assert other.wanted()["expires_at"] is OPENED.expires_at


def test_untouched_values_stay_however_odd() -> None:
    odd = replace(OPENED, face_value=Decimal("1.23456"), online_title="x" * 400)
    sent = form({"title": "Other"}, opened=odd)
    assert sent.is_valid(), sent.errors
    assert sent.wanted()["face_value"] == Decimal("1.23456")
    assert sent.wanted()["online_title"] == "x" * 400
    assert set(form({"face_value": "1.23457"}, opened=odd).errors) == {"face_value"}


REFUSALS: list[tuple[str, str]] = [
    ("balance", "face_value"),
    ("item_type_id", "covers"),
    ("service_ids.0", "service_ids"),
    ("balance_edit_type_id", "balance_editing"),
    ("expiration.date", "expires_at"),
    ("[expiration][timeout]", "validity"),
    ("[expiration][timeout_unit_id]", "validity_unit"),
    ("expiration", "validity_kind"),
    ("online_sale.price", "online_price"),
    ("[online_sale][title]", "online_title"),
    ("online_sale.is_enabled", "online_sale"),
    ("salon_ids", "location_ids"),
    ("[is_multi]", "several_uses"),
]


def test_refusals_go_to_their_fields() -> None:
    sent = form({})
    assert sent.is_valid()
    sent.add_refusal({key: [key] for key, _name in REFUSALS} | {"nonsense": ["D"]}, "E")
    for key, name in REFUSALS:
        assert key in sent.errors[name], key
    assert sent.non_field_errors() == ["nonsense: D", "E"]


def test_refusal_is_said_once() -> None:
    sent = form({})
    assert sent.is_valid()
    sent.add_refusal({"title": ["Taken."]}, "Taken.")
    assert sent.errors == {"title": ["Taken."]}


def test_refusal_about_a_field_of_the_full_form_is_above_the_row() -> None:
    sent = form({}, kind=RowForm)
    assert sent.is_valid()
    sent.add_refusal({"expiration.timeout": ["Too long."]}, "")
    assert sent.non_field_errors() == ["Too long."]


def test_number_of_a_category_is_one_that_altegio_can_have() -> None:
    assert form({"category_id": "9" * 15}).is_valid()
    assert set(form({"category_id": "1" + "0" * 15}).errors) == {"category_id"}


FINE: dict[str, Any] = {
    "title": "Gift of baths",
    "face_value": "60",
    "several_uses": "True",
    "sold_without_code": "False",
    "balance_editing": "1",
    "covers": "0",
    "validity_kind": "2",
    "validity": "6",
    "validity_unit": "3",
    "location_ids": ["501"],
}
# What is typed into a new type, and the one field that is then wrong.
BROKEN_RULES: list[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "title"),
    ({"title": "x" * 256}, "title"),
    ({"face_value": ""}, "face_value"),
    ({"face_value": "-1"}, "face_value"),
    ({"face_value": "12.345"}, "face_value"),
    ({"face_value": "NaN"}, "face_value"),
    ({"several_uses": []}, "several_uses"),
    ({"covers": []}, "covers"),
    ({"covers": "9"}, "covers"),
    ({"covers": "3"}, "service_ids"),
    ({"covers": "4", "service_ids": ["424242"]}, "service_ids"),
    ({"sold_without_code": []}, "sold_without_code"),
    ({"balance_editing": []}, "balance_editing"),
    ({"balance_editing": "7"}, "balance_editing"),
    ({"validity_kind": []}, "validity_kind"),
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
    ({"location_ids": []}, "location_ids"),
    ({"location_ids": ["601"]}, "location_ids"),
    ({"category_id": "x"}, "category_id"),
]


def test_rules_of_a_new_type_are_checked_each_at_its_field() -> None:
    given: dict[str, Any] = {"kind": NewGiftCardTypeForm, "opened": NEW}
    assert form(FINE, **given).errors == {}
    wrong = {
        str(typed): found
        for typed, field in BROKEN_RULES
        if (found := set(form(FINE | typed, **given).errors)) != {field}
    }
    assert wrong == {}


def test_rules_of_a_row_are_checked_each_at_its_field() -> None:
    broken: list[tuple[dict[str, Any], str]] = [
        ({"title": ""}, "title"),
        ({"face_value": "x"}, "face_value"),
        ({"online_sale": "on", "online_price": ""}, "online_price"),
        ({"location_ids": []}, "location_ids"),
        ({"location_ids": ["601"]}, "location_ids"),
    ]
    wrong = {
        str(typed): found
        for typed, field in broken
        if (found := set(form(typed, kind=RowForm).errors)) != {field}
    }
    assert wrong == {}


def test_typed_date_has_the_offset_of_its_zone_then() -> None:
    foreign = replace(OPENED, expires_at=datetime.fromisoformat("2030-11-29T23:59:59-05:00"))
    words = Words(zones=("Europe/Riga", "Europe/Madrid"))
    madrid = {"expires_at-date": "2031-07-31", "expires_at-zone": "Europe/Madrid"}
    expected: list[tuple[Terms, dict[str, Any], str]] = [
        # Summer has another offset at the same place.
        (OPENED, {"expires_at-date": "2031-07-31"}, "2031-07-31T23:59:59+03:00"),
        (OPENED, madrid, "2031-07-31T23:59:59+02:00"),
        (OPENED, {"expires_at-time": "12:30"}, "2030-12-31T12:30:00+02:00"),
        # The offset of no location stays until another zone is chosen.
        (foreign, {"expires_at-date": "2031-07-31"}, "2031-07-31T23:59:59-05:00"),
        (foreign, {"expires_at-zone": "Europe/Riga"}, "2030-11-29T23:59:59+02:00"),
    ]
    for opened, typed, date in expected:
        sent = form(typed, opened=opened, choices=replace(CHOICES, words=words))
        assert sent.is_valid(), sent.errors
        assert sent.wanted()["expires_at"].isoformat() == date


def test_field_without_a_place_in_the_template_is_drawn_last() -> None:
    drawn = form()
    for name in set(drawn.fields) - {"category_id"}:
        drawn[name].as_field_group()
    assert [field.name for field in drawn.not_drawn] == ["category_id"]
