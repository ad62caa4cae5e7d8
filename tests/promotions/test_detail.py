"""A promotion's page: every term in words, an example, and what was done here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.promotions import words
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.kinds import TEXTS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page, page_of
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    FALLING,
    FIFTH,
    FOREIGN,
    HOSTILE,
    HOSTILE_ONE,
    LIST,
    OTHER_CHAIN,
    OWN_TEXT,
    PACKAGE,
    PAID,
    PRODUCTS,
    SILENT,
    SIX_TIERS,
    STATIC,
    VISITS,
    asked_of,
    listed,
)
from tests.promotions.looking import at, delete, duplicate, facts, newest

pytestmark = pytest.mark.slow

NBSP = "\u00a0"
EVIL = "<img src=x onerror=alert(7)>"


def text_of(page: Page) -> str:
    return " ".join(page.one("main").text.replace(NBSP, " ").split())


def lists_of(page: Page) -> list[str]:
    return [item.text.strip() for item in page.all("li")]


def test_page_is_one_reading_of_the_promotion(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    before = len(sandbox.calls())
    page = page_of(edith, f"{LIST}{STATIC}/")
    asked = sandbox.calls()[before:]
    assert asked_of(asked) == [f"GET /{STATIC}"]
    (call,) = [call for call in asked if call["path"].endswith(f"/{STATIC}")]
    assert {*call["query"]["include"][0].split(",")} == {
        "applicable_items", "rules", "companies", "loyalty_card_types",
        "on_changed_notification_template", "on_expiration_notification_template",
    }  # fmt: skip
    assert page.one("h1").text == "Welcome, 10% off"


@pytest.mark.slow
def test_every_promotion_has_its_page(profile: str, sandbox: Sandbox, edith: Client) -> None:
    for raw in listed(sandbox):
        page = page_of(edith, f"{LIST}{raw['id']}/")
        assert page.one("h1").text == raw["title"]
        told = facts(page)
        assert told[FIELDS.label("kind")] == TEXTS[raw["type"]].title
        assert str(raw["id"]) in told.values()
        for one in (*raw["companies"], *raw["loyalty_card_types"]):
            assert one["title"] in lists_of(page)
        for rule in raw["rules"]:
            assert f"{rule['value']:g}" in text_of(page)


def test_sentence_says_everything_that_it_does(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{SIX_TIERS}/")
    said = page.one("p", class_="promise").text.replace(NBSP, " ")
    for part in (
        "2 %", "200 €", "4 %", "500", "6 %", "1,000", "8 %", "2,000", "10 %", "4,000", "15 %",
        "8,000", "Aurora Centrs", "Aurora Āgenskalns", "Aurora Jūrmala", "1 year", "14 days",
    ):  # fmt: skip
        assert part in said, part


def figures(page: Page) -> list[str]:
    """The cells of the worked example, row by row."""
    return [cell.text.replace(NBSP, " ") for cell in page.all("td", class_="num")]


def test_example_computes_what_it_does(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{VISITS}/")
    assert figures(page)[:6] == ["0 %", "0 €", "100 €", "3 %", "3 €", "97 €"]
    page = page_of(edith, f"{LIST}{PACKAGE}/")
    assert [cell.text for cell in page.all("th", scope="row")] == ["Pedicure", "Nail design"]
    assert figures(page) == ["50 %", "50 €", "50 €", "30 %", "30 €", "70 €"]


def test_only_what_its_type_takes_is_shown(edith: Client) -> None:
    def told(promotion_id: int, *names: str) -> list[str | None]:
        shown = facts(page_of(edith, f"{LIST}{promotion_id}/"))
        return [shown.get(FIELDS.label(name)) for name in names]

    own = ("usage_limit", "visit_multiplicity", "sold_items_multiplicity", "history_from")
    assert told(STATIC, *own) == [None] * 4
    assert told(FIFTH, *own) == ["3", "5", None, None]
    assert told(PACKAGE, *own) == [None, None, "3", "15 Jan 2026"]
    source = str(words.HISTORY_SOURCES["chain"])
    assert told(VISITS, "history_source", "expiration_notice") == [source, None]


def test_services_products_and_their_categories_are_named(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{CHOSEN}/")
    assert {"Hair", "Manicure"} <= {*lists_of(page)}
    page = page_of(edith, f"{LIST}{PRODUCTS}/")
    # Altegio names products with the promotion: there is no catalogue of them.
    assert {"Product 9001", "Product 9002", "Products 901"} <= {*lists_of(page)}


def test_text_that_a_message_sends_is_shown(edith: Client) -> None:
    page = page_of(edith, f"{LIST}{VISITS}/")
    assert facts(page)[FIELDS.label("on_changed")] == words.SIZES["big"]
    quotes = [quote.text for quote in page.all("blockquote")]
    # A discount that changes either grows or shrinks: the chain has a text for each.
    assert len(quotes) == 3
    assert any("Your discount has grown." in text for text in quotes)
    told = facts(page_of(edith, f"{LIST}{OWN_TEXT}/"))
    assert "Теперь у вас больше баллов!" in told[FIELDS.label("on_changed")]
    assert told[FIELDS.label("on_expiration")] == words.SIZES["none"]


def test_page_stands_without_the_chains_words(sandbox: Sandbox, edith: Client) -> None:
    for path in ("service_categories", "card_types", "message_templates"):
        sandbox.fault(**SILENT, match={"path": path})
    assert "3 %" in text_of(page_of(edith, f"{LIST}{VISITS}/"))


def test_what_altegio_did_not_say_is_not_known(sandbox: Sandbox, edith: Client) -> None:
    odd: dict[str, Any] = {"value_unit": {}, "params_source_type": [], "rules": "many"}
    sandbox.alter_promotion(CHAIN, VISITS, **odd)
    told = facts(page_of(edith, f"{LIST}{VISITS}/"))
    # Neither of them is called what it could be.
    unit, source = (told[FIELDS.label(name)] for name in ("value_unit", "history_source"))
    assert unit == source
    assert unit not in {*words.VALUE_UNITS.values(), *words.HISTORY_SOURCES.values()}


def test_promotion_of_an_unknown_type_is_shown(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, type="lottery")
    page = page_of(edith, f"{LIST}{STATIC}/")
    assert "lottery" in page.one("p", class_="promise").text.lower()


def test_page_shows_the_promotion_as_it_is_now(sandbox: Sandbox, loaded: Client) -> None:
    """Its marks as well, whatever the list was when it was read."""
    sandbox.alter_promotion(CHAIN, PAID, title="Cashback of paid", companies=[])
    page = page_of(loaded, f"{LIST}{PAID}/")
    assert page.one("h1").text == "Cashback of paid"
    # It shares its title with no other any more, and is valid nowhere.
    assert len(page.all("span", class_="chip warn")) == 1
    assert "Aurora Centrs" not in lists_of(page)
    page = page_of(loaded, f"{LIST}{FALLING}/")
    assert len(page.all("span", class_="chip warn")) == 1


def test_history_names_who_did_what_through_what(edith: Client, connection: Connection) -> None:
    made = duplicate(edith, STATIC)
    (history,) = page_of(edith, f"{LIST}{made}/").all("ol", class_="timeline")
    assert "Edith Editor" in history.text
    assert connection.name in history.text
    assert page_of(edith, f"{LIST}{made}/").all("a", href=f"/activity/{newest().pk}/")


# What is gone


def test_deleted_promotion_is_found_under_deleted(edith: Client) -> None:
    delete(edith, STATIC)
    assert edith.get(f"{LIST}{STATIC}/")["Location"] == f"{LIST}trash/"
    # Of another API address the journal tells nothing here.
    Entry.objects.update(api_url="https://api.example/api/v1")
    assert edith.get(f"{LIST}{STATIC}/").status_code == 404


def test_deleted_promotion_that_was_made_again_is_found_as_the_new_one(edith: Client) -> None:
    delete(edith, STATIC)
    url = f"{LIST}trash/{newest().pk}/again/"
    edith.post(url, page_of(edith, url).form(id="promotion-form").data())
    made = newest().result_id
    assert made not in (None, STATIC)
    assert edith.get(f"{LIST}{STATIC}/")["Location"] == f"{LIST}{made}/"


def test_promotion_deleted_at_altegio_leaves_the_list_when_it_is_opened(
    sandbox: Sandbox, loaded: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, is_deleted=True)
    assert loaded.get(f"{LIST}{STATIC}/").status_code == 404
    assert "Welcome, 10% off" not in page_of(loaded, LIST).titles()


# Hostile texts


def test_hostile_title_and_messages_are_inert(sandbox: Sandbox, edith: Client) -> None:
    page = page_of(edith, f"{LIST}{HOSTILE_ONE}/")
    assert page.one("h1").text == HOSTILE
    told = facts(page)
    assert "</textarea><img src=x onerror=alert(3)>" in told[FIELDS.label("on_changed")]
    assert "{{ 7*7 }} {% now 'Y' %}" in told[FIELDS.label("on_expiration")]
    assert "<b>VIP</b> \"card\" & 'more'" in lists_of(page)
    for evil in ("<script>alert", "<img", "</textarea>", "<b>VIP", '<b>"soon'):
        assert evil not in page.html
    assert "49 " not in told[FIELDS.label("on_expiration")]


def test_hostile_services_products_card_types_and_texts_of_the_chain_are_inert(
    sandbox: Sandbox, edith: Client
) -> None:
    items = [
        {"id": number, "title": EVIL, "is_service": number > 9000, "is_category": False}
        for number in (8999, 9001)
    ]
    sandbox.alter_promotion(
        CHAIN,
        PACKAGE,
        applicable_items=items,
        good_item_type="custom_allowed",
        rules=[{"parameter": 0, "value": 5, "service_id": 9001}],
        loyalty_card_types=[{"id": 41, "title": "x"}],
        companies=[{"id": 501, "title": EVIL}],
        on_changed_notification_template={"type": "mid", "body": EVIL},
    )
    sandbox.put_templates(
        CHAIN,
        [{"id": 1, "type": "mid", "body": EVIL, "message_type": "loyalty_discount_changed"}],
    )
    body = {"success": True, "data": [{"id": 41, "title": EVIL}]}
    sandbox.fault(kind="status", status=200, body=body, times=None, match={"path": "card_types"})
    page = page_of(edith, f"{LIST}{PACKAGE}/")
    assert lists_of(page).count(EVIL) == 3
    assert EVIL in page.one("p", class_="promise").text
    assert [EVIL in quote.text for quote in page.all("blockquote")] == [True]
    assert "<img" not in page.html


def test_hostile_words_in_the_place_of_altegios_own_are_inert(
    sandbox: Sandbox, edith: Client
) -> None:
    for field in (
        "type", "service_item_type", "good_item_type", "value_unit", "params_source_type",
    ):  # fmt: skip
        before = sandbox.promotion_of(CHAIN, VISITS)[field]
        sandbox.alter_promotion(CHAIN, VISITS, **{field: EVIL})
        page = page_of(edith, f"{LIST}{VISITS}/")
        assert EVIL in page.text, field
        assert "<img" not in page.html, field
        sandbox.alter_promotion(CHAIN, VISITS, **{field: before})


# Who


def test_viewer_sees_it_and_is_offered_nothing(vera: Client) -> None:
    page = page_of(vera, f"{LIST}{STATIC}/")
    assert page.one("h1").text == "Welcome, 10% off"
    assert not page.all("div", class_="page-actions")
    for path in ("edit/", "clone/", "delete/"):
        assert not page.all("a", href=f"{LIST}{STATIC}/{path}")


def test_missing_right_disables_with_its_reason(edith: Client) -> None:
    page = page_of(edith, at(OTHER_CHAIN, f"{FOREIGN}/"))
    buttons = page.all("button", aria_disabled="true")
    assert len(buttons) == 3
    (reason,) = {button.attrs["title"] for button in buttons}
    assert reason and reason in page.one("p", class_="lead inline").text


def test_stranger_finds_nothing(edith: Client) -> None:
    for url in (f"{LIST}99999/", at(OTHER_CHAIN, f"{STATIC}/"), at(CHAIN, f"{FOREIGN}/")):
        assert edith.get(url).status_code == 404, url


def test_promotion_that_says_it_is_another_chains_is_not_shown(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, group_id=OTHER_CHAIN)
    assert edith.get(f"{LIST}{STATIC}/").status_code == 404
