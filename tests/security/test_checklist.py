"""What docs/security.md names is there."""

from __future__ import annotations

import ast
import re
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


def test_every_item_that_is_met_names_its_test() -> None:
    items = re.findall(r"^\| [\d., –()L]+ \| .* \| ([✓○✗]) \| (.*?) *\|$", PAGE, re.MULTILINE)
    assert len(items) > 80
    assert all("tests/" in shown for mark, shown in items if mark == "✓")
