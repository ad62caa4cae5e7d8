"""Signing in at Altegio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loyalty_admin.altegio.errors import Refused, SignInNeeded, UnreadableAnswer
from loyalty_admin.altegio.transport import Secret, Transport
from loyalty_admin.altegio.values import read_int, read_str


@dataclass(frozen=True)
class SignedIn:
    """An Altegio user and the token that acts as them until their password changes."""

    user_id: int
    user_token: Secret
    name: str


def sign_in(transport: Transport, *, login: str, password: str) -> SignedIn:
    """Ask for a user token; `transport` must have none, so that the partner's token goes alone.

    A wrong login or password is Refused, with Altegio's words. API: POST /auth.
    """
    body = {"login": login, "password": password}
    refusal: Refused | None = None
    try:
        data = transport.send("POST", "/auth", body).data
    except SignInNeeded as error:
        # Nobody was signed in before: here 401 says that the login or password is wrong.
        refusal = Refused(
            error.message, status=error.status, fields=error.fields, request_id=error.request_id
        )
    if refusal is not None:
        raise refusal
    raw = data if isinstance(data, Mapping) else {}
    user_id = read_int(raw.get("id"))
    token = raw.get("user_token")
    if user_id is None or not isinstance(token, str) or not _usable(token):
        raise UnreadableAnswer("The sign-in brought no usable user token.")
    return SignedIn(user_id, Secret(token), read_str(raw.get("name")) or "")


def _usable(token: str) -> bool:
    # It becomes part of a header, beside commas that mean something there.
    return token.isascii() and token.isprintable() and not set(token) & set(" ,") and token != ""
