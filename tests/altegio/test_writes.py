"""A write under every fault: sent at most once, and told truly what is known of its outcome."""

from __future__ import annotations

import json
import socket
import time
from decimal import Decimal

import pytest

from loyalty_admin.altegio.errors import (
    AltegioError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    StoppedOnTheWay,
    TooManyRequests,
    Unreachable,
)
from tests.altegio.wire import (
    Step,
    WireServer,
    closed_port,
    hang_up,
    ok,
    raw,
    refusal,
    reply,
    reset,
    reset_after,
    silence,
    transport_to,
    trickle,
    until_closed,
)

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"

each_write = pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
# The transport tells faults apart without looking at the method: each meets one, and one each.
a_write = pytest.mark.parametrize("method", ["PUT"])


@a_write
@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        pytest.param(hang_up, False, id="closed"),
        pytest.param(reset, False, id="reset"),
        pytest.param(silence, False, id="no answer"),
        pytest.param(trickle(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), False, id="trickled headers"),
        pytest.param(raw(b"SSH-2.0-OpenSSH\r\n"), False, id="not HTTP"),
        pytest.param(reply(504, "<html>"), False, id="504"),
        pytest.param(trickle(HEAD, b" "), True, id="trickled body"),
        pytest.param(reset_after(HEAD + b"{"), True, id="reset in the body"),
        pytest.param(raw(HEAD + b"{"), True, id="truncated"),
        pytest.param(until_closed(b'{"success": tr'), True, id="truncated without a length"),
        pytest.param(refusal(500, "Oops"), True, id="500"),
        pytest.param(reply(502, "<html>Bad gateway</html>"), True, id="502 HTML"),
        pytest.param(refusal(503, Retry_After="1"), True, id="503"),
        pytest.param(reply(200, "<html>Maintenance</html>"), True, id="200 HTML"),
        pytest.param(reply(201, '{"success": true,'), True, id="bad JSON"),
        pytest.param(reply(200, b'{"data": "\xff"}'), True, id="bad UTF-8"),
        pytest.param(reply(200, " " * 9_000_000), True, id="too large"),
    ],
)
def test_write_without_a_usable_answer_is_unknown_and_sent_once(
    method: str, fault: Step, answered: bool
) -> None:
    with WireServer(fault, ok("sent twice")) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            transport_to(server, timeout=0.4).send(method, "/chain/1/x", {"title": "A"})
        assert [request.method for request in server.requests] == [method]
    assert caught.value.answered is answered
    assert caught.value.request_id


@each_write
def test_write_that_is_cut_off_is_sent_once(method: str) -> None:
    with WireServer(reset, ok("sent twice")) as server:
        with pytest.raises(OutcomeUnknown):
            transport_to(server).send(method, "/chain/1/x", {"title": "A"})
        assert [request.method for request in server.requests] == [method]


@each_write
def test_nothing_is_sent_to_a_closed_port(method: str) -> None:
    with pytest.raises(Unreachable):
        transport_to(closed_port()).send(method, "/chain/1/x", {})


@a_write
def test_nothing_is_sent_to_a_host_without_an_address(method: str) -> None:
    with pytest.raises(Unreachable):
        transport_to("http://nowhere.invalid/api/v1").send(method, "/chain/1/x", {})


def test_nothing_is_sent_where_no_connection_comes_about() -> None:
    # The backlog of a listener that never accepts is full at once: connecting waits.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = []
        for _ in range(3):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(address)
            waiting.append(sock)
        with pytest.raises(Unreachable):
            transport_to(f"http://127.0.0.1:{address[1]}/api/v1", timeout=0.3).send("POST", "/x")
        for sock in waiting:
            sock.close()


@a_write
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, SignInNeeded),
        (403, Forbidden),
        (404, NotFound),
        (405, Refused),
        (409, Refused),
        (422, Refused),
    ],
)
def test_refusal_keeps_status_words_and_fields(
    method: str, status: int, kind: type[AltegioError]
) -> None:
    errors = {"[title]": ["Too long.", "Taken."], "cost": "Negative."}
    with WireServer(refusal(status, "Check the fields.", errors)) as server:
        with pytest.raises(AltegioError) as caught:
            transport_to(server).send(method, "/chain/1/x", {})
        assert len(server.requests) == 1
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.message) == (status, "Check the fields.")
    assert caught.value.fields == {"title": ["Too long.", "Taken."], "cost": ["Negative."]}


