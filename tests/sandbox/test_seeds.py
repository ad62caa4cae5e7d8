"""What there is at the start: the same each time, and awkward enough to find mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty_admin.altegio.memberships import list_by_ids
from loyalty_admin.altegio.memberships_by_phone import find_in_chain
from loyalty_admin.altegio.promotions import (
    SCHEMA,
    create_body,
    list_of_chain,
    read_promotion,
    update_body,
)
from loyalty_admin.altegio.transport import Secret, Transport
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.wire import transport_to
from tests.sandbox.api import CERTIFICATES, FITNESS, FITNESS_TYPES, SALON, TYPES, Api
from tests.sandbox.memberships import BY_PHONE
from tests.sandbox.promotions import INCLUDES, ON_CHANGED, ON_EXPIRATION, PROGRAMS
from tests.sandbox.promotions import make as make_promotion
from tests.sandbox.transactions import ALWAYS, FITNESS_LIST, NOON, NOW

# What `Sandbox.reset` calls each kind -> how many the first chain starts with.
SIZES = {
    "types": 30,
    "certificate_types": 24,
    "promotions": 18,
    "memberships": 60,
    "transactions": 2000,
}
REFERENCES = ("visit_id", "card_id", "program_id", "certificate_id", "abonement_id", "item_id")
ZONES = {SALON: "Europe/Riga", FITNESS: "Asia/Almaty"}


def readers_of(sandbox: Sandbox) -> dict[str, Callable[[int], list[dict[str, Any]]]]:
    return {
        "types": sandbox.types_of,
        "certificate_types": sandbox.certificate_types_of,
        "promotions": sandbox.promotions_of,
        "memberships": sandbox.memberships_of,
        "transactions": sandbox.transactions_of,
    }


def transport_of(api: Api) -> Transport:
    return transport_to(
        api.sandbox.api_url,
        partner_token=Secret(api.sandbox.partner_token),
        user_token=Secret(api.headers["Authorization"].rpartition(" ")[2]),
    )


def days_left(raw: dict[str, Any], now: datetime) -> float:
    if raw["expiration_date"] is None:
        return 1e9
    return (datetime.fromisoformat(raw["expiration_date"]) - now) / timedelta(days=1)


# Of every kind


def test_reset_brings_the_same_each_time(either: Api) -> None:
    def everything() -> dict[tuple[str, int], list[dict[str, Any]]]:
        either.sandbox.reset(now=NOW)
        readers = readers_of(either.sandbox)
        return {(kind, chain): readers[kind](chain) for kind in readers for chain in ZONES}

    first = everything()
    assert everything() == first
    assert {kind: len(first[kind, SALON]) for kind in SIZES} == SIZES


@pytest.mark.slow
def test_number_of_each_kind_is_chosen_for_one_reset(documented: Api) -> None:
    sandbox = documented.sandbox
    readers = readers_of(sandbox)
    second = {kind: len(reader(FITNESS)) for kind, reader in readers.items()}
    # Few transactions: reading them takes most of the time.
    sizes = SIZES | {"transactions": 20}
    for kind, size in sizes.items():
        for number in (0, 1, size + 70):
            chosen = {"transactions": 20} | {kind: number}
            sandbox.reset(now=None, **chosen)
            expected = sizes | chosen
            if kind == "types" and not number:
                expected["memberships"] = 0  # there is nothing to sell
            assert {other: len(reader(SALON)) for other, reader in readers.items()} == expected
            assert {other: len(reader(FITNESS)) for other, reader in readers.items()} == second
        if kind in ("types", "certificate_types", "promotions"):
            titles = {raw["title"] for raw in readers[kind](SALON)}
            # Two of the first gift card types and promotions share their title.
            assert len(titles) == size + 70 - (kind != "types")
    sandbox.reset(types=2)
    assert {raw["type"]["id"] for raw in sandbox.memberships_of(SALON)} == {11_001, 11_002}
    sandbox.reset(types=0, promotions=0, memberships=0)
    rows = sandbox.transactions_of(SALON)
    assert {row["program_id"] for row in rows} == {row["abonement_id"] for row in rows} == {None}


def test_numbers_of_promotions_and_memberships_change_no_other_id(documented: Api) -> None:
    sandbox, starts = documented.sandbox, []
    for promotions, memberships in ((18, 60), (0, 60), (18, 0)):
        sandbox.reset(promotions=promotions, memberships=memberships)
        types = (sandbox.types_of(SALON), sandbox.types_of(FITNESS))
        starts.append((types, sandbox.put_type(SALON, {"title": "Next"})["id"]))
    assert starts[0] == starts[1] == starts[2]


def test_no_two_objects_share_an_id(documented: Api) -> None:
    made = [documented.make()["id"] for _ in range(3)]
    made += [documented.make_certificate_type()["id"], make_promotion(documented)["id"]]
    made += [documented.make()["id"]]
    readers = readers_of(documented.sandbox)
    ids = [raw["id"] for reader in readers.values() for chain in ZONES for raw in reader(chain)]
    assert len(set(ids)) == len(ids)
    assert set(made) <= set(ids)
    assert documented.call("GET", f"{TYPES}/{made[3]}").status_code == 404


@pytest.mark.slow
def test_every_type_and_promotion_may_be_written_back_as_it_is(documented: Api) -> None:
    sandbox = documented.sandbox
    sandbox.reset(certificate_types=100, promotions=60)
    for path, chain_id in ((TYPES, SALON), (FITNESS_TYPES, FITNESS)):
        for before in sandbox.types_of(chain_id):
            code = documented.call("PUT", f"{path}/{before['id']}", as_type(before)).status_code
            assert code == (400 if before["is_archived"] else 200), before["id"]
            assert sandbox.type_of(chain_id, before["id"]) == before
    for before in sandbox.certificate_types_of(SALON):
        path = f"{CERTIFICATES}/{before['id']}"
        code = documented.call("PUT", path, as_certificate_type(before)).status_code
        assert code == (400 if before["released_total"] else 200), before["id"]
        assert sandbox.certificate_type_of(SALON, before["id"]) == before
    for before in sandbox.promotions_of(SALON):
        path = f"{PROGRAMS}/{before['id']}"
        assert documented.call("PUT", path, as_promotion(before)).status_code == 200, before["id"]
        assert sandbox.promotion_of(SALON, before["id"]) == before


def as_type(raw: dict[str, Any]) -> dict[str, Any]:
    """The body of a PUT that changes nothing."""
    return {
        **raw,
        "location_ids": raw["attached_location_ids"],
        "autoactivation_period": raw["autoactivation_time"],
        "services": {},
        "service_categories": {},
        "service_links": [
            {
                "service_id": link.get("service", {}).get("id"),
                "service_category_id": link.get("category", {}).get("id"),
                "count": link["count"],
                "is_unlimited": link["is_unlimited"],
            }
            for link in raw["balance_container"]["links"]
        ],
    }


def as_certificate_type(raw: dict[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in raw.items() if name != "is_deleted"}
    for outer in ("expiration", "online_sale"):
        flat = [name for name in raw if name.startswith(f"{outer}_")]
        body[outer] = {name.removeprefix(f"{outer}_"): body.pop(name) for name in flat}
    return body | {"item_type_id": body.pop("item_type")["id"]}


def as_promotion(raw: dict[str, Any]) -> dict[str, Any]:
    items = raw["applicable_items"]
    goods = [one for one in items if not one["is_service"]]
    return {
        **{name: value for name, value in raw.items() if name not in INCLUDES},
        "rules": raw["rules"],
        "company_ids": [one["id"] for one in raw["companies"]],
        "loyalty_card_type_ids": [one["id"] for one in raw["loyalty_card_types"]],
        "allowed_service_ids": [one["id"] for one in items if one["is_service"]],
        "allowed_good_ids": [one["id"] for one in goods if not one["is_category"]],
        "allowed_good_category_ids": [one["id"] for one in goods if one["is_category"]],
        **{name: raw[name] or {"type": "none"} for name in (ON_CHANGED, ON_EXPIRATION)},
    }


# Types and promotions


def test_membership_types_are_awkward_enough(documented: Api) -> None:
    types = documented.sandbox.types_of(SALON)
    titles = [raw["title"] for raw in types]
    assert len(set(titles)) == 30
    assert max(len(title) for title in titles) == 255
    assert "<script>alert(1)</script> \"quoted\" & 'more'" in titles
    links = [link for raw in types for link in raw["balance_container"]["links"]]
    for awkward in (
        any(not raw["attached_location_ids"] for raw in types),
        any(raw["abonements_count"] for raw in types),
        any(not raw["period"] for raw in types),
        any(raw["is_united_balance"] for raw in types),
        any(raw["is_united_balance_unlimited"] for raw in types),
        any(link["is_unlimited"] for link in links),
        any("category" in link for link in links),
        any(raw["availability"] for raw in types),
        any(raw["is_online_sale_enabled"] and raw["online_sale_image"] for raw in types),
    ):
        assert awkward


def test_certificate_types_are_awkward_enough(documented: Api) -> None:
    types = documented.sandbox.certificate_types_of(SALON)
    titles = [raw["title"] for raw in types]
    assert len(set(titles)) == 23
    assert max(len(title) for title in titles) == 255
    assert "<script>alert(1)</script> \"gift\" & 'card'" in titles
    expiries = [raw["expiration_date"] for raw in types if raw["expiration_date"]]
    known = types[0].keys()
    for awkward in (
        {raw["is_multi"] for raw in types} == {True, False},
        {raw["item_type"]["id"] for raw in types} == {0, 1, 2, 3, 4},
        {raw["expiration_type_id"] for raw in types} == {0, 1, 2},
        {raw["balance_edit_type_id"] for raw in types} == {0, 1, 2, 7},
        {raw["is_archived"] and raw["online_sale_is_enabled"] for raw in types} == {True, False},
        {one[-6:] for one in expiries} == {"+02:00", "-05:00"},
        any(datetime.fromisoformat(one) < datetime.now(UTC) for one in expiries),
        any(not raw["salon_ids"] for raw in types),
        sum(raw["released_total"] > 0 for raw in types) >= 3,
        any(raw["is_archived"] and not raw["online_sale_is_enabled"] for raw in types),
        any(raw["online_sale_price"] == raw["balance"] > 0 for raw in types),
        any(0 < raw["online_sale_price"] != raw["balance"] for raw in types),
        any("<img" in raw["online_sale_description"] for raw in types),
        any(raw["balance"] % 1 for raw in types),
        any(raw.keys() - known for raw in types),
    ):
        assert awkward


def test_promotions_are_awkward_enough(documented: Api) -> None:
    promotions = documented.sandbox.promotions_of(SALON)
    titles = [raw["title"] for raw in promotions]
    assert len(set(titles)) == len(titles) - 1
    assert max(len(title) for title in titles) > 240
    assert "<script>alert(1)</script> \"promo\" & 'sale'" in titles
    templates: list[dict[str, Any]] = [
        raw[name] for raw in promotions for name in (ON_CHANGED, ON_EXPIRATION) if raw[name]
    ]
    bodies = [template["body"] for template in templates if template["type"] == "custom"]
    tiers = [
        [rule["value"] for rule in sorted(raw["rules"], key=lambda one: one["parameter"])]
        for raw in promotions
        if "_accumulative_" in raw["type"]
    ]
    items = [item for raw in promotions for item in raw["applicable_items"]]
    modes = {"any_allowed", "not_allowed", "custom_allowed"}
    units = {raw["expiration_timeout_unit"] for raw in promotions}
    for awkward in (
        len({raw["type"] for raw in promotions}) == 13,
        {raw["service_item_type"] for raw in promotions} == modes,
        {raw["good_item_type"] for raw in promotions} == modes,
        {raw["value_unit"] for raw in promotions} == {"percent", "amount"},
        {len(raw["companies"]) for raw in promotions} == {1, 2, 3, 4, 5},
        {len(values) for values in tiers} == {1, 2, 3, 4, 5, 6},
        any(values != sorted(values) for values in tiers),
        {len(raw["loyalty_card_types"]) for raw in promotions} >= {0, 1, 2},
        {template["type"] for template in templates} == {"big", "mid", "small", "custom"},
        any(
            raw["expiration_timeout"] and raw["expiration_notification_timeout"]
            for raw in promotions
        ),
        units == {None, "day", "week", "month", "year"},
        len({(item["is_service"], item["is_category"]) for item in items}) == 4,
        "</textarea><img src=x onerror=alert(3)>" in bodies,
        any("{{ 7*7 }}" in body for body in bodies),
    ):
        assert awkward


@pytest.mark.slow
def test_client_reads_every_promotion_whole_and_writes_it_again(either: Api) -> None:
    transport = transport_of(either)
    listed = list_of_chain(transport, SALON, [501, 502, 503, 504, 505])
    assert listed.failures == {}
    assert len(listed.promotions) == 18
    for raw in either.sandbox.promotions_of(SALON):
        whole = read_promotion(transport, SALON, raw["id"])
        assert (whole.chain_id, whole.unreadable) == (SALON, ())
        transport.send("POST", PROGRAMS, create_body(whole.terms))
        made = max(one["id"] for one in either.sandbox.promotions_of(SALON))
        again = read_promotion(transport, SALON, made)
        assert SCHEMA.differing(again.terms, whole.terms) == []
        body = update_body(whole.terms, whole.terms)
        transport.send("PUT", f"{PROGRAMS}/{raw['id']}", body)
        assert read_promotion(transport, SALON, raw["id"]).terms == whole.terms


# Sold memberships


def test_memberships_are_awkward_enough_on_any_day(documented: Api) -> None:
    for now in (NOW, datetime(2028, 2, 29, 23, 30, tzinfo=UTC), datetime.now(UTC)):
        documented.sandbox.reset(now=now)
        sold = documented.sandbox.memberships_of(SALON)
        usable = [raw for raw in sold if raw["status"]["slug"] == "active"]
        links = [link for raw in usable for link in raw["balance_container"]["links"]]
        ends = [days_left(raw, now) for raw in usable]
        codes = {raw["number"] for raw in sold}
        for awkward in (
            {raw["status"]["slug"] for raw in sold} == {"created", "active", "expired", "wasted"},
            sum(raw["is_frozen"] for raw in usable) >= 2,
            all(raw["freeze_till"] for raw in sold if raw["is_frozen"]),
            min(ends) > 0,
            any(one < 3 for one in ends),
            any(3 < one < 7 for one in ends),
            any(7 < one < 30 for one in ends),
            any(one == 1e9 for one in ends),
            any(raw["is_united_balance"] for raw in usable),
            any(raw["is_united_balance_unlimited"] for raw in usable),
            any(link["is_unlimited"] for link in links),
            any(len(raw["balance_container"]["links"]) > 1 for raw in usable),
            any("category" in link for link in links),
            any(not raw["type"]["allow_freeze"] for raw in usable),
            any(raw["freeze_period"] == raw["type"]["freeze_limit"] - 1 for raw in usable),
            any(raw["type"]["allow_freeze"] and not raw["type"]["freeze_limit"] for raw in usable),
            {"<b>1</b>", "\"quoted\" & 'more'", ""} <= codes,
            any("<script>" in raw["type"]["title"] for raw in usable),
        ):
            assert awkward


def test_every_membership_is_in_a_state_that_its_dates_allow(documented: Api) -> None:
    documented.sandbox.reset(memberships=400, now=NOW)
    types = {raw["id"] for raw in documented.sandbox.types_of(SALON)}
    for raw in documented.sandbox.memberships_of(SALON):
        slug = raw["status"]["slug"]
        assert raw["type"]["id"] in types
        assert (raw["activated_date"] is None) == (slug == "created")
        assert (days_left(raw, NOW) < 0) == (slug == "expired") or slug == "wasted"
        moments = [raw["created_date"], raw["activated_date"], raw["last_used"]]
        known = [datetime.fromisoformat(moment) for moment in moments if moment]
        assert known == sorted(known) and known[-1] <= NOW
        if raw["last_used"]:
            assert days_left(raw, datetime.fromisoformat(raw["last_used"])) > 0


def test_phones_have_several_memberships_and_some_are_found_in_two_locations(
    documented: Api,
) -> None:
    sold = documented.sandbox.memberships_of(SALON)
    phones = Counter(raw["phone"] for raw in sold)
    phone = min(phones)
    assert phone == "37120000001" and max(phones.values()) >= 4
    found: list[set[int]] = [
        {raw["id"] for raw in documented.read(BY_PHONE, company_id=location, phone=phone)}
        for location in (501, 502, 503, 504, 505, 601, 602)
    ]
    every, there = set().union(*found[:5]), found[5] | found[6]
    assert sorted(map(len, found[:5])) == [0, 0, 0, 2, 4]
    assert len(every) == 4
    assert there and not there & every


def test_second_chain_has_memberships_with_hostile_codes(documented: Api) -> None:
    sold = documented.sandbox.memberships_of(FITNESS)
    assert len(sold) == 6
    assert {"<b>2</b>", "\"т\" & 'у'"} <= {raw["number"] for raw in sold}
    assert {raw["type"]["salon_group_id"] for raw in sold} == {FITNESS}
    assert {raw["status"]["slug"] for raw in sold} == {"created", "active", "expired", "wasted"}


def test_client_reads_every_membership_whole(either: Api) -> None:
    transport = transport_of(either)
    sold = either.sandbox.memberships_of(SALON)
    read = list_by_ids(transport, SALON, [raw["id"] for raw in sold])
    assert [(one.id, one.code, one.unreadable) for one in read] == [
        (raw["id"], raw["number"], ()) for raw in sold
    ]
    found = find_in_chain(transport, SALON, dict.fromkeys(range(501, 506), str(sold[0]["phone"])))
    assert found.failures == {}
    assert {len(locations) for locations in found.location_ids.values()} == {1, 2}


# Transactions


def test_transactions_are_awkward_enough(documented: Api) -> None:
    documented.sandbox.reset(now=NOW)
    rows = documented.sandbox.transactions_of(SALON)
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


def test_second_chain_has_every_type_and_digits_that_binary_numbers_lose(documented: Api) -> None:
    rows = documented.sandbox.transactions_of(FITNESS)
    assert {row["type_id"] for row in rows} == set(range(1, 12))
    assert {row["company_id"] for row in rows} == {601, 602}
    assert {row["salon_group_id"] for row in rows} == {FITNESS}
    assert any("<img" in row["type"]["title"] for row in rows)
    assert Decimal("987654321098765.43") in {row["amount"] for row in rows}
    query = ALWAYS | {"count": 100}
    assert "987654321098765.43" in documented.call("GET", FITNESS_LIST, params=query).text


def test_every_transaction_refers_to_what_its_chain_has(documented: Api) -> None:
    for chain_id in ZONES:
        promotions = {raw["id"]: raw for raw in documented.sandbox.promotions_of(chain_id)}
        sold = {raw["id"]: raw for raw in documented.sandbox.memberships_of(chain_id)}
        seen = Counter[str]()
        visits: dict[int, tuple[Any, ...]] = {}
        for row in documented.sandbox.transactions_of(chain_id):
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
            if row["visit_id"]:  # of one place and one client
                about = (row["company_id"], row["phone"])
                assert visits.setdefault(row["visit_id"], about) == about
        assert set(seen) == set(REFERENCES)


def test_flags_follow_the_type_and_what_is_withdrawn_is_negative(documented: Api) -> None:
    for chain_id in ZONES:
        for row in documented.sandbox.transactions_of(chain_id):
            assert row["is_discount"] == (row["type_id"] == 1)
            assert row["is_loyalty_withdraw"] == (row["type_id"] in (3, 6, 7, 8, 9, 11))
            if row["amount"]:
                assert (row["amount"] < 0) == row["is_loyalty_withdraw"]


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 5, 10, 3, tzinfo=UTC),
        datetime(2026, 5, 10, 23, 30, tzinfo=UTC),
        datetime(2028, 3, 1, 6, 0, 30, tzinfo=UTC),
        None,
    ],
)
def test_transactions_are_of_the_last_90_days_and_none_is_of_the_future(
    documented: Api, now: datetime | None
) -> None:
    documented.sandbox.reset(now=now)
    for chain_id, name in ZONES.items():
        rows = documented.sandbox.transactions_of(chain_id)
        assert max(row["created"] for row in rows) <= documented.sandbox.state.now()
        zone = ZoneInfo(name)
        today = documented.sandbox.state.now().astimezone(zone).date()
        days = {(today - row["created"].astimezone(zone).date()).days for row in rows}
        assert max(days) == 89
        assert min(days) <= 1
        assert len(days) >= 89


def test_what_changes_before_the_first_reading_changes_no_transaction(documented: Api) -> None:
    documented.sandbox.reset(now=NOW)
    before = documented.sandbox.transactions_of(SALON)
    documented.sandbox.reset(now=NOW)
    documented.sandbox.set_now(NOON)
    for promotion in documented.sandbox.promotions_of(SALON):
        documented.sandbox.alter_promotion(SALON, promotion["id"], companies=[])
    documented.sandbox.put_membership(SALON, {"status": {"slug": "active"}})
    assert documented.sandbox.transactions_of(SALON) == before
