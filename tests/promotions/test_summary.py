"""The sentence and the example beside a form that is being filled in."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.audit.models import Entry
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, Typed
from tests.promotions.common import FIFTH, LIST, STATIC, VISITS
from tests.promotions.submitting import (
    STATIC_KIND,
    TIERS_KIND,
    edit_form,
    filled,
    new_form,
    new_url,
)

pytestmark = pytest.mark.slow

URL = f"{LIST}summary/"


def sentence(response: Any, *, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(Page(response).one("p", class_="promise").text.split())


def warned(response: Any) -> int:
    """Of how many things the part warns."""
    return len(Page(response).all("p", class_="notice warn"))


def test_it_says_what_is_typed_into_a_new_one(edith: Client) -> None:
    data = new_form(edith, TIERS_KIND).data(filled(TIERS_KIND))
    said = sentence(edith.post(URL, data, headers=HTMX))
    for part in ("3 %", "5 visits", "7.5 %", "20", "Aurora Centrs"):
        assert part in said, part


def test_it_says_what_is_typed_into_a_change_with_what_is_fixed(edith: Client) -> None:
    data = edit_form(edith, FIFTH).data({"rules-value-0": "33", "location_ids": ["501"]})
    said = sentence(edith.post(URL, data, headers=HTMX))
    for part in ("33 %", "bill", "5th", "services"):
        assert part in said, part


def test_what_makes_no_sense_yet_is_left_out(edith: Client) -> None:
    data = new_form(edith, TIERS_KIND).data(
        {**filled(TIERS_KIND), "rules-value-1": "x", "expiration": "soon", "title": ""}
    )
    response = edith.post(URL, data, headers=HTMX)
    said = sentence(response)
    assert "7.5 %" in said and "20" in said and "3 %" not in said and "soon" not in said
    assert not Page(response).all("ul", class_="field-errors")


def test_what_breaks_a_rule_is_said_as_it_is_typed(edith: Client) -> None:
    nothing: Typed = {"services": "not_allowed", "products": "not_allowed"}
    late: Typed = {"expiration": "1", "expiration_unit": "week", "expiration_notice": "9"}
    data = new_form(edith).data({**filled(), **nothing, **late})
    said = sentence(edith.post(URL, data, headers=HTMX))
    for part in ("7.5 %", "nothing", "1 week", "9 days"):
        assert part in said, part
    # And also where it was sent like this.
    response = edith.post(new_url(), data)
    assert response.status_code == 422
    assert sentence(response, status=422) == said


def test_it_says_that_nobody_takes_part_without_a_card(sandbox: Sandbox, edith: Client) -> None:
    form = new_form(edith)
    data = form.data({**filled(), "card_type_ids": []})
    assert warned(edith.post(URL, data, headers=HTMX)) == 1
    data = form.data({**filled(), "card_type_ids": ["41"]})
    assert warned(edith.post(URL, data, headers=HTMX)) == 0
    # Where the chain's types could not be read nobody can choose one.
    sandbox.fault(kind="html", status=502, times=None, match={"path": "card_types$"})
    cache.clear()
    data = new_form(edith).data({**filled(), "card_type_ids": []})
    assert warned(edith.post(URL, data, headers=HTMX)) == 0


def test_it_writes_nothing_and_asks_altegio_nothing(sandbox: Sandbox, edith: Client) -> None:
    forms = [new_form(edith).data(filled()), edit_form(edith, VISITS).data({"title": "Mine"})]
    before = len(sandbox.calls())
    for data in forms:
        assert edith.post(URL, data, headers=HTMX).status_code == 200
    assert len(sandbox.calls()) == before
    assert not Entry.objects.exists()


def test_it_works_where_nothing_of_the_chain_is_kept(edith: Client) -> None:
    data = {"kind": STATIC_KIND, "rules-value-0": "5", "value_unit": "percent"}
    assert "5 %" in sentence(edith.post(URL, data, headers=HTMX))


def test_start_of_another_promotion_counts_for_nothing(edith: Client) -> None:
    """What is fixed comes from the signature alone, and only for its own promotion."""
    data = edit_form(edith, FIFTH).data()
    for changed in ({"promotion": [str(STATIC)]}, {"opened_on": ["x"]}, {"promotion": ["x"]}):
        said = sentence(edith.post(URL, data | changed, headers=HTMX))
        assert "5th" not in said


def test_hostile_words_are_inert(edith: Client) -> None:
    data = new_form(edith).data(
        {**filled(), "title": "<script>alert(1)</script>", "rules-value-0": "<img src=x>"}
    )
    html = Page(edith.post(URL, data, headers=HTMX)).html
    assert "<script" not in html and "<img" not in html


def test_without_htmx_it_leads_to_the_list(edith: Client) -> None:
    assert edith.post(URL, {"kind": STATIC_KIND})["Location"] == LIST


def test_type_that_there_is_not_is_not_found(edith: Client) -> None:
    for kind in ("", "discount_lottery"):
        assert edith.post(URL, {"kind": kind}, headers=HTMX).status_code == 404


# Anything may be sent

NAMES = st.sampled_from(
    [
        "title", "location_ids", "services", "service_ids", "products", "product_ids",
        "product_category_ids", "value_unit", "usage_limit", "visit_multiplicity",
        "sold_items_multiplicity", "expiration", "expiration_unit", "expiration_notice",
        "history_source", "history_from", "card_type_ids", "on_changed-size", "on_changed-body",
        "on_expiration-size", "on_expiration-body", "opened_on", "promotion", "unfinished",
        "theirs", *(f"rules-{part}-{n}" for part in ("from", "value", "service") for n in range(4)),
        "rules-value-", "rules-value-x", "rules-value-999999", "rules-value-9999999",
    ]
)  # fmt: skip
NUMBERS = st.sampled_from(
    ["0", "-0", "1", "5", "100", "1e5", "1E9999999", "-1e-9999999", "NaN", "sNaN", "Infinity",
     "٣", "²", "1_000", "0x1", "9" * 50, "-" + "9" * 50, "." + "0" * 60 + "1", "999999999",
     "1000000000", " 7 ", "7,5", ".5", "5.", "", "710202", "710503", "501"]
)  # fmt: skip
CHOICES = st.sampled_from(
    ["any_allowed", "not_allowed", "custom_allowed", "percent", "amount", "day", "month", "year",
     "none", "big", "custom", "chain", "loyalty_card", "2026-02-30", "0001-01-01", "9999-12-31"]
)  # fmt: skip
VALUES = st.lists(NUMBERS | CHOICES | st.text(max_size=20), max_size=3)
anything = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.slow
@anything
@given(
    kind=st.sampled_from(sorted(KINDS)),
    data=st.dictionaries(NAMES | st.text(max_size=12), VALUES, max_size=25),
)
def test_garbage_is_borne(
    sandbox: Sandbox, edith: Client, kind: str, data: dict[str, list[str]]
) -> None:
    before = len(sandbox.calls())
    sent = data | {"kind": [kind]}
    assert edith.post(URL, sent, headers=HTMX).status_code == 200
    assert len(sandbox.calls()) == before


@pytest.mark.slow
@settings(anything, max_examples=10)
@given(data=st.dictionaries(NAMES, VALUES, max_size=25), number=st.sampled_from([STATIC, VISITS]))
def test_garbage_in_the_form_of_a_change_is_borne(
    sandbox: Sandbox, edith: Client, data: dict[str, list[str]], number: int
) -> None:
    data.pop("unfinished", None)
    sent = edit_form(edith, number).data() | data
    assert edith.post(URL, sent, headers=HTMX).status_code == 200
    response = edith.post(f"{LIST}{number}/edit/", sent | {"unfinished": ["rows"]})
    assert response.status_code in (200, 409)


@pytest.mark.slow
@settings(anything, max_examples=10)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    data=st.dictionaries(NAMES, VALUES, max_size=25),
)
def test_garbage_in_the_form_of_a_new_one_is_borne(
    sandbox: Sandbox, edith: Client, kind: str, data: dict[str, list[str]]
) -> None:
    url = f"{LIST}new/{kind}/"
    assert edith.post(url, data | {"unfinished": ["rows"]}).status_code == 200
    data.pop("unfinished", None)
    assert edith.post(url, data | {"title": []}).status_code == 422
