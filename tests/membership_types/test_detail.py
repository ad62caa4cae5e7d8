"""A type's page: every field that the API has, in words, and what was done here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.altegio.membership_types import SCHEMA
from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.membership_types import words
from loyalty_admin.membership_types.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, named
from tests.membership_types.submitting import delete, press
from tests.pages import Element, Page, page_of

pytestmark = pytest.mark.slow

WEEKDAYS = [
    {"week_days": [1, 2, 3], "intervals": [{"from": 32_400, "to": 46_800}]},
    {"week_days": [7], "intervals": [{"from": 0, "to": 86_400}]},
]
# Each term as Altegio has it, and how a person reads it.
TERMS: dict[str, tuple[Any, str]] = {
    "price": (1234.5, "1,234.50 €"),
    "validity": (7, "7 weeks"),
    "auto_activation": (5, "5 days"),
    "sold_without_code": (True, str(words.FLAGS["sold_without_code"][True])),
    "is_pooled": (True, str(words.FLAGS["is_pooled"][True])),
    "is_pool_unlimited": (False, "no"),
    "pool_visits": (23, "23"),
    "freezing": (True, "yes"),
    "freeze_limit": (9, "9 days"),
    "booking_when_frozen": (True, "yes"),
    "recalculates_price": (True, "yes"),
    "balance_editing": (2, str(words.BALANCE_EDITING[2])),
    "online_sale": (True, "yes"),
    "online_title": ("In the shop", "In the shop"),
    "online_description": ("Lines\nof text", "Lines\nof text"),
    "online_price": (1199, "1,199 €"),
    "category": ("standard", "standard"),
    "category_id": (4711, "4711"),
}
BESIDES = {
    "title": "Everything at once",
    "attached_location_ids": [502, 505],
    "period_unit_id": 2,
    "autoactivation_time_unit_id": 1,
    "freeze_limit_unit_id": 1,
    "availability": WEEKDAYS,
    "online_sale_image": "https://images.sandbox.example/a.jpg",
    "weight": 815,
    "abonements_count": 37,
    "is_chain": True,
    "is_code_required": False,
}


@pytest.fixture
def everything(sandbox: Sandbox) -> int:
    """A type in which each field has a value of its own."""
    services = sandbox.type_of(CHAIN, 11004)["balance_container"]
    terms = {SCHEMA.specs[name].keys[0]: value for name, (value, _text) in TERMS.items()}
    return int(sandbox.put_type(CHAIN, {**terms, **BESIDES, "balance_container": services})["id"])


def facts_of(page: Page) -> dict[str, str]:
    """What stands at each label of the page."""
    pairs = zip(page.all("dt"), page.all("dd"), strict=True)
    return {label_of(dt): dd.text for dt, dd in pairs}


def label_of(dt: Element) -> str:
    """Without the lock that may stand beside it."""
    return " ".join(dt.node.text(deep=False).split())


def test_every_field_is_shown(edith: Client, everything: int) -> None:
    page = page_of(edith, f"{LIST}{everything}/")
    found = facts_of(page)
    labelled = {FIELDS.label(name): text for name, (_value, text) in TERMS.items()}
    assert {label: found.get(label) for label in labelled} == labelled
    # What Altegio says besides: number, sold, lowest and highest price, place, code, chain.
    besides = [dd.text for dd in page.all("dd")][-7:]
    assert besides == [str(everything), "37", "1,234.50 €", "1,234.50 €", "815", "no", "yes"]
    assert page.one("h1").text == BESIDES["title"]
    assert page.all("a", href=str(BESIDES["online_sale_image"]))
    assert "Aurora Āgenskalns" in page.text and "Aurora Cádiz" in page.text
    assert "Aurora Centrs" not in page.text
    # The covered categories, from the balance container.
    headings = {" ".join(cell.text.split()) for cell in page.all("th")}
    assert {title for title in ("Hair", "Nails") if any(h.startswith(title) for h in headings)} == {
        "Hair",
        "Nails",
    }


def test_flags_are_said_as_they_are(sandbox: Sandbox, edith: Client) -> None:
    found = facts_of(page_of(edith, f"{LIST}11001/"))
    assert sandbox.type_of(CHAIN, 11001)["allow_freeze"]
    assert found[FIELDS.label("freezing")] == "yes"
    assert found[FIELDS.label("recalculates_price")] == "no"
    assert found[FIELDS.label("freeze_limit")] == "14 days"
    assert found[FIELDS.label("balance_editing")] == words.BALANCE_EDITING[1]


def test_time_of_use_is_a_week(edith: Client, everything: int) -> None:
    page = page_of(edith, f"{LIST}{everything}/")
    week = [row.text for row in page.all("tr")]
    assert any("Monday" in text and "09:00–13:00" in text for text in week)
    assert any("Sunday" in text and "00:00–24:00" in text for text in week)
    assert any("Friday" in text and "not usable" in text for text in week)
    assert 'x="540"' in page.html
    assert 'width="240"' in page.html


@pytest.mark.parametrize(
    ("profile", "title"),
    [("documented", "On sale"), ("observed", "First visit")],
    indirect=["profile"],
)
def test_activation_is_in_altegios_own_words(profile: str, loaded: Client, title: str) -> None:
    page = page_of(loaded, f"{LIST}11001/")
    assert facts_of(page)[FIELDS.label("activation")] == title


def test_activation_without_its_words_is_unconfirmed(sandbox: Sandbox, edith: Client) -> None:
    for raw in sandbox.types_of(CHAIN):
        del raw["expiration_type_title"]
        sandbox.put_type(CHAIN, raw)
    edith.get(f"{LIST}loaded/")
    found = facts_of(page_of(edith, f"{LIST}11001/"))
    assert found[FIELDS.label("activation")] == words.Words().activation(1)


def test_unknown_values_are_shown_as_read(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_type(CHAIN, 11001, expiration_type_id=8, period_unit_id=9, balance_edit_type_id=6)
    page = page_of(edith, f"{LIST}11001/")
    assert "number 8" in page.text
    assert "number 6" in page.text
    assert "6 (unit not set)" in page.text


def test_visits_of_each_service_are_listed(edith: Client, sandbox: Sandbox) -> None:
    page = page_of(edith, f"{LIST}{named(sandbox, 'Unlimited blow-dry')['id']}/")
    rows = [" ".join(row.text.split()) for row in page.all("tr")]
    assert "Blow-dry unlimited" in rows
    assert "Haircut 2 visits" in rows


def test_fields_that_sold_types_keep_have_a_lock(edith: Client, sandbox: Sandbox) -> None:
    def locked(type_id: int) -> set[str]:
        page = page_of(edith, f"{LIST}{type_id}/")
        return {label_of(dt) for dt in page.all("dt") if dt.node.css("span.lock")}

    names = ("price", "validity", "activation", "sold_without_code", "is_pooled")
    assert locked(11001) == {FIELDS.label(name) for name in names}
    assert locked(named(sandbox, "Morning spa")["id"]) == set()


def test_archived_type_offers_unarchive_and_no_edit(edith: Client, sandbox: Sandbox) -> None:
    url = f"{LIST}{named(sandbox, 'Old spring card')['id']}/"
    page = page_of(edith, url)
    assert page.all("button", formaction=f"{url}unarchive/")
    assert not page.all("button", formaction=f"{url}archive/")
    assert not page.all("a", href=f"{url}edit/")
    assert page.all("span", text="Archived")


def test_deleted_type_is_marked_and_offers_its_way_back(edith: Client, sandbox: Sandbox) -> None:
    type_id = named(sandbox, "Morning spa")["id"]
    assert delete(edith, type_id).status_code == 302
    page = page_of(edith, f"{LIST}{type_id}/")
    assert page.all("span", text="Deleted")
    page.one("a", class_="button primary", href=f"{LIST}trash/")
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
    entry = Entry.objects.get(action="membership_type.cloned")
    page = page_of(edith, clone_url)
    assert page.all("a", href=f"/activity/{entry.pk}/")
    assert page_of(edith, f"{LIST}11005/").all("a", href=clone_url)


def test_page_shows_the_type_as_it_is_now(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.alter_type(CHAIN, 11001, title="Changed meanwhile", cost=5)
    assert "Changed meanwhile" in page_of(loaded, f"{LIST}11001/").text


def test_hostile_texts_are_inert(sandbox: Sandbox, edith: Client) -> None:
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
    assert not page.all("form", id="type-actions")
    assert not page.all("a", href=f"{LIST}11001/edit/")


def test_missing_right_disables_with_its_reason(assisted: Client) -> None:
    page = page_of(assisted, f"{LIST}11001/")
    for text in ("Edit", "Clone", "Archive", "Delete"):
        assert page.one("button", text=text, aria_disabled="true").attrs["title"]
    assert not page.all("form", id="type-actions")
