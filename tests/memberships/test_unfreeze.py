"""Unfreezing: what it does is shown at once, and that the end stays where freezing moved it."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.memberships.common import kept, moment, put, said_day, sent, writes
from tests.memberships.conftest import Doors
from tests.memberships.submitting import (
    at,
    change_form,
    confirmation,
    diff,
    form_of,
    newest,
    shown,
)
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def test_only_an_editor_with_the_right_to_validity_unfreezes(doors: Doors) -> None:
    doors("unfreeze", "loyalty_abonement_period_edit_access")


def test_page_says_that_the_end_stays_moved_and_sends_nothing(
    sandbox: Sandbox, edith: Client
) -> None:
    page = page_of(edith, at(put(sandbox, is_frozen=True, freeze_period=5), "unfreeze"))
    expires = said_day(moment(100))
    frozen, (now, then) = diff(page).values()
    assert frozen == ("yes", "no")
    assert now == expires and then.startswith(expires) and then != expires
    assert not writes(sandbox) and not Entry.objects.exists()


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_confirmation_unfreezes_once_and_the_end_stays(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, is_frozen=True, freeze_period=5)
    page = page_of(edith, at(raw, "unfreeze"))
    answer = edith.post(at(raw, "unfreeze"), confirmation(page, {"note": "Back early"}))
    assert sent(sandbox) == [("unfreeze", {})]
    now = kept(sandbox, raw)
    assert not now["is_frozen"]
    assert now["expiration_date"] == raw["expiration_date"]
    assert answer["Location"] == at(raw)
    assert "MC-77" in shown(edith, answer).one("div", class_="notice good").text
    assert (newest().outcome, newest().note) == (Outcome.DONE, "Back early")


def test_what_is_not_frozen_says_so_and_is_never_sent(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    page = page_of(edith, at(raw, "unfreeze"))
    reason = page.one("div", role="note").text.strip()
    assert reason
    assert not page.all("button", name="confirmed")
    data = form_of(page).data({"confirmed": "yes", "seen": "x", "form_id": "f" * 20})
    answer = edith.post(at(raw, "unfreeze"), data)
    assert answer.status_code == 409
    assert reason in Page(answer).text
    assert not Page(answer).all("button", name="confirmed")
    assert not writes(sandbox)


def test_form_of_another_change_does_not_unfreeze(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    data = change_form(edith, raw, "freeze").data()
    assert edith.post(at(raw, "unfreeze"), data).status_code == 422
    assert not writes(sandbox)
