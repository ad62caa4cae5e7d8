"""A token that Altegio does not accept any more: the banner, the way out, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.connections.common import ASSISTANT, CHAIN, DIRECTOR, link_assistant, spoil_token
from tests.membership_types.submitting import FILLED, at, delete, new_form
from tests.pages import HTMX, Page, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIST = f"/chains/{CHAIN}/membership-types/"
SignIn = Callable[[User], Client]


@pytest.fixture
def maria(manager: User, connection: Connection, sign_in: SignIn) -> Client:
    """A manager's browser."""
    return sign_in(manager)


def banners(page: Page) -> list[str]:
    return [notice.text for notice in page.all("div", class_="notice warn", role="status")]


def sign_in_again(sandbox: Sandbox, connection: Connection, manager: User) -> None:
    services.sign_in_again(
        connection=connection, person=manager, login=sandbox.director, password=PASSWORD
    )


@pytest.mark.parametrize("url", ["/activity/", "/connections/", "/account/", "/chains/", LIST])
def test_banner_stands_on_every_page_with_the_way_out(
    sandbox: Sandbox, connection: Connection, maria: Client, editor: User, sign_in: SignIn, url: str
) -> None:
    link = f"/connections/{connection.pk}/sign-in/"
    assert not banners(page_of(maria, url))
    sandbox.revoke_tokens()
    services.refresh_all_chains(force=True)
    page = page_of(maria, url)
    (banner,) = banners(page)
    assert DIRECTOR in banner
    assert page.all("a", href=link)
    page = page_of(sign_in(editor), url)
    (banner,) = banners(page)
    assert DIRECTOR in banner
    assert "manager" in banner
    assert not page.all("a", href=link)


def test_banner_names_only_the_one_that_ended(
    sandbox: Sandbox, maria: Client, manager: User
) -> None:
    spoil_token(link_assistant(sandbox, manager))
    services.refresh_all_chains(force=True)
    (banner,) = banners(page_of(maria, "/activity/"))
    assert ASSISTANT in banner
    assert DIRECTOR not in banner


def test_token_that_no_key_opens_is_no_error_on_any_page(
    sandbox: Sandbox, connection: Connection, maria: Client, settings: Any
) -> None:
    page_of(maria, f"{LIST}loaded/")
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    before = len(sandbox.calls())
    link = f"/connections/{connection.pk}/sign-in/"
    answers = {
        url: maria.get(url)
        for url in (
            "/chains/",
            LIST,
            f"{LIST}loaded/",
            f"{LIST}new/",
            f"{LIST}trash/",
            f"{LIST}11001/",
            f"{LIST}11001/edit/",
            f"{LIST}11001/delete/",
            "/activity/",
            "/connections/",
        )
    }
    assert {answer.status_code for answer in answers.values()} == {200, 502}
    for answer in answers.values():
        assert Page(answer).all("a", href=link)
    assert answers[f"{LIST}11001/"].status_code == 502
    assert answers[LIST].status_code == 200
    assert len(sandbox.calls()) == before


def test_strangers_learn_nothing_of_connections(sandbox: Sandbox, maria: Client) -> None:
    sandbox.revoke_tokens()
    services.refresh_all_chains(force=True)
    assert DIRECTOR not in page_of(Client(), "/login/").text


def test_list_as_known_stays_on_screen(sandbox: Sandbox, maria: Client) -> None:
    page_of(maria, f"{LIST}loaded/")
    sandbox.revoke_tokens()
    response = maria.post(f"{LIST}refresh/", headers=HTMX)
    assert "Manicure × 5" in Page(response).text
    page = page_of(maria, LIST)
    assert "Manicure × 5" in page.text
    assert any(DIRECTOR in banner for banner in banners(page))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_new_type_typed_stays_and_can_be_sent_after_a_sign_in(
    profile: str,
    sandbox: Sandbox,
    connection: Connection,
    maria: Client,
    manager: User,
    headers: dict[str, str],
) -> None:
    link = f"/connections/{connection.pk}/sign-in/"
    form = new_form(maria)
    typed = form.data({**FILLED, "title": "Typed <before> it ended", "price": "123.45"})
    before = len(sandbox.types_of(CHAIN))
    sandbox.revoke_tokens()
    # The second time Altegio is not even asked.
    for _time in range(2):
        response = maria.post(f"{LIST}new/", typed, headers=headers)
        page = Page(response)
        assert response.status_code == 422
        assert (response.get("X-Partial") == "1") is bool(headers)
        assert page.all("a", href=link)
        if not headers:
            assert any(DIRECTOR in banner for banner in banners(page))
        form = page.form(id="type-form")
        ids = {"form_id", "csrfmiddlewaretoken"}
        assert {k: v for k, v in form.values.items() if k not in ids} == {
            k: v for k, v in typed.items() if k not in ids
        }
        typed = form.data()
    connection.refresh_from_db()
    assert connection.needs_sign_in
    assert not Entry.objects.exists()
    assert len(sandbox.types_of(CHAIN)) == before

    sign_in_again(sandbox, connection, manager)
    response = maria.post(f"{LIST}new/", typed, headers=headers)
    assert response.status_code == (200 if headers else 302)
    made = sandbox.types_of(CHAIN)[-1]
    assert (made["title"], made["cost"]) == ("Typed <before> it ended", 123.45)
    assert len(sandbox.types_of(CHAIN)) == before + 1


