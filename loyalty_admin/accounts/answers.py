from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from loyalty_admin.accounts import sessions
from loyalty_admin.accounts.throttling import TooManyTries
from loyalty_admin.web import problems

logger = logging.getLogger("loyalty_admin.accounts")


def too_many_tries(request: HttpRequest, error: TooManyTries) -> HttpResponse:
    """Says when it is worth trying again; the same whether or not the account exists."""
    logger.warning("Too many tries of %s, from %s", error.rule, sessions.address_of(request))
    response = render(
        request,
        "accounts/too_many_tries.html",
        {"when": problems.when(error.seconds), "rule": error.rule},
        status=429,
    )
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(error.seconds)
    return response
