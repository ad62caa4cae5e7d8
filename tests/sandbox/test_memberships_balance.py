"""Setting what is left on a sold membership, as the stand-in does it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import MANICURE, PEDICURE, Api, covered
from tests.sandbox.memberships import (
    ACTIVE,
    FIVE_MANICURES,
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
    wrong,
)

FLOAT_BATH, HOT_STONES = 710503, 710404
BLOW_DRY, HAIRCUT = 710103, 710101


def row(service_id: Any, balance: Any) -> dict[str, Any]:
    return {"service_id": service_id, "balance": balance}


def set_pool(api: Api, membership_id: int, left: Any) -> Any:
    return act(api, membership_id, "set_balance", united_balance_services_count=left)


def set_rows(api: Api, membership_id: int, *rows: Any) -> Any:
    return act(api, membership_id, "set_balance", services_balance_count=[*rows])


def slug(api: Api, membership_id: int) -> str:
    return str(kept(api, membership_id)["status"]["slug"])


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
    assert set_pool(observed, make(observed, POOL, **ACTIVE), 7) is None
    assert set_rows(observed, make(observed, TWO_ROWS, **ACTIVE), row(FLOAT_BATH, 1)) is None


def test_a_pool_is_replaced_and_not_added_to(either: Api) -> None:
    membership_id = make(either, POOL, **ACTIVE)
    for left in (7, 25, 1):
        set_pool(either, membership_id, left)
        after = kept(either, membership_id)
        assert after["united_balance_services_count"] == left
        assert after["balance_string"] == f"Hair, Nails (x{left})"
        assert after["status"] == status("active")


def test_rows_that_are_not_listed_keep_theirs(either: Api) -> None:
    membership_id = make(either, TWO_ROWS, **ACTIVE)
    set_rows(either, membership_id, row(HOT_STONES, 9))
    assert covered(kept(either, membership_id)) == {FLOAT_BATH: 2, HOT_STONES: 9}
    assert shown(either, membership_id)["balance_string"] == "Float bath (x2), Hot stones (x9)"
    set_rows(either, membership_id, row(HOT_STONES, 0), row(FLOAT_BATH, 4))
    assert covered(kept(either, membership_id)) == {FLOAT_BATH: 4, HOT_STONES: 0}
    assert slug(either, membership_id) == "active"


def test_a_balance_of_one_does_not_change_another_nor_the_type(either: Api) -> None:
    first, second = make(either, TWO_ROWS, **ACTIVE), make(either, TWO_ROWS, **ACTIVE)
    set_rows(either, first, row(FLOAT_BATH, 0))
    assert covered(kept(either, second)) == {FLOAT_BATH: 2, HOT_STONES: 2}
    assert covered(kept(either, make(either, TWO_ROWS))) == {FLOAT_BATH: 2, HOT_STONES: 2}


def test_the_id_of_a_category_is_named_as_that_of_a_service(either: Api) -> None:
    membership_id = make(either, WHOLE_CATEGORY, **ACTIVE)
    set_rows(either, membership_id, row(7106, 3))
    assert covered(kept(either, membership_id)) == {7106: 3}


def test_no_visits_at_all_are_used_up_and_some_are_active_again(either: Api) -> None:
    pool = make(either, POOL, **ACTIVE)
    rows = make(either, TWO_ROWS, **ACTIVE)
    set_pool(either, pool, 0)
    set_rows(either, rows, row(FLOAT_BATH, 0), row(HOT_STONES, 0))
    assert shown(either, pool)["status"]["slug"] == slug(either, rows) == "wasted"
    set_pool(either, pool, 1)
    set_rows(either, rows, row(FLOAT_BATH, 1))
    assert slug(either, pool) == slug(either, rows) == "active"


def test_one_that_was_never_activated_is_issued_again(either: Api) -> None:
    membership_id = make(either, POOL)
    set_pool(either, membership_id, 0)
    set_pool(either, membership_id, 3)
    assert slug(either, membership_id) == "created"


def test_visits_do_not_bring_back_what_is_over(either: Api) -> None:
    membership_id = make(either, POOL, **ACTIVE | {"status": status("expired")})
    set_pool(either, membership_id, 3)
    assert slug(either, membership_id) == "expired"


def test_an_unlimited_balance_cannot_be_changed(either: Api) -> None:
    said = (400, "An unlimited balance cannot be changed")
    pool = make(either, UNLIMITED_POOL, **ACTIVE)
    assert refused(either, pool, "set_balance", united_balance_services_count=5) == said
    membership_id = make(either, UNLIMITED_ROW, **ACTIVE)
    rows = [row(HAIRCUT, 1), row(BLOW_DRY, 5)]
    assert refused(either, membership_id, "set_balance", services_balance_count=rows) == said
    set_rows(either, membership_id, row(HAIRCUT, 0))
    assert covered(kept(either, membership_id)) == {BLOW_DRY: None, HAIRCUT: 0}
    # What has no limit is never used up.
    assert slug(either, membership_id) == "active"


@pytest.mark.parametrize("left", [-1, None, "5", 1.5, True, [], {}, 2**31])
def test_a_pool_is_a_whole_number_from_0(either: Api, left: Any) -> None:
    membership_id = make(either, POOL, **ACTIVE)
    body = {"united_balance_services_count": left}
    assert wrong(either, membership_id, "set_balance", **body) == set(body)


@pytest.mark.parametrize("left", [-1, None, "5", 1.5, True, [], {}, 2**31])
def test_a_balance_of_a_row_is_a_whole_number_from_0(either: Api, left: Any) -> None:
    membership_id = make(either, FIVE_MANICURES, **ACTIVE)
    body = {"services_balance_count": [row(MANICURE, left)]}
    names = wrong(either, membership_id, "set_balance", **body)
    assert names == {"services_balance_count.0.balance"}


@pytest.mark.parametrize("service_id", [PEDICURE, 7102, None, str(MANICURE), [], {}, True])
def test_a_row_names_what_the_membership_covers(either: Api, service_id: Any) -> None:
    membership_id = make(either, FIVE_MANICURES, **ACTIVE)
    body = {"services_balance_count": [row(MANICURE, 1), row(service_id, 1)]}
    names = wrong(either, membership_id, "set_balance", **body)
    assert names == {"services_balance_count.1.service_id"}


@pytest.mark.parametrize("rows", [None, [], {}, "5", [None], [5], {str(MANICURE): 5}])
def test_rows_are_a_list_of_at_least_one(either: Api, rows: Any) -> None:
    membership_id = make(either, FIVE_MANICURES, **ACTIVE)
    names = wrong(either, membership_id, "set_balance", services_balance_count=rows)
    assert names == {"services_balance_count"}


def test_a_pool_and_rows_each_take_their_own_form(either: Api) -> None:
    pool, rows = make(either, POOL, **ACTIVE), make(either, FIVE_MANICURES, **ACTIVE)
    by_row = {"services_balance_count": [row(MANICURE, 1)]}
    by_pool = {"united_balance_services_count": 1}
    assert wrong(either, pool, "set_balance", **by_row) == set(by_pool)
    assert wrong(either, rows, "set_balance", **by_pool) == set(by_row)
