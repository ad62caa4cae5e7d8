"""What the documents name and link to is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import DOCS, ROOT

PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
NAMED = sorted(
    {
        named
        for page in PAGES
        for named in re.findall(r"`(tests/[\w/]+\.py(?:::\w+)*)`", page.read_text())
    }
)


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for path, heading in links(page):
        assert path.exists(), path
        assert not heading or heading in anchors(path), (path, heading)
