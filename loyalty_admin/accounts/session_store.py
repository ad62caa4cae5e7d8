"""Sessions in the database under the hash of their key: a copy of the database signs nobody in."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone


class SessionStore(db.SessionStore):
    """Django's own, but for how a row is named."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        rows = self.model.objects.filter(expire_date__gt=timezone.now())
        row: AbstractBaseSession | None = rows.filter(session_key=_name(self.session_key)).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(_name(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = _name(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(_name(key))


def _name(key: str | None) -> str:
    # As long as the column of keys, and no shorter than the randomness of one.
    return hashlib.blake2b((key or "").encode(), digest_size=20).hexdigest()
