"""A sentence of the screens stands in at most one test: rewording it breaks only that one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ROOT / "loyalty_admin"

GETTEXT = re.compile(r"_|n?p?gettext(_lazy)?")
IN_TEMPLATES = re.compile(
    r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')"""  # {% translate "…" %}
    r"""|_\("([^"]*)"\)"""
    r"""|\{%\s*blocktranslate\b[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}""",
    re.DOTALL,
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{.*?\}\}|\{%.*?%\}|\{\w*\}|\0")
WORDS_OF_A_SENTENCE = 4
# These see no screen, and have Altegio's own texts.
OF_ALTEGIO = {"altegio", "sandbox"}


def runs(text: str) -> Iterator[str]:
    """Yield what stands between the values of a text, as far as it is as long as a sentence."""
    for run in PLACEHOLDER.split(text):
        plain = " ".join(run.split())
        if len(re.findall(r"[^\W\d_][\w’'-]*", plain)) >= WORDS_OF_A_SENTENCE:
            yield plain


def sentences() -> set[str]:
    """Return every such run of words of the texts that people see."""
    found = set()
    for path in APPS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and GETTEXT.fullmatch(
                getattr(node.func, "id", getattr(node.func, "attr", ""))
            ):
                found |= {text for one in node.args for text in texts_of(one)}
    for path in (*(ROOT / "templates").rglob("*.*"), *APPS.rglob("templates/**/*.*")):
        for match in IN_TEMPLATES.finditer(path.read_text()):
            found |= {text for group in match.groups() if group for text in runs(group)}
    return found


def texts_of(node: ast.expr) -> Iterator[str]:
    """Yield the runs of words of a text that the code writes out; values of an f-string end one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from runs(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = (str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
        yield from runs("".join(parts))


def texts_of_tests() -> Iterator[tuple[str, str]]:
    """Yield each run of words that a test writes out, and the test or constant that it stands in;
    docstrings aside."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.relative_to(ROOT / "tests").parts[0] in OF_ALTEGIO:
            continue
        for place in ast.parse(path.read_text()).body:
            inside = place.body if isinstance(place, ast.ClassDef) else [place]
            for one in inside:
                name = f"{path.relative_to(ROOT)}:{one.lineno}"
                yield from ((text, name) for text in written_in(one))


def written_in(place: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(place):
        if isinstance(place, ast.Expr) and isinstance(node, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield from texts_of(node)
        else:
            yield from written_in(node)


@pytest.mark.slow
def test_sentence_of_the_screens_stands_in_one_test_at_most() -> None:
    texts: dict[str, set[str]] = {}
    for text, place in texts_of_tests():
        texts.setdefault(text, set()).add(place)
    repeated = []
    for sentence in sorted(sentences()):
        places = {
            place
            for text, where in texts.items()
            if text in sentence or sentence in text
            for place in where
        }
        if len(places) > 1:
            repeated.append(f"{sentence}\n    " + "\n    ".join(sorted(places)))
    assert repeated == [], "\n".join(repeated)
