from __future__ import annotations

from django.db import models


class ArchivedType(models.Model):
    """A gift card type that this dashboard hides from everybody: Altegio has no archive."""

    api_url = models.CharField(max_length=200)
    chain_id = models.BigIntegerField()
    type_id = models.BigIntegerField()
    archived_at = models.DateTimeField(auto_now_add=True)
    # Unarchiving puts back on sale online what archiving took off.
    took_off_sale = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_url", "chain_id", "type_id"], name="archived_once")
        ]

    def __str__(self) -> str:
        return f"{self.chain_id} {self.type_id}"
