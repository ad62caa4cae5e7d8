"""The loyalty transactions that there are at the start, and what can be added to them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.test_control import control
from tests.sandbox.transactions import ALWAYS, FITNESS_LIST, LIST, NOON, NOW, THAT_DAY, add, ids_of

REFERENCES = ("visit_id", "card_id", "program_id", "certificate_id", "abonement_id", "item_id")
CHAINS = {SALON: "Europe/Riga", FITNESS: "Asia/Almaty"}


def days_of(api: Api, chain_id: int) -> list[int]:
    """How many days before the chain's today each row was made."""
    zone = ZoneInfo(CHAINS[chain_id])
    today = api.sandbox.state.now().astimezone(zone).date()
    rows = api.sandbox.transactions_of(chain_id)
    return [(today - row["created"].astimezone(zone).date()).days for row in rows]


def test_the_seeds_are_the_same_each_time_and_awkward_enough(either: Api) -> None:
    either.sandbox.reset(now=NOW)
    rows = either.sandbox.transactions_of(SALON)
    either.sandbox.reset(now=NOW)
    assert either.sandbox.transactions_of(SALON) == rows
    assert len(rows) == 2000
    amounts = [row["amount"] for row in rows]
    titles = {row["type"]["title"] for row in rows}
    for awkward in (
        {row["type_id"] for row in rows} == set(range(1, 12)),
        all(row["type"]["id"] == row["type_id"] for row in rows),
        any("<img src=x onerror" in title for title in titles),
        len(titles) == 12,
        amounts.count(Decimal(0)) > 10,
        max(amounts) > 10**6,
        min(amounts) < -(10**6),
        any(amount % 1 for amount in amounts),
        {row["company_id"] for row in rows} == {501, 502, 503, 504, 505},
        {row["item_type_id"] for row in rows} == {1, 7, None},
        any(row["type_id"] == 1 and row["program_id"] is None for row in rows),
        any(row["type_id"] == 9 and row["abonement_id"] is None for row in rows),
        any(row["item_type_id"] and row["item_id"] is None for row in rows),
        max(Counter(row["visit_id"] for row in rows if row["visit_id"]).values()) > 1,
    ):
        assert awkward
    assert all(isinstance(amount, Decimal) for amount in amounts)


def test_the_second_chain_has_some_of_every_type_and_digits_that_binary_numbers_lose(
    either: Api,
) -> None:
    rows = either.sandbox.transactions_of(FITNESS)
    assert {row["type_id"] for row in rows} == set(range(1, 12))
    assert {row["company_id"] for row in rows} == {601, 602}
    assert {row["salon_group_id"] for row in rows} == {FITNESS}
    assert any("<img" in row["type"]["title"] for row in rows)
    assert Decimal("987654321098765.43") in {row["amount"] for row in rows}
    assert (
        "987654321098765.43"
        in either.call("GET", FITNESS_LIST, params=ALWAYS | {"count": 100}).text
    )
    ours = {row["id"] for row in either.sandbox.transactions_of(SALON)}
    assert not ours & {row["id"] for row in rows}


def test_every_seed_refers_to_what_its_chain_has(either: Api) -> None:
    for chain_id in CHAINS:
        promotions = {raw["id"]: raw for raw in either.sandbox.promotions_of(chain_id)}
        sold = {raw["id"]: raw for raw in either.sandbox.memberships_of(chain_id)}
        seen = Counter[str]()
        for row in either.sandbox.transactions_of(chain_id):
            seen.update(name for name in REFERENCES if row[name])
            if row["program_id"]:
                promotion = promotions[row["program_id"]]
                assert row["company_id"] in {one["id"] for one in promotion["companies"]}
                is_cashback = promotion["type"].startswith("cashback")
                assert row["type_id"] == (2 if is_cashback else 1)
            if row["abonement_id"]:
                assert row["type_id"] in (9, 10)
                assert sold[row["abonement_id"]]["status"]["slug"] != "created"
            assert not row["certificate_id"] or row["type_id"] == 8
        assert set(seen) == set(REFERENCES)


