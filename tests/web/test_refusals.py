"""Refusals of our own: a page for a browser, a part with the reason for htmx."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.models import Connection
from tests.pages import HTMX, Page

pytestmark = pytest.mark.django_db
NEW = "/chains/1101/membership-types/new/"


def test_missing_role_is_a_page(
    sign_in: Callable[[User], Client], viewer: User, connection: Connection
) -> None:
    response = sign_in(viewer).get(NEW)
    assert response.status_code == 403
    assert "role" in Page(response).one("main").text
    assert "X-Partial" not in response


def test_missing_role_is_said_to_htmx_as_a_part(
    sign_in: Callable[[User], Client], viewer: User, connection: Connection
) -> None:
    response = sign_in(viewer).post(NEW, headers=HTMX)
    assert (response.status_code, response["X-Partial"]) == (403, "1")
    assert "role" in Page(response).one("section", role="alert").text
    assert not Page(response).all("html")


def test_form_without_its_token_gets_a_page_or_a_part(editor: User, connection: Connection) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    for headers in ({}, HTMX):
        response = client.post(NEW, headers=headers)
        assert response.status_code == 403
        assert ("X-Partial" in response) == bool(headers)
        assert bool(Page(response).all("html")) != bool(headers)
