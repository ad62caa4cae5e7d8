"""User tokens at rest: encrypted with the deployment's keys."""

from __future__ import annotations

from typing import Literal

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


def renew(encrypted: bytes | memoryview) -> bytes:
    """The same token, encrypted with the first of `TOKEN_KEYS`; raises Undecryptable."""
    return encrypt(decrypt(encrypted))


def state_of(encrypted: bytes | memoryview) -> Literal["current", "older", "unreadable"]:
    """Whether the first of `TOKEN_KEYS` opens it, one of the others, or none."""
    try:
        Fernet(settings.TOKEN_KEYS[0]).decrypt(bytes(encrypted))
        return "current"
    except InvalidToken:
        pass  # an older key may
    try:
        decrypt(encrypted)
    except Undecryptable:
        return "unreadable"
    return "older"


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.TOKEN_KEYS])