def test_flags_follow_the_type_and_what_is_withdrawn_is_negative(either: Api) -> None:
    for chain_id in CHAINS:
        for row in either.sandbox.transactions_of(chain_id):
            assert row["is_discount"] == (row["type_id"] == 1)
            assert row["is_loyalty_withdraw"] == (row["type_id"] in (3, 6, 7, 8, 9, 11))
            if row["amount"]:
                assert (row["amount"] < 0) == row["is_loyalty_withdraw"]


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 5, 10, 3, tzinfo=UTC),
        datetime(2026, 5, 10, 23, 30, tzinfo=UTC),
        datetime(2028, 3, 1, 6, 0, 30, tzinfo=UTC),
        None,
    ],
)
def test_the_seeds_are_of_the_last_90_days_and_none_is_of_the_future(
    either: Api, now: datetime | None
) -> None:
    either.sandbox.reset(now=now)
    for chain_id in CHAINS:
        rows = either.sandbox.transactions_of(chain_id)
        assert max(row["created"] for row in rows) <= either.sandbox.state.now()
        days = days_of(either, chain_id)
        assert max(days) == 89
        assert min(days) <= 1
        assert len(set(days)) >= 89


def test_rows_of_a_visit_are_of_one_place_and_client(either: Api) -> None:
    seen: dict[int, tuple[Any, ...]] = {}
    for row in either.sandbox.transactions_of(SALON):
        if row["visit_id"]:
            about = (row["company_id"], row["phone"])
            assert seen.setdefault(row["visit_id"], about) == about


