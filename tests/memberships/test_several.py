"""Several ticked memberships: what is to be done, a preview of each, one confirmation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.jobs.models import Job
from loyalty_admin.memberships import several
from loyalty_admin.memberships.changes import SetPeriod
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.classes import BUSY
from tests.jobs.common import begun, done, put_many, states
from tests.memberships.common import (
    CHAIN,
    HOSTILE,
    LIST,
    MANICURES,
    NO_FREEZING,
    OTHER_CHAIN,
    RIGA,
    begun_days,
    end_of_day,
    fields_with_errors,
    kept,
    moment,
    put,
    said_day,
    status,
    writes,
)
from tests.memberships.conftest import without_right
from tests.memberships.memberships import membership
from tests.memberships.submitting import in_days
from tests.pages import HTMX, Form, Page, Typed, page_of
from tests.threads import at_once

pytestmark = pytest.mark.slow

SEVERAL = f"{LIST}several/"
EXTEND = {"what": "extend", "days": "7"}
FREEZE = {"what": "freeze", "until": in_days(4)}


def ticked(client: Client, *raws: dict[str, Any]) -> Page:
    """The page that "Change the ticked ones" leads to."""
    answer = client.post(SEVERAL, {"id": [raw["id"] for raw in raws]})
    assert answer.status_code == 200
    return Page(answer)


def form_of(page: Page) -> Form:
    return page.form("several/")


def looked_at(client: Client, typed: Typed, *raws: dict[str, Any]) -> Page:
    """The preview of what is typed."""
    answer = client.post(SEVERAL, form_of(ticked(client, *raws)).data(typed))
    assert answer.status_code == 200, Page(answer).text
    return Page(answer)


def told(page: Page) -> dict[str, str]:
    """By code, what the preview says is done to each."""
    cells = [" ".join(cell.text.split()) for cell in page.all("td", class_="sentence")]
    return dict(zip(page.titles(), cells[1::2], strict=True))  # beside the type of each


def impossible(page: Page) -> list[str]:
    """The codes of those that cannot be done."""
    rows = [row.node for row in page.all("tr") if row.node.css("td .chip.warn")]
    return [" ".join(row.css("th")[0].text().split()) for row in rows]


def offered(page: Page) -> int:
    """To how many the button says that it does it; 0 where there is none."""
    buttons = page.all("button", class_="button primary")
    found = [one for one in buttons if page.form_of(one) is form_of(page)]
    return int("".join(re.findall("[0-9]", found[0].text))) if found else 0


# Who may


def test_only_an_editor_with_the_right_to_validity_changes_several(
    sandbox: Sandbox, connection: Connection, edith: Client, vera: Client
) -> None:
    data = {"id": [put(sandbox)["id"]]}
    for headers in ({}, HTMX):
        assert vera.post(SEVERAL, data, headers=headers).status_code == 403
        other = SEVERAL.replace(str(CHAIN), "9999")
        assert edith.post(other, data, headers=headers).status_code == 404
        assert edith.get(SEVERAL, headers=headers).status_code == 405
    assert Client().post(SEVERAL, data)["Location"].startswith("/login/")
    without_right(connection, "loyalty_abonement_period_edit_access")
    assert edith.post(SEVERAL, data).status_code == 403
    without_right(connection, "loyalty_abonement_balance_edit_access")
    assert edith.post(SEVERAL, data).status_code == 200


def test_viewer_cannot_begin_what_an_editor_looked_at(
    sandbox: Sandbox, edith: Client, vera: Client
) -> None:
    data = form_of(looked_at(edith, EXTEND, put(sandbox))).data()
    assert vera.post(SEVERAL, data).status_code == 403
    assert not Job.objects.exists()


# What is asked


def test_nothing_ticked_leads_back(edith: Client, sandbox: Sandbox) -> None:
    for ids in ([], ["x"], ["-1", "9" * 30]):
        answer = edith.post(SEVERAL, {"id": ids})
        assert answer["Location"] == LIST
    assert page_of(edith, LIST).all("div", class_="notice warn")


def test_form_names_how_many_and_asks_what(sandbox: Sandbox, edith: Client) -> None:
    page = ticked(edith, *put_many(sandbox, 3))
    assert page.one("p", class_="lead").text.split()[0] == "3"
    assert {one.attrs["value"] for one in page.all("input", name="what")} == {
        "freeze",
        "unfreeze",
        "extend",
    }
    assert not writes(sandbox)


def test_what_cannot_be_read_is_asked_again(sandbox: Sandbox, edith: Client) -> None:
    raws = put_many(sandbox, 2)
    form = form_of(ticked(edith, *raws))
    cannot_be: list[tuple[dict[str, str], str]] = [
        ({"what": "freeze", "until": ""}, "until"),
        ({"what": "freeze", "until": "31 soon"}, "until"),
        ({"what": "freeze", "until": "9999-12-31"}, "until"),
        ({"what": "extend", "days": ""}, "days"),
        ({"what": "extend", "days": "0"}, "days"),
        ({"what": "extend", "days": "3661"}, "days"),
        ({"what": "extend", "days": "-7"}, "days"),
        ({"what": "delete", "days": "1"}, "what"),
        ({"what": "unfreeze", "note": "x" * 501}, "note"),
    ]
    for typed, field in cannot_be:
        answer = edith.post(SEVERAL, form.data(typed))
        page = Page(answer)
        assert answer.status_code == 422, typed
        assert fields_with_errors(page) == {field}, typed
        # What was ticked and typed is kept.
        assert form_of(page).data()["id"] == [str(raw["id"]) for raw in raws]
    assert not Job.objects.exists()


# The preview


def test_preview_shows_each_before_and_after_and_sends_nothing(
    sandbox: Sandbox, edith: Client
) -> None:
    raws = put_many(sandbox, 2)
    page = looked_at(edith, EXTEND, *raws)
    now, then = said_day(moment(100)), said_day(moment(107))
    # Ten days ago to a hundred days from now, and a week.
    for said in told(page).values():
        assert "→ 117 days" in said
        assert f"{now} → {then}" in said
    assert list(told(page)) == ["MC-0", "MC-1"]
    assert "7 days" in page.one("h1").text
    assert offered(page) == 2 and impossible(page) == []
    assert not writes(sandbox)
    assert not Entry.objects.exists() and not Job.objects.exists()


def test_preview_of_freezing_shows_what_comes_of_it(sandbox: Sandbox, edith: Client) -> None:
    raws = put_many(sandbox, 2)
    page = looked_at(edith, {"what": "freeze", "until": in_days(4)}, *raws)
    said, days = told(page)["MC-0"], begun_days(end_of_day(4))
    assert f"{said_day(moment(100))} → {said_day(moment(100 + days))}" in said
    assert f"14 days → {14 - days} days" in said
    assert said_day(moment(4)) in said and said_day(moment(4)) in page.one("h1").text


def test_preview_of_unfreezing_says_that_the_expiry_stays(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, is_frozen=True, freeze_period=3)
    page = looked_at(edith, {"what": "unfreeze"}, raw)
    assert f"{said_day(moment(100))} → {said_day(moment(100))}" in told(page)["MC-77"]
    assert offered(page) == 1


def test_what_cannot_be_done_is_shown_with_its_reason_and_left_out(
    sandbox: Sandbox, edith: Client
) -> None:
    possible = put(sandbox, number="MC-1")
    not_allowed = put(sandbox, NO_FREEZING, number="MC-2")
    few_days = put(sandbox, number="MC-3", freeze_period=12)
    page = looked_at(edith, FREEZE, possible, not_allowed, few_days)
    assert {*impossible(page)} == {"MC-2", "MC-3"}
    # First what somebody has to think about.
    assert page.titles()[-1] == "MC-1" and "→" in told(page)["MC-1"]
    assert told(page)["MC-2"] != told(page)["MC-3"]
    assert offered(page) == 1
    edith.post(SEVERAL, form_of(page).data())
    assert [item.object_id for item in Job.objects.get().items.all()] == [possible["id"]]


UNREADABLE = ("period", "period_unit_id", "activated_date", "expiration_date", "freeze_period")


def test_what_cannot_be_extended_has_a_reason() -> None:
    """Where Altegio does not say how long it lasts, days are not counted at all."""
    never: dict[str, Any] = {"expires_at": None}
    not_begun: dict[str, Any] = {"activated_at": None, "expires_at": None}
    reasons = {}
    cannot_be: dict[str, dict[str, Any]] = {
        "no length": {"period": 0, **never},
        "no end": never,
        "an end before its start": {"frozen_days": 1000},
        "months before it begins": not_begun,
        "years before it begins": {**not_begun, "period_unit": 4},
        **{name: {"unreadable": (name,)} for name in UNREADABLE},
    }
    for name, fields in cannot_be.items():
        planned = several.longer_by(7)(membership(**fields))
        assert planned.wanted is None and planned.why_not, name
        reasons[name] = planned.why_not
    assert len({*reasons.values()}) == 4
    assert len({reasons[name] for name in UNREADABLE}) == 1


def test_nothing_possible_offers_no_button_and_begins_nothing(
    sandbox: Sandbox, edith: Client
) -> None:
    page = looked_at(edith, {"what": "unfreeze"}, *put_many(sandbox, 2))
    assert offered(page) == 0
    answer = edith.post(SEVERAL, form_of(page).data())
    assert answer.status_code == 409
    assert Page(answer).all("div", role="alert")
    assert not Job.objects.exists()


def test_going_back_keeps_what_was_typed_and_ticked(sandbox: Sandbox, edith: Client) -> None:
    raws = put_many(sandbox, 2)
    page = looked_at(edith, {**FREEZE, "note": "Closed"}, *raws)
    page = Page(edith.post(SEVERAL, form_of(page).data({"back": "yes"})))
    values = form_of(page).values
    assert values["id"] == [str(raw["id"]) for raw in raws]
    assert (values["what"], values["until"]) == (["freeze"], [FREEZE["until"]])
    assert values["note"] == ["Closed"]
    assert not Job.objects.exists()


def test_search_in_which_they_were_ticked_is_found_again(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    search = f"{LIST}?ids={raw['id']}&status=active"
    form = page_of(edith, search).form(id="several")
    page = Page(edith.post(SEVERAL, {**form.data(), "id": raw["id"]}))
    assert page.one("a", class_="back").attrs["href"] == search
    page = Page(edith.post(SEVERAL, form_of(page).data(EXTEND)))
    assert page.one("a", class_="back").attrs["href"] == search
    assert edith.post(SEVERAL, form.data())["Location"] == search
    odd = edith.post(SEVERAL, {"search": "x\r\ny: //elsewhere.example"})["Location"]
    assert odd == f"{LIST}?x%0D%0Ay%3A+%2F%2Felsewhere.example="


def test_unknown_and_other_chains_memberships_are_counted_and_left_out(
    sandbox: Sandbox, edith: Client
) -> None:
    here = put(sandbox)
    there = sandbox.put_membership(OTHER_CHAIN, {"number": "not ours"})
    page = looked_at(edith, EXTEND, here, there, {"id": 7_777_777})
    assert list(told(page)) == ["MC-77"]
    assert re.findall("[0-9]+", page.one("p", class_="lead").text) == ["3", "2"]
    edith.post(SEVERAL, form_of(page).data())
    assert [item.object_id for item in Job.objects.get().items.all()] == [here["id"]]


def test_same_membership_ticked_twice_is_one(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    page = looked_at(edith, EXTEND, raw, raw)
    assert re.findall("[0-9]+", page.one("p", class_="lead").text) == ["1"]
    edith.post(SEVERAL, form_of(page).data())
    assert Job.objects.get().items.count() == 1


@pytest.mark.slow
def test_no_more_than_the_most_are_taken(sandbox: Sandbox, edith: Client) -> None:
    raws = put_many(sandbox, several.MOST + 5)
    page = looked_at(edith, EXTEND, *raws)
    assert offered(page) == several.MOST
    answer = edith.post(SEVERAL, form_of(page).data())
    assert answer.status_code == 302
    assert Job.objects.get().items.count() == several.MOST
    # All were asked for in pages of a hundred.
    asked = [call for call in sandbox.calls() if "abonements_ids[]" in call["query"]]
    assert len(asked) == several.MOST / 100


def test_hostile_codes_are_inert(sandbox: Sandbox, edith: Client) -> None:
    for code in (HOSTILE, "</script><img src=x onerror=alert(1)>", "{{ 7|add:7 }}"):
        page = looked_at(edith, {**EXTEND, "note": code}, put(sandbox, number=code))
        assert page.titles() == [" ".join(code.split())]
        assert not page.all("img")
        assert form_of(page).data()["note"] == [code]
        answer = edith.post(SEVERAL, form_of(page).data())
        job = Page(edith.get(answer["Location"]))
        assert job.titles() == [" ".join(code.split())]
        assert not job.all("img")
        assert code in job.text


def test_while_altegio_does_not_answer_the_form_is_kept(sandbox: Sandbox, edith: Client) -> None:
    form = form_of(ticked(edith, *put_many(sandbox, 2)))
    sandbox.fault(**BUSY.fault, times=None)
    answer = edith.post(SEVERAL, form.data({**EXTEND, "note": "A holiday"}))
    assert answer.status_code == 502
    page = Page(answer)
    assert page.one(role="alert").text.strip()
    assert form_of(page).data()["note"] == ["A holiday"]


def test_account_that_has_to_sign_in_again_is_told_so(sandbox: Sandbox, edith: Client) -> None:
    form = form_of(ticked(edith, put(sandbox)))
    sandbox.revoke_tokens()
    answer = edith.post(SEVERAL, form.data(EXTEND))
    assert answer.status_code == 502
    assert Page(answer).one(role="alert").text.strip()
    assert Connection.objects.get().needs_sign_in


# The confirmation


def test_confirmation_begins_one_job_with_its_note_and_sends_nothing_itself(
    sandbox: Sandbox, edith: Client
) -> None:
    raws = put_many(sandbox, 3)
    page = looked_at(edith, {**EXTEND, "note": "Closed\r\nfor a week"}, *raws)
    answer = edith.post(SEVERAL, form_of(page).data())
    job = Job.objects.get()
    assert answer["Location"] == f"/chains/{CHAIN}/jobs/{job.pk}/"
    assert "7 days" in job.title and " ".join(job.note.split()) == "Closed for a week"
    assert (job.person_name, job.chain_id) == ("Edith Editor", CHAIN)
    assert states(job) == ["waiting"] * 3
    assert not writes(sandbox)


def test_what_was_looked_at_is_what_is_done(sandbox: Sandbox, edith: Client) -> None:
    raws = put_many(sandbox, 2)
    form = form_of(looked_at(edith, EXTEND, *raws))
    # Neither the number of days nor what was ticked can be slipped in after the preview.
    other = put(sandbox, number="other")
    data = form.data({"days": "900", "id": [str(other["id"])]})
    edith.post(SEVERAL, data)
    job = done(Job.objects.get())
    assert "7 days" in job.title
    assert [kept(sandbox, raw)["expiration_date"] for raw in raws] == [moment(107)] * 2
    assert kept(sandbox, other)["expiration_date"] == moment(100)


def test_double_click_begins_one_job(sandbox: Sandbox, edith: Client) -> None:
    data = form_of(looked_at(edith, EXTEND, *put_many(sandbox, 2))).data()
    first, second = edith.post(SEVERAL, data), edith.post(SEVERAL, data)
    assert first["Location"] == second["Location"]
    assert Job.objects.get().items.count() == 2


@pytest.mark.django_db(transaction=True)
def test_double_click_at_the_same_moment_begins_one_job(sandbox: Sandbox, edith: Client) -> None:
    data = form_of(looked_at(edith, EXTEND, *put_many(sandbox, 2))).data()

    def press() -> str:
        again = Client()
        again.cookies = edith.cookies
        return str(again.post(SEVERAL, data)["Location"])

    assert len(set(at_once([press] * 4))) == 1
    assert Job.objects.get().items.count() == 2


def test_form_without_its_id_begins_nothing(sandbox: Sandbox, edith: Client) -> None:
    data = form_of(looked_at(edith, EXTEND, put(sandbox))).data({"form_id": "short"})
    assert edith.post(SEVERAL, data).status_code == 400
    assert not Job.objects.exists()


def old(plan: str, age: timedelta) -> str:
    """The same plan as it was signed so long ago."""
    signer = signing.TimestampSigner(salt=f"{several.SALT}.{CHAIN}")
    value = signer.unsign(plan)

    class Earlier(signing.TimestampSigner):
        def timestamp(self) -> str:
            return signing.b62_encode(int((datetime.now(UTC) - age).timestamp()))

    return Earlier(salt=f"{several.SALT}.{CHAIN}").sign(value)


def test_preview_of_less_than_an_hour_ago_still_begins(sandbox: Sandbox, edith: Client) -> None:
    data = form_of(looked_at(edith, EXTEND, put(sandbox))).data()
    data["plan"] = [old(data["plan"][0], timedelta(minutes=59))]
    assert edith.post(SEVERAL, data).status_code == 302


@pytest.mark.parametrize("spoil", ["old", "tampered", "empty", "another chain's"])
def test_preview_that_is_old_or_not_ours_begins_nothing(
    spoil: str, sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    data = form_of(looked_at(edith, {**EXTEND, "note": "Kept"}, put(sandbox))).data()
    plan = data["plan"][0]
    value = signing.loads(plan, salt=f"{several.SALT}.{CHAIN}")
    data["plan"] = [
        {
            "old": old(plan, timedelta(minutes=61)),
            "tampered": f"{plan[:20]}A{plan[21:]}",
            "empty": "",
            "another chain's": signing.dumps(value, salt=f"{several.SALT}.{OTHER_CHAIN}"),
        }[spoil]
    ]
    answer = edith.post(SEVERAL, data)
    page = Page(answer)
    assert answer.status_code == 409
    assert page.all("div", role="alert")
    assert form_of(page).data()["note"] == ["Kept"]
    assert not Job.objects.exists()


# How much longer


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    activated=st.integers(-700, 0),
    hour=st.integers(0, 23),
    period=st.tuples(st.integers(1, 30), st.integers(1, 4)),
    frozen=st.integers(0, 400),
    days=st.integers(1, 3660),
)
@pytest.mark.slow
def test_extension_moves_every_expiry_by_exactly_its_days(
    sandbox: Sandbox,
    ctx: ChainContext,
    activated: int,
    hour: int,
    period: tuple[int, int],
    frozen: int,
    days: int,
) -> None:
    raw = put(
        sandbox,
        MANICURES,
        activated_date=moment(activated, hour),
        expiration_date=None,
        period=period[0],
        period_unit_id=period[1],
        freeze_period=frozen,
    )
    before = expiry_as_altegio_has_it(sandbox, raw)
    raw = sandbox.alter_membership(CHAIN, raw["id"], expiration_date=before.isoformat())
    (planned,) = several.plan_all(ctx, [raw["id"]], several.longer_by(days))
    assert planned.wanted is not None
    job = done(begun(ctx, [raw], several.longer_by(days)))
    assert states(job) == ["done"]
    after = datetime.fromisoformat(kept(sandbox, raw)["expiration_date"]).astimezone(RIGA)
    assert (after.date() - before.date()).days == days
    # At the same time of the day, but where the clocks leave that out.
    assert abs(after - before - timedelta(days)) <= timedelta(hours=1)
    (expires,) = [
        change["after"]
        for change in planned.wanted.changes(planned.membership)
        if change["field"] == "Expires"
    ]
    assert expires == said_day(after.isoformat())


def test_extension_counts_days_at_whatever_hour_it_begins_and_ends() -> None:
    """Thirty days from the 18th hour to a midnight are still thirty."""
    for begins, ends in ((18, 0), (9, 0), (1, 23), (10, 10)):
        one = membership(
            activated_at=datetime(2026, 6, 1, begins, tzinfo=RIGA),
            expires_at=datetime(2026, 7, 1, ends, tzinfo=RIGA),
        )
        assert several.longer_by(7)(one).wanted == SetPeriod(37, 1), (begins, ends)


def expiry_as_altegio_has_it(sandbox: Sandbox, raw: dict[str, Any]) -> datetime:
    from loyalty_admin.sandbox.membership_fields import expiration_of

    found = expiration_of(raw, sandbox.state.chains[CHAIN])
    assert found is not None
    return datetime.fromisoformat(found).astimezone(RIGA)


def test_what_is_not_activated_lasts_longer_by_exactly_its_days() -> None:
    for unit, lasts in ((1, 5), (2, 35)):
        one = membership(activated_at=None, expires_at=None, period=5, period_unit=unit)
        assert several.longer_by(9)(one).wanted == SetPeriod(lasts + 9, 1), unit


def test_expired_one_is_extended_from_its_old_end(sandbox: Sandbox, ctx: ChainContext) -> None:
    raw = put(sandbox, status=status("expired"), expiration_date=moment(-2))
    done(begun(ctx, [raw], several.longer_by(9)))
    now = kept(sandbox, raw)
    assert (now["expiration_date"], now["status"]["slug"]) == (moment(7), "active")


def test_whole_way_freezes_and_unfreezes_all(sandbox: Sandbox, edith: Client) -> None:
    raws = put_many(sandbox, 3)
    for typed, is_frozen in (
        ({"what": "freeze", "until": in_days(4)}, True),
        ({"what": "unfreeze"}, False),
    ):
        page = looked_at(edith, typed, *raws)
        edith.post(SEVERAL, form_of(page).data())
        assert states(done(Job.objects.all()[0])) == ["done"] * 3
        assert {kept(sandbox, raw)["is_frozen"] for raw in raws} == {is_frozen}
