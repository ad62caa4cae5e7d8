"""A gift card type's own page: every term in words, by group, and what Altegio says besides."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from loyalty_admin.altegio.gift_card_types import SCHEMA, GiftCardType
from loyalty_admin.altegio.values import read_bool, read_str
from loyalty_admin.catalog.words import moment_or_text
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.gift_card_types.words import Words


def group_labels() -> dict[str, str]:
    return {
        "basics": _("Basics"),
        "covers": _("What it pays for"),
        "validity": _("Validity"),
        "online": _("Online sale"),
        "locations": _("Locations"),
    }


def facts(item: GiftCardType, say: Words) -> list[dict[str, Any]]:
    """Every term in words, by group; lists are shown by parts of their own."""
    labels = group_labels()
    unknown = {SCHEMA.term_of_key[key] for key in item.unreadable}
    return [
        {
            "name": group,
            "title": labels[group],
            "facts": [
                {
                    "label": FIELDS.label(name),
                    "text": _("not known") if name in unknown else say.of(item.terms, name),
                    "is_long": name == "online_description",
                }
                for name in names
                if _says_something(item, name)
            ],
        }
        for group, names in FIELDS.groups().items()
    ]


def _says_something(item: GiftCardType, name: str) -> bool:
    """Left out: what is without meaning beside another term."""
    if name in ("online_price", "online_title", "online_description"):
        return item.terms.online_sale or bool(getattr(item.terms, name))
    return name not in SCHEMA.idle(item.terms)


def services(item: GiftCardType, say: Words) -> list[str]:
    """The named services; none where they mean nothing."""
    if "service_ids" in SCHEMA.idle(item.terms):
        return []
    return [
        say.services.get(number) or _("number %(number)s") % {"number": number}
        for number in item.terms.service_ids
    ]


def _archived(item: GiftCardType) -> str:
    said = moment_or_text(item.archived_at)
    return said or (_("yes") if item.is_archived else "")


def read_only_facts(item: GiftCardType) -> list[dict[str, str]]:
    """What Altegio says besides and nobody sets here."""
    raw = item.raw
    limited = read_bool(raw.get("is_serial_number_limited"))
    found = [
        (_("Number at Altegio"), str(item.id)),
        (_("Cards issued"), _("not known") if item.issued is None else str(item.issued)),
        (_("Archived by Altegio"), _archived(item)),
        (_("Altegio calls what it pays for"), item.covers_title),
        (_("Position in lists"), read_str(raw.get("weight"))),
        (
            _("Limited serial numbers"),
            None if limited is None else _("yes") if limited else _("no"),
        ),
    ]
    return [{"label": label, "text": text} for label, text in found if text not in (None, "")]
