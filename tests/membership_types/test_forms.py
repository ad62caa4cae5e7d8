"""The forms in the dashboard's own words: each field is one term."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from loyalty_admin.altegio.membership_services import CoveredService
from loyalty_admin.altegio.membership_types import SCHEMA, Terms
from loyalty_admin.catalog.forms import Choices, RestoreForm
from loyalty_admin.membership_types import words
from loyalty_admin.membership_types.fields import FIELDS
from loyalty_admin.membership_types.forms import (
    ROW_TERMS,
    MembershipTypeForm,
    NewMembershipTypeForm,
    RowForm,
)
from loyalty_admin.membership_types.words import Words
from tests.membership_types.test_fields import CATALOGUE, browser_sends

CHOICES = Choices(
    locations=[(501, "Centre"), (502, "North")],
    catalogue=CATALOGUE,
    words=Words(activations={1: "First visit", 4: "By hand"}),
)
OPENED = Terms(
    title="Ten",
    price=Decimal("10.50"),
    location_ids=(501,),
    validity=3,
    validity_unit=3,
    activation=1,
    services=(CoveredService(id=1, is_category=False, visits=5),),
    category="standard",
)


def form(
    typed: dict[str, Any] | None = None, *, kind: Any = MembershipTypeForm, **given: Any
) -> Any:
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


def test_form_as_drawn_wants_the_opened_terms() -> None:
    sent = form({})
    assert sent.is_valid(), sent.errors
    assert Terms(**sent.wanted()) == OPENED


def test_row_form_has_its_five_terms() -> None:
    sent = form({"title": "Other"}, kind=RowForm)
    assert sent.is_valid(), sent.errors
    assert set(sent.wanted()) == set(ROW_TERMS)


def test_kept_fields_are_marked_only_once_sold() -> None:
    def marked(sold: int | None) -> set[str]:
        return {name for name, field in form(sold=sold).fields.items() if field.is_kept}

    assert marked(3) == set(FIELDS.locked_once_sold)
    assert marked(0) == marked(None) == set()


def test_activations_are_the_documented_and_the_chains_own() -> None:
    labels = dict(form().fields["activation"].choices)
    assert list(labels) == [1, 2, 3, 4]
    assert (labels[1], labels[4]) == ("First visit", "By hand")
    # What this chain has not used yet is marked as such.
    assert labels[2] != str(words.DOCUMENTED_ACTIVATIONS[2])
    assert str(words.DOCUMENTED_ACTIVATIONS[2]) in labels[2]


def test_value_that_is_no_choice_is_offered_as_read() -> None:
    odd = replace(OPENED, activation=9, validity_unit=8, balance_editing=7, category="gold")
    fields = form(opened=odd).fields
    for name, value in (("activation", 9), ("validity_unit", 8), ("balance_editing", 7)):
        assert value in dict(fields[name].choices)
    sent = form({"title": "Other"}, opened=odd)
    assert sent.is_valid(), sent.errors
    assert sent.wanted() == {
        name: getattr(replace(odd, title="Other"), name) for name in SCHEMA.names
    }


def test_new_form_offers_no_value_that_means_nothing() -> None:
    fields = form(kind=NewMembershipTypeForm, opened=Terms(category="standard")).fields
    assert 0 not in dict(fields["activation"].choices)


def test_location_that_is_no_longer_the_chains_can_be_kept() -> None:
    odd = replace(OPENED, location_ids=(501, 599))
    sent = form({"title": "Other"}, opened=odd)
    assert sent.is_valid(), sent.errors
    assert sent.wanted()["location_ids"] == (501, 599)
    assert form({"location_ids": ["501", "777"]}, opened=odd).is_valid() is False


def test_type_sold_nowhere_may_stay_so_but_not_become_so() -> None:
    nowhere = replace(OPENED, location_ids=())
    assert form({"title": "Other"}, opened=nowhere).is_valid()
    sent = form({"location_ids": []})
    assert not sent.is_valid()
    assert set(sent.errors) == {"location_ids"}


def test_rule_counts_only_where_it_is_touched() -> None:
    broken = replace(OPENED, freezing=True, validity=0, services=())
    assert form({"title": "Other"}, opened=broken).is_valid()
    assert set(form({"freezing": [], "is_pooled": "True"}, opened=broken).errors) == {"pool_visits"}
    assert set(form({"validity_unit": "0"}).errors) == {"validity_unit"}


def test_every_rule_counts_for_a_new_type() -> None:
    broken = replace(OPENED, services=(), freezing=True, validity=0)
    sent = form({}, kind=NewMembershipTypeForm, opened=broken)
    assert set(sent.errors) == {"services", "freezing"}


# What is typed into a whole new form instead of what is right, and the field that is wrong then.
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "title"),
    ({"title": "x" * 256}, "title"),
    ({"price": ""}, "price"),
    ({"price": "-1"}, "price"),
    ({"price": "12.345"}, "price"),
    ({"price": "NaN"}, "price"),
    ({"services": []}, "services"),
    ({"services": ["s99"]}, "services"),
    ({"services-visits-s1": "0"}, "services"),
    ({"services-visits-s1": "many"}, "services"),
    ({"is_pooled": "True", "pool_visits": "0"}, "pool_visits"),
    ({"is_pooled": "True", "is_pool_unlimited": "on", "validity": "0"}, "validity"),
    ({"is_pooled": []}, "is_pooled"),
    ({"services-unlimited-s1": "on", "recalculates_price": "on"}, "recalculates_price"),
    ({"validity": "1", "validity_unit": "0"}, "validity_unit"),
    ({"validity": "-1"}, "validity"),
    ({"freezing": "on", "validity": "0"}, "freezing"),
    ({"freezing": "on", "freeze_limit": "3", "freeze_limit_unit": "0"}, "freeze_limit_unit"),
    ({"auto_activation": "3", "auto_activation_unit": "0"}, "auto_activation_unit"),
    ({"usable_times-from-0": "09:00", "usable_times-to-0": "10:00"}, "usable_times"),
    (
        {"usable_times-days-0": "1", "usable_times-from-0": "11:00", "usable_times-to-0": "10:00"},
        "usable_times",
    ),
    (
        {"usable_times-days-0": "1", "usable_times-from-0": "25:00", "usable_times-to-0": "26:00"},
        "usable_times",
    ),
    ({"online_sale": "on"}, "online_price"),
    ({"online_sale": "on", "online_price": "0"}, "online_price"),
    ({"location_ids": []}, "location_ids"),
    ({"location_ids": ["601"]}, "location_ids"),
    ({"activation": []}, "activation"),
    ({"activation": "9"}, "activation"),
    ({"balance_editing": "9"}, "balance_editing"),
    ({"category_id": "x"}, "category_id"),
]


def test_what_is_wrong_in_a_new_form_is_said_at_its_field() -> None:
    drawn = browser_sends(NewMembershipTypeForm(opened=OPENED, choices=CHOICES))

    def errors(typed: dict[str, Any]) -> set[str]:
        data = drawn.copy()
        for name, value in typed.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        return set(NewMembershipTypeForm(data, opened=OPENED, choices=CHOICES).errors)

    assert errors({}) == set()
    wrong = [(typed, name, found) for typed, name in BROKEN if (found := errors(typed)) != {name}]
    assert wrong == []


def test_untouched_values_stay_however_odd() -> None:
    odd = replace(OPENED, price=Decimal("1.23456"), pool_visits=9_999_999, online_title="x" * 400)
    sent = form({"title": "Other"}, opened=odd)
    assert sent.is_valid(), sent.errors
    assert sent.wanted()["price"] == Decimal("1.23456")
    assert sent.wanted()["online_title"] == "x" * 400
    touched = form({"price": "1.23457"}, opened=odd)
    assert set(touched.errors) == {"price"}


def test_refusals_go_to_their_fields() -> None:
    sent = form({})
    assert sent.is_valid()
    sent.add_refusal(
        {"cost": ["A"], "service_links": ["B"], "services": ["C"], "nonsense": ["D"]}, "E"
    )
    assert sent.errors["price"] == ["A"]
    assert sent.errors["services"] == ["B", "C"]
    assert sent.non_field_errors() == ["nonsense: D", "E"]


def test_refusal_is_said_once() -> None:
    sent = form({})
    assert sent.is_valid()
    sent.add_refusal({"title": ["Taken."]}, "Taken.")
    assert sent.errors == {"title": ["Taken."]}


def test_refusal_about_a_field_of_the_full_form_is_above_the_row() -> None:
    sent = form({}, kind=RowForm)
    assert sent.is_valid()
    sent.add_refusal({"period": ["Too long."]}, "")
    assert sent.non_field_errors() == ["Too long."]


def test_restored_title_is_needed() -> None:
    assert RestoreForm({"title": "x"}).is_valid()
    for title in ("", " ", "x" * 256):
        assert not RestoreForm({"title": title}).is_valid()


def test_number_of_a_category_is_one_that_altegio_can_have() -> None:
    assert form({"category_id": "9" * 15}).is_valid()
    assert set(form({"category_id": "1" + "0" * 15}).errors) == {"category_id"}
