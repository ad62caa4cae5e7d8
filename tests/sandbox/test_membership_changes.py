"""Sold memberships at the stand-in, changed: freezing, balance, validity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.sandbox.api import FITNESS, MANICURE, PEDICURE, SALON, Api, covered
from tests.sandbox.memberships import (
    ACTIVE,
    FIRST,
    FIVE_MANICURES,
    FREEZES_FOR_EVER,
    FROZEN,
    LIST,
    MONTH_OF_FREEZING,
    NO_FREEZING,
    POOL,
    TWO_ROWS,
    UNLIMITED_POOL,
    UNLIMITED_ROW,
    WHOLE_CATEGORY,
    act,
    kept,
    make,
    refused,
    shown,
    status,
)

ACTIONS = ("freeze", "unfreeze", "set_period", "set_balance")
IN_A_WEEK = "2026-05-17T12:00:00+00:00"  # seven days after `NOW` to the second
FLOAT_BATH, HOT_STONES = 710503, 710404
BLOW_DRY, HAIRCUT = 710103, 710101
DAY, WEEK, MONTH, YEAR = 1, 2, 3, 4
NO_NUMBERS: list[Any] = [-1, None, "5", 1.5, True, [], {}, 2**31]


def slug(api: Api, membership_id: int) -> str:
    return str(kept(api, membership_id)["status"]["slug"])


def unlike(
    api: Api, membership_id: int, action: str, bodies: list[dict[str, Any]], names: set[str]
) -> dict[str, Any]:
    """What came of those bodies that were not refused with 422 and these names. Asserts that none
    of them changed anything."""
    before = kept(api, membership_id)
    outcomes = {
        repr(body): api.outcome("POST", f"{LIST}/{membership_id}/{action}", body) for body in bodies
    }
    assert kept(api, membership_id) == before
    return {body: outcome for body, outcome in outcomes.items() if outcome != (422, names)}


# Freezing


def test_freezing_answers_five_fields(documented: Api, observed: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    answer = act(documented, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert answer == {
        "id": membership_id,
        "number": f"{membership_id:010}",
        "is_frozen": True,
        "freeze_period": 7,
        "freeze_till": IN_A_WEEK,
    }
    mixed = act(observed, make(observed, **ACTIVE), "freeze", freeze_till=IN_A_WEEK)
    assert set(mixed) == set(answer)
    assert mixed["id"] == str(membership_id)
    assert str(mixed["freeze_period"]) == "7" and mixed["is_frozen"] in (True, 1, "1")


def test_freezing_moves_the_expiration_by_the_frozen_days(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    act(documented, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert shown(documented, membership_id)["expiration_date"] == "2026-11-08T10:00:00+02:00"
    after = kept(documented, membership_id)
    assert (after["is_frozen"], after["freeze_period"]) == (True, 7)
    assert after["status"] == status("active")


def test_days_over_a_change_of_the_clocks_keep_the_time_of_the_day(documented: Api) -> None:
    ends = {"expiration_date": "2026-10-23T10:00:00+03:00"}
    membership_id = make(documented, **ACTIVE | ends)
    act(documented, membership_id, "freeze", freeze_till=IN_A_WEEK)
    assert kept(documented, membership_id)["expiration_date"] == "2026-10-30T10:00:00+02:00"


def test_begun_day_of_freezing_is_a_whole_one(documented: Api) -> None:
    for till, days in (
        ("2026-05-10T12:00:01+00:00", 1),
        ("2026-05-11T12:00:00+00:00", 1),
        ("2026-05-11T12:00:01+00:00", 2),
        ("2026-05-12T15:00:00+03:00", 2),
    ):
        membership_id = make(documented, **ACTIVE)
        act(documented, membership_id, "freeze", freeze_till=till)
        assert kept(documented, membership_id)["freeze_period"] == days, till


def test_freezing_without_an_expiration_leaves_it_none(documented: Api) -> None:
    for fields in ({}, ACTIVE | {"expiration_date": None}):
        membership_id = make(documented, **fields)
        act(documented, membership_id, "freeze", freeze_till=IN_A_WEEK)
        after = kept(documented, membership_id)
        assert (after["expiration_date"], after["freeze_period"]) == (None, 7)


def test_what_cannot_be_frozen(documented: Api) -> None:
    cannot = (400, "Subscription cannot be frozen")
    for type_id, fields, said in (
        (NO_FREEZING, ACTIVE, cannot),
        (FIVE_MANICURES, ACTIVE | {"status": status("expired")}, cannot),
        (FIVE_MANICURES, ACTIVE | {"status": status("wasted")}, cannot),
        (FIVE_MANICURES, ACTIVE | FROZEN, (400, "Subscription is already frozen")),
    ):
        membership_id = make(documented, type_id, **fields)
        assert refused(documented, membership_id, "freeze", freeze_till=IN_A_WEEK) == said


def test_freezing_ends_at_an_instant_in_the_future(documented: Api) -> None:
    odd: list[Any] = [
        None,
        "",
        7,
        True,
        [],
        "tomorrow",
        "2026-05-17",
        "2026-05-17T12:00:00",
        "2026-05-10T12:00:00+00:00",
        "2026-05-10T14:59:59+03:00",
        "2020-01-01T00:00:00Z",
    ]
    bodies = [{}, *({"freeze_till": till} for till in odd)]
    membership_id = make(documented, **ACTIVE)
    assert unlike(documented, membership_id, "freeze", bodies, {"freeze_till"}) == {}


def test_all_freezings_together_stay_within_the_limit(documented: Api) -> None:
    beyond = (422, "Freeze period exceeds limit")
    membership_id = make(documented, **ACTIVE, freeze_period=8)
    too_long = "2026-05-16T12:00:01+00:00"
    assert refused(documented, membership_id, "freeze", freeze_till=too_long) == beyond
    act(documented, membership_id, "freeze", freeze_till="2026-05-16T12:00:00+00:00")
    assert kept(documented, membership_id)["freeze_period"] == 14
    act(documented, membership_id, "unfreeze")
    second = "2026-05-10T12:00:01+00:00"
    assert refused(documented, membership_id, "freeze", freeze_till=second) == beyond


def test_limit_is_in_days_weeks_months_of_30_or_years_of_365(documented: Api) -> None:
    for limit, unit, last, beyond in (
        (3, DAY, "2026-05-13", "2026-05-14"),
        (2, WEEK, "2026-05-24", "2026-05-25"),
        (2, MONTH, "2026-07-09", "2026-07-10"),
        (1, YEAR, "2027-05-10", "2027-05-11"),
    ):
        membership_id = make(documented, MONTH_OF_FREEZING, **ACTIVE)
        of_type = kept(documented, membership_id)["type"]
        changed = of_type | {"freeze_limit": limit, "freeze_limit_unit_id": unit}
        documented.sandbox.alter_membership(SALON, membership_id, type=changed)
        said = refused(documented, membership_id, "freeze", freeze_till=f"{beyond}T12:00:00Z")
        assert said == (422, "Freeze period exceeds limit"), unit
        act(documented, membership_id, "freeze", freeze_till=f"{last}T12:00:00Z")


def test_limit_of_0_is_none_but_no_freezing_leaves_the_calendar(documented: Api) -> None:
    membership_id = make(documented, FREEZES_FOR_EVER, **ACTIVE, freeze_period=5000)
    last = "9999-12-31T23:59:59-12:00"
    said = refused(documented, membership_id, "freeze", freeze_till=last)
    assert said == (422, "Freeze period exceeds limit")
    act(documented, membership_id, "freeze", freeze_till="2066-05-10T12:00:00+00:00")
    assert kept(documented, membership_id)["freeze_period"] == 5000 + 14_610


def test_unfreezing_leaves_the_expiration_moved(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    act(documented, membership_id, "freeze", freeze_till=IN_A_WEEK)
    act(documented, membership_id, "unfreeze")
    after = kept(documented, membership_id)
    assert (after["is_frozen"], after["freeze_period"], after["freeze_till"]) == (False, 7, None)
    assert after["expiration_date"] == "2026-11-08T10:00:00+02:00"


def test_unfreezing_answers_four_fields(documented: Api, observed: Api) -> None:
    membership_id = make(documented, **ACTIVE | FROZEN)
    answer = act(documented, membership_id, "unfreeze")
    assert answer == {
        "id": membership_id,
        "number": f"{membership_id:010}",
        "is_frozen": False,
        "freeze_period": 3,
    }
    assert set(act(observed, make(observed, **ACTIVE | FROZEN), "unfreeze")) == set(answer)


def test_only_a_frozen_one_can_be_unfrozen(documented: Api) -> None:
    for fields in ({}, ACTIVE):
        said = refused(documented, make(documented, **fields), "unfreeze")
        assert said == (400, "Subscription is not frozen")


# Balance


def row(service_id: Any, balance: Any) -> dict[str, Any]:
    return {"service_id": service_id, "balance": balance}


def set_pool(api: Api, membership_id: int, left: Any) -> Any:
    return act(api, membership_id, "set_balance", united_balance_services_count=left)


def set_rows(api: Api, membership_id: int, *rows: Any) -> Any:
    return act(api, membership_id, "set_balance", services_balance_count=[*rows])


def test_setting_a_balance_answers_it_as_documented_and_nothing_as_observed(
    documented: Api, observed: Api
) -> None:
    membership_id = make(documented, POOL, **ACTIVE)
    assert set_pool(documented, membership_id, 7) == {
        "id": membership_id,
        "united_balance_services_count": 7,
        "balance_container": shown(documented, membership_id)["balance_container"],
    }
    membership_id = make(documented, TWO_ROWS, **ACTIVE)
    answered = set_rows(documented, membership_id, row(FLOAT_BATH, 1))
    assert covered(answered) == {FLOAT_BATH: 1, HOT_STONES: 2}
    pool, rows = make(observed, POOL, **ACTIVE), make(observed, TWO_ROWS, **ACTIVE)
    assert set_pool(observed, pool, 7) is None
    assert kept(observed, pool)["united_balance_services_count"] == 7
    assert set_rows(observed, rows, row(FLOAT_BATH, 1)) is None
    assert covered(kept(observed, rows)) == {FLOAT_BATH: 1, HOT_STONES: 2}


def test_pool_is_replaced_and_not_added_to(documented: Api) -> None:
    membership_id = make(documented, POOL, **ACTIVE)
    for left in (7, 25, 1):
        set_pool(documented, membership_id, left)
        after = kept(documented, membership_id)
        assert after["united_balance_services_count"] == left
        assert after["balance_string"] == f"Hair, Nails (x{left})"
        assert after["status"] == status("active")


def test_rows_that_are_not_listed_keep_theirs(documented: Api) -> None:
    membership_id = make(documented, TWO_ROWS, **ACTIVE)
    set_rows(documented, membership_id, row(HOT_STONES, 9))
    assert covered(kept(documented, membership_id)) == {FLOAT_BATH: 2, HOT_STONES: 9}
    said = shown(documented, membership_id)["balance_string"]
    assert said == "Float bath (x2), Hot stones (x9)"
    set_rows(documented, membership_id, row(HOT_STONES, 0), row(FLOAT_BATH, 4))
    assert covered(kept(documented, membership_id)) == {FLOAT_BATH: 4, HOT_STONES: 0}
    assert slug(documented, membership_id) == "active"


def test_balance_of_one_changes_neither_another_nor_the_type(documented: Api) -> None:
    first, second = make(documented, TWO_ROWS, **ACTIVE), make(documented, TWO_ROWS, **ACTIVE)
    set_rows(documented, first, row(FLOAT_BATH, 0))
    assert covered(kept(documented, second)) == {FLOAT_BATH: 2, HOT_STONES: 2}
    third = make(documented, TWO_ROWS)
    assert covered(kept(documented, third)) == {FLOAT_BATH: 2, HOT_STONES: 2}


def test_id_of_a_category_is_named_as_that_of_a_service(documented: Api) -> None:
    membership_id = make(documented, WHOLE_CATEGORY, **ACTIVE)
    set_rows(documented, membership_id, row(7106, 3))
    assert covered(kept(documented, membership_id)) == {7106: 3}


def test_no_visits_at_all_are_used_up_and_some_are_active_again(documented: Api) -> None:
    pool = make(documented, POOL, **ACTIVE)
    rows = make(documented, TWO_ROWS, **ACTIVE)
    set_pool(documented, pool, 0)
    set_rows(documented, rows, row(FLOAT_BATH, 0), row(HOT_STONES, 0))
    assert shown(documented, pool)["status"]["slug"] == slug(documented, rows) == "wasted"
    set_pool(documented, pool, 1)
    set_rows(documented, rows, row(FLOAT_BATH, 1))
    assert slug(documented, pool) == slug(documented, rows) == "active"
    never_activated = make(documented, POOL)
    set_pool(documented, never_activated, 0)
    set_pool(documented, never_activated, 3)
    assert slug(documented, never_activated) == "created"


def test_visits_do_not_bring_back_what_is_over(documented: Api) -> None:
    membership_id = make(documented, POOL, **ACTIVE | {"status": status("expired")})
    set_pool(documented, membership_id, 3)
    assert slug(documented, membership_id) == "expired"


def test_unlimited_balance_cannot_be_changed(documented: Api) -> None:
    said = (400, "An unlimited balance cannot be changed")
    pool = make(documented, UNLIMITED_POOL, **ACTIVE)
    assert refused(documented, pool, "set_balance", united_balance_services_count=5) == said
    membership_id = make(documented, UNLIMITED_ROW, **ACTIVE)
    rows = [row(HAIRCUT, 1), row(BLOW_DRY, 5)]
    assert refused(documented, membership_id, "set_balance", services_balance_count=rows) == said
    set_rows(documented, membership_id, row(HAIRCUT, 0))
    assert covered(kept(documented, membership_id)) == {BLOW_DRY: None, HAIRCUT: 0}
    # What has no limit is never used up.
    assert slug(documented, membership_id) == "active"


def test_wrong_balance_is_422_and_named(documented: Api) -> None:
    pool, rows = make(documented, POOL, **ACTIVE), make(documented, FIVE_MANICURES, **ACTIVE)
    of_pool = "united_balance_services_count"
    of_rows = "services_balance_count"
    manicures = row(MANICURE, 1)
    others: list[Any] = [PEDICURE, 7102, None, str(MANICURE), [], {}, True]
    no_rows: list[Any] = [None, [], {}, "5", [None], [5], {str(MANICURE): 5}]
    for membership_id, values, name in (
        (pool, [{of_pool: left} for left in NO_NUMBERS], of_pool),
        (pool, [{}, {of_rows: [manicures]}], of_pool),
        (rows, [{of_rows: given} for given in no_rows], of_rows),
        (rows, [{}, {of_pool: 1}], of_rows),
        (
            rows,
            [{of_rows: [row(MANICURE, left)]} for left in NO_NUMBERS],
            f"{of_rows}.0.balance",
        ),
        (
            rows,
            [{of_rows: [manicures, row(service, 1)]} for service in others],
            f"{of_rows}.1.service_id",
        ),
    ):
        assert unlike(documented, membership_id, "set_balance", values, {name}) == {}


# Validity


def set_period(api: Api, membership_id: int, period: int, unit: int) -> Any:
    return act(api, membership_id, "set_period", period=period, period_unit_id=unit)


def test_setting_a_validity_answers_four_fields(documented: Api, observed: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    answer = set_period(documented, membership_id, 3, MONTH)
    assert answer == {
        "id": membership_id,
        "period": 3,
        "period_unit_id": MONTH,
        "expiration_date": "2026-08-01T10:00:00+03:00",
    }
    mixed = set_period(observed, make(observed, **ACTIVE), 3, MONTH)
    assert {name: str(value) for name, value in mixed.items()} == {
        name: str(value) for name, value in answer.items()
    }
    assert mixed["id"] == str(membership_id)


def test_validity_counts_from_the_activation(documented: Api) -> None:
    for activated, period, unit, expires in (
        ("2026-05-01T10:00:00+03:00", 10, DAY, "2026-05-11T10:00:00+03:00"),
        ("2026-05-01T10:00:00+03:00", 2, WEEK, "2026-05-15T10:00:00+03:00"),
        ("2026-01-31T10:00:00+02:00", 13, MONTH, "2027-02-28T10:00:00+02:00"),
        ("2026-05-01T10:00:00+03:00", 7, MONTH, "2026-12-01T10:00:00+02:00"),
        ("2024-02-29T10:00:00+02:00", 3, YEAR, "2027-02-28T10:00:00+02:00"),
        ("2025-12-31T22:30:00+00:00", 1, YEAR, "2027-01-01T00:30:00+02:00"),
    ):
        membership_id = make(documented, **ACTIVE | {"activated_date": activated})
        set_period(documented, membership_id, period, unit)
        assert shown(documented, membership_id)["expiration_date"] == expires
        after = kept(documented, membership_id)
        assert (after["period"], after["period_unit_id"]) == (period, unit)


def test_frozen_days_are_added(documented: Api) -> None:
    for fields in (FROZEN, {"freeze_period": 3}):
        membership_id = make(documented, **ACTIVE | fields)
        set_period(documented, membership_id, 2, WEEK)
        assert kept(documented, membership_id)["expiration_date"] == "2026-05-18T10:00:00+03:00"


def test_same_validity_again_leaves_the_expiration(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    act(documented, membership_id, "freeze", freeze_till="2026-05-15T12:00:00Z")
    before = kept(documented, membership_id)
    set_period(documented, membership_id, before["period"], before["period_unit_id"])
    assert kept(documented, membership_id) == before


def test_one_that_is_not_activated_keeps_no_expiration(documented: Api) -> None:
    membership_id = make(documented)
    set_period(documented, membership_id, 2, YEAR)
    after = kept(documented, membership_id)
    assert (after["period"], after["period_unit_id"]) == (2, YEAR)
    assert (after["expiration_date"], after["status"]) == (None, status("created"))


def test_validity_does_not_end_before_the_last_use(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE, last_used="2026-05-08T10:00:00+03:00")
    said = refused(documented, membership_id, "set_period", period=6, period_unit_id=DAY)
    assert said == (400, "The new date is before the last use")
    set_period(documented, membership_id, 7, DAY)
    assert kept(documented, membership_id)["expiration_date"] == "2026-05-08T10:00:00+03:00"


def test_date_in_the_past_expires_and_one_in_the_future_is_active_again(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    set_period(documented, membership_id, 9, DAY)  # two hours ago
    assert slug(documented, membership_id) == "expired"
    set_period(documented, membership_id, 10, DAY)
    assert slug(documented, membership_id) == "active"


def test_longer_validity_brings_no_visits(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE | {"status": status("wasted")})
    for period in (1, 3):
        set_period(documented, membership_id, period, WEEK)
        assert slug(documented, membership_id) == "wasted"


def test_wrong_validity_is_422_and_named(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    periods: list[Any] = [0, *NO_NUMBERS]
    units: list[Any] = [0, 5, -1, None, "3", "month", True, []]
    endless = [(8000, YEAR), (2**31 - 1, DAY), (2**31 - 1, YEAR)]
    cases: list[tuple[list[dict[str, Any]], set[str]]] = [
        ([{"period": period, "period_unit_id": MONTH} for period in periods], {"period"}),
        ([{"period": 3, "period_unit_id": unit} for unit in units], {"period_unit_id"}),
        ([{"period": period, "period_unit_id": unit} for period, unit in endless], {"period"}),
        ([{}], {"period", "period_unit_id"}),
    ]
    for bodies, names in cases:
        assert unlike(documented, membership_id, "set_period", bodies, names) == {}


# Rights and addresses of every change


def test_change_of_an_unknown_membership_is_404(documented: Api) -> None:
    for action in ACTIONS:
        for path in (f"{LIST}/5/{action}", f"/chain/9999/loyalty/abonements/{FIRST}/{action}"):
            assert documented.call("POST", path, {}).status_code == 404
        assert documented.call("GET", f"{LIST}/{FIRST}/{action}").status_code == 405
    assert documented.call("GET", f"{LIST}/{FIRST}").status_code == 404


def test_change_without_its_right_is_403(documented: Api, assistant: Api) -> None:
    membership_id = make(assistant, **ACTIVE | FROZEN)
    for action in ACTIONS:
        # The assistant reads this chain, and the director the second one; neither may change it.
        assert refused(assistant, membership_id, action)[0] == 403
        path = f"/chain/{FITNESS}/loyalty/abonements/{FIRST}/{action}"
        assert documented.call("POST", path, {}).status_code == 403


def test_each_change_needs_its_own_right(documented: Api) -> None:
    membership_id = make(documented, **ACTIVE)
    state = documented.sandbox.state
    people = state.people
    for right, actions in (
        ("loyalty_abonement_period_edit_access", {"freeze", "unfreeze", "set_period"}),
        ("loyalty_abonement_balance_edit_access", {"set_balance"}),
    ):
        state.people = [
            replace(one, access={SALON: one.access[SALON] | {right: 0}}) for one in people
        ]
        codes = {action: refused(documented, membership_id, action)[0] for action in ACTIONS}
        assert {action for action, code in codes.items() if code == 403} == actions
