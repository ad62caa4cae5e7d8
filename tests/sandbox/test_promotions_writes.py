"""What a promotion may be created with, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import MANICURE, SALON, YOGA, Api
from tests.sandbox.promotions import (
    BONUS,
    EVERYTHING,
    FIRST,
    ON_CHANGED,
    ON_EXPIRATION,
    PACKAGE,
    PROGRAMS,
    TIERS,
    TYPES,
    body_of,
    data_of,
    make,
    put_body,
    read,
    refused,
    rule,
)

REQUIRED = [
    "title",
    "type",
    "company_ids",
    "service_item_type",
    "good_item_type",
    "value_unit",
    "rules",
]
# Wrong in a POST and in a PUT.
WRONG: list[tuple[str, Any]] = [
    ("title", ""),
    ("title", "  "),
    ("title", "x" * 256),
    ("title", 5),
    ("title", None),
    ("company_ids", []),
    ("company_ids", [601]),
    ("company_ids", ["501"]),
    ("company_ids", 501),
    ("company_ids", None),
    ("expiration_timeout", -1),
    ("expiration_timeout", "6"),
    ("expiration_timeout", 1.5),
    ("expiration_timeout", True),
    ("expiration_timeout_unit", "days"),
    ("expiration_timeout_unit", 1),
    ("expiration_notification_timeout", -1),
    ("expiration_notification_timeout", "7"),
    ("loyalty_card_type_ids", [51]),
    ("loyalty_card_type_ids", ["41"]),
    ("loyalty_card_type_ids", None),
    ("allowed_service_ids", [YOGA]),
    ("allowed_service_ids", [str(MANICURE)]),
    ("allowed_service_ids", [8101]),
    ("allowed_good_ids", ["1"]),
    ("allowed_good_category_ids", {}),
    ("rules", []),
    ("rules", {}),
    ("rules", "10"),
    ("rules", [10]),
    ("rules", None),
    (ON_CHANGED, "big"),
    (ON_EXPIRATION, None),
]
# Only a POST takes these.
WRONG_AT_FIRST: list[tuple[str, Any]] = [
    ("type", "discount"),
    ("type", ["discount_static"]),
    ("type", 1),
    ("type", None),
    ("service_item_type", "any"),
    ("service_item_type", None),
    ("good_item_type", "custom"),
    ("good_item_type", 0),
    ("value_unit", "percents"),
    ("value_unit", 1),
]
WRONG_FOR_SOME: list[tuple[dict[str, Any], str, Any]] = [
    (BONUS, "usage_limit", -1),
    (BONUS, "usage_limit", "3"),
    (BONUS, "usage_limit", 2.5),
    (BONUS, "visit_multiplicity", 0),
    (BONUS, "visit_multiplicity", "2"),
    (PACKAGE, "sold_items_multiplicity", 0),
    (PACKAGE, "sold_items_multiplicity", True),
    (TIERS, "params_source_type", "everywhere"),
    (TIERS, "history_start_date", "21.09.2026"),
    (TIERS, "history_start_date", "2026-02-30"),
    (TIERS, "history_start_date", "2026-W39-1"),
    (PACKAGE, "history_start_date", "2026-09-21T00:00:00+00:00"),
    (PACKAGE, "params_source_type", 1),
]


@pytest.mark.parametrize("name", REQUIRED)
def test_seven_fields_are_required(either: Api, name: str) -> None:
    body = body_of()
    del body[name]
    assert either.errors("POST", PROGRAMS, body) == {name}


def test_everything_else_may_be_left_out(documented: Api) -> None:
    assert set(body_of()) == {*REQUIRED}
    made = make(documented)
    assert {name: made[name] for name in made if name not in ("id", "rules")} == {
        "group_id": SALON,
        "title": "Ten percent",
        "type": "discount_static",
        "service_item_type": "any_allowed",
        "good_item_type": "any_allowed",
        "value_unit": "percent",
        "usage_limit": 0,
        "visit_multiplicity": 1,
        "sold_items_multiplicity": 1,
        "expiration_timeout": 0,
        "expiration_timeout_unit": None,
        "expiration_notification_timeout": 0,
        "params_source_type": None,
        "history_start_date": None,
        "on_changed_notification_template_id": 0,
        "on_expiration_notification_template_id": 0,
        "applicable_items": [],
        "companies": [{"id": 501, "title": "Aurora Centrs"}],
        "loyalty_card_types": [],
        ON_CHANGED: None,
        ON_EXPIRATION: None,
        "is_deleted": False,
    }


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_422_and_names_its_field(either: Api, name: str, value: Any) -> None:
    before = either.sandbox.promotions_of(SALON)
    assert either.errors("POST", PROGRAMS, body_of() | {name: value}) == {name}
    put = put_body() | {name: value}
    assert either.errors("PUT", f"{PROGRAMS}/{FIRST}", put) == {name}
    assert either.sandbox.promotions_of(SALON) == before


@pytest.mark.parametrize(("name", "value"), WRONG_AT_FIRST)
def test_a_wrong_value_of_a_fixed_field_is_422(either: Api, name: str, value: Any) -> None:
    assert refused(either, **{name: value}) == {name}


@pytest.mark.parametrize(("kind", "name", "value"), WRONG_FOR_SOME)
def test_a_wrong_value_of_a_field_of_some_types_is_422(
    either: Api, kind: dict[str, Any], name: str, value: Any
) -> None:
    assert refused(either, **kind, **{name: value}) == {name}


def test_error_keys_are_dotted_as_documented_and_bracketed_as_observed(
    documented: Api, observed: Api
) -> None:
    body = body_of(title=" ", rules=[rule(0, "10")])
    expected = (["title", "rules.0.value"], ["[title]", "[rules][0][value]"])
    for api, names in zip((documented, observed), expected, strict=True):
        answer = api.call("POST", PROGRAMS, body)
        assert answer.status_code == 422
        content = answer.json()
        assert (content["success"], content["data"]) == (False, None)
        assert content["meta"]["message"]
        assert list(content["meta"]["errors"]) == names


# Fields of some types

SOME = {
    "usage_limit": 3,
    "visit_multiplicity": 2,
    "sold_items_multiplicity": 4,
    "params_source_type": "chain",
    "history_start_date": "2026-09-21",
}
NONE = {
    "usage_limit": 0,
    "visit_multiplicity": 1,
    "sold_items_multiplicity": 1,
    "params_source_type": None,
    "history_start_date": None,
}


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_is_made(either: Api, kind: str) -> None:
    fields = PACKAGE if kind == "package_discount" else {}
    assert make(either, **fields | {"type": kind})["type"] == kind


@pytest.mark.parametrize("kind", TYPES)
def test_optional_fields_are_kept_only_for_their_types(either: Api, kind: str) -> None:
    kept: set[str] = set()
    if kind.startswith("cashback"):
        kept |= {"usage_limit", "visit_multiplicity"}
    if kind == "package_discount":
        kept |= {"sold_items_multiplicity"}
    if "_accumulative_" in kind or kind == "package_discount":
        kept |= {"params_source_type", "history_start_date"}
    fields = PACKAGE if kind == "package_discount" else {}
    made = make(either, **fields | {"type": kind} | SOME)
    expected = {name: (SOME if name in kept else NONE)[name] for name in SOME}
    assert {name: made[name] for name in SOME} == expected
    # What is ignored is not looked at either.
    nonsense = {name: "nonsense" for name in SOME if name not in kept}
    assert make(either, **fields | {"type": kind} | nonsense)["type"] == kind


@pytest.mark.parametrize("source", ["loyalty_card", "active_companies", "chain", None])
def test_a_history_has_one_of_three_sources(either: Api, source: str | None) -> None:
    answer = either.call("POST", PROGRAMS, body_of(**TIERS) | {"params_source_type": source})
    assert answer.status_code == 201
    assert data_of(either, answer)["params_source_type"] == source


def test_what_was_created_is_read_back(documented: Api) -> None:
    answer = documented.call("POST", PROGRAMS, body_of(**TIERS), params={"include": EVERYTHING})
    made = answer.json()
    assert answer.status_code == 201
    assert read(documented, f"{PROGRAMS}/{made['id']}", include=EVERYTHING) == made
    kept = documented.sandbox.promotion_of(SALON, made["id"])
    assert kept == made | {"is_deleted": False}


def test_fields_that_nobody_knows_are_ignored(either: Api) -> None:
    made = make(either, colour="red", id=5, group_id=2202, is_deleted=True)
    assert "colour" not in made
    assert made["group_id"] == SALON and made["id"] != 5 and not made["is_deleted"]
