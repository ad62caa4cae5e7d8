"""Attack 43: metrics and health, asked for by anybody. Attack 36 of the metrics."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
from django.conf import settings as deployment
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from loyalty_admin.metrics import counting
from loyalty_admin.sandbox.server import Sandbox
from tests import leaks
from tests.conftest import Watch
from tests.memberships.common import CHAIN

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-metrics"
SignIn = Callable[[User], Client]


class TestMetricsAnonymously:
    def test_off_there_is_no_such_page(
        self, manager: User, sign_in: SignIn, client: Client
    ) -> None:
        assert deployment.METRICS_TOKEN == ""
        for browser in (client, sign_in(manager)):
            for said in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer None"}):
                response = browser.get("/metrics", headers=said)
                assert response.status_code == 404
                assert "loyalty_" not in response.content.decode()

    def test_on_a_wrong_token_gets_nothing(self, client: Client, settings: Any) -> None:
        settings.METRICS_TOKEN = TOKEN
        wrong = (
            *("", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"),
            *(f"Basic {TOKEN}", TOKEN, "Bearer ü"),
        )
        for headers in ({}, *({"authorization": said} for said in wrong)):
            response = client.get("/metrics", headers=headers)
            assert (response.status_code, response.content) == (401, b"not allowed"), headers
            assert response["WWW-Authenticate"] == "Bearer"

    def test_on_a_manager_s_session_is_no_token(
        self, manager: User, sign_in: SignIn, settings: Any
    ) -> None:
        settings.METRICS_TOKEN = TOKEN
        assert sign_in(manager).get("/metrics").status_code == 401
        assert sign_in(manager).get(f"/metrics?token={TOKEN}").status_code == 401


class TestHealthAnonymously:
    def test_says_no_version_host_or_count(self, client: Client) -> None:
        for path in ("/healthz", "/readyz", "/health", "/metrics"):
            response = client.get(path)
            said = response.content.decode() + str(response.headers)
            names = ("django", "gunicorn", "psycopg", "requests")
            assert [name for name in names if version(name) in said] == [], path
            words = ("sqlite", "postgres", "127.0.0.1", deployment.ALTEGIO_API_URL)
            assert [word for word in words if word in said.lower()] == [], path
            is_health = path in ("/healthz", "/readyz")
            assert response.status_code == (200 if is_health else 404)
            assert not is_health or response.content == b"ok"


class TestGrepMetrics:
    def test_hold_no_token_phone_or_name(
        self,
        sandbox: Sandbox,
        connection: Connection,
        editor: User,
        sign_in: SignIn,
        settings: Any,
        watch: Watch,
    ) -> None:
        settings.METRICS_TOKEN = TOKEN
        client = sign_in(editor)
        phone = min(watch.phones)
        client.get(f"/chains/{CHAIN}/membership-types/?q={phone}")
        client.post(f"/chains/{CHAIN}/memberships/", {"phone": phone})
        client.get(f"/chains/{CHAIN}/membership-types/11001/")
        response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        text = response.content.decode()
        assert 'loyalty_altegio_requests_total{method="GET",outcome="200"}' in text
        assert leaks.leaks_in(text, watch.secrets | watch.phones | {TOKEN}) == []
        assert leaks.personal_in(text) == []
        for word in (connection.name, editor.name, sandbox.api_url, "/chain"):
            assert word not in text
        counting._gathered.clear()
