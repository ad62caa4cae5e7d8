"""The forms of membership types, in the dashboard's own words: each field is one term."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.chains import Category
from loyalty_admin.altegio.membership_terms import (
    TERM_NAMES,
    Terms,
    differing_terms,
    terms_of_errors,
)
from loyalty_admin.membership_types import rules, words
from loyalty_admin.membership_types.fields import ServicesField, UsableTimesField
from loyalty_admin.membership_types.words import Words

ROW_TERMS = ("title", "price", "location_ids", "online_sale", "online_price")
MOST = 1_000_000  # of any count

HELP: Mapping[str, Any] = {
    "validity": _("0 means that it never ends."),
    "activation": _(
        "The words are Altegio's own where this chain has a type with that activation. Sources "
        "disagree about the others: they are marked unconfirmed."
    ),
    "auto_activation": _(
        "Counted from the sale, where activation is on the first visit. A change also applies to "
        "memberships that were sold and are not active yet. 0 means never."
    ),
    "sold_without_code": _("Without a code a client must be chosen at the sale."),
    "is_pooled": _("From a shared pool each visit takes one, whatever the service."),
    "is_pool_unlimited": _("Not every chain may sell this. Needs a validity."),
    "freeze_limit": _("In all, over the life of a membership. 0 means no limit."),
    "recalculates_price": _(
        "A visit then counts with its share of the membership's price, not the list price."
    ),
    "usable_times": _("Without any row it may be used at any time. 00:00 as an end is midnight."),
    "location_ids": _("Only these sell it."),
    "category_id": _("The number of the type's category at Altegio; empty for none."),
    "online_price": _("Required while it is sold online."),
}


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the chain has to choose from."""

    locations: Sequence[tuple[int, str]] = ()
    catalogue: Sequence[Category] = ()
    words: Words


class MembershipTypeForm(forms.Form):
    """Every term. `opened` are the terms it starts from; rules that they break already and
    that the person does not touch are left alone.
    """

    terms: Sequence[str] = TERM_NAMES
    is_new = False
    has_help = True

    def __init__(
        self, data: Any = None, *, opened: Terms, choices: Choices, sold: int | None = None
    ) -> None:
        self.opened = opened
        self.choices = choices
        super().__init__(data, initial={name: getattr(opened, name) for name in self.terms})
        if self.is_new and not opened.price:
            del self.initial["price"]  # a price is typed, not left at nothing
        for name in self.terms:
            self.fields[name] = field = self._field(name)
            field.label = words.label(name)
            field.help_text = HELP.get(name, "") if self.has_help else ""
            # What the template marks: Altegio will keep it, whatever is typed.
            field.is_kept = bool(sold) and name in words.LOCKED_ONCE_SOLD  # type: ignore[attr-defined]

    def _field(self, name: str) -> forms.Field:
        if name in _MADE_BY:
            return _MADE_BY[name](self)
        default = getattr(Terms(), name)
        if isinstance(default, bool):
            return forms.BooleanField(required=False)
        if isinstance(default, str):
            return forms.CharField(required=False, max_length=255)
        return forms.IntegerField(min_value=0, max_value=MOST)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "location_ids" in cleaned:
            cleaned["location_ids"] = tuple(sorted(map(int, cleaned["location_ids"])))
        if "online_description" in cleaned:
            # Browsers send line breaks their own way.
            cleaned["online_description"] = cleaned["online_description"].replace("\r\n", "\n")
        if not self.is_new:
            self._keep_untouched(cleaned)
        if self.errors:
            return cleaned
        terms = replace(self.opened, **cleaned)
        touched = set(differing_terms(self.opened, terms))
        for problem in rules.problems(terms):
            if self.is_new or problem.involved & touched:
                self.add_error(problem.name if problem.name in self.fields else None, problem.text)
        if self.opened.location_ids != () and not terms.location_ids:
            self.add_error("location_ids", _("Choose at least one location."))
        return cleaned

    def _keep_untouched(self, cleaned: dict[str, Any]) -> None:
        """What nobody touched stays as it was read, also where it could not be typed so."""
        changed = set(self.changed_data)
        description = self.opened.online_description.replace("\r\n", "\n").strip()
        if cleaned.get("online_description") == description:
            changed.discard("online_description")
        for name in set(self.terms) - changed:
            self.errors.pop(name, None)
            cleaned[name] = getattr(self.opened, name)

    def wanted(self) -> dict[str, Any]:
        """The terms as typed, by name."""
        return {name: self.cleaned_data[name] for name in self.terms}

    def add_refusal(self, errors: Mapping[str, Sequence[str]], message: str) -> None:
        """Put Altegio's own words on the fields they belong to, the rest above the form."""
        by_term = terms_of_errors(errors)
        for name, texts in by_term.items():
            self.add_error(name if name in self.fields else None, list(texts))
        if message and message not in {text for texts in by_term.values() for text in texts}:
            self.add_error(None, message)


