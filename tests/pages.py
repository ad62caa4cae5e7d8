"""Our own pages as a browser reads them: forms with the values they would send, links, text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http.response import HttpResponseBase

HTMX = {"HX-Request": "true"}
VOID = {"input", "meta", "link", "br", "hr", "img", "rect", "line", "use", "source", "path"}
# What is typed into a form: a text, several values, or None for a control that sends nothing.
Typed = Mapping[str, str | list[str] | None]


@dataclass
class Element:
    """One element with its attributes and all the text in it."""

    tag: str
    attrs: dict[str, str]
    text: str = ""
    form: Form | None = field(default=None, repr=False)


@dataclass
class Form(Element):
    """`values`: what the browser would send, without any button."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def data(self, typed: Typed | None = None) -> dict[str, list[str]]:
        """What the browser would send after `typed` was filled in."""
        sent = dict(self.values)
        for name, value in (typed or {}).items():
            sent.pop(name, None)
            if value is not None:
                sent[name] = [value] if isinstance(value, str) else value
        return sent


class Page(HTMLParser):
    """An answer's HTML, whole or a part; what stands in a <template> is not there."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response
        self.elements: list[Element] = []
        self.text = ""
        self._open: list[Element] = []
        self._select: tuple[str, Form | None] = ("", None)
        self._text_area: tuple[str, Form | None, Element] | None = None
        self.html: str = getattr(response, "content", b"").decode()
        self._strays: list[tuple[str, dict[str, str]]] = []
        self.feed(self.html)
        self.close()
        for form_id, attrs in self._strays:
            for form in self.all("form", id=form_id):
                assert isinstance(form, Form)
                self._note_input(form, attrs)

    def all(self, tag: str = "", *, text: str | None = None, **attrs: str) -> list[Element]:
        """Elements by tag, by whole text and by attributes (`aria_label` is aria-label)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            element
            for element in self.elements
            if tag in ("", element.tag)
            and (text is None or " ".join(element.text.split()) == text)
            and all(element.attrs.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", *, text: str | None = None, **attrs: str) -> Element:
        found = self.all(tag, text=text, **attrs)
        assert len(found) == 1, (tag, text, attrs, [element.attrs for element in self.all(tag)])
        return found[0]

    def form(self, action: str = "", **attrs: str) -> Form:
        """The one form whose action or hx-post ends with `action`, or with the attributes."""
        found = [
            form
            for form in self.all("form", **attrs)
            if any(form.attrs.get(name, "").endswith(action) for name in ("action", "hx-post"))
        ]
        assert len(found) == 1, (action, attrs, [form.attrs for form in self.all("form")])
        assert isinstance(found[0], Form)
        return found[0]

    def titles(self) -> list[str]:
        """The titles in the first column of the page's table, in order."""
        return [" ".join(cell.text.split()) for cell in self.all("th", class_="title")]

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in found}
        if any(element.tag == "template" for element in self._open):
            if tag not in VOID:
                self._open.append(Element(tag, attrs))
            return
        form = next((e for e in reversed(self._open) if isinstance(e, Form)), None)
        element = Form(tag, attrs) if tag == "form" else Element(tag, attrs, form=form)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        if tag == "input":
            if "form" in attrs:
                self._strays.append((attrs["form"], attrs))
            else:
                self._note_input(form, attrs)
        elif tag == "select":
            self._select = (attrs.get("name", ""), form)
        elif tag == "option":
            name, owner = self._select
            if owner is not None and ("selected" in attrs or name not in owner.values):
                owner.values[name] = [attrs.get("value", "")]
        elif tag == "textarea":
            self._text_area = (attrs.get("name", ""), form, element)

    def _note_input(self, form: Form | None, attrs: dict[str, str]) -> None:
        kind, name = attrs.get("type", "text"), attrs.get("name", "")
        if form is None or not name or "disabled" in attrs or kind in ("submit", "button"):
            return
        if kind in ("checkbox", "radio") and "checked" not in attrs:
            return
        nothing = "on" if kind in ("checkbox", "radio") else ""
        form.values.setdefault(name, []).append(attrs.get("value", nothing))

    def handle_startendtag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, found)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text_area:
            name, form, element = self._text_area
            self._text_area = None
            if form is not None:
                # A browser leaves out the line break that Django writes first, and sends the
                # others in its own way.
                text = element.text.removeprefix("\n").replace("\r\n", "\n")
                form.values[name] = [text.replace("\n", "\r\n")]
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if any(element.tag in ("template", "script") for element in self._open):
            return
        self.text += data
        is_mark = any(element.attrs.get("class") == "marks" for element in self._open)
        for element in self._open:
            if not (is_mark and element.tag == "th"):  # said of a title, no part of it
                element.text += data


def page_of(client: Any, url: str, *, status: int = 200, htmx: bool = False) -> Page:
    """GET the address as a browser does."""
    response = client.get(url, headers=HTMX if htmx else {})
    assert response.status_code == status, (response.status_code, response.content[:2000])
    return Page(response)
