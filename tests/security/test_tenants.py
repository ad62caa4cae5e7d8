"""What belongs to others: their objects, their chains, their rights."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import Invitation, Role, User
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.memberships import several
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.gift_card_types.submitting import FILLED as CARD
from tests.membership_types.submitting import FILLED as TYPE
from tests.memberships.common import CHAIN, OTHER_CHAIN, put, writes
from tests.pages import HTMX, page_of
from tests.promotions.submitting import filled
from tests.security.urls import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SignIn = Callable[[User], Client]
# Of the second chain.
FOREIGN_LOCATION, FOREIGN_TYPE, FOREIGN_CARD, FOREIGN_PROMOTION = 601, 17_001, 37_001, 27_001
NOWHERE = 9_999_999


def seen(response: Any) -> tuple[int, str]:
    """The answer without what differs each time: tokens, ids of requests, the numbers asked for."""
    html = re.sub(r'value="\w{64}"|(?<=support: )\w+', "…", response.content.decode())
    return response.status_code, re.sub(r"\d+", "…", html)


class TestOthersObjects:
    """Attacks 18 and 19: numbers of jobs, entries, connections and chains that are others'."""

    NAMES = (
        "jobs:detail", "jobs:cancel", "jobs:go_on", "jobs:retry", "audit:detail", "audit:check",
        "audit:decide", "audit:close", "membership_types:index", "membership_types:detail",
        "memberships:index", "memberships:detail", "gift_card_types:edit", "promotions:delete",
        "connections:sign_in", "transactions:download",
    )  # fmt: skip

    @pytest.mark.slow
    def test_look_as_if_they_were_not_there(self, sandbox: Sandbox) -> None:
        world = World(sandbox)
        world.enter("stranger")
        addresses = world.addresses()
        world.close_doors()
        asked = len(sandbox.calls())
        wrong = []
        for name in self.NAMES:
            theirs = addresses[name]
            nowhere = re.sub(r"\d+", str(NOWHERE), theirs)
            for method in ("get", "post"):
                for headers in ({}, HTMX):
                    send = getattr(world.client, method)
                    answer = send(theirs, headers=headers)
                    is_refused = answer.status_code in (403, 404, 405)
                    if not is_refused or seen(answer) != seen(send(nowhere, headers=headers)):
                        wrong.append(f"{method} {name} {headers}")
        assert wrong == []
        assert len(sandbox.calls()) == asked

    @pytest.mark.slow
    def test_of_another_chain_are_not_found_below_ones_own(
        self, sandbox: Sandbox, edith: Client
    ) -> None:
        found = []
        for what, number in (
            ("membership-types", FOREIGN_TYPE),
            ("gift-card-types", FOREIGN_CARD),
            ("promotions", FOREIGN_PROMOTION),
        ):
            url = f"/chains/{CHAIN}/{what}/{number}/"
            for path in ("", "edit/", "delete/"):
                if edith.get(url + path).status_code != 404:
                    found.append(url + path)
            for path in ("delete/", "clone/", "archive/", "unarchive/"):
                edith.post(url + path, {"form_id": "x" * 20})
        assert found == []
        assert not [call for call in writes(sandbox) if call["applied"]]

    def test_session_of_somebody_else_is_not_ended(
        self, viewer: User, manager: User, sign_in: SignIn
    ) -> None:
        sign_in(manager)
        (theirs,) = manager.sessions.all()
        client = sign_in(viewer)
        there, nowhere = (
            seen(client.post(f"/account/sessions/{number}/end/")) for number in (theirs.pk, NOWHERE)
        )
        assert there == nowhere
        assert there[0] == 404
        assert manager.sessions.exists()


