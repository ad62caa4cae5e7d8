"""The form fields for what a chain has much of: its services, its locations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from loyalty_admin.altegio.chains import Category
from loyalty_admin.catalog import words

MOST = 1_000_000  # of any count
MOST_NUMBER = 10**15 - 1  # that anything has at Altegio
# With more than these, one is looked for by its name.
MANY_LOCATIONS = 8


class LocationsPicker(forms.CheckboxSelectMultiple):
    """Locations to tick; of many, those that a word names."""

    @property  # how many there are is known only once a form has given its choices
    def template_name(self) -> str:  # type: ignore[override]  # a plain attribute in Django
        is_many = len(list(self.choices)) > MANY_LOCATIONS
        return "catalog/widgets/locations.html" if is_many else super().template_name


class ServicesPicker(forms.CheckboxSelectMultiple):
    """All services of the chain by category; `category_ids` are those that can be ticked whole."""

    template_name = "catalog/widgets/services.html"
    category_ids: frozenset[int] = frozenset()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["groups"] = [
            self._group(title, rows) for title, rows, _place in context["widget"]["optgroups"]
        ]
        return context

    def _group(self, title: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        whole = [row for row in rows if row["value"] in self.category_ids]
        services = [row for row in rows if row["value"] not in self.category_ids]
        return {
            "title": title,
            "rows": rows,
            "is_whole": any(row["selected"] for row in whole),
            "total": len(services),
            "chosen": sum(row["selected"] for row in services),
        }


def services_field(
    catalogue: Sequence[Category],
    opened: Iterable[int],
    titles: Mapping[int, str],
    *,
    with_categories: bool = False,
) -> forms.MultipleChoiceField:
    """Services of the catalogue, and those that were chosen before and left it.

    `with_categories`: a category can be chosen whole as well, by its own number.
    """
    groups = []
    for category in catalogue:
        rows = [(service.id, service.title) for service in category.services]
        if with_categories:
            rows.insert(0, (category.id, _("The whole category")))
        if rows:
            groups.append((category.title, rows))
    known = {number for _title, rows in groups for number, _label in rows}
    gone = [(number, titles.get(number, str(number))) for number in opened if number not in known]
    if gone:
        groups.insert(0, (_("Not in the chain's catalogue"), gone))
    picker = ServicesPicker()
    if with_categories:
        picker.category_ids = frozenset(category.id for category in catalogue)
    return forms.MultipleChoiceField(choices=groups, required=False, widget=picker)


def as_sent(text: str, *, has_lines: bool) -> str:
    """A text from Altegio as its field sends it back when nobody touches it.

    Browsers replace NUL, write every line break in one way, and drop those of a field that has one
    line only. Django strips the space around it, to which some control characters belong.
    """
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if has_lines else text.replace("\n", "")).strip()


def title_field() -> forms.CharField:
    return forms.CharField(max_length=255, widget=forms.TextInput(attrs={"data-focus": True}))


def description_field() -> forms.CharField:
    return forms.CharField(
        required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )


def date_input() -> forms.DateInput:
    """A day as browsers have it, whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def money_field(*, required: bool) -> forms.DecimalField:
    return forms.DecimalField(
        required=required, min_value=Decimal(0), max_digits=12, decimal_places=2
    )


def number_at_altegio_field() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, max_value=MOST_NUMBER)


def choice_field(
    form: Any, name: str, known: Iterable[tuple[Any, Any]], *, radio: bool = False
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


def flag_field(texts: Mapping[bool, Any]) -> forms.TypedChoiceField:
    """A yes or no whose two sides both need words."""
    return forms.TypedChoiceField(
        choices=[(flag, texts[flag]) for flag in (False, True)],
        coerce=lambda text: text == "True",
        required=True,
        widget=forms.RadioSelect,
    )


def unit_field(form: Any, name: str) -> forms.TypedChoiceField:
    return choice_field(form, name, [(0, _("not set")), *words.UNITS.items()])


def locations_field(form: Any) -> forms.MultipleChoiceField:
    known = dict(form.choices.locations)
    gone = [
        (number, form.choices.words.location(number))
        for number in form.opened.location_ids
        if number not in known
    ]
    return forms.MultipleChoiceField(
        choices=[*known.items(), *gone], required=False, widget=LocationsPicker
    )
