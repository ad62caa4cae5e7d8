"""What strangers try first is no password: the product's own words, and what was stolen elsewhere
where whoever runs the dashboard has a list of that."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty_admin.accounts.models import User

# Of this product and its trade, in lower case; the chains' own titles are added to them.
WORDS = (
    *("loyalty", "admin", "altegio", "yclients", "beauty", "fitness", "spa"),
    *("membership", "gift", "card", "promotion", "cashback", "bonus", "discount"),
    *("manager", "editor", "viewer", "password", "welcome", "qwerty"),
)
LEAST_BESIDE = 6
MOST_OF_A_PASSWORD = 1_000  # characters


class OwnWordsValidator:
    """Refuses a password in which fewer than six letters or digits stand beside such words.

    Years and signs around a word add nothing that is hard to guess.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.lower()
        for word in sorted(self.words(), key=len, reverse=True):
            rest = rest.replace(word, " ")
        beside = re.sub(r"(19|20)\d\d|[\W_]", "", rest)
        # What is shorter than that is refused for its length, whatever its words.
        if len(beside) < LEAST_BESIDE <= len(password):
            raise ValidationError(self.get_help_text(), code="password_of_own_words")

    def words(self) -> set[str]:
        return {*WORDS}

    def get_help_text(self) -> str:
        return _("It may not be made up of this product's or the chain's words.")


# As letters and keys lie beside each other.
ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
LITTLE_AROUND = 8


class DressedUpValidator(CommonPasswordValidator):
    """Refuses a common password also where it is repeated, or where up to eight digits and signs
    stand around it: of Django's 20,000 only some 200 are long enough to be chosen as they are."""

    def validate(self, password: str, user: Any = None) -> None:
        for core in _cores(password.lower().strip()):
            unit = re.sub(r"^(.+?)\1+$", r"\1", core, flags=re.DOTALL)
            is_repeated = unit != core and len(unit) < LEAST_BESIDE
            is_row = any(unit in row for row in ROWS)
            if is_repeated or is_row or not self.passwords.isdisjoint((core, unit)):
                raise ValidationError(self.get_error_message(), code="password_too_common")


def _cores(text: str) -> Iterator[str]:
    """The text, and what is left of it without digits and signs at its ends."""
    for before in range(LITTLE_AROUND + 1):
        for behind in range(LITTLE_AROUND + 1 - before):
            core = text[before : len(text) - behind]
            around = text[:before] + text[len(text) - behind :]
            if core and not any(map(str.isalpha, around)):
                yield core


class LongestValidator:
    """Refuses what no form takes: whoever chose it on the command line could not sign in."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > MOST_OF_A_PASSWORD:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("It may have at most %(n)s characters.") % {"n": MOST_OF_A_PASSWORD}


SHA1 = re.compile(rb"[0-9A-Fa-f]{40}(?![0-9A-Fa-f])")
SAMPLES = 64


class BreachedPasswordValidator:
    """Refuses what is in a file of SHA-1 hashes, one a line, in their order.

    The file is searched where it lies, whatever its size, and no password leaves the house.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def validate(self, password: str, user: User | None = None) -> None:
        if is_listed(self.path, password):
            raise ValidationError(self.get_help_text(), code="password_breached")

    def get_help_text(self) -> str:
        return _("This password was stolen elsewhere and is on lists that strangers try.")


def is_listed(path: Path, password: str) -> bool:
    """Whether the file holds the password's hash. Raises OSError."""
    sought = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, os.fstat(file.fileno()).st_size  # between them its line would begin
        while low < high:
            middle = (low + high) // 2
            start, line = _line_from(file, middle)
            found = line[:40].strip().upper()
            if start < high and found == sought:
                return True
            if start < high and b"" < found < sought:  # blank lines stand behind all others
                low = start + len(line)
            else:
                high = middle
    return False


def flaw_of_list(path: Path) -> str:
    """What is wrong with such a file, as a few of its lines show; "" where nothing is."""
    try:
        with path.open("rb") as file:
            lines = list(_samples(file))
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not lines or not all(map(SHA1.match, lines)):
        return "is no list of SHA-1 hashes, one a line"
    return "" if lines == sorted(lines) else "is not in the order of its hashes"


def _samples(file: IO[bytes]) -> Iterator[bytes]:
    size = os.fstat(file.fileno()).st_size
    for place in range(0, size, size // SAMPLES + 1):
        _start, line = _line_from(file, place)
        if line:
            yield line[:41].upper()


def _line_from(file: IO[bytes], place: int) -> tuple[int, bytes]:
    """The first line that begins at this place or behind it, and where it begins."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.tell(), file.readline()
