"""What the tests of gift card types share: addresses, and looking into the stand-in."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.server import CHAINS, Sandbox

CHAIN, OTHER_CHAIN = CHAINS
LIST = f"/chains/{CHAIN}/gift-card-types/"
HOSTILE = "<script>alert(1)</script> \"gift\" & 'card'"

# Types of the stand-in's first chain, by what is particular about them.
ISSUED = 31001  # 214 cards; on sale online at its face value; Gift card €50
DATED = 31002  # until a day in the zone of Riga; Dāvanu karte 75 €
PLAIN = 31003  # any services, six months; Подарок для мамы
ONLINE = 31004  # on sale online below its face value; shares its title with the next
WITH_SERVICES = 31007  # named services; Manicure and pedicure
PAST = 31011  # until a day that is over; Christmas 2024
FOREIGN = 31012  # until a moment with the offset -05:00; Black Friday
UNMODELLED = 31016  # carries keys that no form shows
ARCHIVED_BY_ALTEGIO = 31018  # and still on sale online; Spa evening
NO_LOCATION = 31020
UNKNOWN_EDITING = 31022  # its balance_edit_type_id is 7


def listed(sandbox: Sandbox, chain_id: int = CHAIN) -> list[dict[str, Any]]:
    """The chain's types that are not deleted, as the stand-in has them."""
    return [raw for raw in sandbox.certificate_types_of(chain_id) if not raw["is_deleted"]]


def named(sandbox: Sandbox, title: str, chain_id: int = CHAIN) -> dict[str, Any]:
    """The one type of this title."""
    (found,) = [raw for raw in listed(sandbox, chain_id) if raw["title"] == title]
    return found


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The calls that may have changed something, signing in aside."""
    return [call for call in sandbox.calls() if call["method"] != "GET" and call["path"] != "/auth"]


def asked_of(calls: list[dict[str, Any]], chain_id: int = CHAIN) -> list[str]:
    """What was asked about the chain's gift card types: method, and what follows the list."""
    path = f"/chain/{chain_id}/loyalty/certificate_types"
    return [
        f"{call['method']} {call['path'].removeprefix(path)}".strip()
        for call in calls
        if call["path"].startswith(path)
    ]
