"""A PUT sets everything: what the form does not change has to go back as it was."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.gift_card_types import SCHEMA, GiftCardType
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.catalog import writes as engine
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.gift_card_types.forms import ROW_TERMS
from loyalty_admin.gift_card_types.resource import GIFT_CARD_TYPES
from loyalty_admin.sandbox.certificate_type_fields import (
    FIXED_DATE,
    PERIOD,
    blank_type,
)
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    CHAIN,
    DATED,
    FOREIGN,
    LIST,
    PLAIN,
    UNKNOWN_EDITING,
    UNMODELLED,
    WITH_SERVICES,
    writes,
)
from tests.gift_card_types.raws import raw_types
from tests.gift_card_types.submitting import (
    edit,
    edit_form,
    newest,
    row_form,
    send_edit,
    send_row,
    shown,
)
from tests.pages import Page
from tests.sandbox.api import Api

pytestmark = pytest.mark.slow

# Of each term that this changes: what is typed, and what Altegio then has, under its own name.
CHANGES: list[tuple[str, Any, str, Any]] = [
    ("title", "A new title", "title", "A new title"),
    ("face_value", "77.55", "balance", 77.55),
    ("location_ids", ["502", "501"], "salon_ids", [501, 502]),
    ("several_uses", "True", "is_multi", True),
    ("sold_without_code", "True", "is_allow_empty_code", True),
    ("balance_editing", "2", "balance_edit_type_id", 2),
    ("category_id", "77", "category_id", 77),
    ("online_title", "In the shop", "online_sale_title", "In the shop"),
    ("online_description", "One\r\nTwo", "online_sale_description", "One\nTwo"),
    ("online_price", "9.99", "online_sale_price", 9.99),
]
IN_ROW = [change for change in CHANGES if change[0] in ROW_TERMS]
ONLY_WITH_KIND = {
    "expiration_date": FIXED_DATE,
    "expiration_timeout": PERIOD,
    "expiration_timeout_unit_id": PERIOD,
}
numbers = itertools.count(900_001)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # An example takes a tenth of a second: the smallest one that fails would take minutes.
    phases=[Phase.generate],
)
@given(data=st.data(), in_row=st.booleans())
def test_edit_of_one_term_leaves_all_others(
    profile: str, sandbox: Sandbox, edith: Client, data: st.DataObject, in_row: bool
) -> None:
    raw = data.draw(raw_types(sandbox.state.chains[CHAIN]))
    before = sandbox.put_certificate_type(CHAIN, raw | {"id": next(numbers)})
    number = before["id"]
    term, typed, key, after = data.draw(st.sampled_from(IN_ROW if in_row else CHANGES))
    as_answered = Api(sandbox, sandbox.director).read(
        f"/chain/{CHAIN}/loyalty/certificate_types/{number}"
    )
    count = len(writes(sandbox))

    if in_row:
        cache.clear()  # the kept list does not have it yet
        response = send_row(edith, row_form(edith, number), number, {term: typed})
    else:
        response = edit(edith, number, {term: typed})

    assert response.status_code == (200 if in_row else 302), _errors(response)
    found = sandbox.certificate_type_of(CHAIN, number)
    if _plain(before[key]) == _plain(after):
        assert len(writes(sandbox)) == count
        return
    assert len(writes(sandbox)) == count + 1
    assert found[key] == after
    for name in blank_type(0, 0).keys() - {key}:
        if not _is_idle(name, before):
            assert _is_same(found[name], before[name]), name
    # In one profile what is not modelled comes as text, and goes as it came.
    for name in raw.keys() - blank_type(0, 0).keys():
        assert found[name] == as_answered[name], name
    assert newest().outcome == Outcome.DONE and newest().kept == []


def _is_idle(name: str, raw: dict[str, Any]) -> bool:
    """Whether it means nothing beside how long it is valid: the stand-in clears it by itself."""
    kind: int = raw["expiration_type_id"]
    return ONLY_WITH_KIND.get(name, kind) != kind


def _is_same(found: Any, before: Any) -> bool:
    if before is None:  # a write has no null for these: nothing, no and zero are their words
        return not found
    if isinstance(before, dict):
        found, before = found["id"], before["id"]
    return bool(_plain(found) == _plain(before))


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _errors(response: Any) -> list[str]:
    page = Page(response)
    lists = page.all("ul", class_="field-errors") + page.all("ul", class_="errorlist")
    return [element.text for element in lists + page.all("div", role="alert")]


ODD = [PLAIN, DATED, FOREIGN, WITH_SERVICES, UNMODELLED, UNKNOWN_EDITING]


@pytest.mark.parametrize("is_all", [False, pytest.param(True, marks=pytest.mark.long)])
@pytest.mark.slow
def test_untouched_form_sends_nothing(sandbox: Sandbox, edith: Client, is_all: bool) -> None:
    """Opening and saving without a change is no change, whatever the type holds."""
    chosen = [raw["id"] for raw in sandbox.certificate_types_of(CHAIN)] if is_all else ODD
    for type_id in chosen:
        sandbox.alter_certificate_type(CHAIN, type_id, released_total=0, is_archived=False)
    before = sandbox.certificate_types_of(CHAIN)
    edith.get(f"{LIST}loaded/")
    for type_id in chosen:
        assert edit(edith, type_id, {}).status_code == 302, type_id
        form = row_form(edith, type_id)
        assert send_row(edith, form, type_id, {}).status_code == 200, type_id
    assert not writes(sandbox)
    assert not Entry.objects.exists()
    assert sandbox.certificate_types_of(CHAIN) == before


# What stops it


# A term, a type that needs it, the key of it, and what is not said or cannot be read.
UNREADABLE = [
    ("expires_at", DATED, "expiration_date", None),
    ("service_ids", WITH_SERVICES, "service_ids", {"710201": 1}),
    ("face_value", PLAIN, "balance", float("nan")),
]


def test_every_term_that_was_not_read_is_named() -> None:
    """Which terms cannot be read is the parser's to say; here each has its label."""
    wrong = {
        name: spec.keys
        for name, spec in SCHEMA.specs.items()
        if FIELDS.label(name)
        not in engine.unreadable_labels(GIFT_CARD_TYPES, unread(*spec.keys[:1]))
    }
    assert wrong == {}


