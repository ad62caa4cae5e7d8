"""The chain's texts by occasion in words, with size, text, and the promotions that send them."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.connections.models import Connection
from loyalty_admin.promotions import occasions
from loyalty_admin.sandbox.server import Sandbox
from tests.notification_templates.common import TEMPLATES, TEXTS, Text, at, read, texts
from tests.pages import page_of
from tests.promotions.common import (
    CHAIN,
    HOSTILE_ONE,
    LIST,
    OTHER_CHAIN,
    PAID,
    SEARCH,
    SIX_TIERS,
    STATIC,
    VISITS,
)
from tests.promotions.looking import warnings

pytestmark = pytest.mark.slow

EVIL = "</blockquote><script>alert(9)</script>"
SIZES = {"big": "long", "mid": "medium", "small": "short", "custom": "own text"}
# How each occasion is called.
CALLED = {name: str(words) for name, words in occasions.WORDS.items()}


def template(number: int, size: str, body: str, message_type: str) -> dict[str, object]:
    return {"id": number, "type": size, "body": body, "message_type": message_type}


# What is shown


def test_cold_page_shows_itself_without_asking_altegio(sandbox: Sandbox, edith: Client) -> None:
    before = len(sandbox.calls())
    page = page_of(edith, TEXTS)
    assert len(sandbox.calls()) == before
    part = page.one("div", hx_trigger="load")
    assert part.attrs["hx-get"] == f"{TEXTS}loaded/"
    assert page.one("a", href=f"{TEXTS}loaded/").text.strip()


def test_every_text_stands_below_its_occasion_in_words(sandbox: Sandbox, edith: Client) -> None:
    shown = texts(page_of(read(edith), TEXTS))
    raws = sandbox.templates_of(CHAIN)
    expected: dict[str, list[tuple[str, str]]] = {}
    for raw in raws:
        said = (SIZES[raw["type"]], "".join(raw["body"].split()))
        expected.setdefault(str(occasions.WORDS[raw["message_type"]]), []).append(said)
    found = {
        title: [(text.size, "".join(text.body.split())) for text in rows]
        for title, rows in shown.items()
    }
    assert found == expected
    assert len({raw["message_type"] for raw in raws}) == 15


def test_occasions_stand_in_an_order_of_their_own(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_templates(CHAIN, sandbox.templates_of(CHAIN)[::-1])
    shown = list(texts(page_of(read(edith), TEXTS)))
    assert shown == [str(title) for title in occasions.WORDS.values()]


def test_no_two_occasions_are_called_alike() -> None:
    assert len({*map(str, occasions.WORDS.values())}) == len(occasions.WORDS) == 15


def test_unknown_occasion_comes_last_as_altegio_calls_it(sandbox: Sandbox, edith: Client) -> None:
    odd = [template(1, "tiny", "Odd", "loyalty_moon"), *sandbox.templates_of(CHAIN)]
    sandbox.put_templates(CHAIN, odd)
    shown = texts(page_of(read(edith), TEXTS))
    assert list(shown)[-1] == "loyalty_moon"
    assert shown["loyalty_moon"] == [Text("tiny", "Odd")]


def test_template_without_a_text_says_so(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_templates(CHAIN, [template(1, "big", "", "loyalty_card_created")])
    page = page_of(read(edith), TEXTS)
    assert len(page.all("article")) == 1
    assert not page.all("blockquote")


def test_lines_of_a_text_stay_lines(edith: Client) -> None:
    page = page_of(read(edith), TEXTS)
    assert "Šī ir jūsu karte.<br>Mēs gaidām jūs." in page.html


def test_chain_without_templates_says_so(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_templates(CHAIN, [])
    page = page_of(read(edith), TEXTS)
    assert page.one("div", class_="empty").text.strip()
    assert not texts(page)


def test_texts_of_two_chains_do_not_mix(edith: Client) -> None:
    page = page_of(read(edith), at(OTHER_CHAIN, "loaded/"))
    assert {*texts(page)} == {
        CALLED["loyalty_card_created"],
        CALLED["loyalty_cashback_changed"],
    }
    assert "Sveicam" not in page.text


# Which promotions send them


def test_text_names_the_promotions_that_send_it(edith: Client) -> None:
    page = page_of(read(edith), TEXTS)
    shown = texts(page)
    by_size = {
        title: {text.size: text.promotions for text in rows} for title, rows in shown.items()
    }
    visits = ["Mēs jūs gaidām: atlaide par apmeklējumiem"]
    # A discount that changes either grows or shrinks.
    for title in (
        CALLED["loyalty_discount_changed"],
        CALLED["loyalty_discount_increased"],
        CALLED["loyalty_discount_decreased"],
    ):
        assert by_size[title]["long"] == visits
        assert by_size[title]["medium"] == []
    assert by_size[CALLED["loyalty_discount_increased"]]["short"] == ["Paid in full, paid back"]
    assert by_size[CALLED["loyalty_discount_expiration"]]["medium"] == ["Золотая скидка"]
    assert by_size[CALLED["loyalty_cashback_expiration"]]["long"] == ["Cashback 5%"]
    # What a card sends, no promotion does.
    assert not any(text.promotions for text in shown[CALLED["loyalty_card_created"]])
    for promotion_id in (VISITS, SIX_TIERS, PAID):
        assert page.all("a", href=f"{LIST}{promotion_id}/")
    assert not page.all("a", href=f"{LIST}{STATIC}/")


def test_text_of_its_own_is_sent_by_who_has_the_same_words(sandbox: Sandbox, edith: Client) -> None:
    """A promotion with other words of its own sends those."""
    same, other = {"type": "custom", "body": "Hello\n"}, {"type": "custom", "body": "Bye"}
    sandbox.alter_promotion(CHAIN, STATIC, on_changed_notification_template=same)
    sandbox.alter_promotion(CHAIN, VISITS, on_changed_notification_template=other)
    sandbox.put_templates(CHAIN, [template(1, "custom", "Hello", "loyalty_discount_changed")])
    shown = texts(page_of(read(edith), TEXTS))
    assert shown == {
        CALLED["loyalty_discount_changed"]: [Text("own text", "Hello", ["Welcome, 10% off"])]
    }


def test_promotions_that_are_not_known_yet_come_later(sandbox: Sandbox, edith: Client) -> None:
    """The texts were read for the page of a promotion."""
    page_of(edith, f"{LIST}{VISITS}/")
    page = page_of(edith, TEXTS)
    assert texts(page)
    later = page.one("p", role="status")
    assert later.attrs["hx-get"] == f"{TEXTS}loaded/"
    assert not page_of(read(edith), TEXTS).all("p", role="status")


@pytest.mark.parametrize(
    ("path", "said"), [(f"programs/{VISITS}$", "1"), (f"/company/504/{SEARCH}", "Aurora Málaga")]
)
def test_what_is_not_known_of_the_promotions_is_said(
    sandbox: Sandbox, edith: Client, path: str, said: str
) -> None:
    assert not warnings(page_of(read(edith), TEXTS))
    sandbox.fault(kind="html", status=502, times=None, match={"path": path})
    cache.clear()
    page = page_of(edith, f"{TEXTS}loaded/")
    assert said in warnings(page)
    # What there was no time for comes by itself.
    assert page.one("p", role="status").attrs["hx-get"] == f"{TEXTS}loaded/"
    assert not page_of(edith, f"{TEXTS}loaded/").all("p", role="status")
    assert len(texts(page)) == 15
    senders = {title for rows in texts(page).values() for one in rows for title in one.promotions}
    assert ("Mēs jūs gaidām: atlaide par apmeklējumiem" in senders) == ("504" in path)


# Hostile texts


def test_hostile_bodies_are_inert(sandbox: Sandbox, edith: Client) -> None:
    page = page_of(read(edith), TEXTS)
    bodies = [text.body for rows in texts(page).values() for text in rows]
    assert "</textarea><img src=x onerror=alert(3)>" in bodies
    assert any("</textarea><script>alert(4)</script>" in body for body in bodies)
    assert any("{{ 7*7 }} visits left." in body for body in bodies)
    for evil in ("<img", "<script>alert", "</textarea>", "<b>Tom"):
        assert evil not in page.html


def test_hostile_occasions_sizes_and_titles_are_inert(sandbox: Sandbox, edith: Client) -> None:
    sent = {"type": "big", "body": ""}
    sandbox.alter_promotion(CHAIN, HOSTILE_ONE, on_changed_notification_template=sent)
    odd = [
        template(1, EVIL, EVIL, EVIL),
        template(2, "big", EVIL, "loyalty_discount_changed"),
    ]
    sandbox.put_templates(CHAIN, odd)
    page = page_of(read(edith), TEXTS)
    shown = texts(page)
    assert shown[EVIL][0].size == shown[EVIL][0].body == EVIL
    senders = shown[CALLED["loyalty_discount_changed"]][0].promotions
    assert any("<script>alert(1)</script>" in title for title in senders)
    assert "<script>alert" not in page.html


# Who


def test_viewer_and_account_without_the_right_see_them(
    vera: Client, assisted: Client, connection: Connection
) -> None:
    assert texts(page_of(read(vera), TEXTS))
    connection.delete()
    assert texts(page_of(read(assisted), TEXTS))


def test_page_leads_back_to_the_promotions(edith: Client) -> None:
    page = page_of(edith, TEXTS)
    assert page.one("a", class_="back", href=LIST).text == "Promotions"


@pytest.mark.parametrize("path", [SEARCH, TEMPLATES])
def test_kept_texts_stay_whatever_altegio_says_now(
    sandbox: Sandbox, edith: Client, path: str
) -> None:
    before = texts(page_of(read(edith), TEXTS))
    sandbox.fault(kind="html", status=502, times=None, match={"path": path})
    assert texts(page_of(edith, TEXTS)) == before
