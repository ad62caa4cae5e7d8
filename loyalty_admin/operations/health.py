"""Answers to whoever watches the process. An outage at Altegio makes neither fail."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from loyalty_admin.operations import metrics

logger = logging.getLogger("loyalty_admin.web")


class HealthMiddleware:
    """`/healthz`: the process is up. `/readyz`: besides, the database is there and migrated.
    `/metrics`: what operations.metrics says, where it is on.

    Before any middleware that asks for the host name, which a probe does not know; nor does it
    come by https (settings.SECURE_REDIRECT_EXEMPT).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        match request.path_info:
            case "/healthz":
                return _answer("ok", 200)
            case "/readyz":
                return _answer("ok", 200) if is_ready() else _answer("not ready", 503)
            case "/metrics" if settings.METRICS_TOKEN:
                return metrics.answer(request)
            case _:
                return self.get_response(request)


def is_ready() -> bool:
    """Whether the database answers and has every migration."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:  # whatever a database driver raises means the same here
        logger.warning("Not ready: %s", type(error).__name__)
        return False


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