class TestTamperedForms:
    """Attack 20: numbers in a form that were not offered by it."""

    @pytest.mark.parametrize(
        ("what", "typed"),
        [
            ("membership-types/new/", TYPE),
            ("gift-card-types/new/", CARD),
            ("promotions/new/discount_static/", filled()),
        ],
    )
    def test_location_of_another_chain_is_refused(
        self, sandbox: Sandbox, edith: Client, what: str, typed: dict[str, Any]
    ) -> None:
        url = f"/chains/{CHAIN}/{what}"
        page = page_of(edith, url)
        form = next(f for f in page.all("form", method="post") if "form_id" in f.values)  # type: ignore[attr-defined]
        data = form.data({**typed, "location_ids": [str(FOREIGN_LOCATION)]})  # type: ignore[attr-defined]
        assert edith.post(url, data).status_code == 422
        assert not writes(sandbox)

    def test_plan_that_was_signed_for_another_chain_is_no_plan(
        self, sandbox: Sandbox, edith: Client, editor: User
    ) -> None:
        raw = put(sandbox, chain_id=OTHER_CHAIN)
        other = context_for(OTHER_CHAIN, person=editor)
        assert other is not None
        planned = several.plan_all(other, [raw["id"]], several.longer_by(7))
        data = {
            "id": [str(raw["id"])], "what": "extend", "days": "7", "form_id": "x" * 20,
            "plan": several.sign(other, "Extend", planned),
        }  # fmt: skip
        answer = edith.post(f"/chains/{CHAIN}/memberships/several/", data)
        assert answer.status_code == 409
        assert not writes(sandbox)

    def test_connection_that_does_not_reach_the_chain_is_not_chosen(
        self, sandbox: Sandbox, edith: Client, manager: User
    ) -> None:
        other = connections.connect(person=manager, login=sandbox.assistant, password=PASSWORD)
        url = f"/chains/{OTHER_CHAIN}/acting-connection/"
        assert edith.post(url, {"connection": other.pk}).status_code == 404


class TestViewer:
    """Attack 21: every write, by somebody who may only look. What is refused: the table."""

    def test_refused_write_stands_in_the_log(
        self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        world = World(sandbox)
        world.enter("viewer")
        url = world.address("membership_types:archive", ("chain_id", "object_id"))
        assert world.client.post(url).status_code == 403
        (line,) = [record for record in caplog.records if record.name == "django.request"]
        assert line.levelname == "WARNING"
        assert url in line.getMessage()


class TestMassAssignment:
    """Attack 22: fields that no form has."""

    MORE = {
        "is_staff": "1", "is_superuser": "1", "is_active": "", "role": "manager", "owner": "1",
        "email": "evil@example.com", "password": "x", "base_url": "http://127.0.0.1:9/",
        "api_url": "http://127.0.0.1:9/", "person": "1", "made_by": "1", "id": "1", "pk": "1",
    }  # fmt: skip

    def test_own_profile_gives_no_role(self, viewer: User, sign_in: SignIn) -> None:
        before = set(User.objects.filter(pk=viewer.pk).values().get().items())
        answer = sign_in(viewer).post("/account/", {"name": "Vera", **self.MORE})
        assert answer.status_code == 302
        after = set(User.objects.filter(pk=viewer.pk).values().get().items())
        changed = {name for name, _value in after - before}
        assert changed <= {"name", "last_seen_at", "last_login"}

    def test_invitation_keeps_who_made_it(
        self, viewer: User, manager: User, sign_in: SignIn
    ) -> None:
        sent = {**self.MORE, "email": "nina@example.com", "role": Role.VIEWER}
        sign_in(manager).post("/staff/invite/", {**sent, "made_by": viewer.pk})
        invitation = Invitation.objects.get()
        assert (invitation.made_by, invitation.role) == (manager, Role.VIEWER)

    def test_connection_is_made_at_the_deployments_address(
        self, sandbox: Sandbox, manager: User, viewer: User, sign_in: SignIn
    ) -> None:
        sent = {**self.MORE, "login": sandbox.director, "password": PASSWORD}
        sign_in(manager).post("/connections/new/", {**sent, "made_by": viewer.pk})
        connection = Connection.objects.get()
        assert connection.api_url == sandbox.api_url
        assert connection.made_by == manager
        assert connection.pk
