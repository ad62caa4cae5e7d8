"""The journal as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.audit.models import Entry
from loyalty_admin.audit.templatetags.journal import action_words, kind_words
from loyalty_admin.exports.tables import Cell, Table


def table_of(entries: QuerySet[Entry]) -> Table:
    """The entries, read a few hundred at a time; moments in the zone that the page shows."""
    zone = timezone.get_current_timezone()
    return Table(
        name=_("Activity"),
        columns=[
            _("Number"),
            _("When, %(zone)s") % {"zone": zone},
            _("Who"),
            _("Chain"),
            _("Kind"),
            _("Number of the object"),
            _("Title"),
            _("What was done"),
            _("Changes"),
            _("Outcome"),
            _("Reason"),
            _("Came of it"),
            _("Note"),
            _("Through"),
        ],
        rows=_cells(entries, zone),
    )


def _cells(entries: QuerySet[Entry], zone: tzinfo) -> Iterator[Sequence[Cell]]:
    for entry in entries.iterator(chunk_size=500):
        yield (
            entry.pk,
            entry.started_at.astimezone(zone),
            entry.person_name,
            entry.chain_title,
            kind_words(entry),
            entry.object_id,
            entry.object_title,
            action_words(entry),
            "\n".join(
                f"{change['field']}: {change['before']} → {change['after']}"
                for change in entry.changes
            ),
            entry.get_outcome_display(),
            entry.reason,
            entry.result_title,
            entry.note,
            entry.connection_name,
        )
