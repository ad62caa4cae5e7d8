from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit import settling
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import mark_abandoned_unknown, reason_of
from loyalty_admin.chains.services import context_for_settling


class Command(BaseCommand):
    help = "Settle every write whose outcome is unknown, by reading back. Nothing is sent again."

    def handle(self, *args: Any, **options: Any) -> None:
        mark_abandoned_unknown()
        unknown = Entry.objects.filter(
            outcome=Outcome.UNKNOWN, api_url=settings.ALTEGIO_API_URL
        ).order_by("pk")
        for entry in unknown:
            self.stdout.write(f"{entry.pk} {entry.action} {entry.object_id}: {self._settle(entry)}")

    def _settle(self, entry: Entry) -> str:
        ctx = context_for_settling(entry.chain_id, person=entry.person) if entry.person else None
        if ctx is None:
            return "unknown: no linked account reaches the chain"
        try:
            settled = settling.settle(entry, ctx)
        except AltegioError as error:
            return f"unknown: {reason_of(error)}"
        if settled.candidates and entry.outcome == Outcome.UNKNOWN:
            return f"unknown: one of {len(settled.candidates)}, a person decides under Activity"
        return str(entry.outcome)
