from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

pytestmark = pytest.mark.django_db


def test_migrating_makes_the_cache_table() -> None:
    assert settings.CACHES["default"]["LOCATION"] in connection.introspection.table_names()
    cache.set("key", "value")
    assert cache.get("key") == "value"
