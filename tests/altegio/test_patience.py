"""One page has one time for all that it asks of Altegio."""

from __future__ import annotations

import time

import pytest

from loyalty_admin.altegio import patience
from loyalty_admin.altegio.errors import OutcomeUnknown, Unavailable, Unreachable
from loyalty_admin.altegio.parallel import side_by_side
from tests.altegio.wire import WireServer, ok, silence, transport_to

pytestmark = pytest.mark.slow

SLACK = 8.0  # seconds: far less than the times of the calls added up


def test_calls_of_a_page_share_its_time() -> None:
    with WireServer(silence, silence) as server, patience.limited(0.8):
        transport = transport_to(server, timeout=10)
        began = time.monotonic()
        for _call in range(3):
            with pytest.raises(Unavailable):
                transport.get("/groups")
        assert time.monotonic() - began < 0.8 + SLACK


def test_part_of_a_page_has_a_part_of_its_time_and_leaves_the_rest() -> None:
    with WireServer(silence, ok([])) as server, patience.limited(20):
        with patience.limited(0.3), pytest.raises(Unavailable):
            transport_to(server, timeout=10).get("/groups")
        assert transport_to(server, timeout=10).get("/groups").data == []
    with patience.limited(5):
        page = patience.present()
        with patience.limited(60):
            part = patience.present()
        assert page and part and part.until == page.until


def test_calls_side_by_side_share_it_too() -> None:
    with WireServer(silence, silence) as server, patience.limited(0.8):
        transport = transport_to(server, timeout=10)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            side_by_side([lambda: transport.get("/groups")] * 2)
        assert time.monotonic() - began < 0.8 + SLACK


def test_write_leaves_time_to_read_back() -> None:
    with WireServer(silence, ok([])) as server, patience.limited(4.0):
        transport = transport_to(server, timeout=10)
        with pytest.raises(OutcomeUnknown):
            transport.send("PUT", "/x", {})
        assert transport.get("/x").data == []


def test_write_is_not_begun_without_time_to_hear_of_it() -> None:
    with WireServer(ok([])) as server, patience.limited(1.0):
        transport = transport_to(server, timeout=10)
        time.sleep(0.6)
        with pytest.raises(Unreachable):
            transport.send("PUT", "/x", {})
        assert server.requests == []
        assert transport.get("/x").data == []


def test_where_nobody_waits_each_call_has_its_own_time() -> None:
    with patience.limited(0.1):
        pass
    with WireServer(ok([])) as server:
        assert transport_to(server, timeout=10).get("/x").data == []
