"""Archiving: only here, for everybody; off online sale at Altegio in the same step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.chains import services as chains
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections import services as connections
from loyalty_admin.gift_card_types import archive
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.gift_card_types.models import ArchivedType
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.faults.classes import REFUSED
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    HOSTILE,
    ISSUED,
    LIST,
    ONLINE,
    OTHER_CHAIN,
    PLAIN,
    asked_of,
    named,
    writes,
)
from tests.gift_card_types.submitting import at, form_id, menu_of, newest, press, shown
from tests.gift_card_types.writing import archive_plainly
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow

TITLE = "Подарок для мамы"
ROW = HTMX | {"HX-Target": f"type-row-{PLAIN}"}
DETAIL = HTMX | {"HX-Target": "type-detail"}
WAYS = pytest.mark.parametrize("headers", [{}, ROW, DETAIL], ids=["plain", "row", "detail"])


def active(client: Client) -> list[str]:
    return page_of(client, f"{LIST}loaded/").titles()


def archived(client: Client) -> list[str]:
    return page_of(client, f"{LIST}loaded/?tab=archived").titles()


# Hidden here


def test_archived_type_leaves_the_active_ones_and_nothing_is_sent(
    sandbox: Sandbox, loaded: Client
) -> None:
    before = sandbox.certificate_types_of(CHAIN)
    start = len(sandbox.calls())
    response = archive_plainly(loaded)
    assert response["Location"] == f"{LIST}{PLAIN}/"
    assert asked_of(sandbox.calls()[start:]) == [f"GET /{PLAIN}", f"GET /{PLAIN}"]
    assert sandbox.certificate_types_of(CHAIN) == before
    page = shown(loaded, response)
    assert TITLE in page.one("div", class_="notice good").text
    page.one("button", formaction=f"{LIST}{PLAIN}/unarchive/")
    assert TITLE not in active(loaded) and TITLE in archived(loaded)
    entry = newest()
    assert (entry.action, entry.object_id) == ("gift_card_type.archived", PLAIN)
    assert (entry.outcome, entry.attempts, entry.changes) == (Outcome.DONE, [], [])
    assert entry.copy is not None and entry.copy["title"] == TITLE


def test_it_is_hidden_from_every_person_through_every_connection(
    sandbox: Sandbox, loaded: Client, manager: User, viewer: User, sign_in: Callable[[User], Client]
) -> None:
    assistant = connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
    chains.choose_connection(person=viewer, chain_id=CHAIN, connection=assistant)
    vera, maria = sign_in(viewer), sign_in(manager)
    for client in (vera, maria):
        assert TITLE in active(client)
    archive_plainly(loaded)
    for client in (vera, maria, loaded):
        assert TITLE not in active(client)
        assert TITLE in archived(client)
        assert not page_of(client, f"{LIST}{PLAIN}/").all("span", text="Active")


def test_it_is_hidden_in_its_chain_and_at_its_address_only(sandbox: Sandbox, edith: Client) -> None:
    sandbox.put_certificate_type(OTHER_CHAIN, {"id": PLAIN, "title": "Of the other chain"})
    archive_plainly(edith)
    other = page_of(edith, at(OTHER_CHAIN, "loaded/"))
    assert "Of the other chain" in other.titles()
    ArchivedType.objects.update(api_url="https://api.example/api/v1")
    assert TITLE in active(edith)
    assert page_of(edith, f"{LIST}{PLAIN}/").all("span", text="Active")


def test_archived_by_altegio_is_archived_already(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    """Although it is on sale online: what a PUT would make of it is not known."""
    data = {"form_id": form_id(edith, ARCHIVED_BY_ALTEGIO), "said": "sale"}
    edith.post(f"{LIST}{ARCHIVED_BY_ALTEGIO}/archive/", data)
    assert not writes(sandbox) and not Entry.objects.exists()
    assert archive.archived_here(ctx, ARCHIVED_BY_ALTEGIO) is None


# Off online sale


def test_online_sale_ends_in_the_same_step_when_it_was_said(
    sandbox: Sandbox, ctx: ChainContext, loaded: Client
) -> None:
    before = sandbox.certificate_type_of(CHAIN, ONLINE)
    question = page_of(loaded, f"{LIST}{ONLINE}/archive/").form("archive/")
    assert question.values["said"] == ["sale"]
    start = len(sandbox.calls())
    page = shown(loaded, press(loaded, ONLINE, "archive"))
    asked = asked_of(sandbox.calls()[start:])
    assert asked[-3:] == [f"GET /{ONLINE}", f"PUT /{ONLINE}", f"GET /{ONLINE}"]  # and its page
    after = sandbox.certificate_type_of(CHAIN, ONLINE)
    assert after == before | {"online_sale_is_enabled": False}
    away = archive.archived_here(ctx, ONLINE)
    assert away is not None and away.took_off_sale
    assert newest().outcome == Outcome.DONE and newest().kept == []
    assert [change["field"] for change in newest().changes] == ["Online sale"]
    # Unarchiving asks first, because it begins the online sale again.
    page.one("a", href=f"{LIST}{ONLINE}/unarchive/")


@pytest.mark.parametrize("headers", [{}, ROW], ids=["plain", "row"])
def test_without_its_being_said_nothing_is_sent_and_nothing_archived(
    sandbox: Sandbox, ctx: ChainContext, loaded: Client, headers: dict[str, str]
) -> None:
    """It went on sale online after the page with the button was opened."""
    data = {"form_id": form_id(loaded, PLAIN)}
    sandbox.alter_certificate_type(CHAIN, PLAIN, online_sale_is_enabled=True, online_sale_price=120)
    response = loaded.post(f"{LIST}{PLAIN}/archive/", data, headers=headers)
    assert f"{PLAIN}/archive/" in (response.headers.get("HX-Redirect") or response["Location"])
    question = page_of(loaded, f"{LIST}{PLAIN}/archive/").form("archive/")
    assert question.values["said"] == ["sale"]
    assert not writes(sandbox) and not Entry.objects.exists()
    assert archive.archived_here(ctx, PLAIN) is None


def test_said_but_taken_off_sale_meanwhile_is_archived_here_alone(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    form = page_of(edith, f"{LIST}{ONLINE}/archive/").form("archive/")
    sandbox.alter_certificate_type(CHAIN, ONLINE, online_sale_is_enabled=False)
    edith.post(f"{LIST}{ONLINE}/archive/", form.data())
    assert not writes(sandbox)
    away = archive.archived_here(ctx, ONLINE)
    assert away is not None and not away.took_off_sale


@pytest.mark.parametrize(
    ("fault", "htmx"),
    [(REFUSED.fault, False), (REFUSED.fault, True), ({"kind": "null_data"}, False)],
)
def test_when_altegio_does_not_end_the_sale_nothing_is_archived(
    sandbox: Sandbox, ctx: ChainContext, loaded: Client, fault: dict[str, Any], htmx: bool
) -> None:
    data = page_of(loaded, f"{LIST}{ONLINE}/archive/").form("archive/").data()
    sandbox.fault(match={"method": "PUT"}, **fault)
    headers = HTMX | {"HX-Target": f"type-row-{ONLINE}"} if htmx else {}
    response = loaded.post(f"{LIST}{ONLINE}/archive/", data, headers=headers)
    assert response.status_code == 422
    page = Page(response)
    assert fault.get("message", "") in page.one("section", role="alert").text
    assert "<b>way</b>" not in page.html
    if htmx:
        assert response["X-Partial"]
        assert page.one("input", id="form-id").attrs["value"] != data["form_id"][0]
    assert archive.archived_here(ctx, ONLINE) is None
    assert newest().outcome == Outcome.REFUSED
    assert len(writes(sandbox)) == 1
    assert "Gift card €100" in active(loaded)


def test_type_of_which_something_is_missing_is_not_put(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    data = page_of(edith, f"{LIST}{ONLINE}/archive/").form("archive/").data()
    raw = sandbox.certificate_type_of(CHAIN, ONLINE)
    del raw["service_ids"], raw["category_id"]
    sandbox.put_certificate_type(CHAIN, raw)
    response = edith.post(f"{LIST}{ONLINE}/archive/", data)
    assert response.status_code == 409
    assert FIELDS.label("category_id") in Page(response).text
    assert not writes(sandbox) and archive.archived_here(ctx, ONLINE) is None


def test_issued_type_is_archived_here_only_and_stays_marked(
    sandbox: Sandbox, ctx: ChainContext, loaded: Client
) -> None:
    question = page_of(loaded, f"{LIST}{ISSUED}/archive/")
    assert "said" not in question.form("archive/").values
    shown(loaded, loaded.post(f"{LIST}{ISSUED}/archive/", question.form("archive/").data()))
    assert not writes(sandbox)
    away = archive.archived_here(ctx, ISSUED)
    assert away is not None and not away.took_off_sale
    assert "Gift card €50" in page_of(loaded, f"{LIST}?tab=archived&attention=yes").titles()


# What is swapped


def test_dialog_of_a_row_swaps_that_row(loaded: Client) -> None:
    asked = loaded.get(
        f"{LIST}{ONLINE}/archive/", headers=HTMX | {"HX-Trigger": f"archive-row-{ONLINE}"}
    )
    form = Page(asked).form("archive/")
    assert form.attrs["hx-target"] == f"#type-row-{ONLINE}"
    headers = HTMX | {"HX-Target": f"type-row-{ONLINE}"}
    row = Page(loaded.post(f"{LIST}{ONLINE}/archive/", form.data(), headers=headers))
    row.one("tr", id=f"type-row-{ONLINE}")
    menu_of(loaded, ONLINE).one("a", href=f"{LIST}{ONLINE}/unarchive/")


@WAYS
def test_unknown_outcome_is_never_said_to_be_nothing(
    sandbox: Sandbox, ctx: ChainContext, loaded: Client, headers: dict[str, str]
) -> None:
    headers = {name: value.replace(str(PLAIN), str(ONLINE)) for name, value in headers.items()}
    data = page_of(loaded, f"{LIST}{ONLINE}/archive/").form("archive/").data()
    sandbox.fault(kind="reset_after", match={"method": "PUT"})
    # The first read is the one before the write.
    sandbox.fault(kind="html", status=403, after=1, times=None, match={"method": "GET"})
    response = loaded.post(f"{LIST}{ONLINE}/archive/", data, headers=headers, follow=True)
    page = Page(response)
    assert newest().outcome == Outcome.UNKNOWN
    entry_url = f"/activity/{newest().pk}/"
    led_to = (response.request["PATH_INFO"], response.headers.get("HX-Redirect"))
    assert page.all("a", href=entry_url) or entry_url in led_to
    assert len(writes(sandbox)) == 1
    assert archive.archived_here(ctx, ONLINE) is None


def test_hostile_title_is_inert(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    page = page_of(loaded, f"{LIST}{type_id}/archive/", htmx=True)
    assert HOSTILE in page.one("h2").text
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    data = page.form("archive/").data()
    written = Page(loaded.post(f"{LIST}{type_id}/archive/", data, headers=target))
    assert HOSTILE in written.one("div", id="toasts").text
    assert "<script>alert" not in page.html + written.html


# Who, and which


def test_type_of_another_chain_is_left_alone(sandbox: Sandbox, edith: Client) -> None:
    data = {"form_id": form_id(edith, PLAIN), "said": "sale"}
    # Of the last, Altegio would show it.
    sandbox.alter_certificate_type(CHAIN, PLAIN, company_group_id=OTHER_CHAIN)
    for verb in ("archive", "unarchive"):
        assert edith.get(f"{LIST}25002/{verb}/").status_code == 404
        for type_id in (25002, PLAIN):
            assert edith.post(f"{LIST}{type_id}/{verb}/", data).status_code == 422
    assert not writes(sandbox)
    assert not ArchivedType.objects.exists()


def test_asking_archives_nothing(sandbox: Sandbox, edith: Client) -> None:
    for type_id in (PLAIN, ONLINE):
        page_of(edith, f"{LIST}{type_id}/archive/")
    assert not writes(sandbox)
    assert not ArchivedType.objects.exists() and not Entry.objects.exists()


def test_it_can_be_archived_and_left_on_sale_online(
    sandbox: Sandbox, ctx: ChainContext, edith: Client
) -> None:
    """The way out where Altegio refuses to change its online sale."""
    url = f"{LIST}{ONLINE}/archive/"
    form = page_of(edith, url).form("archive/")
    edith.post(url, form.data({"said": "only"}))
    assert not writes(sandbox)
    away = archive.archived_here(ctx, ONLINE)
    assert away is not None and not away.took_off_sale
    assert sandbox.certificate_type_of(CHAIN, ONLINE)["online_sale_is_enabled"]
