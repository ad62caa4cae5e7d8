"""What the dashboard's own code never does, whatever it is given: read from the code itself."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.documents import ROOT
from tests.security.code import modules, used

pytestmark = pytest.mark.slow

CODE = {
    name: path
    for name, path in modules().items()
    if path.parent != ROOT and path.parts[len(ROOT.parts)] != "scripts"
    if "migrations" not in path.parts
}
SCRIPT = (ROOT / "static/js/app.js").read_text()

SQL = {"execute", "executemany", "extra", "raw", "RawSQL"}
# Statements that Django itself makes, from names of tables.
MADE_BY_DJANGO = {"operations.backups: execute(sql)"}
STARTS_PROCESSES = (
    *("subprocess", "multiprocessing", "pty", "os.system", "os.popen", "os.exec", "os.spawn"),
    *("os.posix_spawn", "os.fork"),
)
RUNS_DATA = {"eval", "exec", "compile", "__import__"}
READS_MORE_THAN_DATA = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "jinja2"}
OPENS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
# The command line or a setting names the file; one is our own lock file.
FILES = {"accounts.passwords", "operations.backups", "operations.libraries"}


def calls(module: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of what it calls: `execute` of `cursor.execute(…)`."""
    for node in ast.walk(ast.parse(CODE[module].read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                yield called.attr, node
            elif isinstance(called, ast.Name):
                yield called.id, node


def literals(module: str) -> set[str]:
    """The names that are given a text of the code, and nothing else, anywhere in the file."""
    nodes = list(ast.walk(ast.parse(CODE[module].read_text())))
    given = Counter(
        node.arg if isinstance(node, ast.arg) else node.id
        for node in nodes
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    )
    assigned = [node for node in nodes if isinstance(node, ast.Assign)]
    texts = {
        node.targets[0].id
        for node in assigned
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }
    return {name for name in texts if given[name] == 1}


def is_text_of_the_code(module: str, node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.Name) and node.id in literals(module)


def test_no_statement_of_sql_is_made_from_text() -> None:
    found = {
        f"{module}: {name}({', '.join(map(ast.unparse, call.args))})"
        for module in CODE
        for name, call in calls(module)
        if name in SQL and not (call.args and is_text_of_the_code(module, call.args[0]))
    }
    assert found == MADE_BY_DJANGO


def test_no_program_is_started() -> None:
    found = {
        f"{module}: {name}"
        for module in CODE
        for name in used(module)
        if name.startswith(STARTS_PROCESSES)
    }
    assert found == set()


def test_nothing_that_comes_in_is_run_or_becomes_an_object_of_its_own_choice() -> None:
    run = {
        f"{module}: {ast.unparse(call.func)}"
        for module in CODE
        for name, call in calls(module)
        if name in RUNS_DATA and ast.unparse(call.func) != "re.compile"
    }
    read = {
        f"{module}: {name}"
        for module in CODE
        for name in used(module)
        if name.partition(".")[0] in READS_MORE_THAN_DATA
    }
    # The cache checks its signature first (tests/web/test_cache.py); the stand-in, which is in no
    # deployment, copies what it made itself.
    mine = ("web.cache: pickle", "sandbox.seed: pickle")
    assert run | {one for one in read if not one.startswith(mine)} == set()


def test_no_text_reaches_into_what_is_put_into_it() -> None:
    """`{0.__class__}`: what stands in a text of Altegio's only ever is put in, by `%`."""
    found = {
        f"{module}: {ast.unparse(call.func)}"
        for module in CODE
        for name, call in calls(module)
        if name in ("format", "format_map") and isinstance(call.func, ast.Attribute)
    }
    assert found == set()


def test_files_are_opened_only_where_no_request_names_them() -> None:
    found = {module for module in CODE for name, _ in calls(module) if name in OPENS}
    assert found == FILES


def test_two_views_sign_somebody_in_and_nothing_else_does() -> None:
    """By password and code, or by the link of an invitation: docs/security.md, Ways in."""
    ways = {"django.contrib.auth.login", "django.contrib.auth.views.LoginView"}
    found = {module for module in CODE for name in used(module) if name in ways}
    assert found == {"accounts.views", "accounts.two_step_views"}
    assert settings.AUTHENTICATION_BACKENDS == ["django.contrib.auth.backends.ModelBackend"]


def test_the_script_makes_no_code_of_data_and_hears_no_other_window() -> None:
    never = ("eval(", "new Function", "document.write", "outerHTML", "__proto__", '"message"')
    assert [text for text in never if text in SCRIPT] == []


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
