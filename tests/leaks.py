"""What no log, journal or page about a fault may hold: the tokens, passwords, addresses and phones
that the tests work with."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from loyalty_admin.audit.models import Entry
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.web import logs

E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
PHONE = re.compile(r"(?<![\w.-])\+?\d{10,15}(?!\w)")
PAGES_ABOUT_FAULTS = {400, 401, 403, 404, 405, 413, 500, 502, 503}
# More often than that no test ends the tokens of a stand-in.
MOST_REVOCATIONS = 4


class Lines(logging.Handler):
    """Keeps every line of the log as a deployment writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.formatter(readable=False))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


pages: list[str] = []


def keep_pages_about_faults(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware of the tests' settings."""

    def keep(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code in PAGES_ABOUT_FAULTS and not response.streaming:
            pages.append(response.content.decode("utf-8", "replace"))  # type: ignore[attr-defined]
        return response

    return keep


def secrets_of_the_tests(password: str, sandboxes: Iterable[Sandbox]) -> set[str]:
    """Keys, passwords, and each token that a stand-in has given away or will."""
    found = {password, settings.SECRET_KEY, *settings.TOKEN_KEYS, settings.ALTEGIO_PARTNER_TOKEN}
    for sandbox in sandboxes:
        state = sandbox.state
        before = state._revocations
        for state._revocations in range(MOST_REVOCATIONS):
            found |= {state.token_of(person) for person in state.people}
        state._revocations = before
    return found - {""}


def phones_of(sandboxes: Iterable[Sandbox]) -> set[str]:
    """Of the stand-in's clients, and of those who sign in there."""
    found = set()
    for sandbox in sandboxes:
        found |= {person.phone for person in sandbox.state.people}
        for chain in sandbox.state.chains.values():
            found |= {str(raw.get("phone", "")) for raw in chain.abonements.values()}
    return found - {""}


def journal() -> str:
    """Every row of the journal, with everything in it."""
    return json.dumps(list(Entry.objects.values()), cls=DjangoJSONEncoder, ensure_ascii=False)


def leaks_in(text: str, known: Iterable[str]) -> list[str]:
    """Those of the known values that the text holds."""
    return sorted(value for value in known if value in text)


def personal_in(text: str) -> list[str]:
    """Whatever looks like somebody's address or phone."""
    return E_MAIL.findall(text) + PHONE.findall(text)
