from __future__ import annotations

from django.db import models


class Count(models.Model):
    """How often something happened, or how much it added up to, in all processes together.

    `labels` is JSON with sorted keys: what of it (for example the method of a call).
    """

    name = models.CharField(max_length=60)
    labels = models.CharField(max_length=200)
    value = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "labels"], name="one_count_a_series")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.labels}"


class Heartbeat(models.Model):
    """When a kind of process last said that it is alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
