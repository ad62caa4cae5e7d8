"""A screen offers nobody what the server would refuse them."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page
from tests.security.test_permissions import EXPECTED, undone
from tests.security.urls import PEOPLE, World, site_urls

pytestmark = pytest.mark.django_db

# An empty form may name nothing that there is: only to a link is 404 a refusal.
REFUSED = {"get": (403, 404, 405), "post": (403, 405)}
# Who sees less than others, and each screen that the table of permissions lets them see.
SCREENS = [
    (who, name)
    for who in ("viewer", "unable")
    for name, row in EXPECTED.items()
    if row[PEOPLE.index(who)] == "200"
]


def offered(page: Page, at: str) -> set[tuple[str, str]]:
    """The addresses that the page's links and forms lead to, with their methods."""
    found = set()
    # A form that only lends itself to buttons with addresses of their own is never sent itself.
    sending = [
        page.form_of(button)
        for button in page.elements
        if button.tag == "button"
        and button.attrs.get("type", "submit") == "submit"
        and "formaction" not in button.attrs
    ]
    for element in page.elements:
        attrs = element.attrs
        if element.tag == "a" and "href" in attrs:
            found.add(("get", attrs["href"]))
        if element.tag == "form":
            method = attrs.get("method", "get").lower()
            if method == "get" or any(element is form for form in sending):
                found.add((method, attrs.get("action", "")))
        for method in ("get", "post"):
            if f"hx-{method}" in attrs:
                found.add((method, attrs[f"hx-{method}"]))
        if "formaction" in attrs:
            found.add(("post", attrs["formaction"]))
    return {
        (method, urlsplit(urljoin(at, url)).path)
        for method, url in found
        if not urlsplit(url).scheme and not url.startswith("#")
    }


def asked(client: Client, method: str, url: str) -> int:
    with undone():
        return int(getattr(client, method)(url).status_code)


@pytest.mark.parametrize(("who", "name"), SCREENS)
def test_nothing_on_a_screen_is_refused(who: str, name: str, sandbox: Sandbox) -> None:
    with undone():
        world = World(sandbox)
        world.enter(who)
        url = world.address(name, site_urls()[name])
        world.close_doors()
        for htmx in (False, True):
            response = world.client.get(url, headers=HTMX if htmx else {})
            if "text/html" not in response["Content-Type"]:
                continue
            refused = [
                (method, address)
                for method, address in sorted(offered(Page(response), url))
                if address != "/logout/" and asked(world.client, method, address) in REFUSED[method]
            ]
            assert refused == []
    sandbox.reset()
