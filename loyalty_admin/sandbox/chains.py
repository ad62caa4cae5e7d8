"""Chains with their locations and rights, and the services of a chain."""

from __future__ import annotations

from loyalty_admin.sandbox.state import Raw
from loyalty_admin.sandbox.wire import Reply, Request, Routes, chain_for


def list_chains(request: Request) -> Reply:
    return Reply(
        [
            {
                "id": chain.id,
                "title": chain.title,
                "companies": chain.locations,
                "access": _access(request, rights),
            }
            for chain_id, rights in request.person.access.items()
            if (chain := request.state.chains.get(chain_id))
        ]
    )


def _access(request: Request, rights: dict[str, int]) -> Raw:
    if not request.state.observed:
        return dict(rights)
    # The real backend leaves some rights out: unknown is not denied.
    return {name: str(value) for name, value in rights.items() if name != "analytics_access"}


def list_service_categories(request: Request, chain_id: int) -> Reply:
    chain = chain_for(request, chain_id)
    with_services = "services" in request.query.get("include", [""])[0].split(",")
    categories = [
        category if with_services else {"id": category["id"], "title": category["title"]}
        for category in chain.categories
    ]
    return Reply(categories, bare=request.state.observed)


ROUTES: Routes = [
    ("GET", "/groups", list_chains),
    ("GET", "/chain/{chain_id}/service_categories", list_service_categories),
]
