"""A form that was opened on other values than Altegio has now: nothing is overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.promotions import stored, words
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Form, Page, Typed
from tests.promotions.common import CHAIN, CHOSEN, OWN_TEXT, PAID, STATIC, VISITS, writes
from tests.promotions.submitting import edit_form, form_of, newest, said, send_edit, shown

WAS = "Welcome, 10% off"


def again(response: Any) -> Form:
    return form_of(Page(response))


def asked_about(page: Page) -> list[str]:
    """The terms between which the person is to decide."""
    return [box.attrs["value"] for box in page.all("input", name="theirs")]


def alter(sandbox: Sandbox, promotion_id: int = STATIC, **fields: Any) -> None:
    sandbox.alter_promotion(CHAIN, promotion_id, **fields)


def now(sandbox: Sandbox, promotion_id: int = STATIC) -> dict[str, Any]:
    return sandbox.promotion_of(CHAIN, promotion_id)


def tiers(*pairs: tuple[int, float]) -> list[dict[str, Any]]:
    return [
        {"id": 1 + place, "parameter": threshold, "value": value, "service_id": 0}
        for place, (threshold, value) in enumerate(pairs)
    ]


def given(sandbox: Sandbox, promotion_id: int) -> list[tuple[int, float]]:
    return [(rule["parameter"], rule["value"]) for rule in now(sandbox, promotion_id)["rules"]]


# The same term changed at both


def test_same_field_changed_at_both_is_a_conflict_and_nothing_is_sent(
    sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, STATIC)
    alter(sandbox, title="Of <b>Altegio")
    response = send_edit(edith, form, STATIC, {"title": "Of mine"})
    assert response.status_code == 409
    for text in (WAS, "Of <b>Altegio", "Of mine"):
        assert text in said(Page(response))
    assert "<b>Altegio" not in Page(response).html
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_mine_is_sent_after_the_decision(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, STATIC)
    alter(sandbox, title="Of Altegio")
    asked = again(send_edit(edith, form, STATIC, {"title": "Of mine"}))
    assert send_edit(edith, asked, STATIC, {}).status_code == 302
    assert now(sandbox)["title"] == "Of mine"
    (change,) = newest().changes
    assert (change["before"], change["after"]) == ("Of Altegio", "Of mine")


def test_theirs_stays_after_the_decision(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, STATIC)
    alter(sandbox, title="Of Altegio")
    asked = again(send_edit(edith, form, STATIC, {"title": "Mine", "rules-value-0": "15"}))
    assert send_edit(edith, asked, STATIC, {"theirs": ["title"]}).status_code == 302
    assert now(sandbox)["title"] == "Of Altegio"
    assert given(sandbox, STATIC) == [(0, 15)]


def test_decision_that_leaves_nothing_to_send_is_shown_as_it_is(
    sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, STATIC)
    alter(sandbox, title="Of Altegio")
    asked = again(send_edit(edith, form, STATIC, {"title": "Mine"}))
    response = send_edit(edith, asked, STATIC, {"theirs": ["title"]})
    assert not writes(sandbox)
    assert "Of Altegio" in shown(edith, response).one("h1").text


def test_second_change_at_altegio_is_a_second_question(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, STATIC)
    alter(sandbox, title="One")
    asked = again(send_edit(edith, form, STATIC, {"title": "Mine"}))
    alter(sandbox, title="Two")
    response = send_edit(edith, asked, STATIC, {})
    assert response.status_code == 409
    assert "Two" in said(Page(response))
    assert not writes(sandbox)


@pytest.mark.parametrize("is_mine", [True, False])
def test_tiers_changed_at_both_are_asked_about_in_words(
    sandbox: Sandbox, edith: Client, is_mine: bool
) -> None:
    form = edit_form(edith, VISITS)
    alter(sandbox, VISITS, rules=tiers((3, 3), (6, 6)))
    typed: Typed = {"rules-from-3": "20", "rules-value-3": "9"}
    response = send_edit(edith, form, VISITS, typed)
    assert asked_about(Page(response)) == ["rules"]
    told = said(Page(response)).replace("\u00a0", " ")
    # As it was, as it is at Altegio, and as it was typed.
    for rate in ("7.5 %", "6 %", "9 %"):
        assert rate in told, rate
    decided: Typed = {} if is_mine else {"theirs": ["rules"], "title": "Mine"}
    assert send_edit(edith, again(response), VISITS, decided).status_code == 302
    mine = [(3, 3), (6, 5), (10, 7.5), (20, 9)]
    assert given(sandbox, VISITS) == (mine if is_mine else [(3, 3), (6, 6)])


def test_conflict_keeps_all_that_was_typed_and_gets_a_new_form_id(
    sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, VISITS)
    alter(sandbox, VISITS, title="Of Altegio")
    typed: Typed = {
        "title": "Mine", "rules-value-1": "6", "location_ids": ["502", "504"],
        "card_type_ids": ["43"], "on_changed-size": "custom", "on_changed-body": "All\r\nof it",
        "expiration": "2", "expiration_unit": "week", "expiration_notice": "3",
    }  # fmt: skip
    asked = again(send_edit(edith, form, VISITS, typed))
    kept = {name: asked.values[name] for name in typed}
    assert kept == {key: text if isinstance(text, list) else [text] for key, text in typed.items()}
    assert asked.values["form_id"] != form.values["form_id"]


# Other terms changed at Altegio


def test_other_changes_at_altegio_are_kept_by_merging(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    form = edit_form(edith, PAID)
    alter(
        sandbox,
        PAID,
        rules=tiers((0, 8)),
        usage_limit=4,
        expiration_timeout=5,
        expiration_timeout_unit="week",
        expiration_notification_timeout=2,
        companies=[{"id": 502, "title": "Aurora Āgenskalns"}],
        loyalty_card_types=[],
        on_changed_notification_template={"id": 5, "type": "custom", "body": "New"},
    )
    theirs = now(sandbox, PAID)
    assert send_edit(edith, form, PAID, {"title": "Mine"}).status_code == 302
    found = now(sandbox, PAID)
    ids = {"rules", "on_changed_notification_template", "on_changed_notification_template_id"}
    assert {key: found[key] for key in found.keys() - ids} == {
        **{key: theirs[key] for key in theirs.keys() - ids},
        "title": "Mine",
    }
    assert given(sandbox, PAID) == [(0, 8)]
    assert found["on_changed_notification_template"]["body"] == "New"
    assert [change["field"] for change in newest().changes] == [words.label("title")]


def test_only_the_conflict_is_asked_about_and_the_rest_survives_it(
    sandbox: Sandbox, edith: Client
) -> None:
    """What the form shows of the rest is old: sending it again must not bring that back."""
    form = edit_form(edith, PAID)
    alter(sandbox, PAID, title="Of Altegio", usage_limit=4, rules=tiers((0, 8)))
    response = send_edit(edith, form, PAID, {"title": "Mine", "card_type_ids": ["42"]})
    assert asked_about(Page(response)) == ["title"]
    send_edit(edith, again(response), PAID, {})
    found = now(sandbox, PAID)
    assert (found["title"], found["usage_limit"]) == ("Mine", 4)
    assert [one["id"] for one in found["loyalty_card_types"]] == [42]
    assert given(sandbox, PAID) == [(0, 8)]


def test_same_change_made_at_both_is_no_conflict(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, STATIC)
    alter(sandbox, title="For her")
    assert send_edit(edith, form, STATIC, {"title": "For her"}).status_code == 302
    assert not writes(sandbox)


def test_rules_in_another_order_are_no_conflict(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, VISITS)
    alter(sandbox, VISITS, rules=tiers((10, 7.5), (3, 3), (6, 5)))
    assert send_edit(edith, form, VISITS, {"rules-value-0": "4"}).status_code == 302
    assert sorted(given(sandbox, VISITS)) == [(3, 4), (6, 5), (10, 7.5)]


# Terms that mean something only beside another one


@pytest.mark.parametrize("is_mine", [True, False])
def test_notice_typed_where_altegio_has_no_expiry_now_is_asked_about_once(
    sandbox: Sandbox, edith: Client, is_mine: bool
) -> None:
    form = edit_form(edith, PAID)
    alter(
        sandbox, PAID,
        expiration_timeout=0, expiration_timeout_unit=None, expiration_notification_timeout=0,
    )  # fmt: skip
    response = send_edit(edith, form, PAID, {"expiration_notice": "20", "title": "Mine"})
    assert response.status_code == 409
    theirs = asked_about(Page(response))
    assert "expiration" in theirs
    typed: Typed = {} if is_mine else {"theirs": theirs}
    assert send_edit(edith, again(response), PAID, typed).status_code == 302
    found = now(sandbox, PAID)
    kept = (found["expiration_timeout"], found["expiration_notification_timeout"])
    assert kept == ((90, 20) if is_mine else (0, 0))
    assert found["title"] == "Mine"


def test_own_text_changed_at_both_is_asked_about(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, OWN_TEXT)
    template = {"id": 5, "type": "custom", "body": "Of <i>Altegio"}
    alter(sandbox, OWN_TEXT, on_changed_notification_template=template)
    response = send_edit(edith, form, OWN_TEXT, {"on_changed-body": "Of mine"})
    assert asked_about(Page(response)) == ["on_changed"]
    assert "Of <i>Altegio" in said(Page(response)) and "Of mine" in said(Page(response))
    typed: Typed = {"theirs": ["on_changed"], "title": "Mine"}
    send_edit(edith, again(response), OWN_TEXT, typed)
    assert now(sandbox, OWN_TEXT)["on_changed_notification_template"]["body"] == "Of <i>Altegio"


def test_services_changed_at_both_are_asked_about_by_name(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, CHOSEN)
    item = {"id": 710503, "title": "Float bath", "is_service": True, "is_category": False}
    alter(sandbox, CHOSEN, applicable_items=[item])
    response = send_edit(edith, form, CHOSEN, {"service_ids": ["710202"]})
    assert asked_about(Page(response)) == ["service_ids"]
    assert "Float bath" in said(Page(response)) and "Pedicure" in said(Page(response))
    assert send_edit(edith, again(response), CHOSEN, {}).status_code == 302
    assert [one["id"] for one in now(sandbox, CHOSEN)["applicable_items"]] == [710202]


# Only the dashboard says on what a form was opened


def forged(form: Form, case: str) -> str:
    _promotion_id, opened = signing.loads(form.values["opened_on"][0], salt=stored.SALT)
    opened["title"] = "Of Altegio"
    match case:
        case "nothing":
            return ""
        case "tampered":
            return signing.dumps([STATIC, opened], salt=stored.SALT)[:-2] + "xx"
        case "of gift card types":
            return signing.dumps([STATIC, opened], salt="gift_card_types.opened_on")
        case "other key":
            return signing.dumps([STATIC, opened], key="k" * 20, salt=stored.SALT)
        case "another promotion's":
            return signing.dumps([VISITS, opened], salt=stored.SALT)
        case _:
            return signing.dumps([STATIC, {"title": opened["title"]}], salt=stored.SALT)


FORGED = (
    "nothing", "tampered", "of gift card types", "other key", "another promotion's", "a part",
)  # fmt: skip


def test_forged_start_is_refused_and_nothing_is_sent(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, STATIC)
    alter(sandbox, title="Of Altegio")
    for case in FORGED:
        typed: Typed = {"title": "Mine", "opened_on": forged(form, case)}
        response = send_edit(edith, form, STATIC, typed)
        assert response.status_code == 409, case
        # The form is opened anew, on what Altegio has.
        assert again(response).values["title"] == ["Of Altegio"], case
    assert not writes(sandbox)
