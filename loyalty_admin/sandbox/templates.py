"""What loyalty programs are made with: types of loyalty cards, and templates of messages."""

from __future__ import annotations

from loyalty_admin.sandbox.presenting import as_answered
from loyalty_admin.sandbox.state import Raw
from loyalty_admin.sandbox.wire import Reply, Request, Routes, chain_for


def list_card_types(request: Request, chain_id: int) -> Reply:
    return _listed(request, chain_for(request, chain_id).card_types)


def list_templates(request: Request, chain_id: int) -> Reply:
    return _listed(request, chain_for(request, chain_id).program_templates)


def _listed(request: Request, rows: list[Raw]) -> Reply:
    shown = [as_answered(request.state, row) for row in rows]
    return Reply(shown, bare=not request.state.observed)


ROUTES: Routes = [
    ("GET", "/chain/{chain_id}/loyalty/card_types", list_card_types),
    (
        "GET",
        "/chain/{chain_id}/loyalty/notification_message_templates/programs",
        list_templates,
    ),
]
