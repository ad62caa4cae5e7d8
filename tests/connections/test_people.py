"""A connection limited to chosen people: others see neither it nor what only it reaches."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from loyalty_admin.accounts.models import Role, User
from loyalty_admin.chains.models import ChainChoice
from loyalty_admin.chains.services import chains_of, context_for, context_for_settling
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.accounts.test_middleware import routes
from tests.audit.common import written
from tests.conftest import PASSWORD
from tests.connections.common import ASSISTANT, CHAIN, DIRECTOR, OTHER_CHAIN, link_assistant
from tests.pages import Page, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SignIn = Callable[[User], Client]


@pytest.fixture
def limited(connection: Connection, manager: User, editor: User) -> Connection:
    """The only connection, for the editor and managers."""
    services.limit(connection=connection, actor=manager, people=[editor])
    return connection


def choose(client: Client, connection: Connection, **data: Any) -> Any:
    return client.post(f"/connections/{connection.pk}/people/", data)


def test_a_manager_chooses_people_and_lifts_the_limit_again(
    sign_in: SignIn, connection: Connection, manager: User, viewer: User, editor: User
) -> None:
    client = sign_in(manager)
    page = page_of(client, f"/connections/{connection.pk}/people/")
    assert page.one("input", name="who", value="everybody").attrs.get("checked") is not None
    offered = {box.attrs["value"] for box in page.all("input", name="people")}
    assert offered == {str(viewer.pk), str(editor.pk)}
    answer = choose(client, connection, who="chosen", people=[editor.pk])
    assert answer["Location"] == "/connections/"
    assert context_for(CHAIN, person=viewer) is None
    assert context_for(CHAIN, person=editor) is not None
    assert "Only managers and Edith Editor" in page_of(client, "/connections/").text
    page = page_of(client, f"/connections/{connection.pk}/people/")
    ticked = [box for box in page.all("input", name="people") if "checked" in box.attrs]
    assert [box.attrs["value"] for box in ticked] == [str(editor.pk)]
    choose(client, connection, who="everybody", people=[editor.pk])
    assert context_for(CHAIN, person=viewer) is not None


def test_nobody_chosen_is_managers_only(
    sign_in: SignIn, connection: Connection, manager: User, editor: User
) -> None:
    choose(sign_in(manager), connection, who="chosen")
    assert chains_of(editor) == []
    assert len(chains_of(manager)) == 2
    assert "Only managers" in page_of(sign_in(manager), "/connections/").text


def test_refuses_what_is_no_choice(
    sign_in: SignIn, limited: Connection, manager: User, editor: User, subtests: pytest.Subtests
) -> None:
    refused: list[dict[str, Any]] = [
        {},
        {"who": "nobody"},
        {"who": "chosen", "people": ["999999"]},
        {"who": "chosen", "people": ["x"]},
    ]
    for data in refused:
        with subtests.test(data=data):
            assert choose(sign_in(manager), limited, **data).status_code == 422
            limited.refresh_from_db()
            assert limited.is_limited
            assert list(limited.people.all()) == [editor]


@pytest.mark.parametrize("who", ["viewer", "editor"])
def test_only_managers_choose(
    sign_in: SignIn, limited: Connection, request: pytest.FixtureRequest, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(f"/connections/{limited.pk}/people/").status_code == 403
    assert choose(client, limited, who="everybody").status_code == 403
    assert Connection.objects.get().is_limited


def test_a_connection_that_is_none_is_not_found(sign_in: SignIn, manager: User) -> None:
    assert sign_in(manager).get("/connections/999999/people/").status_code == 404


def test_others_see_neither_the_connection_nor_its_chains(
    sign_in: SignIn, limited: Connection, viewer: User
) -> None:
    Connection.objects.update(needs_sign_in=True)
    client = sign_in(viewer)
    for path in ("/connections/", "/chains/", "/activity/", "/account/"):
        text = client.get(path, follow=True).content.decode()
        for hidden in (DIRECTOR, "Aurora", "Тұлпар"):
            assert hidden not in text, path


def test_every_address_of_such_a_chain_is_not_found(
    sign_in: SignIn, limited: Connection, viewer: User, editor: User, sandbox: Sandbox
) -> None:
    theirs = sign_in(viewer)
    before = len(sandbox.calls())
    seen = 0
    for name, path in routes(get_resolver()):
        if not path.startswith("/chains/1/"):
            continue
        seen += 1
        path = path.replace("/chains/1/", f"/chains/{CHAIN}/", 1)
        method = theirs.post if theirs.get(path).status_code == 405 else theirs.get
        assert method(path).status_code in (404, 405), (name, path)
        assert theirs.post(path).status_code in (404, 405), (name, path)
    assert seen > 20
    assert len(sandbox.calls()) == before
    page_of(sign_in(editor), f"/chains/{CHAIN}/membership-types/")


def test_the_chain_is_missing_in_the_same_words_as_one_that_is_none(
    sign_in: SignIn, limited: Connection, viewer: User
) -> None:
    client = sign_in(viewer)
    # Each answer has a token and an id of its own.
    hidden, missing = (
        re.sub(
            r'"\w{64}"|[0-9a-f]{16}',
            "",
            client.get(f"/chains/{number}/membership-types/").content.decode(),
        )
        for number in (CHAIN, 999999)
    )
    assert hidden == missing


def test_activity_of_such_a_chain_is_not_found(
    sign_in: SignIn, limited: Connection, viewer: User, editor: User
) -> None:
    entry = written(limited, editor, object_title="A secret title")
    client = sign_in(viewer)
    assert client.get(f"/activity/{entry.pk}/").status_code == 404
    assert "A secret title" not in client.get("/activity/").content.decode()
    assert "A secret title" in sign_in(editor).get("/activity/").content.decode()


def test_where_another_connection_reaches_the_chain_they_act_through_that(
    sign_in: SignIn, limited: Connection, sandbox: Sandbox, manager: User, viewer: User
) -> None:
    ChainChoice.objects.create(
        person=viewer,
        api_url=limited.api_url,
        chain_id=CHAIN,
        connection=limited,
        last_used_at=limited.made_at,
    )
    link_assistant(sandbox, manager)
    ctx = context_for(CHAIN, person=viewer)
    assert ctx is not None
    assert [one.name for one in ctx.connections] == [ASSISTANT]
    assert context_for(OTHER_CHAIN, person=viewer) is None
    client = sign_in(viewer)
    url = f"/chains/{CHAIN}/acting-connection/"
    assert client.post(url, {"connection": limited.pk}).status_code == 404
    assert DIRECTOR not in client.get(f"/chains/{CHAIN}/membership-types/").content.decode()


def test_a_manager_who_becomes_an_editor_sees_it_no_longer(
    limited: Connection, manager: User
) -> None:
    assert chains_of(manager)
    User.objects.filter(pk=manager.pk).update(role=Role.EDITOR)
    assert chains_of(User.objects.get(pk=manager.pk)) == []


def test_the_limit_outlives_a_removal_and_a_new_sign_in(
    limited: Connection, manager: User, viewer: User, sandbox: Sandbox
) -> None:
    services.remove(connection=limited, person=manager)
    services.connect(person=manager, login=sandbox.director, password=PASSWORD)
    assert chains_of(viewer) == []


def test_what_somebody_left_unsettled_is_found_out_all_the_same(
    limited: Connection, viewer: User
) -> None:
    assert context_for(CHAIN, person=viewer) is None
    ctx = context_for_settling(CHAIN, person=viewer)
    assert ctx is not None
    assert ctx.connection == limited
    assert context_for_settling(999999, person=viewer) is None


def test_the_form_lists_people_in_words(
    sign_in: SignIn, connection: Connection, manager: User, viewer: User
) -> None:
    User.objects.create_user("noname@example.com", None)
    page = Page(sign_in(manager).get(f"/connections/{connection.pk}/people/"))
    assert "Vera Viewer (vera@example.com)" in page.text
    assert "noname@example.com" in page.text
    assert "Maria Manager (" not in page.text
