"""Making a new type: every field can be set, rules are checked before, refusals land in place."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.membership_types.common import (
    CHAIN,
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    listed,
    named,
    writes,
)
from tests.membership_types.submitting import FILLED, create, new_form, newest, shown
from tests.pages import HTMX, Page, Typed, page_of

pytestmark = pytest.mark.slow

URL = f"{LIST}new/"
ALL_FIELDS: Typed = {
    "title": "  Everything at once ",
    "price": "1234.50",
    "location_ids": ["501", "503"],
    "validity": "7",
    "validity_unit": "2",
    "activation": "3",
    "auto_activation": "5",
    "auto_activation_unit": "1",
    "sold_without_code": "True",
    "is_pooled": "True",
    "pool_visits": "23",
    "services": ["s710101", "c7102"],
    "freezing": "on",
    "freeze_limit": "9",
    "freeze_limit_unit": "1",
    "booking_when_frozen": "on",
    "recalculates_price": "on",
    "balance_editing": "2",
    "usable_times-days-0": ["1", "2", "3"],
    "usable_times-from-0": "09:00",
    "usable_times-to-0": "13:00",
    "usable_times-days-1": ["7"],
    "usable_times-from-1": "18:30",
    "usable_times-to-1": "00:00",
    "online_sale": "on",
    "online_title": "In the shop",
    "online_description": "Two\r\nlines",
    "online_price": "1199",
    "category": "standard",
    "category_id": "4711",
}
# Every write field of the API sheet; pictures and the archive switch are not for this form.
ALL_SENT = {
    "title": "Everything at once",
    "salon_group_id": CHAIN,
    "cost": 1234.5,
    "location_ids": [501, 503],
    "salon_ids": [501, 503],
    "period": 7,
    "period_unit_id": 2,
    "expiration_type_id": 3,
    "autoactivation_period": 5,
    "autoactivation_time_unit_id": 1,
    "is_allow_empty_code": True,
    "is_united_balance": True,
    "is_united_balance_unlimited": False,
    "united_balance_services_count": 23,
    "services": {"710101": 0},
    "service_categories": {"7102": 0},
    "allow_freeze": True,
    "freeze_limit": 9,
    "freeze_limit_unit_id": 1,
    "is_booking_when_frozen_allowed": True,
    "service_price_correction": True,
    "balance_edit_type_id": 2,
    "availability": [
        {"week_days": [1, 2, 3], "intervals": [{"from": 32_400, "to": 46_800}]},
        {"week_days": [7], "intervals": [{"from": 66_600, "to": 86_400}]},
    ],
    "is_online_sale_enabled": True,
    "online_sale_title": "In the shop",
    "online_sale_description": "Two\nlines",
    "online_sale_price": 1199,
    "category": "standard",
    "category_id": 4711,
    "is_archived": False,
}


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_every_field_can_be_set_and_arrives(profile: str, sandbox: Sandbox, edith: Client) -> None:
    response = create(edith, ALL_FIELDS)
    (call,) = writes(sandbox)
    assert (call["method"], call["status"]) == ("POST", 201)
    assert call["body"] == ALL_SENT
    made = named(sandbox, "Everything at once")
    assert response["Location"] == f"{LIST}{made['id']}/"
    assert newest().outcome == Outcome.DONE
    assert newest().kept == []


def test_unlimited_services_go_as_links(sandbox: Sandbox, edith: Client) -> None:
    typed: Typed = {"services": ["s710503", "s710501"], "services-unlimited-s710501": "on"}
    create(edith, typed)
    body = writes(sandbox)[0]["body"]
    assert body["service_links"] == [
        {"service_id": 710501, "service_category_id": None, "is_unlimited": True, "count": 0},
        {"service_id": 710503, "service_category_id": None, "is_unlimited": False, "count": 10},
    ]


@pytest.mark.parametrize("chain_id", [CHAIN, OTHER_CHAIN])
def test_both_chains_take_a_new_type(
    profile: str, sandbox: Sandbox, edith: Client, chain_id: int
) -> None:
    service = "710503" if chain_id == CHAIN else "810203"
    place = "501" if chain_id == CHAIN else "601"
    typed: Typed = {
        "services": [f"s{service}"],
        f"services-visits-s{service}": "4",
        "location_ids": place,
    }
    response = create(edith, typed, chain_id=chain_id)
    made = named(sandbox, "Ten baths", chain_id)
    (link,) = made["balance_container"]["links"]
    assert (link["service"]["id"], link["count"]) == (int(service), 4)
    page = shown(edith, response)
    assert page.one("h1").text == "Ten baths"
    page.one("div", class_="notice good")


def test_services_are_picked_from_the_chains_catalogue(edith: Client) -> None:
    page = page_of(edith, URL)
    offered = {box.attrs["value"] for box in page.all("input", name="services")}
    assert {"c7101", "s710101", "s710605"} <= offered
    assert len(offered) == 36
    assert "Уход за кожей" in page.text


def test_missing_catalogue_is_said(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "service_categories"})
    page = page_of(edith, URL)
    page.one("div", class_="notice warn", role="status")
    assert page.all("form", id="type-form")


@pytest.mark.parametrize(
    ("profile", "first"),
    [("documented", "On sale"), ("observed", "First visit")],
    indirect=["profile"],
)
def test_activations_carry_the_chains_own_words(profile: str, edith: Client, first: str) -> None:
    def labels() -> set[str]:
        found = page_of(edith, URL).all("label", for_="id_activation_0")
        return {label.text.strip() for label in found}

    assert first not in labels()
    page_of(edith, f"{LIST}loaded/")
    assert first in labels()


@pytest.mark.parametrize("htmx", [False, True])
def test_rule_is_checked_before_sending(sandbox: Sandbox, edith: Client, htmx: bool) -> None:
    form = new_form(edith)
    sent = form.data({**FILLED, "freezing": "on", "validity": "0"})
    response = edith.post(URL, sent, headers=HTMX if htmx else {})
    assert response.status_code == 422
    assert response.has_header("X-Partial") == htmx
    page = Page(response)
    assert bool(page.all("html")) != htmx
    assert page.one("ul", id="id_freezing_error").text.strip()
    # Nothing typed is lost, and nothing was sent.
    kept = page.form(id="type-form").values
    new = {"form_id", "csrfmiddlewaretoken"}
    assert {name: kept.get(name) for name in sent.keys() - new} == {
        name: values for name, values in sent.items() if name not in new
    }
    assert kept["form_id"] != form.values["form_id"]
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_revoked_token_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    page_of(edith, f"{LIST}loaded/")
    form = new_form(edith)
    sandbox.revoke_tokens()
    response = edith.post(URL, form.data(FILLED))
    page = Page(response)
    assert page.form(id="type-form").values["title"] == ["Ten baths"]
    page.one("div", class_="notice bad whole", role="alert")


def test_titles_of_all_kinds(sandbox: Sandbox, edith: Client) -> None:
    for title in (HOSTILE, "Пять визитов «Лето»", "水疗 💆", 'O\'Neil & "Sons"'):
        existing = [raw["id"] for raw in listed(sandbox)]
        page = shown(edith, create(edith, {"title": title}))
        assert page.one("h1").text == title
        assert title in page.one("div", class_="notice good").text
        assert "<script>alert" not in page.html
        made = [raw["title"] for raw in listed(sandbox) if raw["id"] not in existing]
        assert made == [title] or title == HOSTILE
