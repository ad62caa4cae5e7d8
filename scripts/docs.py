"""Writes the tables of docs/rules.md and docs/data.md that follow from the code: `make docs`.

A table stands between `<!-- NAME: written by make docs -->` and `<!-- end -->`. People write the
text around it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from scripts.read_settings import ROOT

if __name__ == "__main__":
    os.environ |= {"ENV_FILE": os.devnull, "DEBUG": "on"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()

from django.apps import apps
from django.db import models

from loyalty_admin.accounts.models import User
from loyalty_admin.connections.encrypted import EncryptedField
from scripts import fields, limits

PAGES = [ROOT / "docs" / name for name in ("rules.md", "data.md")]
BLOCK = re.compile(r"(<!-- ([\w ]+): written by make docs -->\n).*?(<!-- end -->)", re.DOTALL)


# Columns of the database

HASHED = re.compile(r"password$|_hash$|^session_key$")
OF_A_PERSON = re.compile(
    r"email|person_name|connection_name|address|user_agent|last_(seen|login|used)\w*"
    r"|altegio_user_id"
)
NAMES_OF_PEOPLE = {"accounts.User.name", "connections.Connection.name"}
FREE = (models.JSONField, models.TextField)


def rows_of_columns() -> Iterator[list[str]]:
    """Yield a row for each model that holds a secret, something about people, or what Altegio or
    people wrote."""
    yield ["rows", "encrypted", "hashed", "about people", "copies and free text"]
    for model in apps.get_models(include_auto_created=True):
        found: dict[str, list[str]] = {"encrypted": [], "hashed": [], "people": [], "free": []}
        for column in model._meta.concrete_fields:
            about = purpose(column)
            if about:
                found[about].append(f"`{column.attname}`")
        if any(found.values()):
            yield [f"`{model._meta.label}`", *(", ".join(names) for names in found.values())]


def purpose(column: models.Field[Any, Any]) -> str:
    if isinstance(column, EncryptedField):
        return "encrypted"
    if HASHED.search(column.attname):
        return "hashed"
    is_name = f"{column.model._meta.label}.{column.attname}" in NAMES_OF_PEOPLE
    if is_name or column.related_model is User or OF_A_PERSON.fullmatch(column.attname):
        return "people"
    return "free" if isinstance(column, FREE) else ""


# Pages


def tables() -> dict[str, Iterable[list[str]]]:
    """Return the rows of every table, its head first, by name."""
    return {
        **{f"fields of {name}": fields.rows(made) for name, made in fields.sections().items()},
        **{f"limits of {name}": limits.rows(name) for name in limits.LIMITS},
        "columns": rows_of_columns(),
    }


def in_markdown(rows: Iterable[list[str]]) -> str:
    head, *others = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    lines = [head, ["---"] * len(head), *others]
    return "\n".join("|" + "".join(f" {cell} |" if cell else " |" for cell in row) for row in lines)


def written(text: str) -> str:
    """Return the text of a page with every table in it made again."""
    made = tables()
    return BLOCK.sub(lambda block: f"{block[1]}\n{in_markdown(made[block[2]])}\n\n{block[3]}", text)


def problems() -> list[str]:
    """Return the forms and limits that no table has, and the tables that no page has."""
    places = {block[2] for page in PAGES for block in BLOCK.finditer(page.read_text())}
    return [
        *(f"{name} has no table in scripts/fields.py" for name in fields.without_a_table()),
        *(f"{name} has no line in scripts/limits.py" for name in limits.undescribed()),
        *(f"no page has a place for: {name}" for name in tables().keys() - places),
    ]


def main() -> None:
    for page in PAGES:
        page.write_text(written(page.read_text()))
    if missing := problems():
        sys.exit("\n".join(sorted(missing)))


if __name__ == "__main__":
    main()
