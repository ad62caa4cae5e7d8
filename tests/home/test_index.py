"""A chain's home: at once what is known; the rest comes by itself."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import listing as gift_card_types
from loyalty_admin.membership_types import listing as membership_types
from loyalty_admin.sandbox.server import Sandbox
from tests.home.common import HOME, PANELS, is_loading, panel, panel_url
from tests.pages import Element, page_of
from tests.transactions.common import CHAIN, HOSTILE

pytestmark = pytest.mark.slow


def test_first_visit_asks_altegio_for_nothing_before_it_answers(
    sandbox: Sandbox, vera: Client
) -> None:
    before = len(sandbox.calls())
    page = page_of(vera, HOME)
    assert len(sandbox.calls()) == before
    assert [name for name in PANELS if is_loading(page, name)] == list(PANELS[:3])
    for name in PANELS[:3]:
        assert panel(page, name).attrs["hx-get"] == panel_url(name)
        # Without a script each is a link away.
        assert page.all("a", href=panel_url(name))


def test_what_is_kept_shows_at_once(sandbox: Sandbox, vera: Client, ctx: ChainContext) -> None:
    for name in PANELS:
        page_of(vera, panel_url(name), htmx=True)
    before = len(sandbox.calls())
    page = page_of(vera, HOME)
    assert not [name for name in PANELS if is_loading(page, name)]
    assert len(sandbox.calls()) == before


def test_activity_of_this_chain_alone_is_shown(
    sandbox: Sandbox, vera: Client, ctx: ChainContext
) -> None:
    def entry(number: int, chain_id: int, title: str) -> Entry:
        return Entry.objects.create(
            submission=str(number),
            action="membership_type.edited",
            object_id=number,
            object_title=title,
            chain_id=chain_id,
            api_url=ctx.connection.api_url,
            person=ctx.person,
            person_name="Vera",
            outcome="done",
        )

    entry(1, CHAIN, HOSTILE)
    entry(2, CHAIN + 1, "Elsewhere")
    page = page_of(vera, HOME)
    assert HOSTILE in panel(page, "activity").text and "Elsewhere" not in page.text
    assert "<script>alert" not in page.html
    assert page.all("a", href=f"/activity/?chain={CHAIN}")


def test_stranger_finds_no_chain(vera: Client) -> None:
    assert vera.get("/chains/9999/").status_code == 404
    assert Client().get(HOME)["Location"].startswith("/login/")
    assert vera.post(HOME).status_code == 405


def test_chain_without_anything_is_calm(sandbox: Sandbox, vera: Client, ctx: ChainContext) -> None:
    sandbox.reset(types=0, certificate_types=0, promotions=0, transactions=0)
    membership_types.refresh(ctx)
    gift_card_types.refresh(ctx)
    attention = panel(page_of(vera, panel_url("attention")), "attention")
    assert not attention.node.css(".chip") and not attention.node.css("b")
    promotions = panel(page_of(vera, panel_url("promotions")), "promotions")
    assert not promotions.node.css("li")
    month = panel(page_of(vera, panel_url("month")), "month")
    assert {text.split()[0] for text in amounts(month)} == {"0"}
    assert not panel(page_of(vera, HOME), "activity").node.css("li")


def amounts(element: Element) -> list[str]:
    return [node.text() for node in element.node.css("dl.tally b")]
