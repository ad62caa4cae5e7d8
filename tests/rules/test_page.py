"""docs/rules.md says what may be typed, what goes with what, and the limits: as the code has it.

The numbers below are those of the ASVS, as docs/security.md has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from django.urls import get_resolver

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.audit.views import MOST_OF_A_FILTER
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types.listing import SHAPE as GIFT_CARD_TYPES
from loyalty_admin.membership_types.listing import SHAPE as MEMBERSHIP_TYPES
from loyalty_admin.memberships.forms import ChangeForm
from loyalty_admin.offers.forms import TermsForm
from loyalty_admin.offers.listing import MOST_OF_A_SEARCH
from loyalty_admin.promotions.fields import MOST_OF_A_TEXT, NotificationField
from loyalty_admin.promotions.listing import SHAPE as PROMOTIONS
from loyalty_admin.sandbox.server import Sandbox
from tests.documents import DOCS, tables
from tests.pages import page_of
from tests.rules import fields, limits
from tests.rules.messages import messages
from tests.rules.sections import SECTIONS, World, all_forms

TABLES = tables(DOCS / "rules.md")
FIELDS = {heading: rows for heading, rows in TABLES if "kind" in rows[0]}
RULES = [row for _heading, rows in TABLES for row in rows if "said" in row]
LIMITS = [row for _heading, rows in TABLES for row in rows if "named" in row]
# What other forms are made of.
NO_FORM = {TermsForm, ChangeForm}


@pytest.fixture
def world(sandbox: Sandbox, ctx: ChainContext) -> World:
    return World(sandbox, ctx)


# 2.1.1: each field


def test_every_form_stands_in_a_section(world: World) -> None:
    assert get_resolver().url_patterns  # all views are loaded, and with them all forms
    made = {type(form) for make in SECTIONS.values() for form in make(world)}
    assert made == all_forms() - NO_FORM
    assert list(FIELDS) == list(SECTIONS)


@pytest.mark.parametrize("heading", SECTIONS)
def test_section_says_every_field_as_the_server_checks_it(world: World, heading: str) -> None:
    rows = {row["field"]: row for row in FIELDS[heading]}
    assert len(rows) == len(FIELDS[heading])
    found = fields_by_label(SECTIONS[heading](world))
    assert rows.keys() == found.keys()
    for label, made in found.items():
        assert rows[label]["kind"] == only(fields.kind(field) for _name, field in made), label
        assert rows[label]["limits"] == only(fields.limits(*one) for one in made), label
        assert rows[label]["needed"] in needed([field for _name, field in made]), label


def fields_by_label(made: Iterable[forms.Form]) -> dict[str, list[tuple[str, forms.Field]]]:
    """By what people read beside it, each form's field of that name."""
    found: dict[str, list[tuple[str, forms.Field]]] = {}
    for form in made:
        for name, field in form.fields.items():
            # Their labels are a membership's own services.
            label = "Each service" if name.startswith("left-") else str(field.label)
            found.setdefault(label, []).append((name, field))
    return found


def only(said: Iterable[str]) -> str:
    (one,) = set(said)
    return one


def needed(made: list[forms.Field]) -> set[str]:
    """What may stand there: the first form makes something, the others change it."""
    if all(field.required for field in made):
        return {"yes"}
    return {"when made"} if made[0].required else {"no", "by rule"}


def test_choices_are_checked_by_the_server(world: World) -> None:
    forms_of_all = [form for make in SECTIONS.values() for form in make(world)]
    every = [field for form in forms_of_all for field in form.fields.values()]
    choices = [field for field in every if isinstance(field, fields.CHOICES)]
    assert choices
    for field in choices:
        odd = ["no choice"] if isinstance(field, fields.MULTIPLE) else "no choice"
        with pytest.raises(ValidationError, match="no choice"):
            field.clean(odd)


@pytest.mark.parametrize("heading", SECTIONS)
def test_no_field_takes_what_has_no_measure(world: World, heading: str) -> None:
    # Fields of several controls have tests of their own, which the limits name.
    for form in SECTIONS[heading](world):
        for name, field in form.fields.items():
            if not isinstance(field, (forms.BooleanField, *fields.OF_SEVERAL_CONTROLS)):
                with pytest.raises(ValidationError):
                    field.clean("9" * 100_000)
                    pytest.fail(f"{type(form).__name__}.{name}")


# 2.1.2: fields together


def test_every_refusal_stands_in_the_page_and_no_other() -> None:
    assert {row["said"] for row in RULES} == messages()


def test_rules_are_about_fields_that_there_are() -> None:
    labels = {row["field"] for rows in FIELDS.values() for row in rows} | {"Unfreezing", "—"}
    about = {label for row in RULES for label in row["fields"].split("; ")}
    assert about <= labels
    assert by_rule() <= about


def by_rule() -> set[str]:
    """Labels of what only a rule asks for."""
    rows = [row for rows in FIELDS.values() for row in rows]
    return {row["field"] for row in rows if row["needed"] == "by rule"}


# 2.1.3, 2.3.2: limits


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row["named"])
def test_limit_is_what_the_code_has(row: dict[str, str]) -> None:
    names = re.findall(r"`([\w.]+)`", row["named"])
    assert names
    found = [number for name in names for number in limits.value_of(name)]
    assert limits.said(row["limit"], row["named"]) == found


def test_every_limit_of_the_code_is_named() -> None:
    named = {name for row in LIMITS for name in re.findall(r"`([\w.]+)`", row["named"])}
    assert limits.limits_of_the_code() - named == set()
    assert {name for name in named if name.startswith("settings.THROTTLES.")} == {
        f"settings.THROTTLES.{name}" for name in limits.defaults()["THROTTLES"]
    }


@pytest.mark.parametrize("shape", [MEMBERSHIP_TYPES, GIFT_CARD_TYPES, PROMOTIONS])
def test_searches_are_cut_at_their_length(shape: Any) -> None:
    query = shape.query(QueryDict("q=" + "x" * (MOST_OF_A_SEARCH + 1)))
    assert query.search == "x" * MOST_OF_A_SEARCH


def test_filters_of_the_journal_are_cut_at_their_length(vera: Client) -> None:
    typed = "x" * (MOST_OF_A_FILTER + 1)
    (kept,) = [
        one.attrs["value"] for one in page_of(vera, f"/activity/?q={typed}").all("input", name="q")
    ]
    assert kept == "x" * MOST_OF_A_FILTER


def test_message_of_a_promotion_has_its_length() -> None:
    field = NotificationField(opened=Notification(), previews={})
    longest = Notification("custom", "x" * MOST_OF_A_TEXT)
    assert field.clean(longest) == longest
    with pytest.raises(ValidationError, match="at most"):
        field.clean(Notification("custom", "x" * (MOST_OF_A_TEXT + 1)))
