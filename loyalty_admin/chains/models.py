from __future__ import annotations

from django.conf import settings
from django.db import models


class ChainChoice(models.Model):
    """Which connection a person chose to act with in a chain, and when they were last there."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    api_url = models.CharField(max_length=200)
    chain_id = models.BigIntegerField()
    connection = models.ForeignKey(
        "connections.Connection", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "api_url", "chain_id"], name="one_choice_a_person_and_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.chain_id}"


class KeptListVersion(models.Model):
    """Counts the changes to what is cached of one kind of object in a chain.

    A refresh that began before a write is recognised by it and discarded.
    """

    api_url = models.CharField(max_length=200)
    chain_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["api_url", "chain_id", "kind"], name="one_version_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.chain_id} {self.version}"
