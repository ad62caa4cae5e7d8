"""The pages of docs/ as data: the tables in them, and the tests that they name."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

type Row = dict[str, str]  # a cell by the name of its column


def tables(page: Path) -> list[tuple[str, list[Row]]]:
    """Each table with the heading that it stands below."""
    found: list[tuple[str, list[Row]]] = []
    heading, columns = "", list[str]()
    for line in page.read_text().splitlines():
        if line.startswith("#"):
            heading, columns = line.lstrip("# "), []
        elif not line.startswith("|"):
            columns = []
        elif not columns:
            columns = _cells(line)
            found.append((heading, []))
        elif not re.fullmatch(r"[|\s:-]+", line):
            found[-1][1].append(dict(zip(columns, _cells(line), strict=True)))
    return found


def rows(*columns: str) -> list[list[str]]:
    """The cells of the one table with these columns, whichever page it is on; none is empty."""
    every = (found for page in DOCS.glob("*.md") for _heading, found in tables(page))
    (one,) = (found for found in every if tuple(found[0]) == columns)
    assert all(all(row.values()) for row in one), columns
    return [list(row.values()) for row in one]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
