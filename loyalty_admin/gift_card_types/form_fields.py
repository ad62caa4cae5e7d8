"""The form field for a fixed date in the time zone of a location."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty_admin.gift_card_types import zones

FIRST_YEAR, LAST_YEAR = 1901, 9998

type TypedMoment = tuple[str, str, str]  # date, time, zone


class MomentWidget(forms.Widget):
    """A date, a time, and the time zone of one of the chain's locations."""

    template_name = "gift_card_types/widgets/moment.html"
    use_fieldset = True

    def __init__(self, zone_names: Sequence[str], opened: datetime | None) -> None:
        super().__init__()
        self.zone_names = zone_names
        self.zones = list(zone_names)
        if opened and (zone := zones.zone_of(opened, zone_names)) not in self.zones:
            self.zones.append(zone)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedMoment:
        day, clock, zone = (data.get(f"{name}-{part}", "") for part in ("date", "time", "zone"))
        return day.strip(), clock.strip(), zone

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        day, clock, zone = self.as_typed(value)
        context["widget"] |= {"date": day, "time": clock, "zone": zone, "zones": self.zones}
        context["widget"]["is_invalid"] = "aria-invalid" in context["widget"]["attrs"]
        return context

    def as_typed(self, value: datetime | TypedMoment | None) -> TypedMoment:
        """What the controls show for a value; a new date ends with its day."""
        if isinstance(value, tuple):
            return value
        if value is None:
            return "", "23:59", self.zones[0]
        zone = zones.zone_of(value, self.zone_names)
        clock = value.time().isoformat("seconds").removesuffix(":00")
        return value.date().isoformat(), clock, zone


class MomentField(forms.Field):
    widget: MomentWidget

    def __init__(self, *, zone_names: Sequence[str], opened: datetime | None) -> None:
        super().__init__(required=False, widget=MomentWidget(zone_names, opened))

    def has_changed(self, initial: datetime | None, data: Any) -> bool:
        if initial is None:
            return bool(data[0])
        return bool(data != self.widget.as_typed(initial))

    def clean(self, value: TypedMoment) -> datetime | None:
        day, clock, zone = value
        if not day:
            return None
        if zone not in self.widget.zones:
            raise ValidationError(_("Choose one of the time zones."))
        try:
            naive = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or "23:59"))
        except ValueError:
            raise ValidationError(
                _("“%(text)s” is no date and time.") % {"text": f"{day} {clock}"[:40]}
            ) from None
        moment = naive.replace(tzinfo=zones.as_zone(zone))
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(_("Choose a date that comes."))
        if not zones.exists(moment):
            raise ValidationError(_("Clocks skip this time on that day. Choose another one."))
        return moment
