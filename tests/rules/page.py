"""docs/rules.md as data: its sections, and the rows of the table in each."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "rules.md"

type Row = dict[str, str]


def tables() -> dict[str, list[Row]]:
    """By heading, each row of what stands below it as a cell by the name of its column."""
    found: dict[str, list[Row]] = {}
    heading, columns = "", list[str]()
    for line in PAGE.read_text().splitlines():
        if line.startswith("#"):
            heading, columns = line.lstrip("# "), []
        elif not line.startswith("|"):
            columns = []
        elif not columns:
            columns = _cells(line)
        elif not re.fullmatch(r"[|\s:-]+", line):
            found.setdefault(heading, []).append(dict(zip(columns, _cells(line), strict=True)))
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
