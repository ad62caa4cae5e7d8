"""docs/security.md has each attack and each item of the ASVS, once."""

from __future__ import annotations

import re
from collections import Counter

from tests.documents import DOCS, tables

TABLES = tables(DOCS / "security.md")


def test_every_attack_has_its_line() -> None:
    ((_heading, attacks),) = (table for table in TABLES if "attack" in table[1][0])
    numbers = [int(number) for row in attacks for number in row["#"].split(",")]
    assert numbers == list(range(1, 46))
    assert all("`tests/" in row["what holds it"] for row in attacks)


# How many items of levels 1 and 2 each section of ASVS 5.0.0 has: they come first in it.
ITEMS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11,
    "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1,
    "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
    "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
LEVELS_1_AND_2 = {f"{part}.{n}" for part, last in ITEMS.items() for n in range(1, last + 1)}


def items(cell: str) -> set[str]:
    """`1.2.6–8, 1.3.8`: 1.2.6, 1.2.7, 1.2.8 and 1.3.8."""
    found = set()
    for part, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:–(\d+))?", cell):
        found |= {f"{part}.{n}" for n in range(int(first), int(last or first) + 1)}
    return found


def cells_below(heading: str) -> list[list[str]]:
    """Of every table whose heading begins like that."""
    found = [rows for title, rows in TABLES if re.match(heading, title)]
    assert found, heading
    return [list(row.values()) for rows in found for row in rows]


MET = cells_below(r"V\d")
LEFT_TO_OTHERS = cells_below("What the deployment has to meet")
NOT_THERE = cells_below("What there is not")


def test_every_item_that_is_met_names_its_test() -> None:
    assert [cells[0] for cells in MET if "`tests/" not in cells[-1]] == []


def test_every_item_stands_in_one_place() -> None:
    places = [items(cells[0]) for cells in (*MET, *LEFT_TO_OTHERS, *NOT_THERE)]
    counted = Counter(item for place in places for item in place)
    assert [item for item, times in counted.items() if times > 1] == []
    assert LEVELS_1_AND_2 - counted.keys() == set()


def test_an_item_of_another_level_says_so() -> None:
    for cells in (*MET, *LEFT_TO_OTHERS, *NOT_THERE):
        assert (items(cells[0]) <= LEVELS_1_AND_2) != ("(L3)" in cells[0]), cells[0]
