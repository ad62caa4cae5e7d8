"""User tokens at rest: encrypted with the deployment's keys."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from loyalty_admin.altegio.transport import Secret


class Undecryptable(Exception):
    """None of the deployment's keys opens this token."""


def encrypt(token: Secret) -> bytes:
    """The token, encrypted with the first of `TOKEN_KEYS`."""
    return _keys().encrypt(token.reveal().encode())


def decrypt(encrypted: bytes | memoryview) -> Secret:
    """The token, whichever of `TOKEN_KEYS` encrypted it; raises Undecryptable."""
    try:
        return Secret(_keys().decrypt(bytes(encrypted)).decode())
    except InvalidToken:
        raise Undecryptable from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.TOKEN_KEYS])
