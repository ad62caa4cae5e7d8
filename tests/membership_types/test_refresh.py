"""Reading the list anew because a person asks for it."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST
from tests.pages import HTMX, Page, page_of


def test_refresh_reads_what_changed_at_altegio(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.alter_type(CHAIN, 11001, title="Manicure × 6")
    assert "Manicure × 5" in page_of(loaded, LIST).titles()
    address = f"http://testserver{LIST}?q=manicure&sort=-price"
    response = loaded.post(f"{LIST}refresh/?", headers=HTMX | {"HX-Current-URL": address})
    page = Page(response)
    assert page.titles() == ["Manicure × 6"]
    # What the person searched for and sorted by stays, and so does the address.
    assert page.all("input", name="sort", value="-price")
    assert "HX-Push-Url" not in response
    assert "Manicure × 5" not in page_of(loaded, LIST).titles()


def test_refresh_stays_on_its_page(sandbox: Sandbox, loaded: Client) -> None:
    address = f"http://testserver{LIST}?size=25&page=2"
    headers = HTMX | {"HX-Current-URL": address}
    titles = Page(loaded.post(f"{LIST}refresh/?", headers=headers)).titles()
    assert titles == page_of(loaded, f"{LIST}?size=25&page=2").titles()
    assert titles != page_of(loaded, f"{LIST}?size=25").titles()


def test_refresh_without_javascript_goes_back_to_the_list(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.alter_type(CHAIN, 11001, title="Manicure × 6")
    form = page_of(loaded, f"{LIST}?q=manicure").form("refresh/?q=manicure")
    response = loaded.post(form.attrs["action"], form.data())
    assert response.status_code == 302
    assert page_of(loaded, response["Location"]).titles() == ["Manicure × 6"]


def test_kept_list_stays_while_altegio_is_down(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.fault(kind="status", status=302, times=None, match={"path": "abonement_types"})
    for headers in ({}, HTMX):
        response = loaded.post(f"{LIST}refresh/?", headers=headers, follow=True)
        page = Page(response)
        assert "Manicure × 5" in page.titles()
        assert [e for e in page.elements if e.attrs.get("class", "").startswith("notice warn")]
        assert response.status_code == 200
