"""Finding memberships: by phone at every location, by number, by period, and what is left over."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.memberships.common import (
    CHAIN,
    HOSTILE,
    LIST,
    LOCATIONS,
    OTHER_CHAIN,
    PHONE,
    POOL,
    UNLIMITED_POOL,
    UNLIMITED_ROW,
    asked_by_phone,
    fields_with_errors,
    moment,
    put,
    status,
    today,
    writes,
)
from tests.memberships.submitting import at, change
from tests.pages import HTMX, Form, Page, page_of

pytestmark = pytest.mark.slow

LOCAL = PHONE.removeprefix("371")
LEADS = ("href", "action", "formaction", "hx-get", "hx-post")


def search_form(page: Page, field: str) -> Form:
    """That of the page's searches that has this field."""
    form = page.form_of(page.one(id=f"id_{field}"))
    assert form is not None
    return form


def phone_form(client: Client) -> Form:
    return search_form(page_of(client, LIST), "phone")


def is_empty(page: Page) -> bool:
    """Whether it says that nothing was found."""
    return bool(page.all("div", class_="empty"))


def by_phone(client: Client, phone: str) -> Page:
    return Page(client.post(LIST, phone_form(client).data({"phone": phone}), follow=True))


def by_numbers(client: Client, *ids: int, **filters: str) -> Page:
    answer = client.get(LIST, {"ids": ", ".join(map(str, ids)), **filters})
    return Page(answer)


def by_period(client: Client, days_ago: int, days_ago_last: int = 0, **filters: str) -> Page:
    answer = client.get(
        LIST,
        {
            "after": (today() - timedelta(days_ago)).isoformat(),
            "before": (today() - timedelta(days_ago_last)).isoformat(),
            **filters,
        },
    )
    return Page(answer)


def counted(page: Page) -> list[int]:
    """How many are said to be found and, with a filter, of how many."""
    text = page.one("p", class_="muted grow", role="status").text
    return [int(number) for number in re.findall("[0-9]+", text)]


def cells(page: Page, label: str) -> list[str]:
    return [" ".join(cell.text.split()) for cell in page.all("td", data_label=label)]


def put_coded(sandbox: Sandbox, code: str, type_id: int = POOL, **fields: Any) -> int:
    return int(put(sandbox, type_id, number=code, **fields)["id"])


# Who may look


def test_viewer_may_look_and_changes_nothing(sandbox: Sandbox, vera: Client) -> None:
    put(sandbox)
    page = by_phone(vera, PHONE)
    assert page.titles() == ["MC-77"]
    assert not page.all("input", type="checkbox")


def test_stranger_to_the_chain_finds_nothing_at_all(sandbox: Sandbox, edith: Client) -> None:
    url = LIST.replace(str(CHAIN), "9999")
    count = len(sandbox.calls())
    assert edith.get(url).status_code == 404
    assert edith.post(url, {"phone": PHONE}).status_code == 404
    assert len(sandbox.calls()) == count


def test_signed_out_comes_to_the_sign_in_without_the_phone(connection: Connection) -> None:
    answer = Client().post(LIST, {"phone": PHONE})
    assert answer["Location"].startswith("/login/")
    assert LOCAL not in answer["Location"]


def test_page_itself_asks_altegio_nothing(sandbox: Sandbox, edith: Client) -> None:
    count = len(sandbox.calls())
    page_of(edith, LIST)
    assert len(sandbox.calls()) == count


# By phone


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_every_location_is_asked_for_a_phone(profile: str, sandbox: Sandbox, edith: Client) -> None:
    put(sandbox)
    assert by_phone(edith, " 29 990 000\t").titles() == ["MC-77"]
    assert asked_by_phone(sandbox) == {location: [PHONE] for location in LOCATIONS}


def set_phones(connection: Connection, phones: dict[int, str]) -> None:
    for chain in connection.chains:
        for location in chain["locations"]:
            location["phone"] = phones.get(location["id"], location["phone"])
    connection.save()


