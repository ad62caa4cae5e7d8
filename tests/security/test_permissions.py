"""Who gets what at every address of the site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.http import HttpResponse

from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX
from tests.security.urls import PEOPLE, World, site_urls

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


def row(name: str, answers: list[str]) -> str:
    """A line of the table."""
    got, posted = answers[: len(PEOPLE)], answers[len(PEOPLE) :]
    return f"{name:<36}" + "".join(f"{one:<5}" for one in [*got, "", *posted]).rstrip()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*URLS, *sorted(EXPECTED.keys() - URLS.keys())])
def test_everybody_gets_what_the_table_says(name: str, sandbox: Sandbox) -> None:
    assert name in URLS, f"No address is called {name} any more: take its line out of TABLE."
    world = World(sandbox)
    both = [answers(world, who, name) for who in PEOPLE]
    now = row(name, [one for method in zip(*both, strict=True) for one in method])
    assert name in EXPECTED, (
        f"{name} has no line in TABLE of {__file__}. It now answers as follows; add the line if "
        f"each of these is what that person should get, else mend the view first:\n{now}"
    )
    assert now == row(name, EXPECTED[name])


def answers(world: World, who: str, name: str) -> tuple[str, str]:
    """What the person gets for GET and for POST; nothing of it stays."""
    with undone():
        world.enter(who)
        url = world.address(name, URLS[name])
        world.close_doors()
        number = world.connection.pk
        asked = {k: v.format(connection=number) for k, v in ASKED.get(name, {}).items()}
        got, posted = (answer(world, method, url, asked) for method in ("get", "post"))
    world.sandbox.reset()
    return got, posted


def answer(world: World, method: str, url: str, asked: dict[str, str]) -> str:
    earlier = len(world.sandbox.calls())
    with undone():
        got = in_short(getattr(world.client, method)(url, asked))
    if got in REFUSED:
        with undone():
            to_htmx = in_short(getattr(world.client, method)(url, asked, headers=HTMX))
        assert to_htmx == got, f"{method} of {world.who} is refused, but not to htmx"
    calls = world.sandbox.calls()[earlier:]
    assert got not in REFUSED or not calls, f"{method} of {world.who} asked Altegio in vain"
    assert not [call for call in calls if call["method"] != "GET"], "an empty form wrote"
    return got


def in_short(response: HttpResponse) -> str:
    to_sign_in = response.get("Location", "").startswith("/login/?next=")
    if to_sign_in or response.status_code == 401 or response.get("HX-Redirect") == "/login/":
        return "in"
    return str(response.status_code)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done to the database meanwhile."""
    before = transaction.savepoint_create()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
