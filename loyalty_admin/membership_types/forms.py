"""The forms of membership types, in the dashboard's own words: each field is one term."""

from __future__ import annotations

from typing import Any

from loyalty_admin.altegio.membership_types import SCHEMA, Terms
from loyalty_admin.catalog.forms import TermsForm
from loyalty_admin.catalog.rules import Problem
from loyalty_admin.membership_types import rules
from loyalty_admin.membership_types.fields import FIELDS

ROW_TERMS = ("title", "price", "location_ids", "online_sale", "online_price")


class MembershipTypeForm(TermsForm):
    """Every term of a membership type."""

    terms = SCHEMA.names
    schema = SCHEMA
    table = FIELDS

    def problems(self, terms: Terms) -> list[Problem]:
        return rules.problems(terms)


class RowForm(MembershipTypeForm):
    """What can be changed in the list itself: without help, for the eye that scans."""

    terms = ROW_TERMS
    has_help = False


class NewMembershipTypeForm(MembershipTypeForm):
    """A type that is made: it also needs a location from which it is sold."""

    is_new = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.opened.price:
            del self.initial["price"]  # a price is typed, not left at nothing
