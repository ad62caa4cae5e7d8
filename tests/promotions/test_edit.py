"""Changing a promotion: what is locked, what is sent, what is read back, and what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, Typed, page_of
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    FALLING,
    FIFTH,
    HOSTILE,
    HOSTILE_ONE,
    LIST,
    LONG,
    OWN_TEXT,
    PACKAGE,
    PAID,
    PRODUCTS,
    SIX_TIERS,
    STATIC,
    TIERS_IN_MONEY,
    VISITS,
    writes,
)
from tests.promotions.refusing import check_refused, refuse
from tests.promotions.submitting import (
    edit,
    edit_form,
    form_of,
    newest,
    send_edit,
    shown,
)

pytestmark = pytest.mark.slow

FIXED = {
    "kind", "services", "products", "visit_multiplicity", "sold_items_multiplicity",
    "history_source", "history_from",
}  # fmt: skip
FIXED_KEYS = {
    "type", "service_item_type", "good_item_type", "value_unit", "visit_multiplicity",
    "sold_items_multiplicity", "params_source_type", "history_start_date",
}  # fmt: skip


def changed_terms() -> list[str]:
    return [TERM_OF_LABEL[change["field"]] for change in newest().changes]


TERM_OF_LABEL = {FIELDS.label(name): name for name in FIELDS.by_name}


def now(sandbox: Sandbox, promotion_id: int = STATIC) -> dict[str, Any]:
    return sandbox.promotion_of(CHAIN, promotion_id)


def test_forms_sent_as_they_were_opened_change_nothing(sandbox: Sandbox, edith: Client) -> None:
    before = sandbox.promotions_of(CHAIN)
    for number in (HOSTILE_ONE, LONG, OWN_TEXT, PACKAGE, PRODUCTS, TIERS_IN_MONEY):
        response = edit(edith, number, {})
        assert response.status_code == 302, (number, Page(response).text)
    assert not writes(sandbox)
    assert not Entry.objects.exists()
    assert sandbox.promotions_of(CHAIN) == before
    assert shown(edith, response).one("div", class_="notice info").text.strip()


# What cannot be changed

ALWAYS_FIXED = {"kind", "value_unit", "services", "products"}


def test_fixed_terms_are_shown_locked(edith: Client) -> None:
    fixed = {
        STATIC: ALWAYS_FIXED,
        FIFTH: {*ALWAYS_FIXED, "visit_multiplicity"},
        PACKAGE: {
            *ALWAYS_FIXED, "sold_items_multiplicity", "history_source", "history_from",
        },
    }  # fmt: skip
    for promotion_id, terms in fixed.items():
        page = page_of(edith, f"{LIST}{promotion_id}/edit/")
        assert {" ".join(term.text.split()) for term in page.all("dt")} == {
            FIELDS.label(name) for name in terms
        }
        names = {one.attrs.get("name", "") for one in page.elements if one.tag != "meta"}
        assert not names & (FIXED - {"kind"})
        assert page.all("input", name="value_unit", type="hidden")


@pytest.mark.parametrize("promotion_id", [FIFTH, PACKAGE])
def test_fixed_terms_are_never_sent(sandbox: Sandbox, edith: Client, promotion_id: int) -> None:
    before = now(sandbox, promotion_id)
    typed: Typed = {
        "title": "Other", "kind": "cashback_static_sold", "services": "not_allowed",
        "products": "any_allowed", "value_unit": "points", "visit_multiplicity": "9",
        "sold_items_multiplicity": "8", "history_source": "loyalty_card",
        "history_from": "2020-01-01",
    }  # fmt: skip
    assert edit(edith, promotion_id, typed).status_code == 302
    (call,) = writes(sandbox)
    assert not call["body"].keys() & FIXED_KEYS
    assert changed_terms() == ["title"]
    assert {key: now(sandbox, promotion_id)[key] for key in FIXED_KEYS} == {
        key: before[key] for key in FIXED_KEYS
    }


def test_term_that_loses_its_meaning_is_not_said_to_stay(sandbox: Sandbox, edith: Client) -> None:
    edit(edith, PAID, {"expiration": "0"})
    assert changed_terms() == ["expiration", "expiration_unit", "expiration_notice"]
    assert [one["before"] for one in newest().changes] == ["90 days", "days", "7"]
    # Neither of the other two is called 0 or nothing then.
    assert newest().changes[1]["after"] == newest().changes[2]["after"] not in ("0", "")
    assert newest().kept == []
    assert not writes(sandbox)[0]["body"].keys() & {
        "expiration_timeout_unit",
        "expiration_notification_timeout",
    }


# What was read and nobody touches


def test_services_that_left_the_catalogue_go_along(sandbox: Sandbox, edith: Client) -> None:
    gone = {"id": 424242, "title": "Gone <b>care</b>", "is_service": True, "is_category": False}
    items = [*now(sandbox, CHOSEN)["applicable_items"], gone]
    sandbox.alter_promotion(CHAIN, CHOSEN, applicable_items=items)
    page = page_of(edith, f"{LIST}{CHOSEN}/edit/")
    assert "Gone <b>care</b>" in page.text
    edit(edith, CHOSEN, {"title": "Other"})
    assert writes(sandbox)[0]["body"]["allowed_service_ids"] == [7101, 424242, 710201]


def test_unknown_card_types_and_locations_go_along(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(
        CHAIN,
        STATIC,
        loyalty_card_types=[{"id": 41, "title": "Aurora Club"}, {"id": 77, "title": "Old"}],
        companies=[{"id": 501, "title": "Aurora Centrs"}, {"id": 599, "title": "Closed"}],
    )
    edit(edith, STATIC, {"title": "Other"})
    body = writes(sandbox)[0]["body"]
    assert (body["loyalty_card_type_ids"], body["company_ids"]) == ([41, 77], [501, 599])


RULE = {"parameter": 5, "value": 12.3456, "service_id": 0}
OF_ANOTHER_SHAPE = {"parameter": 7, "value": 10, "service_id": 9}
CHANGED = "on_changed_notification_template"


ODD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {
            "rules": [RULE],
            "title": "  spaces  ",
            "expiration_timeout": 3_000_000,
            "expiration_timeout_unit": "decade",
            CHANGED: {"id": 9, "type": "huge", "body": "x"},
            "companies": [],
        },
        {
            "rules": [RULE],
            "title": "  spaces  ",
            "expiration_timeout": 3_000_000,
            "expiration_timeout_unit": "decade",
            CHANGED: {"type": "huge"},
            "company_ids": [],
        },
    ),
    (
        {
            "rules": [OF_ANOTHER_SHAPE],
            "loyalty_card_types": [],
            CHANGED: {"id": 9, "type": "custom", "body": "a\r\nb\n "},
        },
        {
            "rules": [OF_ANOTHER_SHAPE],
            "loyalty_card_type_ids": [],
            CHANGED: {"type": "custom", "body": "a\r\nb\n "},
        },
    ),
]


@pytest.mark.parametrize(("odd", "sent"), ODD, ids=["some", "others"])
def test_odd_values_that_nobody_touches_are_sent_as_they_were(
    sandbox: Sandbox, edith: Client, odd: dict[str, Any], sent: dict[str, Any]
) -> None:
    edit(edith, VISITS, {"on_expiration-size": "mid"})
    sandbox.alter_promotion(CHAIN, VISITS, **odd)
    edit(edith, VISITS, {"on_expiration-size": "big"})
    before, after = (call["body"] for call in writes(sandbox))
    assert {key: after[key] for key in sent} == sent
    others = before.keys() - sent.keys() - {"on_expiration_notification_template"}
    assert {key: after[key] for key in others} == {key: before[key] for key in others}
    assert changed_terms() == ["on_expiration"]


def test_odd_single_value_that_nobody_touches_is_sent_as_it_was(
    sandbox: Sandbox, edith: Client
) -> None:
    odd = {"id": 1, "parameter": 0, "value": -5, "service_id": 0}
    sandbox.alter_promotion(CHAIN, STATIC, rules=[odd])
    sandbox.fault(kind="success_false", match={"method": "PUT", "path": "programs"})
    edit(edith, STATIC, {"title": "Otherwise"})
    (call,) = writes(sandbox)
    assert call["body"]["rules"] == [{"parameter": 0, "value": -5, "service_id": 0}]
    assert changed_terms() == ["title"]


def test_hostile_texts_are_inert(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{HOSTILE_ONE}/edit/")
    form = form_of(page)
    assert form.values["title"] == [HOSTILE]
    assert form.values["on_changed-body"] == ["</textarea><img src=x onerror=alert(3)>"]
    for evil in ("<script>alert", "<img src=x", "<b>VIP"):
        assert evil not in page.html
    assert "{{ 7*7 }}" in page.html


def test_what_altegio_did_not_say_stops_the_form_and_is_named(
    sandbox: Sandbox, edith: Client
) -> None:
    for odd, name in (({"companies": "all"}, "location_ids"), ({"type": "discount_lot"}, "kind")):
        sandbox.put_promotion(CHAIN, now(sandbox) | odd)
        response = edith.get(f"{LIST}{STATIC}/edit/")
        assert response["Location"] == f"{LIST}{STATIC}/"
        told = shown(edith, response).one("div", class_="notice warn").text
        assert FIELDS.label(name) in told


# More rows, without a script


def test_more_rows_keep_what_is_typed_and_ask_nothing(sandbox: Sandbox, edith: Client) -> None:
    form = edit_form(edith, VISITS)
    typed: Typed = {"title": "", "rules-value-1": "6", "rules-from-4": "80"}
    before = len(sandbox.calls())
    response = send_edit(edith, form, VISITS, {**typed, "unfinished": "rows"})
    assert response.status_code == 200
    page = Page(response)
    assert not page.all("ul", class_="field-errors")
    again = form_of(page)
    assert again.values["title"] == [""]
    assert again.values["rules-value-1"] == ["6"]
    assert again.values["rules-from-3"] == ["80"]  # begun in the second of the blank rows
    assert len(sandbox.calls()) == before
    assert not Entry.objects.exists()
    more: Typed = {
        "title": "More",
        "rules-value-3": "9",
        "rules-from-6": "90",
        "rules-value-6": "10",
    }
    assert send_edit(edith, again, VISITS, more).status_code == 302
    assert [(rule["parameter"], rule["value"]) for rule in now(sandbox, VISITS)["rules"]] == [
        (3, 3), (6, 6), (10, 7.5), (80, 9), (90, 10)
    ]  # fmt: skip


def test_rules_can_be_emptied_out_row_by_row(sandbox: Sandbox, edith: Client) -> None:
    typed: Typed = {
        "rules-from-0": "",
        "rules-value-0": "",
        "rules-from-2": "",
        "rules-value-2": "",
    }
    assert edit(edith, VISITS, typed).status_code == 302
    assert [rule["parameter"] for rule in now(sandbox, VISITS)["rules"]] == [6]
    assert changed_terms() == ["rules"]


# What goes wrong


def test_refusal_lands_on_the_fields_it_belongs_to(sandbox: Sandbox, edith: Client) -> None:
    refuse(sandbox, "documented", "PUT")
    typed: Typed = {"title": "Typed", "rules-value-0": "6", "product_ids": "9, 8"}
    data = edit_form(edith, TIERS_IN_MONEY).data(typed)
    url = f"{LIST}{TIERS_IN_MONEY}/edit/"
    response = edith.post(url, data, headers=HTMX)
    assert response.status_code == 422
    page = Page(response)
    check_refused(page)
    again = form_of(page)
    assert {name: again.values[name] for name in typed} == {k: [v] for k, v in typed.items()}
    assert newest().outcome == Outcome.REFUSED
    assert edith.post(url, again.data()).status_code == 302
    assert now(sandbox, TIERS_IN_MONEY)["title"] == "Typed"


BROKEN: list[tuple[int, Typed, str]] = [
    (STATIC, {"title": ""}, "title"),
    (STATIC, {"rules-value-0": "101"}, "rules"),
    (STATIC, {"location_ids": None}, "location_ids"),
    (STATIC, {"card_type_ids": ["51"]}, "card_type_ids"),
    (VISITS, {"rules-from-1": "3"}, "rules"),
    (SIX_TIERS, {"expiration": "14", "expiration_unit": "day"}, "expiration_notice"),
    (CHOSEN, {"service_ids": ["810101"]}, "service_ids"),
    (PRODUCTS, {"product_ids": "", "product_category_ids": ""}, "product_ids"),
    (PACKAGE, {"rules-service-1": "710202"}, "rules"),
    (OWN_TEXT, {"on_changed-body": ""}, "on_changed"),
    (PAID, {"usage_limit": "many"}, "usage_limit"),
]


@pytest.mark.slow
def test_rules_that_are_touched_are_checked_before_sending(sandbox: Sandbox, edith: Client) -> None:
    for promotion_id, typed, field in BROKEN:
        response = edit(edith, promotion_id, {"title": "Typed", **typed})
        assert response.status_code == 422, typed
        page = Page(response)
        assert page.one("ul", id=f"id_{field}_error").text.strip(), typed
        assert len(page.all("ul", class_="field-errors")) == 1, typed
        if "title" not in typed:
            assert form_of(page).values["title"] == ["Typed"]
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_rule_that_was_broken_before_does_not_hold_up(sandbox: Sandbox, edith: Client) -> None:
    tier = {"id": 1, "parameter": 5, "value": 120, "service_id": 0}
    sandbox.alter_promotion(
        CHAIN,
        FALLING,
        rules=[tier, tier],
        expiration_notification_timeout=400,
        companies=[],
    )
    edit(edith, FALLING, {"title": "Other"})
    body = writes(sandbox)[0]["body"]
    assert (body["title"], len(body["rules"]), body["company_ids"]) == ("Other", 2, [])


def test_deleted_meanwhile_is_not_found_and_nothing_is_sent(
    sandbox: Sandbox, loaded: Client
) -> None:
    form = edit_form(loaded, STATIC)
    sandbox.alter_promotion(CHAIN, STATIC, is_deleted=True)
    send_edit(loaded, form, STATIC, {"title": "Other"})
    assert not writes(sandbox)
    assert now(sandbox)["title"] not in page_of(loaded, LIST).titles()


def test_what_was_asked_for_before_is_filled_in_again(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="success_false", match={"method": "PUT"})
    typed: Typed = {
        "title": "Again", "rules-from-0": "4", "rules-value-2": "8.25", "card_type_ids": ["43"],
        "on_changed-size": "custom", "on_changed-body": "Look", "expiration": "5",
        "expiration_unit": "week",
    }  # fmt: skip
    edit(edith, VISITS, typed)
    url = f"{LIST}{VISITS}/edit/?again={newest().pk}"
    assert page_of(edith, f"/activity/{newest().pk}/").all("a", href=url)
    form = form_of(page_of(edith, url))
    for name, value in typed.items():
        assert form.values[name] == (value if isinstance(value, list) else [value]), name
    # And is sent against what Altegio has.
    assert send_edit(edith, form, VISITS, {}).status_code == 302
    assert now(sandbox, VISITS)["title"] == "Again"
