"""A duplicate: a new promotion filled from the original, and nothing is made before it is saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, Typed, page_of
from tests.promotions.common import (
    CHAIN,
    FOREIGN,
    HOSTILE,
    HOSTILE_ONE,
    LIST,
    OTHER_CHAIN,
    PACKAGE,
    PAID,
    STATIC,
    TIERS_IN_MONEY,
    listed,
    named,
    writes,
)
from tests.promotions.refusing import check_refused, refuse
from tests.promotions.submitting import at, clone_form, form_of, newest, shown
from tests.promotions.test_every_kind import kept


def save(client: Client, promotion_id: int, typed: Typed | None = None) -> Any:
    data = clone_form(client, promotion_id).data(typed)
    return client.post(f"{LIST}{promotion_id}/clone/", data)


def test_form_is_filled_from_the_original_and_nothing_is_made(
    profile: str, sandbox: Sandbox, edith: Client
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
    assert "Nothing is made before you save" in page.text
    page.one("a", text="The original", href=f"{LIST}{PACKAGE}/")
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_saved_as_it_is_it_has_every_term_of_the_original(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    """Every promotion of the chain, but for a title that leaves no room."""
    for original in listed(sandbox):
        if len(original["title"]) > 251:
            continue
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
    assert "Made as a duplicate" in page.one("div", class_="notice good").text
    made = named(sandbox, "Welcome, 10% off (2)")
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
    assert "at least one location" in page.one("ul", id="id_location_ids_error").text


def test_what_altegio_did_not_say_is_not_filled_in_silently(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_promotion(CHAIN, PAID, usage_limit="some", loyalty_card_types="all")
    page = page_of(edith, f"{LIST}{PAID}/clone/")
    warning = page.one("div", class_="notice warn").text
    assert "Limit of uses" in warning and "Loyalty card types" in warning


def test_type_that_is_not_known_is_not_duplicated(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, type="discount_lottery")
    url = f"{LIST}{STATIC}/clone/"
    for send in (edith.get, edith.post):
        response = send(url, {"form_id": "x" * 22})
        assert response["Location"] == f"{LIST}{STATIC}/"
        assert "does not know its type" in shown(edith, response).text
    assert not writes(sandbox)


@pytest.mark.parametrize("htmx", [False, True])
def test_refusal_lands_on_the_fields_it_belongs_to(
    profile: str, sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    form = clone_form(edith, TIERS_IN_MONEY)
    refuse(sandbox, profile, "POST")
    data = form.data({"title": "Typed"})
    response = edith.post(f"{LIST}{TIERS_IN_MONEY}/clone/", data, headers=HTMX if htmx else {})
    assert response.status_code == 422
    check_refused(Page(response))
    assert form_of(Page(response)).values["title"] == ["Typed"]


def test_more_rows_make_nothing(sandbox: Sandbox, edith: Client) -> None:
    response = save(edith, TIERS_IN_MONEY, {"title": "", "unfinished": "rows"})
    assert response.status_code == 200
    assert form_of(Page(response)).values["rules-value-4"] == ["80"]
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


def test_hostile_texts_are_inert(sandbox: Sandbox, edith: Client) -> None:
    page = page_of(edith, f"{LIST}{HOSTILE_ONE}/clone/")
    form = form_of(page)
    assert form.values["title"] == [f"{HOSTILE} (2)"]
    assert form.values["on_changed-body"] == ["</textarea><img src=x onerror=alert(3)>"]
    for evil in ("<script>alert", "<img src=x", "<b>VIP"):
        assert evil not in page.html


@pytest.mark.parametrize("url", [f"{LIST}99999/clone/", at(OTHER_CHAIN, f"{FOREIGN}/clone/")])
def test_unknown_promotion_is_not_found(edith: Client, sandbox: Sandbox, url: str) -> None:
    assert edith.get(url).status_code == (403 if str(OTHER_CHAIN) in url else 404)
    assert not writes(sandbox)


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors(f"{STATIC}/clone/", "get", "post", data={"form_id": "x" * 22})
