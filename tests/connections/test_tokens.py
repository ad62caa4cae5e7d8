"""User tokens at rest."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet

from loyalty_admin.altegio.transport import Secret
from loyalty_admin.crypto import tokens

TOKEN = Secret("user-token-of-altegio")
FIRST, SECOND = (Fernet.generate_key().decode() for _ in range(2))


def test_token_is_encrypted_and_comes_back() -> None:
    encrypted = tokens.encrypt(TOKEN)
    assert TOKEN.reveal().encode() not in encrypted
    assert tokens.decrypt(encrypted) == TOKEN
    # As PostgreSQL gives it.
    assert tokens.decrypt(memoryview(encrypted)) == TOKEN


def test_same_token_is_never_encrypted_alike() -> None:
    # That a stored token is still the one that was sent can be told by its bytes.
    assert tokens.encrypt(TOKEN) != tokens.encrypt(TOKEN)


def test_every_key_decrypts_and_the_first_encrypts(settings: Any) -> None:
    settings.TOKEN_KEYS = [FIRST]
    old = tokens.encrypt(TOKEN)
    settings.TOKEN_KEYS = [SECOND, FIRST]
    assert tokens.decrypt(old) == TOKEN
    new = tokens.encrypt(TOKEN)
    settings.TOKEN_KEYS = [SECOND]
    assert tokens.decrypt(new) == TOKEN
    with pytest.raises(tokens.Undecryptable):
        tokens.decrypt(old)


def test_what_no_key_opens_is_named(subtests: pytest.Subtests) -> None:
    for stored in [b"", b"user-token-of-altegio", b"\xff\x00", b"gAAAAA=="]:
        with subtests.test(stored=stored), pytest.raises(tokens.Undecryptable):
            tokens.decrypt(stored)
