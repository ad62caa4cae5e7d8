from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from loyalty_admin.sandbox.server import PortTaken, Sandbox
from tests.conftest import PASSWORD
from tests.sandbox.api import CERTIFICATES, FITNESS, SALON, TYPES, Api, body_of


def control(api: Api, method: str, name: str, body: Any = None) -> requests.Response:
    """Without any sign-in."""
    root = api.sandbox.api_url.removesuffix("/api/v1")
    return api.session.request(method, f"{root}/_sandbox/{name}", json=body, timeout=10)


def test_calls_tell_everything_but_secrets(either: Api) -> None:
    either.call("GET", TYPES, params={"limit": 2, "include[]": ["a", "b"]})
    either.call("POST", TYPES, body_of(title=""))
    calls = control(either, "GET", "calls").json()
    assert calls == either.sandbox.calls()
    assert calls[0]["path"] == "/auth"
    assert calls[0]["body"] == {"login": Sandbox.director, "password": "***"}
    assert calls[1] == {
        "method": "GET",
        "path": TYPES,
        "query": {"limit": ["2"], "include[]": ["a", "b"]},
        "body": None,
        "status": 200,
        "applied": True,
    }
    assert calls[2]["body"] == body_of(title="")
    assert (calls[2]["status"], calls[2]["applied"]) == (422, False)
    assert len(calls) == 3
    text = json.dumps(calls)
    token = either.headers["Authorization"].rsplit(" ", 1)[1]
    assert PASSWORD not in text and token not in text
    assert either.sandbox.partner_token not in text


def test_a_fault_is_added_and_cleared(either: Api) -> None:
    assert control(either, "PUT", "faults", {"kind": "status", "times": None}).status_code == 204
    assert either.call("GET", "/groups").status_code == 500
    assert control(either, "DELETE", "faults").status_code == 204
    assert either.call("GET", "/groups").status_code == 200


@pytest.mark.parametrize("body", [{"kind": "nonsense"}, {"when": "now"}, []])
def test_a_wrong_fault_is_refused_with_a_reason(either: Api, body: Any) -> None:
    answer = control(either, "PUT", "faults", body)
    assert answer.status_code == 400
    assert answer.text
    assert either.call("GET", "/groups").status_code == 200


def test_a_reset_brings_back_the_start(either: Api) -> None:
    before = either.sandbox.types_of(SALON)
    either.make()
    either.call("DELETE", f"{TYPES}/11003")
    either.sandbox.fault(kind="status", times=None)
    assert control(either, "POST", "reset").status_code == 204
    assert either.sandbox.types_of(SALON) == before
    assert either.sandbox.calls() == []
    assert either.call("GET", "/groups").status_code == 200


def test_a_reset_may_change_the_number_of_types(either: Api) -> None:
    assert control(either, "POST", "reset", {"types": 3}).status_code == 204
    assert len(either.sandbox.types_of(SALON)) == 3
    assert control(either, "POST", "reset", {"types": "many"}).status_code == 400
    assert control(either, "POST", "reset", {"chains": 3}).status_code == 400


def test_a_reset_may_change_the_number_of_gift_card_types(either: Api) -> None:
    assert control(either, "POST", "reset", {"gift_card_types": 3}).status_code == 204
    assert len(either.sandbox.certificate_types_of(SALON)) == 3
    assert len(either.sandbox.types_of(SALON)) == 30
    body = {"types": 2, "gift_card_types": 1}
    assert control(either, "POST", "reset", body).status_code == 204
    assert len(either.sandbox.certificate_types_of(SALON)) == 1
    assert len(either.sandbox.types_of(SALON)) == 2
    assert control(either, "POST", "reset", {"gift_card_types": "many"}).status_code == 400
    assert len(either.sandbox.certificate_types_of(SALON)) == 1
    assert control(either, "POST", "reset").status_code == 204
    assert len(either.sandbox.certificate_types_of(SALON)) == 24


def test_a_reset_may_change_the_number_of_promotions(either: Api) -> None:
    assert control(either, "POST", "reset", {"promotions": 3}).status_code == 204
    assert len(either.sandbox.promotions_of(SALON)) == 3
    assert len(either.sandbox.types_of(SALON)) == 30
    assert control(either, "POST", "reset", {"promotions": 0, "types": 2}).status_code == 204
    assert either.sandbox.promotions_of(SALON) == []
    assert len(either.sandbox.types_of(SALON)) == 2
    assert control(either, "POST", "reset", {"promotions": "many"}).status_code == 400
    assert control(either, "POST", "reset").status_code == 204
    assert len(either.sandbox.promotions_of(SALON)) == 18


def test_a_reset_brings_back_gift_card_types(either: Api) -> None:
    before = either.sandbox.certificate_types_of(SALON)
    either.make_certificate_type()
    either.call("DELETE", f"{CERTIFICATES}/31003")
    assert control(either, "POST", "reset").status_code == 204
    assert either.sandbox.certificate_types_of(SALON) == before


def test_unknown_controls_are_404(either: Api) -> None:
    assert control(either, "GET", "secrets").status_code == 404
    assert control(either, "GET", "reset").status_code == 404
    root = either.sandbox.api_url.removesuffix("/api/v1")
    assert either.session.get(root + "/", timeout=10).status_code == 404