@each_write
def test_too_many_requests_is_not_sent_again(method: str) -> None:
    with WireServer(refusal(429, Retry_After="1")) as server:
        with pytest.raises(TooManyRequests) as caught:
            transport_to(server).send(method, "/chain/1/x", {})
        assert len(server.requests) == 1
    assert caught.value.retry_after == 1.0


@each_write
def test_success_false_in_a_200_is_a_refusal(method: str) -> None:
    with WireServer(refusal(200, "No.", {"[title]": ["Taken."]})) as server:
        with pytest.raises(Refused) as caught:
            transport_to(server).send(method, "/chain/1/x", {})
        assert len(server.requests) == 1
    assert caught.value.fields == {"title": ["Taken."]}


@a_write
@pytest.mark.parametrize(
    "step",
    [
        pytest.param(reply(403, "<html>Blocked</html>"), id="403 HTML"),
        pytest.param(reply(302, headers={"Location": "/api/v1/other"}), id="302"),
        pytest.param(reply(307, headers={"Location": "/api/v1/other"}), id="307"),
    ],
)
def test_what_stops_it_on_the_way_is_named_and_not_followed(method: str, step: Step) -> None:
    with WireServer(step, ok("followed")) as server:
        with pytest.raises(StoppedOnTheWay) as caught:
            transport_to(server).send(method, "/chain/1/x", {})
        assert len(server.requests) == 1
    assert "<" not in str(caught.value)


@pytest.mark.parametrize("refused", [raw(b"HTTP/1.1 422 No\r\nContent-Length: 99\r\n\r\n{")])
def test_refusal_is_a_refusal_also_when_its_words_break_off(refused: Step) -> None:
    with WireServer(refused) as server, pytest.raises(Refused) as caught:
        transport_to(server).send("POST", "/chain/1/x", {})
    assert caught.value.status == 422


@a_write
@pytest.mark.parametrize("step", [reply(204), reply(200), reply(202)])
def test_empty_success_is_a_success(method: str, step: Step) -> None:
    with WireServer(step) as server:
        assert transport_to(server).send(method, "/chain/1/x", {}).data is None


def test_body_arrives_with_its_exact_numbers() -> None:
    with WireServer(ok()) as server:
        body = {"cost": Decimal("1500.10"), "title": "Йога ✓", "on": True, "none": None, "n": [1]}
        transport_to(server).send("PUT", "/chain/1/x", body)
        sent = server.requests[0]
    assert b'"cost":1500.10' in sent.body
    assert json.loads(sent.body) == {**body, "cost": 1500.1}
    assert sent.headers["Content-Type"] == "application/json"


def test_no_body_is_none() -> None:
    with WireServer(reply(204)) as server:
        transport_to(server).send("DELETE", "/chain/1/x")
        assert server.requests[0].body == b""
        assert "Content-Type" not in server.requests[0].headers


def test_empty_object_is_a_body() -> None:
    with WireServer(ok()) as server:
        transport_to(server).send("POST", "/chain/1/x/2/clone", {})
        assert server.requests[0].body == b"{}"


def test_a_read_is_no_write() -> None:
    with pytest.raises(ValueError, match="no write"):
        transport_to(closed_port()).send("GET", "/groups")


def test_write_does_not_go_over_a_connection_that_was_idle() -> None:
    with WireServer(ok()) as server:
        talking = transport_to(server)
        talking.get("/groups")
        time.sleep(1.1)
        # This server would have taken it; another might close the connection in that moment.
        talking.send("POST", "/chain/1/x", {})
        assert server.connections == 2
        talking.send("POST", "/chain/1/x", {})
        assert server.connections == 2


def test_write_after_the_server_closed_the_connection_is_sent_once() -> None:
    with WireServer(ok()) as server:
        talking = transport_to(server)
        talking.get("/groups")
        server.drop_connections()
        time.sleep(0.05)
        talking.send("POST", "/chain/1/x", {})
        assert [request.method for request in server.requests] == ["GET", "POST"]


def test_write_that_is_cut_off_on_a_connection_in_use_is_not_called_unsent() -> None:
    with WireServer(ok(), reset, ok("sent twice")) as server:
        talking = transport_to(server)
        talking.send("POST", "/chain/1/x", {})
        with pytest.raises(OutcomeUnknown):
            talking.send("POST", "/chain/1/x", {})
        assert (server.connections, len(server.requests)) == (1, 2)
