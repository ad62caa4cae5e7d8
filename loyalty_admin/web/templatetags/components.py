"""Markup that many templates share. The tags are available in every template."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(name="icon")
def icon_of(name: str) -> SafeString:
    """Draw a symbol of static/icons/sprite.svg: `{% icon "lock" %}`. No name draws nothing."""
    if not name:
        return SafeString()
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def chip(text: object, level: str = "", icon: str = "") -> SafeString:
    """Show a short state: `{% chip _("frozen") "info" icon="snowflake" %}`.

    `level`: good, info, warn, bad, muted, or "" for none.
    """
    return format_html('<span class="{}">{}{}</span>', _classes("chip", level), icon_of(icon), text)


@register.simple_tag
def column(title: str, classes: str = "", *, hidden: bool = False) -> SafeString:
    """Head a column: `{% column _("Amount") "num" %}`. A hidden title is read out only."""
    shown = format_html('<span class="visually-hidden">{}</span>', title) if hidden else title
    return format_html('<th scope="col"{}>{}</th>', _class_attribute(classes), shown)


@register.simple_block_tag
def cell(content: SafeString, title: str, classes: str = "") -> SafeString:
    """Show a table cell, which names its column on a narrow screen.

    `{% cell _("Type") "sentence" %}…{% endcell %}`
    """
    attribute = _class_attribute(classes)
    return format_html('<td{} data-label="{}">{}</td>', attribute, title, content)


@register.simple_block_tag
def notice(content: SafeString, level: str, *, role: str = "", icon: str = "alert") -> SafeString:
    """Show a message in the page: `{% notice "warn" role="status" %}<p>…</p>{% endnotice %}`.

    `level`: good, info, warn or bad. The content is one element.
    """
    attribute = format_html(' role="{}"', role) if role else ""
    return format_html(
        '<div class="notice {}"{}>{}{}</div>', level, attribute, icon_of(icon), content
    )


@register.simple_block_tag
def emptystate(content: SafeString, title: str, *, icon: str = "") -> SafeString:
    """Say that there is nothing to show, and what to do next.

    `{% emptystate _("Nothing matches") icon="search" %}<p>…</p>{% endemptystate %}`
    """
    return format_html('<div class="empty">{}<h2>{}</h2>{}</div>', icon_of(icon), title, content)


@register.simple_block_tag
def menu(content: SafeString, label: object, classes: str = "", *, icon: str = "") -> SafeString:
    """Show a button that opens its content: `{% menu _("Export") "quiet" %}…{% endmenu %}`.

    The content is an element of the class `menu-items`. With `icon` the label is read out only.
    """
    if icon:
        shown = format_html('{}<span class="visually-hidden">{}</span>', icon_of(icon), label)
    else:
        shown = format_html("{}{}", label, icon_of("chevron-down"))
    return format_html(
        '<details class="menu"><summary class="{}">{}</summary>{}</details>',
        _classes("button", classes),
        shown,
        content,
    )


def _classes(*names: str) -> str:
    return " ".join(filter(None, names))


def _class_attribute(classes: str) -> SafeString | str:
    return format_html(' class="{}"', classes) if classes else ""
