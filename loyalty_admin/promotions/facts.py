"""A promotion's own page: every term in words, by group, and what Altegio says besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from loyalty_admin.altegio.notification_templates import NotificationTemplate
from loyalty_admin.altegio.promotion_kinds import KINDS
from loyalty_admin.altegio.promotions import FIXED_TERMS, SCHEMA, Promotion, Terms
from loyalty_admin.catalog.words import numbered
from loyalty_admin.promotions import examples, kinds, occasions
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.promotions.words import Words


def group_labels() -> dict[str, str]:
    return {
        "basics": _("Basics"),
        "gives": _("What it gives"),
        "fixed": _("Set when it was created"),
        "items": _("What it counts for"),
        "expiry": _("Expiry"),
        "messages": _("Messages"),
        "cards": _("Loyalty card types"),
        "locations": _("Where it is valid"),
    }


def facts(promotion: Promotion, say: Words) -> list[dict[str, Any]]:
    """Every term in words, by group; lists are shown by parts of their own."""
    labels = group_labels()
    unknown = {SCHEMA.term_of_key[key] for key in promotion.unreadable}
    idle = SCHEMA.idle(promotion.terms)
    # What a known type gives stands in the sentence and its example.
    shown_apart = {"rules"} if promotion.terms.kind in KINDS else set()
    return [
        {
            "name": group,
            "title": labels[group],
            "facts": [
                {
                    "label": FIELDS.label(name),
                    "text": _("not known") if name in unknown else say.of(promotion.terms, name),
                }
                for name in names
                if name not in idle | shown_apart
            ],
        }
        for group, names in FIELDS.groups().items()
    ]


def fixed(terms: Terms, say: Words) -> list[dict[str, str]]:
    """What Altegio lets nobody change, in words."""
    shown = FIXED_TERMS - SCHEMA.idle(terms)
    return [
        {"label": FIELDS.label(name), "text": say.of(terms, name)}
        for name in SCHEMA.names
        if name in shown
    ]


def items(promotion: Promotion, say: Words) -> list[tuple[str, list[str]]]:
    """Chosen services and products by name; none where all or none count."""
    idle = SCHEMA.idle(promotion.terms)
    known_by: dict[str, Mapping[int, str]] = {
        "service_ids": say.services,
        "product_ids": say.products,
        "product_category_ids": say.products,
    }
    return [
        (
            FIELDS.label(name),
            [known.get(number) or numbered(number) for number in getattr(promotion.terms, name)],
        )
        for name, known in known_by.items()
        if name not in idle
    ]


def texts(
    terms: Terms, templates: Iterable[NotificationTemplate]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The chain's own texts that its messages send, by message."""
    known = list(templates)
    return [
        (
            FIELDS.label(name),
            occasions.previews(known, name, kinds.gives(terms.kind)).get(sent.size, []),
        )
        for name, sent in (("on_changed", terms.on_changed), ("on_expiration", terms.on_expiration))
        if name not in SCHEMA.idle(terms) and sent.size != "custom"
    ]


def worked(terms: Terms, say: Words) -> dict[str, Any] | None:
    """A worked example as a table: its caption, its columns, and rows of cells."""
    found = examples.example(terms, say)
    if found is None:
        return None
    bill, with_bonuses = say.money(found.bill), say.money(found.bill - found.paid)
    if found.gives == "discount":
        text = _("For example, with a bill of %(bill)s")
        if KINDS[terms.kind].rules == "package":
            text = _("For example, where each service costs %(bill)s")
        return {
            "caption": text % {"bill": bill},
            "columns": (_whose(terms), _("Gives"), _("Discount"), _("Pays")),
            "rows": [
                (line.who, line.rate, say.money(line.given), say.money(found.bill - line.given))
                for line in found.lines
            ],
        }
    text = _("For example, with a bill of %(bill)s, of which %(part)s are paid with bonuses")
    if KINDS[terms.kind].rules == "tiers" and terms.visit_multiplicity > 1:
        text = _("%(example)s, on a visit that counts") % {"example": text}
    return {
        "caption": text % {"bill": bill, "part": with_bonuses},
        "columns": (_whose(terms), _("Gives"), _("Bonuses")),
        "rows": [(line.who, line.rate, say.money(line.given)) for line in found.lines],
    }


def _whose(terms: Terms) -> str:
    """What the lines of the example are about."""
    kind = KINDS[terms.kind]
    if kind.rules == "package":
        return _("Service")
    if kind.rules == "static" and kind.gives == "bonus" and terms.visit_multiplicity > 1:
        return _("Visit")
    return _("Client")
