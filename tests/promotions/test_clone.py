"""A duplicate: a new promotion filled from the original, and nothing is made before it is saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import Page, Typed, page_of
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    LIST,
    OWN_TEXT,
    PACKAGE,
    PAID,
    STATIC,
    TIERS_IN_MONEY,
    listed,
    named,
    writes,
)
from tests.promotions.looking import warnings
from tests.promotions.submitting import clone_form, form_of, newest, shown
from tests.promotions.test_every_kind import kept

pytestmark = pytest.mark.slow


def save(client: Client, promotion_id: int, typed: Typed | None = None) -> Any:
    data = clone_form(client, promotion_id).data(typed)
    return client.post(f"{LIST}{promotion_id}/clone/", data)


def test_form_is_filled_from_the_original_and_nothing_is_made(
    sandbox: Sandbox, edith: Client
) -> None:
    page = page_of(edith, f"{LIST}{PACKAGE}/clone/")
    values = form_of(page).values
    assert values["title"] == ["Three treatments, a pedicure for half (2)"]
    assert values["kind"] == ["package_discount"]
    assert values["sold_items_multiplicity"] == ["3"]
    assert (values["rules-service-0"], values["rules-value-0"]) == (["710202"], ["50"])
    assert (values["services"], values["products"]) == (["custom_allowed"], ["not_allowed"])
    assert values["service_ids"] == ["710201", "710203"]
    assert (values["history_source"], values["history_from"]) == (["chain"], ["2026-01-15"])
    assert values["opened_on"] == [""]
    page.one("a", class_="back", href=f"{LIST}{PACKAGE}/")
    assert not writes(sandbox)
    assert not Entry.objects.exists()


@pytest.mark.slow
def test_saved_as_it_is_it_has_every_term_of_the_original(sandbox: Sandbox, edith: Client) -> None:
    for number in (CHOSEN, OWN_TEXT, PACKAGE, TIERS_IN_MONEY):
        original = sandbox.promotion_of(CHAIN, number)
        before = {raw["id"] for raw in listed(sandbox)}
        response = save(edith, original["id"])
        assert response.status_code == 302, original["title"]
        (made,) = [raw for raw in listed(sandbox) if raw["id"] not in before]
        assert response["Location"] == f"{LIST}{made['id']}/"
        expected = kept(original) | {"title": f"{original['title']} (2)"}
        expected["rules"] = sorted(
            expected["rules"], key=lambda rule: (rule["service_id"], rule["parameter"])
        )
        assert kept(made) == expected
        assert sandbox.promotion_of(CHAIN, original["id"]) == original
        entry = newest()
        assert (entry.outcome, entry.object_id, entry.result_id, entry.kept) == (
            Outcome.DONE,
            original["id"],
            made["id"],
            [],
        )


def test_what_is_fixed_for_the_original_can_be_set_otherwise(
    sandbox: Sandbox, edith: Client
) -> None:
    typed: Typed = {"value_unit": "amount", "services": "not_allowed", "rules-value-0": "3"}
    page = shown(edith, save(edith, STATIC, typed))
    made = named(sandbox, "Welcome, 10% off (2)")
    assert made["title"] in page.one("div", class_="notice good").text
    assert (made["value_unit"], made["service_item_type"]) == ("amount", "not_allowed")
    assert sandbox.promotion_of(CHAIN, STATIC)["value_unit"] == "percent"


def test_long_title_stays_within_its_length(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, title="x" * 255)
    assert clone_form(edith, STATIC).values["title"] == ["x" * 251 + " (2)"]
    assert save(edith, STATIC).status_code == 302


def test_original_that_is_valid_nowhere_leaves_the_locations_to_be_chosen(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, companies=[])
    page = Page(save(edith, STATIC))
    assert page.one("ul", id="id_location_ids_error").text.strip()


def test_what_altegio_did_not_say_is_not_filled_in_silently(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_promotion(CHAIN, PAID, usage_limit="some", loyalty_card_types="all")
    page = page_of(edith, f"{LIST}{PAID}/clone/")
    for name in ("usage_limit", "card_type_ids"):
        assert FIELDS.label(name) in warnings(page)


def test_type_that_is_not_known_is_not_duplicated(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, type="discount_lottery")
    url = f"{LIST}{STATIC}/clone/"
    for send in (edith.get, edith.post):
        response = send(url, {"form_id": "x" * 22})
        assert response["Location"] == f"{LIST}{STATIC}/"
        assert warnings(shown(edith, response))
    assert not writes(sandbox)


def test_what_was_typed_outlives_the_original(sandbox: Sandbox, edith: Client) -> None:
    form = clone_form(edith, PAID)
    sandbox.alter_promotion(CHAIN, PAID, is_deleted=True)
    url = f"{LIST}{PAID}/clone/"
    page = Page(edith.post(url, form.data({"title": " "})))
    assert form_of(page).values["usage_limit"] == ["10"]
    assert edith.post(url, form.data({"title": "Typed"})).status_code == 302
    assert named(sandbox, "Typed")["usage_limit"] == 10
    assert edith.get(url).status_code == 404


def test_what_was_asked_for_before_is_filled_in_again(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="success_false", match={"method": "POST"})
    save(edith, PAID, {"title": "Again", "usage_limit": "77", "location_ids": ["504"]})
    url = f"{LIST}{PAID}/clone/?again={newest().pk}"
    assert page_of(edith, f"/activity/{newest().pk}/").all("a", href=url)
    values = form_of(page_of(edith, url)).values
    assert (values["title"], values["usage_limit"]) == (["Again"], ["77"])
    assert values["location_ids"] == ["504"]
