"""What tests do to the stand-in directly, as if someone else did it at Altegio."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import CERTIFICATES, FITNESS, SALON, TYPES, Api, covered
from tests.sandbox.memberships import (
    ACTIVE,
    FIVE_MANICURES,
    PHONE,
    POOL,
    TWO_ROWS,
    UNLIMITED_POOL,
    UNLIMITED_ROW,
    by_phone,
    kept,
    refused,
    shown,
    status,
)
from tests.sandbox.memberships import FIRST as FIRST_MEMBERSHIP
from tests.sandbox.memberships import make as make_membership
from tests.sandbox.promotions import EVERYTHING, FIRST, ON_CHANGED, PROGRAMS, TEMPLATES, found, read
from tests.sandbox.promotions import make as make_promotion
from tests.sandbox.transactions import LIST as TRANSACTIONS
from tests.sandbox.transactions import NOON, NOW, THAT_DAY, add
from tests.sandbox.transactions import ids_of as transactions

VISIT = datetime(2026, 5, 9, 8, 30, tzinfo=UTC)


def test_what_is_read_directly_is_a_copy(documented: Api) -> None:
    sandbox = documented.sandbox
    kinds: list[tuple[Callable[[int], Any], Callable[[int, int], Any], Callable[..., Any], str]] = [
        (sandbox.types_of, sandbox.type_of, sandbox.put_type, "attached_salon_ids"),
        (
            sandbox.certificate_types_of,
            sandbox.certificate_type_of,
            sandbox.put_certificate_type,
            "salon_ids",
        ),
        (sandbox.promotions_of, sandbox.promotion_of, sandbox.put_promotion, "rules"),
        (
            sandbox.memberships_of,
            sandbox.membership_of,
            sandbox.put_membership,
            "balance_container",
        ),
    ]
    for every, one, put, name in kinds:
        before = every(SALON)
        for raw in (every(SALON)[0], one(SALON, before[0]["id"]), put(SALON, before[0])):
            raw[name].clear()
        assert every(SALON) == before
    templates = sandbox.templates_of(SALON)
    sandbox.templates_of(SALON)[0].clear()
    assert sandbox.templates_of(SALON) == templates
    sandbox.calls()[0]["path"] = "/changed"
    assert sandbox.calls()[0]["path"] == "/auth"
    given = {"created": NOON, "type": {"id": 5, "title": "Theirs"}}
    [added] = sandbox.add_transactions(SALON, [given])
    given["type"] = added["type"]["title"] = "?"
    first = sandbox.transactions_of(SALON)[0]
    assert first["type"]["title"] == "Theirs"
    first["type"]["title"] = first["amount"] = "?"
    assert sandbox.transactions_of(SALON)[0]["type"]["title"] == "Theirs"
    assert sandbox.transactions_of(SALON)[0]["amount"] == 0


# Types


def test_put_type_makes_a_type_of_what_is_given(documented: Api) -> None:
    sandbox = documented.sandbox
    made = sandbox.put_type(FITNESS, {"title": "Theirs", "attached_salon_ids": [601]})
    assert made["attached_location_ids"] == [601]
    assert made["cost"] == 0
    assert sandbox.type_of(FITNESS, made["id"]) == made
    assert sandbox.put_type(SALON, {"id": 40_000, "title": "Numbered"})["id"] == 40_000
    assert documented.make()["id"] > 40_000


def test_put_type_replaces_a_type_so_that_missing_keys_are_missing(either: Api) -> None:
    raw = either.sandbox.type_of(SALON, 11001)
    del raw["availability"]
    either.sandbox.put_type(SALON, raw | {"balance_container": None})
    shown = either.read(f"{TYPES}/11001")
    assert "availability" not in shown
    assert shown["balance_container"] is None
    assert either.call("GET", TYPES).status_code == 200


def test_alter_type_changes_some_fields_and_selling_the_sold_count(documented: Api) -> None:
    documented.sandbox.alter_type(SALON, 11003, cost=5, attached_location_ids=[505])
    documented.sandbox.sell(SALON, 11003, 4)
    shown = documented.read(f"{TYPES}/11003")
    assert (shown["cost"], shown["chain_price_min"]) == (5, 5)
    assert shown["attached_salon_ids"] == [505]
    assert shown["title"] == "Массаж спины, 10 визитов"
    assert shown["abonements_count"] == 4


def test_put_certificate_type_makes_a_type_of_what_is_given(documented: Api) -> None:
    sandbox = documented.sandbox
    made = sandbox.put_certificate_type(FITNESS, {"title": "Theirs", "balance": 5})
    assert (made["title"], made["balance"], made["company_group_id"]) == ("Theirs", 5, FITNESS)
    assert made["item_type"]["id"] == 0
    assert sandbox.certificate_type_of(FITNESS, made["id"]) == made
    assert sandbox.put_certificate_type(SALON, {"id": 40_000, "title": "7"})["id"] == 40_000
    assert documented.make_certificate_type()["id"] > 40_000


def test_put_certificate_type_replaces_a_type_so_that_missing_keys_are_missing(
    either: Api,
) -> None:
    raw = either.sandbox.certificate_type_of(SALON, 31003)
    del raw["salon_ids"]
    either.sandbox.put_certificate_type(SALON, raw | {"item_type": None})
    shown = either.read(f"{CERTIFICATES}/31003")
    assert "salon_ids" not in shown
    assert shown["item_type"] is None
    assert either.call("GET", CERTIFICATES).status_code == 200


def test_alter_certificate_type_changes_some_fields_and_issuing_the_count(documented: Api) -> None:
    before = documented.read(f"{CERTIFICATES}/31003")
    changes = {"balance": 5, "is_archived": True}
    documented.sandbox.alter_certificate_type(SALON, 31003, **changes)
    assert documented.read(f"{CERTIFICATES}/31003") == before | changes
    documented.sandbox.issue(SALON, 31003, 4)
    documented.sandbox.issue(SALON, 31003)
    assert documented.read(f"{CERTIFICATES}/31003")["released_total"] == 5


# Promotions and templates


def test_put_promotion_makes_one_of_what_is_given(documented: Api) -> None:
    sandbox = documented.sandbox
    companies = [{"id": 601, "title": "There"}]
    made = sandbox.put_promotion(FITNESS, {"title": "Theirs", "companies": companies})
    assert (made["title"], made["group_id"], made["usage_limit"]) == ("Theirs", FITNESS, 0)
    assert sandbox.promotion_of(FITNESS, made["id"]) == made
    assert made["id"] in found(documented, 601)
    assert sandbox.put_promotion(SALON, {"id": 40_000, "title": "Numbered"})["id"] == 40_000
    assert make_promotion(documented)["id"] > 40_000


def test_put_promotion_replaces_one_so_that_missing_keys_are_missing(either: Api) -> None:
    raw = either.sandbox.promotion_of(SALON, FIRST)
    del raw["value_unit"], raw["rules"]
    either.sandbox.put_promotion(SALON, raw | {"loyalty_card_types": None})
    shown = read(either, f"{PROGRAMS}/{FIRST}", include=EVERYTHING)
    assert "value_unit" not in shown and "rules" not in shown
    assert shown["loyalty_card_types"] is None
    assert FIRST in found(either, 501)


def test_promotion_with_odd_locations_is_found_nowhere(documented: Api) -> None:
    odd: list[Any] = [None, "all", [None], [{"title": "No id"}], 5]
    for companies in odd:
        documented.sandbox.alter_promotion(SALON, FIRST, companies=companies)
        assert len(found(documented, 501)) == 17, companies


def test_alter_promotion_changes_some_fields(documented: Api) -> None:
    before = documented.sandbox.promotion_of(SALON, FIRST)
    documented.sandbox.alter_promotion(SALON, FIRST, title="Other", usage_limit=9)
    after = documented.sandbox.promotion_of(SALON, FIRST)
    assert after == before | {"title": "Other", "usage_limit": 9}
    assert read(documented, f"{PROGRAMS}/{FIRST}")["title"] == "Other"


def test_id_of_an_altered_template_follows_it(documented: Api) -> None:
    def altered(**fields: Any) -> tuple[Any, int]:
        raw = documented.sandbox.alter_promotion(SALON, FIRST, **fields)
        return raw[ON_CHANGED], raw[f"{ON_CHANGED}_id"]

    template = {"id": 77, "type": "custom", "body": "Other"}
    assert altered(**{ON_CHANGED: template}) == (template, 77)
    assert altered(**{ON_CHANGED: None}) == (None, 0)
    assert altered(**{f"{ON_CHANGED}_id": 5}) == (None, 5)
    assert altered(**{ON_CHANGED: "big"})[0] == "big"


def test_hidden_promotion_is_read_by_id_and_not_searched(documented: Api) -> None:
    documented.sandbox.hide_promotion(SALON, FIRST)
    assert FIRST not in found(documented, 501)
    assert FIRST + 1 in found(documented, 501)
    assert read(documented, f"{PROGRAMS}/{FIRST}")["title"] == "Welcome, 10% off"
    documented.sandbox.reset()
    assert FIRST in found(documented, 501)


def test_put_templates_replaces_those_of_the_chain(documented: Api) -> None:
    templates = [{"type": "big", "body": "Without an id"}]
    documented.sandbox.put_templates(SALON, templates)
    assert read(documented, TEMPLATES) == documented.sandbox.templates_of(SALON) == templates
    documented.sandbox.reset()
    assert len(read(documented, TEMPLATES)) > 40


# Sold memberships


def test_put_membership_makes_one_that_was_just_issued(documented: Api) -> None:
    sandbox = documented.sandbox
    sandbox.set_now(NOW)
    made = sandbox.put_membership(SALON, {"type": {"id": POOL}, "phone": PHONE})
    assert made["type"]["title"] == "Pool of 20 visits"
    assert made["united_balance_services_count"] == 20
    assert made["status"] == status("created")
    assert made["created_date"] == "2026-05-10T15:00:00+03:00"
    assert kept(documented, made["id"]) == made
    assert by_phone(documented, location_id=503) == [made["id"]]
    given = {"id": 950_000, "number": "7", "united_balance_services_count": 3}
    numbered = sandbox.put_membership(SALON, given | {"type": {"id": POOL}})
    assert (numbered["id"], numbered["number"]) == (950_000, "7")
    assert numbered["balance_string"] == "Hair, Nails (x3)"
    assert sandbox.put_membership(SALON, {})["id"] == 950_001
    theirs = sandbox.put_membership(FITNESS, {"type": {"allow_freeze": 1}})
    assert (theirs["type"]["salon_group_id"], theirs["type"]["allow_freeze"]) == (FITNESS, 1)


def test_put_membership_replaces_one_so_that_missing_keys_are_missing(either: Api) -> None:
    membership_id = make_membership(either)
    raw = kept(either, membership_id)
    del raw["number"], raw["status"]
    either.sandbox.put_membership(SALON, raw | {"type": None})
    answered = shown(either, membership_id)
    assert "number" not in answered and "status" not in answered
    assert answered["type"] is None


def test_alter_membership_changes_some_fields(documented: Api) -> None:
    sandbox, membership_id = documented.sandbox, make_membership(documented, POOL)
    before = kept(documented, membership_id)
    changes = {"number": "A", "period": 9}
    sandbox.alter_membership(SALON, membership_id, **changes)
    assert kept(documented, membership_id) == before | changes
    sandbox.alter_membership(SALON, membership_id, united_balance_services_count=4)
    assert shown(documented, membership_id)["balance_string"] == "Hair, Nails (x4)"
    other = {"united_balance_services_count": 5, "balance_string": "?"}
    sandbox.alter_membership(SALON, membership_id, **other)
    assert shown(documented, membership_id)["balance_string"] == "?"
    sandbox.alter_membership(SALON, membership_id, balance_container={"links": [None]})
    assert shown(documented, membership_id)["balance_container"] == {"links": [None]}


def test_first_visit_activates(documented: Api) -> None:
    membership_id = make_membership(documented, FIVE_MANICURES, freeze_period=2)
    used = documented.sandbox.use_membership(SALON, membership_id, VISIT)
    assert used == kept(documented, membership_id)
    assert used["activated_date"] == "2026-05-09T11:30:00+03:00"
    assert used["expiration_date"] == "2026-11-11T11:30:00+02:00"
    assert (used["status"], used["balance_string"]) == (status("active"), "Manicure (x4)")
    again = documented.sandbox.use_membership(SALON, membership_id, VISIT + timedelta(1))
    for name in ("activated_date", "expiration_date"):
        assert again[name] == used[name]
    assert again["balance_string"] == "Manicure (x3)"


def test_visits_take_from_the_pool_or_row_by_row_until_nothing_is_left(documented: Api) -> None:
    use = documented.sandbox.use_membership
    pool = make_membership(documented, POOL, **ACTIVE, united_balance_services_count=2)
    rows = make_membership(documented, TWO_ROWS, **ACTIVE)
    left = [covered(use(SALON, rows, VISIT)) for _ in range(3)]
    assert [tuple(one.values()) for one in left] == [(1, 2), (0, 2), (0, 1)]
    use(SALON, pool, VISIT)
    for membership_id in (pool, rows):
        assert use(SALON, membership_id, VISIT)["status"] == status("wasted")
        with pytest.raises(ValueError, match="left"):
            use(SALON, membership_id, VISIT)
    assert kept(documented, pool)["united_balance_services_count"] == 0


def test_visits_without_limit_are_never_used_up(documented: Api) -> None:
    for type_id in (UNLIMITED_POOL, UNLIMITED_ROW):
        membership_id = make_membership(documented, type_id, **ACTIVE)
        before = shown(documented, membership_id)
        documented.sandbox.use_membership(SALON, membership_id, VISIT)
        assert shown(documented, membership_id) == before


def test_latest_visit_bounds_the_validity(documented: Api) -> None:
    membership_id = make_membership(documented, **ACTIVE)
    documented.sandbox.use_membership(SALON, membership_id, VISIT)
    documented.sandbox.use_membership(SALON, membership_id, VISIT - timedelta(5))
    said = refused(documented, membership_id, "set_period", period=1, period_unit_id=2)
    assert said == (400, "The new date is before the last use")


def test_clock_is_stopped_from_the_start_or_until_the_next_reset(documented: Api) -> None:
    def issued(sandbox: Sandbox) -> datetime:
        return datetime.fromisoformat(sandbox.put_membership(SALON, {})["created_date"])

    began = datetime.now(UTC).replace(microsecond=0)
    stopped = Sandbox(now=NOW)
    for _ in range(2):
        stopped.reset()
        assert issued(stopped) == NOW
    stopped.close()
    sandbox = documented.sandbox
    sandbox.reset(now=NOW)
    assert issued(sandbox) == NOW
    sandbox.set_now(None)
    assert issued(sandbox) >= began
    sandbox.set_now(NOW)
    assert issued(sandbox) == NOW
    sandbox.reset()
    assert issued(sandbox) >= began
    assert FIRST_MEMBERSHIP in [raw["id"] for raw in sandbox.memberships_of(SALON)]


# Transactions


def test_what_an_added_transaction_leaves_out_has_its_default(documented: Api) -> None:
    sandbox = documented.sandbox
    sandbox.reset(now=NOW)
    last = max(row["id"] for row in sandbox.transactions_of(SALON))
    [plain, withdrawn] = sandbox.add_transactions(SALON, [{}, {"type_id": 6}])
    assert (plain["id"], withdrawn["id"]) == (last + 1, last + 2)
    assert (plain["type_id"], plain["is_discount"], plain["amount"]) == (1, True, 0)
    assert (plain["created"], plain["company_id"], plain["visit_id"]) == (NOW, 501, None)
    assert withdrawn["type"] == {"id": 6, "title": "Taken off by hand"}
    assert (withdrawn["is_discount"], withdrawn["is_loyalty_withdraw"]) == (False, True)
    assert sandbox.transactions_of(SALON)[-2:] == [plain, withdrawn]
    [theirs] = sandbox.add_transactions(FITNESS, [{}])
    assert (theirs["id"], theirs["salon_group_id"]) == (last + 3, FITNESS)
    assert theirs["company_id"] == 601


def test_added_transaction_is_answered_as_it_was_given(documented: Api) -> None:
    add(documented, {"id": 77, "type_id": 99, "type": None, "amount": "?", "status_id": [1]})
    [row] = documented.read(TRANSACTIONS, **THAT_DAY)
    assert (row["id"], row["type_id"], row["type"]) == (77, 99, None)
    assert (row["amount"], row["status_id"]) == ("?", [1])
    assert transactions(documented, types="99") == [77]


def test_instant_of_any_zone_is_put_in_its_place(documented: Api) -> None:
    east = datetime(2001, 2, 3, 13, tzinfo=ZoneInfo("Asia/Almaty"))  # seven in the morning, UTC
    later, earlier = add(documented, {}, {"created": east})
    assert transactions(documented) == [earlier, later]
    rows = documented.sandbox.transactions_of(SALON)
    assert rows[0]["created"] == NOON - timedelta(hours=5)
