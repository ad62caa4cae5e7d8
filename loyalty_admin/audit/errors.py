"""Reasons for which a write is not sent."""

from __future__ import annotations

from django.utils.translation import gettext as _

from loyalty_admin.audit.models import Entry


class CannotWrite(Exception):
    """Nothing was sent: the write would lose or change what the person did not mean."""


class ObjectBusy(CannotWrite):
    """Nothing was sent: somebody else is writing to the same object right now."""

    def __init__(self, holder: Entry) -> None:
        text = _("%(person)s is changing this right now. Nothing was sent. Try again in a moment.")
        super().__init__(text % {"person": holder.person_name})
        self.holder = holder


class AlreadySubmitted(Exception):
    """The same form was sent before. `entry` has ended, or is still pending after the wait."""

    def __init__(self, entry: Entry, *, late: bool) -> None:
        super().__init__(entry.submission)
        self.entry = entry
        self.late = late


class GivenUp(Exception):
    """A write took so long that it was given up for dead: it sends nothing any more."""
