"""Reading the list anew because a person asks for it."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, LIST, PLAIN
from tests.gift_card_types.submitting import press
from tests.pages import HTMX, Page, page_of


def test_refresh_reads_what_changed_at_altegio(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, title="For mum")
    assert "For mum" not in page_of(loaded, LIST).titles()
    address = f"http://testserver{LIST}?q=mum&sort=-face_value"
    response = loaded.post(f"{LIST}refresh/?", headers=HTMX | {"HX-Current-URL": address})
    page = Page(response)
    assert page.titles() == ["For mum"]
    # What the person searched for and sorted by stays, and so does the address.
    assert page.all("input", name="sort", value="-face_value")
    assert "HX-Push-Url" not in response


def test_refresh_without_javascript_goes_back_to_the_list(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, title="For mum")
    form = page_of(loaded, f"{LIST}?q=mum").form("refresh/?q=mum")
    response = loaded.post(form.attrs["action"], form.data())
    assert response["Location"] == f"{LIST}?q=mum"
    assert page_of(loaded, response["Location"]).titles() == ["For mum"]


def test_what_is_archived_here_stays_so_when_read_anew(sandbox: Sandbox, loaded: Client) -> None:
    press(loaded, PLAIN, "archive")
    loaded.post(f"{LIST}refresh/", headers=HTMX)
    assert "Подарок для мамы" not in page_of(loaded, LIST).titles()
    assert "Подарок для мамы" in page_of(loaded, f"{LIST}?tab=archived").titles()


@pytest.mark.parametrize("htmx", [False, True])
def test_kept_list_stays_while_altegio_is_down(
    sandbox: Sandbox, loaded: Client, htmx: bool
) -> None:
    sandbox.fault(kind="reset", times=None, match={"path": "certificate_types"})
    response = loaded.post(f"{LIST}refresh/?", headers=HTMX if htmx else {}, follow=True)
    page = Page(response)
    assert "Gift card €50" in page.titles()
    assert [e for e in page.elements if e.attrs.get("class", "").startswith("notice warn")]
