"""Changing several memberships at once: what is done to each, and the job that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from loyalty_admin.altegio import memberships as api
from loyalty_admin.altegio.errors import AltegioError, TooManyRequests
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.audit import holding, settling
from loyalty_admin.audit import services as audit
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.catalog.words import DAYS_OF_UNIT
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.jobs import services as jobs
from loyalty_admin.jobs.kinds import Step
from loyalty_admin.jobs.models import Item, Job
from loyalty_admin.memberships import actions, reading, services, words
from loyalty_admin.memberships.changes import SetPeriod, Wanted, load
from loyalty_admin.web import signed

KIND = "memberships"
SALT = "memberships.several"
MOST = 500
PLAN_HOLDS = timedelta(hours=1)


@dataclass(frozen=True)
class Planned:
    """One membership: the change, or why it cannot be made."""

    membership: Membership
    wanted: Wanted | None
    why_not: str = ""


type Plan = Callable[[Membership], Planned]


def same_for_all(wanted: Wanted) -> Plan:
    def plan(membership: Membership) -> Planned:
        reason = wanted.why_not(membership)
        return Planned(membership, None if reason else wanted, reason)

    return plan


def longer_by(days: int) -> Plan:
    """Altegio knows lengths only, so each gets its own one, in days."""

    def plan(membership: Membership) -> Planned:
        wanted, reason = _longer(membership, days)
        return Planned(membership, wanted, reason)

    return plan


def _longer(membership: Membership, days: int) -> tuple[Wanted | None, str]:
    if not membership.knows_length:
        return None, _("Altegio did not say how long it lasts.")
    start, end = membership.activated_at, membership.expires_at
    if not membership.period or (start is not None and end is None):
        return None, _("It never expires.")
    if start is not None and end is not None:
        # By the calendar, at whatever hour it ends; what freezing added stays added by itself.
        lasts = (end.date() - start.date()).days - membership.frozen_days
    elif membership.period_unit in (1, 2):
        lasts = membership.period * DAYS_OF_UNIT[membership.period_unit]
    else:
        return None, _("It is not activated yet, and months cannot be counted in days before.")
    wanted = SetPeriod(lasts + days, 1)
    reason = wanted.why_not(membership)
    return None if reason else wanted, reason


def plan_all(ctx: ChainContext, ids: Iterable[int], plan: Plan) -> list[Planned]:
    """What would be done to each. Raises AltegioError."""
    found = api.list_by_ids(ctx.transport(), ctx.id, ids)
    return [plan(one) for one in found if reading.is_of(one, ctx)]


def sign(ctx: ChainContext, title: str, planned: Iterable[Planned]) -> str:
    """What was shown, so that just that is done."""
    rows = [
        {
            "id": one.membership.id,
            "title": words.code(one.membership),
            "action": one.wanted.action,
            "change": one.wanted.dump(),
            "seen": reading.state_of(one.membership, one.wanted.action),
        }
        for one in planned
        if one.wanted
    ]
    return signed.write({"title": title, "rows": rows}, salt=_salt(ctx))


def unsign(ctx: ChainContext, text: str) -> tuple[str, list[dict[str, Any]]] | None:
    """The title and the rows; None where we did not sign them for the chain, or too long ago."""
    plan = signed.read(text, salt=_salt(ctx), max_age=PLAN_HOLDS)
    return (plan["title"], plan["rows"]) if plan else None


def _salt(ctx: ChainContext) -> str:
    return f"{SALT}.{ctx.id}"


def begin(
    ctx: ChainContext, *, rows: list[dict[str, Any]], title: str, form_id: str, note: str
) -> Job:
    """Have the worker do what was planned; the same form begins one job."""
    action = rows[0]["action"]
    submission = audit.submission_of(ctx, form_id=form_id, action=f"several.{action}")
    return jobs.start(
        ctx,
        submission=submission,
        kind=KIND,
        title=title,
        note=note,
        items=[(row["id"], row["title"], row) for row in rows],
    )


def run(ctx: ChainContext, item: Item) -> Step:
    """One membership of a job. What was begun before is settled by reading, never sent again."""
    begun = entry_of(ctx, item)
    if begun is not None:
        reason = _("The worker stopped before anything was sent.")
        if not holding.refuse_unsent(begun, reason=reason):
            return Step.of(_settled(ctx, begun))
        item.tries += 1
        item.save(update_fields=["tries"])
    try:
        return Step.of(_change(ctx, item))
    except AltegioError as error:
        begun = entry_of(ctx, item)
        if begun is None:
            raise
        rest = error.retry_after if isinstance(error, TooManyRequests) else 0.0
        return replace(Step.of(begun), rest=rest)


def _change(ctx: ChainContext, item: Item) -> Entry:
    try:
        written = services.change_membership(
            ctx=ctx,
            membership_id=item.object_id,
            wanted=load(item.asked["action"], item.asked["change"]),
            seen=item.asked["seen"],
            form_id=_form_id(item),
            note=item.job.note,
        )
    except services.ChangedMeanwhile:
        raise CannotWrite(
            _("It changed at Altegio since the preview: look at it again. Nothing was sent.")
        ) from None
    assert written.entry is not None  # a change is either sent or refused before
    return written.entry


def _form_id(item: Item) -> str:
    return f"item-{item.pk:08}-of-a-job-try-{item.tries}"


def entry_of(ctx: ChainContext, item: Item) -> Entry | None:
    """The row in the journal of its last try."""
    submission = audit.submission_of(
        ctx, form_id=_form_id(item), action=item.asked["action"], object_id=item.object_id
    )
    return Entry.objects.filter(submission=submission).first()


def _settled(ctx: ChainContext, entry: Entry) -> Entry:
    if entry.outcome == Outcome.PENDING:
        reason = _("The worker stopped before Altegio's answer was written down.")
        audit.finish(entry, Outcome.UNKNOWN, reason=reason)
    try:
        settling.settle(entry, ctx)
    except AltegioError:
        return entry  # still unknown: Activity offers to check again
    return entry


def title_of(action: str, what: str) -> str:
    """For example "Freeze until 3 Mar 2027"."""
    return {
        actions.FROZEN: _("Freeze until %(what)s"),
        actions.UNFROZEN: _("Unfreeze"),
        actions.VALIDITY_SET: _("Extend by %(what)s"),
    }[action] % {"what": what}
