"""A chain's whole list of one kind of object, kept in the cache for each connection.

Reading it costs one look at a small stamp; the list itself stays in this process until
the stamp changes. A write puts the row that was read back into the list at once.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from loyalty_admin.chains.models import KeptListVersion
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.services import usable_connections
from loyalty_admin.metrics import counting

FRESH_FOR = timedelta(minutes=5)
KEPT_FOR = 60 * 60  # seconds
ONE_REFRESH_TAKES = 15  # seconds; after that another may begin
IN_MEMORY = 32  # lists


@dataclass(frozen=True, kw_only=True)
class KeptList[Row]:
    """`read_at` is when its reading began; `is_complete` says that none is known to lack.

    `unanswered`: locations that gave nothing, where each is asked for its own part.
    `is_under_way`: time ran out over it, and reading it again at once brings more.
    """

    rows: Mapping[int, Row]
    read_at: datetime
    is_complete: bool = True
    unanswered: tuple[int, ...] = ()
    is_under_way: bool = False

    @property
    def is_fresh(self) -> bool:
        return not self.is_under_way and timezone.now() - self.read_at < FRESH_FOR


_in_memory: OrderedDict[str, tuple[str, KeptList[Any]]] = OrderedDict()


def _key(connection_id: int, chain_id: int, kind: str) -> str:
    return f"list:{kind}:{connection_id}:{chain_id}"


def get(ctx: ChainContext, kind: str) -> KeptList[Any] | None:
    """The list as kept for the acting connection; None when it must be read first."""
    kept = _kept(ctx, kind)
    counting.note_lookup(kind, found=kept is not None and kept.is_fresh)
    return kept


def _kept(ctx: ChainContext, kind: str) -> KeptList[Any] | None:
    key = _key(ctx.connection.pk, ctx.id, kind)
    stamp = cache.get(f"{key}:stamp")
    if stamp is None:
        return None
    remembered = _in_memory.get(key)
    if remembered and remembered[0] == stamp:
        return remembered[1]
    stored: tuple[str, KeptList[Any]] | None = cache.get(key)
    if stored is None or not _is_readable(stored[1]):
        return None
    _in_memory[key] = stored
    while len(_in_memory) > IN_MEMORY:
        _in_memory.popitem(last=False)
    return stored[1]


def _is_readable(kept: KeptList[Any]) -> bool:
    """Whether its rows have every field: one that an earlier version kept may lack some."""
    return all(
        hasattr(row, name)
        for row in kept.rows.values()
        for name in getattr(row, "__dataclass_fields__", ())
    )


def refresh[Row](ctx: ChainContext, kind: str, read: Callable[[], KeptList[Row]]) -> KeptList[Row]:
    """Read the list anew and keep it, unless a write happened meanwhile.

    Of several that ask at once one reads; the others take its result.
    """
    lock, mine = f"{_key(ctx.connection.pk, ctx.id, kind)}:reading", secrets.token_hex(8)
    asked_at = timezone.now()
    if not cache.add(lock, mine, ONE_REFRESH_TAKES):
        other = _wait_for_other(ctx, kind, lock, asked_at)
        if other is not None:
            return other
    try:
        for _attempt in range(2):
            version = _version(ctx, kind).version
            fresh = read()
            with transaction.atomic():
                if _version(ctx, kind, lock=True).version == version:
                    _store(ctx.connection.pk, ctx.id, kind, fresh)
                    return fresh
            newer = _kept(ctx, kind)
            if newer is not None:
                return newer
        return fresh
    finally:
        if cache.get(lock) == mine:
            cache.delete(lock)


def put_row(ctx: ChainContext, kind: str, row_id: int, row: Any) -> None:
    """Put a row that was read back into the list, for every process at once."""
    _change(ctx, kind, lambda rows: {**rows, row_id: row})


def drop_row(ctx: ChainContext, kind: str, row_id: int) -> None:
    _change(ctx, kind, lambda rows: {key: row for key, row in rows.items() if key != row_id})


def note_write(ctx: ChainContext, kind: str) -> None:
    """Make refreshes that are under way discard what they read."""
    _change(ctx, kind, lambda rows: rows)


def _change(
    ctx: ChainContext, kind: str, change: Callable[[Mapping[int, Any]], Mapping[int, Any]]
) -> None:
    with transaction.atomic():
        version = _version(ctx, kind, lock=True)
        version.version += 1
        version.save(update_fields=["version"])
        for linked in usable_connections():  # also those that only others may use
            key = _key(linked.pk, ctx.id, kind)
            stored = cache.get(key) if linked.pk == ctx.connection.pk else None
            if stored is None:
                # What one account read is never shown through another: that one reads again.
                cache.delete_many([key, f"{key}:stamp"])
            else:
                kept = replace(stored[1], rows=change(stored[1].rows))
                _store(linked.pk, ctx.id, kind, kept)


def _store(connection_id: int, chain_id: int, kind: str, kept: KeptList[Any]) -> None:
    key = _key(connection_id, chain_id, kind)
    stamp = secrets.token_hex(8)
    cache.set(key, (stamp, kept), KEPT_FOR)
    cache.set(f"{key}:stamp", stamp, KEPT_FOR)


def _version(ctx: ChainContext, kind: str, *, lock: bool = False) -> KeptListVersion:
    versions = KeptListVersion.objects
    found = versions.select_for_update() if lock else versions.all()
    version, _made = found.get_or_create(api_url=ctx.connection.api_url, chain_id=ctx.id, kind=kind)
    return version


def _wait_for_other(
    ctx: ChainContext, kind: str, lock: str, asked_at: datetime
) -> KeptList[Any] | None:
    patience = time.monotonic() + ONE_REFRESH_TAKES
    while cache.get(lock) and time.monotonic() < patience:
        time.sleep(0.1)
    kept = _kept(ctx, kind)
    # A reading that began before this one was asked for is still newer than any older list.
    return kept if kept and kept.read_at > asked_at - timedelta(seconds=ONE_REFRESH_TAKES) else None
