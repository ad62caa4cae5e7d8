"""Every address of the site, visited by each kind of person.

One visit asserts everything that must be true at every address: who gets what, the headers, that
hostile text is only text, that a page has a title and leads nowhere else, that looking changes
nothing, and that no screen offers what the server would refuse.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from loyalty_admin.chains.services import context_for
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN
from tests.pages import HTMX, Page
from tests.security.urls import GIFT_CARD_TYPE, MEMBERSHIP_TYPE, PEOPLE, PROMOTION, World, site_urls
from tests.security.visits import BESIDES, ESCAPED, changes, hostile_world, undone, wrong_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# One line an address: the answer to GET, then the answer to POST with an empty form, for
#
#   out       nobody is signed in
#   stranger  an editor who is not among those to whom the connection is limited
#   viewer, editor, manager
#   unable    an editor whose Altegio account lacks every right to change something
#
# "in" is the way to the sign-in page. A POST that is let in ends as an empty form does: 400 (it
# has no id), 409, 422, or the page again. What is refused (in, 403, 404, 405) is refused to htmx
# in the same way, and asks Altegio nothing.
#                                  GET                                POST
#                                   out  str  view edit man  una       out  str  view edit man  una
TABLE = """
accounts:login                      200  302  302  302  302  302       200  302  302  302  302  302
accounts:logout                     405  405  405  405  405  405       302  302  302  302  302  302
accounts:join                       200  409  409  409  409  409       200  409  409  409  409  409
accounts:account                    in   200  200  200  200  200       in   200  200  200  200  200
accounts:password                   in   200  200  200  200  200       in   200  200  200  200  200
accounts:end_other_sessions         in   200  200  200  200  200       in   200  200  200  200  200
accounts:end_session                in   200  200  200  200  200       in   200  200  200  200  200
accounts:staff                      in   403  403  403  200  403       in   405  405  405  405  405
accounts:invite                     in   403  403  403  200  403       in   403  403  403  200  403
accounts:withdraw_invitation        in   405  405  405  405  405       in   403  403  403  302  403
accounts:person                     in   403  403  403  200  403       in   403  403  403  302  403
accounts:code                       302  302  302  302  302  302       302  302  302  302  302  302
accounts:forgot                     200  200  200  200  200  200       200  200  200  200  200  200
accounts:reset                      200  200  200  200  200  200       200  200  200  200  200  200
accounts:reset_link                 in   405  405  405  405  405       in   403  403  403  200  403
accounts:two_step_start             in   200  200  200  200  200       in   200  200  200  200  200
accounts:two_step_set_up            in   302  302  302  302  302       in   302  302  302  302  302
accounts:two_step_off               in   200  200  200  200  200       in   200  200  200  200  200
accounts:recovery_codes             in   302  302  302  302  302       in   302  302  302  302  302
accounts:two_step_off_for           in   405  405  405  405  405       in   403  403  403  302  403
accounts:end_session_of             in   405  405  405  405  405       in   403  403  403  404  403
accounts:end_sessions_of            in   405  405  405  405  405       in   403  403  403  302  403

connections:index                   in   200  200  200  200  200       in   405  405  405  405  405
connections:new                     in   403  403  403  200  403       in   403  403  403  422  403
connections:sign_in                 in   403  403  403  200  403       in   403  403  403  422  403
connections:people                  in   403  403  403  200  403       in   403  403  403  422  403
connections:remove                  in   403  403  403  200  403       in   403  403  403  302  403

chains:enter                        in   302  302  302  302  302       in   405  405  405  405  405
chains:index                        in   200  200  200  200  302       in   302  302  302  302  302
chains:choose_connection            in   405  405  405  405  405       in   404  302  302  302  404

home:index                          in   404  200  200  200  200       in   405  405  405  405  405
home:panel                          in   404  200  200  200  200       in   405  405  405  405  405

