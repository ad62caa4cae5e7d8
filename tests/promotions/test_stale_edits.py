"""A form that was opened on other values than Altegio has now: nothing is overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Form, Page, Typed
from tests.promotions.common import CHAIN, CHOSEN, OWN_TEXT, PAID, STATIC, VISITS
from tests.promotions.submitting import edit_form, form_of, newest, said, send_edit

pytestmark = pytest.mark.slow


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
    assert [change["field"] for change in newest().changes] == [FIELDS.label("title")]


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
