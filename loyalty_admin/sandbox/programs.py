"""Loyalty programs: search in a location, read, create, change, delete."""

from __future__ import annotations

from loyalty_admin.sandbox.presenting import as_answered
from loyalty_admin.sandbox.program_fields import INCLUDES, check_values, sent_values
from loyalty_admin.sandbox.program_rules import as_read, check_rules, with_defaults
from loyalty_admin.sandbox.state import Chain, Raw
from loyalty_admin.sandbox.wire import Refusal, Reply, Request, Routes, chain_for

RIGHT = "loyalty_programs_access"


def search_programs(request: Request, location_id: int) -> Reply:
    """Those of one location, without all that `include` asks for elsewhere."""
    everywhere = request.state.chains.values()
    chain = next((one for one in everywhere if location_id in one.location_ids), None)
    if chain is None:
        raise Refusal(404)
    chain_for(request, chain.id)
    wanted = request.text("type")
    found = [
        _present(request, raw, included=())
        for raw in chain.programs.values()
        if not raw["is_deleted"]
        and raw["id"] not in chain.hidden_programs
        and _is_in(raw, location_id)
        and wanted in ("", raw.get("type"))
    ]
    return Reply(found, bare=not request.state.observed)


def _is_in(raw: Raw, location_id: int) -> bool:
    # It may have been put as garbled as answers can be.
    companies = raw.get("companies")
    return isinstance(companies, list) and any(
        isinstance(one, dict) and one.get("id") == location_id for one in companies
    )


def show_program(request: Request, chain_id: int, program_id: int) -> Reply:
    return _shown(request, _find(chain_for(request, chain_id), program_id))


def create_program(request: Request, chain_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    raw = _written(request, chain, None)
    chain.programs[raw["id"]] = raw
    return _shown(request, raw, status=201)


def change_program(request: Request, chain_id: int, program_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    raw = _written(request, chain, _find(chain, program_id))
    chain.programs[program_id] = raw
    return _shown(request, raw)


def _written(request: Request, chain: Chain, before: Raw | None) -> Raw:
    """The program as the body of a POST or PUT makes it: whole, what is left out is reset."""
    sent = sent_values(request.body, before)
    errors = check_values(sent, before)
    written = with_defaults(sent, before)
    errors = errors or check_rules(written, chain)
    if errors:
        raise Refusal(422, "Validation error.", errors)
    return as_read(written, chain, before["id"] if before else request.state.take_id())


def delete_program(request: Request, chain_id: int, program_id: int) -> Reply:
    chain = chain_for(request, chain_id, right=RIGHT)
    _find(chain, program_id)["is_deleted"] = True
    return Reply(None, status=200 if request.state.observed else 204)


def _find(chain: Chain, program_id: int) -> Raw:
    raw = chain.programs.get(program_id)
    if raw is None or raw["is_deleted"]:
        raise Refusal(404)
    return raw


def _shown(request: Request, raw: Raw, *, status: int = 200) -> Reply:
    included = {name for value in request.query.get("include", ()) for name in value.split(",")}
    shown = _present(request, raw, included=included)
    return Reply(shown, status=status, bare=not request.state.observed)


def _present(request: Request, raw: Raw, *, included: set[str] | tuple[()]) -> Raw:
    return as_answered(
        request.state,
        {name: raw[name] for name in raw if name not in INCLUDES or name in included},
    )


PROGRAMS = "/chain/{chain_id}/loyalty/programs"
ROUTES: Routes = [
    ("GET", "/company/{location_id}/loyalty/programs/search", search_programs),
    ("POST", PROGRAMS, create_program),
    ("GET", PROGRAMS + "/{program_id}", show_program),
    ("PUT", PROGRAMS + "/{program_id}", change_program),
    ("DELETE", PROGRAMS + "/{program_id}", delete_program),
]
