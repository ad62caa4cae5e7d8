"""The services that a membership type covers: maps and links in, `balance_container` out.

Documented profile: both chains read maps and links. Observed profile: the first chain reads
only maps, the second only links; the other form counts as not sent, without an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from loyalty_admin.sandbox.checks import Errors, flag, whole
from loyalty_admin.sandbox.membership_type_fields import check_unlimited
from loyalty_admin.sandbox.state import Chain, Raw, State

Kind = Literal["service", "category"]
MAPS: dict[str, Kind] = {"services": "service", "service_categories": "category"}


@dataclass(frozen=True)
class Row:
    """One covered service or service category."""

    kind: Kind
    id: int
    count: int
    is_unlimited: bool = False


@dataclass(frozen=True)
class Asked:
    """Rows of each form; `kept` are the kinds that an empty list asks to leave as they are."""

    maps: tuple[Row, ...]
    links: tuple[Row, ...]
    kept: frozenset[Kind]


def read_asked(body: Raw, chain: Chain, *, lists_keep: bool) -> tuple[Asked, Errors]:
    """The rows that a write asks for. `lists_keep`: `[]` in place of a map keeps its rows
    (documented for PUT)."""
    errors: Errors = {}
    maps: list[Row] = []
    kept: set[Kind] = set()
    for name, kind in MAPS.items():
        value = body.get(name, {})
        if value == [] and lists_keep:
            kept.add(kind)
        elif not isinstance(value, dict):
            errors[name] = ["Must be an object of id and visits."]
        else:
            for key, count in value.items():
                if not key.isdecimal() or whole()(count):
                    errors[name] = ["Must be an object of id and visits."]
                elif not _belongs(chain, kind, int(key)):
                    errors[name] = [f"{key} does not belong to the chain."]
                else:
                    maps.append(Row(kind, int(key), count))
    links, problem = _read_links(body.get("service_links", []), chain)
    if problem:
        errors["service_links"] = [problem]
    return Asked(tuple(maps), tuple(links), frozenset(kept)), errors


def _read_links(value: Any, chain: Chain) -> tuple[list[Row], str]:
    if not isinstance(value, list):
        return [], "Must be a list of links."
    rows = []
    for link in value:
        if not isinstance(link, dict):
            return [], "Must be a list of links."
        ids: dict[Kind, Any] = {
            "service": link.get("service_id"),
            "category": link.get("service_category_id"),
        }
        given = [(kind, one) for kind, one in ids.items() if one is not None]
        unlimited, count = link.get("is_unlimited", False), link.get("count", 0)
        if len(given) != 1:
            return [], "A link is one service or one service category."
        kind, row_id = given[0]
        if type(row_id) is not int or whole()(count) or flag(unlimited):
            return [], "A link has a whole id, whole visits and is_unlimited true or false."
        if not _belongs(chain, kind, row_id):
            return [], f"{row_id} does not belong to the chain."
        rows.append(Row(kind, row_id, count, unlimited))
    return rows, ""


def _belongs(chain: Chain, kind: Kind, row_id: int) -> bool:
    return row_id in (chain.services if kind == "service" else chain.category_titles)


def check_rows(asked: Asked, body: Raw, *, rows_before: Iterable[Row]) -> Errors:
    """Rules over rows of right types: at least one, and visits where each row has its own."""
    rows = [*asked.maps, *asked.links]
    if not rows and not any(row.kind in asked.kept for row in rows_before):
        return {"services": ["Add at least one service or service category."]}
    if any(row.is_unlimited for row in rows) and (errors := check_unlimited(body, "service_links")):
        return errors
    if not body["is_united_balance"] and any(
        not row.count and not row.is_unlimited for row in rows
    ):
        return {"services": ["Every row needs 1 visit or more."]}
    return {}


def taken_rows(asked: Asked, state: State, chain: Chain, *, rows_before: list[Row]) -> list[Row]:
    """The rows that take, of those asked for."""
    reads_maps = not state.observed or chain.id == min(state.chains)
    reads_links = not state.observed or not reads_maps
    rows = {(row.kind, row.id): row for row in rows_before if row.kind in asked.kept}
    rows |= {(row.kind, row.id): row for row in asked.maps if reads_maps}
    rows |= {(row.kind, row.id): row for row in asked.links if reads_links}
    return list(rows.values())


def as_links(rows: Iterable[Row], chain: Chain, *, pooled: bool) -> list[Raw]:
    """Rows as `balance_container.links`; in a pool a row carries no visits of its own."""
    links = []
    for row in rows:
        count = 0 if pooled or row.is_unlimited else row.count
        link: Raw = {"count": count, "is_unlimited": row.is_unlimited}
        if row.kind == "service":
            link["service"] = {**chain.services[row.id], "is_category": False}
        else:
            link["category"] = {
                "id": row.id,
                "category_id": 0,
                "title": chain.category_titles[row.id],
                "is_category": True,
            }
        links.append(link)
    return links


def rows_of(raw: Raw) -> list[Row]:
    """The rows of a stored type."""
    container = raw.get("balance_container") or {"links": []}
    return [
        Row(kind, link[kind]["id"], link["count"], link["is_unlimited"])
        for link in container["links"]
        for kind in MAPS.values()
        if link.get(kind)
    ]
