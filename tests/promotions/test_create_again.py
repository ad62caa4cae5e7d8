"""A deleted promotion made again from its last known copy, changed before it is made."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    LIST,
    PACKAGE,
    STATIC,
    named,
    writes,
)
from tests.promotions.looking import warnings
from tests.promotions.submitting import again, delete, newest, shown
from tests.promotions.test_every_kind import kept

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("promotion_id", [CHOSEN, PACKAGE])
def test_only_what_is_typed_differs_from_the_copy(
    sandbox: Sandbox, edith: Client, promotion_id: int
) -> None:
    before = sandbox.promotion_of(CHAIN, promotion_id)
    delete(edith, promotion_id)
    count = len(writes(sandbox))
    url, form = again(edith)
    assert len(writes(sandbox)) == count
    page = shown(edith, edith.post(url, form.data({"title": "Changed"})))
    assert page.one("h1").text == "Changed"
    made = named(sandbox, "Changed")
    assert made["id"] != promotion_id
    assert kept(made) == kept(before) | {"title": "Changed"}
    assert newest().action == "promotion.recreated" and newest().kept == []


def test_type_that_is_not_known_is_not_made_again(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, type="discount_lottery")
    delete(edith, STATIC)
    url = f"{LIST}trash/{newest().pk}/again/"
    for send in (edith.get, edith.post):
        response = send(url, {"form_id": "x" * 22})
        assert response["Location"] == f"{LIST}trash/"
        assert warnings(shown(edith, response))
    assert [call["method"] for call in writes(sandbox)] == ["DELETE"]
