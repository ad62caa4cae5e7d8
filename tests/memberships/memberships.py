"""Memberships as they are read, without anybody to read them from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from loyalty_admin.altegio.membership_balance import Balance, Freezing
from loyalty_admin.altegio.memberships import Membership
from tests.memberships.common import RIGA


def membership(**fields: Any) -> Membership:
    """Active, of two services; what is not said is as plain as can be."""
    given: dict[str, Any] = {
        "id": 1,
        "code": "MC-77",
        "type_id": 11_001,
        "type_title": "Manicure × 5",
        "chain_id": 1101,
        "status": "active",
        "status_title": "Active",
        "is_frozen": False,
        "frozen_days": 0,
        "frozen_until": None,
        "period": 6,
        "period_unit": 3,
        "created_at": datetime(2026, 1, 30, 9, tzinfo=RIGA),
        "activated_at": datetime(2026, 1, 31, 10, tzinfo=RIGA),
        "expires_at": datetime(2026, 7, 31, 10, tzinfo=RIGA),
        "is_pooled": False,
        "is_pool_unlimited": False,
        "pool_left": None,
        "balances": (Balance(7, False, "Manicure", 5), Balance(8, True, "Nails", 2)),
        "balance_text": "",
        "freezing": Freezing(allowed=True, limit=2, limit_unit=2),
        "unreadable": (),
        "raw": {},
    }
    return Membership(**{**given, **fields})