def test_the_number_of_transactions_is_chosen(sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["documented"]
    for transactions in (0, 1, 2001):
        sandbox.reset(transactions=transactions)
        assert len(sandbox.transactions_of(SALON)) == transactions
        assert len(sandbox.memberships_of(SALON)) == 60
    sandbox.reset(types=0, promotions=0, memberships=0)
    rows = sandbox.transactions_of(SALON)
    assert len(rows) == 2000
    assert {row["program_id"] for row in rows} == {row["abonement_id"] for row in rows} == {None}
    sandbox.reset()
    assert len(sandbox.transactions_of(SALON)) == 2000
    own = Sandbox(transactions=3, now=NOW)
    assert len(own.transactions_of(SALON)) == 3
    own.close()


def test_a_reset_may_change_the_number_of_transactions(either: Api) -> None:
    assert control(either, "POST", "reset", {"transactions": 3}).status_code == 204
    assert len(either.read(LIST, **ALWAYS)) == 3
    assert control(either, "POST", "reset", {"transactions": "many"}).status_code == 400
    assert control(either, "POST", "reset").status_code == 204
    assert len(either.read(LIST, **ALWAYS, count=100, page=20)) == 100
    assert either.read(LIST, **ALWAYS, count=100, page=21) == []


def test_what_changes_before_the_first_reading_changes_no_seed(either: Api) -> None:
    either.sandbox.reset(now=NOW)
    before = either.sandbox.transactions_of(SALON)
    either.sandbox.reset(now=NOW)
    either.sandbox.set_now(NOON)
    for promotion in either.sandbox.promotions_of(SALON):
        either.sandbox.alter_promotion(SALON, promotion["id"], companies=[])
    either.sandbox.put_membership(SALON, {"status": {"slug": "active"}})
    assert either.sandbox.transactions_of(SALON) == before


def test_last_page_of_200_000_costs_about_what_the_first_does(documented: Api) -> None:
    documented.sandbox.reset(transactions=200_000)
    documented.read(LIST, **ALWAYS)
    visit = documented.read(LIST, **ALWAYS, types="1")[0]["visit_id"]
    documented.read(LIST, **ALWAYS, visit_ids=visit)

    def cost(query: Mapping[str, Any], rows: int) -> float:
        """Seconds of this process: others may keep the machine busy."""
        spent = []
        for _ in range(5):
            began = time.process_time()
            read = documented.read(LIST, **ALWAYS | dict(query), count=100)
            spent.append(time.process_time() - began)
            assert len(read) >= rows
        return min(spent)

    first = cost({"page": 1}, 100)
    for query, rows in (
        ({"page": 2000}, 100),
        ({"page": 2001}, 0),
        ({"page": 500, "types": "1,2"}, 100),
        ({"page": 100, "types": "9", "company_ids": "501"}, 100),
        ({"company_ids": "505", "page": 9}, 100),
        ({"visit_ids": visit}, 1),
    ):
        # Looking at each of 200,000 rows would take a hundred times as long.
        assert cost(query, rows) < 15 * first, query
    documented.sandbox.reset()  # gives 200 MB back


# What is added directly


def test_what_an_added_transaction_leaves_out_has_its_default(either: Api) -> None:
    either.sandbox.reset(now=NOW)
    last = max(row["id"] for row in either.sandbox.transactions_of(SALON))
    [plain, withdrawn] = either.sandbox.add_transactions(SALON, [{}, {"type_id": 6}])
    assert (plain["id"], withdrawn["id"]) == (last + 1, last + 2)
    assert (plain["type_id"], plain["is_discount"], plain["amount"]) == (1, True, 0)
    assert (plain["created"], plain["company_id"], plain["visit_id"]) == (NOW, 501, None)
    assert withdrawn["type"] == {"id": 6, "title": "Taken off by hand"}
    assert (withdrawn["is_discount"], withdrawn["is_loyalty_withdraw"]) == (False, True)
    assert either.sandbox.transactions_of(SALON)[-2:] == [plain, withdrawn]
    [theirs] = either.sandbox.add_transactions(FITNESS, [{}])
    assert (theirs["id"], theirs["salon_group_id"]) == (last + 3, FITNESS)
    assert theirs["company_id"] == 601


def test_an_added_transaction_is_answered_as_it_was_given(documented: Api) -> None:
    add(documented, {"id": 77, "type_id": 99, "type": None, "amount": "?", "status_id": [1]})
    [row] = documented.read(LIST, **THAT_DAY)
    assert (row["id"], row["type_id"], row["type"]) == (77, 99, None)
    assert (row["amount"], row["status_id"]) == ("?", [1])
    assert ids_of(documented, types="99") == [77]


def test_an_amount_may_be_anything_in_the_observed_profile(observed: Api) -> None:
    add(observed, {"amount": None}, {"amount": "?"})
    assert [row["amount"] for row in observed.read(LIST, **THAT_DAY)] == [None, "?"]


def test_an_added_transaction_is_found_by_filters_that_were_asked_before(either: Api) -> None:
    filters: list[dict[str, Any]] = [{"types": "1"}, {"company_ids": "501"}, {"visit_ids": "7"}]
    for query in filters:
        assert ids_of(either, **query) == []
    added = add(either, {"visit_id": 7})
    for query in filters:
        assert ids_of(either, **query) == added


def test_an_instant_of_any_zone_is_put_in_its_place(either: Api) -> None:
    east = datetime(2001, 2, 3, 13, tzinfo=ZoneInfo("Asia/Almaty"))  # seven in the morning, UTC
    later, earlier = add(either, {}, {"created": east})
    assert ids_of(either) == [earlier, later]
    assert either.sandbox.transactions_of(SALON)[0]["created"] == NOON - timedelta(hours=5)


def test_what_the_helpers_give_is_a_copy(either: Api) -> None:
    given = {"created": NOON, "type": {"id": 5, "title": "Theirs"}}
    [added] = either.sandbox.add_transactions(SALON, [given])
    given["type"] = added["type"]["title"] = "?"
    first = either.sandbox.transactions_of(SALON)[0]
    assert first["type"]["title"] == "Theirs"
    first["type"]["title"] = first["amount"] = "?"
    assert either.sandbox.transactions_of(SALON)[0]["type"]["title"] == "Theirs"
    assert either.sandbox.transactions_of(SALON)[0]["amount"] == 0
