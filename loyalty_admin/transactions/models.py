from __future__ import annotations

from django.db import models


class DaySums(models.Model):
    """The sums of one day that is over, as one connection read them.

    `location_id` 0 stands for the whole chain.
    """

    connection = models.ForeignKey(
        "connections.Connection", on_delete=models.CASCADE, related_name="+"
    )
    chain_id = models.BigIntegerField()
    day = models.DateField()
    location_id = models.BigIntegerField(default=0)
    sums = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "chain_id", "location_id", "day"], name="day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}"
