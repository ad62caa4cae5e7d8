"""Membership types: list, read, create, change, delete, clone, archive, restore."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import UTC, datetime

from loyalty_admin.sandbox.checks import flag, text
from loyalty_admin.sandbox.membership_type_fields import (
    FIELDS,
    LOCKED,
    READ_ONLY,
    SERVICE_KEYS,
    WRITE_ONLY,
    blank_type,
    check_rules,
    check_values,
    refresh_derived,
)
from loyalty_admin.sandbox.membership_type_services import (
    as_links,
    check_rows,
    read_asked,
    rows_of,
    taken_rows,
)
from loyalty_admin.sandbox.presenting import as_answered
from loyalty_admin.sandbox.state import Chain, Raw, State
from loyalty_admin.sandbox.wire import Refusal, Reply, Request, Routes, chain_for

RIGHT = "loyalty_abonement_types_access"
DEFAULT_PAGE, LARGEST_PAGE = 25, 250
# In a list these come only where `include[]` asks for them.
INCLUDED = {
    "balance_container": ("balance_container",),
    "abonements_count": ("abonements_count",),
    "attached_salon_ids": ("attached_salon_ids", "attached_location_ids"),
}


def list_types(request: Request, chain_id: int) -> Reply:
    chain = chain_for(request, chain_id)
    kept = [raw for raw in chain.abonement_types.values() if not raw["is_deleted"]]
    title = request.text("title").casefold()
    if title:
        kept = [raw for raw in kept if title in str(raw.get("title")).casefold()]
    archived = request.text("is_archived")
    if archived:
        if archived not in ("0", "1"):
            raise Refusal(422, "Validation error.", {"is_archived": ["Must be 0 or 1."]})
        kept = [raw for raw in kept if bool(raw.get("is_archived")) == (archived == "1")]
    page = max(1, request.number("page", 1))
    limit = request.number("limit", DEFAULT_PAGE)
    if not 1 <= limit <= LARGEST_PAGE:
        limit = DEFAULT_PAGE
    shown = kept[(page - 1) * limit : page * limit]
    included = request.query.get("include[]", ())
    total = str(len(kept)) if request.state.observed else len(kept)
    return Reply(
        [present(request.state, raw, included=included) for raw in shown],
        meta={"total_count": total},
    )


def show_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id)
    return Reply(present(request.state, _find(chain, type_id, deleted=True)))


def create_type(request: Request, chain_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    raw = _written(request, chain, None)
    chain.abonement_types[raw["id"]] = raw
    return Reply(present(request.state, raw), status=201)


def change_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    before = _find(chain, type_id)
    if before.get("is_archived"):
        status = 422 if request.state.observed else 400
        raise Refusal(status, "An archived subscription type cannot be changed.")
    raw = _written(request, chain, before)
    chain.abonement_types[type_id] = raw
    if _answers_nothing(request, chain):
        return Reply(None)
    return Reply(present(request.state, raw))


def _answers_nothing(request: Request, chain: Chain) -> bool:
    """The observed backend leaves some answers to writes empty: in the second chain."""
    return request.state.observed and chain.id != min(request.state.chains)


def _written(request: Request, chain: Chain, before: Raw | None) -> Raw:
    """The type as the body of a POST or PUT makes it: whole, what is left out is reset."""
    body, state = request.body, request.state
    errors = check_values(body)
    asked, problems = read_asked(body, chain, lists_keep=before is not None and not state.observed)
    errors |= {name: messages for name, messages in problems.items() if name not in errors}
    rows_before = rows_of(before) if before else []
    if not errors:
        errors = check_rules(body, chain) | check_rows(asked, body, rows_before=rows_before)
    if errors:
        raise Refusal(422, "Validation error.", errors)

    raw = blank_type(chain.id, before["id"] if before else state.take_id())
    # What this stand-in does not know is kept and given back, like everything else sent.
    unknown = set(body) - set(FIELDS) - READ_ONLY - set(WRITE_ONLY) - set(SERVICE_KEYS)
    raw |= {name: body[name] for name in sorted(unknown)}
    raw |= {field.read_as or name: body[name] for name, field in FIELDS.items() if name in body}
    locations: list[int] = body.get("location_ids") or body.get("salon_ids") or []
    raw |= {"attached_location_ids": [*locations], "attached_salon_ids": [*locations]}
    rows = taken_rows(asked, state, chain, rows_before=rows_before)
    if before:
        raw |= {name: before[name] for name in ("weight", "abonements_count") if name in before}
        raw["online_sale_image"] = before.get("online_sale_image", "")
        if before.get("abonements_count"):
            raw |= {name: before[name] for name in LOCKED if name in before}
            known = {(row.kind, row.id) for row in rows_before}
            added = [row for row in rows if (row.kind, row.id) not in known]
            rows = rows_before + (added if raw["is_united_balance"] else [])
    if body.get("online_image"):
        raw["online_sale_image"] = _image_of(raw)
    if body.get("delete_online_image"):
        raw["online_sale_image"] = ""
    if state.observed:
        raw["is_archived"] = False  # only the switch archives
    raw["date_archived"] = _now() if raw["is_archived"] else None
    raw["balance_container"] = {"links": as_links(rows, chain, pooled=raw["is_united_balance"])}
    refresh_derived(raw, state.profile)
    return raw


def _image_of(raw: Raw) -> str:
    return f"https://images.sandbox.example/memberships/{raw['id']}.jpg"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def delete_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    raw = _find(chain, type_id)
    if raw.get("abonements_count"):
        raise Refusal(400, "Cannot delete a subscription type that was sold.")
    raw["is_deleted"] = True
    return Reply(None, status=200 if request.state.observed else 204)


def clone_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    raw = copy.deepcopy(_find(chain, type_id))
    raw |= {
        "id": request.state.take_id(),
        "title": f"{str(raw.get('title'))[:251]} (2)",
        "abonements_count": 0,
        "is_archived": False,
        "date_archived": None,
    }
    chain.abonement_types[raw["id"]] = raw
    if _answers_nothing(request, chain):
        return Reply(empty=True)
    return Reply(present(request.state, raw), status=201)


def restore_type(request: Request, chain_id: int, type_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    if request.state.observed:
        raise Refusal(403, "Access denied.")
    raw = _find(chain, type_id, deleted=True)
    if problem := text(low=1)(request.body.get("restore_in_title")):
        raise Refusal(422, "Validation error.", {"restore_in_title": [problem]})
    if not raw["is_deleted"]:
        raise Refusal(400, "The subscription type is not deleted.")
    raw |= {"is_deleted": False, "title": request.body["restore_in_title"]}
    return Reply(status=204)


def archive_as_documented(request: Request, chain_id: int, type_id: int) -> Reply:
    if request.state.observed:
        raise Refusal(404)
    raw = _find(chain_for(request, chain_id, right=RIGHT), type_id)
    if problem := flag(request.body.get("is_archived")):
        raise Refusal(422, "Validation error.", {"is_archived": [problem]})
    _switch(raw, archived=request.body["is_archived"])
    return Reply(status=204)


def archive_as_observed(request: Request, chain_id: int, type_id: int) -> Reply:
    """Checks neither the right nor the chain, as the real backend does not."""
    if not request.state.observed:
        raise Refusal(405, "Method not allowed.")
    everywhere = request.state.chains.values()
    chain = next((one for one in everywhere if type_id in one.abonement_types), None)
    if chain is None:
        raise Refusal(404)
    raw = _find(chain, type_id)
    wanted = request.body.get("is_archived")
    if wanted not in ("0", "1"):
        raise Refusal(422, "Validation error.", {"is_archived": ["Must be 0 or 1."]})
    _switch(raw, archived=wanted == "1")
    return Reply(None)


def _switch(raw: Raw, *, archived: bool) -> None:
    raw |= {"is_archived": archived, "date_archived": _now() if archived else None}


def _find(chain: Chain, type_id: int, *, deleted: bool = False) -> Raw:
    raw = chain.abonement_types.get(type_id)
    if raw is None or (raw["is_deleted"] and not deleted):
        raise Refusal(404)
    return raw


def present(state: State, raw: Raw, *, included: Sequence[str] | None = None) -> Raw:
    """A stored type as an answer shows it; `included` as in a list's `include[]`."""
    if included is None:
        return as_answered(state, raw)
    left_out = {
        name for include, names in INCLUDED.items() for name in names if include not in included
    }
    if state.observed:
        return as_answered(state, raw | dict.fromkeys(left_out))
    return as_answered(state, {name: raw[name] for name in raw if name not in left_out})


TYPES = "/chain/{chain_id}/loyalty/abonement_types"
ROUTES: Routes = [
    ("GET", TYPES, list_types),
    ("POST", TYPES, create_type),
    ("GET", TYPES + "/{type_id}", show_type),
    ("PUT", TYPES + "/{type_id}", change_type),
    ("DELETE", TYPES + "/{type_id}", delete_type),
    ("PATCH", TYPES + "/{type_id}", archive_as_observed),
    ("POST", TYPES + "/{type_id}/clone", clone_type),
    ("POST", TYPES + "/{type_id}/restore", restore_type),
    ("PATCH", TYPES + "/{type_id}/archive", archive_as_documented),
]
