from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    PENDING = "pending", _("being carried out")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    UNKNOWN = "unknown", _("unknown")


class Entry(models.Model):
    """One write at Altegio: written before the call, finished after it.

    `submission` is unique: taking it is what stops a form that is sent twice from
    writing twice. `holds` is unique among pending entries: taking it is what stops two people
    from writing to one object at once. Times are the database's: hosts may not agree on theirs.
    """

    submission = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    person_name = models.CharField(max_length=254)
    connection = models.ForeignKey(
        "connections.Connection", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    connection_name = models.CharField(max_length=200)
    api_url = models.CharField(max_length=200)
    chain_id = models.BigIntegerField()
    chain_title = models.CharField(max_length=300, blank=True)

    # For example "membership_type.edited": the kind of object, then what was done.
    action = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    object_title = models.CharField(max_length=500, blank=True)
    # What the write sets, field by field: [{"field", "before", "after"}], in words for people.
    changes = models.JSONField(default=list)
    # What settling an unknown outcome needs, in the slice's own vocabulary.
    asked = models.JSONField(default=dict)
    # The whole object as the API last gave it, before the write.
    copy = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    # Each request sent for it: [{"at", "request", "outcome"}].
    attempts = models.JSONField(default=list)

    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PENDING)
    # The object that nobody else writes to while this is pending, for example
    # "membership_type 11002"; "" for what is yet to be made.
    holds = models.CharField(max_length=60, blank=True)
    # Until then a pending entry is alive: longer than any write takes.
    lease_until = models.DateTimeField(null=True)
    # How many others wait for its end.
    waiting = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True)
    # Why the person asked for it, in their own words.
    note = models.TextField(blank=True)
    # Fields that Altegio kept as they were: [{"field", "asked", "kept"}], in words for people.
    kept = models.JSONField(default=list)
    # The object that came of it (a clone's or a restored type's id and title).
    result_id = models.BigIntegerField(null=True)
    result_title = models.CharField(max_length=500, blank=True)
    origin = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="follow_ups"
    )
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["api_url", "chain_id", "holds"],
                condition=models.Q(outcome="pending") & ~models.Q(holds=""),
                name="one_write_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["api_url", "chain_id", "-id"], name="entry_of_chain"),
            models.Index(fields=["api_url", "chain_id", "object_id"], name="entry_of_object"),
            models.Index(
                fields=["lease_until"], name="entry_pending", condition=models.Q(outcome="pending")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_title}"
