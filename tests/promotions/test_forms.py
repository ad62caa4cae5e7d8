"""The forms in the dashboard's own words: each field is one term that the type takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings

from loyalty_admin.altegio.chains import CardType, Category, Service
from loyalty_admin.altegio.notification_templates import Notification, NotificationTemplate
from loyalty_admin.altegio.promotion_kinds import KINDS, Rule
from loyalty_admin.altegio.promotions import FIXED_TERMS, SCHEMA, Terms
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.forms import (
    NewPromotionForm,
    PromotionChoices,
    PromotionForm,
)
from tests.membership_types.test_fields import browser_sends
from tests.promotions.terms import SAY
from tests.promotions.terms import terms as any_terms

CATALOGUE = (
    Category(
        id=10, title="Hair", services=(Service(id=1, title="Cut"), Service(id=2, title="Dry"))
    ),
    Category(id=20, title="Spa", services=(Service(id=21, title="Salt room"),)),
)
CHOICES = PromotionChoices(
    locations=[(501, "Centre"), (502, "North")],
    catalogue=CATALOGUE,
    card_types=[CardType(id=41, title="Club"), CardType(id=42, title="Gold")],
    templates=[
        NotificationTemplate(
            id=1, size="big", body="It grew", message_type="loyalty_discount_increased"
        )
    ],
    words=SAY,
)
OPENED = Terms(
    title="Ten",
    kind="cashback_accumulative_paid",
    location_ids=(501,),
    services="custom_allowed",
    service_ids=(1, 10),
    products="custom_allowed",
    product_ids=(31,),
    rules=(Rule(0, Decimal(3)), Rule(500, Decimal("7.5"))),
    usage_limit=4,
    visit_multiplicity=2,
    expiration=6,
    expiration_unit="month",
    expiration_notice=7,
    history_source="chain",
    history_from=date(2026, 3, 1),
    card_type_ids=(41,),
    on_changed=Notification("custom", "Look"),
)


def form(typed: dict[str, Any] | None = None, *, make: Any = PromotionForm, **given: Any) -> Any:
    """The form as a browser sends it after `typed`; unsent without."""
    arguments = {"opened": OPENED, "choices": CHOICES} | given
    if typed is None:
        return make(**arguments)
    unsent = {name: value for name, value in arguments.items() if name != "unfinished"}
    data: QueryDict = browser_sends(make(**unsent))
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return make(data, **arguments)


# Which fields there are

EVERYWHERE = {
    "title", "location_ids", "rules", "expiration", "expiration_unit", "expiration_notice",
    "card_type_ids", "on_changed", "on_expiration",
}  # fmt: skip
ONLY_NEW = {
    "services", "service_ids", "products", "product_ids", "product_category_ids", "value_unit",
}  # fmt: skip
TAKEN = {
    "discount": set[str](),
    "bonus": {"usage_limit", "visit_multiplicity"},
    "static": set[str](),
    "tiers": {"history_source", "history_from"},
    "package": {"history_source", "history_from", "sold_items_multiplicity"},
}


def test_new_one_has_a_field_for_each_term_of_its_type() -> None:
    for name, kind in KINDS.items():
        fields = form(make=NewPromotionForm, opened=Terms(kind=name)).fields
        assert set(fields) == EVERYWHERE | ONLY_NEW | TAKEN[kind.gives] | TAKEN[kind.rules], name


def test_change_has_no_field_for_what_is_fixed() -> None:
    chosen = {"service_ids", "product_ids", "product_category_ids"}
    for name, kind in KINDS.items():
        fields = set(form(opened=replace(OPENED, kind=name)).fields)
        assert not fields & FIXED_TERMS
        usage = {"usage_limit"} if kind.gives == "bonus" else set()
        assert fields == EVERYWHERE | chosen | usage, name


def test_items_can_be_changed_only_where_chosen_ones_count() -> None:
    fields = form(opened=replace(OPENED, services="any_allowed", products="not_allowed")).fields
    assert not {"service_ids", "product_ids", "product_category_ids"} & set(fields)


def test_expiry_can_be_set_where_there_is_none() -> None:
    fields = form(opened=replace(OPENED, expiration=0)).fields
    assert {"expiration", "expiration_unit", "expiration_notice"} <= set(fields)


def test_words_are_about_terms() -> None:
    assert set(FIELDS.by_name) == set(SCHEMA.names)
    for name, field in form(make=NewPromotionForm).fields.items():
        assert field.label == FIELDS.label(name)


# There and back


@pytest.mark.slow
@settings(max_examples=15)
@given(any_terms())
def test_untouched_form_is_no_change_whatever_it_was_opened_on(terms: Terms) -> None:
    sent = form({}, opened=terms)
    assert sent.is_valid(), sent.errors
    wanted = replace(terms, **sent.wanted())
    assert SCHEMA.differing(terms, wanted) == []


@pytest.mark.slow
@settings(max_examples=15)
@given(any_terms())
def test_duplicate_sent_as_it_was_filled_is_the_same(terms: Terms) -> None:
    # As Altegio's lists are read.
    lists = ("location_ids", "service_ids", "product_ids", "product_category_ids", "card_type_ids")
    in_order: dict[str, Any] = {name: tuple(sorted(getattr(terms, name))) for name in lists}
    terms = replace(terms, **in_order)
    sent = form({}, make=NewPromotionForm, opened=terms)
    assert sent.is_valid(), sent.errors
    assert SCHEMA.differing(terms, Terms(**sent.wanted())) == []


def test_all_that_is_typed_is_wanted() -> None:
    typed = {
        "title": "  Eleven ", "location_ids": ["502", "501"], "service_ids": ["2", "1"],
        "product_ids": "33 32", "product_category_ids": "5", "given": "x",
        "rules-from-0": "10", "rules-value-0": "4", "rules-from-2": "900", "rules-value-2": "9",
        "usage_limit": "8", "expiration": "3", "expiration_unit": "week",
        "expiration_notice": "1", "card_type_ids": ["42", "41"], "on_changed-size": "big",
        "on_expiration-size": "custom", "on_expiration-body": "Two\r\nlines",
    }  # fmt: skip
    sent = form(typed)
    assert sent.is_valid(), sent.errors
    assert sent.wanted() == {
        "title": "Eleven",
        "location_ids": (501, 502),
        "service_ids": (1, 2),
        "product_ids": (32, 33),
        "product_category_ids": (5,),
        "rules": (Rule(10, Decimal(4)), Rule(500, Decimal("7.5")), Rule(900, Decimal(9))),
        "usage_limit": 8,
        "expiration": 3,
        "expiration_unit": "week",
        "expiration_notice": 1,
        "card_type_ids": (41, 42),
        "on_changed": Notification("big", "Look"),
        "on_expiration": Notification("custom", "Two\nlines"),
    }


# What is wrong, and what is not


def test_hidden_field_is_not_checked() -> None:
    """Nobody would find what is wrong with it."""
    sent = form(
        {"services": "any_allowed", "products": "not_allowed", "product_ids": "x",
         "expiration": "0", "expiration_notice": "x"},
        make=NewPromotionForm,
    )  # fmt: skip
    assert sent.is_valid(), sent.errors


def test_rule_that_was_broken_before_is_checked_once_it_is_touched() -> None:
    broken = replace(OPENED, rules=(Rule(5, Decimal(1)), Rule(5, Decimal(2))))
    assert form({"title": "Other"}, opened=broken).is_valid()
    sent = form({"rules-value-0": "3"}, opened=broken)
    assert set(sent.errors) == {"rules"}
    assert set(form({}, make=NewPromotionForm, opened=broken).errors) == {"rules"}


def test_location_is_needed_unless_there_was_none() -> None:
    assert set(form({"location_ids": []}).errors) == {"location_ids"}
    nowhere = replace(OPENED, location_ids=())
    assert form({}, opened=nowhere).is_valid()
    assert set(form({}, make=NewPromotionForm, opened=nowhere).errors) == {"location_ids"}


def test_what_is_not_in_the_chain_any_more_can_be_kept_and_only_then() -> None:
    gone = replace(OPENED, location_ids=(501, 599), service_ids=(1, 99), card_type_ids=(41, 77))
    sent = form({"title": "Other"}, opened=gone)
    assert sent.is_valid(), sent.errors
    assert sent.wanted()["location_ids"] == (501, 599)
    assert sent.wanted()["service_ids"] == (1, 99)
    assert sent.wanted()["card_type_ids"] == (41, 77)
    sent = form({"location_ids": "599", "service_ids": "99", "card_type_ids": "77"})
    assert set(sent.errors) == {"location_ids", "service_ids", "card_type_ids"}


def test_form_works_without_what_altegio_does_not_give() -> None:
    lacking: dict[str, Any] = {"card_types": None, "templates": None, "catalogue": ()}
    for name, nothing in lacking.items():
        sent = form({"title": "Other"}, choices=replace(CHOICES, **{name: nothing}))
        assert sent.is_valid(), sent.errors
        assert replace(OPENED, **sent.wanted()) == replace(OPENED, title="Other"), name


# Unfinished


def test_unfinished_form_has_nothing_wrong_with_it_yet() -> None:
    typed = {"title": "", "rules-value-0": "x", "location_ids": []}
    assert form(typed).errors
    sent = form(typed, unfinished=True)
    assert not sent.errors and not sent.non_field_errors()


def test_sentence_is_made_of_what_makes_sense() -> None:
    typed = {
        "title": "", "rules-value-0": "x", "rules-from-3": "900", "rules-value-3": "9",
        "expiration": "soon", "usage_limit": "2",
    }  # fmt: skip
    for unfinished in (True, False):
        terms = form(typed, unfinished=unfinished).typed_terms()
        assert terms.rules == (Rule(500, Decimal("7.5")), Rule(900, Decimal(9)))
        assert (terms.usage_limit, terms.expiration) == (2, 6)
        assert terms.kind == OPENED.kind
    assert form().typed_terms() == OPENED


# Altegio's own words


def test_refusals_stand_at_their_fields_and_unsay_nothing() -> None:
    sent = form({"title": "Other", "usage_limit": "9"})
    assert sent.is_valid()
    errors = {
        "title": ["Taken."],
        "rules.1.value": ["Too much."],
        "[company_ids][0]": ["Closed."],
        "value_unit": ["Fixed."],
        "elsewhere": ["Odd."],
    }
    sent.add_refusal(errors, "Not today.")
    assert sent.errors["title"] == ["Taken."]
    assert sent.errors["rules"] == ["Too much."]
    assert sent.errors["location_ids"] == ["Closed."]
    above = " ".join(sent.non_field_errors())
    assert "Fixed." in above and "elsewhere: Odd." in above and "Not today." in above
    terms = sent.typed_terms()
    assert sent.errors["title"] == ["Taken."]
    assert (terms.title, terms.usage_limit) == ("Other", 9)
