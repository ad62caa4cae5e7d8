"""What error reports leave out."""

from __future__ import annotations

from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

# What helps to find a fault and is nobody's secret. The rest of META holds cookies,
# authorisation and (under runserver) the whole environment.
SHOWN = (
    "REQUEST_METHOD",
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_ACCEPT",
    "HTTP_HOST",
    "HTTP_HX_REQUEST",
    "HTTP_HX_TARGET",
    "HTTP_USER_AGENT",
    "SERVER_PROTOCOL",
)


class NoVariablesFilter(SafeExceptionReporterFilter):
    """Error reports, also the page that DEBUG shows, without a single value.

    Passwords and tokens pass through local variables, forms, headers and settings; a list
    of those to hide would have to be complete, so this one names those to show.
    """

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> Any:
        return {}.items()

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request else {}

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return dict.fromkeys(getattr(request, "COOKIES", {}), self.cleansed_substitute)

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        meta = getattr(request, "META", {})
        return {name: meta[name] for name in SHOWN if name in meta}

    def get_safe_settings(self) -> dict[str, Any]:
        return {}
