"""The forms of promotions, in the dashboard's own words: each field is one term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from loyalty_admin.altegio.chains import CardType
from loyalty_admin.altegio.notification_templates import NotificationTemplate
from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.altegio.promotions import FIXED_TERMS, SCHEMA, Terms
from loyalty_admin.catalog.forms import Choices, TermsForm
from loyalty_admin.catalog.rules import Problem
from loyalty_admin.promotions import rules
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.form_fields import RulesField


@dataclass(frozen=True, kw_only=True)
class PromotionChoices(Choices):
    """`card_types` and `templates` are None where Altegio did not give them."""

    card_types: Sequence[CardType] | None = None
    templates: Sequence[NotificationTemplate] | None = None


class PromotionForm(TermsForm):
    """What Altegio lets be changed of a promotion of one type."""

    schema = SCHEMA
    table = FIELDS
    lists = ("location_ids", "service_ids", "card_type_ids")
    long_texts = ()
    opened: Terms
    choices: PromotionChoices

    def __init__(
        self, data: Any = None, *, opened: Terms, choices: Choices, unfinished: bool = False
    ) -> None:
        """`unfinished`: somebody is still at it, and nothing is wrong yet."""
        self.kind = KINDS[opened.kind]
        self.terms = self.terms_of(opened)
        self.unfinished = unfinished
        super().__init__(data, opened=opened, choices=choices)

    def terms_of(self, opened: Terms) -> tuple[str, ...]:
        idle = SCHEMA.idle(replace(opened, expiration=1)) | FIXED_TERMS
        return tuple(name for name in SCHEMA.names if name not in idle)

    def full_clean(self) -> None:
        # A rule that is broken, or Altegio's refusal, does not unsay what was typed.
        self.understood: dict[str, Any] = {}
        super().full_clean()
        self.understood = self.understood or dict(getattr(self, "cleaned_data", {}))
        if self.unfinished:
            self.errors.clear()

    def typed_terms(self) -> Terms:
        """The terms as far as what is typed makes sense."""
        if not self.is_bound:
            return self.opened
        self.is_valid()
        field = self.fields["rules"]
        assert isinstance(field, RulesField)
        given: dict[str, Any] = {"rules": field.readable(self["rules"].data)}
        # That nothing is ticked is wrong, but it is what the person sees.
        given |= {name: () for name in self.lists if name in self.fields and not self[name].data}
        given |= self.understood
        return replace(self.opened, **{name: given[name] for name in self.terms if name in given})

    def wanted(self) -> dict[str, Any]:
        wanted = super().wanted()
        # A row that was added last has not moved to its place where one saves at once.
        if self.kind.rules == "tiers" and wanted["rules"] != self.opened.rules:
            wanted["rules"] = tuple(sorted(wanted["rules"], key=lambda rule: rule.threshold))
        return wanted

    def problems(self, terms: Terms) -> list[Problem]:
        self.understood = {name: getattr(terms, name) for name in self.terms}
        return rules.problems(terms)


class NewPromotionForm(PromotionForm):
    """A promotion that is made: all that its type takes, a location at least."""

    is_new = True

    def terms_of(self, opened: Terms) -> tuple[str, ...]:
        everything = replace(
            opened, services="custom_allowed", products="custom_allowed", expiration=1
        )
        idle = SCHEMA.idle(everything) | {"kind"}
        return tuple(name for name in SCHEMA.names if name not in idle)

    def wanted(self) -> dict[str, Any]:
        return {"kind": self.opened.kind, **super().wanted()}
