"""A PUT is whole: what was not changed survives it, and it stops where something would be lost."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.membership_types import SCHEMA
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.membership_types.fields import FIELDS as TABLE
from loyalty_admin.sandbox.membership_type_fields import FIELDS, READ_ONLY
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.conftest import PROFILES
from tests.membership_types.common import CHAIN, HOSTILE, OTHER_CHAIN, named, writes
from tests.membership_types.raws import raw_types
from tests.membership_types.submitting import (
    edit,
    edit_form,
    newest,
    send_edit,
    shown,
)
from tests.pages import Page
from tests.sandbox.api import Api, covered

pytestmark = pytest.mark.slow

# Of each term that this changes: what is typed, and what Altegio then has, under its own name.
CHANGES = [
    ("title", "A new title", "title", "A new title"),
    ("online_title", "In the shop", "online_sale_title", "In the shop"),
    ("online_description", "One\r\nTwo", "online_sale_description", "One\nTwo"),
    ("category_id", "77", "category_id", 77),
    ("balance_editing", "2", "balance_edit_type_id", 2),
]
numbers = itertools.count(900_001)


def one_term_at_a_time(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test on so many drawn types."""
    drawn = settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        # An example takes a tenth of a second: the smallest one that fails would take minutes.
        phases=[Phase.generate],
    )
    return lambda test: drawn(given(data=st.data())(test))


@pytest.mark.slow
@one_term_at_a_time(examples=6)
def test_edit_of_one_term_leaves_all_others(
    sandbox: Sandbox, edith: Client, data: st.DataObject
) -> None:
    edit_one_term("documented", sandbox, edith, CHAIN, data)


@pytest.mark.long
@pytest.mark.parametrize("profile", PROFILES, indirect=True)
@pytest.mark.parametrize("chain_id", CHAINS)
@one_term_at_a_time(examples=20)
def test_edit_of_one_term_leaves_all_others_in_every_chain(
    profile: str, sandbox: Sandbox, edith: Client, chain_id: int, data: st.DataObject
) -> None:
    edit_one_term(profile, sandbox, edith, chain_id, data)


def edit_one_term(
    profile: str, sandbox: Sandbox, edith: Client, chain_id: int, data: st.DataObject
) -> None:
    chain = sandbox.state.chains[chain_id]
    # A chain that reads only maps cannot be told "unlimited".
    says_unlimited = profile == "documented" or chain_id == OTHER_CHAIN
    raw = data.draw(raw_types(chain, unlimited_rows=says_unlimited))
    before = sandbox.put_type(chain_id, raw | {"id": next(numbers)})
    term, typed, key, after = data.draw(st.sampled_from(CHANGES))
    as_answered = Api(sandbox, sandbox.director).read(
        f"/chain/{chain_id}/loyalty/abonement_types/{before['id']}"
    )
    count = len(writes(sandbox))

    response = edit(edith, before["id"], {term: typed}, chain_id=chain_id)

    found = sandbox.type_of(chain_id, before["id"])
    if before[key] == after:
        assert len(writes(sandbox)) == count
        return
    assert response.status_code == 302, _errors(response)
    assert found[key] == after
    for name, field in FIELDS.items():
        if (name := field.read_as or name) != key:
            assert _in_order(found[name]) == _in_order(before[name]), name
    assert covered(found) == covered(before)
    for name in ("attached_location_ids", "attached_salon_ids"):
        assert found[name] == sorted(before[name])
    for name in ("abonements_count", "online_sale_image", "weight"):
        assert found[name] == before[name]
    bodies = [call["body"] for call in writes(sandbox)[count:]]
    for name in raw.keys() - FIELDS.keys() - READ_ONLY:
        if len(bodies) == 1:
            assert found[name] == as_answered[name], name
        # A second form of the services goes with what was read after the first, and each reading
        # gives a value in another of its types.
        assert _untyped(found[name]) == _untyped(as_answered[name]), name
    assert all("online_image" not in body for body in bodies)
    assert all(isinstance(body[maps], dict) for body in bodies for maps in ("services",))
    assert newest().outcome == Outcome.DONE and newest().kept == []