def test_put_type_makes_a_type_of_what_is_given(either: Api) -> None:
    made = either.sandbox.put_type(FITNESS, {"title": "Theirs", "attached_salon_ids": [601]})
    assert made["attached_location_ids"] == [601]
    assert made["cost"] == 0
    assert either.sandbox.type_of(FITNESS, made["id"]) == made
    given = either.sandbox.put_type(SALON, {"id": 40_000, "title": "Numbered"})
    assert given["id"] == 40_000
    assert either.make()["id"] > 40_000


def test_put_type_replaces_a_type_so_that_missing_keys_are_missing(either: Api) -> None:
    raw = either.sandbox.type_of(SALON, 11001)
    del raw["availability"]
    either.sandbox.put_type(SALON, raw | {"balance_container": None})
    read = either.read(f"{TYPES}/11001")
    assert "availability" not in read
    assert read["balance_container"] is None
    assert either.call("GET", TYPES).status_code == 200


def test_alter_type_changes_some_fields(documented: Api) -> None:
    documented.sandbox.alter_type(SALON, 11003, cost=5, attached_location_ids=[505])
    read = documented.read(f"{TYPES}/11003")
    assert (read["cost"], read["chain_price_min"]) == (5, 5)
    assert read["attached_salon_ids"] == [505]
    assert read["title"] == "Массаж спины, 10 визитов"


def test_what_the_helpers_give_is_a_copy(either: Api) -> None:
    either.sandbox.types_of(SALON)[0]["attached_salon_ids"].append(1)
    either.sandbox.calls()[0]["path"] = "/changed"
    assert either.sandbox.type_of(SALON, 11001)["attached_salon_ids"] == [501]
    assert either.sandbox.calls()[0]["path"] == "/auth"


def test_selling_raises_the_sold_count(documented: Api) -> None:
    documented.sandbox.sell(SALON, 11003, 4)
    assert documented.read(f"{TYPES}/11003")["abonements_count"] == 4


def test_put_certificate_type_makes_a_type_of_what_is_given(either: Api) -> None:
    made = either.sandbox.put_certificate_type(FITNESS, {"title": "Theirs", "balance": 5})
    assert (made["title"], made["balance"], made["company_group_id"]) == ("Theirs", 5, FITNESS)
    assert made["item_type"]["id"] == 0
    assert either.sandbox.certificate_type_of(FITNESS, made["id"]) == made
    given = either.sandbox.put_certificate_type(SALON, {"id": 40_000, "title": "Numbered"})
    assert given["id"] == 40_000
    assert either.make_certificate_type()["id"] > 40_000


def test_put_certificate_type_replaces_a_type_so_that_missing_keys_are_missing(
    either: Api,
) -> None:
    raw = either.sandbox.certificate_type_of(SALON, 31003)
    del raw["salon_ids"]
    either.sandbox.put_certificate_type(SALON, raw | {"item_type": None})
    read = either.read(f"{CERTIFICATES}/31003")
    assert "salon_ids" not in read
    assert read["item_type"] is None
    assert either.call("GET", CERTIFICATES).status_code == 200


def test_alter_certificate_type_changes_some_fields(documented: Api) -> None:
    before = documented.read(f"{CERTIFICATES}/31003")
    documented.sandbox.alter_certificate_type(SALON, 31003, balance=5, is_archived=True)
    assert documented.read(f"{CERTIFICATES}/31003") == before | {"balance": 5, "is_archived": True}


def test_what_the_certificate_helpers_give_is_a_copy(either: Api) -> None:
    before = either.sandbox.certificate_types_of(SALON)
    either.sandbox.certificate_types_of(SALON)[0]["salon_ids"].append(1)
    either.sandbox.certificate_type_of(SALON, 31001)["salon_ids"].append(1)
    either.sandbox.put_certificate_type(SALON, before[0])["salon_ids"].append(1)
    assert either.sandbox.certificate_types_of(SALON) == before


def test_issuing_raises_the_issued_count(documented: Api) -> None:
    documented.sandbox.issue(SALON, 31003, 4)
    documented.sandbox.issue(SALON, 31003)
    assert documented.read(f"{CERTIFICATES}/31003")["released_total"] == 5


def test_a_taken_port_is_told() -> None:
    first = Sandbox()
    port = int(first.api_url.split(":")[2].split("/")[0])
    with pytest.raises(PortTaken, match=str(port)):
        Sandbox(port=port)
    first.close()


def test_stopping_frees_the_port_and_ends_connections() -> None:
    sandbox = Sandbox(password=PASSWORD, partner_token="partner")
    sandbox.start()
    api = Api(sandbox, Sandbox.director)
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        api.call("GET", "/groups")
    api.session.close()
    port = int(sandbox.api_url.split(":")[2].split("/")[0])
    Sandbox(port=port).close()


def test_latency_holds_for_every_call() -> None:
    sandbox = Sandbox(password=PASSWORD, partner_token="partner", latency=0.2)
    sandbox.start()
    api = Api(sandbox, Sandbox.director)
    assert api.call("GET", "/groups").elapsed.total_seconds() >= 0.2
    api.session.close()
    sandbox.stop()
