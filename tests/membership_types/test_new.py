"""Making a new type: every field can be set, rules are checked before, refusals land in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, HOSTILE, LIST, OTHER_CHAIN, named, writes
from tests.membership_types.submitting import FILLED, at, create, new_form, newest, shown
from tests.pages import HTMX, Page, Typed, page_of

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


def test_htmx_goes_to_the_new_type(sandbox: Sandbox, edith: Client) -> None:
    response = edith.post(URL, new_form(edith).data(FILLED), headers=HTMX)
    assert response["HX-Redirect"] == f"{LIST}{named(sandbox, 'Ten baths')['id']}/"


def test_new_type_stands_in_the_list_at_once(sandbox: Sandbox, loaded: Client) -> None:
    create(loaded)
    before = len(sandbox.calls())
    assert "Ten baths" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == before


def test_services_are_picked_from_the_chains_catalogue(edith: Client) -> None:
    page = page_of(edith, URL)
    offered = {box.attrs["value"] for box in page.all("input", name="services")}
    assert {"c7101", "s710101", "s710605"} <= offered
    assert len(offered) == 36
    assert "Уход за кожей" in page.text


def test_missing_catalogue_is_said(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "service_categories"})
    page = page_of(edith, URL)
    assert "services could not be read" in page.one("div", class_="notice warn").text
    assert page.all("form", id="type-form")


@pytest.mark.parametrize(
    ("profile", "first"),
    [("documented", "On sale"), ("observed", "First visit")],
    indirect=["profile"],
)
def test_activations_carry_the_chains_own_words(profile: str, edith: Client, first: str) -> None:
    assert "On sale (unconfirmed)" in page_of(edith, URL).text
    page_of(edith, f"{LIST}loaded/")
    page = page_of(edith, URL)
    labels = {label.text.strip() for label in page.all("label") if label.attrs.get("for", "")}
    assert first in labels
    assert "(unconfirmed)" not in page.text


def test_only_unseen_activations_are_unconfirmed(sandbox: Sandbox, edith: Client) -> None:
    for raw in sandbox.types_of(CHAIN):
        sandbox.alter_type(CHAIN, raw["id"], expiration_type_id=1)
    page_of(edith, f"{LIST}loaded/")
    page = page_of(edith, URL)
    assert "On sale (unconfirmed)" not in page.text
    assert "On first use (unconfirmed)" in page.text
    assert "From a chosen date (unconfirmed)" in page.text


BROKEN_RULES: list[tuple[Typed, str]] = [
    ({"title": " "}, "title"),
    ({"title": "x" * 256}, "title"),
    ({"price": ""}, "price"),
    ({"price": "-1"}, "price"),
    ({"price": "12.345"}, "price"),
    ({"price": "NaN"}, "price"),
    ({"services": None}, "services"),
    ({"services": ["s1"]}, "services"),
    ({"services-visits-s710503": "0"}, "services"),
    ({"services-visits-s710503": "many"}, "services"),
    ({"is_pooled": "True", "pool_visits": "0"}, "pool_visits"),
    ({"is_pooled": "True", "is_pool_unlimited": "on", "validity": "0"}, "validity"),
    ({"is_pooled": None}, "is_pooled"),
    (
        {"services-unlimited-s710503": "on", "recalculates_price": "on"},
        "recalculates_price",
    ),
    ({"validity": "1", "validity_unit": "0"}, "validity_unit"),
    ({"validity": "-1"}, "validity"),
    ({"freezing": "on", "validity": "0"}, "freezing"),
    ({"freezing": "on", "freeze_limit": "3", "freeze_limit_unit": "0"}, "freeze_limit_unit"),
    ({"auto_activation": "3", "auto_activation_unit": "0"}, "auto_activation_unit"),
    ({"usable_times-from-0": "09:00", "usable_times-to-0": "10:00"}, "usable_times"),
    (
        {"usable_times-days-0": "1", "usable_times-from-0": "11:00", "usable_times-to-0": "10:00"},
        "usable_times",
    ),
    (
        {"usable_times-days-0": "1", "usable_times-from-0": "25:00", "usable_times-to-0": "26:00"},
        "usable_times",
    ),
    ({"online_sale": "on"}, "online_price"),
    ({"online_sale": "on", "online_price": "0"}, "online_price"),
    ({"location_ids": None}, "location_ids"),
    ({"location_ids": ["601"]}, "location_ids"),
    ({"activation": None}, "activation"),
    ({"activation": "9"}, "activation"),
    ({"balance_editing": "9"}, "balance_editing"),
    ({"category_id": "x"}, "category_id"),
]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("typed", "field"), BROKEN_RULES)
def test_rule_is_checked_before_sending(
    sandbox: Sandbox, edith: Client, typed: Typed, field: str, htmx: bool
) -> None:
    form = new_form(edith)
    sent = form.data({**FILLED, **typed})
    response = edith.post(URL, sent, headers=HTMX if htmx else {})
    assert response.status_code == 422
    assert response.has_header("X-Partial") == htmx
    page = Page(response)
    assert bool(page.all("html")) != htmx
    assert page.one("ul", id=f"id_{field}_error").text.strip()
    # Nothing typed is lost, and nothing was sent.
    kept = page.form(id="type-form").values
    for name in set(FILLED) - set(typed):
        if not name.startswith("services"):
            assert kept.get(name) == sent[name], name
    for name in set(typed) & {"title", "price", "validity"}:
        assert kept[name] == sent[name]
    assert kept["form_id"] != form.values["form_id"]
    assert not writes(sandbox)
    assert not Entry.objects.exists()


ERRORS = {
    "cost": ["Too <b>cheap</b>."],
    "[united_balance_services_count]": ["Too few visits."],
    "service_links": ["Bad links."],
    "autoactivation_period": ["Too long."],
    "location_ids.0": ["Closed."],
    "something_else": ["Surprise."],
}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("kind", ["status", "success_false"])
def test_refusal_lands_on_the_field_it_belongs_to(
    sandbox: Sandbox, edith: Client, kind: str, htmx: bool
) -> None:
    meta = {"message": "Validation <error>.", "errors": ERRORS}
    body = {"success": False, "data": None, "meta": meta}
    match = {"method": "POST", "path": "abonement_types"}
    if kind == "status":
        sandbox.fault(kind=kind, status=422, body=body, match=match)
    else:
        sandbox.fault(kind=kind, message=meta["message"], errors=ERRORS, match=match)
    form = new_form(edith)
    response = edith.post(URL, form.data(FILLED), headers=HTMX if htmx else {})
    assert response.status_code == 422
    page = Page(response)
    for field, text in {
        "price": "Too <b>cheap</b>.",
        "pool_visits": "Too few visits.",
        "services": "Bad links.",
        "auto_activation": "Too long.",
        "location_ids": "Closed.",
    }.items():
        assert text in page.one("ul", id=f"id_{field}_error").text, field
    above = page.one("div", class_="notice bad whole", role="alert").text
    assert "Surprise." in above
    assert "Validation <error>." in above
    assert "<b>" not in page.html
    assert page.form(id="type-form").values["title"] == ["Ten baths"]
    assert page.form(id="type-form").values["form_id"] != form.values["form_id"]
    assert newest().outcome == Outcome.REFUSED


def test_refused_form_can_be_mended_and_sent_again(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(kind="success_false", errors={"title": ["No."]}, match={"method": "POST"})
    page = Page(create(edith, {"title": "Refused"}))
    again = page.form(id="type-form").data({"title": "Taken"})
    assert edith.post(URL, again).status_code == 302
    named(sandbox, "Taken")
    assert [entry.outcome for entry in Entry.objects.all()] == [Outcome.DONE, Outcome.REFUSED]


def test_second_submission_makes_one_type(sandbox: Sandbox, edith: Client) -> None:
    data = new_form(edith).data(FILLED)
    first, second = edith.post(URL, data), edith.post(URL, data)
    assert first["Location"] == second["Location"]
    assert len(writes(sandbox)) == 1


def test_late_resend_says_already_made_and_can_make_another(
    sandbox: Sandbox, edith: Client
) -> None:
    data = new_form(edith).data(FILLED)
    made = edith.post(URL, data)["Location"]
    Entry.objects.update(finished_at=timezone.now() - timedelta(hours=2))
    response = edith.post(URL, data)
    assert response.status_code == 409
    page = Page(response)
    assert page.one("a", href=made).text == "Ten baths"
    form = page.form(id="type-form")
    assert form.values["form_id"] != data["form_id"]
    assert form.values["services-visits-s710503"] == ["10"]
    assert len(writes(sandbox)) == 1
    assert edith.post(URL, form.data())["Location"] != made
    assert len(writes(sandbox)) == 2


def test_revoked_token_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    page_of(edith, f"{LIST}loaded/")
    form = new_form(edith)
    sandbox.revoke_tokens()
    response = edith.post(URL, form.data(FILLED))
    page = Page(response)
    assert page.form(id="type-form").values["title"] == ["Ten baths"]
    assert "sign in" in page.one("div", class_="notice bad whole", role="alert").text


@pytest.mark.parametrize("title", [HOSTILE, "Пять визитов «Лето»", "水疗 💆", 'O\'Neil & "Sons"'])
def test_titles_of_all_kinds(profile: str, sandbox: Sandbox, edith: Client, title: str) -> None:
    existing = [raw["id"] for raw in sandbox.types_of(CHAIN)]
    page = shown(edith, create(edith, {"title": title}))
    assert page.one("h1").text == title
    assert title in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html
    assert [raw["title"] for raw in sandbox.types_of(CHAIN) if raw["id"] not in existing] == [title]


def test_form_without_its_id_is_refused(edith: Client, sandbox: Sandbox) -> None:
    data = new_form(edith).data({**FILLED, "form_id": None})
    assert edith.post(URL, data).status_code == 400
    assert not writes(sandbox)


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors("new/", "get", "post", data={"form_id": "x" * 22})


def test_stranger_finds_nothing(edith: Client) -> None:
    assert edith.get(at(9999, "new/")).status_code == 404
