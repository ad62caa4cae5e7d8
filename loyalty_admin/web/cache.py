"""A cache in a table of the database, of which only what this dashboard put in comes out.

Django's own reads a pickle whoever wrote the row, so that who may write rows, and nothing else,
could have the dashboard run any code. Here each value is signed for its key.
"""

from __future__ import annotations

import base64
import logging
import pickle
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from loyalty_admin.web.models import CachedValue

logger = logging.getLogger("loyalty_admin.web")

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
# A full table loses what ends soonest, so much of it that it is not full again at once.
PART_THAT_GOES = 3


class TableCache(BaseDatabaseCache):
    """See the module. What cannot be kept is left out: a cache may forget, but not fail."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        asked = {self._name(key, version): key for key in keys}
        rows = CachedValue.objects.filter(pk__in=asked, expires__gt=timezone.now())
        found = {}
        for name, text in rows.values_list("pk", "value"):
            try:
                found[asked[name]] = _opened(name, text)
            except signing.BadSignature:  # of an older SECRET_KEY, or put there by somebody else
                logger.warning("What the cache has for %s is not signed by us", name)
        return found

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        row = self._row(key, value, timeout, version)
        try:
            with transaction.atomic():
                self._make_room()
                CachedValue.objects.bulk_create(
                    [row],
                    update_conflicts=True,
                    unique_fields=["cache_key"],
                    update_fields=["value", "expires"],
                )
        except DatabaseError as error:
            logger.warning("The cache could not keep something: %s", error)

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        row = self._row(key, value, timeout, version)
        CachedValue.objects.filter(pk=row.pk, expires__lte=timezone.now()).delete()
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def touch(
        self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        kept = CachedValue.objects.filter(pk=self._name(key, version), expires__gt=timezone.now())
        return bool(kept.update(expires=self._end(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(CachedValue.objects.filter(pk=self._name(key, version)).delete()[0])

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        CachedValue.objects.filter(pk__in=[self._name(key, version) for key in keys]).delete()

    def clear(self) -> None:
        CachedValue.objects.all().delete()

    def clear_expired(self) -> None:
        CachedValue.objects.filter(expires__lte=timezone.now()).delete()

    def _name(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _row(self, key: str, value: Any, timeout: float | None, version: int | None) -> CachedValue:
        name = self._name(key, version)
        return CachedValue(pk=name, value=_sealed(name, value), expires=self._end(timeout))

    def _end(self, timeout: float | None) -> datetime:
        seconds = self.get_backend_timeout(timeout)
        return FOR_EVER if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def _make_room(self) -> None:
        if CachedValue.objects.count() <= self._max_entries:
            return
        self.clear_expired()
        if CachedValue.objects.count() > self._max_entries:
            goes = CachedValue.objects.order_by("expires").values("pk")
            # In the database: a list of so many is more than some would take.
            CachedValue.objects.filter(pk__in=goes[: self._max_entries // PART_THAT_GOES]).delete()


def clear_expired() -> None:
    """Take away what ran out: it stays in the table until then, though nobody gets it any more.
    Any other cache sees to that itself."""
    default = caches["default"]
    if isinstance(default, TableCache):
        default.clear_expired()


def _sealed(name: str, value: Any) -> str:
    return _signer(name).sign(base64.b64encode(pickle.dumps(value)).decode())


def _opened(name: str, text: str) -> Any:
    """Raises BadSignature."""
    return pickle.loads(base64.b64decode(_signer(name).unsign(text)))


def _signer(name: str) -> signing.Signer:
    # For this key: what is true of one chain must not be put in another's place.
    return signing.Signer(salt=f"loyalty_admin.cache.{name}")
