"""A client of a chain of many locations: each is asked once, as the limiter lets, turn by turn."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.altegio.parallel import FAN_OUT
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.memberships import searching
from loyalty_admin.sandbox.server import Sandbox
from tests.memberships.common import CHAIN, LIST, LOCATIONS, PHONE, asked_by_phone, put
from tests.pages import HTMX, Page, page_of

MORE = 55
TIMEOUT = 2.0  # seconds: less than all of them take
ASKING = "Locations still to be asked"


@pytest.fixture
def many(sandbox: Sandbox, settings: Any) -> list[int]:
    """The ids of all locations of the chain; asking them takes longer than a page may."""
    added = sandbox.add_locations(CHAIN, [f"Aurora {number}" for number in range(MORE)])
    settings.ALTEGIO_RATE_PER_SECOND = 20
    settings.ALTEGIO_RATE_PER_MINUTE = 6000
    settings.ALTEGIO_TIMEOUT = TIMEOUT
    return [*LOCATIONS, *added]


def begin(client: Client) -> Any:
    form = page_of(client, LIST).form(aria_label="By phone")
    return client.post(LIST, form.data({"phone": f"+{PHONE}"}))


def go_on(client: Client, answer: Any, *, htmx: bool = False) -> list[Any]:
    """All the answers until there is nothing more to ask."""
    answers = [answer]
    while len(answers) < 10 and (forms := Page(answers[-1]).all("form", aria_label=ASKING)):
        form = Page(answers[-1]).form(aria_label=ASKING)
        assert forms == [form]
        headers = HTMX if htmx else {}
        answers.append(client.post(form.attrs["action"], form.data(), headers=headers))
    return answers


@pytest.mark.parametrize("htmx", [False, True])
def test_what_there_was_no_time_for_is_asked_next(
    many: list[int], sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    put(sandbox, found_in=[many[0], many[-1]], number="First and last")
    put(sandbox, found_in=[many[-2]], number="Late")
    answers = go_on(edith, begin(edith), htmx=htmx)
    assert len(answers) > 1
    assert " of 60 locations were asked so far: " in Page(answers[0]).text
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


def test_what_was_found_so_far_can_be_seen(
    many: list[int], sandbox: Sandbox, edith: Client
) -> None:
    put(sandbox)
    page = Page(begin(edith))
    link = page.one("a", text="Show what was found so far")
    assert PHONE not in link.attrs["href"]
    shown = page_of(edith, link.attrs["href"])
    assert shown.titles() == ["MC-77"]
    assert "locations did not answer. What only they know is missing here." in shown.text
    # The phone is where it goes on, and in no address.
    held = [element for element in page.elements if PHONE in str(element.attrs)]
    assert {element.attrs["name"] for element in held} == {"phone"}
    assert page.form(aria_label=ASKING).attrs["method"] == "post"


@pytest.mark.parametrize("htmx", [False, True])
def test_client_whom_nobody_knows_is_said_once_all_were_asked(
    many: list[int], edith: Client, htmx: bool
) -> None:
    first, *_others, last = go_on(edith, begin(edith), htmx=htmx)
    assert "Nothing was found" not in Page(first).text
    assert "Nothing was found" in Page(last).text
    assert bool(Page(last).all("h1")) != htmx


def test_asking_ends_where_nothing_more_comes(
    many: list[int], sandbox: Sandbox, edith: Client
) -> None:
    """Altegio wants no more requests: the rest is named as silent, and nobody asks for ever."""
    put(sandbox)
    first = begin(edith)
    assert Page(first).all("form", aria_label=ASKING)
    sandbox.fault(kind="status", status=429, times=None, match={"path": "abonements"})
    last = go_on(edith, first)[-1]
    sandbox.clear_faults()
    page = page_of(edith, last["Location"])
    assert page.titles() == ["MC-77"]
    assert "locations did not answer." in page.text


@pytest.mark.parametrize("is_forged", [True, False])
def test_what_was_found_in_another_chain_does_not_count(
    many: list[int], edith: Client, other_ctx: ChainContext, is_forged: bool
) -> None:
    theirs = searching.sign_found(other_ctx, searching.Result(rows=[]))
    form = page_of(edith, LIST).form(aria_label="By phone")
    so_far = "forged" if is_forged else theirs
    answer = edith.post(LIST, form.data() | {"phone": [PHONE], "so_far": [so_far]})
    assert Page(answer).all("form", aria_label=ASKING)


def test_membership_that_all_know_names_them_in_short(
    many: list[int], sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_RATE_PER_SECOND = 1000
    put(sandbox)
    page = page_of(edith, begin(edith)["Location"])
    (cell,) = page.all("td", data_label="Known in")
    assert cell.text.strip().startswith("60 locations")
    assert page.all("summary", text="60 locations")


def test_location_that_gave_no_answer_is_asked_once_more(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    """Also where there are few: it may only have been slow."""
    put(sandbox)
    settings.ALTEGIO_TIMEOUT = TIMEOUT
    sandbox.fault(kind="hang", seconds=30, match={"path": "abonements"})
    first, last = go_on(edith, begin(edith))
    assert "4 of 5 locations were asked so far: 1 membership." in Page(first).text
    page = page_of(edith, last["Location"])
    assert page.titles() == ["MC-77"]
    assert not page.all("div", class_="notice warn")
