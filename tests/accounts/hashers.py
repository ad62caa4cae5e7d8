from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher


class Counting(MD5PasswordHasher):
    """Notes each time that a password is encoded: the work that takes the time of a sign-in."""

    algorithm = "counting"
    encoded: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self.encoded.append(password)
        return super().encode(password, salt)


COUNTING = [f"{__name__}.Counting"]
