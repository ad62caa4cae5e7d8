"""Unarchiving: the way back, with the same care."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import archive
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    LIST,
    ONLINE,
    PLAIN,
    asked_of,
    writes,
)
from tests.gift_card_types.submitting import edit, form_id, menu_of, newest, press, said, shown
from tests.gift_card_types.writing import archive_plainly, switch_plainly
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow


def test_unarchived_type_is_active_again_and_nothing_is_sent(
    sandbox: Sandbox, ctx: ChainContext, loaded: Client
) -> None:
    archive_plainly(loaded)
    response = switch_plainly(loaded, PLAIN, "unarchive")
    page = shown(loaded, response)
    assert page.all("span", text="Active")
    assert "Подарок для мамы" in said(page)
    assert not writes(sandbox)
    assert archive.archived_here(ctx, PLAIN) is None
    assert (newest().action, newest().outcome) == ("gift_card_type.unarchived", Outcome.DONE)
    assert "Подарок для мамы" in page_of(loaded, LIST).titles()
    assert edit(loaded, PLAIN, {"title": "Changeable again"}).status_code == 302
    assert len(writes(sandbox)) == 1


def test_it_puts_back_on_sale_what_archiving_took_off(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    before = sandbox.certificate_type_of(CHAIN, ONLINE)
    press(edith, ONLINE, "archive")
    question = page_of(edith, f"{LIST}{ONLINE}/unarchive/").form("unarchive/")
    assert question.values["said"] == ["sale"]
    start = len(sandbox.calls())
    page = shown(edith, press(edith, ONLINE, "unarchive"))
    asked = asked_of(sandbox.calls()[start:])
    assert asked[-3:] == [f"GET /{ONLINE}", f"PUT /{ONLINE}", f"GET /{ONLINE}"]  # and its page
    assert sandbox.certificate_type_of(CHAIN, ONLINE) == before
    assert archive.archived_here(ctx, ONLINE) is None
    assert page.all("span", text="Active")


def test_what_was_not_on_sale_before_is_not_put_on_sale(sandbox: Sandbox, edith: Client) -> None:
    archive_plainly(edith)
    question = page_of(edith, f"{LIST}{PLAIN}/unarchive/").form("unarchive/")
    assert "said" not in question.values
    press(edith, PLAIN, "unarchive")
    assert not writes(sandbox)


def test_without_its_being_said_nothing_is_put_on_sale(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    press(edith, ONLINE, "archive")
    response = edith.post(f"{LIST}{ONLINE}/unarchive/", {"form_id": form_id(edith, ONLINE)})
    assert response["Location"].endswith(f"/{ONLINE}/unarchive/")
    assert len(writes(sandbox)) == 1
    assert archive.archived_here(ctx, ONLINE) is not None


@pytest.mark.parametrize("change", ["put on sale at Altegio", "issued"])
def test_what_changed_meanwhile_needs_no_put(
    sandbox: Sandbox, ctx: ChainContext, edith: Client, change: str
) -> None:
    press(edith, ONLINE, "archive")
    if change == "issued":
        sandbox.issue(CHAIN, ONLINE)
    else:
        sandbox.alter_certificate_type(CHAIN, ONLINE, online_sale_is_enabled=True)
    assert press(edith, ONLINE, "unarchive").status_code == 302
    assert len(writes(sandbox)) == 1
    assert archive.archived_here(ctx, ONLINE) is None


@pytest.mark.parametrize("kind", ["success_false", "null_data"])
def test_when_altegio_does_not_begin_the_sale_it_stays_archived(
    sandbox: Sandbox, ctx: ChainContext, edith: Client, kind: str
) -> None:
    press(edith, ONLINE, "archive")
    sandbox.fault(kind=kind, match={"method": "PUT"})
    assert press(edith, ONLINE, "unarchive").status_code == 422
    away = archive.archived_here(ctx, ONLINE)
    assert away is not None and away.took_off_sale
    assert newest().outcome == Outcome.REFUSED


def test_archiving_and_back_again_and_again(sandbox: Sandbox, loaded: Client) -> None:
    """Each press has a form id of its own, which the answer before brought."""
    target = HTMX | {"HX-Target": f"type-row-{PLAIN}"}
    carried = {"form_id": form_id(loaded, PLAIN)}
    for verb, tab in [("archive", "archived"), ("unarchive", "active")] * 2:
        answer = loaded.post(f"{LIST}{PLAIN}/{verb}/", carried, headers=target)
        carried = {"form_id": Page(answer).one("input", id="form-id").attrs["value"]}
        assert "Подарок для мамы" in page_of(loaded, f"{LIST}?tab={tab}").titles()


def test_what_altegio_archived_is_not_unarchived_here(
    sandbox: Sandbox, ctx: ChainContext, loaded: Client
) -> None:
    data = {"form_id": form_id(loaded, ARCHIVED_BY_ALTEGIO), "said": "sale"}
    response = loaded.post(f"{LIST}{ARCHIVED_BY_ALTEGIO}/unarchive/", data)
    assert response.status_code == 409
    assert not writes(sandbox)
    assert not menu_of(loaded, ARCHIVED_BY_ALTEGIO).all("button")
    # Nor what both have archived: it would still not be active.
    archive.put_away(ctx, ARCHIVED_BY_ALTEGIO, took_off_sale=True)
    assert loaded.post(f"{LIST}{ARCHIVED_BY_ALTEGIO}/unarchive/", data).status_code == 409
    assert archive.archived_here(ctx, ARCHIVED_BY_ALTEGIO) is not None
    assert not writes(sandbox)


def test_it_can_be_unarchived_and_left_off_sale(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    """The way out where Altegio refuses to put it on sale again."""
    press(edith, ONLINE, "archive")
    url = f"{LIST}{ONLINE}/unarchive/"
    form = page_of(edith, url).form("unarchive/")
    edith.post(url, form.data({"said": "only"}))
    assert len(writes(sandbox)) == 1
    assert archive.archived_here(ctx, ONLINE) is None
    assert not sandbox.certificate_type_of(CHAIN, ONLINE)["online_sale_is_enabled"]
