"""The page of one membership: what it is, what is left, when it ends, what was done here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import (
    CHAIN,
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
from tests.pages import Page, page_of

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
    told = page.one("ol", class_="steps").text
    return [step.text for step in page.all("li") if step.text in told]


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


def test_looking_sends_one_read(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    count = len(sandbox.calls())
    page_of(edith, at(raw))
    (call,) = sandbox.calls()[count:]
    assert call["query"]["abonements_ids[]"] == [str(raw["id"])]
    assert not writes(sandbox)


# What it is


@pytest.mark.parametrize(
    ("slug", "word", "chip"),
    [
        ("created", "issued", "chip "),
        ("active", "active", "chip good"),
        ("expired", "expired", "chip muted"),
        ("wasted", "used up", "chip muted"),
    ],
)
def test_status_is_said_in_words(
    profile: str, sandbox: Sandbox, edith: Client, slug: str, word: str, chip: str
) -> None:
    page = shown(edith, sandbox, status=status(slug))
    assert len(page.all("span", class_=chip, text=word)) == 1
    assert "frozen" not in page.one("p", class_="lead inline").text


def test_status_that_is_not_known_is_said_as_altegio_does(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, status={"id": 9, "slug": "lent", "title": "Lent"})
    assert len(page.all("span", class_="chip ", text="Lent")) == 1


def test_frozen_stands_beside_the_status(profile: str, sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, is_frozen=True, freeze_period=5)
    lead = " ".join(page.one("p", class_="lead inline").text.split())
    assert lead == "activefrozenManicure × 5"


def test_type_is_a_link_to_it(profile: str, sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox)
    url = page.one("a", text="Manicure × 5").attrs["href"]
    assert url == f"/chains/{CHAIN}/membership-types/{MANICURES}/"
    assert page_of(edith, url).one("h1").text.strip() == "Manicure × 5"


def test_one_without_a_code_is_called_by_its_number(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, number="")
    assert str(raw["id"]) in page_of(edith, at(raw)).one("h1").text


def test_facts_are_said(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, freeze_period=5)
    assert facts(page_of(edith, at(raw))) == {
        "Number at Altegio": str(raw["id"]),
        "Lasts": "6 months",
        "Expires": said_day(raw["expiration_date"]),
        "Left": "5 visits",
        "Freezing": "9 days left",
    }


# What is left


def test_pool_says_its_visits_and_what_it_covers(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    page = shown(edith, sandbox, POOL, united_balance_services_count=1)
    assert page.one("p", class_="promise").text == "1 visit, whatever of these"
    rows = [" ".join(each.text.split()) for each in page.all("th", scope="row")]
    assert rows == ["Hair the whole category", "Nails the whole category"]
    assert not page.all("td", class_="num")


def test_pool_that_altegio_does_not_say_is_not_called_empty(
    sandbox: Sandbox, edith: Client
) -> None:
    raw = put(sandbox, POOL, united_balance_services_count=None)
    page = page_of(edith, at(raw))
    assert page.one("p", class_="promise").text == "Altegio did not say how many visits are left"


def test_services_say_what_is_left_of_each(profile: str, sandbox: Sandbox, edith: Client) -> None:
    assert covered(shown(edith, sandbox, TWO_ROWS)) == [("Float bath", "2"), ("Hot stones", "2")]
    assert covered(shown(edith, sandbox, UNLIMITED_ROW)) == [
        ("Blow-dry", "unlimited"),
        ("Haircut", "2"),
    ]


def test_unlimited_pool_is_said(profile: str, sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, UNLIMITED_POOL)
    assert page.one("p", class_="promise").text == "As many visits as the client likes"


# When


def test_timeline_tells_its_life(profile: str, sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, created_date=moment(-12), is_frozen=True, freeze_period=5)
    assert steps(page) == [
        f"Created{said_day(moment(-12))}",
        f"Activated{said_day(moment(-10))}",
        "Frozen in all5 days",
        f"Expires{said_day(moment(100))}",
    ]
    assert "of 110 days are gone" in page.text


def test_timeline_of_an_expired_one(sandbox: Sandbox, edith: Client) -> None:
    page = shown(edith, sandbox, status=status("expired"), expiration_date=moment(-2))
    assert steps(page)[-1] == f"Expired{said_day(moment(-2))}"
    assert "8 of 8 days are gone" in page.text


def test_change_of_clocks_takes_no_day(sandbox: Sandbox, edith: Client) -> None:
    """From winter to summer an hour is missing."""
    page = shown(
        edith,
        sandbox,
        status=status("expired"),
        activated_date="2026-03-20T10:00:00+02:00",
        expiration_date="2026-04-20T10:00:00+03:00",
    )
    assert "31 of 31 days are gone" in page.text


def test_end_that_is_not_there_is_not_pretended(sandbox: Sandbox, edith: Client) -> None:
    page = shown(
        edith, sandbox, status=status("created"), activated_date=None, expiration_date=None
    )
    assert steps(page)[-1] == "Expirescounted from its activation"
    assert not page.all("progress")
    page = shown(edith, sandbox, period=0, period_unit_id=0, expiration_date=None)
    assert steps(page)[-1] == "Expiresnever"
    assert facts(page)["Lasts"] == "without end"


# What can be done


def test_buttons_lead_to_each_change(profile: str, sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    assert buttons(page_of(edith, at(raw))) == {
        "Freeze": at(raw, "freeze"),
        "Correct the balance": at(raw, "balance"),
        "Change the validity": at(raw, "validity"),
    }
    raw = put(sandbox, is_frozen=True)
    assert buttons(page_of(edith, at(raw)))["Unfreeze"] == at(raw, "unfreeze")


def test_button_that_cannot_be_pressed_says_why(sandbox: Sandbox, edith: Client) -> None:
    found = buttons(shown(edith, sandbox, NO_FREEZING))
    assert found["Freeze"] == "Its type does not allow freezing."
    found = buttons(shown(edith, sandbox, UNLIMITED_POOL))
    assert found["Correct the balance"] == "What is unlimited cannot be changed."


def test_missing_right_locks_its_own_buttons_only(
    sandbox: Sandbox, edith: Client, connection: Connection
) -> None:
    without_right(connection, PERIOD_RIGHT)
    raw = put(sandbox)
    found = buttons(page_of(edith, at(raw)))
    assert "no right to freeze memberships" in found["Freeze"]
    assert "no right to freeze memberships" in found["Change the validity"]
    assert found["Correct the balance"] == at(raw, "balance")
    without_right(connection, BALANCE_RIGHT)
    found = buttons(page_of(edith, at(raw)))
    assert "no right to correct balances" in found["Correct the balance"]
    assert found["Freeze"] == at(raw, "freeze")


def test_assistant_may_do_none_of_it(sandbox: Sandbox, assisted: Client) -> None:
    found = buttons(shown(assisted, sandbox))
    assert len(found) == 3
    assert all("no right to" in text for text in found.values())


# What was done


def test_what_this_dashboard_did_stands_there(
    profile: str, sandbox: Sandbox, edith: Client, vera: Client
) -> None:
    raw = put(sandbox)
    page = page_of(edith, at(raw))
    assert "Nothing yet." in page.text
    change(edith, raw, "freeze", {"until": in_days(3)})
    change(edith, raw, "validity", {"number": "1", "unit": "4"})
    for client in (edith, vera):
        told = page_of(client, at(raw)).one("ol", class_="timeline").text
        assert "Edith Editor freeze" in " ".join(told.split())
        assert told.index("change the validity") < told.index("freeze")
    other = put(sandbox)
    assert "Nothing yet." in page_of(edith, at(other)).text


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


@pytest.mark.parametrize("fields", GARBLED, ids=lambda fields: next(iter(fields)))
def test_what_cannot_be_read_is_said_and_the_rest_is_shown(
    sandbox: Sandbox, edith: Client, fields: dict[str, Any]
) -> None:
    raw = put(sandbox)
    sandbox.put_membership(CHAIN, sandbox.membership_of(CHAIN, raw["id"]) | fields)
    page = page_of(edith, at(raw))
    assert "Altegio did not say everything about it" in page.text
    assert page.one("h1").text == "MC-77"
    assert facts(page)["Lasts"] == ("not known" if "period" in fields else "6 months")
    ends = steps(page)[-1].removeprefix("Expires")
    assert ends == ("not known" if "expiration_date" in fields else said_day(moment(100)))


def test_whole_membership_is_not_called_incomplete(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    for raw in sandbox.memberships_of(CHAIN)[:25]:
        page = page_of(edith, at(raw))
        assert "Altegio did not say everything about it" not in page.text


def test_hostile_words_are_inert(profile: str, sandbox: Sandbox, edith: Client) -> None:
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


def test_altegio_gone_is_said(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    sandbox.fault(kind="bad_json", times=None, match={"path": "abonements"})
    answer = edith.get(at(raw))
    assert answer.status_code == 502
    assert "no-store" in answer["Cache-Control"]
    assert Page(answer).text.strip()
