"""What the dashboard's own code never does, whatever it is given: read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = sorted(
    path
    for folder in ("config", "loyalty_admin")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
SCRIPT = (ROOT / "static/js/app.js").read_text()

SQL = {"execute", "executemany", "extra", "raw", "RawSQL"}
# Statements that Django itself makes, from names of tables.
MADE_BY_DJANGO = {"loyalty_admin/operations/backups.py: execute(sql)"}
STARTS_PROCESSES = {"subprocess", "multiprocessing", "pty", "os.system", "os.popen", "os.exec"}
RUNS_DATA = {"eval", "exec", "compile", "__import__"}
READS_MORE_THAN_DATA = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "jinja2"}
OPENS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
# Those that the operator names, on the command line or in a setting.
FILES = {
    "loyalty_admin/accounts/passwords.py",
    "loyalty_admin/operations/backups.py",
    "loyalty_admin/operations/libraries.py",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of what it calls: `execute` of `cursor.execute(…)`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                yield called.attr, node
            elif isinstance(called, ast.Name):
                yield called.id, node


def named(path: Path) -> Iterator[str]:
    """Every module and every dotted name in the file: `os.system`, `xml.etree.fromstring`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)


def literals(path: Path) -> set[str]:
    """The names that are given a text of the code, and nothing else, anywhere in the file."""
    given: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            given.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.setdefault(node.id, []).append(None)
        elif isinstance(node, ast.arg):
            given.setdefault(node.arg, []).append(None)
    # An assignment is met twice: as itself, and as the name that it stores.
    return {
        name
        for name, values in given.items()
        if len(values) == 2 and any(isinstance(one, ast.Constant) for one in values)
    }


def is_text_of_the_code(path: Path, node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.Name) and node.id in literals(path)


def test_no_statement_of_sql_is_made_from_text() -> None:
    found = {
        f"{place(path)}: {name}({', '.join(map(ast.unparse, call.args))})"
        for path in CODE
        for name, call in calls(path)
        if name in SQL and not (call.args and is_text_of_the_code(path, call.args[0]))
    }
    assert found == MADE_BY_DJANGO


def test_no_program_is_started() -> None:
    found = {
        f"{place(path)}: {name}"
        for path in CODE
        for name in named(path)
        if any(name == one or name.startswith(one) for one in STARTS_PROCESSES)
    }
    assert found == set()


def test_nothing_that_comes_in_is_run_or_becomes_an_object_of_its_own_choice() -> None:
    run = {
        f"{place(path)}: {ast.unparse(call.func)}"
        for path in CODE
        for name, call in calls(path)
        if name in RUNS_DATA and ast.unparse(call.func) != "re.compile"
    }
    read = {
        f"{place(path)}: {name}"
        for path in CODE
        for name in named(path)
        if name.partition(".")[0] in READS_MORE_THAN_DATA
    }
    assert run | read == set()


def test_no_text_reaches_into_what_is_put_into_it() -> None:
    """`{0.__class__}`: what stands in a text of Altegio's only ever is put in, by `%`."""
    found = {
        f"{place(path)}: {ast.unparse(call.func)}"
        for path in CODE
        for name, call in calls(path)
        if name in ("format", "format_map") and isinstance(call.func, ast.Attribute)
    }
    assert found == set()


def test_files_are_opened_only_where_the_operator_names_them() -> None:
    found = {place(path) for path in CODE for name, _ in calls(path) if name in OPENS}
    assert found == FILES


def test_two_views_sign_somebody_in_and_nothing_else_does() -> None:
    """By password and code, or by the link of an invitation: docs/security.md, Ways in."""
    ways = {"django.contrib.auth.login", "django.contrib.auth.views.LoginView"}
    found = {place(path) for path in CODE for name in named(path) if name in ways}
    assert found == {"loyalty_admin/accounts/views.py", "loyalty_admin/accounts/two_step_views.py"}
    assert settings.AUTHENTICATION_BACKENDS == ["django.contrib.auth.backends.ModelBackend"]


@pytest.mark.parametrize(
    "never", ["eval(", "new Function", "document.write", "outerHTML", "__proto__", '"message"']
)
def test_the_script_makes_no_code_of_data_and_hears_no_other_window(never: str) -> None:
    assert never not in SCRIPT


def test_the_script_puts_in_no_html_but_the_page_s_own_templates() -> None:
    lines = [line.strip() for line in SCRIPT.splitlines() if re.search(r"HTML\b", line)]
    puts = [line for line in lines if "insertAdjacentHTML(" in line or ".innerHTML =" in line]
    assert len(puts) == 1
    assert "-template`).innerHTML.replaceAll(" in puts[0]


def test_no_name_of_a_field_reaches_what_all_objects_share() -> None:
    """An object that is filled by names has no prototype that one of them could be."""
    filled = set(re.findall(r"(\w+)\[[\w.]+\]\s*\?\?=", SCRIPT))
    assert filled
    for name in filled:
        assert f"const {name} = Object.create(null);" in SCRIPT
