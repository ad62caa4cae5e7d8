"""Sessions in one table, under the hash of their key: a copy of the database signs nobody in."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db.models import Q
from django.utils import timezone

from loyalty_admin.accounts.models import Session


class SessionStore(SessionBase):
    """Writes what a session remembers; `accounts.sessions` writes whose it is and when it was used.

    Each writes only its own columns, so that neither undoes the other.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        # None until the session was read or made.
        self.row: Session | None = None

    def load(self) -> dict[str, Any]:
        rows = Session.objects.filter(is_live(), session_key=_hash(self.session_key))
        self.row = rows.first()
        if self.row is None:
            self._session_key = None
            return {}
        return self.decode(self.row.session_data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=_hash(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._new_key()
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in stubs
        columns = {"session_data": self.encode(data), "expire_date": self.get_expiry_date()}
        name = _hash(self.session_key)
        if must_create:
            self.row = Session.objects.create(session_key=name, **columns)
        elif not Session.objects.filter(session_key=name).update(**columns):
            # It was ended meanwhile, and stays so.
            raise UpdateError

    def cycle_key(self) -> None:
        """Give the session a new key. The row stays, with the person and the device.

        Where the row is gone, what is remembered goes into a new row, which is nobody's.
        """
        self._get_session()  # type: ignore[attr-defined]  # forgets a key that stands for nothing
        before = _hash(self.session_key)
        self._session_key = self._new_key()
        rows = Session.objects.filter(session_key=before)
        if not rows.update(session_key=_hash(self.session_key)):
            self.save(must_create=True)
        self.modified = True

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=_hash(key)).delete()
        if key == self.session_key:
            self.row = None

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.exclude(is_live()).delete()

    def _new_key(self) -> str:
        return str(self._get_new_session_key())  # type: ignore[attr-defined]  # not in stubs


def is_live() -> Q:
    """Match sessions that have not run out.

    Each save moves `expire_date`. How long a person stays signed in counts from other moments.
    """
    now = timezone.now()
    signed_in_lately = Q(
        since__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        last_seen__gt=now - timedelta(seconds=settings.SESSION_IDLE_AGE),
    )
    return Q(expire_date__gt=now) & (Q(person=None) | signed_in_lately)


def _hash(key: str | None) -> str:
    # As long as the column of keys, and no shorter than the randomness of one.
    return hashlib.blake2b((key or "").encode(), digest_size=20).hexdigest()
