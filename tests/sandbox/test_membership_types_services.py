"""Which form of the covered services each chain of each profile reads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import (
    FITNESS,
    FITNESS_TYPES,
    MANICURE,
    NAILS,
    PEDICURE,
    SALON,
    TYPES,
    YOGA,
    Api,
    body_of,
    covered,
)

PLACES = [(SALON, TYPES, MANICURE), (FITNESS, FITNESS_TYPES, YOGA)]


def link(service: int, count: int = 0, *, unlimited: bool = False) -> dict[str, Any]:
    return {
        "service_id": service,
        "service_category_id": None,
        "is_unlimited": unlimited,
        "count": count,
    }


def made_with(api: Api, chain_id: int, path: str, **fields: Any) -> dict[int, int | None]:
    answer = api.call("POST", path, body_of(chain_id, **fields))
    assert answer.status_code == 201, answer.text
    return covered(api.sandbox.type_of(chain_id, int(answer.json()["data"]["id"])))


@pytest.mark.parametrize(("chain_id", "path", "service"), PLACES)
def test_documented_chains_read_both_forms(
    documented: Api, chain_id: int, path: str, service: int
) -> None:
    maps = made_with(documented, chain_id, path, services={str(service): 4})
    assert maps == {service: 4}
    links = made_with(
        documented, chain_id, path, services=None, service_links=[link(service, unlimited=True)]
    )
    assert links == {service: None}


def test_observed_first_chain_reads_only_maps(observed: Api) -> None:
    links = [link(MANICURE, 4)]
    assert made_with(observed, SALON, TYPES, services={}, service_links=links) == {}
    services = {str(PEDICURE): 3}
    assert made_with(observed, SALON, TYPES, services=services, service_links=links) == {
        PEDICURE: 3
    }


def test_observed_second_chain_reads_only_links(observed: Api) -> None:
    assert made_with(observed, FITNESS, FITNESS_TYPES, services={str(YOGA): 4}) == {}
    assert made_with(observed, FITNESS, FITNESS_TYPES, service_links=[link(YOGA, 2)]) == {YOGA: 2}


def test_the_form_that_is_not_read_clears_the_rows_on_put(observed: Api) -> None:
    assert covered(observed.sandbox.type_of(FITNESS, 5003))
    assert observed.call("PUT", f"{FITNESS_TYPES}/5003", body_of(FITNESS)).status_code == 200
    assert covered(observed.sandbox.type_of(FITNESS, 5003)) == {}


def test_services_and_categories_mix(either: Api) -> None:
    made = either.make(services={str(MANICURE): 5}, service_categories={str(NAILS): 2})
    assert covered(made) == {MANICURE: 5, NAILS: 2}
    service, category = made["balance_container"]["links"]
    assert service["service"] == {
        "id": MANICURE,
        "title": "Manicure",
        "category_id": NAILS,
        "is_category": False,
    }
    assert category["category"]["is_category"] is True
    assert category["category"]["title"] == "Nails"


def test_rows_of_a_pool_have_no_visits_of_their_own(either: Api) -> None:
    made = either.make(is_united_balance=True, united_balance_services_count=9)
    assert covered(made) == {MANICURE: 0}
    assert made["united_balance_services_count"] == 9


def test_documented_put_keeps_rows_for_an_empty_list(documented: Api) -> None:
    made = documented.make(services={str(MANICURE): 5}, service_categories={str(NAILS): 2})
    path = f"{TYPES}/{made['id']}"
    body = body_of(services=[], service_categories=[])
    assert documented.call("PUT", path, body).status_code == 200
    assert covered(documented.sandbox.type_of(SALON, made["id"])) == {MANICURE: 5, NAILS: 2}
    body = body_of(services={str(PEDICURE): 1}, service_categories=[])
    assert documented.call("PUT", path, body).status_code == 200
    assert covered(documented.sandbox.type_of(SALON, made["id"])) == {PEDICURE: 1, NAILS: 2}


def test_observed_put_refuses_an_empty_list(observed: Api) -> None:
    body = body_of(services=[], service_categories=[])
    assert observed.errors("PUT", f"{TYPES}/11003", body) == {"services", "service_categories"}
