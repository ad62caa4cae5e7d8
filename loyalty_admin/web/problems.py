"""What went wrong at Altegio, said to people and to HTTP."""

from __future__ import annotations

import math

from django.utils.translation import gettext, ngettext

from loyalty_admin.altegio.errors import (
    AltegioError,
    Forbidden,
    NotFound,
    Refused,
    SignInNeeded,
    TooManyRequests,
)


def title(error: AltegioError) -> str:
    """A few words for the head of a page or notice."""
    match error:
        case SignInNeeded():
            return gettext("Altegio wants a new sign-in")
        case Forbidden():
            return gettext("Altegio does not allow this")
        case NotFound():
            return gettext("Not found at Altegio")
        case Refused():
            return gettext("Altegio refused this")
        case TooManyRequests():
            return gettext("Altegio is busy")
        case _:
            return gettext("No usable answer from Altegio")


def sentence(error: AltegioError) -> str:
    """What happened and, where it is known, what to do next."""
    said = gettext(error.sentence)
    match error:
        case SignInNeeded():
            return f"{said} {gettext('A manager can do that under Connections.')}"
        case TooManyRequests():
            return f"{said} {when(error.retry_after)}"
        case _:
            return said


def status(error: AltegioError) -> int:
    """The HTTP status of our own answer."""
    match error:
        case Forbidden():
            return 403
        case NotFound():
            return 404
        case SignInNeeded():
            return 502
        case Refused():
            return 422
        case TooManyRequests():
            return 503
        case _:
            return 502


def retry_after(error: AltegioError) -> int | None:
    """Whole seconds until it is worth trying again; None when it is not known."""
    if not isinstance(error, TooManyRequests):
        return None
    return max(1, math.ceil(error.retry_after))


def when(seconds: float) -> str:
    """A sentence that says after how long it is worth trying again."""
    if seconds > 7200:
        hours = math.ceil(seconds / 3600)
        return ngettext("Try again in %(n)d hour.", "Try again in %(n)d hours.", hours) % {
            "n": hours
        }
    if seconds > 120:
        minutes = math.ceil(seconds / 60)
        return ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes) % {
            "n": minutes
        }
    whole = max(1, math.ceil(seconds))
    return ngettext("Try again in %(n)d second.", "Try again in %(n)d seconds.", whole) % {
        "n": whole
    }
