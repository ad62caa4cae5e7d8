"""What the forms of everything a chain sells share: each field is one term, in our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio.chains import Category
from loyalty_admin.altegio.schema import Schema
from loyalty_admin.catalog.field import Fields
from loyalty_admin.catalog.form_fields import MOST, as_sent
from loyalty_admin.catalog.rules import Problem
from loyalty_admin.chains.services import (
    CATEGORIES,
    ChainContext,
    kept_categories,
    learn,
    locations,
)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the chain has to choose from; `words` are the slice's own."""

    locations: Sequence[tuple[int, str]] = ()
    catalogue: Sequence[Category] = ()
    words: Any


def choices_of(ctx: ChainContext, words: Any, *, with_catalogue: bool) -> Choices:
    """Of a chain; without its services where Altegio does not give them, which the form says."""
    if with_catalogue:
        learn(ctx, CATEGORIES)
    return Choices(
        locations=[(location.id, location.title) for location in locations(ctx)],
        words=words,
        catalogue=kept_categories(ctx) if with_catalogue else (),
    )


class DrawnField(forms.BoundField):
    """A field that the form notes as drawn."""

    def as_field_group(self) -> SafeString:
        self.form.drawn.add(self.name)  # type: ignore[attr-defined]  # a TermsForm
        return super().as_field_group()


class TermsForm(forms.Form):
    """`opened` are the terms it starts from; rules that they break already and that the person
    does not touch are left alone. A slice says the rest: what its terms are and how each is typed.
    """

    schema: ClassVar[Schema[Any]]
    terms: Sequence[str]
    table: ClassVar[Fields]
    # Terms that are numbers of several things, and typed by ticking them.
    lists: ClassVar[Sequence[str]] = ("location_ids", "service_ids")
    # Texts of several lines: browsers send line breaks their own way.
    long_texts: ClassVar[Sequence[str]] = ("online_description",)
    is_new = False
    has_help = True
    bound_field_class = DrawnField

    def __init__(
        self, data: Any = None, *, opened: Any, choices: Choices, sold: int | None = None
    ) -> None:
        self.opened = opened
        self.choices = choices
        self.drawn: set[str] = set()
        super().__init__(data, initial={name: getattr(opened, name) for name in self.terms})
        for name in self.terms:
            self.fields[name] = field = self.field_of(name)
            field.label = self.table.label(name)
            field.help_text = self.table[name].help if self.has_help else ""
            # What the template marks: Altegio will keep it, whatever is typed.
            is_locked = self.table[name].locked_once_sold
            field.is_kept = bool(sold) and is_locked  # type: ignore[attr-defined]  # for the template

    def field_of(self, name: str) -> forms.Field:
        """The field of a term: as the table says, else as its kind of value needs it."""
        make = self.table[name].form
        if make is not None:
            return make(self)
        default = getattr(type(self.opened)(), name)
        if isinstance(default, bool):
            return forms.BooleanField(required=False)
        if isinstance(default, str):
            return forms.CharField(required=False, max_length=255)
        return forms.IntegerField(min_value=0, max_value=MOST)

    @property
    def not_drawn(self) -> list[forms.BoundField]:
        """Fields for which the template has no place: it draws them last, so that none is lost."""
        return [self[name] for name in self.fields if name not in self.drawn]

    def problems(self, terms: Any) -> list[Problem]:
        """The rules that the terms break."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # Their controls are hidden: nobody would find what is wrong with them.
        for name in self.schema.idle(replace(self.opened, **cleaned)) & self.errors.keys():
            del self.errors[name]
            cleaned[name] = getattr(self.opened, name)
        for name in self.lists:
            if name in cleaned:
                cleaned[name] = tuple(sorted({int(number) for number in cleaned[name]}))
        for name in set(self.long_texts) & cleaned.keys():
            cleaned[name] = cleaned[name].replace("\r\n", "\n")
        if not self.is_new:
            self._keep_untouched(cleaned)
        if not self.errors:
            self._check(replace(self.opened, **cleaned))
        if self.is_new and self.choices.locations and not cleaned.get("location_ids"):
            self.add_error("location_ids", _("Choose at least one location."))
        return cleaned

    def _check(self, terms: Any) -> None:
        touched = set(self.schema.differing(self.opened, terms))
        for problem in self.problems(terms):
            if self.is_new or problem.involved & touched:
                self.add_error(problem.name if problem.name in self.fields else None, problem.text)
        if not self.is_new and self.opened.location_ids != () and not terms.location_ids:
            self.add_error("location_ids", _("Choose at least one location."))

    def _keep_untouched(self, cleaned: dict[str, Any]) -> None:
        """What nobody touched stays as it was read, also where it could not be typed so."""
        changed = set(self.changed_data)
        for name in self.terms:
            opened = getattr(self.opened, name)
            if isinstance(opened, str) and isinstance(self.fields[name], forms.CharField):
                has_lines = name in self.long_texts
                sent = as_sent(self[name].data or "", has_lines=has_lines)
                if sent == as_sent(opened, has_lines=has_lines):
                    changed.discard(name)
        for name in set(self.terms) - changed:
            self.errors.pop(name, None)
            cleaned[name] = getattr(self.opened, name)

    def wanted(self) -> dict[str, Any]:
        """The terms as typed, by name."""
        return {name: self.cleaned_data[name] for name in self.terms}

    def add_refusal(self, errors: Mapping[str, Sequence[str]], message: str) -> None:
        """Put Altegio's own words on the fields they belong to, the rest above the form."""
        by_term = self.schema.terms_of_errors(errors)
        for name, texts in by_term.items():
            self.add_error(name if name in self.fields else None, list(texts))
        if message and message not in {text for texts in by_term.values() for text in texts}:
            self.add_error(None, message)


class RestoreForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=255)
