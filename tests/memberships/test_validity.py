"""Changing how long a membership lasts: counted from its activation, the end shown beforehand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import reading, services
from loyalty_admin.memberships.changes import SetPeriod
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.memberships.common import (
    RIGA,
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
    newest,
    previewed,
    shown,
)
from tests.pages import Page

pytestmark = pytest.mark.slow

NINE_MONTHS = {"number": "9", "unit": "3"}


def test_only_an_editor_with_the_right_to_validity_changes_it(doors: Doors) -> None:
    doors("validity", "loyalty_abonement_period_edit_access")


def test_form_begins_with_how_long_it_lasts_now(sandbox: Sandbox, edith: Client) -> None:
    values = change_form(edith, put(sandbox), "validity").values
    assert (values["number"], values["unit"]) == (["6"], ["3"])
    values = change_form(edith, put(sandbox, period=0), "validity").values
    assert values["number"] == [""]


def test_preview_sends_nothing_and_says_when_it_will_end(sandbox: Sandbox, edith: Client) -> None:
    raw = put(
        sandbox,
        activated_date="2026-08-31T10:00:00+03:00",
        expiration_date="2027-02-28T10:00:00+02:00",
    )
    assert diff(previewed(edith, raw, "validity", NINE_MONTHS)) == {
        "Lasts": ("6 months", "9 months"),
        "Expires": ("28 Feb 2027", "31 May 2027"),
    }
    assert not writes(sandbox) and not Entry.objects.exists()


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_confirmation_changes_it_once_and_is_read_back(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox)
    answer = change(edith, raw, "validity", {**NINE_MONTHS, "note": "We were closed"})
    assert sent(sandbox) == [("set_period", {"period": 9, "period_unit_id": 3})]
    now = kept(sandbox, raw)
    assert (now["period"], now["period_unit_id"]) == (9, 3)
    page = shown(edith, answer)
    assert "MC-77" in page.one("div", class_="notice good").text
    assert said_day(now["expiration_date"]) in page.text
    entry = newest()
    assert (entry.outcome, entry.note, entry.kept) == (Outcome.DONE, "We were closed", [])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(1, 60),
    unit=st.sampled_from([1, 2, 3, 4]),
    frozen=st.integers(0, 40),
    activated=st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1)),
)
def test_end_that_is_shown_is_the_one_that_altegio_then_has(
    sandbox: Sandbox,
    ctx: ChainContext,
    number: int,
    unit: int,
    frozen: int,
    activated: datetime,
) -> None:
    started = activated.replace(microsecond=0, tzinfo=RIGA)
    raw = put(
        sandbox,
        period=61,
        activated_date=started.isoformat(),
        expiration_date=(started + timedelta(900)).isoformat(),
        freeze_period=frozen,
    )
    read = reading.read_membership(ctx=ctx, membership_id=raw["id"])
    wanted = SetPeriod(number, unit)
    written = services.change_membership(
        ctx=ctx,
        membership_id=raw["id"],
        wanted=wanted,
        seen=reading.state_of(read, wanted.action),
        form_id=f"the form of {raw['id']}",
    )
    _lasts, expires = wanted.changes(read)
    assert expires["after"] == said_day(kept(sandbox, raw)["expiration_date"])
    assert written.item is not None and written.item.period == number
    assert written.entry is not None and written.entry.kept == []


def test_what_is_not_activated_has_no_end_yet(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, status=status("created"), activated_date=None, expiration_date=None)
    page = previewed(edith, raw, "validity", NINE_MONTHS)
    before, after = diff(page)["Expires"]
    assert before == after
    edith.post(at(raw, "validity"), confirmation(page))
    assert kept(sandbox, raw)["period"] == 9
    assert kept(sandbox, raw)["expiration_date"] is None


def test_membership_without_end_gets_one(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, period=0, period_unit_id=0, expiration_date=None)
    page = previewed(edith, raw, "validity", NINE_MONTHS)
    assert diff(page)["Lasts"][1] == "9 months"
    edith.post(at(raw, "validity"), confirmation(page))
    assert diff(page)["Expires"][1] == said_day(kept(sandbox, raw)["expiration_date"])


def test_expired_one_becomes_active_again_and_the_other_way_round(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, status=status("expired"), expiration_date=moment(-1))
    page = shown(edith, change(edith, raw, "validity", NINE_MONTHS))
    assert page.one("span", class_="chip good").text == "active"
    page = shown(edith, change(edith, raw, "validity", {"number": "1", "unit": "2"}))
    assert page.one("span", class_="chip muted").text == "expired"


def test_end_before_the_last_visit_is_refused_and_explained(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, last_used=moment(-1))
    page = previewed(edith, raw, "validity", {"number": "3", "unit": "1", "note": "Too long"})
    answer = edith.post(at(raw, "validity"), confirmation(page))
    page = Page(answer)
    assert answer.status_code == 422
    assert "The new date is before the last use" in page.text
    assert form_of(page).values["number"] == ["3"]
    assert form_of(page).values["note"] == ["Too long"]
    assert kept(sandbox, raw)["period"] == 6
    assert newest().outcome == Outcome.REFUSED


def test_length_that_cannot_be_is_explained_and_stays_typed(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox)
    form = change_form(edith, raw, "validity")
    cannot_be: list[tuple[dict[str, str], set[str]]] = [
        ({"number": "0"}, {"number"}),
        ({"number": "-4"}, {"number"}),
        ({"number": "365001", "unit": "1"}, {"number"}),
        ({"number": "1001", "unit": "4"}, {"number"}),
        ({"number": ""}, {"number"}),
        ({"unit": "0"}, {"unit"}),
        ({"unit": "5"}, {"unit"}),
        ({"number": "6", "unit": "3"}, set()),  # as long as it lasts: about the whole form
    ]
    for typed, fields in cannot_be:
        data = form.data({**NINE_MONTHS, **typed, "note": "Closed"})
        answer = edith.post(at(raw, "validity"), data)
        page = Page(answer)
        assert answer.status_code == 422, typed
        assert fields_with_errors(page) == fields, typed
        assert bool(page.all("div", role="alert")) == (not fields), typed
        assert form_of(page).values["number"] == [typed.get("number", "9")]
        assert form_of(page).values["note"] == ["Closed"]
    longest = form.data({"number": "1000", "unit": "4"})
    assert edith.post(at(raw, "validity"), longest).status_code == 200
    assert not writes(sandbox)


def test_what_was_extended_by_days_can_be_changed_as_it_is(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, period=1102, period_unit_id=1)
    assert change(edith, raw, "validity", {"number": "1103"}).status_code == 302
    assert kept(sandbox, raw)["period"] == 1103


def test_going_back_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    page = previewed(edith, raw, "validity", {"number": "2", "unit": "4", "note": "Loyal"})
    back = Page(edith.post(at(raw, "validity"), form_of(page).data({"back": "yes"})))
    values = form_of(back).values
    assert (values["number"], values["unit"], values["note"]) == (["2"], ["4"], ["Loyal"])


def test_length_that_altegio_kept_is_named(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    sandbox.fault(kind="null_data", match={"method": "POST"})
    page = shown(edith, change(edith, raw, "validity", NINE_MONTHS))
    assert "6 months" in page.one("div", class_="notice warn").text
    assert [each["kept"] for each in newest().kept] == ["6 months", said_day(moment(100))]
