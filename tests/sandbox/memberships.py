"""What the tests of sold memberships share: addresses, a stopped clock, memberships to act on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.sandbox.api import FITNESS, SALON, Api

LIST = f"/chain/{SALON}/loyalty/abonements"
FITNESS_LIST = f"/chain/{FITNESS}/loyalty/abonements"
BY_PHONE = "/loyalty/abonements"
FIRST, FITNESS_FIRST = 900_001, 800_001
NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
PHONE = "37129990000"
# Types of the salon chain, by what matters about them here.
FIVE_MANICURES = 11_001  # six months; may be frozen for 14 days
NO_FREEZING = 11_002
POOL = 11_004  # 20 visits, a year, no freezing
UNLIMITED_POOL = 11_005
UNLIMITED_ROW = 11_012  # blow-dry without limit, two haircuts
TWO_ROWS = 11_013  # float bath and hot stones, two each, 12 weeks
WHOLE_CATEGORY = 11_017  # 4 visits
FREEZES_FOR_EVER = 11_018  # six foot massages, eight weeks
MONTH_OF_FREEZING = 11_028

STATUSES = {
    "created": (1, "Issued", "Issued, not activated yet"),
    "active": (2, "Active", "Active"),
    "expired": (3, "Expired", "The validity is over"),
    "wasted": (4, "Used up", "No visits are left"),
}


def status(slug: str) -> dict[str, Any]:
    number, title, extended = STATUSES[slug]
    return {"id": number, "slug": slug, "title": title, "extended_title": extended}


ACTIVE: dict[str, Any] = {
    "status": status("active"),
    "activated_date": "2026-05-01T10:00:00+03:00",
    "expiration_date": "2026-11-01T10:00:00+02:00",
}
FROZEN: dict[str, Any] = {
    "is_frozen": True,
    "freeze_period": 3,
    "freeze_till": "2026-05-12T10:00:00+03:00",
}


def make(api: Api, type_id: int = FIVE_MANICURES, **fields: Any) -> int:
    """The id of a new membership of the salon chain, issued at `NOW`, when the clock stops."""
    api.sandbox.set_now(NOW)
    given = {"type": {"id": type_id}, "phone": PHONE, **fields}
    return int(api.sandbox.put_membership(SALON, given)["id"])


def kept(api: Api, membership_id: int) -> dict[str, Any]:
    return api.sandbox.membership_of(SALON, membership_id)


def ids_of(api: Api, path: str, **query: Any) -> list[int]:
    return [int(raw["id"]) for raw in api.read(path, **query)]


def by_phone(api: Api, phone: str = PHONE, location_id: int = 501, **query: Any) -> list[int]:
    return ids_of(api, BY_PHONE, company_id=location_id, phone=phone, **query)


def shown(api: Api, membership_id: int) -> dict[str, Any]:
    """As the API lists it."""
    [raw] = api.read(LIST, **{"abonements_ids[]": membership_id})
    assert isinstance(raw, dict)
    return raw


def act(api: Api, membership_id: int, action: str, **body: Any) -> Any:
    """Do it and give the data of the answer."""
    answer = api.call("POST", f"{LIST}/{membership_id}/{action}", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def refused(api: Api, membership_id: int, action: str, **body: Any) -> tuple[int, str]:
    """The status and the message of a refusal; nothing was changed."""
    before = kept(api, membership_id)
    answer = api.call("POST", f"{LIST}/{membership_id}/{action}", body)
    assert kept(api, membership_id) == before
    assert answer.json()["success"] is False
    return answer.status_code, answer.json()["meta"]["message"]
