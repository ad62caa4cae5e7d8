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

    Where that makes no number, it is the one that another location reads: clients travel. Where
    it is none anywhere, it may begin with a country's code that nobody marked as one.
    Digits only, the country's code first. Raises NoPhone.
    """
    read = {location.id: _digits(text, _country_of(location)) for location in locations}
    anywhere = [*read.values(), _digits(text, None), _digits_without_plus(text)]
    elsewhere = next(filter(None, anywhere), "")
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


def _digits_without_plus(text: str) -> str:
    """Only of a number that its country really has: nearly any digits look like some country's."""
    text = text.strip()
    if text.startswith("8"):  # how people from Vilnius to Almaty begin a call within their country
        return ""
    digits = _digits("+" + text, None)
    is_there = digits and phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    return digits if is_there else ""


def _country_of(location: Location) -> str | None:
    """The country of the location's own phone; None where it is not written there."""
    digits = _digits(location.phone, None) or _digits_without_plus(location.phone)
    return phonenumbers.region_code_for_number(phonenumbers.parse(f"+{digits}")) if digits else None
