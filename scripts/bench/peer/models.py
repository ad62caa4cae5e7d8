from __future__ import annotations

from django.db import models


class Unit(models.IntegerChoices):
    NO_END = 0, "no end"
    DAYS = 1, "days"
    WEEKS = 2, "weeks"
    MONTHS = 3, "months"
    YEARS = 4, "years"


class MembershipType(models.Model):
    """What the dashboard's list shows of a membership type, in a table."""

    title = models.CharField(max_length=255)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    validity = models.IntegerField()
    validity_unit = models.IntegerField(choices=Unit)
    visits = models.IntegerField(null=True)
    location_count = models.IntegerField()
    sold = models.IntegerField(null=True)
    online_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        app_label = "peer"

    def __str__(self) -> str:
        return self.title
