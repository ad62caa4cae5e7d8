"""What the documents name, link to and take from the code is there and up to date."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import docs
from tests.documents import DOCS, ROOT

pytestmark = pytest.mark.slow

PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def test_tables_are_up_to_date() -> None:
    stale = [page.name for page in docs.PAGES if docs.written(page.read_text()) != page.read_text()]
    assert stale == [], "Run `make docs`."
    assert docs.problems() == []


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


def is_there(named: str) -> bool:
    path, _, name = named.partition("::")
    return (ROOT / path).exists() and (not name or name in names_in(ROOT / path))


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {named}"
        for page in PAGES
        for named in re.findall(r"`(tests/[\w/]+(?:\.py(?:::\w+)*)?)`", page.read_text())
        if not is_there(named)
    ]
    assert missing == [], "\n".join(missing)


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Each file of ours that the page leads to, and the heading in it, or ""."""
    for address in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not re.match(r"https?:|mailto:", address):
            path, _, heading = address.partition("#")
            yield (page.parent / path).resolve() if path else page, heading


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {path.name}#{heading}"
        for page in PAGES
        for path, heading in links(page)
        if not path.exists() or (heading and heading not in anchors(path))
    ]
    assert broken == [], "\n".join(broken)
