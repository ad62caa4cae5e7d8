"""The constants and settings that docs/rules.md names, and the numbers that it gives for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache, reduce
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.documents import DOCS
from tests.test_settings import PRODUCTION, setting

ROOT = Path(__file__).resolve().parent.parent.parent / "loyalty_admin"
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?: (second|minute|hour|day|percent|MiB))?")
UNITS = {
    "": Decimal(1),
    "second": Decimal(1),
    "minute": Decimal(60),
    "hour": Decimal(60 * 60),
    "day": Decimal(24 * 60 * 60),
    "percent": Decimal("0.01"),
    "MiB": Decimal(1024 * 1024),
}
# What limits something is called so.
LIMIT = re.compile(
    r"(MOST|LONGEST)(_\w+)?|LEAST_\w+|(\w+_)?PAGE_SIZES?|\w+_(LASTS|HOLDS|STAYS|AT_ONCE)"
)
# How long something is kept, which limits nobody: a page that shows it reads it anew.
NO_LIMIT = {"home.month.SECONDS_A_DAY_STAYS"}


def said(limit: str, name: str) -> list[Decimal]:
    """The numbers of a cell in seconds, bytes and parts of one; a constant that is called for its
    days counts days."""
    units = UNITS | {"day": Decimal(1)} if "DAYS" in name else UNITS
    return [
        Decimal(number.replace(",", "")) * units[unit] for number, unit in NUMBER.findall(limit)
    ]


def value_of(name: str) -> list[Decimal]:
    """The numbers of a constant of the project, or of a setting as a deployment begins with it."""
    if name.startswith("settings."):
        _settings, first, *rest = name.split(".")
        return list(numbers(reduce(lambda value, key: value[key], rest, defaults()[first])))
    module, _dot, constant = name.rpartition(".")
    return list(numbers(getattr(import_module(f"loyalty_admin.{module}"), constant)))


@cache
def defaults() -> dict[str, Any]:
    """Each setting that the page names."""
    page = (DOCS / "rules.md").read_text()
    return setting(*sorted(set(re.findall(r"`settings\.(\w+)", page))), **PRODUCTION)


def numbers(value: Any) -> Iterator[Decimal]:
    if isinstance(value, timedelta):
        yield Decimal(value.total_seconds())
    elif isinstance(value, int | float | Decimal):
        yield Decimal(str(value))
    elif isinstance(value, Mapping):
        yield from numbers(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from numbers(one)


def limits_of_the_code() -> set[str]:
    """Every constant of the project whose name says that it limits something, the stand-in's
    aside."""
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if module.startswith("sandbox."):
            continue
        for node in ast.parse(path.read_text()).body:
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            found |= {f"{module}.{name.id}" for name in targets if isinstance(name, ast.Name)}
    return {name for name in found if LIMIT.fullmatch(name.rpartition(".")[2])} - NO_LIMIT
