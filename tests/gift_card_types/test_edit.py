"""Changing a whole type: the form, what it says before anybody types, and after."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    DATED,
    FOREIGN,
    HOSTILE,
    ISSUED,
    LIST,
    OTHER_CHAIN,
    PAST,
    PLAIN,
    UNKNOWN_EDITING,
    UNMODELLED,
    WITH_SERVICES,
    named,
    writes,
)
from tests.gift_card_types.refusing import check_refused, refuse
from tests.gift_card_types.submitting import (
    at,
    edit,
    edit_form,
    newest,
    press,
    row_form,
    send_edit,
    send_row,
    shown,
)
from tests.pages import HTMX, Page, Typed, page_of


def changed_fields() -> list[str]:
    return [change["field"] for change in newest().changes]


def test_message_and_page_show_what_was_read_back(
    profile: str, sandbox: Sandbox, loaded: Client
) -> None:
    page = shown(loaded, edit(loaded, PLAIN, {"title": "For mum", "face_value": "77"}))
    assert page.one("h1").text == "For mum"
    assert "For mum" in page.one("div", class_="notice good").text
    assert "77 €" in page.text
    before = len(sandbox.calls())
    assert "For mum" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == before


def test_forms_sent_as_they_were_opened_change_nothing(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    """Every type of the chain, in the full form and in its row."""
    for raw in sandbox.certificate_types_of(CHAIN):
        sandbox.alter_certificate_type(CHAIN, raw["id"], released_total=0, is_archived=False)
    before = sandbox.certificate_types_of(CHAIN)
    assert edith.get(f"{LIST}loaded/").status_code == 200
    for raw in before:
        response = edit(edith, raw["id"], {})
        assert response.status_code == 302, (raw["title"], Page(response).text)
        response = send_row(edith, row_form(edith, raw["id"]), raw["id"], {})
        assert response.status_code == 200, raw["title"]
    assert not writes(sandbox)
    assert sandbox.certificate_types_of(CHAIN) == before


def test_nothing_sent_is_said(edith: Client) -> None:
    page = shown(edith, edit(edith, PLAIN, {}))
    assert "nothing was sent" in page.one("div", class_="notice info").text


# The fixed date


def date_sent(sandbox: Sandbox) -> str:
    return str(writes(sandbox)[-1]["body"]["expiration"]["date"])


@pytest.mark.parametrize("type_id", [DATED, FOREIGN])
def test_date_that_nobody_touches_goes_back_as_the_very_string(
    profile: str, sandbox: Sandbox, edith: Client, type_id: int
) -> None:
    (odd,) = ["2030-12-31T23:59:59.250+0200" if type_id == DATED else "2030-11-29T23:59:59-05:00"]
    sandbox.alter_certificate_type(CHAIN, type_id, expiration_date=odd)
    edit(edith, type_id, {"title": "Other"})
    assert date_sent(sandbox) == odd
    assert changed_fields() == ["Title"]


@pytest.mark.parametrize(
    ("type_id", "typed", "sent"),
    [
        # Summer has another offset at the same place.
        (DATED, {"expires_at-date": "2031-07-31"}, "2031-07-31T23:59:59+03:00"),
        (
            DATED,
            {"expires_at-date": "2031-07-31", "expires_at-zone": "Europe/Madrid"},
            "2031-07-31T23:59:59+02:00",
        ),
        (DATED, {"expires_at-time": "12:30"}, "2030-12-31T12:30:00+02:00"),
        # The offset of no location stays until another zone is chosen.
        (FOREIGN, {"expires_at-date": "2031-07-31"}, "2031-07-31T23:59:59-05:00"),
        (FOREIGN, {"expires_at-zone": "Europe/Riga"}, "2030-11-29T23:59:59+02:00"),
    ],
)
def test_typed_date_is_sent_with_the_offset_of_its_zone_then(
    sandbox: Sandbox, edith: Client, type_id: int, typed: Typed, sent: str
) -> None:
    edit(edith, type_id, typed)
    assert date_sent(sandbox) == sent
    assert changed_fields() == ["Valid until"]
    assert newest().kept == []


def test_same_moment_of_another_zone_is_no_change(sandbox: Sandbox, edith: Client) -> None:
    typed = {"expires_at-time": "22:59:59", "expires_at-zone": "Europe/Madrid"}
    assert edit(edith, DATED, typed).status_code == 302
    assert not writes(sandbox)


def test_time_that_the_clocks_skip_is_refused(sandbox: Sandbox, edith: Client) -> None:
    typed = {"expires_at-date": "2031-03-30", "expires_at-time": "03:15"}
    page = Page(edit(edith, DATED, typed))
    assert "Clocks skip this time" in page.one("ul", id="id_expires_at_error").text
    assert page.form(id="type-form").values["expires_at-time"] == ["03:15"]
    assert not writes(sandbox)


def test_journal_says_the_date_with_its_zone(edith: Client) -> None:
    edit(edith, DATED, {"expires_at-date": "2031-07-31"})
    assert newest().changes == [
        {
            "field": "Valid until",
            "before": "31 Dec 2030, 23:59:59 (Europe/Riga)",
            "after": "31 Jul 2031, 23:59:59 (Europe/Riga)",
        }
    ]


def test_kind_of_validity_can_be_changed_with_what_belongs_to_it(
    sandbox: Sandbox, edith: Client
) -> None:
    typed = {"validity_kind": "2", "validity": "9", "validity_unit": "2"}
    edit(edith, DATED, typed)
    assert writes(sandbox)[0]["body"]["expiration"] == {
        "type_id": 2,
        "timeout": 9,
        "timeout_unit_id": 2,
    }
    told = {change["field"]: (change["before"], change["after"]) for change in newest().changes}
    # What means nothing beside the kind of validity is not said to be there.
    assert told == {
        "How long it is valid": (
            "Until a fixed date, the same for all cards",
            "For some time from the sale",
        ),
        "Valid until": ("31 Dec 2030, 23:59:59 (Europe/Riga)", "not set"),
        "Valid for": ("not set", "9 weeks"),
        "Unit of validity": ("not set", "weeks"),
    }


# What was read and nobody touches


def test_unknown_values_are_offered_as_read_and_kept(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    page = page_of(edith, f"{LIST}{UNKNOWN_EDITING}/edit/")
    assert page.form(id="type-form").values["balance_editing"] == ["7"]
    assert [label.text.strip() for label in page.all("label") if "number 7" in label.text]
    edit(edith, UNKNOWN_EDITING, {"title": "Other"})
    assert writes(sandbox)[0]["body"]["balance_edit_type_id"] == 7
    assert changed_fields() == ["Title"]
    edit(edith, UNKNOWN_EDITING, {"balance_editing": "2"})
    assert newest().changes == [
        {"field": "Correcting its balance", "before": "number 7", "after": "Not allowed"}
    ]


def test_keys_that_no_form_shows_stay(profile: str, sandbox: Sandbox, edith: Client) -> None:
    before = sandbox.certificate_type_of(CHAIN, UNMODELLED)
    edit(edith, UNMODELLED, {"face_value": "71"})
    after = sandbox.certificate_type_of(CHAIN, UNMODELLED)
    assert after["tags"]
    assert {key for key in before | after if before.get(key) != after.get(key)} <= {
        "balance",
        # In the observed profile its numbers came as texts, and go back so.
        "tags",
    }


@pytest.mark.parametrize(
    "odd",
    [
        {"balance": 19.999},
        {"online_sale_price": 12.3456},
        {"expiration_timeout": 2_000_000},
        {"salon_ids": [501, 502]},
        {"online_sale_description": "a\r\nb\n\nc  "},
        {"online_sale_title": "  spaces  "},
        {"category_id": 1},
    ],
    ids=lambda odd: next(iter(odd)),
)
def test_odd_values_that_nobody_touches_stay(
    sandbox: Sandbox, edith: Client, odd: dict[str, Any]
) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, **odd)
    response = edit(edith, PLAIN, {"title": "Other"})
    assert response.status_code == 302, Page(response).text
    after = sandbox.certificate_type_of(CHAIN, PLAIN)
    assert {name: after[name] for name in odd} == odd
    assert changed_fields() == ["Title"]


def test_gone_service_can_be_kept(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, WITH_SERVICES, service_ids=[710201, 424242])
    page = page_of(edith, f"{LIST}{WITH_SERVICES}/edit/")
    assert "Not in the chain's catalogue" in page.text
    send_edit(edith, page.form(id="type-form"), WITH_SERVICES, {"title": "Other"})
    assert writes(sandbox)[0]["body"]["service_ids"] == [424242, 710201]


def test_form_carries_hostile_texts_unharmed(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = named(sandbox, HOSTILE)
    page = page_of(edith, f"{LIST}{raw['id']}/edit/")
    form = page.form(id="type-form")
    assert form.values["title"] == [HOSTILE]
    assert form.values["online_title"] == [raw["online_sale_title"]]
    assert form.values["online_description"] == [raw["online_sale_description"]]
    for evil in ("<script>alert", "<img", "<b>Bold"):
        assert evil not in page.html
    send_edit(edith, form, raw["id"], {"face_value": "31"})
    assert sandbox.certificate_type_of(CHAIN, raw["id"])["title"] == HOSTILE


# What cannot be changed says so before anybody types


@pytest.mark.parametrize(
    ("type_id", "reason"),
    [(ISSUED, "Cards of this type were issued"), (ARCHIVED_BY_ALTEGIO, "archived this gift card")],
)
def test_locked_type_is_not_opened_for_editing(
    profile: str, sandbox: Sandbox, edith: Client, type_id: int, reason: str
) -> None:
    response = edith.get(f"{LIST}{type_id}/edit/")
    assert response["Location"] == f"{LIST}{type_id}/"
    assert reason in shown(edith, response).one("div", class_="notice warn").text


def test_type_archived_here_is_not_opened_for_editing(edith: Client) -> None:
    press(edith, PLAIN, "archive")
    page = shown(edith, edith.get(f"{LIST}{PLAIN}/edit/"))
    assert "Unarchive it first" in page.one("div", class_="notice warn").text


def test_type_of_which_altegio_left_something_out_is_not_opened_for_editing(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, is_multi="perhaps")
    response = edith.get(f"{LIST}{PLAIN}/edit/")
    assert response["Location"] == f"{LIST}{PLAIN}/"
    assert "How it is used up" in shown(edith, response).one("div", class_="notice warn").text


def test_locked_since_the_list_was_read_is_seen_too(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.issue(CHAIN, PLAIN)
    response = loaded.get(f"{LIST}{PLAIN}/edit/", headers=HTMX)
    assert response["HX-Redirect"] == f"{LIST}{PLAIN}/"


def test_issued_meanwhile_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    sandbox.issue(CHAIN, PLAIN)
    response = send_edit(edith, form, PLAIN, {"title": "Other"})
    assert response.status_code == 409
    page = Page(response)
    assert "Duplicate it" in page.one("div", class_="notice bad whole").text
    assert page.form(id="type-form").values["title"] == ["Other"]
    assert not writes(sandbox)


# What goes wrong


@pytest.mark.parametrize("htmx", [False, True])
def test_refusal_lands_on_the_fields_it_belongs_to(
    profile: str, sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    refuse(sandbox, profile, "PUT")
    data = edit_form(edith, DATED).data({"title": "Typed"})
    response = edith.post(f"{LIST}{DATED}/edit/", data, headers=HTMX if htmx else {})
    assert response.status_code == 422
    page = Page(response)
    check_refused(page)
    again = page.form(id="type-form")
    assert again.values["title"] == ["Typed"]
    assert newest().outcome == Outcome.REFUSED
    assert edith.post(f"{LIST}{DATED}/edit/", again.data()).status_code == 302
    assert sandbox.certificate_type_of(CHAIN, DATED)["title"] == "Typed"


def test_rule_that_is_touched_is_checked_before_sending(sandbox: Sandbox, edith: Client) -> None:
    response = edit(edith, WITH_SERVICES, {"service_ids": None})
    assert response.status_code == 422
    assert "at least one service" in Page(response).one("ul", id="id_service_ids_error").text
    assert not writes(sandbox)


def test_date_that_is_over_stays_and_is_not_typed(sandbox: Sandbox, edith: Client) -> None:
    assert edit(edith, PAST, {"title": "Christmas"}).status_code == 302
    assert date_sent(sandbox) == "2024-12-31T23:59:59+02:00"
    page = Page(edit(edith, PAST, {"expires_at-date": "2025-12-31"}))
    assert "over already" in page.one("ul", id="id_expires_at_error").text


def test_rule_that_was_broken_before_does_not_hold_up(sandbox: Sandbox, edith: Client) -> None:
    odd = {"online_sale_is_enabled": True, "online_sale_price": 0, "salon_ids": []}
    sandbox.alter_certificate_type(CHAIN, PLAIN, **odd)
    edit(edith, PLAIN, {"title": "Other"})
    assert writes(sandbox)[0]["body"]["title"] == "Other"


def test_form_of_a_broken_signature_is_opened_anew(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    for broken in ("x", edit_form(edith, DATED).values["opened_on"]):
        response = send_edit(edith, form, PLAIN, {"title": "Other", "opened_on": broken})
        assert response.status_code == 409
        assert "Nothing was changed" in Page(response).text
    assert not writes(sandbox)


def test_altegio_down_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, PLAIN)
    sandbox.fault(kind="reset", times=None, match={"path": "certificate_types"})
    response = send_edit(edith, form, PLAIN, {"title": "Other"})
    assert response.status_code == 503
    assert Page(response).form(id="type-form").values["title"] == ["Other"]


@pytest.mark.parametrize("path", ["99999/edit/", "25001/edit/"])
def test_unknown_type_is_not_found(edith: Client, path: str, sandbox: Sandbox) -> None:
    assert edith.get(LIST + path).status_code == 404
    assert edith.post(LIST + path, {"form_id": "x" * 22}).status_code == 404
    assert not writes(sandbox)


def test_missing_right_is_refused_with_its_reason(edith: Client, sandbox: Sandbox) -> None:
    url = at(OTHER_CHAIN, "25002/edit/")
    for response in (edith.get(url), edith.post(url, {"form_id": "x" * 22})):
        assert response.status_code == 403
        assert "no right to change gift card types" in Page(response).text
    assert not writes(sandbox)


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors(f"{PLAIN}/edit/", "get", "post", data={"form_id": "x" * 22})
