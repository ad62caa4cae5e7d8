"""A form that was opened on other values than Altegio has now: nothing is overwritten unseen."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.altegio.membership_types import SCHEMA, Terms
from loyalty_admin.catalog.stale import StaleEdit, merged
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, named
from tests.membership_types.submitting import (
    edit_form,
    send_edit,
)


@pytest.fixture
def raw(sandbox: Sandbox) -> dict[str, Any]:
    return named(sandbox, "Beard club")


def test_sales_in_between_are_no_conflict(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.sell(CHAIN, raw["id"], 3)
    assert send_edit(edith, form, raw["id"], {"title": "Beards"}).status_code == 302
    found = sandbox.type_of(CHAIN, raw["id"])
    assert (found["title"], found["abonements_count"]) == ("Beards", 3)


def test_what_lost_its_meaning_asks_only_about_what_it_depends_on() -> None:
    """The form changes the visits of a pool; meanwhile there is no pool, and another title."""
    opened = Terms(title="Ten", is_pooled=True, pool_visits=10)
    fresh = replace(opened, title="Other", is_pooled=False)
    with pytest.raises(StaleEdit) as caught:
        merged(
            fresh,
            asdict(opened),
            {"pool_visits": 12},
            differing=SCHEMA.differing,
            label=str,
            say=lambda terms, name: str(getattr(terms, name)),
        )
    assert [conflict.name for conflict in caught.value.conflicts] == ["is_pooled"]
