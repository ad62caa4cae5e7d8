"""The lenient readers: what the API was seen to send, and anything else without an exception."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
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


@pytest.mark.parametrize("value", [True, 1, "1", "true", "True", " 1 ", Decimal("1.0"), 1.0])
def test_true_in_all_its_spellings(value: Any) -> None:
    assert read_bool(value) is True


@pytest.mark.parametrize("value", [False, 0, "0", "false", Decimal(0), 0.0])
def test_false_in_all_its_spellings(value: Any) -> None:
    assert read_bool(value) is False


@pytest.mark.parametrize("value", [None, "", "yes", 2, -1, "2", [], {}, [1], float("nan")])
def test_no_flag_is_unknown(value: Any) -> None:
    assert read_bool(value) is None


@pytest.mark.parametrize(
    ("value", "read"),
    [
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
    ],
)
def test_whole_number(value: Any, read: int | None) -> None:
    assert read_int(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (Decimal("10.50"), "10.50"),
        ("10.50", "10.50"),
        (10, "10"),
        (0.1, "0.1"),
        ("-3", "-3"),
        ("1e3", "1E+3"),
    ],
)
def test_number_keeps_its_digits(value: Any, read: str) -> None:
    assert str(read_decimal(value)) == read


@pytest.mark.parametrize(
    "value",
    [
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
    ],
)
def test_no_number_is_unknown(value: Any) -> None:
    assert read_decimal(value) is None


def test_text_stays_as_it_is() -> None:
    assert read_str(" <b>Йога</b> ") == " <b>Йога</b> "
    assert read_str(5) == "5"
    assert read_str("") == ""


@pytest.mark.parametrize("value", [None, True, [], {}, ["a"]])
def test_no_text_is_unknown(value: Any) -> None:
    assert read_str(value) is None


def test_list_that_is_none_is_empty() -> None:
    assert read_list([1, None]) == (1, None)
    assert read_list(None) == read_list("ab") == read_list({"a": 1}) == ()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ([300, "7", 2.0], (2, 7, 300)),
        ([5, "5"], (5,)),
        ([], ()),
        ([1, "two"], None),
        ([1, None], None),
        ([True], None),
        (None, None),
        ("12", None),
        ({"0": 1}, None),
    ],
)
def test_numbers_are_all_understood_or_none(value: Any, read: tuple[int, ...] | None) -> None:
    assert read_numbers(value) == read


@pytest.mark.parametrize(
    "value",
    [
        "2030-12-31T23:59:59+02:00",
        "2030-12-31T23:59:59.000+0200",
        "2030-12-31 21:59:59Z",
        "2030-12-31T16:59:59-05:00",
    ],
)
def test_moment_in_all_its_spellings(value: str) -> None:
    assert read_instant(value) == datetime(2030, 12, 31, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
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
    ],
)
def test_no_moment_is_unknown(value: Any) -> None:
    assert read_instant(value) is None


@pytest.mark.parametrize(
    ("image", "url"),
    [
        ("https://images.example/1.jpg", "https://images.example/1.jpg"),
        ({"big": "https://images.example/1.jpg"}, "https://images.example/1.jpg"),
        ({"width": 5, "big": "https://images.example/1.jpg"}, "https://images.example/1.jpg"),
        ("javascript:alert(1)", None),
        ("http://images.example/1.jpg", None),
        ({"big": "data:text/html,x"}, None),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
def test_picture_has_a_safe_address_or_none(image: Any, url: str | None) -> None:
    assert read_image_url(image) == url


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
