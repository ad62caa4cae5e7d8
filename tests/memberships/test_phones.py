"""Phones as people write them, as each location reads them."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.chains import Location
from loyalty_admin.memberships.phones import NoPhone, digits_by_location

RIGA = Location(id=1, title="Rīga", phone="+371 20000501")
MALAGA = Location(id=2, title="Málaga", phone="+34 952 000 504")
ALMATY = Location(id=3, title="Алматы", phone="+7 727 000 00 01")
SILENT = Location(id=4, title="No phone", phone="")
LOCAL_ONLY = Location(id=5, title="A local phone", phone="20 000 502")


def test_number_is_read_with_the_locations_country() -> None:
    table = [
        (RIGA, "20 000 001", "37120000001"),
        (RIGA, "+371 20 000 001", "37120000001"),
        (RIGA, "0037120000001", "37120000001"),
        (RIGA, "37120000001", "37120000001"),
        (RIGA, "(20) 000-001", "37120000001"),
        (RIGA, "+371/20.000.001", "37120000001"),
        (RIGA, "\u202a+371\u00a020\u202f000\u2011001\u202c", "37120000001"),
        (RIGA, "tel:+371-20000001", "37120000001"),
        (RIGA, "+371 20 000 001 ext. 5", "37120000001"),
        (RIGA, "+٣٧١ ٢٠ ٠٠٠ ٠٠١", "37120000001"),
        (RIGA, "+44 20 7946 0018", "442079460018"),
        (RIGA, "00 34 612 345 678", "34612345678"),
        (RIGA, "7 701 123-45-67", "77011234567"),
        (RIGA, "44 20 7946 0018", "442079460018"),
        (MALAGA, "612 34 56 78", "34612345678"),
        (MALAGA, "+7 701 123 45 67", "77011234567"),
        (ALMATY, "8 (701) 123-45-67", "77011234567"),
        (ALMATY, "701 123 45 67", "77011234567"),
        # A location may write its own phone without a plus.
        (Location(id=6, title="", phone="37120000501"), "20 000 001", "37120000001"),
        (Location(id=6, title="", phone="371 20000501"), "20 000 001", "37120000001"),
        (Location(id=6, title="", phone=" 0037120000501"), "20 000 001", "37120000001"),
    ]
    wrong = {}
    for location, typed, digits in table:
        found = digits_by_location(typed, [location])
        if found != {location.id: digits}:
            wrong[location, typed] = found
    assert wrong == {}


def test_what_may_be_a_call_within_some_country_is_not_taken_for_another_country() -> None:
    """8 495 … is Moscow as Moscow dials it, and would be Vietnam."""
    with pytest.raises(NoPhone):
        digits_by_location("8 495 509 09 43", [RIGA])
    moscow = Location(id=6, title="", phone="8 495 509 09 43")
    assert digits_by_location("20 000 001", [moscow, RIGA])[6] == "37120000001"


def test_every_location_is_asked_whatever_its_country() -> None:
    asked = digits_by_location("20 000 001", [SILENT, MALAGA, RIGA, LOCAL_ONLY])
    assert asked == dict.fromkeys([4, 2, 1, 5], "37120000001")


def test_number_that_two_countries_have_is_each_ones_own() -> None:
    vilnius = Location(id=6, title="Vilnius", phone="+370 5 212 3456")
    assert digits_by_location("61234567", [RIGA, vilnius]) == {1: "37161234567", 6: "37061234567"}


def test_what_is_no_number_is_none_and_is_not_repeated() -> None:
    for typed in ("", " ", "+", "00", "1", "a phone", "+999 1", "+999 1234", "١", "9" * 30):
        with pytest.raises(NoPhone) as refusal:
            digits_by_location(typed, [RIGA, MALAGA])
        assert str(refusal.value)
        assert not typed.strip("0 1+") or typed not in str(refusal.value)


def test_local_form_where_no_location_says_its_country_is_none() -> None:
    with pytest.raises(NoPhone):
        digits_by_location("20 000 001", [SILENT, LOCAL_ONLY])
    assert digits_by_location("+371 20 000 001", [SILENT]) == {4: "37120000001"}


@given(
    number=st.integers(20_000_000, 29_999_999),
    blanks=st.lists(st.sampled_from(["", " ", "-", ".", "\u00a0", "\u202f", "/"]), min_size=8),
    way=st.sampled_from(["+371", "00371", "", "+371 ", "00 371 ", "(+371)"]),
)
def test_blanks_and_marks_mean_nothing(number: int, blanks: list[str], way: str) -> None:
    typed = way + "".join(
        blank + digit for blank, digit in zip(["", *blanks], str(number), strict=False)
    )
    assert digits_by_location(typed, [RIGA]) == {1: f"371{number}"}


@given(st.text(max_size=40))
def test_any_text_is_a_number_of_digits_or_none(typed: str) -> None:
    try:
        asked = digits_by_location(typed, [RIGA, MALAGA, SILENT])
    except NoPhone:
        return
    assert asked.keys() == {1, 2, 4}
    for digits in asked.values():
        assert digits.isascii() and digits.isdigit()
        assert phonenumbers.is_possible_number(phonenumbers.parse(f"+{digits}"))
