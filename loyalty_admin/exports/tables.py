"""Tables as CSV and as XLSX: exact, and inert in whatever program opens them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

type Cell = str | int | Decimal | bool | date | datetime | None

# What XML cannot hold: such a character would make the whole file unreadable.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
# A spreadsheet keeps no more digits of a number.
DIGITS = 15
LONGEST_TEXT = 32_767
FIRST_DAY = date(1900, 3, 1)  # earlier ones differ from program to program
CHUNK = 64 * 1024
# More do not fit into a sheet, the head included.
SHEET_ROWS = 1_048_576


@dataclass(frozen=True, kw_only=True)
class Table:
    """`name` is words for the file's name; `rows` are read once, so they may be a generator.

    An aware datetime stands in the zone that its column names: a spreadsheet's dates have none.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def incomplete(table: Table) -> Table:
    """The same, whose file says by its name that something is missing."""
    return replace(table, name=_("%(name)s (incomplete)") % {"name": table.name})


def money_column(label: str, currency: str) -> str:
    """The title of a column of amounts, which are plain numbers."""
    return f"{label}, {currency}" if currency else label


def csv_chunks(table: Table, *, bom: bool) -> Iterator[bytes]:
    """The table as UTF-8, in pieces; Excel takes it for UTF-8 only with the mark (`bom`)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if bom:
        buffer.write("\ufeff")
    writer.writerow([_csv_cell(column) for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_cell(cell) for cell in row])
        if buffer.tell() > CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(table: Table, file: BinaryIO, *, most_rows: int = SHEET_ROWS) -> None:
    """Write the table as a workbook, row after row: of one sheet, as long as that can hold it."""
    book = Workbook(write_only=True)
    sheet = _new_sheet(book, table)
    for number, row in enumerate(table.rows):
        if number and number % (most_rows - 1) == 0:
            sheet = _new_sheet(book, table)
        sheet.append([_xlsx_cell(sheet, cell) for cell in row])
    book.save(file)


def _new_sheet(book: Workbook, table: Table) -> WriteOnlyWorksheet:
    # Of names that are the same openpyxl numbers the later ones.
    title = NOT_IN_SHEET_NAMES.sub(" ", _writable(table.name)).strip()[:28].strip()
    sheet: WriteOnlyWorksheet = book.create_sheet(title or "Export")
    sheet.append([_xlsx_text(sheet, column) for column in table.columns])
    return sheet


def _csv_cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return _digits(cell)
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
    text = _writable(cell)
    return f"'{text}" if _may_be_formula(text) else text


def _xlsx_cell(sheet: WriteOnlyWorksheet, cell: Cell) -> SheetCell | int | str | None:
    """What openpyxl takes for what it is goes plainly, which costs half as much as a cell."""
    match cell:
        case None | bool():
            return cell
        case int() if abs(cell) < 10**DIGITS:
            return cell
        case int() | Decimal():
            number = WriteOnlyCell(sheet, _digits(Decimal(cell)))
            # openpyxl would take a Decimal through a binary float: 8.95 becomes 8.949999999999999.
            number.data_type = "n" if _fits(Decimal(cell)) else "s"
            return number
        case datetime() if cell.date() >= FIRST_DAY:
            return WriteOnlyCell(sheet, cell.replace(tzinfo=None))
        case date() if not isinstance(cell, datetime) and cell >= FIRST_DAY:
            day = WriteOnlyCell(sheet, datetime.combine(cell, time()))
            day.number_format = "yyyy-mm-dd"
            return day
        case date():
            return _xlsx_text(sheet, cell.isoformat())
    return _xlsx_text(sheet, cell)


def _xlsx_text(sheet: WriteOnlyWorksheet, text: str) -> SheetCell | str | None:
    if not text:
        return None
    written, is_odd = _writable(text)[:LONGEST_TEXT], _may_be_formula(text)
    if not is_odd and not written.startswith("#"):
        return written
    cell = WriteOnlyCell(sheet, written)
    cell.data_type = "s"  # openpyxl takes "=…" for a formula and "#N/A" for an error
    if is_odd:
        # Stays text also when somebody edits the cell.
        cell.quotePrefix = True
    return cell


def _digits(number: Decimal) -> str:
    """All digits without an exponent, as far as that is no needlessly long text."""
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return str(number)
    return format(number, "f")


def _fits(number: Decimal) -> bool:
    """Whether a spreadsheet keeps the number as it is."""
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return False
    digits = "".join(map(str, number.as_tuple().digits))
    return len(digits.strip("0")) <= DIGITS


def _writable(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _may_be_formula(text: str) -> bool:
    """Whether some program could take the text for more than text.

    Programs pass over blanks and invisible characters, and read full-width signs as plain ones.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return True
    first = next(
        (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")), ""
    )
    return unicodedata.normalize("NFKC", first)[:1] in tuple("=+-@−")
