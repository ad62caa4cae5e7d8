"""Changing whole, deleting, rights, and what there is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import FITNESS, MANICURE, SALON, Api
from tests.sandbox.promotions import (
    AURORA,
    BONUS,
    FIRST,
    FITNESS_FIRST,
    FITNESS_PROGRAMS,
    ON_CHANGED,
    ON_EXPIRATION,
    PACKAGE,
    PROGRAMS,
    TIERS,
    body_of,
    body_to_send_back,
    change,
    found,
    make,
    put_body,
    read,
    rule,
)

FULL = {
    "service_item_type": "custom_allowed",
    "allowed_service_ids": [MANICURE],
    "good_item_type": "custom_allowed",
    "allowed_good_ids": [1],
    "allowed_good_category_ids": [2],
    "company_ids": [501, 503],
    "usage_limit": 3,
    "visit_multiplicity": 2,
    "expiration_timeout": 6,
    "expiration_timeout_unit": "month",
    "expiration_notification_timeout": 7,
    "loyalty_card_type_ids": [AURORA],
    ON_CHANGED: {"type": "custom", "body": "New"},
    ON_EXPIRATION: {"type": "big"},
}
CHOSEN = {"allowed_service_ids": [MANICURE], "allowed_good_ids": [1]}


# Changing


def test_put_replaces_everything_that_it_takes(either: Api) -> None:
    made = make(either, **BONUS, **FULL)
    changed = change(either, made["id"], **CHOSEN)
    assert changed == made | {
        "title": "Changed",
        "companies": [{"id": 502, "title": "Aurora Āgenskalns"}],
        "rules": [rule(0, 20) | {"id": changed["rules"][0]["id"]}],
        "applicable_items": made["applicable_items"][:2],
        "usage_limit": 0,
        "expiration_timeout": 0,
        "expiration_timeout_unit": None,
        "expiration_notification_timeout": 0,
        "loyalty_card_types": [],
        ON_CHANGED: None,
        ON_EXPIRATION: None,
        f"{ON_CHANGED}_id": 0,
        f"{ON_EXPIRATION}_id": 0,
    }


def test_put_takes_what_it_is_given(either: Api) -> None:
    made = make(either, **BONUS, **FULL | {"allowed_service_ids": [MANICURE + 1]})
    written = FULL | {"rules": [rule(0, 12.5)], "title": "Whole"}
    changed = change(either, made["id"], **written)
    whole = make(either, **BONUS, **written)
    different = {name for name in whole if whole[name] != changed[name]}
    assert different == {"id", "rules", ON_CHANGED, f"{ON_CHANGED}_id"}  # in their ids
    assert changed[ON_CHANGED]["body"] == "New"
    assert changed["rules"][0]["value"] == 12.5


@pytest.mark.parametrize("name", ["title", "company_ids", "rules"])
def test_three_fields_of_a_put_are_required(either: Api, name: str) -> None:
    before = either.sandbox.promotions_of(SALON)
    assert either.errors("PUT", f"{PROGRAMS}/{FIRST}", put_body(**{name: None})) == {name}
    assert either.sandbox.promotions_of(SALON) == before


@pytest.mark.parametrize("kind", [TIERS, BONUS, PACKAGE])
def test_put_changes_nothing_that_was_fixed_at_first(either: Api, kind: dict[str, Any]) -> None:
    fixed = {
        "visit_multiplicity": 2,
        "sold_items_multiplicity": 3,
        "params_source_type": "chain",
        "history_start_date": "2025-05-05",
    }
    made = make(either, **kind, **fixed, good_item_type="not_allowed")
    rules = kind.get("rules", [rule(0, 5)])
    other = {
        "type": "discount_static",
        "service_item_type": "not_allowed",
        "good_item_type": "any_allowed",
        "value_unit": "amount",
        "visit_multiplicity": 7,
        "sold_items_multiplicity": 7,
        "params_source_type": "loyalty_card",
        "history_start_date": "2020-01-01",
    }
    for sent in ({}, other, dict.fromkeys(other, "nonsense"), dict.fromkeys(other, None)):
        answer = either.call(
            "PUT", f"{PROGRAMS}/{made['id']}", put_body(rules=rules) | sent | {"id": 5}
        )
        assert answer.status_code == 200, answer.text
        changed = either.sandbox.promotion_of(SALON, made["id"])
        assert {name: changed[name] for name in other} == {name: made[name] for name in other}


def test_put_follows_the_rules_of_the_type_it_was_made_with(either: Api) -> None:
    tiers = f"{PROGRAMS}/{make(either, **TIERS)['id']}"
    package = f"{PROGRAMS}/{make(either, **PACKAGE)['id']}"
    amount = f"{PROGRAMS}/{make(either, value_unit='amount')['id']}"
    two = [rule(5, 1), rule(5, 2)]
    assert either.errors("PUT", f"{PROGRAMS}/{FIRST}", put_body(rules=two)) == {"rules"}
    assert either.errors("PUT", tiers, put_body(rules=two)) == {"rules"}
    assert either.errors("PUT", package, put_body()) == {"rules.0.service_id"}
    too_much = put_body(rules=[rule(0, 500)], value_unit="amount")
    assert either.errors("PUT", f"{PROGRAMS}/{FIRST}", too_much) == {"rules.0.value"}
    assert either.call("PUT", amount, too_much).status_code == 200


def test_put_has_to_choose_custom_items_again(either: Api) -> None:
    path = f"{PROGRAMS}/{make(either, **FULL)['id']}"
    assert either.errors("PUT", path, put_body()) == {"allowed_service_ids", "allowed_good_ids"}
    assert either.errors("PUT", path, put_body(allowed_good_category_ids=[2])) == {
        "allowed_service_ids"
    }
    assert either.call("PUT", path, put_body(**CHOSEN)).status_code == 200


def test_put_ignores_a_usage_limit_where_there_is_none(either: Api) -> None:
    assert change(either, FIRST, usage_limit=5)["usage_limit"] == 0
    made = make(either, **BONUS, usage_limit=2)
    assert change(either, made["id"], usage_limit=5)["usage_limit"] == 5


def test_every_seed_may_be_written_back_as_it_is(documented: Api) -> None:
    documented.sandbox.reset(promotions=60)
    for before in documented.sandbox.promotions_of(SALON):
        path = f"{PROGRAMS}/{before['id']}"
        answer = documented.call("PUT", path, body_to_send_back(before))
        assert answer.status_code == 200, answer.text
        assert documented.sandbox.promotion_of(SALON, before["id"]) == before


def test_a_promotion_moves_between_locations(either: Api) -> None:
    change(either, FIRST, company_ids=[504, 505])
    assert FIRST not in found(either, 501)
    assert FIRST in found(either, 504) and FIRST in found(either, 505)
    made = make(either, company_ids=[503])["id"]
    assert made in found(either, 503) and made not in found(either, 501)


# Deleting


def test_a_deleted_promotion_is_gone(documented: Api, observed: Api) -> None:
    path = f"{PROGRAMS}/{FIRST}"
    for api in (documented, observed):
        answer = api.call("DELETE", path)
        if api is documented:
            assert (answer.status_code, answer.content) == (204, b"")
        else:
            assert answer.status_code == 200
            assert answer.json() == {"success": True, "data": None, "meta": []}
        for method in ("GET", "PUT", "DELETE"):
            assert api.call(method, path, put_body()).status_code == 404
        assert FIRST not in found(api, 501) != []
        assert api.sandbox.promotion_of(SALON, FIRST)["is_deleted"]


# Rights


def test_without_the_right_nothing_is_written(assistant: Api) -> None:
    before = assistant.sandbox.promotions_of(SALON)
    for method, path, body in (
        ("POST", PROGRAMS, body_of()),
        ("POST", PROGRAMS, {}),
        ("PUT", f"{PROGRAMS}/{FIRST}", put_body()),
        ("DELETE", f"{PROGRAMS}/{FIRST}", None),
        ("DELETE", f"{PROGRAMS}/9", None),
    ):
        answer = assistant.call(method, path, body)
        assert answer.status_code == 403
        assert answer.json()["meta"]["message"] == "Access denied."
    assert assistant.sandbox.promotions_of(SALON) == before


def test_the_director_only_reads_promotions_of_the_second_chain(either: Api) -> None:
    path = f"{FITNESS_PROGRAMS}/{FITNESS_FIRST}"
    before = either.sandbox.promotions_of(FITNESS)
    assert read(either, path)["title"]
    body = body_of(company_ids=[601])
    assert either.call("POST", FITNESS_PROGRAMS, body).status_code == 403
    assert either.call("PUT", path, put_body(company_ids=[601])).status_code == 403
    assert either.call("DELETE", path).status_code == 403
    assert either.sandbox.promotions_of(FITNESS) == before


def test_there_is_no_clone_archive_or_restore(either: Api) -> None:
    for method, end in (("POST", "clone"), ("POST", "restore"), ("PATCH", "archive")):
        assert either.call(method, f"{PROGRAMS}/{FIRST}/{end}", {}).status_code == 404
    assert either.call("PATCH", f"{PROGRAMS}/{FIRST}", {}).status_code == 405


def test_promotions_and_types_share_no_id(either: Api) -> None:
    made = [make(either)["id"], either.make()["id"], either.make_certificate_type()["id"]]
    sandbox = either.sandbox
    kept = [
        raw["id"]
        for chain_id in (SALON, FITNESS)
        for raw in (
            *sandbox.types_of(chain_id),
            *sandbox.certificate_types_of(chain_id),
            *sandbox.promotions_of(chain_id),
        )
    ]
    assert {*made} <= {*kept}
    assert len({*kept}) == len(kept)