class RowForm(MembershipTypeForm):
    """What can be changed in the list itself: without help, for the eye that scans."""

    terms = ROW_TERMS
    has_help = False


class NewMembershipTypeForm(MembershipTypeForm):
    """A type that is made: it also needs a location from which it is sold."""

    is_new = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.choices.locations and not cleaned.get("location_ids"):
            self.add_error("location_ids", _("Choose at least one location."))
        return cleaned


class RestoreForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=255)


def _choice(
    form: MembershipTypeForm, name: str, known: Iterable[tuple[Any, Any]], *, radio: bool = False
) -> forms.TypedChoiceField:
    """Known values, and the one that was read where it is none of them: it is kept."""
    choices = list(known)
    value = getattr(form.opened, name)
    is_known = value in [number for number, _label in choices]
    if not is_known and not form.is_new:
        choices.append((value, _("not set") if value in (0, "") else _("%s (as read)") % value))
    coerce: Callable[[Any], Any] = type(value)
    return forms.TypedChoiceField(
        choices=choices,
        coerce=coerce,
        required=form.is_new,
        empty_value=value,
        widget=forms.RadioSelect if radio else forms.Select,
    )


def _flag(form: MembershipTypeForm, name: str) -> forms.TypedChoiceField:
    """A yes or no whose two sides both need words."""
    texts = words.FLAGS[name]
    return forms.TypedChoiceField(
        choices=[(flag, texts[flag]) for flag in (False, True)],
        coerce=lambda text: text == "True",
        required=True,
        widget=forms.RadioSelect,
    )


def _unit(form: MembershipTypeForm, name: str) -> forms.TypedChoiceField:
    known = [(0, _("not set")), *words.UNITS.items()]
    return _choice(form, name, known)


def _money(*, required: bool) -> forms.DecimalField:
    return forms.DecimalField(
        required=required, min_value=Decimal(0), max_digits=12, decimal_places=2
    )


def _locations(form: MembershipTypeForm) -> forms.MultipleChoiceField:
    known = dict(form.choices.locations)
    gone = [
        (number, form.choices.words.location(number))
        for number in form.opened.location_ids
        if number not in known
    ]
    return forms.MultipleChoiceField(
        choices=[*known.items(), *gone], required=False, widget=forms.CheckboxSelectMultiple
    )


def _activations(form: MembershipTypeForm) -> forms.TypedChoiceField:
    say = form.choices.words
    known = sorted({*words.DOCUMENTED_ACTIVATIONS, *say.activations})
    return _choice(
        form, "activation", [(number, say.activation(number)) for number in known], radio=True
    )


_MADE_BY: Mapping[str, Callable[[MembershipTypeForm], forms.Field]] = {
    "title": lambda form: forms.CharField(
        max_length=255, widget=forms.TextInput(attrs={"data-focus": True})
    ),
    "price": lambda form: _money(required=True),
    "online_price": lambda form: _money(required=False),
    "location_ids": _locations,
    "validity_unit": lambda form: _unit(form, "validity_unit"),
    "auto_activation_unit": lambda form: _unit(form, "auto_activation_unit"),
    "freeze_limit_unit": lambda form: _unit(form, "freeze_limit_unit"),
    "activation": _activations,
    "sold_without_code": lambda form: _flag(form, "sold_without_code"),
    "is_pooled": lambda form: _flag(form, "is_pooled"),
    "balance_editing": lambda form: _choice(
        form, "balance_editing", words.BALANCE_EDITING.items(), radio=True
    ),
    "services": lambda form: ServicesField(
        catalogue=form.choices.catalogue, opened=form.opened.services
    ),
    "usable_times": lambda form: UsableTimesField(),
    "online_description": lambda form: forms.CharField(
        required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    ),
    "category": lambda form: _choice(form, "category", [("standard", _("Standard"))]),
    "category_id": lambda form: forms.IntegerField(required=False, min_value=0),
}
