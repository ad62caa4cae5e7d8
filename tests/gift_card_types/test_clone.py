"""A duplicate: a new type filled from the original, and nothing is made before it is saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    DATED,
    FOREIGN,
    ISSUED,
    LIST,
    NO_LOCATION,
    PAST,
    PLAIN,
    UNKNOWN_EDITING,
    WITH_SERVICES,
    named,
    writes,
)
from tests.gift_card_types.submitting import newest, press
from tests.pages import Form, Page, page_of

pytestmark = pytest.mark.slow

# What belongs to the original and is no term of it.
ITS_OWN = {
    "id", "title", "weight", "released_total", "is_archived", "date_archived",
    "online_sale_image", "is_serial_number_limited", "external_code", "tags",
}  # fmt: skip


def clone_form(client: Client, type_id: int) -> Form:
    return page_of(client, f"{LIST}{type_id}/clone/").form(id="type-form")


def save(client: Client, form: Form, type_id: int, **typed: str) -> Any:
    return client.post(f"{LIST}{type_id}/clone/", form.data(typed))


def test_form_is_filled_from_the_original_and_nothing_is_made(
    sandbox: Sandbox, edith: Client
) -> None:
    page = page_of(edith, f"{LIST}{ISSUED}/clone/")
    values = page.form(id="type-form").values
    assert values["title"] == ["Gift card €50 (2)"]
    assert values["face_value"] == values["online_price"] == ["50"]
    assert values["several_uses"] == ["True"]
    assert (values["validity_kind"], values["validity"], values["validity_unit"]) == (
        ["2"],
        ["1"],
        ["4"],
    )
    assert values["online_sale"] == ["on"]
    assert values["online_description"] == ["For every service and every product."]
    assert values["location_ids"] == ["501"]
    assert values["opened_on"] == [""]
    page.one("a", class_="back", href=f"{LIST}{ISSUED}/")
    assert not writes(sandbox)
    assert not Entry.objects.exists()


@pytest.mark.slow
def test_saved_as_it_is_it_has_every_term_of_the_original(sandbox: Sandbox, edith: Client) -> None:
    """Issued, archived, with an odd offset, named services, for nothing: all but sold nowhere."""
    for type_id in (ISSUED, ARCHIVED_BY_ALTEGIO, DATED, FOREIGN, WITH_SERVICES, 31008, 31024):
        original = sandbox.certificate_type_of(CHAIN, type_id)
        response = save(edith, clone_form(edith, type_id), type_id)
        made = named(sandbox, f"{original['title']} (2)")
        assert response["Location"] == f"{LIST}{made['id']}/"
        for key in original.keys() - ITS_OWN:
            assert made[key] == original[key], (type_id, key)
        assert (made["released_total"], made["is_archived"]) == (0, False)
        assert sandbox.certificate_type_of(CHAIN, type_id) == original
        assert (newest().outcome, newest().object_id, newest().result_id) == (
            Outcome.DONE,
            type_id,
            made["id"],
        )


def test_long_title_stays_within_its_length(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, title="x" * 255)
    (title,) = clone_form(edith, PLAIN).values["title"]
    assert title == "x" * 251 + " (2)"
    assert save(edith, clone_form(edith, PLAIN), PLAIN).status_code == 302


def test_original_that_is_sold_nowhere_leaves_the_locations_to_be_chosen(edith: Client) -> None:
    page = Page(save(edith, clone_form(edith, NO_LOCATION), NO_LOCATION))
    page.one("ul", id="id_location_ids_error")


def test_date_that_is_over_has_to_be_chosen_anew(sandbox: Sandbox, edith: Client) -> None:
    page = Page(save(edith, clone_form(edith, PAST), PAST))
    page.one("ul", id="id_expires_at_error")
    again = page.form(id="type-form").data({"expires_at-date": "2031-12-31"})
    assert edith.post(f"{LIST}{PAST}/clone/", again).status_code == 302
    assert named(sandbox, "Christmas 2024 (2)")["expiration_date"] == "2031-12-31T23:59:59+02:00"


def test_what_altegio_did_not_say_is_not_filled_in_silently(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_certificate_type(CHAIN, PLAIN, is_multi="perhaps", item_type=None)
    page = page_of(edith, f"{LIST}{PLAIN}/clone/")
    warning = page.one("div", class_="notice warn").text
    assert FIELDS.label("several_uses") in warning
    assert FIELDS.label("covers") in warning


def test_unknown_way_of_editing_balances_goes_along_and_its_refusal_lands_on_it(
    sandbox: Sandbox, edith: Client
) -> None:
    form = clone_form(edith, UNKNOWN_EDITING)
    assert form.values["balance_editing"] == ["7"]
    page = Page(save(edith, form, UNKNOWN_EDITING))
    assert writes(sandbox)[0]["body"]["balance_edit_type_id"] == 7
    assert page.one("ul", id="id_balance_editing_error").text.strip()
    again = page.form(id="type-form")
    assert again.values["balance_editing"] == ["7"]
    assert save(edith, again, UNKNOWN_EDITING, balance_editing="1").status_code == 302


def test_what_is_archived_here_can_be_duplicated(sandbox: Sandbox, edith: Client) -> None:
    press(edith, PLAIN, "archive")
    save(edith, clone_form(edith, PLAIN), PLAIN)
    made = named(sandbox, "Подарок для мамы (2)")
    assert made["title"] in page_of(edith, f"{LIST}loaded/").titles()


def test_what_was_typed_outlives_the_original(sandbox: Sandbox, edith: Client) -> None:
    form = clone_form(edith, PLAIN)
    sandbox.alter_certificate_type(CHAIN, PLAIN, is_deleted=True)
    page = Page(save(edith, form, PLAIN, title=" "))
    assert page.form(id="type-form").values["face_value"] == ["120"]
    save(edith, form, PLAIN, title="Typed")
    assert named(sandbox, "Typed")["balance"] == 120
