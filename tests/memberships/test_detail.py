"""The page of one membership: what it is, what is left, when it ends, what was done here."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.memberships.common import (
    CHAIN,
    FREEZES_FOR_EVER,
    HOSTILE,
    LIST,
    MANICURES,
    NO_FREEZING,
    OTHER_CHAIN,
    POOL,
    TWO_ROWS,
    UNLIMITED_POOL,
    UNLIMITED_ROW,
    moment,
    put,
    said_day,
    status,
    writes,
)
from tests.memberships.conftest import without_right
from tests.memberships.submitting import at, change, in_days
from tests.pages import Element, Page, page_of

pytestmark = pytest.mark.slow

PERIOD_RIGHT = "loyalty_abonement_period_edit_access"
BALANCE_RIGHT = "loyalty_abonement_balance_edit_access"


def shown(client: Client, sandbox: Sandbox, type_id: int = MANICURES, **fields: Any) -> Page:
    return page_of(client, at(put(sandbox, type_id, **fields)))


def buttons(page: Page) -> dict[str, str]:
    """Each button's address, or why it cannot be pressed."""
    found = {link.text.strip(): link.attrs["href"] for link in page.all("a", class_="button")}
    locked = page.all("button", aria_disabled="true")
    return found | {button.text.strip(): button.attrs["title"] for button in locked}


def steps(page: Page) -> list[str]:
    """When each step of its life was or will be."""
    return [node.text() for node in page.one("ol", class_="steps").node.css("li span")]


def used(page: Page) -> tuple[int, int]:
    """Of its days those that are gone, and all."""
    bar = page.one("progress").attrs
    return int(bar["value"]), int(bar["max"])


def facts(page: Page) -> dict[str, str]:
    labels = [each.text.strip() for each in page.all("dt")]
    texts = [each.text.strip() for each in page.all("dd")]
    return dict(zip(labels, texts, strict=True))


def covered(page: Page) -> list[tuple[str, str]]:
    rows = [" ".join(each.text.split()) for each in page.all("th", scope="row")]
    left = [each.text.strip() for each in page.all("td", class_="num")]
    return list(zip(rows, left, strict=True))


# Who may look


def test_viewer_sees_it_without_buttons(sandbox: Sandbox, vera: Client) -> None:
    page = shown(vera, sandbox)
    assert page.one("h1").text == "MC-77"
    assert buttons(page) == {}


def test_stranger_finds_nothing(sandbox: Sandbox, edith: Client) -> None:
    foreign = put(sandbox, 5_001, chain_id=OTHER_CHAIN)
    for url in (at(foreign), f"{LIST}777/", at(put(sandbox)).replace(str(CHAIN), "9999")):
        assert edith.get(url).status_code == 404
    assert edith.post(at(put(sandbox))).status_code == 405


