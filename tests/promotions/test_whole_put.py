"""A PUT sets everything: what the form does not change has to go back as it was."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.promotions import NOT_KNOWN, SCHEMA
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page, Typed, page_of
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    FIFTH,
    LIST,
    PACKAGE,
    PAID,
    PRODUCTS,
    SIX_TIERS,
    STATIC,
    VISITS,
    writes,
)
from tests.promotions.raws import raw_promotions
from tests.promotions.submitting import edit, edit_form, form_of, newest, send_edit
from tests.promotions.test_every_kind import kept

pytestmark = pytest.mark.slow

CHANGES: list[tuple[Typed, dict[str, Any]]] = [
    ({"title": "A new title"}, {"title": "A new title"}),
    ({"location_ids": ["502", "504"]}, {"company_ids": [502, 504]}),
    ({"card_type_ids": ["42"]}, {"loyalty_card_type_ids": [42]}),
    ({"on_changed-size": "none"}, {"on_changed_notification_template": {"type": "none"}}),
]
numbers = itertools.count(900_001)


@pytest.mark.slow
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # An example takes a tenth of a second: the smallest one that fails would take minutes.
    phases=[Phase.generate],
)
@given(data=st.data(), change=st.sampled_from([*CHANGES[:1] * 3, *CHANGES[1:]]))
def test_edit_of_one_term_leaves_all_others(
    sandbox: Sandbox,
    edith: Client,
    data: st.DataObject,
    change: tuple[Typed, dict[str, Any]],
) -> None:
    raw = data.draw(raw_promotions(sandbox.state.chains[CHAIN]))
    before = sandbox.put_promotion(CHAIN, raw | {"id": next(numbers)})
    typed, after = change
    count = len(writes(sandbox))

    response = edit(edith, before["id"], typed)

    assert response.status_code == 302, _errors(response)
    found = kept(sandbox.promotion_of(CHAIN, before["id"]))
    assert found == kept(before) | after
    if kept(before) == found:
        assert len(writes(sandbox)) == count
        return
    assert len(writes(sandbox)) == count + 1
    assert (newest().outcome, newest().kept, len(newest().changes)) == (Outcome.DONE, [], 1)


@pytest.mark.slow
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],
)
@given(data=st.data())
def test_untouched_form_sends_nothing_whatever_the_promotion_holds(
    sandbox: Sandbox, edith: Client, data: st.DataObject
) -> None:
    raw = data.draw(raw_promotions(sandbox.state.chains[CHAIN]))
    number = sandbox.put_promotion(CHAIN, raw | {"id": next(numbers)})["id"]
    response = edit(edith, number, {})
    assert response.status_code == 302, _errors(response)
    assert not writes(sandbox)


def _errors(response: Any) -> list[str]:
    page = Page(response)
    lists = page.all("ul", class_="field-errors")
    return [element.text for element in lists + page.all("div", role="alert")]


# What stops it

HOLDING = {
    "service_ids": CHOSEN,
    "product_ids": PRODUCTS,
    "product_category_ids": PRODUCTS,
    "usage_limit": PAID,
    "visit_multiplicity": FIFTH,
    "sold_items_multiplicity": PACKAGE,
    "expiration_unit": SIX_TIERS,
    "expiration_notice": SIX_TIERS,
    "history_source": VISITS,
    "history_from": VISITS,
    "on_changed": VISITS,
    "on_expiration": SIX_TIERS,
}
# Every term that a PUT sends; what counts as read is tested where it is read.
SENT = [name for name in SCHEMA.names if name not in NOT_KNOWN]
ONE_OF_EACH = ("title", "service_ids")


@pytest.mark.parametrize(
    "name",
    [name if name in ONE_OF_EACH else pytest.param(name, marks=pytest.mark.long) for name in SENT],
)
def test_missing_field_stops_the_put_and_is_named(
    sandbox: Sandbox, edith: Client, name: str
) -> None:
    promotion_id = HOLDING.get(name, STATIC)
    form = edit_form(edith, promotion_id)
    raw = sandbox.promotion_of(CHAIN, promotion_id)
    sandbox.put_promotion(
        CHAIN, {key: raw[key] for key in raw.keys() - {SCHEMA.specs[name].keys[0]}}
    )
    typed: Typed = {"title": "X" * 9}
    if name == "title":
        typed = {"rules-value-0": "2"}
    response = send_edit(edith, form, promotion_id, typed)
    label = "service_ids" if SCHEMA.specs[name].keys[0] == "applicable_items" else name
    _stopped(sandbox, response, label, typed)


def test_garbled_field_stops_the_put_and_is_named(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, VISITS)
    garbled = [{"parameter": 2.5, "value": 5, "service_id": 0}]
    sandbox.put_promotion(CHAIN, sandbox.promotion_of(CHAIN, VISITS) | {"rules": garbled})
    typed: Typed = {"title": "For her"}
    _stopped(sandbox, send_edit(edith, form, VISITS, typed), "rules", typed)


# What does not

# Names and what Altegio says of them; the others are read in the same ways.
ANYTHING: tuple[Any, ...] = (None, [], "", "missing")
ODDITIES: list[tuple[str, Any]] = [("services", "missing"), ("history_source", [])]


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        *ODDITIES,
        *(
            pytest.param(name, odd, marks=pytest.mark.long)
            for name in NOT_KNOWN
            for odd in ANYTHING
            if (name, odd) not in ODDITIES
        ),
    ],
)
def test_what_no_put_sends_need_not_be_known(
    sandbox: Sandbox, edith: Client, name: str, odd: Any
) -> None:
    promotion_id = HOLDING.get(name, CHOSEN if name == "services" else PRODUCTS)
    key = SCHEMA.specs[name].keys[0]
    by_id = {"method": "GET", "path": f"programs/{promotion_id}$"}
    lacking = {"missing": [key]} if odd == "missing" else {"body": {key: odd}}
    sandbox.fault(kind="altered", match=by_id, times=None, **lacking)
    before = kept(sandbox.promotion_of(CHAIN, promotion_id))
    page = page_of(edith, f"{LIST}{promotion_id}/edit/")
    facts = page.one("dl", class_="facts").text

    again = send_edit(edith, form_of(page), promotion_id, {"title": ""})
    assert again.status_code == 422
    assert Page(again).one("dl", class_="facts").text == facts
    response = send_edit(edith, form_of(Page(again)), promotion_id, {"title": "For her"})

    assert response.status_code == 302, _errors(response)
    (sent,) = [call["body"] for call in writes(sandbox)]
    assert key not in sent
    assert kept(sandbox.promotion_of(CHAIN, promotion_id)) == before | {"title": "For her"}
    assert (newest().outcome, newest().kept, len(newest().changes)) == (Outcome.DONE, [], 1)


def test_what_only_reading_back_tells_is_not_called_kept(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, STATIC)
    by_id = {"method": "GET", "path": f"programs/{STATIC}$"}
    sandbox.fault(kind="altered", match=by_id, missing=["value_unit"])
    response = send_edit(edith, form, STATIC, {"title": "For her"})
    assert response.status_code == 302
    assert (newest().outcome, newest().kept) == (Outcome.DONE, [])


def test_no_figures_stand_beside_a_promotion_of_which_too_little_is_known(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, **{SCHEMA.specs["value_unit"].keys[0]: []})
    for path in ("", "edit/"):
        page = page_of(edith, f"{LIST}{STATIC}/{path}")
        assert "10" in page.one("p", class_="promise").text
        assert not page.all("table", class_="figures")


def test_duplicate_of_what_is_not_known_starts_like_a_new_one_and_says_so(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, value_unit=[], service_item_type=[])
    page = page_of(edith, f"{LIST}{STATIC}/clone/")
    told = page.one("div", class_="notice warn").text
    for name in ("services", "value_unit"):
        assert FIELDS.label(name) in told
    values = form_of(page).values
    assert (values["value_unit"], values["services"]) == (["percent"], ["any_allowed"])


def _stopped(sandbox: Sandbox, response: Any, name: str, typed: Typed) -> None:
    assert response.status_code == 409
    page = Page(response)
    assert FIELDS.label(name) in page.one("div", role="alert").text
    assert not writes(sandbox)
    assert not Entry.objects.exists()
    # What was typed is still there.
    for field, value in typed.items():
        assert form_of(page).values[field] == (value if isinstance(value, list) else [value])