def test_local_form_is_of_each_locations_own_country(
    sandbox: Sandbox, edith: Client, connection: Connection
) -> None:
    """What makes no number there is asked as another location reads it."""
    set_phones(connection, {504: "+34 952 000 504", 503: "", 505: "none"})
    spanish = put_coded(sandbox, "Málaga", phone="34612345678", found_in=[504])
    page = by_phone(edith, "612 34 56 78")
    asked = asked_by_phone(sandbox)
    assert asked[504] == ["34612345678"]
    assert asked.keys() == set(LOCATIONS)
    assert page.titles() == ["Málaga"]
    assert page.one("a", text="Málaga").attrs["href"] == f"{LIST}{spanish}/"


def test_chain_without_locations_has_nobody_to_ask(
    sandbox: Sandbox, edith: Client, connection: Connection
) -> None:
    for chain in connection.chains:
        chain["locations"] = []
    connection.save()
    for typed in (f"+{PHONE}", PHONE):
        page = by_phone(edith, typed)
        assert page.titles() == []
        assert is_empty(page)
    assert asked_by_phone(sandbox) == {}


def test_what_several_locations_know_is_one_row_that_names_them(
    sandbox: Sandbox, edith: Client
) -> None:
    put_coded(sandbox, "In two", found_in=[502, 504])
    put_coded(sandbox, "In all")
    put_coded(sandbox, "In one", found_in=[501])
    page = by_phone(edith, PHONE)
    known = dict(zip(page.titles(), cells(page, "Known in"), strict=True))
    assert known == {
        "In two": "Aurora Āgenskalns, Aurora Málaga",
        "In all": "Aurora Centrs, Aurora Āgenskalns, Aurora Jūrmala, Aurora Málaga, Aurora Cádiz",
        "In one": "Aurora Centrs",
    }
    assert counted(page) == [3]


def test_memberships_of_another_chain_are_not_shown(sandbox: Sandbox, edith: Client) -> None:
    put(sandbox, 5_001, chain_id=OTHER_CHAIN, number="Elsewhere")
    put(sandbox)
    assert by_phone(edith, PHONE).titles() == ["MC-77"]


def test_silent_location_is_named_and_the_others_still_count(
    sandbox: Sandbox, edith: Client
) -> None:
    put(sandbox)
    form = phone_form(edith).data({"phone": PHONE})
    sandbox.fault(kind="status", status=403, match={"path": "abonements"})
    page = Page(edith.post(LIST, form, follow=True))
    assert page.titles() == ["MC-77"]
    (failed,) = (call for call in sandbox.calls() if call["status"] == 403)
    title = {501: "Centrs", 502: "Āgenskalns", 503: "Jūrmala", 504: "Málaga", 505: "Cádiz"}[
        int(failed["query"]["company_id"][0])
    ]
    notice = page.one("div", class_="notice warn").text
    assert f"Aurora {title}" in notice
    assert f"Aurora {title}" not in cells(page, "Known in")[0]


def test_when_nobody_answers_that_is_said_and_the_phone_stays_typed(
    sandbox: Sandbox, edith: Client
) -> None:
    form = phone_form(edith).data({"phone": "29 990 000"})
    sandbox.fault(kind="status", status=403, times=None, match={"path": "abonements"})
    answer = edith.post(LIST, form)
    page = Page(answer)
    assert answer.status_code == 502
    assert page.one("div", class_="notice bad").text.strip()
    assert page.one("input", name="phone", type="tel").attrs["value"] == "29 990 000"
    assert not is_empty(page)


def test_phone_that_nobody_knows_is_said(sandbox: Sandbox, edith: Client) -> None:
    page = by_phone(edith, "+371 26 123 456")
    assert is_empty(page)
    assert counted(page) == [0]


def test_what_is_no_phone_is_said_and_stays_typed(sandbox: Sandbox, edith: Client) -> None:
    form = phone_form(edith)
    count = len(sandbox.calls())
    for typed in ("my phone", "+", "12345678901234567890"):
        answer = edith.post(LIST, form.data({"phone": typed}))
        page = Page(answer)
        assert answer.status_code == 422, typed
        assert fields_with_errors(page) == {"phone"}, typed
        assert page.one("input", name="phone", type="tel").attrs["value"] == typed
    assert len(sandbox.calls()) == count


def test_phone_in_the_address_is_not_searched(sandbox: Sandbox, edith: Client) -> None:
    count = len(sandbox.calls())
    page = page_of(edith, f"{LIST}?phone={PHONE}")
    assert len(sandbox.calls()) == count
    assert PHONE not in page.html.replace(page.one("title").text, "")


