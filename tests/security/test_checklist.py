"""What docs/security.md names is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)*)`", PAGE)))


def names_in(path: Path) -> set[str]:
    """Every test and class of tests in the file, as pytest calls it."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inside = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
            found |= {f"{node.name}::{name}" for name in inside}
    return found


@pytest.mark.parametrize("named", NAMED)
def test_every_test_that_is_named_exists(named: str) -> None:
    path, _, name = named.partition("::")
    assert (ROOT / path).is_file()
    assert not name or name in names_in(ROOT / path)


def test_every_attack_has_its_line() -> None:
    lines = re.findall(r"^\| ([\d, ]+) \|.*`tests/", PAGE, re.MULTILINE)
    numbers = [int(number) for line in lines for number in line.split(",")]
    assert numbers == list(range(1, 46))


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


def rows(title: str) -> list[list[str]]:
    """The cells of every table between this heading and the next of its kind."""
    depth = title.partition(" ")[0]
    part = PAGE.partition(f"\n{title}\n")[2].partition(f"\n{depth} ")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line[:2] == "| "]
    return [cells for cells in lines if cells[0][0].isdigit()]


def items(cell: str) -> set[str]:
    """`1.2.6–8, 1.3.8`: 1.2.6, 1.2.7, 1.2.8 and 1.3.8."""
    found = set()
    for part, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:–(\d+))?", cell):
        found |= {f"{part}.{n}" for n in range(int(first), int(last or first) + 1)}
    return found


MET = [cells for title in re.findall(r"^### V\d.*", PAGE, re.MULTILINE) for cells in rows(title)]
LEFT_TO_OTHERS = rows("### What the deployment has to meet")
NOT_THERE = rows("### What there is not")


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
