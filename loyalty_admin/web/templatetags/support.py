from __future__ import annotations

from django import template
from structlog.contextvars import get_contextvars

register = template.Library()


@register.simple_tag
def support_number() -> str:
    """The id of this request, by which its lines are found in the log; "" outside of one."""
    return str(get_contextvars().get("request_id", ""))
