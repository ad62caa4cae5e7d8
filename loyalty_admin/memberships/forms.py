"""The forms of sold memberships: searching, and each change."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.catalog.form_fields import date_input
from loyalty_admin.catalog.words import DAYS_OF_UNIT, UNITS
from loyalty_admin.memberships import actions, changes, dates, several, words
from loyalty_admin.memberships.changes import Wanted
from loyalty_admin.memberships.several import Plan

MOST_VISITS = 100_000
# A thousand years; what was extended together with others lasts so many days.
MOST_DAYS = 365_000
MOST_DAYS_MORE = 3_660  # added to several at once
MOST_IDS = 200
LAST_DAY = date(9000, 12, 31)


def _note() -> forms.CharField:
    """Why, in the person's own words."""
    return forms.CharField(
        label=gettext_lazy("Why (for the journal)"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("It stays in the journal: leave the client's name and phone out."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _until(*, required: bool) -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Frozen until the end of"),
        required=required,
        validators=[MaxValueValidator(LAST_DAY, gettext_lazy("Choose a date that comes."))],
        widget=date_input(),
    )


class PhoneForm(forms.Form):
    """Sent as a POST: a phone never stands in an address."""

    phone = forms.CharField(
        label=gettext_lazy("The client's phone"),
        max_length=40,
        strip=True,
        widget=forms.TelInput(attrs={"autocomplete": "off", "data-search": True}),
    )


class NumbersForm(forms.Form):
    ids = forms.CharField(label=gettext_lazy("Numbers at Altegio"), max_length=4000)

    def clean_ids(self) -> list[int]:
        found = re.findall(r"[^\s,;]+", self.cleaned_data["ids"])
        if not all(re.fullmatch(r"[0-9]{1,15}", text) for text in found) or not found:
            raise ValidationError(_("Write numbers, separated by commas or blanks."))
        if len(found) > MOST_IDS:
            raise ValidationError(_("At most %(n)s at once.") % {"n": MOST_IDS})
        return list(dict.fromkeys(map(int, found)))


class PeriodForm(forms.Form):
    after = forms.DateField(label=gettext_lazy("Created from"), widget=date_input())
    before = forms.DateField(label=gettext_lazy("until"), widget=date_input())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        after, before = cleaned.get("after"), cleaned.get("before")
        if after and before and before < after:
            self.add_error("before", _("The end lies before the start."))
        return cleaned


class ChangeForm(forms.Form):
    """A change of one membership; `note` is why, for the journal."""

    note = _note()

    def __init__(self, data: Any = None, *, membership: Membership, zone: ZoneInfo) -> None:
        self.membership = membership
        self.zone = zone
        super().__init__(data)
        self.order_fields([name for name in self.fields if name != "note"])

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name != "note"]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """All that was sent of it, to be sent along with the confirmation."""
        names = [name for field in self for name in (field.html_name, field.html_initial_name)]
        return [(name, self.data[name]) for name in names if name in self.data]

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        raise NotImplementedError


class FreezeForm(ChangeForm):
    until = _until(required=True)

    def wanted(self) -> Wanted:
        return changes.Freeze(dates.end_of(self.cleaned_data["until"], self.zone))


class UnfreezeForm(ChangeForm):
    def wanted(self) -> Wanted:
        return changes.Unfreeze()


class PoolForm(ChangeForm):
    left = forms.IntegerField(label=gettext_lazy("Visits left"), min_value=0, max_value=MOST_VISITS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["left"].initial = self.membership.pool_left

    def wanted(self) -> Wanted:
        return changes.SetPool(self.cleaned_data["left"])


class BalancesForm(ChangeForm):
    """A number for each service; unlimited ones are shown and cannot be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in self.membership.balances:
            self.fields[f"left-{row.id}"] = forms.IntegerField(
                label=words.service(row),
                min_value=0,
                max_value=MOST_VISITS,
                initial=None if row.is_unlimited else row.left,
                # Sent along, to tell what the person changed from what somebody else did.
                show_hidden_initial=True,
                required=not row.is_unlimited,
                disabled=row.is_unlimited,
                help_text=_("unlimited") if row.is_unlimited else "",
            )
        self.order_fields([name for name in self.fields if name != "note"])

    def wanted(self) -> Wanted:
        return changes.SetBalances(
            {
                row.id: self.cleaned_data[f"left-{row.id}"]
                for row in self.membership.balances
                if not row.is_unlimited and f"left-{row.id}" in self.changed_data
            }
        )


class ValidityForm(ChangeForm):
    number = forms.IntegerField(label=gettext_lazy("Lasts"), min_value=1, max_value=MOST_DAYS)
    unit = forms.TypedChoiceField(
        label=gettext_lazy("Unit"), choices=list(UNITS.items()), coerce=int
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = self.membership.period or None
        self.fields["unit"].initial = self.membership.period_unit or 1

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("number", 0) * DAYS_OF_UNIT.get(cleaned.get("unit", 0), 0) > MOST_DAYS:
            self.add_error("number", _("At most a thousand years."))
        return cleaned

    def wanted(self) -> Wanted:
        return changes.SetPeriod(self.cleaned_data["number"], self.cleaned_data["unit"])


class SeveralForm(forms.Form):
    """What is done to all that were ticked."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is done"),
        choices=[
            ("freeze", gettext_lazy("Freeze")),
            ("unfreeze", gettext_lazy("Unfreeze")),
            ("extend", gettext_lazy("Extend")),
        ],
        initial="extend",
        widget=forms.RadioSelect,
    )
    until = _until(required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Longer by so many days"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS_MORE,
    )
    note = _note()

    def __init__(self, data: Any = None, *, zone: ZoneInfo | None = None, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = {"freeze": "until", "extend": "days"}.get(cleaned.get("what", ""))
        if needed and not cleaned.get(needed) and needed not in self.errors:
            texts = {"until": _("Say until when."), "days": _("Say by how many.")}
            self.add_error(needed, texts[needed])
        return cleaned

    def plan(self) -> Plan:
        """What a valid form does to each."""
        what = self.cleaned_data["what"]
        if what == "extend":
            return several.longer_by(self.cleaned_data["days"])
        if what == "unfreeze":
            return several.same_for_all(changes.Unfreeze())
        assert self.zone is not None
        return several.same_for_all(
            changes.Freeze(dates.end_of(self.cleaned_data["until"], self.zone))
        )

    def title(self) -> str:
        what = self.cleaned_data["what"]
        if what == "extend":
            return several.title_of(actions.VALIDITY_SET, words.days(self.cleaned_data["days"]))
        if what == "unfreeze":
            return several.title_of(actions.UNFROZEN, "")
        day = date_format(self.cleaned_data["until"], "j M Y")
        return several.title_of(actions.FROZEN, day)
