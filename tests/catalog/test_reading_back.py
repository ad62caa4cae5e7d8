"""Nothing is claimed of a write that was not read back, also after a crash."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import (
    GONE,
    Catalog,
    silent_after_the_write,
)
from tests.endings import assert_leads_to, check, left_pending, newest
from tests.pages import page_of, said, shown

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = 3.0


def test_accepted_write_without_effect_is_not_called_carried_out(catalog: Catalog) -> None:
    """Altegio answers with success and nothing else."""
    submission = catalog.submission("edit")
    catalog.sandbox.fault(kind="null_data", apply=False, match={"method": "PUT"})
    page = shown(catalog.client, submission.send(catalog.client))
    entry = newest()
    assert entry.outcome == Outcome.DONE
    assert len(entry.kept) == len(entry.changes) == 2
    assert {one["field"] for one in entry.kept} == {one["field"] for one in entry.changes}
    assert {one["kept"] for one in entry.kept} == {one["before"] for one in entry.changes}
    told = page.one("div", class_="notice warn").text
    assert all(one["field"] in told and one["kept"] in told for one in entry.kept)
    # Deleted: it is still there. Made: it is not there.
    for what in ("delete", "create"):
        submission = catalog.submission(what)
        catalog.sandbox.fault(kind="null_data", apply=False, match={"method": submission.method})
        submission.send(catalog.client)
        assert newest().outcome in (Outcome.REFUSED, Outcome.UNKNOWN), what
        assert newest().result_id is None


def test_part_that_altegio_kept_is_named(catalog: Catalog) -> None:
    """It keeps one of the two fields, and answers with what it has."""
    number, change = catalog.put(), catalog.change
    submission = catalog.submission("edit", number)
    catalog.sandbox.fault(kind="null_data", apply=True, match={"method": "PUT"})
    old = {change.key: catalog.raw(number)[change.key]}
    by_id = {"method": "GET", "path": f"/{number}$"}
    catalog.sandbox.fault(kind="altered", body=old, after=1, times=None, match=by_id)
    page = shown(catalog.client, submission.send(catalog.client))
    (kept,) = newest().kept
    assert newest().outcome == Outcome.DONE
    changed = {one["field"]: one for one in newest().changes}[kept["field"]]
    assert (kept["asked"], kept["kept"]) == (changed["after"], changed["before"])
    assert kept["field"] in page.one("div", class_="notice warn").text


def test_accepted_write_whose_reading_back_fails_is_unknown(catalog: Catalog) -> None:
    submission = catalog.submission("delete")
    with silent_after_the_write(catalog.sandbox):
        submission.send(catalog.client)
    catalog.sandbox.clear_faults()
    entry = newest()
    assert entry.outcome == Outcome.UNKNOWN
    check(catalog.client, entry)
    assert entry.outcome == Outcome.DONE
    assert len(catalog.writes()) == 1


def test_form_of_a_write_cut_off_by_a_crash_does_not_write_again(catalog: Catalog) -> None:
    submission = catalog.submission("edit")
    catalog.sandbox.fault(kind="reset", match={"method": "PUT"})
    submission.send(catalog.client)
    count, entry = len(catalog.writes()), newest()
    for url in ("/activity/", f"/activity/{entry.pk}/", f"{catalog.url}trash/"):
        left_pending(entry)
        page_of(catalog.client, url)
        entry.refresh_from_db()
        assert entry.outcome == Outcome.UNKNOWN, url
    left_pending(entry)
    answer = submission.send(catalog.client)
    assert_leads_to(entry, answer, shown(catalog.client, answer))
    assert len(catalog.writes()) == count


def test_read_that_fails_before_the_write_sends_nothing(catalog: Catalog) -> None:
    submission = catalog.submission("delete")
    catalog.sandbox.fault(**GONE)
    answer = submission.send(catalog.client)
    assert answer.status_code in (422, 502, 503)
    assert not catalog.writes() and not Entry.objects.exists()


def test_check_while_altegio_is_gone_says_so(catalog: Catalog) -> None:
    entry = catalog.unknown("edit", is_applied=True)
    catalog.sandbox.fault(**GONE)
    page = check(catalog.client, entry)
    assert entry.outcome == Outcome.UNKNOWN
    assert said(page)