def test_phone_is_nowhere_after_all(
    sandbox: Sandbox,
    edith: Client,
    connection: Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In no address, log line, session, header, link, nor in the journal of a change that follows,
    even where Altegio tells more of the client than anybody asked for."""
    client = {"id": 5, "name": "Anna Kalniņa", "phone": f"+{PHONE}", "email": "anna@example.com"}
    raw = put(sandbox, POOL, client=client)
    put(sandbox, found_in=[501])
    with caplog.at_level(logging.DEBUG):
        found = edith.post(LIST, phone_form(edith).data({"phone": "+371 29 990 000"}))
        shown = edith.get(found["Location"])
        filtered = edith.get(LIST, Page(shown).form(class_="toolbar").data({"status": "active"}))
        sandbox.fault(kind="status", status=422, message=PHONE, match={"path": "abonements"})
        failed = edith.post(LIST, phone_form(edith).data({"phone": PHONE}))
        detail = edith.get(at(raw))
        changed = change(edith, raw, "balance", {"left": "3"})
        nobody = edith.post(LIST, phone_form(edith).data({"phone": "+371 2999"}))
    assert writes(sandbox)
    told = [
        record.getMessage() + str(vars(record))
        for record in caplog.records
        if not record.name.startswith("loyalty_admin.sandbox")  # Altegio's own
    ]
    told.append(str(dict(edith.session)) + str(edith.cookies))
    told.append(serializers.serialize("json", Entry.objects.all()))
    for answer in (found, shown, filtered, failed, detail, changed, nobody):
        told.append(str(answer.headers) + str(answer.cookies))
        for element in Page(answer).elements:
            attrs = dict(element.attrs)
            if element.tag == "input" and attrs.get("name") == "phone":
                attrs.pop("value", None)  # where it is typed
            told.append(str(attrs))
    for text in told:
        for secret in (LOCAL, "29 990 000", "Kalniņa", "anna@example.com"):
            assert secret not in text
    assert "Kalniņa" not in detail.content.decode()


def test_pages_are_kept_nowhere(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox)
    answers = [
        edith.get(LIST),
        edith.post(LIST, phone_form(edith).data({"phone": PHONE})),
        edith.get(at(raw)),
        edith.get(at(raw, "freeze")),
        edith.post(at(raw, "freeze"), headers=HTMX),
    ]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]


# By number


def number_form(client: Client) -> Form:
    return search_form(page_of(client, LIST), "ids")


def test_numbers_that_are_typed_are_answered_with_an_address(
    sandbox: Sandbox, edith: Client
) -> None:
    first, second = (put_coded(sandbox, code) for code in ("A-1", "B-2"))
    form = number_form(edith)
    assert form.attrs["method"] == "post"
    answer = edith.post(LIST, form.data({"ids": f"{second} ; {first}"}))
    assert answer["Location"] in (
        f"{LIST}?ids={first}%2C{second}",
        f"{LIST}?ids={second}%2C{first}",
    )
    assert {*page_of(edith, answer["Location"]).titles()} == {"A-1", "B-2"}


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        (f"+{PHONE}", False),
        ("29 990 000", False),
        (LOCAL, True),
        *(
            pytest.param(typed, beside, marks=pytest.mark.long)
            for typed in (PHONE, "29,990,000")
            for beside in (False, True)
        ),
        pytest.param(f"+{PHONE}", True, marks=pytest.mark.long),
    ],
)
def test_phone_that_is_typed_for_a_number_is_in_no_address(
    sandbox: Sandbox,
    edith: Client,
    caplog: pytest.LogCaptureFixture,
    typed: str,
    beside: bool,
) -> None:
    """Neither in that of the search, nor in what the page found leads to."""
    raw = put(sandbox, POOL, number="Here")
    form = number_form(edith)
    ids = f"{raw['id']}, {typed}" if beside else typed
    with caplog.at_level(logging.DEBUG):
        answer = edith.post(form.attrs["action"], form.data({"ids": ids}))
    page = Page(answer)
    assert answer.status_code == (422 if "+" in typed else 200)
    assert page.one("input", id="id_ids").attrs["value"] == ids
    if "+" not in typed:
        assert page.titles() == (["Here"] if beside else [])
        assert page.all("div", class_="notice warn", role="status")
    addresses = [element.attrs.get(name, "") for element in page.elements for name in LEADS]
    for found in page.all("form"):
        assert isinstance(found, Form)
        if found.attrs.get("method") != "post":
            addresses += [value for values in found.values.values() for value in values]
        addresses += found.values.get("search", [])
    addresses += [
        re.sub(r" \w+ \d+ ms \w+$", "", record.getMessage())  # any number may be among these
        for record in caplog.records
        if record.name.startswith(("loyalty_admin.altegio", "django"))
    ]
    digits = {*re.findall("[0-9]+", typed)}
    assert not [
        text for text in addresses if LOCAL in text or digits & {*re.findall("[0-9]+", text)}
    ]
    if beside and "+" not in typed:
        toolbar = page.form(class_="toolbar").data({"status": "active"})
        assert Page(edith.get(LIST, toolbar)).titles() == ["Here"]
        several = edith.post(f"{LIST}several/", {**page.form(id="several").data(), "id": raw["id"]})
        assert LOCAL not in several.content.decode()


def test_several_are_found_by_their_numbers(sandbox: Sandbox, edith: Client) -> None:
    first, second, third = (put_coded(sandbox, code) for code in ("A-1", "B-2", "C-3"))
    page = Page(edith.get(LIST, {"ids": f"{first},{second} ; {third}\n{first}"}))
    assert {*page.titles()} == {"A-1", "B-2", "C-3"}
    assert counted(page) == [3]
    assert not page.all("td", data_label="Known in")
    assert page.one("input", id="id_ids").attrs["value"]


def test_expired_and_used_up_ones_are_found_by_number(sandbox: Sandbox, edith: Client) -> None:
    ids = [put_coded(sandbox, slug, status=status(slug)) for slug in ("expired", "wasted")]
    assert {*by_numbers(edith, *ids).titles()} == {"expired", "wasted"}
    assert by_phone(edith, PHONE).titles() == []


def test_numbers_that_the_chain_does_not_have_find_nothing(sandbox: Sandbox, edith: Client) -> None:
    foreign = put(sandbox, 5_001, chain_id=OTHER_CHAIN)["id"]
    page = by_numbers(edith, foreign, 123)
    assert page.titles() == [] and is_empty(page)
    assert f"{foreign}, 123" in page.one("div", class_="notice warn").text


def test_numbers_that_are_missing_among_others_are_named(sandbox: Sandbox, edith: Client) -> None:
    page = by_numbers(edith, put_coded(sandbox, "Here"), 123)
    assert page.titles() == ["Here"]
    assert re.findall("[0-9]+", page.one("div", class_="notice warn").text) == ["123"]


def test_what_is_no_number_is_said_and_stays_typed(sandbox: Sandbox, edith: Client) -> None:
    count = len(sandbox.calls())
    too_many = ",".join(map(str, range(1, 202)))
    for ids in ("", " ", "abc", "1,b", "-5", "1.5", "9" * 16, "٣", "1&2", too_many):
        answer = edith.get(LIST, {"ids": ids})
        assert answer.status_code == 422, ids
        assert fields_with_errors(Page(answer)) == {"ids"}, ids
        assert Page(answer).one("input", id="id_ids").attrs.get("value", "") == ids
    assert len(sandbox.calls()) == count


# By period


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_period_is_of_whole_days_newest_first(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    sandbox.reset(memberships=0)
    put_coded(sandbox, "Old", created_date=moment(-9))
    put_coded(sandbox, "First day", created_date=moment(-5, 0))
    put_coded(sandbox, "Last day", created_date=moment(-2, 23))
    put_coded(sandbox, "New", created_date=moment(-1, 0))
    page = by_period(edith, 5, 2)
    assert page.titles() == ["Last day", "First day"]
    assert not page.all("td", data_label="Known in")


def test_long_period_is_read_page_by_page(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(memberships=0)
    codes = {f"No. {place}" for place in range(60)}
    for code in codes:
        put_coded(sandbox, code, created_date=moment(-3))
    page = by_period(edith, 5)
    first = page.titles()
    assert len(first) == 50
    onward = page.one("a", rel="next").attrs["href"]
    page = page_of(edith, onward)
    assert {*first, *page.titles()} == codes
    assert len(page.titles()) == 10
    assert not page.all("a", rel="next")


def test_filters_are_read_on_over_pages_and_kept(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(memberships=0)
    for place in range(310):
        frozen = {"is_frozen": True} if place in (3, 120, 305) else {}
        put_coded(sandbox, f"No. {place}", created_date=moment(-3), **frozen)
    page = by_period(edith, 5, frozen="yes")
    assert {*page.titles()} == {"No. 3", "No. 120"}
    assert counted(page) == [2, 250]
    onward = page.one("a", rel="next").attrs["href"]
    assert "frozen=yes" in onward and "page=6" in onward
    page = page_of(edith, onward)
    assert page.titles() == ["No. 305"]
    assert counted(page) == [1, 60]
    assert page.form(class_="toolbar").values["frozen"] == ["yes"]


def test_filter_offers_the_types_of_all_that_were_looked_through(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.reset(memberships=0)
    for type_id in (POOL, UNLIMITED_POOL):
        put_coded(sandbox, str(type_id), type_id, created_date=moment(-3))
    page = by_period(edith, 5, type=str(POOL))
    assert page.titles() == [str(POOL)]
    offered = {option.attrs["value"] for option in page.all("option")}
    assert {str(POOL), str(UNLIMITED_POOL)} <= offered


def test_period_that_cannot_be_is_explained(sandbox: Sandbox, edith: Client) -> None:
    count = len(sandbox.calls())
    cannot_be: list[tuple[dict[str, str], str]] = [
        ({"after": "", "before": "2026-01-01"}, "after"),
        ({"after": "2026-01-02", "before": "2026-01-01"}, "before"),
        ({"after": "yesterday", "before": "2026-01-01"}, "after"),
        ({"after": "2026-01-01"}, "before"),
    ]
    for typed, field in cannot_be:
        answer = edith.get(LIST, typed)
        page = Page(answer)
        assert answer.status_code == 422, typed
        assert fields_with_errors(page) == {field}, typed
        assert page.one("input", id="id_after").attrs.get("value", "") == typed["after"]
    assert len(sandbox.calls()) == count


def test_page_that_makes_no_sense_is_the_first(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(memberships=0)
    put_coded(sandbox, "The one", created_date=moment(-3))
    for page in ("0", "-1", "x", "٣", "9999999"):
        assert by_period(edith, 5, page=page).titles() == ["The one"], page


def test_altegio_gone_is_said_and_the_period_stays_typed(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="success_false", times=None, match={"path": "abonements"})
    answer = edith.get(LIST, {"after": "2026-01-01", "before": "2026-01-31"})
    page = Page(answer)
    assert answer.status_code == 502
    assert page.one("div", class_="notice bad").text.strip()
    assert page.one("input", id="id_after").attrs["value"] == "2026-01-01"
    assert page.one("input", id="id_before").attrs["value"] == "2026-01-31"


# Filters


def some(sandbox: Sandbox) -> list[int]:
    """One of each that the filters tell apart."""
    return [
        put_coded(sandbox, "plain"),
        put_coded(sandbox, "issued", status=status("created"), expiration_date=None),
        put_coded(sandbox, "expired", status=status("expired"), expiration_date=moment(-1)),
        put_coded(sandbox, "used up", status=status("wasted"), united_balance_services_count=0),
        put_coded(sandbox, "frozen", is_frozen=True),
        put_coded(sandbox, "ends in 5", expiration_date=moment(5)),
        put_coded(sandbox, "ends in 25", expiration_date=moment(25)),
        put_coded(sandbox, "unlimited", UNLIMITED_POOL),
    ]


FILTERED = {
    ("status", "created"): {"issued"},
    ("status", "expired"): {"expired"},
    ("status", "wasted"): {"used up"},
    ("status", "active"): {"plain", "frozen", "ends in 5", "ends in 25", "unlimited"},
    ("frozen", "yes"): {"frozen"},
    ("expiring", "7"): {"ends in 5"},
    ("expiring", "30"): {"ends in 5", "ends in 25"},
    ("expiring", "3"): set[str](),
    ("left", "no"): {"used up"},
    ("type", str(UNLIMITED_POOL)): {"unlimited"},
    ("type", "12"): set[str](),
}


@pytest.mark.slow
def test_filter_leaves_what_fits(sandbox: Sandbox, edith: Client) -> None:
    ids = some(sandbox)
    for (name, value), fitting in FILTERED.items():
        page = by_numbers(edith, *ids, **{name: value})
        assert {*page.titles()} == fitting, (name, value)
        assert counted(page) == [len(fitting), 8]
        form = page.form(class_="toolbar")
        assert form.values[name] == [value]
        # From there, without it again, nothing else is lost.
        assert len(Page(edith.get(LIST, form.data({name: ""}))).titles()) == 8


def test_what_a_phone_found_is_filtered_at_its_own_address(sandbox: Sandbox, edith: Client) -> None:
    some(sandbox)
    page = by_phone(edith, PHONE)
    asked = asked_by_phone(sandbox)
    form = page.form(class_="toolbar")
    assert form.attrs.get("method", "get") == "get"
    page = Page(edith.get(LIST, form.data({"expiring": "30", "left": "yes"})))
    assert {*page.titles()} == {"ends in 5", "ends in 25"}
    assert cells(page, "Known in")
    assert asked_by_phone(sandbox) == asked
    (all_of_them,) = (link for link in page.form(class_="toolbar").node.css("a"))
    page = page_of(edith, all_of_them.attributes["href"] or "")
    assert {*page.titles()} > {"ends in 5", "ends in 25"}


def test_what_a_phone_found_is_shown_as_it_is_now(sandbox: Sandbox, edith: Client) -> None:
    raw = put(sandbox, POOL)
    address = found_at(edith)
    sandbox.alter_membership(CHAIN, raw["id"], united_balance_services_count=3)
    assert cells(page_of(edith, address), "Left") == ["3 visits"]


def test_address_of_what_was_found_is_good_for_whoever_sees_the_chain(
    sandbox: Sandbox, edith: Client, vera: Client
) -> None:
    put(sandbox)
    address = found_at(edith)
    assert page_of(vera, address).titles() == ["MC-77"]
    count = len(sandbox.calls())
    for odd in (
        address.replace("found=", "found=x"),
        f"{LIST}?found=",
        address.replace(str(CHAIN), str(OTHER_CHAIN)),
    ):
        page = page_of(edith, odd)
        assert page.titles() == []
        assert page.all("div", class_="notice warn", role="status")
    assert len(sandbox.calls()) == count


def found_at(client: Client) -> str:
    """The address at which what the phone found is shown."""
    answer = client.post(LIST, phone_form(client).data({"phone": PHONE}))
    assert answer.status_code == 302
    return str(answer["Location"])


def test_filter_that_makes_no_sense_filters_nothing(sandbox: Sandbox, edith: Client) -> None:
    page = by_numbers(edith, *some(sandbox), status="'\"><b>", type="<script>", expiring="soon")
    assert len(page.titles()) == 8
    assert counted(page) == [8]


# What a row says


def test_row_says_what_it_is(sandbox: Sandbox, edith: Client) -> None:
    put_coded(sandbox, "ends in 5", expiration_date=moment(5), is_frozen=True)
    page = by_phone(edith, PHONE)
    assert cells(page, "Left") == ["20 visits"]
    assert cells(page, "Status") == ["active frozen"]
    (expires,) = cells(page, "Expires")
    assert expires.endswith("soon")


def test_what_is_unlimited_in_part_says_both(sandbox: Sandbox, edith: Client) -> None:
    put_coded(sandbox, "Both", UNLIMITED_ROW)
    assert cells(by_phone(edith, PHONE), "Left") == ["2 visits + unlimited"]


def test_one_without_a_code_is_called_by_its_number(sandbox: Sandbox, edith: Client) -> None:
    number = put_coded(sandbox, "")
    assert str(number) in by_phone(edith, PHONE).titles()[0]


def test_hostile_words_are_inert(sandbox: Sandbox, edith: Client) -> None:
    put_coded(
        sandbox,
        HOSTILE,
        type={"id": POOL, "title": HOSTILE},
        status={"id": 9, "slug": HOSTILE, "title": HOSTILE},
    )
    number = sandbox.memberships_of(CHAIN)[-1]["id"]
    page = by_numbers(edith, number)
    assert page.titles() == [HOSTILE]
    assert cells(page, "Type") == [HOSTILE]
    assert HOSTILE in cells(page, "Status")[0]
    assert "<script>alert" not in page.html
