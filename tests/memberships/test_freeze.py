"""Freezing: a day is chosen, what comes of it is shown, one request freezes."""

from __future__ import annotations

from datetime import datetime
from itertools import count

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.memberships.common import (
    FREEZES_FOR_EVER,
    HOSTILE,
    MANICURES,
    NO_FREEZING,
    begun_days,
    end_of_day,
    fields_with_errors,
    kept,
    moment,
    put,
    said_day,
    sent,
    status,
    writes,
)
from tests.memberships.conftest import Doors
from tests.memberships.submitting import (
    at,
    change,
    change_form,
    confirmation,
    diff,
    form_of,
    in_days,
    newest,
    previewed,
    shown,
)
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def test_only_an_editor_with_the_right_to_validity_freezes(doors: Doors) -> None:
    doors("freeze", "loyalty_abonement_period_edit_access")


def test_form_says_how_many_days_of_freezing_are_left(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, freeze_period=9)
    told = [one.text.strip() for one in page_of(edith, at(raw, "freeze")).all("dd")]
    assert {"5 days left", said_day(raw["expiration_date"])} <= {*told}


def test_preview_sends_nothing_and_says_what_comes_of_it(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    rows = diff(previewed(edith, raw, "freeze", {"until": in_days(4), "note": "In hospital"}))
    assert not writes(sandbox)
    assert not Entry.objects.exists()
    until, days = said_day(moment(4)), begun_days(end_of_day(4))
    frozen, expires, left = rows.values()
    assert until in frozen[1] and f"{days} days" in frozen[1]
    assert expires == (said_day(moment(100)), said_day(moment(100 + days)))
    assert left == ("14 days", f"{14 - days} days")


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
@pytest.mark.sqlite
def test_confirmation_freezes_once_with_the_documented_body(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox)
    answer = change(edith, raw, "freeze", {"until": in_days(4), "note": "In hospital"})
    assert sent(sandbox) == [("freeze", {"freeze_till": end_of_day(4).isoformat()})]
    assert kept(sandbox, raw)["is_frozen"]
    page = shown(edith, answer)
    assert answer["Location"] == at(raw)
    assert "MC-77" in page.one("div", class_="notice good").text
    assert page.one("p", class_="lead inline").text.count("frozen") == 1
    entry = newest()
    assert (entry.outcome, entry.note, entry.kept) == (Outcome.DONE, "In hospital", [])
    assert (entry.object_id, entry.object_title) == (raw["id"], "MC-77")


def test_expiry_that_was_shown_is_the_one_that_altegio_then_has(
    sandbox: Sandbox, edith: Client
) -> None:
    for type_id, frozen_before, days in (
        (MANICURES, 0, 0),
        (MANICURES, 0, 13),
        (MANICURES, 13, 0),
        (FREEZES_FOR_EVER, 400, 900),
    ):
        raw = put(sandbox, type_id, freeze_period=frozen_before)
        page = previewed(edith, raw, "freeze", {"until": in_days(days)})
        _before, after = diff(page)["Expires"]
        edith.post(at(raw, "freeze"), confirmation(page))
        now = kept(sandbox, raw)
        assert after == said_day(now["expiration_date"])
        assert now["freeze_period"] == frozen_before + begun_days(end_of_day(days))


def test_what_never_expires_is_frozen_all_the_same(sandbox: Sandbox, edith: Client) -> None:
    for raw in (
        put(sandbox, FREEZES_FOR_EVER, period=0, expiration_date=None),
        put(sandbox, status=status("created"), activated_date=None, expiration_date=None),
        put(sandbox, FREEZES_FOR_EVER, expiration_date="9999-12-31T23:59:59+02:00"),
    ):
        rows = diff(previewed(edith, raw, "freeze", {"until": in_days(3)}))
        assert rows["Expires"][0] == rows["Expires"][1]


def too_late() -> str:
    """The first day until the end of which fourteen days are not enough."""
    return next(in_days(days) for days in count(13) if begun_days(end_of_day(days)) > 14)


def test_day_that_altegio_would_refuse_is_explained_and_stays_typed(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox)
    form = change_form(edith, raw, "freeze")
    for until, fields in (
        (in_days(-1), set[str]()),  # about the whole form
        ("0001-01-01", set[str]()),
        (too_late(), set[str]()),
        ("9999-12-31", {"until"}),
        ("", {"until"}),
        ("31st of June", {"until"}),
    ):
        data = form.data({"until": until, "note": "A long holiday"})
        answer = edith.post(at(raw, "freeze"), data)
        page = Page(answer)
        assert answer.status_code == 422, until
        assert fields_with_errors(page) == fields, until
        assert bool(page.all("div", role="alert")) == (not fields), until
        assert form_of(page).values["until"] == [until]
        assert form_of(page).values["note"] == ["A long holiday"]
    assert not writes(sandbox)


def test_what_cannot_be_frozen_says_why_and_is_never_sent(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, NO_FREEZING)
    page = page_of(edith, at(raw, "freeze"))
    reason = page.one("div", role="note").text.strip()
    assert reason
    assert not page.all("button", class_="button primary")
    data = {**form_of(page).values, "until": in_days(1), "confirmed": "yes", "seen": "x"}
    answer = edith.post(at(raw, "freeze"), {**data, "form_id": "f" * 20})
    assert answer.status_code == 409
    assert reason in Page(answer).text
    assert not writes(sandbox)


def test_changing_what_was_typed_keeps_it(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    page = previewed(edith, raw, "freeze", {"until": in_days(6), "note": f"{HOSTILE}\r\nand so on"})
    assert HOSTILE in page.text
    back = Page(edith.post(at(raw, "freeze"), form_of(page).data({"back": "yes"})))
    assert form_of(back).values["until"] == [in_days(6)]
    assert form_of(back).values["note"] == [f"{HOSTILE}\r\nand so on"]
    assert not back.all("button", name="confirmed")
    assert not writes(sandbox)


def test_freezing_that_did_not_take_is_named(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    sandbox.fault(kind="null_data", match={"method": "POST", "path": "freeze$"})
    page = shown(edith, change(edith, raw, "freeze", {"until": in_days(4)}))
    assert page.all("div", class_="notice warn")
    assert [each["field"] for each in newest().kept] == [each["field"] for each in newest().changes]


def test_day_ends_at_the_clock_of_the_chain(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    change(edith, raw, "freeze", {"until": in_days(2)})
    [(_path, body)] = sent(sandbox)
    until = datetime.fromisoformat(body["freeze_till"])
    assert (until.hour, until.minute, until.second) == (23, 59, 59)
    assert until.isoformat()[:10] == in_days(2)
