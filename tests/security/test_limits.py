"""Numbers without measure, and what one person's work takes from the others."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.altegio.errors import TooManyRequests
from loyalty_admin.audit.models import Entry
from loyalty_admin.connections import services as connections
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN, writes
from tests.pages import HTMX, Page, page_of
from tests.security.urls import MEMBERSHIP_TYPE, World, site_urls
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HUGE = "9" * 400
# Each is sent to every list at once with the others of its line, and alone. Other addresses read
# next to nothing of a query: they get the first line.
WITHOUT_MEASURE = [
    ["page=-1", "size=1000000", "sort=" + "x" * 10_000, f"chain={HUGE}", f"ids={HUGE}"],
    ["page=1000000000", "size=-1", "sort=__class__", f"again={HUGE}", "ids=" + "1," * 5_000],
    [f"page={HUGE}", "size=0", "q=" + "(a%2B)%2B" * 500, "price_from=1e400", "price_to=-1"],
    ["page=abc", "size=NaN", "%00=%00", "q=%00"],
]
ALONE = ["page=1&page=2&page=3", "page=1e9", "page=٣"]
LISTS = {
    *("membership_types:index", "gift_card_types:index", "promotions:index", "memberships:index"),
    *("transactions:index", "jobs:index", "audit:index", "notification_templates:index"),
}
# The largest list that a page shows, and the largest page that is asked of Altegio.
MOST_ROWS, MOST_ASKED = 200, 250


class TestNumbersWithoutMeasure:
    """Attack 40: pages and sizes that are none."""

    @pytest.mark.slow
    def test_are_brought_within_limits_at_every_address(self, sandbox: Sandbox) -> None:
        assert offences(World(sandbox), sandbox, alone_at=LISTS) == []

    @pytest.mark.long
    def test_are_each_brought_within_limits_at_every_address(self, sandbox: Sandbox) -> None:
        assert offences(World(sandbox), sandbox, alone_at=set(site_urls())) == []


def offences(world: World, sandbox: Sandbox, *, alone_at: set[str]) -> list[str]:
    """Where a number without measure breaks an address, or comes through to Altegio."""
    world.enter("manager")
    wrong = []
    for name, url in world.addresses().items():
        usual = world.client.get(url, headers=HTMX).status_code
        if usual == 405:
            continue
        queries = ["&".join(line) for line in WITHOUT_MEASURE]
        if name in alone_at:
            queries += [*ALONE, *(query for line in WITHOUT_MEASURE for query in line)]
        else:
            del queries[1:]
        asked = len(sandbox.calls())
        for query in queries:
            answer = world.client.get(f"{url}?{query}", headers=HTMX)
            if answer.status_code not in {usual, 400, 404, 422}:
                wrong.append(f"{name}: {answer.status_code} to {query[:80]}")
            elif not answer.streaming and len(Page(answer).all("tr")) > MOST_ROWS + 1:
                wrong.append(f"{name}: too many rows to {query[:80]}")
        wrong += [
            f"{name}: asks Altegio for {size}"
            for call in sandbox.calls()[asked:]
            for size in (*call["query"].get("limit", ()), *call["query"].get("count", ()))
            if int(size) > MOST_ASKED
        ]
    return wrong


class TestHugeJob:
    """Attack 41: one person's job of ten thousand must not hold up the others.

    It works in processes of their own, in slices, and within a share of the limit: see tests/jobs.
    """

    def test_pages_get_through_while_jobs_have_used_up_their_share(
        self, sandbox: Sandbox, settings: Any
    ) -> None:
        world = World(sandbox)
        world.enter("editor")
        settings.ALTEGIO_RATE_PER_SECOND = 10
        share = connections.job_limiter()
        share.take(within=1)
        with pytest.raises(TooManyRequests):
            for _ in range(100):
                share.take(within=0.05)
        asked = len(sandbox.calls())
        answer = world.client.get(f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/")
        assert answer.status_code == 200
        assert len(sandbox.calls()) > asked


class TestOneForm:
    """Attack 42: one form, sent twenty times at once. Of other writes: test_doubles.py."""

    @pytest.mark.django_db(transaction=True)
    def test_deletes_once(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        url = f"/chains/{CHAIN}/membership-types/{MEMBERSHIP_TYPE}/delete/"
        data = page_of(world.browser, url).form("delete/").data()
        twins = [Client() for _ in range(20)]
        for twin in twins:
            twin.cookies = world.browser.cookies
        sends = [partial(twin.post, url, data) for twin in twins]
        statuses = {answer.status_code for answer in at_once(sends)}
        assert statuses <= {302, 409}
        assert [call["method"] for call in writes(sandbox)] == ["DELETE"]
        assert Entry.objects.count() == 1
