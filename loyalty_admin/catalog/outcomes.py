"""How a write ended, for a view to show: as a message, on a form, or as a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from loyalty_admin.altegio.errors import AltegioError, Forbidden, Refused
from loyalty_admin.audit.errors import AlreadySubmitted, CannotWrite
from loyalty_admin.audit.guard import Written
from loyalty_admin.audit.kinds import kind_of
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import reason_of
from loyalty_admin.catalog.stale import StaleEdit
from loyalty_admin.web.problems import sentence


class RefusalForm(Protocol):
    """A form on whose fields Altegio's words can be put."""

    def add_refusal(self, errors: Mapping[str, Sequence[str]], message: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`written` when it went through or is unknown; else `problem` and the answer's status.

    `earlier` is what the same form did some time ago: nothing was sent now.
    """

    written: Written[Any] | None = None
    problem: str = ""
    status: int = 200
    is_forbidden: bool = False
    stale: StaleEdit | None = None
    earlier: Entry | None = None


def attempt(write: Callable[[], Written[Any]], form: RefusalForm | None = None) -> Attempt:
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


def _ended(written: Written[Any]) -> Attempt:
    entry = written.entry
    if entry is not None and entry.outcome == Outcome.REFUSED:
        return Attempt(problem=entry.reason, status=422)
    return Attempt(written=written)


def _earlier(repeated: AlreadySubmitted) -> Attempt:
    entry, kind = repeated.entry, kind_of(repeated.entry)
    once_only = kind.once_only if kind else ()
    if repeated.late and entry.outcome == Outcome.DONE and entry.action not in once_only:
        return Attempt(earlier=entry, status=409)
    return _ended(Written(entry=entry))


def message(written: Written[Any]) -> tuple[str, str]:
    """A level (good, info, warn, bad) and a sentence about how it ended."""
    entry = written.entry
    if entry is None:
        return "info", _("It was so already: nothing was sent.")
    if entry.outcome != Outcome.DONE:
        return "bad", unknown(entry)
    kind = kind_of(entry)
    assert kind is not None
    title = _apart(entry.result_title or entry.object_title)
    done = str(kind.done[entry.action]) % {"title": title}
    if not entry.kept:
        return "good", done
    kept = "; ".join(_as_it_is(entry, item["field"], item["kept"]) for item in entry.kept)
    if {item["field"] for item in entry.changes} <= {item["field"] for item in entry.kept}:
        done = _("Altegio accepted it and changed nothing of what was asked.")
    return "warn", _("%(done)s Otherwise than asked: %(kept)s.") % {"done": done, "kept": kept}


def _as_it_is(entry: Entry, field: str, kept: str) -> str:
    """Altegio may have left it as it was, or have made something else of it than was asked."""
    is_new = any(item["field"] == field and item["before"] != kept for item in entry.changes)
    said = _("%(field)s is now “%(kept)s”") if is_new else _("%(field)s stays “%(kept)s”")
    return said % {"field": field, "kept": kept}


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
