"""What the tests of loyalty transactions share: the address, a period of their own, rows in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.sandbox.api import FITNESS, SALON, Api

LIST = f"/chain/{SALON}/loyalty/transactions"
FITNESS_LIST = f"/chain/{FITNESS}/loyalty/transactions"
NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
ALWAYS = {"created_after": "0001-01-01", "created_before": "9999-12-31"}
# Long before the seeds: only what a test added is there.
NOON = datetime(2001, 2, 3, 12, tzinfo=UTC)
THAT_DAY = {"created_after": "2001-02-03", "created_before": "2001-02-03"}


def add(api: Api, *rows: dict[str, Any]) -> list[int]:
    """The ids of new transactions of the salon chain, of noon where they say nothing else."""
    added = api.sandbox.add_transactions(SALON, [{"created": NOON, **row} for row in rows])
    return [row["id"] for row in added]


def ids_of(api: Api, path: str = LIST, **query: Any) -> list[int]:
    return [int(row["id"]) for row in api.read(path, **(THAT_DAY | query))]
