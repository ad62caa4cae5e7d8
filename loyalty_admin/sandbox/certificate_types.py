"""Certificate types: list, read, create, change, delete."""

from __future__ import annotations

from loyalty_admin.sandbox.certificate_type_fields import (
    KEPT,
    as_read,
    blank_type,
    check_rules,
    check_values,
    sent_values,
    unknown_values,
)
from loyalty_admin.sandbox.presenting import as_answered
from loyalty_admin.sandbox.state import Chain, Raw
from loyalty_admin.sandbox.wire import Refusal, Reply, Request, Routes, chain_for

RIGHT = "loyalty_certificate_types_access"
DEFAULT_PAGE, LARGEST_PAGE = 10, 100


def list_types(request: Request, chain_id: int) -> Reply:
    chain = chain_for(request, chain_id)
    title = request.text("title").casefold()
    kept = [
        raw
        for raw in chain.certificate_types.values()
        if not raw["is_deleted"] and title in str(raw.get("title")).casefold()
    ]
    page = max(1, request.number("page", 1))
    size = request.number("page_size", DEFAULT_PAGE)
    if not 1 <= size <= LARGEST_PAGE:
        size = DEFAULT_PAGE
    shown = kept[(page - 1) * size : page * size]
    total = str(len(kept)) if request.state.observed else len(kept)
    return Reply(
        [as_answered(request.state, raw) for raw in shown],
        meta={"total_count": total},
    )


def show_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id)
    return Reply(as_answered(request.state, _find(chain, type_id)))


def create_type(request: Request, chain_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    raw = _written(request, chain, None)
    chain.certificate_types[raw["id"]] = raw
    return Reply(as_answered(request.state, raw), status=201)


def change_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    before = _find(chain, type_id)
    if before.get("released_total"):
        raise Refusal(400, "Cannot change certificate type with issued certificates")
    raw = _written(request, chain, before)
    chain.certificate_types[type_id] = raw
    return Reply(as_answered(request.state, raw))


def _written(request: Request, chain: Chain, before: Raw | None) -> Raw:
    """The type as the body of a POST or PUT makes it: whole, what is left out is gone."""
    body, state = request.body, request.state
    sent = sent_values(body)
    errors = check_values(body) or check_rules(sent, chain, state.profile, before)
    if errors:
        raise Refusal(400, "An error has occurred", errors)
    raw = blank_type(chain.id, before["id"] if before else state.take_id())
    raw |= unknown_values(body) | as_read(sent)
    if before:
        raw |= {name: before[name] for name in KEPT if name in before}
    return raw


def delete_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    raw = _find(chain, type_id)
    if raw.get("released_total"):
        raise Refusal(400, "Cannot delete certificate type with issued certificates")
    raw["is_deleted"] = True
    return Reply(None, status=200 if request.state.observed else 204)


def _find(chain: Chain, type_id: int) -> Raw:
    raw = chain.certificate_types.get(type_id)
    if raw is None or raw["is_deleted"]:
        raise Refusal(404)
    return raw


TYPES = "/chain/{chain_id}/loyalty/certificate_types"
ROUTES: Routes = [
    ("GET", TYPES, list_types),
    ("POST", TYPES, create_type),
    ("GET", TYPES + "/{type_id}", show_type),
    ("PUT", TYPES + "/{type_id}", change_type),
    ("DELETE", TYPES + "/{type_id}", delete_type),
]
