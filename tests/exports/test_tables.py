"""Tables as files: what goes in comes out, and nothing in it is carried out."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from loyalty_admin.exports.tables import Cell, Table, csv_chunks, write_xlsx

pytestmark = pytest.mark.slow

DANGEROUS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "\u200b=1"]
texts = st.text() | st.sampled_from(DANGEROUS)
amounts = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12))


def table(*cells: Cell, columns: tuple[str, ...] = ("One",)) -> Table:
    return Table(name="Types: of [a] chain's", columns=columns, rows=([cell] for cell in cells))


def read_csv(made: Table, *, bom: bool = False) -> list[list[str]]:
    text = b"".join(csv_chunks(made, bom=bom)).decode("utf-8-sig" if bom else "utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def read_xlsx(made: Table) -> list[Any]:
    file = io.BytesIO()
    write_xlsx(made, file)
    return [row[0] for row in load_workbook(file).worksheets[0].iter_rows()]


def clean(text: str) -> str:
    """What of a text a file can hold."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c in "\t\n" or c >= " " else "\ufffd" for c in plain).translate(
        dict.fromkeys([0xFFFE, 0xFFFF, *range(0xD800, 0xE000)], "\ufffd")
    )


@given(text=texts)
def test_text_comes_out_of_csv_and_is_inert(text: str) -> None:
    (_head, (cell,)) = read_csv(table("x" + text)) if text else (0, ("x",))
    assert cell == "x" + clean(text)
    (_head, row) = read_csv(table(text))
    found = row[0] if row else ""
    assert found.removeprefix("'") == clean(text).removeprefix("'")
    assert not found.lstrip().startswith(("=", "+", "-", "@"))


@settings(max_examples=50)
@given(text=texts)
def test_text_comes_out_of_xlsx_and_is_no_formula(text: str) -> None:
    _head, cell = read_xlsx(table("x" + text))
    assert cell.value == "x" + clean(text)
    found = read_xlsx(table(text, 1))[1]
    assert found.value == (clean(text) or None)
    assert found.data_type == ("s" if text else "n")


def test_formula_is_inert_in_both() -> None:
    _head, *rows = read_csv(table(*DANGEROUS))
    assert [text for (text,) in rows if not text.startswith("'")] == []
    _head, *cells = read_xlsx(table(*DANGEROUS))
    assert [cell.value for cell in cells if cell.data_type != "s" or not cell.quotePrefix] == []
    assert len(rows) == len(cells) == len(DANGEROUS)


def test_column_title_is_inert_in_both() -> None:
    made = table(1, columns=("=1+1",))
    assert read_csv(made)[0] == ["'=1+1"]
    assert read_xlsx(table(1, columns=("=1+1",)))[0].data_type == "s"


@settings(max_examples=50)
@given(amount=amounts.filter(lambda amount: abs(amount) < 10**12))
def test_money_is_an_exact_number_in_both(amount: Decimal) -> None:
    assert Decimal(read_csv(table(amount))[1][0]) == amount
    cell = read_xlsx(table(amount))[1]
    assert cell.data_type == "n"
    assert Decimal(repr(cell.value)) == amount


def test_number_of_too_many_digits_is_text_in_xlsx() -> None:
    for number in (Decimal("1234567890123456.78"), 12345678901234567):
        cell = read_xlsx(table(number))[1]
        assert (cell.data_type, cell.value) == ("s", str(number))
        assert read_csv(table(number))[1] == [str(number)]


def test_digits_in_xlsx_are_those_of_the_decimal() -> None:
    """Looked up in the file itself: reading it as a float would hide another last digit."""
    file = io.BytesIO()
    write_xlsx(table(Decimal("8.95")), file)
    assert b"<v>8.95</v>" in ZipFile(file).read("xl/worksheets/sheet1.xml")


def test_moment_has_its_offset_in_csv_and_is_a_date_in_xlsx() -> None:
    at = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    assert read_csv(table(at))[1] == ["2026-11-24T08:05:00+00:00"]
    cell = read_xlsx(table(at))[1]
    assert cell.is_date
    assert cell.value == datetime(2026, 11, 24, 8, 5)


def test_day_is_a_date_in_xlsx_and_text_before_spreadsheets_count() -> None:
    _head, day, old = read_xlsx(table(date(2026, 11, 24), date(1899, 1, 1)))
    assert (day.is_date, day.value) == (True, datetime(2026, 11, 24))
    assert old.value == "1899-01-01"


def test_yes_no_and_nothing() -> None:
    assert read_csv(Table(name="x", columns=["a", "b"], rows=[[True, None]]))[1] == ["true", ""]
    assert [cell.value for cell in read_xlsx(table(True, None, False))[1:]] == [True, None, False]


def test_mark_stands_first_only_where_asked() -> None:
    marked = b"".join(csv_chunks(table("ä"), bom=True))
    assert marked.startswith(b"\xef\xbb\xbf")
    assert not b"".join(csv_chunks(table("ä"), bom=False)).startswith(b"\xef\xbb\xbf")


def test_long_csv_comes_in_pieces() -> None:
    made = Table(name="x", columns=["n"], rows=([number] for number in range(30_000)))
    pieces = list(csv_chunks(made, bom=False))
    assert len(pieces) > 1
    assert max(map(len, pieces)) < 100_000


def test_rows_that_one_sheet_cannot_hold_go_on_in_the_next_under_the_same_head() -> None:
    file = io.BytesIO()
    made = Table(name="x" * 40, columns=["n"], rows=([number] for number in range(7)))
    write_xlsx(made, file, most_rows=4)
    sheets = [
        [row[0].value for row in sheet.iter_rows()] for sheet in load_workbook(file).worksheets
    ]
    assert sheets == [["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6]]


def test_text_that_looks_like_an_error_stays_text() -> None:
    texts = ["#N/A", "#REF!", "#1"]
    _head, *cells = read_xlsx(table(*texts))
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", text) for text in texts]
