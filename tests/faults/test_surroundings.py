"""What fails around Altegio: the way there, one chain alone, the database, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.db import connection as database
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.wire import closed_port
from tests.membership_types.common import CHAIN, LIST, OTHER_CHAIN, grow_old, writes
from tests.membership_types.submitting import newest, said, submission
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow

NUMBER = 11023


@pytest.fixture(params=["3 refused", "4 no such host"])
def away(request: pytest.FixtureRequest) -> str:
    """An address at which nobody is."""
    return closed_port() if request.param == "3 refused" else "http://nowhere.invalid/api/v1"


@contextmanager
def moved_to(address: str, settings: Any) -> Iterator[None]:
    """The deployment and its linked accounts are at this address meanwhile."""
    home = settings.ALTEGIO_API_URL
    settings.ALTEGIO_API_URL = address
    Connection.objects.update(api_url=address)
    yield
    settings.ALTEGIO_API_URL = home
    Connection.objects.update(api_url=home)


def test_page_says_that_altegio_cannot_be_reached(
    away: str, sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    with moved_to(away, settings):
        response = edith.get(f"{LIST}{NUMBER}/")
    page = Page(response)
    assert response.status_code == 502
    assert page.all(role="alert")
    assert edith.get(f"{LIST}{NUMBER}/").status_code == 200


def test_write_that_never_left_is_told_so_and_can_be_sent_again(
    away: str, sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    url, data, _method = submission(edith, "edit")
    with moved_to(away, settings):
        response = edith.post(url, data)
    page = Page(response)
    assert response.status_code == 503
    assert said(page)
    assert page.form(id="type-form").values["title"] == ["Beards"]
    assert not Entry.objects.exists()
    assert edith.post(url, page.form(id="type-form").data()).status_code == 302
    assert len(writes(sandbox)) == 1
    assert newest().outcome == Outcome.DONE


def test_23_trouble_in_one_chain_leaves_the_others(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="status", status=403, times=None, match={"path": f"/chain/{CHAIN}/"})
    page_of(edith, f"{LIST}loaded/", status=403)
    other = LIST.replace(str(CHAIN), str(OTHER_CHAIN))
    assert page_of(edith, f"{other}loaded/").titles()
    page_of(edith, "/activity/")


def test_24_row_that_comes_twice_is_shown_once_and_what_is_missing_is_said(
    sandbox: Sandbox, edith: Client
) -> None:
    match = {"path": f"/chain/{CHAIN}/loyalty/abonement_types$"}
    sandbox.fault(kind="repeated", times=None, match=match)
    page = page_of(edith, f"{LIST}loaded/")
    ids = [row.attrs["id"] for row in page.all("tr") if row.attrs.get("id", "").startswith("type-")]
    assert len(ids) == len(set(ids)) > 0
    assert page.all(class_="incomplete")
    sandbox.clear_faults()
    edith.post(f"{LIST}refresh/")
    assert not page_of(edith, LIST).all(class_="incomplete")


# 25: what the database does not take


@contextmanager
def full_disk(of: str) -> Iterator[None]:
    """The database takes no such statement any more."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(of):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with database.execute_wrapper(refuse):
        yield


@pytest.mark.django_db(transaction=True)
def test_25_nothing_is_sent_whose_intent_cannot_be_written_down(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, _method = submission(edith, "edit")
    edith.raise_request_exception = False
    with full_disk('INSERT INTO "audit_entry"'):
        response = edith.post(url, data)
    assert response.status_code == 500
    assert "disk" not in response.content.decode()
    assert not writes(sandbox)
    assert edith.post(url, data).status_code == 302
    assert len(writes(sandbox)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("applied", [True, False], ids=["carried out", "not carried out"])
def test_25_write_whose_outcome_cannot_be_written_down_is_settled_later(
    sandbox: Sandbox, edith: Client, applied: bool
) -> None:
    url, data, method = submission(edith, "edit")
    if not applied:
        sandbox.fault(kind="reset", match={"method": method})
    edith.raise_request_exception = False
    with full_disk('UPDATE "audit_entry" SET "asked"'):
        assert edith.post(url, data).status_code == 500
    entry = newest()
    assert entry.outcome == Outcome.PENDING
    long_ago = Now() - timedelta(minutes=10)
    Entry.objects.update(started_at=long_ago, lease_until=long_ago)
    assert "unknown" in page_of(edith, f"/activity/{entry.pk}/").text
    edith.post(f"/activity/{entry.pk}/check/")
    entry.refresh_from_db()
    assert entry.outcome == (Outcome.DONE if applied else Outcome.REFUSED)
    assert len(writes(sandbox)) == 1


@contextmanager
def no_database() -> Iterator[None]:
    """Where the database is nobody answers; who was connected to it is no more."""
    where = database.settings_dict
    home = dict(where)
    away = {"HOST": "127.0.0.1", "PORT": urlsplit(closed_port()).port}
    database.close()
    where.update({"NAME": "/nowhere/db.sqlite3"} if database.vendor == "sqlite" else away)
    try:
        yield
    finally:
        database.close()
        where.update(home)


@pytest.mark.django_db(transaction=True)
def test_25_without_its_database_nothing_is_sent_and_later_it_goes_on(
    sandbox: Sandbox, edith: Client
) -> None:
    url, data, _method = submission(edith, "edit")
    edith.raise_request_exception = False
    with no_database():
        for answer in (edith.get(f"{LIST}{NUMBER}/"), edith.post(url, data)):
            assert answer.status_code == 500
            assert answer["X-Request-ID"] in Page(answer).text
            for word in ("OperationalError", "unable to open", "Connection refused"):
                assert word not in Page(answer).html
        assert edith.get("/readyz").status_code == 503
        assert edith.get("/healthz").status_code == 200
    assert not writes(sandbox)
    assert edith.get("/readyz").status_code == 200
    page_of(edith, f"{LIST}{NUMBER}/")
    assert edith.post(url, data).status_code == 302
    assert len(writes(sandbox)) == 1


# 26: clocks that are set


@pytest.mark.parametrize("minutes", [-5, 5], ids=["back", "forward"])
def test_26_clock_that_was_set_by_five_minutes_hides_nothing(
    sandbox: Sandbox, edith: Client, connection: Connection, minutes: int
) -> None:
    page_of(edith, f"{LIST}loaded/")
    grow_old(connection, minutes=minutes)
    Connection.objects.update(chains_read_at=timezone.now() - timedelta(minutes=minutes))
    cache.delete(f"chains-attempt:{connection.pk}")
    assert page_of(edith, LIST).titles()
    url, data, _method = submission(edith, "edit")
    assert edith.post(url, data).status_code == 302
    assert "Beards" in page_of(edith, LIST).titles()
