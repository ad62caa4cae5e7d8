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
from tests.membership_types.threads import at_once
from tests.memberships.common import CHAIN, writes
from tests.pages import HTMX, Page, page_of
from tests.security.urls import A_MEMBERSHIP_TYPE, MEMBERSHIP_TYPE, World, site_urls

pytestmark = pytest.mark.django_db
URLS = site_urls()
WITHOUT_MEASURE = [
    "page=-1", "page=1000000000", "page=" + "9" * 400, "page=abc", "page=1e9", "page=٣",
    "size=1000000", "size=-1", "size=0", "size=NaN", "sort=" + "x" * 10_000, "sort=__class__",
    "page=1&page=2&page=3", "chain=" + "9" * 400, "q=" + "(a%2B)%2B" * 500, "again=" + "9" * 400,
    "ids=" + "9" * 400, "ids=" + "1," * 5_000, "%00=%00&q=%00", "price_from=1e400&price_to=-1",
]  # fmt: skip
# The largest list that a page shows, and the largest page that is asked of Altegio.
MOST_ROWS, MOST_ASKED = 200, 250


class TestNumbersWithoutMeasure:
    """Attack 40: pages and sizes that are none."""

    @pytest.mark.parametrize("name", URLS)
    def test_are_brought_within_limits_at_every_address(self, sandbox: Sandbox, name: str) -> None:
        world = World(sandbox)
        world.enter("manager")
        url = world.address(name, URLS[name])
        usual = {world.client.get(url, headers=headers).status_code for headers in ({}, HTMX)}
        asked = len(sandbox.calls())
        for query in WITHOUT_MEASURE:
            answer = world.client.get(f"{url}?{query}", headers=HTMX)
            assert answer.status_code in {*usual, 400, 404, 422}, query
            if not answer.streaming:
                assert len(Page(answer).all("tr")) <= MOST_ROWS + 1
        for call in sandbox.calls()[asked:]:
            sizes = [*call["query"].get("limit", ()), *call["query"].get("count", ())]
            assert all(int(size) <= MOST_ASKED for size in sizes), call


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
    """Attack 42: one form, sent twenty times at once. Of other writes: each test_doubles.py."""

    @pytest.mark.django_db(transaction=True)
    def test_deletes_once(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        url = f"/chains/{CHAIN}/{A_MEMBERSHIP_TYPE}/delete/"
        data = page_of(world.browser, url).form("delete/").data()
        twins = [Client() for _ in range(20)]
        for twin in twins:
            twin.cookies = world.browser.cookies
        sends = [partial(twin.post, url, data) for twin in twins]
        statuses = {answer.status_code for answer in at_once(sends)}
        assert statuses <= {302, 409}
        assert [call["method"] for call in writes(sandbox)] == ["DELETE"]
        assert Entry.objects.count() == 1
