"""The stand-in's own addresses at /_sandbox/, and starting and stopping it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from loyalty_admin.sandbox.server import PortTaken, Sandbox
from tests.conftest import PASSWORD
from tests.sandbox.api import CERTIFICATES, SALON, TYPES, Api, body_of


def control(api: Api, method: str, name: str, body: Any = None) -> requests.Response:
    """Without any sign-in."""
    root = api.sandbox.api_url.removesuffix("/api/v1")
    return api.session.request(method, f"{root}/_sandbox/{name}", json=body, timeout=10)


def sizes(api: Api) -> list[int]:
    sandbox = api.sandbox
    readers = (
        sandbox.types_of,
        sandbox.certificate_types_of,
        sandbox.promotions_of,
        sandbox.memberships_of,
        sandbox.transactions_of,
    )
    return [len(reader(SALON)) for reader in readers]


def test_calls_tell_everything_but_secrets(documented: Api) -> None:
    documented.call("GET", TYPES, params={"limit": 2, "include[]": ["a", "b"]})
    documented.call("POST", TYPES, body_of(title=""))
    calls = control(documented, "GET", "calls").json()
    assert calls == documented.sandbox.calls()
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
    token = documented.headers["Authorization"].rsplit(" ", 1)[1]
    assert PASSWORD not in text and token not in text
    assert documented.sandbox.partner_token not in text


def test_fault_is_added_and_cleared(documented: Api) -> None:
    fault = {"kind": "status", "times": None}
    assert control(documented, "PUT", "faults", fault).status_code == 204
    assert documented.call("GET", "/groups").status_code == 500
    assert control(documented, "DELETE", "faults").status_code == 204
    assert documented.call("GET", "/groups").status_code == 200


def test_wrong_fault_is_refused_with_a_reason(documented: Api) -> None:
    wrong: list[Any] = [{"kind": "nonsense"}, {"when": "now"}, []]
    for body in wrong:
        answer = control(documented, "PUT", "faults", body)
        assert answer.status_code == 400
        assert answer.text
    assert documented.call("GET", "/groups").status_code == 200


def test_reset_brings_back_the_start(documented: Api) -> None:
    sandbox = documented.sandbox
    before = sandbox.types_of(SALON), sandbox.certificate_types_of(SALON)
    documented.make()
    documented.make_certificate_type()
    documented.call("DELETE", f"{TYPES}/11003")
    documented.call("DELETE", f"{CERTIFICATES}/31003")
    sandbox.fault(kind="status", times=None)
    assert control(documented, "POST", "reset").status_code == 204
    assert (sandbox.types_of(SALON), sandbox.certificate_types_of(SALON)) == before
    assert sandbox.calls() == []
    assert documented.call("GET", "/groups").status_code == 200


@pytest.mark.slow
def test_reset_may_change_how_many_there_are_of_each_kind(documented: Api) -> None:
    start = [30, 24, 18, 60, 2000]
    names = ("types", "gift_card_types", "promotions", "memberships", "transactions")
    for place, name in enumerate(names):
        assert control(documented, "POST", "reset", {name: 3}).status_code == 204
        assert sizes(documented) == [*start[:place], 3, *start[place + 1 :]]
        assert control(documented, "POST", "reset", {name: "many"}).status_code == 400
        assert sizes(documented)[place] == 3
    both = {"types": 2, "gift_card_types": 1}
    assert control(documented, "POST", "reset", both).status_code == 204
    assert sizes(documented)[:2] == [2, 1]
    assert control(documented, "POST", "reset", {"chains": 3}).status_code == 400
    assert control(documented, "POST", "reset").status_code == 204
    assert sizes(documented) == start


def test_unknown_controls_are_404(documented: Api) -> None:
    assert control(documented, "GET", "secrets").status_code == 404
    assert control(documented, "GET", "reset").status_code == 404
    root = documented.sandbox.api_url.removesuffix("/api/v1")
    assert documented.session.get(root + "/", timeout=10).status_code == 404


def test_taken_port_is_told() -> None:
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
    sandbox = Sandbox(password=PASSWORD, partner_token="partner", latency=0.1)
    sandbox.start()
    api = Api(sandbox, Sandbox.director)
    assert api.call("GET", "/groups").elapsed.total_seconds() >= 0.1
    api.session.close()
    sandbox.stop()
