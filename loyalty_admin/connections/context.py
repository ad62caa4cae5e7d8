"""What every page's template gets."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from loyalty_admin.accounts import two_step
from loyalty_admin.accounts.models import User
from loyalty_admin.connections import services
from loyalty_admin.connections.models import Connection


def page(request: HttpRequest) -> dict[str, Any]:
    """`connections_needing_sign_in`: list of Connection, read only when the template asks."""

    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or two_step.must_set_up(user):
        return {"connections_needing_sign_in": []}
    return {"connections_needing_sign_in": SimpleLazyObject(partial(_needing_sign_in, user))}


def _needing_sign_in(person: User) -> list[Connection]:
    return [
        connection
        for connection in services.connections_of(person).defer("chains")
        if services.needs_sign_in(connection)
    ]