def _in_order(value: Any) -> Any:
    """Week days mean the same in any order."""
    if not isinstance(value, list):
        return value
    return [time | {"week_days": sorted(time["week_days"])} for time in value]


def _untyped(value: Any) -> Any:
    """What is the same in each of the types in which Altegio sends it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return [_untyped(one) for one in value] or None
    if isinstance(value, dict):
        return {name: _untyped(one) for name, one in value.items()}
    return value


def _errors(response: Any) -> list[str]:
    page = Page(response)
    lists = page.all("ul", class_="field-errors") + page.all("ul", class_="errorlist")
    return [element.text for element in lists + page.all("div", role="alert")]


# Values from which a term cannot be read, and its name for people; None takes the key away.
LOST: list[tuple[str, Any, str]] = [
    ("is_archived", None, "is_archived"),  # else the PUT would perhaps unarchive it
    ("balance_container", None, "services"),
    ("balance_container", {"links": [{"count": 5, "service": None}]}, "services"),
    ("cost", float("nan"), "price"),
    ("period", "long", "validity"),
    ("availability", {"monday": "9-18"}, "usable_times"),
]


def test_field_that_cannot_be_read_stops_the_put_and_is_named(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = named(sandbox, "Beard club")
    form = edit_form(edith, raw["id"])
    for key, value, name in LOST:
        rest = {other: kept for other, kept in raw.items() if other != key}
        sandbox.put_type(CHAIN, rest if value is None else rest | {key: value})
        _stopped(sandbox, edith, send_edit(edith, form, raw["id"], {"title": "Beards"}), name)


@pytest.mark.long
def test_every_missing_field_stops_the_put_and_is_named(sandbox: Sandbox, edith: Client) -> None:
    raw = named(sandbox, "Beard club")
    form = edit_form(edith, raw["id"])
    for name, spec in SCHEMA.specs.items():
        sandbox.put_type(CHAIN, {key: value for key, value in raw.items() if key not in spec.keys})
        typed = {"title": "X" * 9} if name != "title" else {"online_title": "X"}
        _stopped(sandbox, edith, send_edit(edith, form, raw["id"], typed), name)


def _stopped(sandbox: Sandbox, client: Client, response: Any, name: str) -> None:
    assert response.status_code == 409, name
    assert TABLE.label(name) in shown(client, response).one("div", role="alert").text
    assert not writes(sandbox)
    assert not Entry.objects.exists()


# Pools and services apart, each with an end and without one; sold ones; with locked fields.
UNTOUCHED = [
    "Manicure × 5", "Beard club", "Sauna without limits", "Unlimited blow-dry", HOSTILE,
    "Cuidado de manos y pies",
]  # fmt: skip


@pytest.mark.slow
def test_untouched_form_sends_nothing(sandbox: Sandbox, edith: Client) -> None:
    """Opening and saving without a change is no change, whatever the type holds."""
    for title in UNTOUCHED:
        page = shown(edith, edit(edith, named(sandbox, title)["id"], {}))
        page.one("div", class_="notice info")
    assert not writes(sandbox)
    assert not Entry.objects.exists()


@pytest.mark.long
@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_untouched_form_of_any_type_sends_nothing(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    for chain_id in CHAINS:
        for raw in sandbox.types_of(chain_id):
            before = sandbox.alter_type(chain_id, raw["id"], is_archived=False)
            assert edit(edith, raw["id"], {}, chain_id=chain_id).status_code == 302, raw
            assert sandbox.type_of(chain_id, raw["id"]) == before
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_services_go_in_full(sandbox: Sandbox, edith: Client) -> None:
    raw = named(sandbox, "Cuidado de manos y pies")
    edit(edith, raw["id"], {"title": "Manos y pies"})
    (call,) = writes(sandbox)
    assert call["body"]["services"] == {"710201": 4, "710202": 4}
    assert call["body"]["service_categories"] == {}