membership_types:index              in   404  200  200  200  200       in   405  405  405  405  405
membership_types:loaded             in   404  200  200  200  200       in   405  405  405  405  405
membership_types:refresh            in   405  405  405  405  405       in   404  302  302  302  302
membership_types:export             in   404  200  200  200  200       in   405  405  405  405  405
membership_types:new                in   404  403  200  200  403       in   404  403  422  422  403
membership_types:trash              in   404  200  200  200  200       in   405  405  405  405  405
membership_types:create_again       in   404  403  200  200  403       in   404  403  422  422  403
membership_types:detail             in   404  200  200  200  200       in   405  405  405  405  405
membership_types:row                in   404  302  302  302  302       in   405  405  405  405  405
membership_types:menu               in   404  302  302  302  302       in   405  405  405  405  405
membership_types:edit_row           in   404  403  302  302  403       in   404  403  302  302  403
membership_types:edit               in   404  403  200  200  403       in   404  403  409  409  403
membership_types:clone              in   405  405  405  405  405       in   404  403  400  400  403
membership_types:archive            in   405  405  405  405  405       in   404  403  400  400  403
membership_types:unarchive          in   405  405  405  405  405       in   404  403  400  400  403
membership_types:delete             in   404  403  200  200  403       in   404  403  400  400  403
membership_types:restore            in   405  405  405  405  405       in   404  403  422  422  403

gift_card_types:index               in   404  200  200  200  200       in   405  405  405  405  405
gift_card_types:loaded              in   404  200  200  200  200       in   405  405  405  405  405
gift_card_types:refresh             in   405  405  405  405  405       in   404  302  302  302  302
gift_card_types:export              in   404  200  200  200  200       in   405  405  405  405  405
gift_card_types:new                 in   404  403  200  200  403       in   404  403  422  422  403
gift_card_types:trash               in   404  200  200  200  200       in   405  405  405  405  405
gift_card_types:create_again        in   404  403  200  200  403       in   404  403  422  422  403
gift_card_types:detail              in   404  200  200  200  200       in   405  405  405  405  405
gift_card_types:row                 in   404  302  302  302  302       in   405  405  405  405  405
gift_card_types:menu                in   404  302  302  302  302       in   405  405  405  405  405
gift_card_types:edit_row            in   404  403  302  302  403       in   404  403  302  302  403
gift_card_types:edit                in   404  403  200  200  403       in   404  403  409  409  403
gift_card_types:clone               in   404  403  200  200  403       in   404  403  422  422  403
gift_card_types:archive             in   404  403  200  200  403       in   404  403  400  400  403
gift_card_types:unarchive           in   404  403  302  302  403       in   404  403  400  400  403
gift_card_types:delete              in   404  403  200  200  403       in   404  403  400  400  403
gift_card_types:restore             in   405  405  405  405  405       in   404  403  422  422  403

memberships:index                   in   404  200  200  200  200       in   404  422  422  422  422
memberships:export                  in   405  405  405  405  405       in   404  400  400  400  400
memberships:download                in   404  302  302  302  302       in   405  405  405  405  405
memberships:several                 in   405  405  405  405  405       in   404  403  302  302  403
memberships:detail                  in   404  200  200  200  200       in   405  405  405  405  405
memberships:freeze                  in   404  403  200  200  403       in   404  403  422  422  403
memberships:unfreeze                in   404  403  200  200  403       in   404  403  422  422  403
memberships:balance                 in   404  403  200  200  403       in   404  403  422  422  403
memberships:validity                in   404  403  200  200  403       in   404  403  422  422  403

transactions:index                  in   404  200  200  200  200       in   405  405  405  405  405
transactions:add_up                 in   405  405  405  405  405       in   404  400  400  400  400
transactions:totals                 in   404  200  200  200  200       in   405  405  405  405  405
transactions:export                 in   405  405  405  405  405       in   404  400  400  400  400
transactions:download               in   404  302  302  302  302       in   405  405  405  405  405

jobs:index                          in   404  200  200  200  200       in   405  405  405  405  405
jobs:detail                         in   404  200  200  200  200       in   405  405  405  405  405
jobs:cancel                         in   405  405  405  405  405       in   404  403  302  302  403
jobs:go_on                          in   405  405  405  405  405       in   404  403  302  302  403
jobs:retry                          in   405  405  405  405  405       in   404  403  302  302  403

promotions:index                    in   404  200  200  200  200       in   405  405  405  405  405
promotions:loaded                   in   404  200  200  200  200       in   405  405  405  405  405
promotions:refresh                  in   405  405  405  405  405       in   404  302  302  302  302
promotions:export                   in   404  200  200  200  200       in   405  405  405  405  405
promotions:choose_kind              in   404  403  200  200  403       in   405  405  405  405  405
promotions:new                      in   404  403  200  200  403       in   404  403  422  422  403
promotions:summary                  in   405  405  405  405  405       in   404  403  302  302  403
promotions:trash                    in   404  200  200  200  200       in   405  405  405  405  405
promotions:create_again             in   404  403  200  200  403       in   404  403  422  422  403
promotions:detail                   in   404  200  200  200  200       in   405  405  405  405  405
promotions:menu                     in   404  302  302  302  302       in   405  405  405  405  405
promotions:edit                     in   404  403  200  200  403       in   404  403  409  409  403
promotions:clone                    in   404  403  200  200  403       in   404  403  422  422  403
promotions:delete                   in   404  403  200  200  403       in   404  403  400  400  403

