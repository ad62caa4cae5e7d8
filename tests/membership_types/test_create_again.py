"""A deleted type made again from its last known copy."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import (
    CHAIN,
    HOSTILE,
    LIST,
    listed,
    named,
    writes,
)
from tests.membership_types.submitting import delete, newest, restore
from tests.pages import Form, Page, page_of

pytestmark = pytest.mark.slow


def again(client: Client, deletion: Entry) -> tuple[str, Form]:
    url = f"{LIST}trash/{deletion.pk}/again/"
    assert page_of(client, f"{LIST}trash/").all("a", href=url)
    return url, page_of(client, url).form(id="type-form")


def rows(raw: dict[str, Any]) -> set[tuple[int, int, bool]]:
    return {
        ((link.get("service") or link["category"])["id"], link["count"], link["is_unlimited"])
        for link in raw["balance_container"]["links"]
    }


@pytest.mark.slow
def test_copy_makes_an_equal_type(profile: str, sandbox: Sandbox, edith: Client) -> None:
    for title in ("Morning spa", "Unlimited blow-dry", HOSTILE, "ველნეს პაკეტი"):
        before = named(sandbox, title)
        delete(edith, before["id"])
        url, form = again(edith, newest())
        response = edith.post(url, form.data())
        made = named(sandbox, title)
        assert response["Location"] == f"{LIST}{made['id']}/"
        not_written = {"id", "weight", "external_code", "is_deleted", "online_sale_image"}
        different = {name for name in before if made.get(name) != before[name]} - not_written
        assert different <= {"balance_container"}
        if (profile, title) == ("observed", "Unlimited blow-dry"):
            # That chain takes only maps, which cannot say "unlimited".
            assert [item["field"] for item in newest().kept] == ["Covered services"]
        else:
            assert rows(made) == rows(before)
            assert newest().kept == []
        assert made["id"] != before["id"]


def test_restored_meanwhile_is_not_made_a_second_time(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    restore(edith, 11006)
    assert edith.post(url, form.data())["Location"] == f"{LIST}11006/"
    assert len([raw for raw in listed(sandbox) if raw["title"] == "Morning spa"]) == 1


def test_error_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, 11006)
    url, form = again(edith, newest())
    response = edith.post(url, form.data({"price": "3", "services": None}))
    assert response.status_code == 422
    page = Page(response)
    page.one("ul", id="id_services_error")
    assert page.form(id="type-form").values["price"] == ["3"]
    assert len(writes(sandbox)) == 1


def test_other_entries_are_no_copies(edith: Client, sandbox: Sandbox) -> None:
    sandbox.fault(kind="success_false", match={"method": "DELETE"})
    delete(edith, 11006)
    assert newest().outcome == Outcome.REFUSED
    assert edith.get(f"{LIST}trash/{newest().pk}/again/").status_code == 404
    assert not sandbox.type_of(CHAIN, 11006)["is_deleted"]
