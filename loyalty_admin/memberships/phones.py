"""Phones, any way a person writes them."""

from __future__ import annotations

from collections.abc import Iterable

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat

from loyalty_admin.altegio.chains import Location


class NoPhone(ValueError):
    """What is no phone number, in words for people; the text itself is not repeated."""


def digits_by_location(text: str, locations: Iterable[Location]) -> dict[int, str]:
    """The number as each location would read it: without a country, it is of the location's own.

    Where that makes no number, it is the one that another location reads: clients travel.
    Digits only, the country's code first. Raises NoPhone.
    """
    read = {location.id: _digits(text, _country_of(location)) for location in locations}
    elsewhere = next(filter(None, read.values()), "")
    if not elsewhere:
        raise NoPhone(
            _("This is no phone number. Write it with its country, for example +371 20 000 001.")
        )
    return {location_id: digits or elsewhere for location_id, digits in read.items()}


def _digits(text: str, country: str | None) -> str:
    text = "".join(text.split())  # the parser does not know every blank
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")


def _country_of(location: Location) -> str | None:
    """The country of the location's own phone; None where it is not written there."""
    try:
        own = phonenumbers.parse(location.phone, None)
    except NumberParseException:
        return None
    return phonenumbers.region_code_for_number(own)
