"""Where requests go: to the address of the environment, whatever is sent or answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.wire import WireServer, ok
from tests.conftest import PASSWORD
from tests.memberships.common import CHAIN

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
# Addresses inside a network, as an attacker writes them.
INWARD = [
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:5432/", "file:///etc/passwd",
    "http://api.alteg.io@127.0.0.1/", "http://2130706433/", "http://[::ffff:127.0.0.1]/",
    "//127.0.0.1/", "gopher://127.0.0.1/",
]  # fmt: skip
TRAVERSALS = ["..", "%2e%2e", "1%2F..%2F..", "1%3Fa=b", "1;x", "1%00", "-1", "1.0", "٣", "1%0d%0a"]


class TestBaseUrl:
    """Attack 24. The address of the API is a variable of the environment, and of nothing else."""

    @pytest.mark.parametrize("inward", INWARD)
    def test_nothing_that_is_sent_changes_where_requests_go(
        self, sandbox: Sandbox, manager: User, sign_in: SignIn, inward: str
    ) -> None:
        names = ("base_url", "api_url", "url", "host", "altegio_api_url", "next", "callback")
        sent = {"login": sandbox.director, "password": PASSWORD, **dict.fromkeys(names, inward)}
        client = sign_in(manager)
        headers = {"X-Forwarded-Host": inward, "X-Original-URL": inward, "Forwarded": inward}
        answer = client.post("/connections/new/", sent, headers=headers)
        assert answer.status_code == 302
        assert [call["path"] for call in sandbox.calls()] == ["/auth", "/groups"]
        assert Connection.objects.get().api_url == sandbox.api_url

    @pytest.mark.parametrize("inward", INWARD)
    def test_nothing_that_altegio_answers_changes_where_requests_go(
        self, sandbox: Sandbox, edith: Client, connection: Connection, inward: str
    ) -> None:
        sandbox.put_certificate_type(CHAIN, {"title": "Card", "image_url": inward, "url": inward})
        sandbox.alter_type(CHAIN, 11002, url=inward, api_url=inward, next=inward)
        with WireServer(ok([])) as inside:
            answer = edith.get(f"/chains/{CHAIN}/membership-types/11002/")
            assert answer.status_code == 200
            assert edith.get(f"/chains/{CHAIN}/gift-card-types/loaded/").status_code == 200
            assert inside.requests == []
        connection.refresh_from_db()
        assert connection.api_url == sandbox.api_url


class TestRedirectInward:
    """Attack 25. No redirect is followed, so no answer and no name server leads elsewhere."""

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_is_refused_in_reads_and_writes(
        self, sandbox: Sandbox, edith: Client, status: int
    ) -> None:
        with WireServer(ok({})) as inside:
            fault: dict[str, Any] = {
                "kind": "status", "status": status, "times": None,
                "headers": {"Location": inside.base_url},
            }  # fmt: skip
            sandbox.fault(**fault)
            url = f"/chains/{CHAIN}/membership-types/"
            assert edith.get(f"{url}11002/").status_code == 502
            assert edith.post(f"{url}11002/clone/", {"form_id": "x" * 20}).status_code in (422, 503)
            assert edith.post(f"{url}refresh/").status_code in (302, 502)
            assert inside.requests == []


class TestPathTraversal:
    """Attack 26: numbers in an address that are none."""

    @pytest.mark.parametrize("number", TRAVERSALS)
    def test_is_not_found_and_asks_altegio_nothing(
        self, sandbox: Sandbox, edith: Client, number: str
    ) -> None:
        asked = len(sandbox.calls())
        for path in (
            f"/chains/{number}/membership-types/11002/",
            f"/chains/{CHAIN}/membership-types/{number}/edit/",
            f"/chains/{CHAIN}/gift-card-types/{number}/",
            f"/chains/{CHAIN}/memberships/{number}/",
            f"/chains/{CHAIN}/promotions/new/{number}/",
            f"/activity/{number}/",
        ):
            assert edith.get(path).status_code in (404, 400), path
        assert len(sandbox.calls()) == asked

    @pytest.mark.parametrize("number", ["../../auth", "1?x=1", "1&x=1", "1/../2", "1\r\nX: y", "#"])
    def test_numbers_of_a_search_are_numbers_or_refused(
        self, sandbox: Sandbox, edith: Client, number: str
    ) -> None:
        asked = len(sandbox.calls())
        edith.get(f"/chains/{CHAIN}/memberships/?ids={quote(number)}")
        edith.post(f"/chains/{CHAIN}/memberships/", {"phone": number})
        calls = sandbox.calls()[asked:]
        assert {call["path"] for call in calls} <= {
            f"/chain/{CHAIN}/loyalty/abonements",
            "/loyalty/abonements",
        }
        assert not {"x", "X"} & {name for call in calls for name in call["query"]}
