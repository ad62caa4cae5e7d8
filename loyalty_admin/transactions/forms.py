"""The filter of transactions, as it stands in an address."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio.transactions import Filter
from loyalty_admin.catalog import periods
from loyalty_admin.catalog.form_fields import LocationsPicker, date_input
from loyalty_admin.transactions.words import TYPE_WORDS, Words

DEFAULT_PERIOD = "7"
MOST_DAYS = 366
MOST_VISITS = 100


class FilterForm(forms.Form):
    """Nothing ticked stands for all. A GET without any of it asks for the default period."""

    period = forms.ChoiceField(
        label=gettext_lazy("Period"), choices=periods.WORDS.items(), required=False
    )
    after = forms.DateField(label=gettext_lazy("From"), widget=date_input(), required=False)
    before = forms.DateField(label=gettext_lazy("until"), widget=date_input(), required=False)
    type = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Types"),
        choices=TYPE_WORDS.items(),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    location = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Locations"),
        coerce=int,
        widget=LocationsPicker,
        required=False,
    )
    visits = forms.CharField(
        label=gettext_lazy("Visits, by their numbers"), max_length=2000, required=False
    )

    def __init__(self, data: QueryDict, *, say: Words, today: date) -> None:
        self.today = today
        asked = data.copy()
        # An address with dates alone means these.
        dated = "after" in asked or "before" in asked
        asked.setdefault("period", periods.OWN if dated else DEFAULT_PERIOD)
        super().__init__(asked)
        location = self.fields["location"]
        assert isinstance(location, forms.TypedMultipleChoiceField)
        location.choices = list(say.locations.items())

    def clean_visits(self) -> tuple[int, ...]:
        found = re.findall(r"[^\s,;]+", self.cleaned_data["visits"])
        if not all(re.fullmatch(r"[0-9]{1,15}", text) for text in found):
            raise ValidationError(_("Write numbers, separated by commas or blanks."))
        if len(found) > MOST_VISITS:
            raise ValidationError(_("At most %(n)s at once.") % {"n": MOST_VISITS})
        return tuple(dict.fromkeys(map(int, found)))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        days = periods.DAYS.get(cleaned.get("period", ""))
        if days is not None:
            cleaned["after"], cleaned["before"] = days(self.today)
        elif not self.errors:
            self._check_dates(cleaned.get("after"), cleaned.get("before"))
        return cleaned

    def _check_dates(self, after: date | None, before: date | None) -> None:
        if after is None:
            self.add_error("after", _("Choose the first day."))
        if before is None:
            self.add_error("before", _("Choose the last day."))
        if after is None or before is None:
            return
        if before < after:
            self.add_error("before", _("The end lies before the start."))
        elif (before - after).days >= MOST_DAYS:
            self.add_error("before", _("At most %(n)s days at once.") % {"n": MOST_DAYS})

    def filter(self) -> Filter:
        """What a valid form asks for."""
        cleaned = self.cleaned_data
        return Filter(
            after=cleaned["after"],
            before=cleaned["before"],
            types=tuple(cleaned["type"]),
            location_ids=tuple(cleaned["location"]),
            visit_ids=cleaned["visits"],
        )
