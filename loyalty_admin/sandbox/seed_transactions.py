"""The loyalty transactions that the stand-in starts with: of 90 days, of every type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise

from loyalty_admin.sandbox.ledger import Ledger
from loyalty_admin.sandbox.membership_fields import has_status, zone_of
from loyalty_admin.sandbox.seed_memberships import FIRST_PHONE, FITNESS_PHONE
from loyalty_admin.sandbox.state import Chain, Raw
from loyalty_admin.sandbox.transaction_fields import WITHDRAWALS, blank_transaction

DAYS, FITNESS_COUNT = 90, 300
OPENS, CLOSES = time(9), time(20)
# How busy a day is, from Monday.
BUSY = (4, 4, 5, 5, 8, 9, 2)
# Types as they follow one another: most are discounts and points.
TYPES = [1, 2, 1, 9, 2, 3, 1, 2, 8, 1, 2, 1, 5, 9, 2, 1, 11, 2, 1, 3, 9]
TYPES += [2, 1, 2, 7, 1, 9, 2, 10, 1, 2, 6, 1, 9, 2, 1, 4, 2, 8, 1, 9]
OF_VISITS = {1, 2, 3, 8, 9, 10, 11}
ON_CARDS = {2, 3, 4, 5, 6, 7}
HOSTILE_TITLE = "<img src=x onerror=alert(6)> \"top-up\" & 'more'"
# Someone's slip of the keyboard, corrected later; and more digits than a binary number keeps.
HUGE, HUGER = Decimal("1234567.89"), Decimal("987654321098765.43")


def add_salon_transactions(chain: Chain, *, first_id: int, count: int, now: datetime) -> None:
    chain.transactions = Ledger(
        _maker(chain, first_id, count, now=now, first_phone=FIRST_PHONE, huge=HUGE)
    )


def add_fitness_transactions(chain: Chain, *, first_id: int, now: datetime) -> None:
    chain.transactions = Ledger(
        _maker(chain, first_id, FITNESS_COUNT, now=now, first_phone=FITNESS_PHONE, huge=HUGER)
    )


def _maker(
    chain: Chain, first_id: int, count: int, *, now: datetime, first_phone: int, huge: Decimal
) -> Callable[[], Iterator[Raw]]:
    """What makes the rows out of what the chain has now: other things are as they were at the
    start, whenever that is done."""
    locations = sorted(chain.location_ids)
    programs = {
        (location, kind): _programs_in(chain, location, kind)
        for location in locations
        for kind in ("cashback", "")
    }
    used = [one for one, raw in chain.abonements.items() if not has_status(raw, "created")]
    services = sorted(chain.services)

    def make() -> Iterator[Raw]:
        for place, created in enumerate(_moments(chain, count, now)):
            type_id = TYPES[place % len(TYPES)]
            raw = blank_transaction(chain.id, first_id + place, type_id)
            # Two rows a visit; the first locations of a chain are the busy ones.
            visit = place // 2
            location = locations[(visit % 10) ** 2 * len(locations) // 100]
            client = visit * 7 % 40
            cents = place * 7919 % 9000 + 100
            raw["amount"] = Decimal(-cents if type_id in WITHDRAWALS else cents).scaleb(-2)
            if type_id in OF_VISITS:
                raw["visit_id"] = first_id * 2 + visit
                raw["item_record_id"] = first_id * 3 + visit
                _add_item(raw, place, services)
            if type_id in ON_CARDS:
                raw["card_id"] = first_id // 10 + client
            if type_id in (1, 2):
                known = programs[location, "cashback" if type_id == 2 else ""]
                raw["program_id"] = known[visit % len(known)] if known else None
            elif type_id == 8:
                raw["certificate_id"] = first_id // 4 + visit % 50
            elif type_id in (9, 10):
                raw["abonement_id"] = used[visit % len(used)] if used else None
            _make_odd(raw, place, huge)
            yield raw | {
                "created": created,
                "company_id": location,
                "phone": str(first_phone + client),
            }

    return make


def _programs_in(chain: Chain, location: int, kind: str) -> list[int]:
    return [
        raw["id"]
        for raw in chain.programs.values()
        if raw["type"].startswith("cashback") == (kind == "cashback")
        and any(one["id"] == location for one in raw["companies"])
    ]


def _add_item(raw: Raw, place: int, services: list[int]) -> None:
    """A service of the chain, or one product in six."""
    if place % 6 == 5:
        raw |= {"item_type_id": 7, "item_id": 9001 + place % 3}
        raw["goods_transaction_id"] = raw["id"] * 3
    else:
        raw |= {"item_type_id": 1, "item_id": services[place % len(services)]}
        raw["services_transaction_id"] = raw["id"] * 4


def _make_odd(raw: Raw, place: int, huge: Decimal) -> None:
    if place % 83 == 7:
        raw["amount"] = Decimal("0.00")
    if place % 97 == 11:
        # Of something that is gone meanwhile.
        raw |= dict.fromkeys(("visit_id", "card_id", "program_id", "abonement_id", "item_id"))
    if place == 12:
        raw["amount"] = huge
    elif place == 31:
        raw["amount"] = -huge
    elif raw["type_id"] == 5 and place % 5 == 1:
        raw["type"] = raw["type"] | {"title": HOSTILE_TITLE}


def _moments(chain: Chain, count: int, now: datetime) -> Iterator[datetime]:
    """So many instants, in order, in the opening hours of the last days and none after `now`."""
    zone = zone_of(chain)
    today = now.astimezone(zone).date()
    openings = [
        datetime.combine(today - timedelta(ago), OPENS, zone) for ago in reversed(range(DAYS))
    ]
    days = [opens for opens in openings if opens < now]
    shares = list(accumulate((BUSY[opens.weekday()] for opens in days), initial=0))
    for opens, (before, after) in zip(days, pairwise(shares), strict=True):
        closes = min(now, datetime.combine(opens, CLOSES, zone)).astimezone(UTC)
        number = count * after // shares[-1] - count * before // shares[-1]
        for turn in range(number):
            yield opens.astimezone(UTC) + (closes - opens) * turn // number
