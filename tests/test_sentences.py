"""The sentences by which a person decides what to do next, each as she meets it.

Every other test asserts facts, so that rewording a sentence breaks one test at most. A sentence is
here where its wording is what the page is for: what happened, what was not changed, what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.gift_card_types import submitting as cards
from tests.gift_card_types.common import PLAIN
from tests.membership_types import submitting as types
from tests.pages import Page
from tests.promotions.common import STATIC

pytestmark = pytest.mark.slow

CHAIN = CHAINS[0]
TYPE, ARCHIVED_TYPE, UNSOLD_TYPE = 11023, 11010, 11008
ISSUED_CARD = 31001


def words(client: Client, response: Any) -> str:
    """What the page says, or the one that it leads to."""
    while response.status_code == 302:
        response = client.get(response["Location"])
    return " ".join(Page(response).text.split())


# A page that is not there, not allowed, too old, too late


def test_no_page(edith: Client) -> None:
    assert "There is nothing here" in words(edith, edith.get("/nowhere/"))


def test_no_permission(vera: Client) -> None:
    answer = vera.get(types.at(CHAIN, "new/"))
    assert "Your role does not include this page or this action." in words(vera, answer)


def test_form_of_another_sign_in(editor: User, connection: Connection) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert "This form is out of date" in words(client, client.post(types.at(CHAIN, "new/")))


def test_form_that_is_too_old(edith: Client) -> None:
    data = types.edit_form(edith, TYPE).data({"opened_on": "x"})
    answer = edith.post(types.at(CHAIN, f"{TYPE}/edit/"), data)
    assert "This form was too old to be sent. Nothing was changed." in words(edith, answer)


def test_wrong_password(client: Client, editor: User) -> None:
    answer = client.post("/login/", {"username": editor.email, "password": "wrong"})
    assert "This e-mail and password do not match." in words(client, answer)


def test_account_that_has_to_sign_in_again(edith: Client, settings: Any) -> None:
    settings.TOKEN_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItMDE="]
    answer = edith.get(types.at(CHAIN, f"{TYPE}/"))
    assert "Altegio wants a new sign-in" in words(edith, answer)


# What a write came to


def edited(client: Client, sandbox: Sandbox, **fault: Any) -> str:
    """What the page says after an edit whose write meets the fault."""
    form = types.edit_form(client, TYPE)
    sandbox.fault(match={"method": "PUT"}, **fault)
    return words(client, types.send_edit(client, form, TYPE, {"price": "321"}))


def test_refused(sandbox: Sandbox, edith: Client) -> None:
    assert "Altegio refused this. Nothing was changed." in edited(
        edith, sandbox, kind="success_false", message=""
    )


def test_too_many_requests(sandbox: Sandbox, edith: Client) -> None:
    assert "Altegio is getting too many requests. Nothing was changed." in edited(
        edith, sandbox, kind="status", status=429, headers={"Retry-After": "86400"}
    )


def test_no_right_at_altegio(sandbox: Sandbox, edith: Client) -> None:
    assert "The linked Altegio account has no right to do this. Nothing was changed." in edited(
        edith, sandbox, kind="status", status=403
    )


def test_stopped_on_the_way(sandbox: Sandbox, edith: Client) -> None:
    assert "Something on the way to Altegio did not let this through." in edited(
        edith, sandbox, kind="status", status=302, headers={"Location": "/"}
    )


def test_not_known(sandbox: Sandbox, edith: Client) -> None:
    assert "It is not known whether Altegio carried this out" in edited(
        edith, sandbox, kind="reset", apply=False
    )


def test_not_carried_out(sandbox: Sandbox, edith: Client) -> None:
    assert "Reading back showed that Altegio did not carry it out. Nothing was changed." in edited(
        edith, sandbox, kind="bad_json", apply=False
    )


def test_accepted_but_nothing_changed(sandbox: Sandbox, edith: Client) -> None:
    assert "Altegio accepted it and changed nothing of what was asked." in edited(
        edith, sandbox, kind="null_data"
    )


def test_nothing_to_change(edith: Client) -> None:
    assert "It was so already: nothing was sent." in words(edith, types.edit(edith, TYPE, {}))


def test_altegio_away(sandbox: Sandbox, edith: Client) -> None:
    sandbox.unplug()
    answer = edith.get(types.at(CHAIN, f"{TYPE}/"))
    assert "Altegio cannot be reached. Nothing was changed." in words(edith, answer)


# Why something cannot be done, and what can


@pytest.mark.parametrize(
    ("prepare", "path", "sentence"),
    [
        (
            lambda client: types.delete(client, UNSOLD_TYPE),
            f"membership-types/{UNSOLD_TYPE}/edit/",
            "This membership type was deleted here. Under Deleted it can be restored.",
        ),
        (
            None,
            f"membership-types/{ARCHIVED_TYPE}/edit/",
            "Altegio lets no archived type be changed. Unarchive it first.",
        ),
        (
            None,
            f"gift-card-types/{ISSUED_CARD}/edit/",
            "Duplicate it and change the duplicate. Nothing was sent.",
        ),
        (
            lambda client: cards.press(client, PLAIN, "archive"),
            f"gift-card-types/{PLAIN}/edit/",
            "This gift card type is archived in this dashboard. Unarchive it first.",
        ),
        (
            None,
            "gift-card-types/31004/archive/",
            "Its online sale is switched off at Altegio in the same step.",
        ),
        (None, f"promotions/{STATIC}/clone/", "Nothing is made before you save."),
        (None, f"promotions/{STATIC}/edit/", "Altegio lets nobody change these afterwards."),
    ],
    ids=["deleted", "archived", "issued", "archived here", "on sale", "duplicate", "fixed"],
)
def test_state_of_an_object(
    prepare: Callable[[Client], Any] | None, path: str, sentence: str, edith: Client
) -> None:
    if prepare:
        prepare(edith)
    assert sentence in words(edith, edith.get(f"/chains/{CHAIN}/{path}"))


def test_field_that_altegio_does_not_say(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, is_multi="perhaps")
    answer = edith.get(cards.at(CHAIN, f"{PLAIN}/edit/"))
    assert "Saving would lose it, so nothing was sent." in words(edith, answer)


def test_incomplete_list(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(
        kind="altered", body={"total_count": 99}, match={"method": "GET", "path": "_types$"}
    )
    answer = edith.get(types.at(CHAIN, "loaded/"))
    assert "Altegio did not give the whole list: some types may be missing." in words(edith, answer)