notification_templates:index        in   404  200  200  200  200       in   405  405  405  405  405
notification_templates:loaded       in   404  200  200  200  200       in   405  405  405  405  405
notification_templates:refresh      in   405  405  405  405  405       in   404  302  302  302  302

audit:index                         in   200  200  200  200  200       in   405  405  405  405  405
audit:export                        in   200  200  200  200  200       in   405  405  405  405  405
audit:detail                        in   404  200  200  200  200       in   405  405  405  405  405
audit:check                         in   405  405  405  405  405       in   404  403  302  302  302
audit:decide                        in   405  405  405  405  405       in   404  403  302  302  302
audit:close                         in   405  405  405  405  405       in   404  403  302  302  302
"""
REFUSED = {"in", "403", "404", "405"}
# What an address needs to be told before it has anything to say.
ASKED: dict[str, dict[str, str]] = {
    "chains:choose_connection": {"connection": "{connection}"},
    "audit:export": {"format": "csv"},
    "gift_card_types:export": {"format": "csv"},
    "membership_types:export": {"format": "csv"},
    "promotions:export": {"format": "csv"},
    "promotions:summary": {"kind": "discount_static"},
}
EXPECTED = {name: expected for name, *expected in map(str.split, filter(None, TABLE.splitlines()))}
URLS = site_urls()
# An empty form may name nothing that there is: only to a link is 404 a refusal.
OFFERED_IN_VAIN = {"get": (403, 404, 405), "post": (403, 405)}
# Whoever holds somebody's link is taken for them, and sees their e-mail.
LINKS = ("accounts:join", "accounts:reset")


def row(name: str, answers: list[str]) -> str:
    """A line of the table."""
    got, posted = answers[: len(PEOPLE)], answers[len(PEOPLE) :]
    return f"{name:<36}" + "".join(f"{one:<5}" for one in [*got, "", *posted]).rstrip()


def test_every_address_has_its_line_in_the_table(sandbox: Sandbox) -> None:
    """The failure says which line to add."""
    assert sorted(EXPECTED.keys() - URLS.keys()) == [], "take these lines out of TABLE"
    missing = sorted(URLS.keys() - EXPECTED.keys())
    lines = []
    for name in missing:
        both = []
        for who in PEOPLE:
            with undone():
                world = World(sandbox)
                world.enter(who)
                url = world.address(name, URLS[name])
                world.close_doors()
                visit = Visit(world, name, url)
                both.append((visit.send("get"), visit.send("post")))
            sandbox.reset()
        lines.append(row(name, [one for method in zip(*both, strict=True) for one in method]))
    assert lines == [], "add these lines to TABLE if each is right, else mend the view first"


class Visit:
    """One person at one address. Nothing of what they do there stays."""

    def __init__(self, world: World, name: str, url: str) -> None:
        self.world, self.url = world, url
        number = world.connection.pk
        self.asked = {k: v.format(connection=number) for k, v in ASKED.get(name, {}).items()}
        manager, maker = world.manager.email, world.maker.email
        is_let_in = world.who == "manager" or name in LINKS
        self.private = () if is_let_in else (manager, maker, world.sandbox.director)
        self.wrong: list[str] = []
        self.offered: set[tuple[str, str]] = set()

    def send(self, method: str, **headers: str) -> str:
        """The answer in the words of the table. Notes what is wrong with it."""
        about = f"{method}{' by htmx' if headers else ''}"
        client = self.world.client
        with undone(client), changes() as changed:
            answer = getattr(client, method)(self.url, self.asked, headers=headers)
            self.wrong += [f"{about}: {one}" for one in wrong_in(answer, self.private)]
        if method == "get":
            self.wrong += [f"{about} changes {table}" for table in sorted(changed)]
            if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
                self.offered |= offered(Page(answer), self.url)
        return in_short(answer)

    def both(self, *, with_parts: bool = True) -> tuple[str, str]:
        """What GET and POST get. What is refused is refused to htmx as well, and in silence."""
        got = []
        for method in ("get", "post"):
            earlier = len(self.world.sandbox.calls())
            short = self.send(method)
            if short in REFUSED or (method == "get" and with_parts):
                to_htmx = self.send(method, **HTMX)
                if (short in REFUSED or to_htmx in REFUSED) and to_htmx != short:
                    self.wrong.append(f"{method} is {short}, but {to_htmx} to htmx")
            calls = self.world.sandbox.calls()[earlier:]
            if short in REFUSED and calls:
                self.wrong.append(f"{method} is refused and asks Altegio")
            if any(call["method"] != "GET" for call in calls):
                self.wrong.append(f"{method} writes to Altegio")
            got.append(short)
        return got[0], got[1]


# The parts that htmx gets are looked at as those see them who may change everything, and nothing.
SEE_PARTS = ("viewer", "manager")


@pytest.mark.parametrize("who", PEOPLE)
def test_every_address_gives_a_person_what_it_should(who: str, sandbox: Sandbox) -> None:
    world = hostile_world(sandbox, who)
    visits = all_visits(world)
    place = PEOPLE.index(who)
    wrong: list[str] = []
    for name, visit in visits.items():
        expected = (EXPECTED[name][place], EXPECTED[name][place + len(PEOPLE)])
        if (got := visit.both(with_parts=who in SEE_PARTS)) != expected:
            wrong.append(f"{name}: the table has {expected}, it is {got}")
        wrong += [f"{name}: {one}" for one in visit.wrong]
        # Of a list's many rows one link to each kind of page is enough.
        kinds = {(method, view_of(url)): url for method, url in sorted(visit.offered)}
        visit.offered = {(method, url) for (method, _kind), url in kinds.items()}
    wrong += refused(world.client, visits)
    assert wrong == [], "\n".join([who, *wrong])


@pytest.mark.long
@pytest.mark.parametrize("who", ["viewer", "unable"])
def test_no_link_or_form_of_any_screen_is_refused(who: str, sandbox: Sandbox) -> None:
    world = hostile_world(sandbox, who)
    visits = all_visits(world)
    for visit in visits.values():
        visit.both()
    assert refused(world.client, visits) == []


def all_visits(world: World) -> dict[str, Visit]:
    addresses = world.addresses()
    world.close_doors()
    # Reads once what each visit would read again, because nothing of a visit stays.
    for what in ("membership-types", "gift-card-types", "promotions", "notification-templates"):
        world.client.get(f"/chains/{CHAIN}/{what}/loaded/")
    return {name: Visit(world, name, addresses[name]) for name in EXPECTED if name in addresses}


def test_hostile_texts_are_on_the_pages_that_are_visited(sandbox: Sandbox) -> None:
    """Otherwise the visits would prove nothing about them."""
    world = hostile_world(sandbox, "manager")
    client = world.client
    paths = (
        *("membership-types/", f"membership-types/{MEMBERSHIP_TYPE}/"),
        *(f"gift-card-types/{GIFT_CARD_TYPE}/edit/", f"promotions/{PROMOTION}/"),
        "notification-templates/loaded/",
    )
    pages = {path: client.get(f"/chains/{CHAIN}/{path}").content.decode() for path in paths}
    # Around the content stand the names of the chain and of the person, which are hostile too.
    assert [path for path, html in pages.items() if ESCAPED not in html.partition("<main")[2]] == []
    ctx = context_for(CHAIN, person=world.person)
    assert ctx is not None
    sent = ctx.transport().get(f"/chain/{CHAIN}/loyalty/abonement_types", [("page", 1)]).data
    assert BESIDES in str(sent)


def in_short(response: Any) -> str:
    to_sign_in = response.get("Location", "").startswith("/login/?next=")
    if to_sign_in or response.status_code == 401 or response.get("HX-Redirect") == "/login/":
        return "in"
    return str(response.status_code)


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


def view_of(url: str) -> str:
    """The name of the view behind the address; the address where there is none."""
    try:
        return resolve(url).view_name
    except Resolver404:
        return url


def refused(client: Client, visits: dict[str, Visit]) -> list[str]:
    """What the visited screens offer and the server refuses to the same person."""
    screens = {offer: name for name, visit in visits.items() for offer in visit.offered}
    found = []
    for (method, url), name in sorted(screens.items()):
        with undone(client):
            status = getattr(client, method)(url).status_code
        if status in OFFERED_IN_VAIN[method]:
            found.append(f"{name} offers {method} {url}, which is {status}")
    return found
