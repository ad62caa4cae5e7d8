"""The list after waiting for Altegio: every location asked side by side, merged by number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.chains import kept_lists
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import listing
from loyalty_admin.promotions.kinds import TEXTS
from loyalty_admin.promotions.listing import MOST_ASKED_APART
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, page_of
from tests.promotions.common import (
    CHAIN,
    LIST,
    LOCATIONS,
    LONG,
    OTHER_CHAIN,
    PACKAGE,
    PAID,
    SEARCH,
    SILENT,
    STATIC,
    VISITS,
    asked_of,
    listed,
)
from tests.promotions.looking import (
    at,
    delete,
    duplicate,
    only_in,
    row_texts,
    rows_now,
    warnings,
)

pytestmark = pytest.mark.slow


def is_reading_on(page: Page) -> bool:
    """Whether the list asks for the rest of itself."""
    return any("data-background" in element.attrs for element in page.all("span"))


def sentence_of(page: Page, promotion_id: int) -> str:
    """What the row says that the promotion does; "" where it was not read."""
    (cell,) = page.one("tr", id=f"promotion-row-{promotion_id}").node.css("td.sentence")
    return "" if cell.css(".muted") else cell.text().replace("\u00a0", " ")


def sentences_now(client: Client) -> Callable[[int], str]:
    rows_now(client)
    return partial(sentence_of, page_of(client, LIST))


def one_location(location_id: int) -> dict[str, str]:
    """Matches the list of one location."""
    return {"path": f"/company/{location_id}/{SEARCH}"}


def by_id(promotion_id: int) -> dict[str, str]:
    """Matches the reading of one promotion as a whole."""
    return {"method": "GET", "path": f"programs/{promotion_id}$"}


def numbers(text: str) -> list[str]:
    return re.findall(r"[0-9]+", text)


# What is asked


def test_every_location_is_asked_once_and_then_each_promotion_once(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    before = len(sandbox.calls())
    page = page_of(edith, f"{LIST}loaded/", htmx=True)
    asked = asked_of(sandbox.calls()[before:])
    ids = [raw["id"] for raw in listed(sandbox)]
    assert sorted(asked[:5]) == [f"GET in {number}" for number in LOCATIONS]
    assert sorted(asked[5:]) == sorted(f"GET /{number}" for number in ids)
    # Also one that many locations report comes once.
    rows = [row.attrs["id"] for row in page.all("tr") if "id" in row.attrs]
    assert sorted(rows) == [f"promotion-row-{number}" for number in ids]


def test_row_says_where_it_is_valid_and_not_where_it_is_reported(
    sandbox: Sandbox, edith: Client
) -> None:
    """A location that is switched off at Altegio reports nothing, and still is a location of it."""
    sandbox.fault(kind="status", status=200, body=[], times=None, match=one_location(501))
    rows = row_texts(page_of(edith, f"{LIST}loaded/"))
    assert "Aurora Centrs" in rows[VISITS]
    assert STATIC not in rows  # only the first location reported it


# A location that fails


def test_location_that_fails_leaves_the_rest_and_is_named(sandbox: Sandbox, edith: Client) -> None:
    only_in(sandbox, STATIC, 504)
    sandbox.fault(**SILENT, match=one_location(504))
    page = page_of(edith, f"{LIST}loaded/")
    expected = {raw["id"] for raw in listed(sandbox)} - {STATIC}
    assert row_texts(page).keys() == expected
    assert "Aurora Málaga" in warnings(page)
    assert "Aurora Cádiz" not in warnings(page)
    # The list says so for as long as it is kept.
    assert "Aurora Málaga" in warnings(page_of(edith, LIST))


def test_what_only_the_failing_location_reported_before_stays(
    sandbox: Sandbox, loaded: Client
) -> None:
    only_in(sandbox, STATIC, 504)
    rows_now(loaded)
    sandbox.alter_promotion(CHAIN, STATIC, title="Renamed meanwhile")
    sandbox.fault(**SILENT, match=one_location(504))
    rows = rows_now(loaded)
    assert rows.keys() == {raw["id"] for raw in listed(sandbox)}
    # Read by its number, which no location is needed for.
    assert "Renamed meanwhile" in rows[STATIC]
    assert "10 %" in sentence_of(page_of(loaded, LIST), STATIC)


def test_what_was_deleted_at_altegio_goes_even_while_its_location_fails(
    sandbox: Sandbox, loaded: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, is_deleted=True)
    sandbox.fault(**SILENT, match=one_location(501))
    assert STATIC not in rows_now(loaded)


def test_what_an_answering_location_reports_no_more_goes_while_another_fails(
    sandbox: Sandbox, loaded: Client
) -> None:
    sandbox.hide_promotion(CHAIN, STATIC)  # was reported by the first location only
    sandbox.fault(**SILENT, match=one_location(504))
    assert STATIC not in rows_now(loaded)


def test_location_that_fails_again_and_again_is_not_taken_for_one_that_reports_nothing(
    sandbox: Sandbox, loaded: Client
) -> None:
    only_in(sandbox, STATIC, 503, 504)
    rows_now(loaded)
    sandbox.fault(**SILENT, match=one_location(504))
    rows_now(loaded)
    sandbox.fault(kind="status", status=200, body=[], times=None, match=one_location(503))
    assert STATIC in rows_now(loaded)


def test_note_goes_when_every_location_answers_again(sandbox: Sandbox, loaded: Client) -> None:
    sandbox.fault(**SILENT, match=one_location(504))
    rows_now(loaded)
    assert warnings(page_of(loaded, LIST))
    sandbox.clear_faults()
    rows_now(loaded)
    assert not warnings(page_of(loaded, LIST))


@pytest.mark.slow
def test_cold_list_that_no_location_answers_says_so(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": SEARCH})
    response = edith.get(f"{LIST}loaded/", headers=HTMX)
    assert response.status_code == 502
    page = Page(response)
    assert page.all("section", role="alert")
    assert "Bad gateway" not in page.html


# What no location reports


def test_promotion_made_here_that_no_location_reports_is_still_shown(
    sandbox: Sandbox, loaded: Client
) -> None:
    made = duplicate(loaded, STATIC)
    assert made in row_texts(page_of(loaded, LIST))
    sandbox.hide_promotion(CHAIN, made)
    before = len(sandbox.calls())
    rows_now(loaded)
    asked = asked_of(sandbox.calls()[before:])
    assert asked.count(f"GET /{made}") == 1
    page = page_of(loaded, LIST)
    assert "10 %" in sentence_of(page, made)
    row = page.one("tr", id=f"promotion-row-{made}")
    (mark,) = row.node.css(".marks .chip")
    assert page_of(loaded, f"{LIST}{made}/").one("span", class_="chip warn").text == mark.text()


@pytest.mark.slow
def test_of_many_made_here_the_newest_fifty_are_asked_for(sandbox: Sandbox, loaded: Client) -> None:
    entry = Entry.objects.get(result_id=duplicate(loaded, STATIC))
    numbers = range(90_001, 90_001 + MOST_ASKED_APART + 1)
    for entry.result_id in numbers:
        entry.pk, entry.submission = None, f"copy {entry.result_id}"
        entry.save(force_insert=True)
    before = len(sandbox.calls())
    rows_now(loaded)
    asked = asked_of(sandbox.calls()[before:])
    assert [number for number in numbers if f"GET /{number}" in asked] == [*numbers[1:]]


def test_promotion_made_here_goes_when_it_is_deleted_at_altegio(
    sandbox: Sandbox, loaded: Client
) -> None:
    made = duplicate(loaded, STATIC)
    sandbox.hide_promotion(CHAIN, made)
    assert made in rows_now(loaded)
    sandbox.alter_promotion(CHAIN, made, is_deleted=True)
    assert made not in rows_now(loaded)


def test_promotion_made_and_deleted_here_is_not_asked_for(sandbox: Sandbox, loaded: Client) -> None:
    made = duplicate(loaded, STATIC)
    sandbox.hide_promotion(CHAIN, made)
    delete(loaded, made)
    before = len(sandbox.calls())
    assert made not in rows_now(loaded)
    assert f"GET /{made}" not in asked_of(sandbox.calls()[before:])


def test_promotion_made_here_that_cannot_be_read_stays_as_it_was(
    sandbox: Sandbox, loaded: Client
) -> None:
    made = duplicate(loaded, STATIC)
    sandbox.hide_promotion(CHAIN, made)
    rows_now(loaded)
    sandbox.fault(**SILENT, match=by_id(made))
    assert "10 %" in sentences_now(loaded)(made)


def test_promotion_made_in_one_chain_is_not_shown_in_another(
    sandbox: Sandbox, loaded: Client
) -> None:
    made = duplicate(loaded, STATIC)
    page_of(loaded, at(OTHER_CHAIN, "loaded/"))
    assert f"GET /{made}" not in asked_of(sandbox.calls(), OTHER_CHAIN)


# More promotions than can be read in one go


def without_time_for(sandbox: Sandbox, *promotion_ids: int) -> None:
    for promotion_id in promotion_ids:
        sandbox.fault(**SILENT, match=by_id(promotion_id))


def read_by_number(sandbox: Sandbox, edith: Client) -> list[str]:
    """The promotions that are read for the list when it is opened now."""
    before = len(sandbox.calls())
    page_of(edith, f"{LIST}loaded/")
    asked = asked_of(sandbox.calls()[before:])
    return sorted({line for line in asked if line.startswith("GET /")})


def test_what_there_was_no_time_for_is_read_by_itself_and_nothing_else(
    sandbox: Sandbox, edith: Client
) -> None:
    without_time_for(sandbox, VISITS, PAID)
    page = page_of(edith, f"{LIST}loaded/")
    assert numbers(warnings(page)) == ["2"]
    assert is_reading_on(page)
    sandbox.clear_faults()
    assert read_by_number(sandbox, edith) == [f"GET /{VISITS}", f"GET /{PAID}"]
    page = page_of(edith, LIST)
    assert "3 %" in sentence_of(page, VISITS)
    assert not warnings(page) and not is_reading_on(page)
    assert not read_by_number(sandbox, edith)


def test_location_there_was_no_time_for_is_asked_by_itself_and_nothing_else(
    sandbox: Sandbox, edith: Client
) -> None:
    only_in(sandbox, STATIC, 504)
    sandbox.fault(**SILENT, match=one_location(504))
    page = page_of(edith, f"{LIST}loaded/")
    assert is_reading_on(page) and STATIC not in row_texts(page)
    assert "Aurora Málaga" in warnings(page) and not numbers(warnings(page))
    before = len(sandbox.calls())
    sandbox.clear_faults()
    page = page_of(edith, f"{LIST}loaded/")
    assert asked_of(sandbox.calls()[before:]) == ["GET in 504", f"GET /{STATIC}"]
    assert row_texts(page).keys() == {raw["id"] for raw in listed(sandbox)}
    assert not warnings(page) and not is_reading_on(page)


def test_what_was_cut_short_long_ago_is_read_from_the_start(
    sandbox: Sandbox, edith: Client, ctx: ChainContext
) -> None:
    sandbox.fault(**SILENT, match=one_location(504))
    page_of(edith, f"{LIST}loaded/")
    sandbox.clear_faults()
    kept = listing.kept(ctx)
    assert kept and kept.is_under_way
    earlier = replace(kept, read_at=kept.read_at - timedelta(minutes=10))
    kept_lists.refresh(ctx, listing.KIND, lambda: earlier)
    before = len(sandbox.calls())
    page_of(edith, f"{LIST}loaded/")
    asked = asked_of(sandbox.calls()[before:])
    assert {f"GET in {one}" for one in LOCATIONS} <= {*asked}


def test_reading_by_itself_ends_where_nothing_more_comes(sandbox: Sandbox, edith: Client) -> None:
    without_time_for(sandbox, VISITS, PAID)
    page_of(edith, f"{LIST}loaded/")
    assert read_by_number(sandbox, edith) == [f"GET /{VISITS}", f"GET /{PAID}"]
    assert not read_by_number(sandbox, edith)


def test_promotion_that_was_read_long_ago_says_so(
    sandbox: Sandbox, loaded: Client, ctx: ChainContext
) -> None:
    for row in listing.all_rows(ctx) or ():
        assert row.read_at
        earlier = replace(row, read_at=row.read_at - timedelta(minutes=10))
        kept_lists.put_row(ctx, listing.KIND, row.id, earlier)
    without_time_for(sandbox, VISITS)
    rows_now(loaded)
    assert numbers(warnings(page_of(loaded, LIST))) == ["1"]
    page = page_of(loaded, f"{LIST}loaded/")
    assert warnings(page) and not numbers(warnings(page))
    assert "3 %" in sentence_of(page, VISITS)


# A promotion that cannot be read as a whole


def test_promotion_that_cannot_be_read_whole_is_shown_without_its_sentence(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(**SILENT, match=by_id(VISITS))
    page = page_of(edith, f"{LIST}loaded/")
    row = row_texts(page)[VISITS]
    assert not sentence_of(page, VISITS)
    assert "Mēs jūs gaidām" in row
    # What its locations say is known: its type, and where it is reported.
    assert str(TEXTS["discount_accumulative_visits"].title) in row
    assert "Aurora Āgenskalns" in row and "Aurora Jūrmala" not in row
    assert numbers(warnings(page)) == ["1"]
    # Nothing more comes the next time, so that what is missing is not time.
    page = page_of(edith, f"{LIST}loaded/")
    assert warnings(page) and not numbers(warnings(page))
    assert all(sentence_of(page, one) for one in row_texts(page).keys() - {VISITS})


def test_promotion_that_cannot_be_read_whole_keeps_its_sentence_of_before(
    sandbox: Sandbox, loaded: Client
) -> None:
    sandbox.fault(**SILENT, match=by_id(VISITS))
    assert "3 %" in sentences_now(loaded)(VISITS)


def test_promotion_that_cannot_be_read_whole_is_filtered_by_what_is_known(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.fault(**SILENT, match=by_id(PAID))
    page_of(edith, f"{LIST}loaded/")
    assert PAID in row_texts(page_of(edith, f"{LIST}?gives=bonus&kind=cashback_static_paid"))
    assert PAID in row_texts(page_of(edith, f"{LIST}?location=501"))
    assert PAID not in row_texts(page_of(edith, f"{LIST}?location=502"))


def test_garbled_rules_are_not_made_up(sandbox: Sandbox, edith: Client) -> None:
    sandbox.alter_promotion(CHAIN, LONG, rules=[{"parameter": "x"}])
    assert not sentence_of(page_of(edith, f"{LIST}loaded/"), LONG)


def test_largest_numbers_that_altegio_could_say_are_borne(sandbox: Sandbox, edith: Client) -> None:
    rules = [{"parameter": 9 * 10**17, "value": 9 * 10**17 + 0.5, "service_id": 0}]
    for promotion_id in (STATIC, VISITS, PAID, PACKAGE):
        sandbox.alter_promotion(
            CHAIN, promotion_id, rules=rules, expiration_timeout=9 * 10**17, usage_limit=10**18,
            visit_multiplicity=10**18, sold_items_multiplicity=10**18, expiration_timeout_unit="x",
        )  # fmt: skip
    assert len(row_texts(page_of(edith, f"{LIST}loaded/"))) == len(listed(sandbox))
    for promotion_id in (STATIC, VISITS, PAID, PACKAGE):
        page_of(edith, f"{LIST}{promotion_id}/")


def test_another_chains_promotion_in_a_location_is_left_out(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_promotion(CHAIN, STATIC, group_id=OTHER_CHAIN)
    assert STATIC not in row_texts(page_of(edith, f"{LIST}loaded/"))
