"""The lenient readers: what the API was seen to send, and anything else without an exception."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.values import (
    read_bool,
    read_decimal,
    read_image_url,
    read_instant,
    read_int,
    read_list,
    read_numbers,
    read_str,
)

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text()
# Left alone, the recursion makes next to nothing but lists and objects.
ANYTHING = PLAIN | st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def test_true_in_all_its_spellings() -> None:
    table: list[Any] = [True, 1, "1", "true", "True", " 1 ", Decimal("1.0"), 1.0]
    wrong = {repr(value): found for value in table if (found := read_bool(value)) is not True}
    assert wrong == {}


def test_false_in_all_its_spellings() -> None:
    table: list[Any] = [False, 0, "0", "false", Decimal(0), 0.0]
    wrong = {repr(value): found for value in table if (found := read_bool(value)) is not False}
    assert wrong == {}


def test_no_flag_is_unknown() -> None:
    table: list[Any] = [None, "", "yes", 2, -1, "2", [], {}, [1], float("nan")]
    wrong = {repr(value): found for value in table if (found := read_bool(value)) is not None}
    assert wrong == {}


def test_whole_number() -> None:
    table: list[tuple[Any, int | None]] = [
        (5, 5),
        ("5", 5),
        (" 5 ", 5),
        (Decimal("5.00"), 5),
        ("5.0", 5),
        (-3, -3),
        (2**63 - 1, 2**63 - 1),
        (True, None),
        ("5.5", None),
        (Decimal("5.5"), None),
        (2**63, None),
        (10**4000, None),
        (Decimal("1E+999999"), None),
        ("1E+999999", None),
        ("", None),
        ("five", None),
        (None, None),
        ([5], None),
        ({}, None),
        (float("inf"), None),
    ]
    wrong = {
        repr((value, read)): found for value, read in table if (found := read_int(value)) != read
    }
    assert wrong == {}


def test_number_keeps_its_digits() -> None:
    table: list[tuple[Any, str]] = [
        (Decimal("10.50"), "10.50"),
        ("10.50", "10.50"),
        (10, "10"),
        (0.1, "0.1"),
        ("-3", "-3"),
        ("1e3", "1E+3"),
    ]
    wrong = {
        repr((value, read)): found
        for value, read in table
        if (found := str(read_decimal(value))) != read
    }
    assert wrong == {}


def test_no_number_is_unknown() -> None:
    table: list[Any] = [
        None,
        True,
        "",
        "ten",
        "NaN",
        "Infinity",
        float("nan"),
        Decimal("sNaN"),
        [],
        "9" * 50,
        "1e-99",
    ]
    wrong = {repr(value): found for value in table if (found := read_decimal(value)) is not None}
    assert wrong == {}


def test_text_stays_as_it_is() -> None:
    assert read_str(" <b>Йога</b> ") == " <b>Йога</b> "
    assert read_str(5) == "5"
    assert read_str("") == ""


def test_no_text_is_unknown() -> None:
    table: list[Any] = [None, True, [], {}, ["a"]]
    wrong = {repr(value): found for value in table if (found := read_str(value)) is not None}
    assert wrong == {}


def test_list_that_is_none_is_empty() -> None:
    assert read_list([1, None]) == (1, None)
    assert read_list(None) == read_list("ab") == read_list({"a": 1}) == ()


def test_numbers_are_all_understood_or_none() -> None:
    table: list[tuple[Any, tuple[int, ...] | None]] = [
        ([300, "7", 2.0], (2, 7, 300)),
        ([5, "5"], (5,)),
        ([], ()),
        ([1, "two"], None),
        ([1, None], None),
        ([True], None),
        (None, None),
        ("12", None),
        ({"0": 1}, None),
    ]
    wrong = {
        repr((value, read)): found
        for value, read in table
        if (found := read_numbers(value)) != read
    }
    assert wrong == {}


def test_moment_in_all_its_spellings() -> None:
    moment = datetime(2030, 12, 31, 21, 59, 59, tzinfo=UTC)
    table = [
        "2030-12-31T23:59:59+02:00",
        "2030-12-31T23:59:59.000+0200",
        "2030-12-31 21:59:59Z",
        "2030-12-31T16:59:59-05:00",
    ]
    wrong = {value: found for value in table if (found := read_instant(value)) != moment}
    assert wrong == {}


def test_no_moment_is_unknown() -> None:
    table: list[Any] = [
        None,
        "",
        "2030-12-31",
        "2030-12-31T23:59:59",
        "2030-02-30T00:00:00+00:00",
        "31.12.2030",
        "9999-12-31T23:59:59-05:00",
        "0001-01-01T00:00:00+05:00",
        1924984799,
        [],
    ]
    wrong = {repr(value): found for value in table if (found := read_instant(value)) is not None}
    assert wrong == {}


def test_picture_has_a_safe_address_or_none() -> None:
    table: list[tuple[Any, str | None]] = [
        ("https://images.example/1.jpg", "https://images.example/1.jpg"),
        ({"big": "https://images.example/1.jpg"}, "https://images.example/1.jpg"),
        ({"width": 5, "big": "https://images.example/1.jpg"}, "https://images.example/1.jpg"),
        ("javascript:alert(1)", None),
        ("http://images.example/1.jpg", None),
        ({"big": "data:text/html,x"}, None),
        ({}, None),
        (None, None),
        ([], None),
    ]
    wrong = {
        repr((image, url)): found for image, url in table if (found := read_image_url(image)) != url
    }
    assert wrong == {}


@given(ANYTHING)
def test_nothing_raises(value: Any) -> None:
    for read in (
        read_bool,
        read_int,
        read_decimal,
        read_str,
        read_list,
        read_numbers,
        read_instant,
        read_image_url,
    ):
        read(value)
