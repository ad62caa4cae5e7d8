from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.api import TYPES, Api, body_of


def test_another_accept_header_is_400(either: Api) -> None:
    for accept in ("*/*", "application/json", "application/vnd.api.v1+json"):
        answer = either.call("GET", "/groups", headers=either.headers | {"Accept": accept})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer wrong, User {token}",
        "Bearer {partner}",
        "Bearer {partner}, User",
        "Bearer {partner}, User wrong",
        "Bearer {partner}, Bearer {token}",
        "User {token}",
    ],
)
def test_both_halves_of_the_authorization_are_needed(either: Api, authorization: str) -> None:
    partner, token = either.headers["Authorization"].removeprefix("Bearer ").split(", User ")
    sent = authorization.format(partner=partner, token=token)
    answer = either.call("GET", "/groups", headers=either.headers | {"Authorization": sent})
    assert answer.status_code == 401
    assert answer.json()["success"] is False
    assert answer.json()["data"] is None
    assert answer.json()["meta"]["message"] == "Authentication needed."


def test_a_body_needs_its_content_type(either: Api) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = either.headers | {"Content-Type": kind}
        assert either.call("POST", TYPES, headers=headers, data="{}").status_code == 400
    headers = either.headers | {"Content-Type": "application/json; charset=utf-8"}
    assert either.call("POST", TYPES, headers=headers, data="{}").status_code == 422


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"text"', b"null", b'{"title": "\xff"}', b'{"cost": NaN}', b"[" * 90_000]
)
def test_a_body_that_is_no_json_object_is_400(either: Api, body: bytes) -> None:
    headers = either.headers | {"Content-Type": "application/json"}
    assert either.call("POST", TYPES, headers=headers, data=body).status_code == 400
    assert len(either.sandbox.types_of(1101)) == 30


def test_unknown_addresses_are_404_and_unknown_methods_405(either: Api) -> None:
    assert either.call("GET", "/nothing").status_code == 404
    assert either.call("GET", f"{TYPES}/abc").status_code == 404
    assert either.call("GET", f"{TYPES}/1/clone").status_code == 405


def test_meta_is_an_object_as_documented_and_a_list_as_observed(
    documented: Api, observed: Api
) -> None:
    assert documented.call("GET", "/groups").json()["meta"] == {}
    assert observed.call("GET", "/groups").json()["meta"] == []
    assert documented.call("GET", f"{TYPES}/1").json()["meta"] == {}
    assert observed.call("GET", f"{TYPES}/1").json()["meta"] == []


def test_error_keys_are_bracketed_as_observed(documented: Api, observed: Api) -> None:
    body = body_of(title=" ")
    assert list(documented.call("POST", TYPES, body).json()["meta"]["errors"]) == ["title"]
    assert list(observed.call("POST", TYPES, body).json()["meta"]["errors"]) == ["[title]"]


def test_one_connection_serves_many_calls(either: Api) -> None:
    address = urlsplit(either.sandbox.api_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.connect()
    first = connection.sock
    for _ in range(5):
        connection.request("GET", "/api/v1/groups", headers=either.headers)
        assert connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_a_body_that_is_too_large_is_413(either: Api) -> None:
    headers = either.headers | {"Content-Type": "application/json"}
    # Answered from the headers alone; the body is never sent.
    answer = either.call(
        "POST", TYPES, data=b"", headers=headers | {"Content-Length": str(3 * 1024 * 1024)}
    )
    assert answer.status_code == 413


def test_calls_at_the_same_time_do_not_mix(either: Api) -> None:
    def clone(_: int) -> int:
        headers = dict(either.headers)
        url = f"{either.sandbox.api_url}{TYPES}/11003/clone"
        return int(requests.post(url, json={}, headers=headers, timeout=10).json()["data"]["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(clone, range(40)))
    assert len(set(ids)) == 40
    assert len(either.sandbox.types_of(1101)) == 70
    assert len(either.sandbox.calls()) == 41