def unread(*keys: str) -> GiftCardType:
    return replace(GiftCardType.from_api({"id": 1}), unreadable=keys)


@pytest.mark.parametrize(("name", "type_id", "key", "value"), UNREADABLE)
def test_term_that_cannot_be_read_stops_the_put_and_is_named(
    sandbox: Sandbox, edith: Client, name: str, type_id: int, key: str, value: Any
) -> None:
    form = edit_form(edith, type_id)
    raw = sandbox.certificate_type_of(CHAIN, type_id)
    sandbox.put_certificate_type(CHAIN, raw | {key: value})
    response = send_edit(edith, form, type_id, {"title": "For her"})
    _stopped(sandbox, edith, response, name)
    # What was typed is still there.
    assert Page(response).form(id="type-form").values["title"] == ["For her"]


def _stopped(sandbox: Sandbox, client: Client, response: Any, name: str) -> None:
    assert response.status_code == 409
    assert FIELDS.label(name) in shown(client, response).one("div", role="alert").text
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_refusal_of_a_type_just_issued_is_shown_and_nothing_typed_is_lost(
    sandbox: Sandbox, edith: Client
) -> None:
    """Issued after it was read: Altegio itself has the last word."""
    form = edit_form(edith, PLAIN)
    message = "Cannot change certificate type with issued certificates"
    sandbox.fault(kind="status", status=400, message=message, match={"method": "PUT"})
    response = send_edit(edith, form, PLAIN, {"title": "For her", "face_value": "81"})
    assert response.status_code == 422
    page = Page(response)
    assert message in page.text
    kept = page.form(id="type-form")
    assert (kept.values["title"], kept.values["face_value"]) == (["For her"], ["81"])
    assert newest().outcome == Outcome.REFUSED
    assert len(writes(sandbox)) == 1
