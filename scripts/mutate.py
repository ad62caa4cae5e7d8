"""Change the code that protects data, one small change at a time, and see whether tests fail.

    python -m scripts.mutate RESULTS [--again KILLED] [--tree FOLDER] [--count N] [--seed N]

Each line of RESULTS is one mutant and whether a test failed ("killed"). An interrupted run goes on
where it stopped. `--again` takes the mutants that were killed in other results. A mutant is run
against the tests of its own module only, until the first one fails.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parent.parent
# Seconds for the tests of one mutant. A mutant that makes them hang counts as killed.
TIMEOUT = 400
# Operators that need arguments.
LEFT_OUT = ("core/Variable",)

TYPES, CARDS, PROMOTIONS = "tests/membership_types", "tests/gift_card_types", "tests/promotions"
CATALOG = "tests/catalog"
STALE = [f"{slice}/test_stale_edits.py" for slice in (TYPES, CARDS, PROMOTIONS)]


def _of(slice: str, *names: str) -> list[str]:
    return [f"{slice}/test_{name}.py" for name in names]


# Each module, and its own tests.
TESTS: dict[str, list[str]] = {
    "audit/guard.py": ["tests/audit/test_guard.py", f"{CATALOG}/test_outcomes.py"],
    "audit/holding.py": ["tests/audit/test_guard.py", f"{CATALOG}/test_one_at_a_time.py"],
    "audit/services.py": ["tests/audit", f"{CATALOG}/test_doubles.py"],
    "audit/settling.py": ["tests/audit", f"{CATALOG}/test_settling.py"],
    "audit/history.py": ["tests/audit", f"{CATALOG}/test_settling.py"],
    "catalog/stale.py": [*STALE, f"{CATALOG}/test_conflicts.py"],
    "catalog/writes.py": [CATALOG],
    "catalog/evidence.py": [f"{CATALOG}/test_settling.py", f"{CATALOG}/test_reading_back.py"],
    "membership_types/sending.py": [
        *_of(
            TYPES,
            "services_create", "services_edit", "services_archive", "services_delete",
            "services_forms_of_services", "create_again", "whole_put", "unknown_outcomes",
        ),
        CATALOG,
    ],
    "gift_card_types/archiving.py": [
        *_of(CARDS, "archive", "unarchive", "settling", "unknown_outcomes"), CATALOG,
    ],
    "memberships/changes.py": _of(
        "tests/memberships",
        "changes", "freeze", "unfreeze", "balance", "validity", "every_change",
    ),
    "memberships/services.py": _of(
        "tests/memberships", "freeze", "unfreeze", "balance", "validity", "every_change", "several",
    ),
    "jobs/tasks.py": ["tests/jobs", "tests/memberships/test_several_runs.py"],
    "altegio/transport.py": _of(
        "tests/altegio", "transport", "reads", "writes", "limits", "patience"
    ),
    "altegio/exchange.py": _of("tests/altegio", "transport", "reads", "writes"),
}  # fmt: skip


class Mutant(NamedTuple):
    """One change: a cosmic-ray operator, applied to the place with the number `occurrence`."""

    module: str
    operator: str
    occurrence: int


def mutated(code: str, mutant: Mutant) -> str | None:
    """Return the changed code, or None if the module has no such place."""
    found: str | None = mutate_code(code, get_operator(mutant.operator)(), mutant.occurrence)
    return found


def mutants_of(module: str) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant that changes what the module does, with the place of its change."""
    code = (ROOT / "loyalty_admin" / module).read_text()
    before = _meaning(code)
    for operator in sorted(operator_names()):
        if operator.startswith(LEFT_OUT):
            continue
        for occurrence in count():
            mutant = Mutant(module, operator, occurrence)
            if (changed := mutated(code, mutant)) is None:
                break
            if _meaning(changed) not in (before, ""):
                yield mutant, _place(code, changed)


def _meaning(code: str) -> str:
    """Return the code without its annotations, which have no effect at run time; "" if invalid."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


def sample(size: int, seed: int) -> list[Mutant]:
    """Choose mutants, the same ones for the same seed and code, and at most one for each place: a
    comparison alone can be changed in seven ways."""
    dice = random.Random(seed)
    places: dict[tuple[str, str], list[Mutant]] = {}
    for module in TESTS:
        for mutant, place in mutants_of(module):
            places.setdefault((module, place), []).append(mutant)
    chosen = dice.sample(sorted(places), min(size, len(places)))
    return [dice.choice(places[place]) for place in chosen]


def _place(code: str, changed: str) -> str:
    matcher = difflib.SequenceMatcher(a=code.splitlines(), b=changed.splitlines(), autojunk=False)
    return str([opcode[1:3] for opcode in matcher.get_opcodes() if opcode[0] != "equal"])


def diff(mutant: Mutant) -> str:
    code = (ROOT / "loyalty_admin" / mutant.module).read_text()
    lines = difflib.unified_diff(
        code.splitlines(), (mutated(code, mutant) or "").splitlines(), n=0, lineterm=""
    )
    return "\n".join(list(lines)[2:])


def test(mutant: Mutant, tree: Path) -> bool:
    """Return whether the tests of its module fail."""
    path = tree / "loyalty_admin" / mutant.module
    code = path.read_text()
    path.write_text(mutated(code, mutant) or code)
    command = [
        sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:xdist",
        *(name for name in TESTS[mutant.module] if (tree / name).exists()),
    ]  # fmt: skip
    environment = {name: os.environ[name] for name in os.environ.keys() - {"DATABASE_URL"}}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        ended = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(code)
    if ended.returncode not in (0, 1, 2, 4):  # 4: the module could not be loaded
        raise RuntimeError(ended.stdout + ended.stderr)
    return ended.returncode != 0


def results(path: Path) -> dict[Mutant, bool]:
    """Return whether each mutant was killed."""
    if not path.exists():
        return {}
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines()]
    return {
        Mutant(row["module"], row["operator"], row["occurrence"]): row["killed"] for row in rows
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("results", type=Path)
    parser.add_argument("--again", type=Path)
    parser.add_argument("--tree", type=Path, default=ROOT)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.again:
        chosen = [mutant for mutant, killed in results(options.again).items() if killed]
    else:
        chosen = sample(options.count, options.seed)
    known = results(options.results)
    left = [mutant for mutant in chosen if mutant not in known]
    lock = Lock()
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        trees = [Path(name, str(number)) for number in range(options.processes)]
        for tree in trees:
            ignored = shutil.ignore_patterns(".venv", ".git", ".cache", "__pycache__")
            shutil.copytree(options.tree, tree, ignore=ignored)

        def work(tree: Path) -> None:
            while True:
                with lock:
                    if not left:
                        return
                    mutant = left.pop()
                killed = test(mutant, tree)
                row = {**mutant._asdict(), "killed": killed, "diff": diff(mutant)}
                with lock, options.results.open("a") as file:
                    file.write(json.dumps(row) + "\n")

        with ThreadPoolExecutor(options.processes) as pool:
            for _ in pool.map(work, trees):
                pass
    ended = results(options.results)
    survivors = [mutant for mutant in chosen if not ended[mutant]]
    for mutant in survivors:
        print(f"survived: {mutant.module}\n{diff(mutant)}\n")
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants were killed.")


if __name__ == "__main__":
    main()
