"""What the modules of the project import and call, read from their code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.documents import ROOT

FOLDERS = ("loyalty_admin", "config", "scripts")
PATH_OF_SOMETHING = re.compile(r"[a-z]\w*(\.\w+)+")


@cache
def modules() -> dict[str, Path]:
    """Every module of the project, by name: `accounts.mail`, `scripts.run`."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    paths += [ROOT / "manage.py", ROOT / "gunicorn.conf.py"]
    found = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    return {name.removeprefix("loyalty_admin."): path for path, name in found.items()}


@cache
def used(module: str) -> frozenset[str]:
    """Every name of another module that this one uses or names in a text, in full:
    `hashlib.sha256`; and what it imports, as it imports it."""
    tree = ast.parse(modules()[module].read_text())
    known = _imported(tree)
    found = set(known.values()) | {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(full_name(node, known))
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and PATH_OF_SOMETHING.fullmatch(node.value)
        ):
            found.add(node.value)
    return frozenset(found - {""})


def calls(module: str) -> Iterator[tuple[str, ast.Call, dict[str, ast.expr]]]:
    """Every call of another module's, with its full name, and the module's constants."""
    tree = ast.parse(modules()[module].read_text())
    known = _imported(tree)
    constants = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := full_name(node.func, known)):
            yield name, node, constants


def full_name(node: ast.expr, known: dict[str, str]) -> str:
    """`b32encode` of `base64` for what the file calls so; "" for what it did not import."""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.Attribute) and (before := full_name(node.value, known)):
        return f"{before}.{node.attr}"
    return ""


def _imported(tree: ast.Module) -> dict[str, str]:
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.asname is not None
                name = alias.name if whole else alias.name.partition(".")[0]
                known[alias.asname or name] = name
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return known


def is_of(name: str, other: str) -> bool:
    """Whether the name is the other one or something in it."""
    return name == other or name.startswith(f"{other}.")
