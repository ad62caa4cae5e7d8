"""What the tests of membership types share: addresses, and looking into the stand-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from loyalty_admin.connections.models import Connection
from loyalty_admin.membership_types import listing
from loyalty_admin.sandbox.server import CHAINS, Sandbox

CHAIN, OTHER_CHAIN = CHAINS
LIST = f"/chains/{CHAIN}/membership-types/"
HOSTILE = "<script>alert(1)</script> \"quoted\" & 'more'"


def listed(sandbox: Sandbox, chain_id: int = CHAIN) -> list[dict[str, Any]]:
    """The chain's types that are not deleted, as the stand-in has them."""
    return [raw for raw in sandbox.types_of(chain_id) if not raw["is_deleted"]]


def named(sandbox: Sandbox, title: str, chain_id: int = CHAIN) -> dict[str, Any]:
    """The one type of this title."""
    (found,) = [raw for raw in listed(sandbox, chain_id) if raw["title"] == title]
    return found


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The calls that may have changed something, signing in aside."""
    return [call for call in sandbox.calls() if call["method"] != "GET" and call["path"] != "/auth"]


def grow_old(connection: Connection, *, minutes: int, chain_id: int = CHAIN) -> None:
    """Let the kept list of the chain have been read so long ago."""
    key = f"list:{listing.KIND}:{connection.pk}:{chain_id}"
    stamp, kept = cache.get(key)
    old = replace(kept, read_at=timezone.now() - timedelta(minutes=minutes))
    cache.set(key, (f"{stamp}-old", old))
    cache.set(f"{key}:stamp", f"{stamp}-old")


def asked_of(calls: list[dict[str, Any]], chain_id: int = CHAIN) -> list[str]:
    """What was asked about the chain's membership types: method, and what follows the list."""
    path = f"/chain/{chain_id}/loyalty/abonement_types"
    return [
        f"{call['method']} {call['path'].removeprefix(path)}".strip()
        for call in calls
        if call["path"].startswith(path)
    ]
