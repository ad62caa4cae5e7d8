"""Reading a sold membership, and telling later whether it is still as somebody saw it."""

from __future__ import annotations

import hashlib
from typing import Any

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.errors import NotFound
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import actions


def read_membership(*, ctx: ChainContext, membership_id: int) -> Membership:
    """The membership as it is at Altegio now. Raises NotFound also for another chain's."""
    read = api.read_membership(ctx.transport(), ctx.id, membership_id)
    if not is_of(read, ctx):
        raise NotFound(status=404)
    return read


def is_of(membership: Membership, ctx: ChainContext) -> bool:
    """False only where Altegio says that it is another chain's."""
    return membership.chain_id in (None, ctx.id)


def state_of(membership: Membership, action: str) -> str:
    """What a person decides such a change by, to tell later whether it is still so: of a balance
    the visits left, else the rest. A visit is no reason not to freeze."""
    state: tuple[Any, ...] = (
        membership.status,
        membership.is_frozen,
        membership.frozen_days,
        membership.period,
        membership.period_unit,
        membership.activated_at and membership.activated_at.timestamp(),
        membership.expires_at and membership.expires_at.timestamp(),
    )
    if action == actions.BALANCE_SET:
        rows = [(row.id, row.left, row.is_unlimited) for row in membership.balances]
        state = membership.pool_left, rows
    return hashlib.sha256(repr(state).encode()).hexdigest()
