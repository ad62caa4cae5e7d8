"""A write of which nobody knows what became: settled later, by reading back alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.gift_card_types.models import ArchivedType
from loyalty_admin.sandbox.server import Sandbox
from tests.endings import left_pending, reconcile
from tests.gift_card_types.common import CHAIN, DATED, LIST, ONLINE, PLAIN, writes
from tests.gift_card_types.ending import (
    REFUSED,
    TIMEOUT,
    away,
    check_settled,
    gone_after_write,
    unanswered,
)
from tests.gift_card_types.submitting import newest, press, said, shown
from tests.gift_card_types.writing import switch_plainly
from tests.pages import page_of

pytestmark = pytest.mark.slow

both = pytest.mark.parametrize("is_applied", [False, True], ids=["lost", "applied"])


@pytest.fixture(autouse=True)
def short_of_time(settings: Any) -> None:
    settings.ALTEGIO_TIMEOUT = TIMEOUT


@pytest.mark.parametrize("what", ["archive", "unarchive"])
@both
def test_answered_but_not_understood_is_settled_by_checking(
    sandbox: Sandbox, edith: Client, is_applied: bool, what: str
) -> None:
    entry = gone_after_write(sandbox, edith, what, is_applied=is_applied, kind="bad_json")
    count, before = len(writes(sandbox)), away()
    page = page_of(edith, f"/activity/{entry.pk}/")
    assert away() == before, "nothing is archived, or no more, before it is known"
    answer = edith.post(f"/activity/{entry.pk}/check/", page.form("check/").data())
    assert said(shown(edith, answer))
    check_settled(sandbox, edith, entry, is_applied)
    assert len(writes(sandbox)) == count


def test_another_kind_of_validity_is_settled_both_ways(sandbox: Sandbox, edith: Client) -> None:
    """What the change made meaningless counts for nothing."""
    for is_applied in (False, True):
        url = f"{LIST}{DATED}/edit/"
        data = page_of(edith, url).form(id="type-form").data({"validity_kind": "0"})
        sandbox.fault(kind="bad_json", apply=is_applied, match={"method": "PUT"})
        edith.post(url, data)
        assert newest().outcome == (Outcome.DONE if is_applied else REFUSED)
        assert newest().kept == []


def test_archiving_settled_late_does_not_undo_what_was_done_since(
    sandbox: Sandbox, edith: Client
) -> None:
    entry = unanswered(sandbox, edith, "archive", is_applied=True)
    switch_plainly(edith, ONLINE, "archive")
    press(edith, ONLINE, "unarchive")
    assert sandbox.certificate_type_of(CHAIN, ONLINE)["online_sale_is_enabled"]
    sandbox.alter_certificate_type(CHAIN, ONLINE, online_sale_is_enabled=False)
    reconcile()
    entry.refresh_from_db()
    assert (entry.outcome, away()) == (Outcome.DONE, set())


def test_archiving_settled_late_knows_that_it_took_the_type_off_sale(
    sandbox: Sandbox, edith: Client
) -> None:
    """Archived again meanwhile, when it was off sale already."""
    unanswered(sandbox, edith, "archive", is_applied=True)
    switch_plainly(edith, ONLINE, "archive")
    reconcile()
    assert ArchivedType.objects.get().took_off_sale


def test_archiving_cut_off_before_it_was_noted_is_refused(sandbox: Sandbox, edith: Client) -> None:
    """It sends nothing to Altegio, and nothing of it is left here."""
    switch_plainly(edith, PLAIN, "archive")
    ArchivedType.objects.all().delete()
    left_pending(newest())
    reconcile()
    assert (newest().outcome, away()) == (REFUSED, set())
    assert not writes(sandbox)
