from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_admin.audit.kinds import all_actions, kind_of
from loyalty_admin.audit.models import Entry, Outcome

register = template.Library()

ATTEMPTS = {
    "sent": _("sent, no answer yet"),
    "Unreachable": _("could not be sent"),
    "OutcomeUnknown": _("no usable answer"),
    "TooManyRequests": _("too many requests"),
    "SignInNeeded": _("not signed in"),
    "Forbidden": _("not allowed"),
    "NotFound": _("not found"),
    "Refused": _("refused"),
    "StoppedOnTheWay": _("stopped on the way"),
}
CHIPS = {Outcome.DONE: "good", Outcome.REFUSED: "warn", Outcome.UNKNOWN: "bad"}


@register.filter
def action_words(entry: Entry) -> str:
    return str(all_actions().get(entry.action, entry.action))


@register.filter
def kind_words(entry: Entry) -> str:
    kind = kind_of(entry)
    return str(kind.label) if kind else ""


@register.filter
def outcome_chip(entry: Entry) -> str:
    """The chip's class."""
    return CHIPS.get(Outcome(entry.outcome), "muted")


@register.filter
def attempt_words(outcome: str) -> str:
    """How one request ended: its status, and our word for an answer that was no success."""
    status, _space, name = outcome.rpartition(" ")
    return f"{status} {ATTEMPTS[name]}".strip() if name in ATTEMPTS else outcome


@register.filter
def object_url(entry: Entry) -> str:
    """The page of the object that the entry was about."""
    return _page(entry, entry.object_id or entry.result_id)


@register.filter
def result_url(entry: Entry) -> str:
    """The page of another object that came of it; "" when none did."""
    return _page(entry, entry.result_id) if entry.result_id != entry.object_id else ""


@register.filter
def made_url(entry: Entry) -> str:
    """The page of what is there now that the entry is done."""
    return _page(entry, entry.result_id or entry.object_id)


@register.filter
def again_url(entry: Entry) -> str:
    """Where to send once more what was not carried out; "" where that is not offered."""
    kind = kind_of(entry)
    return kind.again_url(entry) if kind and entry.outcome == Outcome.REFUSED else ""


def _page(entry: Entry, object_id: int | None) -> str:
    kind = kind_of(entry)
    if kind is None or object_id is None:
        return ""
    return reverse(kind.page, args=[entry.chain_id, object_id])
