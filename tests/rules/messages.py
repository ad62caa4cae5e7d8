"""What is said where something is refused, read from the code that says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent / "loyalty_admin"
NAMED = {
    "accounts": ("passwords", "resets", "services"),
    "memberships": ("changes", "phones", "several"),
}
MODULES = [
    *(path for name in ("rules", "forms", "fields") for path in sorted(ROOT.glob(f"*/{name}.py"))),
    *(ROOT / slice / f"{name}.py" for slice, names in NAMED.items() for name in names),
]
# What is called where something is refused, and functions that return why.
REFUSING = {
    "ValidationError",
    "MaxValueValidator",
    "add_error",
    "problem",
    "NoPhone",
    "NotPossible",
}
SAYING_WHY = re.compile(r"why_not\w*|_longer|get_help_text")
GETTEXT = {"_", "gettext_lazy"}


def messages() -> set[str]:
    """Each with … where a value is put in."""
    return {message for path in MODULES for message in messages_in(path)}


def messages_in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and refuses(one)]
    used = {node.id for one in functions for node in ast.walk(one) if isinstance(node, ast.Name)}
    # A text that several of them say stands above them all.
    shared = [
        one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and used & {getattr(name, "id", "") for name in one.targets}
    ]
    for place in (*functions, *shared):
        yield from texts(place)


def refuses(function: ast.FunctionDef) -> bool:
    called = {name_of(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
    return bool(called & REFUSING) or bool(SAYING_WHY.fullmatch(function.name))


def texts(place: ast.AST) -> Iterator[str]:
    if isinstance(place, ast.keyword) and place.arg == "label":
        return
    if isinstance(place, ast.Call) and name_of(place) in GETTEXT:
        (text,) = place.args
        assert isinstance(text, ast.Constant)
        yield re.sub(r"%\(\w+\)s", "…", str(text.value))
    for node in ast.iter_child_nodes(place):
        yield from texts(node)


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
