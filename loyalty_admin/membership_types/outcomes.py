"""How a write ended, for a view to show: as a message, on a form, or as a question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio.errors import AltegioError, Forbidden, Refused
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import AlreadySubmitted, reason_of
from loyalty_admin.membership_types import actions
from loyalty_admin.membership_types.forms import MembershipTypeForm
from loyalty_admin.membership_types.journal import Written
from loyalty_admin.membership_types.services import CannotWrite, StaleEdit
from loyalty_admin.web.problems import sentence


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`written` when it went through or is unknown; else `problem` and the answer's status.

    `earlier` is what the same form did some time ago: nothing was sent now.
    """

    written: Written | None = None
    problem: str = ""
    status: int = 200
    is_forbidden: bool = False
    stale: StaleEdit | None = None
    earlier: Entry | None = None


def attempt(write: Callable[[], Written], form: MembershipTypeForm | None = None) -> Attempt:
    """Carry the write out; what Altegio says about fields is put on the form."""
    try:
        return _ended(write())
    except StaleEdit as stale:
        return Attempt(stale=stale, status=409)
    except CannotWrite as reason:
        return Attempt(problem=str(reason), status=409)
    except AlreadySubmitted as repeated:
        return _earlier(repeated)
    except Refused as refusal:
        if form is None or not (refusal.fields or refusal.status in (400, 422)):
            forbidden = isinstance(refusal, Forbidden)
            return Attempt(problem=reason_of(refusal), status=422, is_forbidden=forbidden)
        form.add_refusal(refusal.fields, refusal.message)
        return Attempt(problem=sentence(refusal), status=422)
    except AltegioError as error:
        return Attempt(problem=reason_of(error), status=503)


def _ended(written: Written) -> Attempt:
    entry = written.entry
    if entry is not None and entry.outcome == Outcome.REFUSED:
        return Attempt(problem=entry.reason, status=422)
    return Attempt(written=written)


def _earlier(repeated: AlreadySubmitted) -> Attempt:
    entry = repeated.entry
    if repeated.late and entry.outcome == Outcome.DONE and entry.action not in _ONCE_ONLY:
        return Attempt(earlier=entry, status=409)
    return _ended(Written(entry=entry))


# Doing them a second time makes no sense: there is nothing to offer but the result.
_ONCE_ONLY = {actions.DELETED, actions.RESTORED, actions.RECREATED}

_DONE = {
    actions.CREATED: gettext_lazy("Made: %(title)s."),
    actions.EDITED: gettext_lazy("Saved: %(title)s."),
    actions.CLONED: gettext_lazy("Cloned: %(title)s."),
    actions.ARCHIVED: gettext_lazy("Archived: %(title)s."),
    actions.UNARCHIVED: gettext_lazy("Unarchived: %(title)s."),
    actions.DELETED: gettext_lazy("Deleted: %(title)s. It waits under Deleted."),
    actions.RESTORED: gettext_lazy("Restored: %(title)s."),
    actions.RECREATED: gettext_lazy("Made again: %(title)s, with a new number."),
}


def message(written: Written) -> tuple[str, str]:
    """A level (good, info, warn, bad) and a sentence about how it ended."""
    entry = written.entry
    if entry is None:
        return "info", _("It was so already: nothing was sent.")
    if entry.outcome != Outcome.DONE:
        return "bad", unknown(entry)
    done = str(_DONE[entry.action]) % {"title": _apart(entry.result_title or entry.object_title)}
    if not entry.kept:
        return "good", done
    kept = "; ".join(
        _("%(field)s stays “%(kept)s”") % {"field": item["field"], "kept": item["kept"]}
        for item in entry.kept
    )
    if {item["field"] for item in entry.changes} <= {item["field"] for item in entry.kept}:
        done = _("Altegio accepted it and changed nothing of what was asked.")
    return "warn", _("%(done)s Kept by Altegio: %(kept)s.") % {"done": done, "kept": kept}


def unknown(entry: Entry) -> SafeString:
    """It may or may not have been done: where to find out."""
    return format_html(
        '{} <a href="{}">{}</a>',
        _("It is not known whether Altegio carried this out (%(title)s). Nothing is sent again.")
        % {"title": _apart(entry.object_title)},
        reverse("audit:detail", args=[entry.pk]),
        _("See what was asked, and check"),
    )


def _apart(title: str) -> str:
    """The title between marks that keep its writing direction to itself."""
    return f"\u2068{title}\u2069"
