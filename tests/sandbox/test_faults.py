from __future__ import annotations

import http.client
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.api import SALON, TYPES, Api, body_of

PUT = ("PUT", f"{TYPES}/11003", body_of(title="Changed"))


def title(api: Api) -> str:
    return str(api.sandbox.type_of(SALON, 11003)["title"])


def last_call(api: Api) -> dict[str, Any]:
    return api.sandbox.calls()[-1]


def raw_answer(api: Api, path: str) -> bytes:
    """Every byte of the answer until the stand-in closes or RST."""
    address = urlsplit(api.sandbox.api_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        headers = "".join(f"{name}: {value}\r\n" for name, value in api.headers.items())
        line.sendall(f"GET /api/v1{path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        received = b""
        while part := line.recv(65536):
            received += part
        return received


def test_faulty_answer_comes_with_or_without_the_write(documented: Api) -> None:
    for kind, status, body in (
        ("status", 500, b'"success": false'),
        ("html", 200, b"<html>"),
        ("bad_json", 200, b'{"success": true, "data": [{"id": 1,'),
        ("bad_utf8", 200, b"\xff\xfe"),
        ("success_false", 200, b'"success": false'),
        ("null_data", 200, b'"data": null'),
        ("empty", 200, b""),
    ):
        for apply in (False, True):
            before, new = title(documented), f"{kind} {apply}"
            documented.sandbox.fault(kind=kind, match={"method": "PUT"}, apply=apply)
            answer = documented.call("PUT", f"{TYPES}/11003", body_of(title=new))
            assert answer.status_code == status, new
            assert body in answer.content and (body or not answer.content), new
            assert title(documented) == (new if apply else before), new
            assert last_call(documented)["status"] == status, new
            assert last_call(documented)["applied"] is apply, new


def test_faults_do_not_write_unless_told_so(documented: Api) -> None:
    before = title(documented)
    documented.sandbox.fault(kind="status", status=502)
    assert documented.call(*PUT).status_code == 502
    assert title(documented) == before


def test_status_brings_its_headers_and_body(documented: Api) -> None:
    documented.sandbox.fault(kind="status", status=429, headers={"Retry-After": "7"}, body={"a": 1})
    answer = documented.call("GET", "/groups")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json() == {"a": 1}
    documented.sandbox.fault(kind="status", status=403, body="Blocked by the gateway")
    answer = documented.call("GET", "/groups")
    assert answer.text == "Blocked by the gateway"
    assert answer.headers["Content-Type"] == "text/plain"
    kind = {"Content-Type": "application/json"}
    documented.sandbox.fault(kind="status", status=200, headers=kind, body='{"data": NaN}')
    assert documented.call("GET", "/groups").headers["Content-Type"] == "application/json"


def test_html_may_have_another_status(documented: Api) -> None:
    documented.sandbox.fault(kind="html", status=502)
    answer = documented.call("GET", "/groups")
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")


def test_success_false_carries_message_and_errors(documented: Api) -> None:
    documented.sandbox.fault(kind="success_false", message="No", errors={"title": ["Taken."]})
    meta = documented.call(*PUT).json()["meta"]
    assert meta == {"message": "No", "errors": {"title": ["Taken."]}}


def test_reset_ends_the_connection_before_or_after_the_write(documented: Api) -> None:
    before = title(documented)
    for kind, applied in (("reset", False), ("reset_after", True)):
        documented.sandbox.fault(kind=kind, match={"method": "PUT"})
        with pytest.raises(requests.ConnectionError) as caught:
            documented.call(*PUT)
        assert "reset" in str(caught.value).lower()
        assert title(documented) == ("Changed" if applied else before)
        assert (last_call(documented)["status"], last_call(documented)["applied"]) == (0, applied)
        assert documented.call("GET", "/groups").status_code == 200


def test_truncated_answer_is_shorter_than_it_says(documented: Api) -> None:
    whole = int(documented.call("GET", TYPES).headers["Content-Length"])
    documented.sandbox.fault(kind="truncated")
    received = raw_answer(documented, TYPES)
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"content-length: {whole}" in head.decode().lower()
    assert len(body) == whole // 2


def test_truncated_answer_may_end_with_the_connection(documented: Api) -> None:
    documented.sandbox.fault(kind="truncated", close_delimited=True)
    answer = documented.call("GET", TYPES)
    assert answer.status_code == 200
    assert "Content-Length" not in answer.headers
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


def test_truncated_answer_to_a_delete_is_cut_as_well(documented: Api) -> None:
    documented.sandbox.fault(kind="truncated", apply=True)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        documented.call("DELETE", f"{TYPES}/11003")
    assert documented.sandbox.type_of(SALON, 11003)["is_deleted"]


def test_trickled_answer_comes_byte_by_byte(documented: Api) -> None:
    documented.sandbox.fault(kind="trickled", seconds=0.05)
    address = urlsplit(documented.sandbox.api_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    started = time.monotonic()
    connection.request("GET", "/api/v1/groups", headers=documented.headers)
    assert len(connection.getresponse().read(4)) == 4
    assert time.monotonic() - started >= 0.2
    connection.close()


def test_latency_delays_the_proper_answer(documented: Api) -> None:
    documented.sandbox.fault(kind="latency", seconds=0.1)
    started = time.monotonic()
    assert documented.call(*PUT).status_code == 200
    assert time.monotonic() - started >= 0.1
    assert title(documented) == "Changed"


def test_hanging_call_gets_no_answer(documented: Api) -> None:
    documented.sandbox.fault(kind="hang", seconds=30, apply=True)
    with pytest.raises(requests.ReadTimeout):
        documented.call(*PUT, timeout=0.3)
    assert title(documented) == "Changed"
    documented.sandbox.fault(kind="hang", seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        documented.call(*PUT)


def test_clearing_lets_waiting_calls_go(documented: Api) -> None:
    documented.sandbox.fault(kind="latency", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        documented.call("GET", "/groups", timeout=0.2)
    documented.sandbox.clear_faults()
    deadline = time.monotonic() + 5
    while last_call(documented)["status"] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_write_that_is_late_never_reaches_the_next_life(documented: Api) -> None:
    before = title(documented)
    documented.sandbox.fault(kind="latency", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        documented.call(*PUT, timeout=0.2)
    late = documented.sandbox.state.calls[-1]
    documented.sandbox.reset()
    deadline = time.monotonic() + 5
    while not late["applied"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert title(documented) == before
    assert documented.sandbox.calls() == []


def test_fault_matches_method_and_path_so_many_times_after_so_many(documented: Api) -> None:
    documented.sandbox.fault(
        kind="status", match={"method": "GET", "path": r"/abonement_types$"}, after=1, times=2
    )
    assert documented.call("GET", "/groups").status_code == 200
    statuses = [documented.call("GET", TYPES).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_fault_without_an_end_lasts_until_cleared(documented: Api) -> None:
    documented.sandbox.fault(kind="status", status=503, times=None)
    assert {documented.call("GET", "/groups").status_code for _ in range(5)} == {503}
    documented.sandbox.clear_faults()
    assert documented.call("GET", "/groups").status_code == 200


def test_fault_that_makes_no_sense_is_refused(documented: Api) -> None:
    faults: list[dict[str, Any]] = [
        {"kind": "nonsense"},
        {"kind": "reset", "colour": "red"},
        {"kind": "reset", "match": {"query": "x"}},
        {"kind": "reset", "match": {"path": "("}},
        {},
    ]
    for fault in faults:
        with pytest.raises(ValueError):
            documented.sandbox.fault(**fault)


def test_altered_answer_is_the_proper_one_with_other_values(documented: Api) -> None:
    documented.sandbox.fault(kind="altered", body={"cost": float("nan")}, missing=["title"])
    answer = documented.call("GET", f"{TYPES}/11003")
    assert '"cost": NaN' in answer.text
    assert '"title"' not in answer.text
    assert answer.json()["data"]["id"] == 11003


def test_repeated_list_has_its_first_row_twice_and_lacks_its_last(documented: Api) -> None:
    before = [row["id"] for row in documented.call("GET", TYPES).json()["data"]]
    documented.sandbox.fault(kind="repeated")
    rows = [row["id"] for row in documented.call("GET", TYPES).json()["data"]]
    assert rows == [before[0], *before[:-1]]


@pytest.mark.slow
def test_bomb_is_small_on_the_wire_and_large_inside(documented: Api) -> None:
    documented.sandbox.fault(kind="gzip_bomb")
    answer = requests.get(
        f"{documented.sandbox.api_url}{TYPES}/11003", headers=documented.headers, stream=True
    )
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < 1_000_000
    assert sum(len(part) for part in answer.iter_content(1_000_000)) > 100_000_000


def test_header_may_be_too_long_for_anybody(documented: Api) -> None:
    documented.sandbox.fault(kind="big_header")
    assert b"X-Big: " + b"x" * 70_000 in raw_answer(documented, f"{TYPES}/11003")


def test_answer_that_breaks_off_ends_in_a_reset(documented: Api) -> None:
    documented.sandbox.fault(kind="broken_off")
    with pytest.raises(ConnectionResetError):
        raw_answer(documented, f"{TYPES}/11003")


def test_the_same_seed_makes_the_same_calls_fail(documented: Api) -> None:
    def statuses(seed: int) -> list[int]:
        documented.sandbox.be_unreliable({"kind": "status", "status": 503}, seed=seed, share=0.2)
        return [documented.call("GET", f"{TYPES}/11003").status_code for _ in range(60)]

    first = statuses(1)
    assert 3 < first.count(503) < 24
    assert statuses(1) == first
    assert statuses(2) != first
    documented.sandbox.clear_faults()
    assert documented.call("GET", f"{TYPES}/11003").status_code == 200