def test_signed_out_has_to_sign_in(sandbox: Sandbox, connection: Connection) -> None:
    assert Client().get(at(put(sandbox)))["Location"].startswith("/login/")


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_looking_sends_one_read(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    count = len(sandbox.calls())
    page_of(edith, at(raw))
    (call,) = sandbox.calls()[count:]
    assert call["query"]["abonements_ids[]"] == [str(raw["id"])]
    assert not writes(sandbox)


# What it is


def test_status_is_said_and_frozen_beside_it(sandbox: Sandbox, edith: Client) -> None:
    for slug, chip in (
        ("created", "chip"),
        ("active", "chip good"),
        ("expired", "chip muted"),
        ("wasted", "chip muted"),
    ):
        lead = shown(edith, sandbox, status=status(slug)).one("p", class_="lead inline")
        (said,) = (Element(node) for node in lead.node.css(".chip"))
        assert said.attrs["class"] == chip and said.text, slug
    lead = shown(edith, sandbox, is_frozen=True, freeze_period=5).one("p", class_="lead inline")
    assert len(lead.node.css(".chip")) == 2


def test_status_that_is_not_known_is_said_as_altegio_does(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, status={"id": 9, "slug": "lent", "title": "Lent"})
    assert len(page.all("span", class_="chip", text="Lent")) == 1


def test_type_is_a_link_to_it(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox)
    url = page.one("a", text="Manicure × 5").attrs["href"]
    assert url == f"/chains/{CHAIN}/membership-types/{MANICURES}/"
    assert page_of(edith, url).one("h1").text.strip() == "Manicure × 5"


def test_one_without_a_code_is_called_by_its_number(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, number="")
    assert str(raw["id"]) in page_of(edith, at(raw)).one("h1").text


def test_facts_are_said(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, freeze_period=5)
    assert list(facts(page_of(edith, at(raw))).values()) == [
        str(raw["id"]),
        "6 months",
        said_day(raw["expiration_date"]),
        "5 visits",
        "9 days left",
    ]


def test_freezing_is_said_where_altegio_says_of_it(sandbox: Sandbox, edith: Client) -> None:
    without_limit, not_allowed = (
        facts(shown(edith, sandbox, type_id))["Freezing"]
        for type_id in (FREEZES_FOR_EVER, NO_FREEZING)
    )
    assert without_limit and not_allowed and without_limit != not_allowed


# What is left


def test_pool_says_its_visits_and_what_it_covers(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, POOL, united_balance_services_count=1)
    assert page.one("p", class_="promise").text.strip().startswith("1 visit")
    rows = [" ".join(each.text.split()) for each in page.all("th", scope="row")]
    assert [row.split()[0] for row in rows] == ["Hair", "Nails"]
    assert not page.all("td", class_="num")


def test_pool_that_is_unlimited_or_not_said_is_not_called_empty(
    sandbox: Sandbox, edith: Client
) -> None:
    not_said = shown(edith, sandbox, POOL, united_balance_services_count=None)
    unlimited = shown(edith, sandbox, UNLIMITED_POOL)
    promises = [page.one("p", class_="promise").text for page in (not_said, unlimited)]
    assert promises[0] != promises[1]
    assert not re.search("[0-9]", " ".join(promises))


def test_services_say_what_is_left_of_each(sandbox: Sandbox, edith: Client) -> None:
    assert covered(shown(edith, sandbox, TWO_ROWS)) == [("Float bath", "2"), ("Hot stones", "2")]
    assert covered(shown(edith, sandbox, UNLIMITED_ROW)) == [
        ("Blow-dry", "unlimited"),
        ("Haircut", "2"),
    ]


# When


def test_timeline_tells_its_life(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, created_date=moment(-12), is_frozen=True, freeze_period=5)
    assert steps(page) == [
        said_day(moment(-12)),
        said_day(moment(-10)),
        "5 days",
        said_day(moment(100)),
    ]
    assert used(page) == (10, 110)


def test_timeline_of_an_expired_one(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, status=status("expired"), expiration_date=moment(-2))
    assert steps(page)[-1] == said_day(moment(-2))
    assert used(page) == (8, 8)


def test_change_of_clocks_takes_no_day(sandbox: Sandbox, edith: Client) -> None:
    """From winter to summer an hour is missing."""
    page = shown(
        edith,
        sandbox,
        status=status("expired"),
        activated_date="2026-03-20T10:00:00+02:00",
        expiration_date="2026-04-20T10:00:00+03:00",
    )
    assert used(page) == (31, 31)


def test_end_that_is_not_there_is_not_pretended(sandbox: Sandbox, edith: Client) -> None:
    issued = shown(
        edith, sandbox, status=status("created"), activated_date=None, expiration_date=None
    )
    assert not issued.all("progress")
    never = shown(edith, sandbox, period=0, period_unit_id=0, expiration_date=None)
    ends = [steps(page)[-1] for page in (issued, never)]
    assert all(ends) and ends[0] != ends[1]
    assert not re.search("[0-9]", " ".join([*ends, facts(never)["Lasts"]]))


# What can be done


def test_buttons_lead_to_each_change(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    found = [at(raw, name) for name in ("freeze", "balance", "validity")]
    assert list(buttons(page_of(edith, at(raw))).values()) == found
    raw = put(sandbox, is_frozen=True)
    assert at(raw, "unfreeze") in buttons(page_of(edith, at(raw))).values()


def locked(page: Page) -> list[str]:
    """Why the buttons cannot be pressed that cannot."""
    return [button.attrs["title"] for button in page.all("button", aria_disabled="true")]


def test_button_that_cannot_be_pressed_says_why(sandbox: Sandbox, edith: Client) -> None:
    (not_frozen,) = locked(shown(edith, sandbox, NO_FREEZING))
    not_counted = locked(shown(edith, sandbox, UNLIMITED_POOL))[-1]
    assert not_frozen and not_counted and not_frozen != not_counted


def test_missing_right_locks_its_own_buttons_only(
    sandbox: Sandbox, edith: Client, connection: Connection
) -> None:
    raw = put(sandbox)
    without_right(connection, PERIOD_RIGHT)
    page = page_of(edith, at(raw))
    period, same = locked(page)
    assert period == same and connection.name in period
    assert at(raw, "balance") in buttons(page).values()
    without_right(connection, BALANCE_RIGHT)
    page = page_of(edith, at(raw))
    (balance,) = locked(page)
    assert connection.name in balance and balance != period
    assert {at(raw, "freeze"), at(raw, "validity")} <= {*buttons(page).values()}


def test_assistant_may_do_none_of_it(sandbox: Sandbox, assisted: Client) -> None:
    page = shown(assisted, sandbox)
    assert len(locked(page)) == len(buttons(page)) == 3


# What was done


def test_what_this_dashboard_did_stands_there(
    sandbox: Sandbox, edith: Client, vera: Client
) -> None:
    raw, other = put(sandbox), put(sandbox)
    assert not page_of(edith, at(raw)).all("ol", class_="timeline")
    change(edith, raw, "freeze", {"until": in_days(3)})
    change(edith, raw, "validity", {"number": "1", "unit": "4"})
    newest, oldest = (f"/activity/{entry.pk}/" for entry in Entry.objects.all())
    for client in (edith, vera):
        told = page_of(client, at(raw)).one("ol", class_="timeline")
        assert "Edith Editor" in told.text
        assert told.node.html is not None
        assert told.node.html.index(newest) < told.node.html.index(oldest)
    assert not page_of(edith, at(other)).all("ol", class_="timeline")


# What Altegio garbles

GARBLED: list[dict[str, Any]] = [
    {"balance_container": None},
    {"balance_container": {"links": [{"count": "many"}]}},
    {"status": None},
    {"type": {}},
    {"created_date": "yesterday"},
    {"expiration_date": "2026-13-45"},
    {"is_united_balance": None},
    {"period": "long"},
]


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(sandbox: Sandbox, edith: Client) -> None:
    for fields in GARBLED:
        raw = put(sandbox)
        sandbox.put_membership(CHAIN, sandbox.membership_of(CHAIN, raw["id"]) | fields)
        page = page_of(edith, at(raw))
        assert page.all("div", class_="notice warn", role="note"), fields
        assert page.one("h1").text == "MC-77"
        lasts, ends = facts(page)["Lasts"], steps(page)[-1]
        assert (lasts == "6 months") == ("period" not in fields), fields
        assert (ends == said_day(moment(100))) == ("expiration_date" not in fields), fields


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_whole_membership_is_not_called_incomplete(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    for raw in sandbox.memberships_of(CHAIN)[:12]:
        page = page_of(edith, at(raw))
        assert not page.all("div", class_="notice warn", role="note")


def test_hostile_words_are_inert(sandbox: Sandbox, edith: Client) -> None:
    raw = put(
        sandbox,
        TWO_ROWS,
        number=HOSTILE,
        type={"id": TWO_ROWS, "title": HOSTILE},
        status={"id": 9, "slug": HOSTILE, "title": HOSTILE},
    )
    container = raw["balance_container"]
    (container["links"][0].get("service") or container["links"][0]["category"])["title"] = HOSTILE
    sandbox.alter_membership(CHAIN, raw["id"], balance_container=container)
    page = page_of(edith, at(raw))
    assert page.one("h1").text == HOSTILE
    assert page.text.count(HOSTILE) >= 4
    assert "<script>alert" not in page.html


@pytest.mark.slow
def test_altegio_gone_is_said(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    sandbox.fault(kind="bad_json", times=None, match={"path": "abonements"})
    answer = edith.get(at(raw))
    assert answer.status_code == 502
    assert "no-store" in answer["Cache-Control"]
    assert Page(answer).text.strip()
