"""The chain a person works in: who acts there, with which rights, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains import services
from loyalty_admin.chains.models import ChainChoice
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.connections.common import (
    ASSISTANT,
    CHAIN,
    DIRECTOR,
    EDIT_RIGHT,
    OTHER_CHAIN,
    allow,
    link_assistant,
    spoil_token,
)
from tests.membership_types.submitting import at, delete, edit, shown
from tests.pages import Page, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIST = f"/chains/{CHAIN}/membership-types/"
SignIn = Callable[[User], Client]


def context(person: User, chain_id: int = CHAIN) -> services.ChainContext:
    found = services.context_for(chain_id, person=person)
    assert found is not None
    return found


def test_chains_are_the_union_of_what_connections_reach(
    sandbox: Sandbox, connection: Connection, manager: User, viewer: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    salon, fitness = services.chains_of(viewer)
    assert (salon.id, salon.connections) == (CHAIN, (connection, assistant))
    assert (fitness.id, fitness.connections) == (OTHER_CHAIN, (connection,))
    assert (salon.title, salon.currency) == ("Aurora Salons & Spa", "€")
    assert [place.title for place in services.locations(fitness)] == [
        "Тұлпар Fitness Абай",
        "Тұлпар Fitness Медеу",
    ]


def test_oldest_connection_acts_by_default(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    assert context(manager).connection == connection
    Connection.objects.filter(pk=assistant.pk).update(
        made_at=connection.made_at - timedelta(days=1)
    )
    assert context(manager).connection == assistant


def test_one_that_has_to_sign_in_again_gives_way(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    spoil_token(connection)
    connections.refresh_all_chains(force=True)
    assert context(manager).connection == assistant
    # Where nobody else reaches the chain, what was known still shows.
    assert context(manager, OTHER_CHAIN).connection == connection


def test_choice_is_a_persons_own_and_of_one_chain(
    sandbox: Sandbox, connection: Connection, manager: User, editor: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    services.choose_connection(person=editor, chain_id=CHAIN, connection=assistant)
    assert context(editor).connection == assistant
    assert context(editor, OTHER_CHAIN).connection == connection
    assert context(manager).connection == connection


def test_choice_ends_with_the_reach_of_the_chosen(
    sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    services.choose_connection(person=manager, chain_id=CHAIN, connection=assistant)
    allow(sandbox, sandbox.assistant, {})
    connections.refresh_all_chains(force=True)
    assert context(manager).connection == connection
    connections.remove(connection=assistant, person=manager)
    assert context(manager).connection == connection


def test_rights_are_those_of_the_acting_connection(
    profile: str, sandbox: Sandbox, connection: Connection, manager: User
) -> None:
    assistant = link_assistant(sandbox, manager)
    assert context(manager).may(EDIT_RIGHT)
    services.choose_connection(person=manager, chain_id=CHAIN, connection=assistant)
    assert context(manager).right(EDIT_RIGHT) is False
    assert not context(manager).may(EDIT_RIGHT)


def test_right_that_altegio_leaves_out_is_offered(
    sandbox: Sandbox, connection: Connection, editor: User, sign_in: SignIn
) -> None:
    allow(sandbox, sandbox.director, {CHAIN: {"loyalty_access": 1}})
    connections.refresh_all_chains(force=True)
    assert context(editor).right(EDIT_RIGHT) is None
    assert context(editor).may(EDIT_RIGHT)
    assert page_of(sign_in(editor), LIST).all("a", href=f"{LIST}new/")


def test_missing_right_disables_with_its_reason(
    profile: str, sandbox: Sandbox, manager: User, editor: User, sign_in: SignIn
) -> None:
    link_assistant(sandbox, manager)
    client = sign_in(editor)
    page_of(client, f"{LIST}loaded/")
    for url in (LIST, f"{LIST}11001/"):
        page = page_of(client, url)
        disabled = page.all("button", aria_disabled="true")
        assert disabled
        assert all(ASSISTANT in button.attrs["title"] for button in disabled)
        assert not page.all("a", href=f"{LIST}new/")
        assert not page.all("a", href=f"{LIST}11001/edit/")
    assert client.get(f"{LIST}new/").status_code == 403


def test_refusal_of_altegio_is_the_last_word(
    profile: str, sandbox: Sandbox, connection: Connection, editor: User, sign_in: SignIn
) -> None:
    client = sign_in(editor)
    form = page_of(client, at(CHAIN, "11001/edit/")).form(id="type-form")
    # Taken away at Altegio; the chains read a moment ago still say that it is there.
    allow(sandbox, sandbox.director, {CHAIN: {"loyalty_access": 1, EDIT_RIGHT: 0}})
    response = client.post(at(CHAIN, "11001/edit/"), form.data({"title": "Mine"}))
    page = Page(response)
    assert response.status_code == 422
    assert "Access denied." in page.one("div", class_="notice bad whole").text
    assert page.form(id="type-form").values["title"] == ["Mine"]
    assert Connection.objects.get().needs_sign_in is False


def test_acting_connection_is_named_in_the_header_and_in_the_journal(
    profile: str,
    sandbox: Sandbox,
    connection: Connection,
    manager: User,
    editor: User,
    sign_in: SignIn,
) -> None:
    allow(sandbox, sandbox.assistant, {CHAIN: {EDIT_RIGHT: 1}})
    assistant = link_assistant(sandbox, manager)
    client = sign_in(editor)
    edit(client, 11001, {"title": "Through the director"})
    services.choose_connection(person=editor, chain_id=CHAIN, connection=assistant)
    edit(client, 11001, {"title": "Through the assistant"})
    named = list(Entry.objects.order_by("pk").values_list("connection", "connection_name"))
    assert named == [(connection.pk, DIRECTOR), (assistant.pk, ASSISTANT)]
    page = page_of(client, f"{LIST}11001/")
    assert len(page.all("summary", text=f"Acting through {ASSISTANT}")) == 1
    assert f"through {ASSISTANT}" in page.text
    assert f"through {DIRECTOR}" in page.text
    for name in (DIRECTOR, ASSISTANT):
        assert page_of(client, "/activity/").all("td", data_label="Through", text=name)


def test_chosen_connections_token_is_the_one_that_is_sent(
    sandbox: Sandbox, connection: Connection, manager: User, editor: User, sign_in: SignIn
) -> None:
    assistant = link_assistant(sandbox, manager)
    client = sign_in(editor)
    services.choose_connection(person=editor, chain_id=CHAIN, connection=assistant)
    spoil_token(assistant)
    assert client.get(f"{LIST}11001/").status_code == 502
    services.choose_connection(person=editor, chain_id=CHAIN, connection=connection)
    assert client.get(f"{LIST}11001/").status_code == 200


def test_cached_list_never_crosses_connections(
    sandbox: Sandbox, connection: Connection, manager: User, editor: User, sign_in: SignIn
) -> None:
    assistant = link_assistant(sandbox, manager)
    client = sign_in(editor)
    assert "Manicure × 5" in page_of(client, f"{LIST}loaded/").text
    assert "Manicure × 5" in page_of(client, LIST).text
    services.choose_connection(person=editor, chain_id=CHAIN, connection=assistant)
    sandbox.fault(kind="status", status=403, match={"path": "/abonement_types"}, times=None)
    assert "Manicure × 5" not in page_of(client, LIST).text
    response = client.get(f"{LIST}loaded/")
    assert response.status_code == 403
    assert "Manicure × 5" not in response.content.decode()
    services.choose_connection(person=editor, chain_id=CHAIN, connection=connection)
    assert "Manicure × 5" in page_of(client, LIST).text


def test_written_row_does_not_show_through_another_connection(
    sandbox: Sandbox, connection: Connection, manager: User, editor: User, sign_in: SignIn
) -> None:
    assistant = link_assistant(sandbox, manager)
    client = sign_in(editor)
    services.choose_connection(person=editor, chain_id=CHAIN, connection=assistant)
    page_of(client, f"{LIST}loaded/")
    services.choose_connection(person=editor, chain_id=CHAIN, connection=connection)
    shown(client, edit(client, 11001, {"title": "Seen by the director"}))
    services.choose_connection(person=editor, chain_id=CHAIN, connection=assistant)
    page = page_of(client, LIST)
    # What the assistant may see of it is read through the assistant.
    assert "Seen by the director" not in page.text
    assert "Manicure × 5" not in page.text
    assert "Seen by the director" in page_of(client, f"{LIST}loaded/").text


@pytest.fixture
def deleted(
    sandbox: Sandbox, connection: Connection, manager: User, editor: User, sign_in: SignIn
) -> list[Entry]:
    """A type deleted through the director in each chain; the assistant reaches only the first."""
    allow(sandbox, sandbox.director, {number: {EDIT_RIGHT: 1} for number in (CHAIN, OTHER_CHAIN)})
    connections.refresh_all_chains(force=True)
    client = sign_in(editor)
    sandbox.alter_type(CHAIN, 11006, title="Of the salon")
    sandbox.alter_type(OTHER_CHAIN, 5001, title="Of the gym", abonements_count=0)
    delete(client, 11006)
    delete(client, 5001, chain_id=OTHER_CHAIN)
    allow(sandbox, sandbox.assistant, {CHAIN: {EDIT_RIGHT: 1}})
    return list(Entry.objects.order_by("pk"))


def test_journal_and_deleted_are_seen_where_the_chain_is_reached(
    sandbox: Sandbox,
    connection: Connection,
    manager: User,
    editor: User,
    sign_in: SignIn,
    deleted: list[Entry],
) -> None:
    client = sign_in(editor)
    of_salon, of_gym = deleted
    gym = f"/chains/{OTHER_CHAIN}/membership-types/"
    journal = page_of(client, "/activity/").text
    assert "Of the salon" in journal
    assert "Of the gym" in journal
    assert "Of the gym" in page_of(client, f"{gym}trash/").text

    connections.remove(connection=connection, person=manager)
    link_assistant(sandbox, manager)
    journal = page_of(client, "/activity/").text
    assert "Of the salon" in journal
    assert "Of the gym" not in journal
    assert "Of the gym" not in page_of(client, f"/activity/?chain={OTHER_CHAIN}").text
    assert "Of the salon" in page_of(client, f"{LIST}trash/").text
    page_of(client, f"/activity/{of_salon.pk}/")
    page_of(client, f"{LIST}trash/{of_salon.pk}/again/")
    for hidden in (
        f"/activity/{of_gym.pk}/",
        f"{gym}trash/",
        f"{gym}trash/{of_gym.pk}/again/",
        # Nor by the way of a chain that is reached.
        f"{LIST}trash/{of_gym.pk}/again/",
    ):
        page_of(client, hidden, status=404)
    for posted in (f"/activity/{of_gym.pk}/check/", f"/activity/{of_gym.pk}/decide/"):
        assert client.post(posted).status_code == 404


def test_journal_and_deleted_are_seen_at_their_address_only(
    sandboxes: dict[str, Sandbox],
    sandbox: Sandbox,
    manager: User,
    editor: User,
    sign_in: SignIn,
    deleted: list[Entry],
    settings: Any,
) -> None:
    client = sign_in(editor)
    other = sandboxes["observed"]
    other.reset()
    settings.ALTEGIO_API_URL = other.api_url
    # The same chains, by their numbers, at another address.
    connections.connect(person=manager, login=other.director, password=other.password)
    assert "Of the salon" not in page_of(client, "/activity/").text
    assert "Of the salon" not in page_of(client, f"{LIST}trash/").text
    page_of(client, f"/activity/{deleted[0].pk}/", status=404)
    page_of(client, f"{LIST}trash/{deleted[0].pk}/again/", status=404)
    assert "Nothing yet" in page_of(client, f"{LIST}11006/").text
    settings.ALTEGIO_API_URL = sandbox.api_url
    assert "Of the salon" in page_of(client, "/activity/").text
    assert "Of the salon" in page_of(client, f"{LIST}trash/").text


def test_journal_of_a_chain_that_is_no_number_is_the_whole_journal(
    connection: Connection, viewer: User, sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    for asked in ["²", "x", "-1", "9" * 30, "9" * 5000]:
        with subtests.test(asked=asked):
            page_of(sign_in(viewer), f"/activity/?chain={asked}")


def test_choice_of_another_address_does_not_act(
    sandboxes: dict[str, Sandbox],
    sandbox: Sandbox,
    connection: Connection,
    manager: User,
    settings: Any,
) -> None:
    services.choose_connection(person=manager, chain_id=CHAIN, connection=connection)
    other = sandboxes["observed"]
    other.reset()
    settings.ALTEGIO_API_URL = other.api_url
    there = connections.connect(person=manager, login=other.director, password=other.password)
    assert context(manager).connections == (there,)
    assert services.last_chain_id(manager) is None


def test_unknown_chain_is_not_there(
    sandbox: Sandbox, connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    before = len(sandbox.calls())
    for number in ("9999", "9" * 30):
        page_of(sign_in(viewer), f"/chains/{number}/membership-types/", status=404)
    assert services.context_for(9999, person=viewer) is None
    assert not ChainChoice.objects.exists()
    assert len(sandbox.calls()) == before


def test_last_chain_is_remembered_also_after_a_short_visit(
    connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    for number in (CHAIN, OTHER_CHAIN, CHAIN):
        page_of(client, f"/chains/{number}/membership-types/")
        assert services.last_chain_id(viewer) == number
    assert ChainChoice.objects.count() == 2


def test_staying_in_a_chain_is_written_down_once_a_minute(
    connection: Connection, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    page_of(client, LIST)
    first = ChainChoice.objects.get().last_used_at
    page_of(client, LIST)
    assert ChainChoice.objects.get().last_used_at == first
    long_ago = timezone.now() - timedelta(minutes=2)
    ChainChoice.objects.update(last_used_at=long_ago)
    page_of(client, LIST)
    assert ChainChoice.objects.get().last_used_at > first


def test_visit_keeps_the_choice(
    sandbox: Sandbox, connection: Connection, manager: User, sign_in: SignIn
) -> None:
    assistant = link_assistant(sandbox, manager)
    services.choose_connection(person=manager, chain_id=CHAIN, connection=assistant)
    ChainChoice.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    page_of(sign_in(manager), LIST)
    assert context(manager).connection == assistant
