"""Correcting a balance: old beside new, only what was touched, read back whatever is answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.memberships.common import (
    CHAIN,
    HOSTILE,
    POOL,
    TWO_ROWS,
    UNLIMITED_POOL,
    UNLIMITED_ROW,
    fields_with_errors,
    kept,
    links,
    put,
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
    first_row,
    form_of,
    newest,
    previewed,
    row_ids,
    shown,
)
from tests.pages import Page, page_of

pytestmark = pytest.mark.slow


def test_only_an_editor_with_the_right_to_balances_corrects_one(doors: Doors) -> None:
    doors("balance", "loyalty_abonement_balance_edit_access")


# A pool


def test_preview_of_a_pool_sends_nothing_and_spells_the_difference_out(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, POOL)
    assert change_form(edith, raw, "balance").values["left"] == ["20"]
    for typed, then in {"17": "17 (-3)", "23": "23 (+3)", "0": "0 (-20)"}.items():
        rows = diff(previewed(edith, raw, "balance", {"left": typed}))
        assert list(rows.values()) == [("20", then)]
    assert not writes(sandbox) and not Entry.objects.exists()


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_pool_is_replaced_once_and_read_back(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, POOL)
    answer = change(edith, raw, "balance", {"left": "17", "note": "Three were paid twice"})
    assert sent(sandbox) == [("set_balance", {"united_balance_services_count": 17})]
    assert kept(sandbox, raw)["united_balance_services_count"] == 17
    page = shown(edith, answer)
    assert "MC-77" in page.one("div", class_="notice good").text
    assert page.one("p", class_="promise").text.split()[0] == "17"
    entry = newest()
    assert (entry.outcome, entry.note) == (Outcome.DONE, "Three were paid twice")
    assert entry.kept == []


def test_pool_that_altegio_kept_is_named(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, POOL)
    sandbox.fault(kind="null_data", match={"method": "POST"})
    page = shown(edith, change(edith, raw, "balance", {"left": "17"}))
    assert "20" in page.one("div", class_="notice warn").text
    (ignored,) = newest().kept
    assert (ignored["asked"], ignored["kept"]) == ("17", "20")


def test_used_up_membership_lives_again(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, POOL, united_balance_services_count=0, status=status("wasted"))
    page = shown(edith, change(edith, raw, "balance", {"left": "1"}))
    assert page.one("span", class_="chip good").text == "active"
    page = shown(edith, change(edith, raw, "balance", {"left": "0"}))
    assert page.one("span", class_="chip muted").text == "used up"


# Per service


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_only_the_touched_service_is_sent(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, TWO_ROWS)
    first, second = row_ids(raw)
    page = previewed(edith, raw, "balance", {f"left-{first}": "7"})
    assert diff(page) == {"Float bath": ("2", "7 (+5)")}
    assert not writes(sandbox)
    edith.post(at(raw, "balance"), confirmation(page))
    body = {"services_balance_count": [{"service_id": first, "balance": 7}]}
    assert sent(sandbox) == [("set_balance", body)]
    assert links(kept(sandbox, raw)) == {first: 7, second: 2}
    assert (newest().outcome, newest().kept) == (Outcome.DONE, [])


def test_several_services_go_in_one_request(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, TWO_ROWS)
    first, second = row_ids(raw)
    change(edith, raw, "balance", {f"left-{first}": "0", f"left-{second}": "5"})
    [(_path, body)] = sent(sandbox)
    assert body["services_balance_count"] == [
        {"service_id": first, "balance": 0},
        {"service_id": second, "balance": 5},
    ]
    assert links(kept(sandbox, raw)) == {first: 0, second: 5}


def test_service_that_somebody_else_changed_meanwhile_keeps_theirs(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, TWO_ROWS)
    first, second = row_ids(raw)
    data = change_form(edith, raw, "balance").data({f"left-{first}": "7"})
    container = kept(sandbox, raw)["balance_container"]
    container["links"][1]["count"] = 1
    sandbox.alter_membership(CHAIN, raw["id"], balance_container=container)
    # What the form says of the second row is what was there when it was opened.
    page = Page(edith.post(at(raw, "balance"), data))
    assert diff(page) == {"Float bath": ("2", "7 (+5)")}
    edith.post(at(raw, "balance"), confirmation(page))
    assert links(kept(sandbox, raw)) == {first: 7, second: 1}
    [(_path, body)] = sent(sandbox)
    assert [row["service_id"] for row in body["services_balance_count"]] == [first]


def test_what_was_touched_and_changed_meanwhile_is_shown_anew(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, TWO_ROWS)
    first, second = row_ids(raw)
    page = previewed(edith, raw, "balance", {f"left-{first}": "7"})
    container = kept(sandbox, raw)["balance_container"]
    container["links"][0]["count"] = 1
    sandbox.alter_membership(CHAIN, raw["id"], balance_container=container)
    answer = edith.post(at(raw, "balance"), confirmation(page))
    assert answer.status_code == 409
    assert diff(Page(answer)) == {"Float bath": ("1", "7 (+6)")}
    assert not writes(sandbox)
    edith.post(at(raw, "balance"), confirmation(Page(answer)))
    assert links(kept(sandbox, raw)) == {first: 7, second: 2}


def test_somebody_else_wrote_the_same_number(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, POOL)
    page = previewed(edith, raw, "balance", {"left": "17"})
    sandbox.alter_membership(CHAIN, raw["id"], united_balance_services_count=17)
    answer = edith.post(at(raw, "balance"), confirmation(page))
    assert answer.status_code == 409
    assert Page(answer).all("div", class_="notice warn", role="alert")
    assert Page(answer).all("div", class_="notice bad whole", role="alert")
    assert form_of(Page(answer)).values["left"] == ["17"]
    assert not writes(sandbox)


def test_whole_category_is_counted_like_a_service(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, 11_017)
    [category] = row_ids(raw)
    change(edith, raw, "balance", {f"left-{category}": "9"})
    body = {"services_balance_count": [{"service_id": category, "balance": 9}]}
    assert sent(sandbox) == [("set_balance", body)]
    assert links(kept(sandbox, raw)) == {category: 9}


def test_rows_that_altegio_kept_are_named(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, TWO_ROWS)
    sandbox.fault(kind="null_data", match={"method": "POST"})
    first, second = row_ids(raw)
    page = shown(
        edith, change(edith, raw, "balance", {f"left-{first}": "5", f"left-{second}": "6"})
    )
    told = page.one("div", class_="notice warn").text
    assert "Float bath" in told and "Hot stones" in told
    assert [each["field"] for each in newest().kept] == ["Float bath", "Hot stones"]


# What cannot be


def test_unlimited_pool_cannot_be_changed(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, UNLIMITED_POOL)
    page = page_of(edith, at(raw, "balance"))
    assert page.one("div", role="note").text.strip()
    assert not page.all("input", name="left")
    data = {"left": "3", "confirmed": "yes", "seen": "x", "form_id": "f" * 20}
    answer = edith.post(at(raw, "balance"), {**form_of(page).values, **data})
    assert answer.status_code == 409
    assert not writes(sandbox)


def test_unlimited_service_is_shown_and_cannot_be_changed(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, UNLIMITED_ROW)
    (unlimited,) = (each for each, left in links(raw).items() if left == "unlimited")
    (limited,) = (each for each, left in links(raw).items() if left != "unlimited")
    page = page_of(edith, at(raw, "balance"))
    field = page.one("input", name=f"left-{unlimited}")
    assert "disabled" in field.attrs and not field.attrs.get("value")
    data = form_of(page).data({f"left-{unlimited}": "3", f"left-{limited}": "1"})
    page = Page(edith.post(at(raw, "balance"), data))
    assert diff(page) == {"Haircut": ("2", "1 (-1)")}
    edith.post(at(raw, "balance"), confirmation(page))
    [(_path, body)] = sent(sandbox)
    assert body["services_balance_count"] == [{"service_id": limited, "balance": 1}]
    assert links(kept(sandbox, raw)) == {unlimited: "unlimited", limited: 1}


def test_balance_that_altegio_did_not_say_cannot_be_changed(
    sandbox: Sandbox, edith: Client
) -> None:
    for fields in (
        {"balance_container": {"links": [{"count": 3}]}},
        {"is_united_balance": None},
        {"is_united_balance": True, "united_balance_services_count": None},
    ):
        page = page_of(edith, at(put(sandbox, TWO_ROWS, **fields), "balance"))
        assert page.one("div", role="note").text.strip()
        assert not page.all("button", class_="button primary")


def test_number_that_cannot_be_is_explained_and_stays_typed(
    sandbox: Sandbox, edith: Client
) -> None:
    pool, services = put(sandbox, POOL), put(sandbox, TWO_ROWS)
    for raw, field in ((pool, "left"), (services, first_row(services))):
        form = change_form(edith, raw, "balance")
        for typed in ("-1", "100001", "", "2.5", "<b>"):
            data = form.data({field: typed, "note": "Counted again"})
            answer = edith.post(at(raw, "balance"), data)
            page = Page(answer)
            assert answer.status_code == 422, typed
            assert fields_with_errors(page) == {field}, typed
            assert form_of(page).values[field] == [typed]
            assert form_of(page).values["note"] == ["Counted again"]
        for possible in ("0", "100000"):
            answer = edith.post(at(raw, "balance"), form.data({field: possible}))
            assert answer.status_code == 200, possible
    assert not writes(sandbox)


def test_nothing_changed_is_said(sandbox: Sandbox, edith: Client) -> None:
    for type_id in (POOL, TWO_ROWS):
        raw = put(sandbox, type_id)
        answer = edith.post(at(raw, "balance"), change_form(edith, raw, "balance").data())
        assert answer.status_code == 422
        assert Page(answer).one("div", class_="notice bad whole", role="alert").text.strip()
    assert not writes(sandbox)


def test_going_back_keeps_what_was_typed_and_what_was_touched(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, TWO_ROWS)
    first, second = row_ids(raw)
    typed: dict[str, Any] = {f"left-{first}": "7", "note": "Counted"}
    page = previewed(edith, raw, "balance", typed)
    back = Page(edith.post(at(raw, "balance"), form_of(page).data({"back": "yes"})))
    values = form_of(back).values
    assert (values[f"left-{first}"], values[f"initial-left-{first}"]) == (["7"], ["2"])
    assert (values[f"left-{second}"], values["note"]) == (["2"], ["Counted"])
    page = Page(edith.post(at(raw, "balance"), form_of(back).data()))
    assert diff(page) == {"Float bath": ("2", "7 (+5)")}


def test_hostile_service_is_inert(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, TWO_ROWS, number=HOSTILE)
    container = raw["balance_container"]
    (container["links"][0].get("service") or container["links"][0]["category"])["title"] = HOSTILE
    sandbox.alter_membership(CHAIN, raw["id"], balance_container=container)
    page = previewed(edith, raw, "balance", {first_row(raw): "7"})
    assert HOSTILE in diff(page)
    assert "<script>alert" not in page.html
    answer = edith.post(at(raw, "balance"), confirmation(page))
    assert "<script>alert" not in shown(edith, answer).html
