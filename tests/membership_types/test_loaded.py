"""The list after waiting for Altegio: a cold one whole, an old one again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST, grow_old
from tests.pages import page_of

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_latency_is_paid_twice_at_most(
    sandbox: Sandbox, edith: Client, connection: Connection
) -> None:
    """The chains are read beside the first pages of types, and all other pages after these."""
    sandbox.reset(types=300)
    connection.chains_read_at = timezone.now() - timedelta(hours=3)
    connection.save()
    sandbox.fault(kind="latency", seconds=1.5, times=None, match={"method": "GET"})
    started = timezone.now()
    page_of(edith, f"{LIST}loaded/", htmx=True)
    assert timezone.now() - started < timedelta(seconds=4.4)  # three in sequence take 4.5
    connection.refresh_from_db()
    assert connection.chains_read_at > started - timedelta(minutes=1)


def test_old_list_is_read_again(sandbox: Sandbox, loaded: Client, connection: Connection) -> None:
    for number, htmx in enumerate((False, True), start=1):
        grow_old(connection, minutes=12)
        sandbox.put_type(CHAIN, {"title": f"Made since {number}", "cost": 1})
        page = page_of(loaded, f"{LIST}loaded/?q=since", htmx=htmx)
        assert len(page.titles()) == number


def test_old_list_stays_with_its_age_while_altegio_is_down(
    sandbox: Sandbox, loaded: Client, connection: Connection
) -> None:
    grow_old(connection, minutes=12)
    sandbox.fault(kind="status", status=302, times=None, match={"path": "abonement_types"})
    page = page_of(loaded, f"{LIST}loaded/?q=manicure", htmx=True)
    assert page.titles() == ["Manicure × 5"]
    assert "12\xa0minutes ago" in page.text
    assert page.all("div", class_="notice warn", role="alert")
    # It says so once, and does not ask again and again.
    assert not page.all("span", hx_trigger="load")


def test_whole_page_without_javascript(edith: Client) -> None:
    page = page_of(edith, f"{LIST}loaded/?sort=-sold")
    assert page.titles()[0] == "Gift of ten treatments"
    assert page.form(id="filters").attrs["action"] == LIST
    assert page.one("a", text="Price").attrs["href"] == f"{LIST}?sort=price"


def test_known_list_still_shows_while_the_account_must_sign_in(
    loaded: Client, connection: Connection
) -> None:
    connection.needs_sign_in = True
    connection.save()
    assert "Manicure × 5" in page_of(loaded, LIST).titles()
    grow_old(connection, minutes=12)
    page = page_of(loaded, f"{LIST}loaded/", htmx=True)
    assert "Manicure × 5" in page.titles()
    assert page.all("div", class_="notice warn", role="alert")
