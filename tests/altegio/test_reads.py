"""A read under every fault of a single call: asked again where that helps, never a raw error."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from loyalty_admin.altegio import transport
from loyalty_admin.altegio.errors import (
    AltegioError,
    Forbidden,
    NotFound,
    Refused,
    SignInNeeded,
    StoppedOnTheWay,
    TooManyRequests,
    Unavailable,
    Unreachable,
)
from tests.altegio.wire import (
    Step,
    WireServer,
    after,
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

pytestmark = pytest.mark.slow

HTML = reply(502, "<html><b>Bad gateway</b></html>", headers={"Content-Type": "text/html"})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.02)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(hang_up, id="closed"),
        pytest.param(reset, id="reset"),
        pytest.param(reset_after(HEAD + b'{"success": tr'), id="reset in the body"),
        pytest.param(raw(HEAD + b'{"success": tr'), id="truncated"),
        pytest.param(raw(CHUNKED + b'10\r\n{"success": tr'), id="truncated in a chunk"),
        pytest.param(raw(CHUNKED + b"zz\r\n{}\r\n"), id="broken chunks"),
        pytest.param(until_closed(b'{"success": true, "data": ['), id="truncated without a length"),
        pytest.param(refusal(500, "Oops"), id="500"),
        pytest.param(HTML, id="502 HTML"),
        pytest.param(refusal(503), id="503"),
        pytest.param(reply(504), id="504"),
        pytest.param(reply(200, "<!doctype html><p>Maintenance</p>"), id="200 HTML"),
        pytest.param(reply(200, '{"success": true,'), id="bad JSON"),
        pytest.param(reply(200, b'{"success": true, "data": "\xff"}'), id="bad UTF-8"),
        pytest.param(reply(200, "[" * 100_000), id="bottomless JSON"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000 + b"\r\n\r\n"), id="70 KB"),
        pytest.param(raw(b"SSH-2.0-OpenSSH\r\n"), id="not HTTP"),
        pytest.param(
            reply(200, b"\x1f\x8bnot gzip", headers={"Content-Encoding": "gzip"}), id="bad gzip"
        ),
    ],
)
class TestAPassingFault:
    def test_read_is_asked_twice_more(self, fault: Step) -> None:
        with WireServer(fault, fault, ok([1])) as server:
            assert transport_to(server).get("/groups").data == [1]
            assert len(server.requests) == 3

    def test_read_gives_up_after_three_attempts(self, fault: Step) -> None:
        with WireServer(fault) as server:
            with pytest.raises(Unavailable) as caught:
                transport_to(server).get("/groups")
            assert len(server.requests) == 3
        assert caught.value.request_id
        assert "<" not in str(caught.value)


def test_pauses_between_attempts_grow_and_stay_short() -> None:
    with WireServer(refusal(500)) as server:
        started = time.monotonic()
        with pytest.raises(Unavailable):
            transport_to(server).get("/groups")
        assert 0.4 < time.monotonic() - started < 10


@pytest.mark.usefixtures("hurried")
def test_unavailable_says_the_status_and_altegios_words() -> None:
    with (
        WireServer(refusal(500, "Out of\n order")) as server,
        pytest.raises(Unavailable) as caught,
    ):
        transport_to(server).get("/groups")
    assert (caught.value.status, caught.value.message) == (500, "Out of order")


@pytest.mark.usefixtures("hurried")
def test_nobody_listens() -> None:
    with pytest.raises(Unreachable):
        transport_to(closed_port()).get("/groups")


@pytest.mark.usefixtures("hurried")
def test_host_without_an_address() -> None:
    with pytest.raises(Unreachable):
        transport_to("http://nowhere.invalid/api/v1").get("/groups")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(silence, id="no answer"),
        pytest.param(trickle(b"", b"H"), id="trickled status"),
        pytest.param(trickle(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), id="trickled headers"),
        pytest.param(trickle(HEAD, b" "), id="trickled body"),
        pytest.param(trickle(CHUNKED, b"1\r\n \r\n"), id="trickled chunks"),
        pytest.param(
            trickle(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b" "), id="trickled to the end"
        ),
        pytest.param(after(0.2, trickle(HEAD, b" ", every=0.3)), id="slow trickle"),
    ],
)
def test_deadline_ends_what_does_not_end(fault: Step) -> None:
    with WireServer(fault) as server:
        started = time.monotonic()
        with pytest.raises(Unavailable):
            transport_to(server, timeout=0.6).get("/groups")
        assert 0.5 < time.monotonic() - started < 10
        assert len(server.requests) == 1


def test_deadline_holds_for_all_attempts_together() -> None:
    with WireServer(after(0.6, hang_up)) as server:
        with pytest.raises(Unavailable):
            transport_to(server, timeout=1.0).get("/groups")
        assert len(server.requests) < 3


def test_slow_answer_is_waited_for() -> None:
    with WireServer(after(0.5, ok([1]))) as server:
        assert transport_to(server).get("/groups").data == [1]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_endless_body_is_cut_at_the_limit(coding: str) -> None:
    body = b" " * 30_000_000
    sent = gzip.compress(body) if coding == "gzip" else body
    with WireServer(reply(200, sent, headers={"Content-Encoding": coding})) as server:
        with pytest.raises(Unavailable):
            transport_to(server).get("/groups")
        assert len(server.requests) == 1


def test_gzip_is_understood() -> None:
    body = gzip.compress(b'{"success": true, "data": "\xc3\xa9"}')
    with WireServer(reply(200, body, headers={"Content-Encoding": "gzip"})) as server:
        assert transport_to(server).get("/groups").data == "é"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(status: int) -> None:
    with WireServer(ok("elsewhere")) as other:
        redirect = reply(status, "x", headers={"Location": other.base_url})
        with WireServer(redirect) as server:
            with pytest.raises(Unavailable):
                transport_to(server).get("/groups")
            assert len(server.requests) == 1
        assert other.requests == []


def test_redirect_to_nonsense_is_no_other_error() -> None:
    with (
        WireServer(reply(302, headers={"Location": "http://[broken"})) as server,
        pytest.raises(Unavailable),
    ):
        transport_to(server).get("/groups")


def test_huge_redirect_is_not_read() -> None:
    redirect = trickle(
        b"HTTP/1.1 302 Found\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"10000\r\n" + b"x" * 65_536 + b"\r\n",
        every=0,
    )
    with WireServer(redirect) as server:
        started = time.monotonic()
        with pytest.raises(Unavailable):
            transport_to(server).get("/groups")
        assert time.monotonic() - started < 10


class TestTooManyRequests:
    def test_short_wait_is_waited_once(self) -> None:
        limited = refusal(429, Retry_After="1")
        with WireServer(limited, ok([1])) as server:
            started = time.monotonic()
            assert transport_to(server).get("/groups").data == [1]
            assert time.monotonic() - started >= 1.0

    def test_pause_of_more_than_two_seconds_is_not_waited_for(self) -> None:
        with WireServer(refusal(429, Retry_After="3"), ok([1])) as server:
            with pytest.raises(TooManyRequests):
                transport_to(server, timeout=10).get("/groups")
            assert len(server.requests) == 1

    def test_waits_do_not_add_up_beyond_two_seconds(self) -> None:
        with WireServer(refusal(429, Retry_After="2")) as server:
            with pytest.raises(TooManyRequests) as caught:
                transport_to(server, timeout=10).get("/groups")
            assert len(server.requests) == 2
        assert caught.value.retry_after == 2.0

    @pytest.mark.usefixtures("hurried")
    def test_seconds_in_the_words(self) -> None:
        words = "Вы превысили лимит. Попробуйте через 0 секунд"
        with WireServer(refusal(429, words), refusal(429, words), ok([1])) as server:
            assert transport_to(server).get("/groups").data == [1]

    def test_long_wait_is_told_at_once(self) -> None:
        with WireServer(refusal(429, "Попробуйте через 40 секунд")) as server:
            started = time.monotonic()
            with pytest.raises(TooManyRequests) as caught:
                transport_to(server).get("/groups")
            assert time.monotonic() - started < 10
            assert len(server.requests) == 1
        assert caught.value.retry_after == 40.0

    def test_absurd_wait_is_capped(self) -> None:
        with (
            WireServer(refusal(429, Retry_After="99999999")) as server,
            pytest.raises(TooManyRequests) as caught,
        ):
            transport_to(server).get("/groups")
        assert caught.value.retry_after == 86_400.0

    def test_wait_until_a_moment(self) -> None:
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
        with (
            WireServer(refusal(429, Retry_After=moment)) as server,
            pytest.raises(TooManyRequests) as caught,
        ):
            transport_to(server).get("/groups")
        assert 95 < caught.value.retry_after <= 100

    @pytest.mark.parametrize("nonsense", ["soon", "-5", "1e9", "Mon, 99 Foo 2026"])
    def test_nonsense_is_guessed(self, nonsense: str) -> None:
        with WireServer(refusal(429, Retry_After=nonsense), ok([1])) as server:
            assert transport_to(server).get("/groups").data == [1]

    def test_long_maintenance_is_not_waited_for(self) -> None:
        with WireServer(refusal(503, Retry_After="3600")) as server:
            with pytest.raises(Unavailable):
                transport_to(server).get("/groups")
            assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, SignInNeeded),
        (403, Forbidden),
        (404, NotFound),
        (409, Refused),
        (422, Refused),
    ],
)
def test_refusal_is_final_and_says_why(status: int, kind: type[AltegioError]) -> None:
    with WireServer(refusal(status, "No.", {"[is_archived]": ["Wrong."]})) as server:
        with pytest.raises(AltegioError) as caught:
            transport_to(server).get("/groups")
        assert len(server.requests) == 1
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.message) == (status, "No.")
    assert caught.value.fields == {"is_archived": ["Wrong."]}


def test_forbidden_by_a_gateway_is_no_missing_right() -> None:
    with (
        WireServer(reply(403, "<html>Blocked</html>")) as server,
        pytest.raises(Unavailable) as caught,
    ):
        transport_to(server).get("/groups")
    assert not isinstance(caught.value, StoppedOnTheWay)


def test_forbidden_without_words_is_a_missing_right() -> None:
    with WireServer(reply(403)) as server, pytest.raises(Forbidden):
        transport_to(server).get("/groups")


def test_success_false_in_a_200_is_a_refusal() -> None:
    with WireServer(refusal(200, "Not today.", {"title": "Taken."})) as server:
        with pytest.raises(Refused) as caught:
            transport_to(server).get("/groups")
        assert len(server.requests) == 1
    assert caught.value.message == "Not today."
    assert caught.value.fields == {"title": ["Taken."]}


@pytest.mark.parametrize("step", [reply(204), reply(200), reply(200, " \n"), ok(None)])
def test_empty_answer_has_no_data(step: Step) -> None:
    with WireServer(step) as server:
        answer = transport_to(server).get("/groups")
    assert (answer.data, answer.meta) == (None, {})


def test_next_call_works_after_a_fault() -> None:
    with WireServer(trickle(HEAD, b" "), ok([1])) as server:
        with pytest.raises(Unavailable):
            transport_to(server, timeout=0.3).get("/groups")
        assert transport_to(server).get("/groups").data == [1]


def test_connection_that_was_closed_while_idle_is_replaced() -> None:
    with WireServer(ok([1])) as server:
        talking = transport_to(server)
        talking.get("/groups")
        server.drop_connections()
        time.sleep(0.05)
        assert talking.get("/groups").data == [1]
        assert len(server.requests) == 2
