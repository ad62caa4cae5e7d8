"""docs/operations.md says of every logger what it writes; lines leave by standard error alone."""

from __future__ import annotations

import re
import runpy
from typing import Any

import pytest

from loyalty_admin.web import logs
from tests.documents import ROOT, rows

COLUMNS = ["logger", "level", "what it writes", "personal data", "keep"]
TO_STANDARD_ERROR = {"console": {"class": "logging.StreamHandler", "formatter": "line"}}


def inventory() -> dict[str, list[str]]:
    """The other cells of the table, by the logger of ours that the first one names."""
    return {
        row[0].strip("`"): row[1:] for row in rows(*COLUMNS) if row[0].startswith("`loyalty_admin")
    }


def loggers() -> dict[str, set[str]]:
    """Every logger of ours in the code, and the levels at which it writes."""
    found: dict[str, set[str]] = {}
    for folder in ("config", "loyalty_admin", "scripts"):
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text()
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            names = re.findall(r"getLogger\((.+?)\)", source)
            ways = re.findall(r"\blogger\.(\w+)\(", source)
            if "log" in ways:  # the level depends on what happened
                ways += re.findall(r"\blogging\.([A-Z]+)\b", source)
            levels = {{"exception": "error"}.get(way, way.lower()) for way in ways}
            for name in names:
                of = module if name == "__name__" else name.strip('"')
                if of.startswith("loyalty_admin"):
                    found.setdefault(of, set()).update(levels - {"log", "debug"})
    return found


def test_every_logger_stands_in_the_inventory_and_no_other() -> None:
    assert inventory().keys() == loggers().keys()


def test_every_row_says_the_true_levels() -> None:
    used = loggers()
    for name, cells in inventory().items():
        assert set(cells[0].split(", ")) == used[name], name


@pytest.mark.parametrize("readable", [True, False])
def test_lines_leave_by_standard_error_alone(readable: bool) -> None:
    assert logs.configuration(readable=readable)["handlers"] == TO_STANDARD_ERROR


def test_gunicorn_writes_no_file_either() -> None:
    told: dict[str, Any] = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert told["logconfig_dict"]["handlers"] == TO_STANDARD_ERROR
    assert not {"accesslog", "errorlog"} & told.keys()
