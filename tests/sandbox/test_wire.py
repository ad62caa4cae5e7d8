from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import requests

from tests.sandbox.api import CERTIFICATES, SALON, TYPES, Api, body_of, certificate_body
from tests.sandbox.promotions import PROGRAMS, rule
from tests.sandbox.promotions import body_of as promotion_body


def test_another_accept_header_is_400(documented: Api) -> None:
    for accept in ("*/*", "application/json", "application/vnd.api.v1+json"):
        answer = documented.call("GET", "/groups", headers=documented.headers | {"Accept": accept})
        assert answer.status_code == 400


def test_both_halves_of_the_authorization_are_needed(documented: Api) -> None:
    partner, token = documented.headers["Authorization"].removeprefix("Bearer ").split(", User ")
    for sent in (
        "",
        "Bearer",
        f"Bearer wrong, User {token}",
        f"Bearer {partner}",
        f"Bearer {partner}, User",
        f"Bearer {partner}, User wrong",
        f"Bearer {partner}, Bearer {token}",
        f"User {token}",
    ):
        headers = documented.headers | {"Authorization": sent}
        answer = documented.call("GET", "/groups", headers=headers)
        assert answer.status_code == 401, sent
        assert (answer.json()["success"], answer.json()["data"]) == (False, None)
        assert answer.json()["meta"]["message"]


def test_body_needs_its_content_type(documented: Api) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = documented.headers | {"Content-Type": kind}
        assert documented.call("POST", TYPES, headers=headers, data="{}").status_code == 400
    headers = documented.headers | {"Content-Type": "application/json; charset=utf-8"}
    assert documented.call("POST", TYPES, headers=headers, data="{}").status_code == 422


def test_body_that_is_no_json_object_is_400(documented: Api) -> None:
    headers = documented.headers | {"Content-Type": "application/json"}
    bodies = [
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"title": "\xff"}',
        b'{"cost": NaN}',
        b"[" * 90_000,
    ]
    for body in bodies:
        answer = documented.call("POST", TYPES, headers=headers, data=body)
        assert answer.status_code == 400, body[:20]
    assert len(documented.sandbox.types_of(SALON)) == 30


def test_unknown_addresses_are_404_and_unknown_methods_405(documented: Api) -> None:
    assert documented.call("GET", "/nothing").status_code == 404
    assert documented.call("GET", f"{TYPES}/abc").status_code == 404
    assert documented.call("GET", f"{TYPES}/1/clone").status_code == 405


def test_meta_is_an_object_as_documented_and_a_list_as_observed(
    documented: Api, observed: Api
) -> None:
    for path in ("/groups", f"{TYPES}/1"):
        metas = [api.call("GET", path).json()["meta"] for api in (documented, observed)]
        assert metas == [{}, []]


def test_names_of_wrong_fields_are_dotted_as_documented_and_bracketed_as_observed(
    documented: Api, observed: Api
) -> None:
    for path, body, dotted, bracketed in (
        (TYPES, body_of(title=" "), ["title"], ["[title]"]),
        (
            CERTIFICATES,
            certificate_body(title="", expiration__type_id=9),
            ["title", "expiration.type_id"],
            ["[title]", "[expiration][type_id]"],
        ),
        (
            PROGRAMS,
            promotion_body(title=" ", rules=[rule(0, "10")]),
            ["title", "rules.0.value"],
            ["[title]", "[rules][0][value]"],
        ),
    ):
        for api, names in ((documented, dotted), (observed, bracketed)):
            content = api.call("POST", path, body).json()
            assert (content["success"], content["data"]) == (False, None)
            assert content["meta"]["message"]
            assert list(content["meta"]["errors"]) == names
            messages = [one for several in content["meta"]["errors"].values() for one in several]
            assert all(isinstance(one, str) for one in messages)


def test_one_connection_serves_many_calls(documented: Api) -> None:
    address = urlsplit(documented.sandbox.api_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.connect()
    first = connection.sock
    for _ in range(5):
        connection.request("GET", "/api/v1/groups", headers=documented.headers)
        assert connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_body_that_is_too_large_is_413(documented: Api) -> None:
    headers = documented.headers | {"Content-Type": "application/json"}
    # Answered from the headers alone; the body is never sent.
    answer = documented.call(
        "POST", TYPES, data=b"", headers=headers | {"Content-Length": str(3 * 1024 * 1024)}
    )
    assert answer.status_code == 413


def test_calls_at_the_same_time_do_not_mix(documented: Api) -> None:
    def clone(_: int) -> int:
        headers = dict(documented.headers)
        url = f"{documented.sandbox.api_url}{TYPES}/11003/clone"
        return int(requests.post(url, json={}, headers=headers, timeout=10).json()["data"]["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(clone, range(40)))
    assert len(set(ids)) == 40
    assert len(documented.sandbox.types_of(SALON)) == 70
    assert len(documented.sandbox.calls()) == 41
