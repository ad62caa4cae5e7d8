"""What holds of the terms of all three resources: how they are sent, read, compared and stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio import gift_card_types, membership_types, payloads, promotions
from loyalty_admin.altegio.membership_services import CoveredService, UsableTime
from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import Rule
from loyalty_admin.altegio.schema import INT, TEXT, Schema
from tests.altegio.schemas import WRITTEN, Written

pytestmark = pytest.mark.slow

EVERY = pytest.mark.parametrize("written", WRITTEN.values(), ids=list(WRITTEN))
# Terms on which the meaning of others depends.
DECIDING = {
    "is_pooled", "is_pool_unlimited", "covers", "validity_kind", "kind", "services", "products",
    "expiration",
}  # fmt: skip


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def flat_keys(schema: Schema[Any], name: str) -> list[str]:
    """The names under which the flat part of a body has the term."""
    return [key for key in schema.specs[name].write if "." not in key]


# Stored


@EVERY
@given(st.data())
def test_terms_come_back_from_json_as_they_were(written: Written, data: st.DataObject) -> None:
    schema, terms = written.schema, data.draw(written.odd)
    stored = as_json(schema.dump(terms))
    loaded = schema.load(stored)
    assert schema.differing(schema.terms(**loaded), terms) == []
    # Digits, titles and offsets too, which are not compared.
    assert as_json(schema.dump(schema.terms(**loaded))) == stored
    for name, value in loaded.items():
        before = getattr(terms, name)
        assert type(value) is type(before), name
        # Where clocks are set back, Python calls equal moments of two zones unequal.
        assert value == before or isinstance(before, datetime), name


@EVERY
@given(st.data())
def test_some_terms_are_stored_alone(written: Written, data: st.DataObject) -> None:
    schema, terms = written.schema, data.draw(written.odd)
    names = data.draw(st.lists(st.sampled_from(schema.names), unique=True))
    stored = as_json(schema.dump(terms, names))
    assert list(stored) == names
    assert schema.load(stored).keys() == set(names)


def test_stored_form_is_that_of_entries_already_written() -> None:
    membership = membership_types.Terms(
        price=Decimal("9.50"),
        services=(CoveredService(id=1, is_category=True, visits=2, title="Nails"),),
        usable_times=(UsableTime(days=(1, 2), intervals=((0, 60),)),),
    )
    gift_card = gift_card_types.Terms(
        service_ids=(5,), expires_at=datetime.fromisoformat("2030-12-31T23:59:59+02:00")
    )
    promotion = promotions.Terms(
        rules=(Rule(3, Decimal("2.50"), 4),),
        history_from=date(2026, 9, 21),
        on_changed=Notification("custom", "Hello"),
    )
    table: list[tuple[Schema[Any], Any, dict[str, Any]]] = [
        (
            membership_types.SCHEMA,
            membership,
            {
                "price": "9.50",
                "services": [
                    {
                        "id": 1,
                        "is_category": True,
                        "visits": 2,
                        "is_unlimited": False,
                        "title": "Nails",
                    }
                ],
                "usable_times": [{"days": [1, 2], "intervals": [[0, 60]]}],
                "online_price": None,
            },
        ),
        (
            gift_card_types.SCHEMA,
            gift_card,
            {"service_ids": [5], "expires_at": "2030-12-31T23:59:59+02:00"},
        ),
        (
            promotions.SCHEMA,
            promotion,
            {
                "rules": [{"threshold": 3, "value": "2.50", "service_id": 4}],
                "history_from": "2026-09-21",
                "on_changed": {"size": "custom", "body": "Hello"},
            },
        ),
    ]
    for schema, terms, stored in table:
        assert as_json(schema.dump(terms, stored)) == stored
        assert schema.load(stored) == {name: getattr(terms, name) for name in stored}


# Sent and read


@EVERY
@given(st.data())
def test_what_is_sent_reads_as_the_same_terms(written: Written, data: st.DataObject) -> None:
    terms = data.draw(written.terms)
    answer = payloads.decode(
        payloads.encode({"success": True, "data": written.answer(terms), "meta": []})
    )
    assert answer is not None
    read, unreadable = written.read(answer.data)
    assert (written.schema.differing(read, terms), unreadable) == ([], ())


@EVERY
@given(st.data())
def test_unmodelled_keys_go_back_as_they_came(written: Written, data: st.DataObject) -> None:
    schema, terms = written.schema, data.draw(written.terms)
    values = st.none() | st.integers() | st.text() | st.lists(st.none() | st.integers())
    odd = data.draw(st.dictionaries(st.text().map("x_".__add__), values, max_size=3))
    raw = {**written.answer(terms), **dict.fromkeys(schema.read_only, "x"), **odd}
    sent = schema.to_api(schema.read(raw)[0], raw)
    assert {key: value for key, value in sent.items() if key.startswith("x_")} == odd
    assert not sent.keys() & schema.read_only


@EVERY
def test_null_goes_back_as_null_only_while_it_stays_empty(written: Written) -> None:
    schema = written.schema
    filled: dict[type, Any] = {int: 7, str: "x", Decimal: Decimal(7), date: date(2026, 9, 21)}
    shown = 0
    for name, spec in schema.specs.items():
        default = getattr(schema.terms(), name)
        if spec.required or not flat_keys(schema, name) or isinstance(default, bool | tuple):
            continue
        kind = {"online_price": Decimal, "history_from": date}.get(
            name, int if default is None else type(default)
        )
        raw = dict.fromkeys(spec.keys)
        empty = replace(schema.terms(), **{name: None if default is None else kind()})
        full = replace(empty, **{name: filled[kind]})
        for key in flat_keys(schema, name):
            assert schema.to_api(empty, raw)[key] is None, name
            assert schema.to_api(full, raw)[key] is not None, name
            shown += 1
    assert shown


@EVERY
def test_lists_and_flags_are_never_null(written: Written) -> None:
    schema = written.schema
    raw = {key: None for spec in schema.specs.values() for key in spec.keys}
    sent = schema.to_api(schema.terms(), raw)
    for name in schema.names:
        value = getattr(schema.terms(), name)
        if isinstance(value, bool | tuple):
            plain = list(value) if isinstance(value, tuple) else value
            assert {key: sent[key] for key in flat_keys(schema, name)} == dict.fromkeys(
                flat_keys(schema, name), plain
            )


# Compared


@EVERY
@given(st.data())
def test_one_changed_term_is_the_only_difference(written: Written, data: st.DataObject) -> None:
    schema = written.schema
    one, other = data.draw(written.odd), data.draw(written.odd)
    assert schema.differing(one, one) == []
    for name, spec in schema.specs.items():
        if name in DECIDING:
            continue
        before, after = getattr(one, name), getattr(other, name)
        found = schema.differing(one, replace(one, **{name: after}))
        assert found in ([], [name]), name
        if spec.codec is INT and not spec.normal and name not in schema.idle(one):
            assert bool(found) == (before != after), name


@EVERY
@given(st.data())
def test_what_is_idle_makes_no_difference(written: Written, data: st.DataObject) -> None:
    schema = written.schema
    one, other = data.draw(written.odd), data.draw(written.odd)
    idle = {name: getattr(other, name) for name in schema.idle(one)}
    assert schema.differing(one, replace(one, **idle)) == []


def test_texts_are_compared_as_a_browser_shows_them() -> None:
    assert TEXT.normal(" a\r\nb ") == "a\nb"


# Errors


@EVERY
def test_each_key_of_the_api_leads_to_its_term(written: Written) -> None:
    schema = written.schema
    wrong = {}
    for name, spec in schema.specs.items():
        for key in spec.write:
            parts = key.split(".")
            spelt = (key, f"{key}.3", "".join(f"[{part}]" for part in parts))
            if (found := {schema.term_of_error(each) for each in spelt}) != {name}:
                wrong[key] = found
    assert wrong == {}
    assert schema.terms_of_errors({"weather": ["Rain."]}) == {"": ["weather: Rain."]}
