from __future__ import annotations

from django.db import models


class CachedValue(models.Model):
    """A row of the cache's table, which `createcachetable` makes; `web.cache` fills it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        managed = False
        db_table = "loyalty_admin_cache"

    def __str__(self) -> str:
        return self.cache_key
