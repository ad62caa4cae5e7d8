from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being done")
    DONE = "done", _("done")
    REFUSED = "refused", _("not done")
    UNKNOWN = "unknown", _("not known")
    CANCELLED = "cancelled", _("cancelled")


class Job(models.Model):
    """Work on many objects of a chain, done in the background one after another.

    Whoever works on it holds it: `holder` until `lease_until`, renewed with each item. A lease
    that is over belongs to a worker that is gone, or to a task that never began.
    """

    # Unique, so that a form that is sent twice begins one job.
    submission = models.CharField(max_length=64, unique=True)
    # What is done: a name that a slice has registered (see kinds.py).
    kind = models.CharField(max_length=60)
    # The same in words, for example "Freeze until 3 Mar 2027".
    title = models.CharField(max_length=300)
    # Why, in the person's own words.
    note = models.TextField(blank=True)
    # What the whole of it was asked for, where its items do not say it.
    asked = models.JSONField(default=dict)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    person_name = models.CharField(max_length=254)
    # Only the person sees it: what it found is theirs to take away.
    is_private = models.BooleanField(default=False)
    connection = models.ForeignKey(
        "connections.Connection", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    api_url = models.CharField(max_length=200)
    chain_id = models.BigIntegerField()

    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField()
    # Altegio wants to be asked nothing until then; None once it goes on.
    paused_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["api_url", "chain_id", "-id"], name="job_of_chain"),
            models.Index(
                fields=["lease_until"],
                name="job_unfinished",
                condition=models.Q(finished_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """One object of a job. `asked` is what its kind needs to do it, `found` what one that only
    reads has found so far; `tries` counts from 1.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items")
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=500)
    asked = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.WAITING)
    reason = models.TextField(blank=True)
    tries = models.PositiveIntegerField(default=1)
    # The row of the journal that says what was sent and what came of it.
    entry = models.ForeignKey("audit.Entry", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "object_id"], name="object_once_in_a_job")
        ]
        indexes = [models.Index(fields=["job", "state"], name="item_of_job")]

    def __str__(self) -> str:
        return self.title


class Portion(models.Model):
    """Rows that an item has read, for a file that is put together of all of them."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="portions")
    number = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta:
        ordering = ["item", "number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="portion_once_in_an_item")
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.number}"
