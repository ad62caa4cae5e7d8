"""Each request has an id: in its lines of the log, in its answer, on pages about a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.chains.services import ChainContext, context_for
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.jobs.common import begun, done, put_many
from tests.leaks import Lines
from tests.memberships.common import CHAIN
from tests.pages import HTMX, Page

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TYPES = f"/chains/{CHAIN}/membership-types/"


@pytest.fixture
def edith(editor: User, connection: Connection, sign_in: SignIn, log_lines: Lines) -> Client:
    """An editor's browser, whose lines are the only ones."""
    client = sign_in(editor)
    client.raise_request_exception = False
    log_lines.lines.clear()
    return client


@pytest.fixture
def ctx(editor: User, connection: Connection) -> ChainContext:
    found = context_for(CHAIN, person=editor)
    assert found is not None
    return found


def test_every_line_of_a_request_carries_its_id(edith: Client, log_lines: Lines) -> None:
    first = edith.get(f"{TYPES}?refresh=1")
    second = edith.get("/there-is-no-such-page/")
    ids = {first["X-Request-ID"], second["X-Request-ID"]}
    assert len(ids) == 2
    assert {line.get("request_id") for line in log_lines.parsed()} <= ids
    # Django writes this one after the last middleware.
    (lost,) = [line for line in log_lines.parsed() if line["logger"] == "django.request"]
    assert lost["request_id"] == second["X-Request-ID"]


def test_calls_side_by_side_carry_the_id_of_their_page(
    sandbox: Sandbox, edith: Client, log_lines: Lines
) -> None:
    response = edith.get(f"/chains/{CHAIN}/promotions/loaded/", headers=HTMX)
    calls = [line for line in log_lines.parsed() if line["logger"] == "loyalty_admin.altegio"]
    assert len(calls) > 2
    assert {line["request_id"] for line in calls} == {response["X-Request-ID"]}
    assert all(line["call"] and line["ms"] >= 0 for line in calls)


def test_lines_of_work_in_the_background_carry_their_job(
    sandbox: Sandbox, ctx: ChainContext, log_lines: Lines
) -> None:
    job = begun(ctx, put_many(sandbox, 2))
    log_lines.lines.clear()
    done(job)
    calls = [line for line in log_lines.parsed() if line["logger"] == "loyalty_admin.altegio"]
    assert len(calls) >= 4
    assert {line["job"] for line in calls} == {job.pk}


def test_a_line_outside_of_a_request_has_no_id_of_an_earlier_one(
    edith: Client, connection: Connection, log_lines: Lines
) -> None:
    from loyalty_admin.connections import services

    edith.get(TYPES)
    log_lines.lines.clear()
    services.refresh_chains(connection, force=True)
    assert [line.get("request_id") for line in log_lines.parsed()] == [None]


def test_an_id_of_the_client_is_not_believed(client: Client, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    response = client.get("/healthz", headers={"X-Request-ID": "chosen-by-the-client"})
    assert re.fullmatch(r"[0-9a-f]{16}", response["X-Request-ID"])


def test_an_id_of_a_trusted_proxy_is_kept(client: Client, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    said = "7b1f8f6e-4a36-4c4a-9f0e-3a4f4a0d2b11"
    assert client.get("/healthz", headers={"X-Request-ID": said})["X-Request-ID"] == said


def test_an_unsafe_id_is_replaced_also_from_a_proxy(client: Client, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    unsafe = ("", "short", "a" * 65, "<script>alert(1)</script>", "id with spaces", "id\tid-id-id")
    given = [
        client.get("/healthz", headers={"X-Request-ID": said})["X-Request-ID"] for said in unsafe
    ]
    assert [one for one in given if not re.fullmatch(r"[0-9a-f]{16}", one)] == []


def number_on(response: Any) -> str:
    found = re.search(r"Number for support: (\S+)", Page(response).text)
    assert found, response.content.decode()[:2000]
    return found[1]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_refusals_carry_the_id(
    client: Client,
    edith: Client,
    viewer: User,
    sign_in: SignIn,
    settings: Any,
    headers: dict[str, str],
) -> None:
    strict = Client(enforce_csrf_checks=True)
    answers = {
        400: client.get("/login/", headers={**headers, "host": "evil.example"}),
        403: sign_in(viewer).post(f"{TYPES}new/", headers=headers),
        404: edith.get("/chains/9/membership-types/", headers=headers),
    }
    for status, response in answers.items():
        assert response.status_code == status
        assert number_on(response) == response["X-Request-ID"]
    forged = strict.post("/login/", {"username": "x"}, headers=headers)
    assert forged.status_code == 403
    assert number_on(forged) == forged["X-Request-ID"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_fault_of_our_own_carries_the_id_that_stands_beside_its_traceback(
    edith: Client, log_lines: Lines, settings: Any, headers: dict[str, str]
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = "many"
    response = edith.get(f"{TYPES}11001/", headers=headers)
    assert response.status_code == 500
    assert number_on(response) == response["X-Request-ID"]
    (line,) = [line for line in log_lines.parsed() if "exception" in line]
    assert (line["level"], line["request_id"]) == ("error", response["X-Request-ID"])
