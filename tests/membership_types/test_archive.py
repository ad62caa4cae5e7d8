"""Archiving: from the row and from the type's page, swapping only what changed."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, named, writes
from tests.membership_types.submitting import form_id, newest
from tests.pages import HTMX, Page

pytestmark = pytest.mark.slow

ROW = HTMX | {"HX-Target": "type-row-11005"}
DETAIL = HTMX | {"HX-Target": "type-detail"}
# A browser without JavaScript, the list, the page of the type.
ASKERS: list[dict[str, str]] = [{}, ROW, DETAIL]


def test_unknown_outcome_leads_to_its_entry(sandbox: Sandbox, loaded: Client) -> None:
    for headers in ASKERS:
        sandbox.alter_type(CHAIN, 11005, is_archived=False)
        data = {"form_id": form_id(loaded, 11005)}
        count = len(writes(sandbox))
        sandbox.fault(kind="reset_after", match={"method": "PATCH"})
        # The first read is the one before the write; no read is tried again after it.
        sandbox.fault(kind="status", status=302, after=1, times=None, match={"method": "GET"})
        response = loaded.post(f"{LIST}11005/archive/", data, headers=headers, follow=True)
        sandbox.clear_faults()
        assert newest().outcome == Outcome.UNKNOWN
        entry_url = f"/activity/{newest().pk}/"
        led_to = (response.request["PATH_INFO"], response.headers.get("HX-Redirect"))
        assert Page(response).all("a", href=entry_url) or entry_url in led_to
        assert len(writes(sandbox)) == count + 1


def test_hostile_title_is_inert_in_toasts(sandbox: Sandbox, loaded: Client) -> None:
    type_id = named(sandbox, HOSTILE)["id"]
    data = {"form_id": form_id(loaded, type_id)}
    target = HTMX | {"HX-Target": f"type-row-{type_id}"}
    response = loaded.post(f"{LIST}{type_id}/archive/", data, headers=target)
    page = Page(response)
    assert HOSTILE in page.one("div", id="toasts").text
    assert "<script>alert" not in page.html
    assert "HX-Trigger" not in response
