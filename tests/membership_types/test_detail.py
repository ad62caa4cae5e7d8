"""A type's page: every field that the API has, in words, and what was done here."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.membership_types import actions
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, OTHER_CHAIN, named, writes
from tests.membership_types.submitting import at, delete, press
from tests.pages import Page, page_of

WEEKDAYS = [
    {"week_days": [1, 2, 3], "intervals": [{"from": 32_400, "to": 46_800}]},
    {"week_days": [7], "intervals": [{"from": 0, "to": 86_400}]},
]
# Each key of the API sheet, a value of its own, and how a person reads it.
SHOWN = {
    "title": ("Everything at once", "Everything at once"),
    "cost": (1234.5, "1,234.50 €"),
    "attached_location_ids": ([502, 505], "Aurora Cádiz"),
    "period": (7, "7 weeks"),
    "period_unit_id": (2, "7 weeks"),
    "autoactivation_time": (5, "5 days"),
    "autoactivation_time_unit_id": (1, "5 days"),
    "is_allow_empty_code": (True, "Only the client who bought it"),
    "is_united_balance": (True, "One shared pool of visits"),
    "is_united_balance_unlimited": (False, "Unlimited visits"),
    "united_balance_services_count": (23, "23"),
    "allow_freeze": (True, "Freezing"),
    "freeze_limit": (9, "9 days"),
    "freeze_limit_unit_id": (1, "9 days"),
    "is_booking_when_frozen_allowed": (True, "Online booking while frozen"),
    "service_price_correction": (True, "Recalculates service prices"),
    "balance_edit_type_id": (2, "Any location"),
    "availability": (WEEKDAYS, "09:00–13:00"),
    "is_online_sale_enabled": (True, "Online sale"),
    "online_sale_title": ("In the shop", "In the shop"),
    "online_sale_description": ("Lines\nof text", "Lines\nof text"),
    "online_sale_price": (1199, "1,199 €"),
    "online_sale_image": ("https://images.sandbox.example/a.jpg", "Picture in the online shop"),
    "category": ("standard", "standard"),
    "category_id": (4711, "4711"),
    "weight": (815, "815"),
    "abonements_count": (37, "37"),
    "chain_price_min": (1234.5, "Lowest price in the chain"),
    "chain_price_max": (1234.5, "Highest price in the chain"),
    "is_chain": (True, "Belongs to the chain"),
    "is_code_required": (False, "Needs a code"),
}


@pytest.fixture
def everything(sandbox: Sandbox) -> int:
    """A type in which each field has a value of its own."""
    services = sandbox.type_of(CHAIN, 11004)["balance_container"]
    raw = {key: value for key, (value, _text) in SHOWN.items()}
    return int(sandbox.put_type(CHAIN, {**raw, "balance_container": services})["id"])


def test_every_field_is_shown(profile: str, edith: Client, everything: int) -> None:
    page = page_of(edith, f"{LIST}{everything}/")
    for key, (_value, text) in SHOWN.items():
        assert text in page.text, key
    assert str(everything) in page.text
    assert "Aurora Āgenskalns" in page.text
    assert "Aurora Centrs" not in page.text
    # The covered categories, from the balance container.
    assert {"Hair", "Nails"} <= {e.text.split(" whole")[0].strip() for e in page.all("th")}


def test_flags_are_said_as_they_are(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = sandbox.type_of(CHAIN, 11001)
    facts = {
        " ".join(dt.text.split()): dd.text
        for dt, dd in zip(
            *(page_of(edith, f"{LIST}11001/").all(tag) for tag in ("dt", "dd")), strict=True
        )
    }
    assert raw["allow_freeze"]
    assert facts["Freezing"] == "yes"
    assert facts["Recalculates service prices"] == "no"
    assert facts["Freezing limit"] == "14 days"
    assert facts["Who may correct the balance"] == "The location that sold it"


def test_time_of_use_is_a_week(edith: Client, everything: int) -> None:
    page = page_of(edith, f"{LIST}{everything}/")
    week = {row.text.split("\n")[0].strip(): row.text for row in page.all("tr")}
    assert any("Monday" in text and "09:00–13:00" in text for text in week.values())
    assert any("Sunday" in text and "00:00–24:00" in text for text in week.values())
    assert any("Friday" in text and "not usable" in text for text in week.values())
    assert 'x="540"' in page.html
    assert 'width="240"' in page.html


@pytest.mark.parametrize(
    ("profile", "words"),
    [("documented", "On sale"), ("observed", "First visit")],
    indirect=["profile"],
)
def test_activation_is_in_altegios_own_words(profile: str, loaded: Client, words: str) -> None:
    page = page_of(loaded, f"{LIST}11001/")
    assert words in page.text
    assert "unconfirmed" not in page.text


def test_activation_without_its_words_is_unconfirmed(sandbox: Sandbox, edith: Client) -> None:
    for raw in sandbox.types_of(CHAIN):
        raw["expiration_type_title"] = ""
        del raw["expiration_type_title"]
        sandbox.put_type(CHAIN, raw)
    edith.get(f"{LIST}loaded/")
    assert "On sale (unconfirmed)" in page_of(edith, f"{LIST}11001/").text


def test_unknown_values_are_shown_as_read(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_type(CHAIN, 11001, expiration_type_id=8, period_unit_id=9, balance_edit_type_id=6)
    page = page_of(edith, f"{LIST}11001/")
    assert "number 8" in page.text
    assert "number 6" in page.text
    assert "6 (unit not set)" in page.text


def test_visits_of_each_service_are_listed(edith: Client, sandbox: Sandbox) -> None:
    page = page_of(edith, f"{LIST}{named(sandbox, 'Unlimited blow-dry')['id']}/")
    rows = [" ".join(row.text.split()) for row in page.all("tr")]
    assert "Blow-dryunlimited" in rows
    assert "Haircut2 visits" in rows


def test_fields_that_sold_types_keep_have_a_lock(edith: Client, sandbox: Sandbox) -> None:
    sold = page_of(edith, f"{LIST}11001/")
    locked = {dt.text.split(" kept")[0].strip() for dt in sold.all("dt") if "kept" in dt.text}
    assert {"Price", "Validity", "Activation", "Who may use it"} <= locked
    assert "Freezing" not in locked
    unsold = page_of(edith, f"{LIST}{named(sandbox, 'Morning spa')['id']}/")
    assert not [dt for dt in unsold.all("dt") if "kept" in dt.text]


def test_archived_type_offers_unarchive_and_no_edit(edith: Client, sandbox: Sandbox) -> None:
    url = f"{LIST}{named(sandbox, 'Old spring card')['id']}/"
    page = page_of(edith, url)
    assert page.all("button", text="Unarchive")
    assert not page.all("button", text="Archive")
    assert not page.all("a", href=f"{url}edit/")
    assert page.all("span", text="Archived")


def test_deleted_type_is_marked_and_offers_its_way_back(edith: Client, sandbox: Sandbox) -> None:
    type_id = named(sandbox, "Morning spa")["id"]
    assert delete(edith, type_id).status_code == 302
    page = page_of(edith, f"{LIST}{type_id}/")
    assert page.all("span", text="Deleted")
    assert page.all("a", href=f"{LIST}trash/", text="Restore under Deleted")
    assert not page.all("form", id="type-actions")


def test_history_names_who_did_what_through_what(edith: Client, connection: Connection) -> None:
    press(edith, 11005, "archive")
    press(edith, 11005, "unarchive")
    page = page_of(edith, f"{LIST}11005/")
    (history,) = page.all("ol", class_="timeline")
    assert history.text.count("Edith Editor") == 2
    assert connection.name in history.text
    for entry in Entry.objects.all():
        assert page.all("a", href=f"/activity/{entry.pk}/")


def test_history_of_a_clone_begins_with_its_making(edith: Client) -> None:
    clone_url = press(edith, 11005, "clone")["Location"]
    entry = Entry.objects.get(action=actions.CLONED)
    page = page_of(edith, clone_url)
    assert page.all("a", href=f"/activity/{entry.pk}/")
    assert page_of(edith, f"{LIST}11005/").all("a", href=clone_url)


def test_page_shows_the_type_as_it_is_now(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.alter_type(CHAIN, 11001, title="Changed at Altegio", cost=5)
    assert "Changed at Altegio" in page_of(loaded, f"{LIST}11001/").text


def test_hostile_texts_are_inert(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = named(sandbox, HOSTILE)
    sandbox.alter_type(CHAIN, raw["id"], online_sale_image="javascript:alert(1)")
    page = page_of(edith, f"{LIST}{raw['id']}/")
    assert page.one("h1").text == HOSTILE
    assert raw["online_sale_title"] in page.text
    assert raw["online_sale_description"] in page.text
    for evil in ("<script>alert", "<img", "<b>Bold", "javascript:"):
        assert evil not in page.html


def test_viewer_sees_it_and_is_offered_nothing(vera: Client) -> None:
    page = page_of(vera, f"{LIST}11001/")
    assert page.one("h1").text == "Manicure × 5"
    assert not page.all("button", text="Clone")
    assert not page.all("a", text="Edit")


def test_missing_right_disables_with_its_reason(assisted: Client) -> None:
    page = page_of(assisted, f"{LIST}11001/")
    assert "no right to change membership types" in page.text
    for text in ("Edit", "Clone", "Archive", "Delete"):
        page.one("button", text=text, aria_disabled="true")
    assert not page.all("form", id="type-actions")


@pytest.mark.parametrize("url", [f"{LIST}99999/", at(9999, "11001/"), at(OTHER_CHAIN, "11001/")])
def test_stranger_finds_nothing(edith: Client, url: str, sandbox: Sandbox) -> None:
    assert edith.get(url).status_code == 404
    assert not writes(sandbox)


def test_altegio_down_says_so(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "abonement_types"})
    response = edith.get(f"{LIST}11001/")
    assert response.status_code == 502
    page = Page(response)
    assert "Bad gateway" not in page.html
    assert page.all("a", text="Try again")


def test_revoked_token_asks_for_a_new_sign_in(
    sandbox: Sandbox, edith: Client, connection: Connection
) -> None:
    sandbox.revoke_tokens()
    response = edith.get(f"{LIST}11001/")
    assert response.status_code == 502
    connection.refresh_from_db()
    assert connection.needs_sign_in
    assert connection.name in Page(edith.get(LIST)).text
