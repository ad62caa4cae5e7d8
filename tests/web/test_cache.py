"""The cache in the database: what is put in comes out, and nothing that anybody else put there."""

from __future__ import annotations

import base64
import pickle
import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.db import connection, transaction
from django.utils import timezone

from loyalty_admin.web.cache import TableCache, clear_expired
from loyalty_admin.web.models import CachedValue

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NAME = ":1:key"


def test_migrating_makes_the_table() -> None:
    assert configured.CACHES["default"]["LOCATION"] in connection.introspection.table_names()


def test_what_is_put_in_comes_out() -> None:
    values: list[Any] = ["", 0, None, True, "ünï", {"a": [Decimal("1.50")]}, timedelta(days=1)]
    for value in (*values, "x" * 300_000):
        cache.set("key", "another")
        cache.set("key", value)
        assert cache.get("key", "nothing") == value
        assert cache.get_many(["key", "other"]) == {"key": value}
        assert "key" in cache and "other" not in cache


class Harm:
    """What runs when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def test_a_row_that_somebody_wrote_runs_nothing_and_is_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.set("key", "mine")
    evil = base64.b64encode(pickle.dumps(Harm(tmp_path / "ran"))).decode()
    good = CachedValue.objects.get().value
    for text in (evil, f"{evil}:{good.rpartition(':')[2]}", f"{evil}:", "", ":", "x"):
        CachedValue.objects.update(value=text)
        assert cache.get("key") is None
    assert list(tmp_path.iterdir()) == []
    said = f"What the cache has for {NAME} is not signed by us"
    assert [line.getMessage() for line in caplog.records] == [said] * 6


def test_such_a_row_would_run_in_djangos_own_cache(tmp_path: Path) -> None:
    """Else the test before would prove nothing."""
    evil = base64.b64encode(pickle.dumps(Harm(tmp_path / "ran"))).decode()
    cache.set("key", "mine")
    CachedValue.objects.update(value=evil)
    DatabaseCache("loyalty_admin_cache", {}).get("key")
    assert [one.name for one in tmp_path.iterdir()] == ["ran"]


def test_a_value_is_good_for_its_own_key_only() -> None:
    cache.set("list:promotions:1:1101", "of one chain")
    cache.set("list:promotions:1:1201", "of another")
    one, other = CachedValue.objects.order_by("pk")
    CachedValue.objects.filter(pk=one.pk).update(value=other.value)
    assert cache.get("list:promotions:1:1101") is None
    assert cache.get("list:promotions:1:1201") == "of another"


def test_a_new_secret_key_makes_it_empty(settings: Any) -> None:
    cache.set("key", "of the old one")
    settings.SECRET_KEY = "another"
    assert cache.get("key") is None
    cache.set("key", "of the new one")
    assert cache.get("key") == "of the new one"


def test_values_end_when_they_were_meant_to() -> None:
    cache.set("over", 1, -1)
    cache.set("forever", 1, None)
    cache.set("key", 1, 60)
    assert cache.get_many(["over", "forever", "key"]) == {"forever": 1, "key": 1}
    assert cache.touch("key", 600)
    assert CachedValue.objects.get(pk=NAME).expires > timezone.now() + timedelta(seconds=500)
    assert not cache.touch("over") and not cache.touch("never")
    assert "over" not in cache
    assert CachedValue.objects.count() == 3
    clear_expired()
    assert CachedValue.objects.count() == 2


def test_a_cache_that_is_elsewhere_is_left_alone(
    settings: Any, django_assert_num_queries: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with django_assert_num_queries(0):
        clear_expired()


def test_add_takes_only_the_place_of_nothing_and_of_what_ran_out() -> None:
    assert cache.add("key", 1)
    assert not cache.add("key", 2)
    assert cache.get("key") == 1
    cache.set("key", 3, -1)
    assert cache.add("key", 4)
    assert cache.get("key") == 4


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_at_the_same_moment_one_does() -> None:
    start = threading.Barrier(6)
    added: list[bool] = []

    def add() -> None:
        start.wait()
        added.append(cache.add("key", 1, 60))
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [False] * 5 + [True]


def test_what_is_deleted_is_gone() -> None:
    for key in ("a", "b", "c", "d"):
        cache.set(key, key)
    assert cache.delete("a") and not cache.delete("a")
    cache.delete_many(["b", "never"])
    assert cache.get_many("abcd") == {"c": "c", "d": "d"}
    cache.clear()
    assert CachedValue.objects.count() == 0


def test_a_full_table_makes_room() -> None:
    small = TableCache("loyalty_admin_cache", {"OPTIONS": {"MAX_ENTRIES": 6}})
    small.set("over", 1, -1)
    for number in range(7):
        small.set(f"{number}", number, 60 + number)
    small.set("new", "new", 600)
    assert small.get("new") == "new"
    assert small.get("6") == 6
    assert CachedValue.objects.count() <= 7
    assert small.get("0") is None


def test_what_cannot_be_kept_is_left_out_and_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE loyalty_admin_cache RENAME TO away")
    try:
        with transaction.atomic():
            cache.set("key", 1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO loyalty_admin_cache")
    assert "The cache could not keep something: " in caplog.text
    assert cache.get("key") is None
