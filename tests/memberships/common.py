"""What the tests of sold memberships share: addresses, memberships to act on, what was called."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.pages import Page

CHAIN, OTHER_CHAIN = CHAINS
LIST = f"/chains/{CHAIN}/memberships/"
HOSTILE = "<script>alert(1)</script> \"code\" & 'more'"
# The clock by which the first chain's memberships begin and end.
RIGA = ZoneInfo("Europe/Riga")
# Where the first chain is.
LOCATIONS = (501, 502, 503, 504, 505)
# Of nobody among those that the stand-in starts with.
PHONE = "37129990000"

# Types of the first chain, by what matters about them here.
MANICURES = 11_001  # five; six months; may be frozen for 14 days
NO_FREEZING = 11_002
POOL = 11_004  # 20 visits
UNLIMITED_POOL = 11_005
UNLIMITED_ROW = 11_012  # blow-dry without limit, two haircuts
TWO_ROWS = 11_013  # float bath and hot stones, two each
FREEZES_FOR_EVER = 11_018

STATUSES = {
    "created": (1, "Issued"),
    "active": (2, "Active"),
    "expired": (3, "Expired"),
    "wasted": (4, "Used up"),
}


def today() -> date:
    return datetime.now(RIGA).date()


def moment(days: int, hour: int = 10) -> str:
    """So many days from now, at the chain's clock, as Altegio writes it."""
    return datetime.combine(today() + timedelta(days), time(hour), RIGA).isoformat()


def end_of_day(days: int) -> datetime:
    """Of the day so many days from now, at the chain's clock."""
    return datetime.combine(today() + timedelta(days), time(23, 59, 59), RIGA)


def begun_days(until: datetime) -> int:
    """Days of 24 hours from now until then: as many as the calendar says, but for an hour of those
    days after which clocks are changed."""
    return math.ceil((until - datetime.now(UTC)) / timedelta(days=1))


def said_day(text: str) -> str:
    """A day as the pages say it, from a moment as Altegio writes it."""
    day = datetime.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def status(slug: str) -> dict[str, Any]:
    number, title = STATUSES[slug]
    return {"id": number, "slug": slug, "title": title, "extended_title": title}


def put(
    sandbox: Sandbox, type_id: int = MANICURES, *, chain_id: int = CHAIN, **fields: Any
) -> dict[str, Any]:
    """A new membership, active for ten days already and for a hundred to come."""
    given = {
        "type": {"id": type_id},
        "phone": PHONE,
        "number": "MC-77",
        "status": status("active"),
        "activated_date": moment(-10),
        "expiration_date": moment(100),
        **fields,
    }
    return sandbox.put_membership(chain_id, given)


def kept(sandbox: Sandbox, raw: dict[str, Any]) -> dict[str, Any]:
    """The membership as the stand-in has it now."""
    return sandbox.membership_of(CHAIN, raw["id"])


def links(raw: dict[str, Any]) -> dict[int, Any]:
    """Visits left by the number of a service or category; "unlimited" where there is no limit."""
    rows = raw["balance_container"]["links"]
    return {
        (row.get("service") or row["category"])["id"]: (
            "unlimited" if row["is_unlimited"] else row["count"]
        )
        for row in rows
    }


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The calls that may have changed something, signing in aside."""
    return [call for call in sandbox.calls() if call["method"] != "GET" and call["path"] != "/auth"]


def sent(sandbox: Sandbox) -> list[tuple[str, Any]]:
    """The last part of the address and the body of each of these."""
    return [(call["path"].rpartition("/")[2], call["body"]) for call in writes(sandbox)]


def asked_by_phone(sandbox: Sandbox) -> dict[int, list[str]]:
    """Under which digits each location was asked."""
    found: dict[int, list[str]] = {}
    for call in sandbox.calls():
        if call["path"] == "/loyalty/abonements":
            (location,), (digits,) = call["query"]["company_id"], call["query"]["phone"]
            found.setdefault(int(location), []).append(digits)
    return found


def fields_with_errors(page: Page) -> set[str]:
    """The names of the fields beside which an error stands."""
    lists = page.all("ul", class_="field-errors")
    return {one.attrs["id"].removeprefix("id_").removesuffix("_error") for one in lists}
