"""Where requests go: to the address of the environment, whatever is sent or answered."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.altegio.wire import WireServer, ok
from tests.conftest import PASSWORD
from tests.memberships.common import CHAIN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
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

    def test_nothing_that_is_sent_changes_where_requests_go(
        self, sandbox: Sandbox, manager: User, sign_in: SignIn
    ) -> None:
        names = ("base_url", "api_url", "url", "host", "altegio_api_url", "next", "callback")
        client = sign_in(manager)
        for inward in INWARD:
            asked = len(sandbox.calls())
            sent = {"login": sandbox.director, "password": PASSWORD, **dict.fromkeys(names, inward)}
            headers = {"X-Forwarded-Host": inward, "X-Original-URL": inward, "Forwarded": inward}
            answer = client.post("/connections/new/", sent, headers=headers)
            assert answer.status_code == 302
            assert [call["path"] for call in sandbox.calls()[asked:]] == ["/auth", "/groups"]
            assert Connection.objects.get().api_url == sandbox.api_url
            Connection.objects.all().delete()

    def test_nothing_that_altegio_answers_changes_where_requests_go(
        self, sandbox: Sandbox, edith: Client, connection: Connection
    ) -> None:
        with WireServer(ok([])) as inside:
            for number, inward in enumerate([*INWARD, inside.base_url]):
                card = {"id": 92_000 + number, "title": "Card", "image_url": inward, "url": inward}
                sandbox.put_certificate_type(CHAIN, card)
                sandbox.alter_type(CHAIN, 11002, url=inward, api_url=inward, next=inward)
                answer = edith.get(f"/chains/{CHAIN}/membership-types/11002/")
                assert answer.status_code == 200
            assert edith.get(f"/chains/{CHAIN}/gift-card-types/loaded/").status_code == 200
            assert inside.requests == []
        connection.refresh_from_db()
        assert connection.api_url == sandbox.api_url


class TestRedirectInward:
    """Attack 25. No redirect is followed, so no answer and no name server leads elsewhere."""

    def test_is_refused_in_reads_and_writes(self, sandbox: Sandbox, edith: Client) -> None:
        url = f"/chains/{CHAIN}/membership-types/"
        with WireServer(ok({})) as inside:
            for status in (301, 307):  # the kinds that change a POST to a GET, and that do not
                sandbox.clear_faults()
                sandbox.fault(
                    kind="status",
                    status=status,
                    times=None,
                    headers={"Location": inside.base_url},
                )
                clone = edith.post(f"{url}11002/clone/", {"form_id": f"form-{status}" * 4})
                assert edith.get(f"{url}11002/").status_code == 502
                assert clone.status_code in (422, 503)
                assert edith.post(f"{url}refresh/").status_code in (302, 502)
            assert inside.requests == []


class TestPathTraversal:
    """Attack 26: numbers in an address that are none."""

    def test_is_not_found_and_asks_altegio_nothing(self, sandbox: Sandbox, edith: Client) -> None:
        asked = len(sandbox.calls())
        paths = [
            path.format(number)
            for number in TRAVERSALS
            for path in (
                "/chains/{}/membership-types/11002/",
                f"/chains/{CHAIN}/membership-types/{{}}/edit/",
                f"/chains/{CHAIN}/gift-card-types/{{}}/",
                f"/chains/{CHAIN}/memberships/{{}}/",
                f"/chains/{CHAIN}/promotions/new/{{}}/",
                "/activity/{}/",
            )
        ]
        assert [path for path in paths if edith.get(path).status_code not in (404, 400)] == []
        assert len(sandbox.calls()) == asked

    def test_numbers_of_a_search_are_numbers_or_refused(
        self, sandbox: Sandbox, edith: Client
    ) -> None:
        asked = len(sandbox.calls())
        for number in ("../../auth", "1?x=1", "1&x=1", "1/../2", "1\r\nX: y", "#"):
            edith.get(f"/chains/{CHAIN}/memberships/?ids={quote(number)}")
            edith.post(f"/chains/{CHAIN}/memberships/", {"phone": number})
        calls = sandbox.calls()[asked:]
        assert {call["path"] for call in calls} <= {
            f"/chain/{CHAIN}/loyalty/abonements",
            "/loyalty/abonements",
        }
        assert not {"x", "X"} & {name for call in calls for name in call["query"]}
