"""Limits of docs/rules.md that no part's own tests show, and what holds for every field."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.audit.models import Entry
from loyalty_admin.audit.services import MAX_SHOWN, new_form_id
from loyalty_admin.audit.views import MOST_OF_A_FILTER
from loyalty_admin.catalog.listing import MOST_OF_A_SEARCH
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.exports.tables import LONGEST_TEXT, Table, write_xlsx
from loyalty_admin.gift_card_types.listing import SHAPE as GIFT_CARD_TYPES
from loyalty_admin.home.panels import MOST_ENTRIES, MOST_PROMOTIONS
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs.views import ITEMS_PAGE_SIZE
from loyalty_admin.membership_types.listing import SHAPE as MEMBERSHIP_TYPES
from loyalty_admin.memberships.searching import MOST_DAYS, chosen
from loyalty_admin.promotions.form_fields import MOST_OF_A_TEXT, NotificationField
from loyalty_admin.promotions.listing import SHAPE as PROMOTIONS
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from scripts.fields import CHOICE, OF_SEVERAL_CONTROLS, SEVERAL, sections
from tests.audit.common import written
from tests.home.common import panel_url
from tests.jobs.common import at
from tests.pages import Page, page_of
from tests.promotions.common import LIST, listed

CHAIN = CHAINS[0]
MANICURES = 11_001


def write_down(ctx: ChainContext, count: int) -> None:
    """So many edits of one membership type."""
    for _ in range(count):
        written(ctx.connection, ctx.person, object_id=MANICURES)


def links(page: Page, below: str) -> set[str]:
    """Where the page leads, of addresses of that shape."""
    found = {link.attrs.get("href", "") for link in page.all("a")}
    return {address for address in found if re.fullmatch(rf"{below}\d+/", address)}


def test_page_of_a_type_shows_its_newest_entries(ctx: ChainContext, edith: Client) -> None:
    write_down(ctx, MAX_SHOWN + 1)
    oldest = Entry.objects.order_by("pk").values_list("pk", flat=True)[0]
    page = page_of(edith, f"/chains/{CHAIN}/membership-types/{MANICURES}/")
    found = links(page, "/activity/")
    assert len(found) == MAX_SHOWN
    assert f"/activity/{oldest}/" not in found


def test_items_of_a_job_have_pages(ctx: ChainContext, edith: Client) -> None:
    items: list[tuple[int, str, dict[str, Any]]] = [
        (number, f"No. {number}", {}) for number in range(ITEMS_PAGE_SIZE + 1)
    ]
    job = jobs.start(ctx, submission=new_form_id(), kind="none", title="Many", items=items)
    page = page_of(edith, at(job))
    assert len([row for row in page.all("tr") if "No. " in row.text]) == ITEMS_PAGE_SIZE


def test_home_shows_so_many(sandbox: Sandbox, ctx: ChainContext, edith: Client) -> None:
    write_down(ctx, MOST_ENTRIES + 1)
    assert len(links(page_of(edith, panel_url("activity")), "/activity/")) == MOST_ENTRIES
    assert len(listed(sandbox)) > MOST_PROMOTIONS
    assert len(links(page_of(edith, panel_url("promotions")), LIST)) == MOST_PROMOTIONS


def test_memberships_end_within_so_many_days() -> None:
    assert chosen(QueryDict(f"expiring={MOST_DAYS}")) == {"expiring": str(MOST_DAYS)}
    assert chosen(QueryDict(f"expiring={MOST_DAYS + 1}")) == {}


def test_cell_of_a_workbook_holds_so_much() -> None:
    file = io.BytesIO()
    rows = [["x" * (LONGEST_TEXT + 1)]]
    write_xlsx(Table(name="Types", columns=["Title"], rows=iter(rows)), file)
    assert len(str(load_workbook(file).worksheets[0]["A2"].value)) == LONGEST_TEXT


def test_searches_are_cut_at_their_length() -> None:
    shapes: list[Any] = [MEMBERSHIP_TYPES, GIFT_CARD_TYPES, PROMOTIONS]
    for shape in shapes:
        query = shape.query(QueryDict("q=" + "x" * (MOST_OF_A_SEARCH + 1)))
        assert query.search == "x" * MOST_OF_A_SEARCH


def test_filters_of_the_activity_log_are_cut_at_their_length(vera: Client) -> None:
    typed = "x" * (MOST_OF_A_FILTER + 1)
    (field,) = page_of(vera, f"/activity/?q={typed}").all("input", name="q")
    assert field.attrs["value"] == "x" * MOST_OF_A_FILTER


def test_message_of_a_promotion_has_its_length() -> None:
    field = NotificationField(opened=Notification(), previews={})
    longest = Notification("custom", "x" * MOST_OF_A_TEXT)
    assert field.clean(longest) == longest
    with pytest.raises(ValidationError, match=f"{MOST_OF_A_TEXT}"):
        field.clean(Notification("custom", "x" * (MOST_OF_A_TEXT + 1)))


def every_field() -> Iterator[tuple[str, forms.Field]]:
    """Yield each field of each form, named as in a failure."""
    for made in sections().values():
        for form in made:
            for name, field in form.fields.items():
                yield f"{type(form).__name__}.{name}", field


def accepts(field: forms.Field, value: Any) -> bool:
    try:
        field.clean(value)
    except ValidationError:
        return False
    return True


@pytest.mark.django_db
def test_no_field_accepts_what_has_no_measure() -> None:
    # Fields of several controls have tests of their own.
    others: tuple[Any, ...] = (forms.BooleanField, *OF_SEVERAL_CONTROLS)
    bounded = [(name, field) for name, field in every_field() if not isinstance(field, others)]
    assert bounded
    assert [name for name, field in bounded if accepts(field, "9" * 100_000)] == []


@pytest.mark.django_db
def test_choices_are_checked_by_the_server() -> None:
    choices = [(name, field) for name, field in every_field() if isinstance(field, CHOICE)]
    assert choices
    for name, field in choices:
        unknown = ["no choice"] if isinstance(field, SEVERAL) else "no choice"
        assert not accepts(field, unknown), name