def test_write_itself_refused_stands_in_the_journal_and_keeps_what_was_typed(
    profile: str, sandbox: Sandbox, connection: Connection, maria: Client
) -> None:
    form = new_form(maria)
    sandbox.fault(kind="status", status=401, match={"method": "POST", "path": "/abonement_types$"})
    page = Page(maria.post(f"{LIST}new/", form.data({**FILLED, "title": "Typed"})))
    assert page.form(id="type-form").values["title"] == ["Typed"]
    assert page.all("a", href=f"/connections/{connection.pk}/sign-in/")
    assert Entry.objects.get().outcome == Outcome.REFUSED
    connection.refresh_from_db()
    assert connection.needs_sign_in


@pytest.mark.parametrize("who", ["manager", "editor"])
def test_edited_type_typed_stays_and_can_be_sent_after_a_sign_in(
    sandbox: Sandbox,
    connection: Connection,
    manager: User,
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    who: str,
) -> None:
    client = sign_in(request.getfixturevalue(who))
    url = at(CHAIN, "11001/edit/")
    typed = page_of(client, url).form(id="type-form").data({"title": "Typed in the full form"})
    sandbox.revoke_tokens()
    response = client.post(url, typed)
    page = Page(response)
    assert response.status_code == 422
    link = f"/connections/{connection.pk}/sign-in/"
    assert bool(page.all("a", href=link)) is (who == "manager")
    assert "manager" in page.text
    form = page.form(id="type-form")
    assert form.values["title"] == ["Typed in the full form"]
    assert sandbox.type_of(CHAIN, 11001)["title"] == "Manicure × 5"
    sign_in_again(sandbox, connection, manager)
    assert client.post(url, form.data()).status_code == 302
    assert sandbox.type_of(CHAIN, 11001)["title"] == "Typed in the full form"


def test_row_typed_stays(sandbox: Sandbox, connection: Connection, maria: Client) -> None:
    url = at(CHAIN, "11001/row/edit/")
    page_of(maria, f"{LIST}loaded/")
    typed = page_of(maria, url, htmx=True).form("row/edit/").data({"title": "Typed in the row"})
    sandbox.revoke_tokens()
    response = maria.post(url, typed, headers=HTMX)
    page = Page(response)
    assert (response.status_code, response["X-Partial"]) == (422, "1")
    assert page.form("row/edit/").values["title"] == ["Typed in the row"]
    assert page.all("a", href=f"/connections/{connection.pk}/sign-in/")


def test_title_to_restore_under_stays_and_nothing_waits_in_the_journal(
    sandbox: Sandbox, connection: Connection, maria: Client, manager: User
) -> None:
    delete(maria, 11006)
    url = at(CHAIN, "11006/restore/")
    typed = page_of(maria, at(CHAIN, "trash/")).form(url).data({"title": "Back under this"})
    sandbox.revoke_tokens()
    for _time in range(2):
        page = Page(maria.post(url, typed))
        assert page.form(url).values["title"] == ["Back under this"]
        assert page.all("a", href=f"/connections/{connection.pk}/sign-in/")
        typed = page.form(url).data()
    outcomes = list(Entry.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == [Outcome.DONE, Outcome.REFUSED]
    sign_in_again(sandbox, connection, manager)
    assert maria.post(url, typed).status_code == 302
    assert sandbox.type_of(CHAIN, 11006)["title"] == "Back under this"


@pytest.mark.parametrize("button", ["clone", "archive", "unarchive", "delete"])
def test_button_says_where_to_sign_in(
    sandbox: Sandbox, connection: Connection, maria: Client, button: str
) -> None:
    sandbox.revoke_tokens()
    data = {"form_id": "0123456789abcdefgh"}
    page = Page(maria.post(at(CHAIN, f"11001/{button}/"), data, headers=HTMX))
    assert page.all("a", href=f"/connections/{connection.pk}/sign-in/")
    assert not Entry.objects.exists()
