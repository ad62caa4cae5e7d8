"""A client of a chain of many locations: each is asked once, as the limiter lets, turn by turn."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from loyalty_admin.altegio.parallel import FAN_OUT
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import searching
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN, LIST, LOCATIONS, PHONE, asked_by_phone, put
from tests.pages import HTMX, Form, Page, page_of

pytestmark = pytest.mark.slow

MORE = 55
TIMEOUT = 2.0  # seconds: less than all of them take


@pytest.fixture
def many(sandbox: Sandbox, settings: Any) -> list[int]:
    """The ids of all locations of the chain; asking them takes longer than a page may."""
    added = sandbox.add_locations(CHAIN, [f"Aurora {number}" for number in range(MORE)])
    settings.ALTEGIO_RATE_PER_SECOND = 20
    settings.ALTEGIO_RATE_PER_MINUTE = 6000
    settings.ALTEGIO_TIMEOUT = TIMEOUT
    return [*LOCATIONS, *added]


def begin(client: Client) -> Any:
    page = page_of(client, LIST)
    form = page.form_of(page.one(id="id_phone"))
    assert form is not None
    return client.post(LIST, form.data({"phone": f"+{PHONE}"}))


def asking(page: Page) -> list[Form]:
    """The form that goes on to ask, while there are locations still to be asked."""
    fields = page.all("input", name="so_far")
    return [form for field in fields if (form := page.form_of(field)) is not None]


def numbers(page: Page) -> list[int]:
    """Those that the form says: locations that were asked, all of them, what was found."""
    (form,) = asking(page)
    return [int(number) for number in re.findall("[0-9]+", form.text)][:3]


def go_on(client: Client, answer: Any, *, htmx: bool = False) -> list[Any]:
    """All the answers until there is nothing more to ask."""
    answers = [answer]
    while len(answers) < 30 and (forms := asking(Page(answers[-1]))):
        (form,) = forms
        headers = HTMX if htmx else {}
        answers.append(client.post(form.attrs["action"], form.data(), headers=headers))
    return answers


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.slow
def test_what_there_was_no_time_for_is_asked_next(
    many: list[int], sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    put(sandbox, found_in=[many[0], many[-1]], number="First and last")
    put(sandbox, found_in=[many[-2]], number="Late")
    answers = go_on(edith, begin(edith), htmx=htmx)
    assert len(answers) > 1
    were_asked, in_all, _found = numbers(Page(answers[0]))
    assert 0 < were_asked < in_all == 60
    asked = asked_by_phone(sandbox)
    assert {*asked} == {*many}
    # Again only what was under way when the time of a turn was over.
    assert sum(map(len, asked.values())) <= len(many) + FAN_OUT * (len(answers) - 1)
    url = answers[-1]["HX-Redirect" if htmx else "Location"]
    assert PHONE not in url
    page = page_of(edith, url)
    assert {*page.titles()} == {"First and last", "Late"}
    assert "Aurora Centrs, Aurora 54" in page.text
    assert not page.all("div", class_="notice warn")


@pytest.mark.slow
def test_what_was_found_so_far_can_be_seen(
    many: list[int], sandbox: Sandbox, edith: Client
) -> None:
    put(sandbox)
    page = Page(begin(edith))
    (form,) = asking(page)
    (link,) = form.node.css("a")
    href = link.attributes["href"] or ""
    assert PHONE not in href
    shown = page_of(edith, href)
    assert shown.titles() == ["MC-77"]
    assert shown.all("div", class_="notice warn", role="status")
    # The phone is where it goes on, and in no address.
    held = [element for element in page.elements if PHONE in str(element.attrs)]
    assert {element.attrs["name"] for element in held} == {"phone"}
    assert form.attrs["method"] == "post"


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.slow
def test_client_whom_nobody_knows_is_said_once_all_were_asked(
    many: list[int], edith: Client, htmx: bool
) -> None:
    first, *_others, last = go_on(edith, begin(edith), htmx=htmx)
    assert not Page(first).all("div", class_="empty")
    assert Page(last).all("div", class_="empty")
    assert bool(Page(last).all("h1")) != htmx


@pytest.mark.slow
def test_asking_ends_where_nothing_more_comes(
    many: list[int], sandbox: Sandbox, edith: Client
) -> None:
    """Altegio wants no more requests: the rest is named as silent, and nobody asks for ever."""
    put(sandbox)
    first = begin(edith)
    assert asking(Page(first))
    sandbox.fault(kind="status", status=429, times=None, match={"path": "abonements"})
    last = go_on(edith, first)[-1]
    sandbox.clear_faults()
    page = page_of(edith, last["Location"])
    assert page.titles() == ["MC-77"]
    assert page.all("div", class_="notice warn", role="status")


@pytest.mark.slow
def test_what_was_found_in_another_chain_does_not_count(
    many: list[int], edith: Client, other_ctx: ChainContext
) -> None:
    theirs = searching.sign_found(other_ctx, searching.Result(rows=[]))
    for so_far in ("forged", theirs):
        page = page_of(edith, LIST)
        form = page.form_of(page.one(id="id_phone"))
        assert form is not None
        answer = edith.post(LIST, form.data() | {"phone": [PHONE], "so_far": [so_far]})
        assert asking(Page(answer))


def test_membership_that_all_know_names_them_in_short(
    many: list[int], sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = 1000
    put(sandbox)
    page = page_of(edith, begin(edith)["Location"])
    (cell,) = page.all("td", data_label="Known in")
    (summary,) = cell.node.css("summary")
    assert "60" in summary.text()


@pytest.mark.slow
def test_location_that_gave_no_answer_is_asked_once_more(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    """Also where there are few: it may only have been slow."""
    put(sandbox)
    settings.ALTEGIO_TIMEOUT = 2.0  # the others answer within it
    sandbox.fault(kind="hang", seconds=30, match={"path": "abonements"})
    first, last = go_on(edith, begin(edith))
    assert numbers(Page(first)) == [4, 5, 1]
    page = page_of(edith, last["Location"])
    assert page.titles() == ["MC-77"]
    assert not page.all("div", class_="notice warn")
