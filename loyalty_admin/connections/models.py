from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from loyalty_admin.crypto.encrypted import EncryptedField


class Connection(models.Model):
    """A linked Altegio account, shared by the staff of the deployment.

    It works only at the API address it was made at, so that a token of the stand-in
    never reaches production.
    """

    name = models.CharField(max_length=200)
    api_url = models.CharField(max_length=200)
    altegio_user_id = models.BigIntegerField()
    token = EncryptedField(default=b"")
    needs_sign_in = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    # Then only `people` and managers see it and what only it reaches.
    is_limited = models.BooleanField(default=False)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    # What GET /groups last said, kept so that an outage or an ended token hides nothing
    # from the people who may see it: list of Chain.as_json().
    chains = models.JSONField(default=list)
    chains_read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["api_url", "altegio_user_id"], name="one_connection_an_altegio_user"
            )
        ]

    def __str__(self) -> str:
        return self.name
