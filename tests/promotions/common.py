"""What the tests of promotions share: addresses, and looking into the stand-in."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.server import CHAINS, Sandbox

CHAIN, OTHER_CHAIN = CHAINS
LIST = f"/chains/{CHAIN}/promotions/"
HOSTILE = "<script>alert(1)</script> \"promo\" & 'sale'"
# Where the first chain is.
LOCATIONS = (501, 502, 503, 504, 505)
SEARCH = "loyalty/programs/search"
# A fault of a read that is not tried again: nobody has to wait for it.
SILENT: dict[str, Any] = {"kind": "status", "status": 403, "times": None}

# Promotions of the stand-in's first chain, by what is particular about them.
STATIC = 21001  # 10 % off in the first location; Welcome, 10% off
VISITS = 21002  # three tiers of visits, counted since a day; sends the chain's long text
SIX_TIERS = 21003  # sums bought; a year, with a notice; Золотая скидка
EVERYWHERE = 21005  # cashback 5 % of the bill; shares its title with the next
PAID = 21006  # cashback 5 % of paid, ten uses, 90 days
CHOSEN = 21007  # a chosen service and a chosen category of services
FALLING = 21008  # its last tier gives less; half a year
OWN_TEXT = 21009  # sends a text of its own; Постоянный гость 🎁
FIFTH = 21011  # every fifth visit, on services only, three uses
IN_MONEY = 21012  # a sum of money every third visit
PACKAGE = 21013  # three paid services, two services for less
HOSTILE_ONE = 21014  # title and both messages
LONG = 21015
PRODUCTS = 21016  # 15 € off named products and a category of products
TIERS_IN_MONEY = 21018  # five tiers in money on chosen services and products
FOREIGN = 27001  # the second chain's


def listed(sandbox: Sandbox, chain_id: int = CHAIN) -> list[dict[str, Any]]:
    """The chain's promotions that are not deleted, as the stand-in has them."""
    return [raw for raw in sandbox.promotions_of(chain_id) if not raw["is_deleted"]]


def named(sandbox: Sandbox, title: str, chain_id: int = CHAIN) -> dict[str, Any]:
    """The one promotion of this title."""
    (found,) = [raw for raw in listed(sandbox, chain_id) if raw["title"] == title]
    return found


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The calls that may have changed something, signing in aside."""
    return [call for call in sandbox.calls() if call["method"] != "GET" and call["path"] != "/auth"]


def asked_of(calls: list[dict[str, Any]], chain_id: int = CHAIN) -> list[str]:
    """What was asked about promotions, in order: method and what follows the chain's promotions,
    or the location whose list it was, as in "GET /21001" and "GET in 501"."""
    path = f"/chain/{chain_id}/loyalty/programs"
    asked = []
    for call in calls:
        if call["path"].startswith(path):
            asked.append(f"{call['method']} {call['path'].removeprefix(path)}".strip())
        elif call["path"].endswith(SEARCH):
            asked.append(f"{call['method']} in {call['path'].split('/')[2]}")
    return asked
