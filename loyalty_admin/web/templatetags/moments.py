"""Points in time for people: always with the zone, or as an age."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def moment(value: datetime | str | None) -> SafeString | str:
    """For example "23 Nov 2026, 14:05 UTC"; takes ISO 8601 text as well."""
    at = parse_datetime(value) if isinstance(value, str) else value
    if at is None:
        return ""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(),
        formats.date_format(local, "j M Y, H:i T"),
    )


@register.filter
def age(value: datetime) -> str:
    """For example "just now", "14 seconds ago", "3 minutes ago"."""
    seconds = int((timezone.now() - value).total_seconds())
    if seconds < 3:
        return _("just now")
    if seconds < 60:
        return ngettext("%(n)s second ago", "%(n)s seconds ago", seconds) % {"n": seconds}
    return _("%(age)s ago") % {"age": timesince(value, depth=1)}
