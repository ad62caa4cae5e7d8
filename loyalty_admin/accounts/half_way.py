"""Between the two steps of a sign-in: the password was right, the code is still asked for."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from loyalty_admin.accounts.models import User

KEY = "password_was_right"
SECONDS = 10 * 60


def begin(*, request: HttpRequest, person: User, next_page: str) -> None:
    """Remember whose password was right, under a session id that nobody knew before."""
    request.session.cycle_key()
    request.session[KEY] = {
        "person": person.pk,
        # Falls with a change of the password in between.
        "hash": person.get_session_auth_hash(),
        "at": time.time(),
        "next": next_page,
    }


def find(*, request: HttpRequest) -> tuple[User, str] | None:
    """The person and where they wanted to go; None when it was too long ago, or never."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if not kept or not 0 <= time.time() - kept["at"] < SECONDS:
        return None
    person = User.objects.filter(pk=kept["person"], is_active=True).first()
    if person is None or not constant_time_compare(kept["hash"], person.get_session_auth_hash()):
        return None
    return person, kept["next"]


def forget(*, request: HttpRequest) -> None:
    request.session.pop(KEY, None)
