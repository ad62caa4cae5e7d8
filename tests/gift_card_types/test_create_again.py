"""A deleted type made again from its last known copy, changed before it is made."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    CHAIN,
    LIST,
    PLAIN,
    UNMODELLED,
    WITH_SERVICES,
    listed,
    named,
    writes,
)
from tests.gift_card_types.submitting import delete, newest, restore, shown
from tests.pages import Form, Page, page_of

pytestmark = pytest.mark.slow


def again(client: Client, deletion: Entry) -> tuple[str, Form]:
    url = f"{LIST}trash/{deletion.pk}/again/"
    assert page_of(client, f"{LIST}trash/").all("a", href=url)
    return url, page_of(client, url).form(id="type-form")


@pytest.mark.parametrize(
    ("profile", "type_id"),
    [("documented", WITH_SERVICES), ("observed", UNMODELLED)],
    indirect=["profile"],
)
def test_only_what_is_typed_differs_from_the_copy(
    profile: str, sandbox: Sandbox, edith: Client, type_id: int
) -> None:
    before = sandbox.certificate_type_of(CHAIN, type_id)
    delete(edith, type_id)
    count = len(writes(sandbox))
    url, form = again(edith, newest())
    assert len(writes(sandbox)) == count
    page = shown(edith, edith.post(url, form.data({"title": "Changed", "face_value": "77.5"})))
    assert page.one("h1").text == "Changed"
    made = named(sandbox, "Changed")
    assert made["balance"] == 77.5
    different = {name for name in before if made.get(name) != before[name]}
    # In one profile what is not modelled comes as text, and goes as it came.
    assert different - {"external_code", "tags"} <= {
        "id", "title", "balance", "weight", "is_deleted"
    }  # fmt: skip
    assert made.keys() == before.keys()
    assert newest().action == "gift_card_type.recreated" and newest().kept == []


def test_restored_meanwhile_is_not_made_a_second_time(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, PLAIN)
    url, form = again(edith, newest())
    made = restore(edith, PLAIN)["Location"]
    assert edith.post(url, form.data())["Location"] == made
    assert len([raw for raw in listed(sandbox) if raw["title"] == "Подарок для мамы"]) == 1


def test_error_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    delete(edith, PLAIN)
    url, form = again(edith, newest())
    response = edith.post(url, form.data({"face_value": "3", "covers": "3"}))
    assert response.status_code == 422
    page = Page(response)
    page.one("ul", id="id_service_ids_error")
    assert page.form(id="type-form").values["face_value"] == ["3"]
    assert len(writes(sandbox)) == 1
