"""The forms of gift card types, in the dashboard's own words: each field is one term."""

from __future__ import annotations

from typing import Any

from loyalty_admin.altegio.gift_card_types import SCHEMA, Terms
from loyalty_admin.catalog.forms import TermsForm
from loyalty_admin.catalog.rules import Problem
from loyalty_admin.gift_card_types import rules, words
from loyalty_admin.gift_card_types.fields import FIELDS

# What a new type starts from; the unit only waits for a number beside it.
NEW = Terms(validity_unit=3)
ROW_TERMS = ("title", "face_value", "location_ids", "online_sale", "online_price")


class GiftCardTypeForm(TermsForm):
    """Every term of a gift card type."""

    terms = SCHEMA.names
    schema = SCHEMA
    table = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (
            "balance_editing" in self.fields
            and self.opened.balance_editing in words.BALANCE_EDITING
        ):
            self.fields["balance_editing"].help_text = ""  # only about values that have no word

    def problems(self, terms: Terms) -> list[Problem]:
        return rules.problems(terms)


class RowForm(GiftCardTypeForm):
    """What can be changed in the list itself: without help, for the eye that scans."""

    terms = ROW_TERMS
    has_help = False


class NewGiftCardTypeForm(GiftCardTypeForm):
    """A type that is made: it also needs a location from which it is sold."""

    is_new = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.opened == NEW:
            del self.initial["face_value"]  # a value is typed, not left at nothing
