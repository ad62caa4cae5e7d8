"""Changing a whole type: what was meant is changed, the rest stays, and what is kept is said."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.membership_types.common import CHAIN, HOSTILE, LIST, named, writes
from tests.membership_types.submitting import edit, edit_form, newest, send_edit, shown
from tests.pages import Typed, page_of

pytestmark = pytest.mark.slow

SOLD, UNSOLD = 11001, 11008


def test_form_of_a_deleted_type_is_not_opened(sandbox: Sandbox, edith: Client) -> None:
    form = page_of(edith, f"{LIST}{UNSOLD}/delete/").form("delete/")
    edith.post(form.attrs["action"], form.data())
    page = shown(edith, edith.get(f"{LIST}{UNSOLD}/edit/"))
    page.one("div", class_="notice warn")
    assert not page.all("input", name="title")


def puts(sandbox: Sandbox) -> list[Any]:
    return [call["body"] for call in writes(sandbox) if call["method"] == "PUT"]


def changed_fields() -> list[str]:
    return [change["field"] for change in newest().changes]


CHANGES: list[tuple[Typed, dict[str, Any]]] = [
    ({"title": "Other"}, {"title": "Other"}),
    ({"price": "99.90"}, {"cost": 99.9}),
    ({"location_ids": ["502"]}, {"location_ids": [502], "salon_ids": [502]}),
    ({"validity": "5"}, {"period": 5}),
    ({"validity_unit": "4"}, {"period_unit_id": 4}),
    ({"activation": "2"}, {"expiration_type_id": 2}),
    (
        {"auto_activation": "3", "auto_activation_unit": "2"},
        {"autoactivation_period": 3, "autoactivation_time_unit_id": 2},
    ),
    ({"sold_without_code": "True"}, {"is_allow_empty_code": True}),
    (
        {"is_pooled": "True", "pool_visits": "8"},
        {
            "is_united_balance": True,
            "united_balance_services_count": 8,
            "services": {"710101": 0, "710301": 0, "710402": 0},
        },
    ),
    (
        {"is_pooled": "True", "is_pool_unlimited": "on"},
        {
            "is_united_balance": True,
            "is_united_balance_unlimited": True,
            "services": {"710101": 0, "710301": 0, "710402": 0},
        },
    ),
    (
        {"services": ["s710102", "c7106"], "services-visits-c7106": "7"},
        {"services": {"710102": 1}, "service_categories": {"7106": 7}},
    ),
    ({"freezing": "on"}, {"allow_freeze": True}),
    ({"recalculates_price": "on"}, {"service_price_correction": True}),
    ({"balance_editing": "1"}, {"balance_edit_type_id": 1}),
    (
        {
            "usable_times-days-0": ["6"],
            "usable_times-from-0": "08:00",
            "usable_times-to-0": "09:30",
        },
        {"availability": [{"week_days": [6], "intervals": [{"from": 28_800, "to": 34_200}]}]},
    ),
    (
        {"online_sale": "on", "online_price": "7"},
        {"is_online_sale_enabled": True, "online_sale_price": 7},
    ),
    ({"online_title": "Shop"}, {"online_sale_title": "Shop"}),
    ({"online_description": "Text"}, {"online_sale_description": "Text"}),
    ({"category_id": "12"}, {"category_id": 12}),
]


@pytest.mark.slow
def test_services_that_are_slow_to_come_hold_up_neither_the_form_nor_the_write(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_TIMEOUT = 2.5
    # All the page's time would be enough for them, what is left to a form is not.
    slow = {"method": "GET", "path": "service_categories"}
    sandbox.fault(kind="latency", seconds=1.5, match=slow)
    page = page_of(edith, f"{LIST}{UNSOLD}/edit/")
    page.one("div", class_="notice warn", role="status")
    sandbox.fault(kind="hang", seconds=30, times=None, match=slow)
    response = send_edit(edith, page.form(id="type-form"), UNSOLD, {"title": "Beards"})
    assert response.status_code == 302
    assert [call["method"] for call in writes(sandbox)] == ["PUT"]
    assert newest().outcome == Outcome.DONE
    assert sandbox.type_of(CHAIN, UNSOLD)["title"] == "Beards"


@pytest.mark.long
def test_any_one_change_leaves_everything_else(sandbox: Sandbox, edith: Client) -> None:
    assert wrong_changes(sandbox, edith, CHANGES) == []


def wrong_changes(
    sandbox: Sandbox, client: Client, changes: list[tuple[Typed, dict[str, Any]]]
) -> list[Any]:
    """What was typed, wanted and sent, of the changes after which something else was sent too."""
    wrong = []
    raw = sandbox.type_of(CHAIN, UNSOLD)
    edit(client, UNSOLD, {"title": "Before"})
    (before,) = puts(sandbox)
    before["title"] = raw["title"]
    for typed, expected in changes:
        number = sandbox.put_type(CHAIN, {**raw, "id": 0})["id"]
        response = edit(client, number, typed)
        after = puts(sandbox)[-1]
        different = {name: after.get(name) for name in after if after[name] != before.get(name)}
        entry = newest()
        if (
            different != expected
            or set(after) != set(before)
            or response["Location"] != f"{LIST}{number}/"
            or (entry.outcome, entry.object_id, entry.kept) != (Outcome.DONE, number, [])
        ):
            wrong.append((typed, expected, different))
    return wrong


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_fields_that_altegio_kept_are_named_after(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    typed: Typed = {"title": "Manicure × 6", "price": "130", "validity": "9"}
    page = shown(edith, edit(edith, SOLD, typed))
    warning = page.one("div", class_="notice warn").text
    assert "Manicure × 6" in warning
    assert "120 €" in warning
    assert "6 months" in warning
    assert "Price" in warning
    assert "Validity" in warning
    assert sandbox.type_of(CHAIN, SOLD)["title"] == "Manicure × 6"
    assert sandbox.type_of(CHAIN, SOLD)["cost"] == 120
    kept = {item["field"]: item["asked"] for item in newest().kept}
    assert kept == {"Price": "130 €", "Validity": "9 months"}
    assert newest().outcome == Outcome.DONE


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_unmodelled_values_are_offered_and_go_back_as_read(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    odd: dict[str, Any] = {"expiration_type_id": 8, "period_unit_id": 9, "balance_edit_type_id": 7}
    odd |= {"category": "premium", "freeze_limit_unit_id": 6, "autoactivation_time_unit_id": 5}
    sandbox.alter_type(CHAIN, UNSOLD, **odd)
    form = edit_form(edith, UNSOLD)
    assert form.values["activation"] == ["8"]
    assert form.values["validity_unit"] == ["9"]
    assert form.values["balance_editing"] == ["7"]
    assert form.values["category"] == ["premium"]
    send_edit(edith, form, UNSOLD, {"title": "Other"})
    (body,) = puts(sandbox)
    assert body["title"] == "Other"
    assert (body["expiration_type_id"], body["period_unit_id"]) == (8, 9)
    assert (body["balance_edit_type_id"], body["category"]) == (7, "premium")
    assert (body["freeze_limit_unit_id"], body["autoactivation_time_unit_id"]) == (6, 5)
    assert changed_fields() == ["Title"]


ODD: list[dict[str, Any]] = [
    {"cost": 19.999},
    {"online_sale_price": 12.3456},
    {"period": 2_000_000},
    {"attached_location_ids": [501, 599]},
    {"online_sale_description": "a\r\nb\n\nc  "},
    {"online_sale_title": "  spaces  "},
    {"online_sale_title": "x" * 300},
    {
        "availability": [
            {"week_days": [1], "intervals": [{"from": 50_000, "to": 60_001}]},
            {"week_days": [1], "intervals": [{"from": 30, "to": 40_000}]},
        ]
    },
    {
        "availability": [
            {
                "week_days": [2, 3],
                "intervals": [{"from": 60_000, "to": 86_400}, {"from": 0, "to": 3_600}],
            }
        ]
    },
]


@pytest.mark.slow
def test_odd_values_that_nobody_touches_stay(sandbox: Sandbox, edith: Client) -> None:
    raw = sandbox.type_of(CHAIN, UNSOLD)
    for odd in ODD:
        number = sandbox.put_type(CHAIN, {**raw, "id": 0})["id"]
        sandbox.alter_type(CHAIN, number, **odd)
        edit(edith, number, {"title": "Other"})
        body = puts(sandbox)[-1]
        # The stand-in refuses the location of another chain: what was sent is what counts.
        assert (body["title"], newest().object_id) == ("Other", number), odd
        for name, value in odd.items():
            sent = {"attached_location_ids": "location_ids"}.get(name, name)
            assert body[sent] == value, name
        assert changed_fields() == ["Title"], odd


def test_line_breaks_of_the_browser_are_no_change(sandbox: Sandbox, edith: Client) -> None:
    text = "One\ntwo\r\n\nthree  "
    sandbox.alter_type(CHAIN, UNSOLD, online_sale_description=text)
    edit(edith, UNSOLD, {"title": "Other", "online_description": "One\r\ntwo\r\n\r\nthree  "})
    assert puts(sandbox)[0]["online_sale_description"] == text
    assert changed_fields() == ["Title"]


def test_gone_services_can_be_kept(sandbox: Sandbox, edith: Client) -> None:
    raw = sandbox.type_of(CHAIN, UNSOLD)
    gone = {"id": 424242, "title": "Old service", "is_category": False, "category_id": 7101}
    link = {"count": 3, "is_unlimited": False, "service": gone}
    sandbox.alter_type(CHAIN, UNSOLD, balance_container={"links": [link]})
    page = page_of(edith, f"{LIST}{UNSOLD}/edit/")
    assert "Old service" in page.text
    send_edit(edith, page.form(id="type-form"), UNSOLD, {"title": "Other"})
    assert puts(sandbox)[0]["services"] == {"424242": 3}
    assert raw["title"] != "Other"


def test_form_carries_hostile_texts_unharmed(sandbox: Sandbox, edith: Client) -> None:
    raw = named(sandbox, HOSTILE)
    page = page_of(edith, f"{LIST}{raw['id']}/edit/")
    form = page.form(id="type-form")
    assert form.values["title"] == [HOSTILE]
    assert form.values["online_description"] == [raw["online_sale_description"]]
    assert "<script>alert" not in page.html
    assert "<img" not in page.html
    send_edit(edith, form, raw["id"], {"price": "81"})
    assert sandbox.type_of(CHAIN, raw["id"])["title"] == HOSTILE
