"""Our own pages as a browser reads them: forms with the values they would send, links, text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.http.response import HttpResponseBase
from selectolax.lexbor import LexborHTMLParser, LexborNode

HTMX = {"HX-Request": "true"}
# What is typed into a form: a text, several values, or None for a control that sends nothing.
Typed = Mapping[str, str | list[str] | None]
# Their text is not shown; what stands in a <template> is no part of the tree at all.
SILENT = {"script", "style"}
BUTTONS = {"submit", "button", "reset", "image"}


class Element:
    """One element with its attributes and all the text in it."""

    def __init__(self, node: LexborNode) -> None:
        self.node = node
        self.tag = node.tag or ""
        self.attrs = {name: value or "" for name, value in node.attributes.items()}

    @cached_property
    def text(self) -> str:
        """In the heading of a row without the marks beside the title, which are no part of it."""
        return "".join(_texts(self.node, skips_marks=self.tag == "th"))

    def __repr__(self) -> str:
        return f"<{self.tag} {self.attrs}>"


class Form(Element):
    """A form, and what a browser would send of it."""

    def __init__(self, node: LexborNode, page: Page) -> None:
        super().__init__(node)
        self._page = page

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """What the browser would send, without any button."""
        values: dict[str, list[str]] = {}
        for control in self._page.controls_of(self):
            name = control.attrs.get("name", "")
            if name and "disabled" not in control.attrs:
                values.setdefault(name, []).extend(_sent(control))
        return {name: sent for name, sent in values.items() if sent}

    def data(self, typed: Typed | None = None) -> dict[str, list[str]]:
        """What the browser would send after `typed` was filled in."""
        sent = dict(self.values)
        for name, value in (typed or {}).items():
            sent.pop(name, None)
            if value is not None:
                sent[name] = [value] if isinstance(value, str) else value
        return sent


class Page:
    """An answer's HTML, whole or a part."""

    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response
        self.html: str = getattr(response, "content", b"").decode()
        whole = self.html.lstrip()[:9].lower() == "<!doctype"
        # A part may begin with a row: in a <template>, as htmx has it, every element may stand.
        self._tree = LexborHTMLParser(self.html, is_fragment=not whole, fragment_tag="template")

    @cached_property
    def elements(self) -> list[Element]:
        return [
            Form(node, self) if node.tag == "form" else Element(node)
            for node in self._tree.css("*")
        ]

    @cached_property
    def text(self) -> str:
        return "".join(text for top in self._tops() for text in _texts(top))

    def _tops(self) -> Iterator[LexborNode]:
        node = self._tree.root
        while node is not None:
            yield node
            node = node.next

    def controls_of(self, form: Form) -> Iterator[Element]:
        """Fields in the form or, by their attribute, outside of it, in the page's order."""
        for element in self.all():
            if element.tag in ("input", "select", "textarea") and self.form_of(element) is form:
                yield element

    def form_of(self, element: Element) -> Form | None:
        """The form that a control or a button belongs to."""
        if (form_id := element.attrs.get("form")) is not None:
            return next((form for form in self._forms if form.attrs.get("id") == form_id), None)
        parent = element.node.parent
        while parent is not None and parent.tag != "form":
            parent = parent.parent
        if parent is None:
            return None
        return next(form for form in self._forms if form.node.mem_id == parent.mem_id)

    @cached_property
    def _forms(self) -> list[Form]:
        return [element for element in self.elements if isinstance(element, Form)]

    def all(self, tag: str = "", *, text: str | None = None, **attrs: str) -> list[Element]:
        """Elements by tag, by whole text and by attributes (`aria_label` is aria-label)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            element
            for element in self.elements
            if tag in ("", element.tag)
            and all(element.attrs.get(name) == value for name, value in wanted.items())
            and (text is None or " ".join(element.text.split()) == text)
        ]

    def one(self, tag: str = "", *, text: str | None = None, **attrs: str) -> Element:
        found = self.all(tag, text=text, **attrs)
        assert len(found) == 1, (tag, text, attrs, self.all(tag))
        return found[0]

    def form(self, action: str = "", **attrs: str) -> Form:
        """The one form whose action or hx-post ends with `action`, or with the attributes."""
        found = [
            form
            for form in self.all("form", **attrs)
            if any(form.attrs.get(name, "").endswith(action) for name in ("action", "hx-post"))
        ]
        assert len(found) == 1, (action, attrs, self._forms)
        assert isinstance(found[0], Form)
        return found[0]

    def titles(self) -> list[str]:
        """The titles in the first column of the page's table, in order."""
        return [" ".join(cell.text.split()) for cell in self.all("th", class_="title")]


def _texts(node: LexborNode, *, skips_marks: bool = False) -> Iterator[str]:
    if node.is_text_node:
        yield node.text_content or ""
        return
    if node.tag in SILENT or (skips_marks and node.attributes.get("class") == "marks"):
        return
    child = node.child
    while child is not None:
        yield from _texts(child, skips_marks=skips_marks)
        child = child.next


def _sent(control: Element) -> list[str]:
    """The values of one control."""
    kind = control.attrs.get("type", "text")
    if control.tag == "select":
        options = control.node.css("option")
        chosen = [option for option in options if "selected" in option.attributes]
        if "multiple" not in control.attrs:
            chosen = chosen[-1:] or options[:1]
        return [option.attributes.get("value") or "" for option in chosen]
    if control.tag == "textarea":
        # A browser sends line breaks in its own way.
        return ["\r\n".join(control.text.replace("\r\n", "\n").split("\n"))]
    if kind in BUTTONS or (kind in ("checkbox", "radio") and "checked" not in control.attrs):
        return []
    value = control.attrs.get("value", "on" if kind in ("checkbox", "radio") else "")
    # A browser has no line breaks in a field of one line.
    return [value if kind == "hidden" else value.replace("\r", "").replace("\n", "")]


def page_of(client: Any, url: str, *, status: int = 200, htmx: bool = False) -> Page:
    """GET the address as a browser does."""
    response = client.get(url, headers=HTMX if htmx else {})
    assert response.status_code == status, (response.status_code, response.content[:2000])
    return Page(response)


def shown(client: Any, response: Any) -> Page:
    """The page that the person sees in the end."""
    if response.status_code in (301, 302):
        return page_of(client, response.url)
    return Page(response)


def said(page: Page) -> str:
    """What the page tells about the last action."""
    told = [
        element.text
        for element in page.elements
        if {"notice", "toast"} & {*element.attrs.get("class", "").split()}
    ]
    return " ".join(" ".join(told).split())
