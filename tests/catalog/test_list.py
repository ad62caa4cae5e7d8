"""The list and what hangs on it: searched, sorted and filtered by the address, without Altegio."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_admin.audit.models import Entry
from tests.catalog.catalog import CHAIN, OTHER_CHAIN, Catalog
from tests.catalog.resources import Raw
from tests.endings import newest
from tests.exports.files import csv_of, xlsx_of
from tests.pages import HTMX, Page, page_of

pytestmark = pytest.mark.slow

HOSTILE = "\"><script>alert(1)</script>'"
DOWN = {"kind": "status", "status": 302, "times": None, "match": {"method": "GET"}}


def plain(raws: list[Raw]) -> list[str]:
    return sorted(" ".join(raw["title"].split()) for raw in raws)


def test_every_column_sorts_all_of_it_both_ways(catalog: Catalog) -> None:
    catalog.put()
    catalog.load()
    calls, sorts = len(catalog.sandbox.calls()), catalog.resource.sorts
    raws = {raw["id"]: raw for raw in catalog.active()}
    first = page_of(catalog.client, f"{catalog.url}?size=200")
    assert {*catalog.rows(first)} == raws.keys()
    urls = [a.attributes["href"] or "" for th in first.all("th") for a in th.node.css("a")]
    queries = [parse_qs(urlsplit(url).query).get("sort", ["title"])[0] for url in urls]
    names = {name.removeprefix("-") for url, name in zip(urls, queries, strict=True) if "?" in url}
    assert names >= sorts.keys()
    for name in sorted(names):
        orders = []
        for sort in (name, f"-{name}"):
            page = page_of(catalog.client, f"{catalog.url}?size=200&sort={sort}")
            order = catalog.rows(page)
            assert {*order} == raws.keys()
            word = "descending" if sort.startswith("-") else "ascending"
            assert len(page.all("th", aria_sort=word)) == 1, sort
            orders.append(order)
            if name in sorts:
                values = [sorts[name](raws[number]) for number in order]
                assert values == sorted(values, reverse=sort.startswith("-")), sort
        assert orders[0] != orders[1], name
    assert len(catalog.sandbox.calls()) == calls


def test_search_and_filters_keep_what_fits(catalog: Catalog) -> None:
    catalog.put(title="Searched for <b>")
    catalog.load()
    raws, resource = {raw["id"]: raw for raw in catalog.active()}, catalog.resource
    page = page_of(catalog.client, catalog.url)
    selects = {
        select.attrs["name"]: [option.attributes["value"] for option in select.node.css("option")]
        for select in page.all("select")
        if select.attrs.get("name") and page.form_of(select) is page.form(id="filters")
    }
    locations = selects.pop("location")
    assert selects.keys() == resource.filters.keys()
    for name, values in selects.items():
        for value in values[1:]:
            found = page_of(catalog.client, f"{catalog.url}?size=200&{name}={value}")
            wanted = {n for n, raw in raws.items() if value in resource.filters[name](raw)}
            assert {*catalog.rows(found)} == wanted, (name, value)
            assert found.form(id="filters").values[name] == [value]
    place = locations[-1] or ""
    found = page_of(catalog.client, f"{catalog.url}?size=200&location={place}")
    wanted = {n for n, raw in raws.items() if int(place) in resource.locations(raw)}
    assert {*catalog.rows(found)} == wanted != raws.keys()
    found = page_of(catalog.client, f"{catalog.url}?{urlencode({'q': 'FOR search'})}")
    assert found.titles() == ["Searched for <b>"]
    # Nothing found offers a way out; a hostile search is inert.
    found = page_of(catalog.client, f"{catalog.url}?{urlencode({'q': HOSTILE})}")
    assert not found.titles() and "<script>alert" not in found.html
    assert found.one("input", id="search").attrs["value"] == HOSTILE
    assert [a for a in found.all("a", href=catalog.url) if "button" in a.attrs.get("class", "")]


def test_address_is_canonical_and_nonsense_is_left_out(catalog: Catalog) -> None:
    catalog.load()
    client, url = catalog.client, catalog.url
    address = f"{url}?q=&location=&sort=title&size=50&tab=active&page=1&x=y"
    response = client.get(address, headers=HTMX)
    assert response["HX-Push-Url"] in (url, f"{url}?")
    assert "HX-Request" in response["Vary"]
    assert not Page(response).all("html")
    every = page_of(client, url).titles()
    for nonsense in ("page=1000000000", "size=1000000", "sort=-", "location=" + "9" * 400, "q=%00"):
        assert page_of(client, f"{url}?{nonsense}").titles()[:1] in (every[:1], []), nonsense
    pushed = client.get(url, {"q": f"{HOSTILE}\r\nX-Evil: 1"}, headers=HTMX)
    assert "X-Evil" not in pushed.headers


def test_pages_follow_one_another(catalog: Catalog) -> None:
    for place in range(30):
        catalog.put(title=f"Of many {place:02}")
    catalog.load()
    page = page_of(catalog.client, f"{catalog.url}?size=25&q=of+many")
    seen = [*page.titles()]
    assert len(seen) == 25
    second = page.one("a", rel="next").attrs["href"]
    seen += page_of(catalog.client, second).titles()
    assert seen == [f"Of many {place:02}" for place in range(30)]
    beyond = catalog.client.get(f"{catalog.url}?size=25&q=of+many&page=99", headers=HTMX)
    assert "page=2" in beyond["HX-Push-Url"]
    assert Page(beyond).titles() == seen[25:]


def test_cold_list_comes_without_waiting_and_is_read_once(catalog: Catalog) -> None:
    client, calls = catalog.client, catalog.sandbox.calls
    start = len(calls())
    page = page_of(client, f"{catalog.url}?q=spa")
    assert len(calls()) == start
    url = f"{catalog.url}loaded/?q=spa"
    assert page.one("div", hx_trigger="load").attrs["hx-get"] == url
    assert page.one("a", href=url).text  # without JavaScript
    response = client.get(f"{catalog.url}loaded/", headers=HTMX)
    assert "HX-Push-Url" not in response
    read = len(calls())
    assert read > start
    assert plain(catalog.active())[:1] == sorted(Page(response).titles())[:1]
    for path in ("loaded/", ""):
        assert page_of(client, f"{catalog.url}{path}").titles()
    assert len(calls()) == read
    assert not Entry.objects.exists()


def test_refresh_reads_what_changed_and_stays_where_it_was(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    catalog.alter(number, title="Changed since")
    assert "Changed since" not in catalog.titles()
    address = f"http://testserver{catalog.url}?q=since&sort=-title"
    response = catalog.client.post(
        f"{catalog.url}refresh/?", headers=HTMX | {"HX-Current-URL": address}
    )
    page = Page(response)
    assert page.titles() == ["Changed since"]
    assert page.all("input", name="sort", value="-title")
    assert "HX-Push-Url" not in response
    catalog.alter(number, title="Changed since then")
    form = page_of(catalog.client, f"{catalog.url}?q=since").form("refresh/?q=since")
    response = catalog.client.post(form.attrs["action"], form.data())
    assert page_of(catalog.client, response["Location"]).titles() == ["Changed since then"]


def test_list_stays_while_altegio_is_down(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    catalog.sandbox.fault(**DOWN)
    for headers in ({}, HTMX):
        response = catalog.client.post(f"{catalog.url}refresh/?", headers=headers, follow=True)
        page = Page(response)
        assert number in catalog.rows(page)
        assert [e for e in page.elements if e.attrs.get("class", "").startswith("notice warn")]


def test_cold_list_while_altegio_is_down_says_so(catalog: Catalog) -> None:
    number = catalog.put()
    catalog.sandbox.fault(**DOWN)
    for path in ("loaded/", "export/?format=csv", f"{number}/menu/"):
        response = catalog.client.get(f"{catalog.url}{path}", headers=HTMX)
        assert response.status_code in (502, 503), path
        assert Page(response).all("section", role="alert"), path
        assert "Content-Disposition" not in response


def test_old_list_is_shown_and_read_again(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.put(title="Made since then")
    catalog.load()
    later = timezone.now() + timedelta(minutes=12)

    def now() -> datetime:
        return later

    monkeypatch.setattr(timezone, "now", now)
    catalog.put(title="Made since")
    calls = len(catalog.sandbox.calls())
    page = page_of(catalog.client, f"{catalog.url}?q=made+since")
    assert len(catalog.sandbox.calls()) == calls
    assert page.one("span", hx_trigger="load").attrs["hx-get"].endswith("loaded/?q=made+since")
    page = page_of(catalog.client, f"{catalog.url}loaded/?q=made+since")
    assert page.titles() == ["Made since", "Made since then"]


def test_file_holds_what_the_list_shows(catalog: Catalog) -> None:
    catalog.put(title="=1+1")
    catalog.load()
    for asked in ("?", "?q=a", "?sort=-title", "?size=25&page=2"):
        narrowed = "" if "page" in asked else asked
        shown = page_of(catalog.client, f"{catalog.url}{narrowed or '?'}&size=200")
        numbers = [str(number) for number in catalog.rows(shown)]
        rows = csv_of(catalog.client, f"{catalog.url}export/{asked}")
        assert [row["Number"] for row in rows] == numbers != [], asked
    cells = xlsx_of(catalog.client, f"{catalog.url}export/?q=%3D1")
    assert [(cell["Title"].data_type, cell["Title"].value) for cell in cells] == [("s", "=1+1")]
    assert [row["Title"] for row in csv_of(catalog.client, f"{catalog.url}export/?q=%3D1")] == [
        "'=1+1"
    ]
    for query in ("", "?format=pdf"):
        assert catalog.client.get(f"{catalog.url}export/{query}").status_code == 400
    answer = catalog.client.get(f"{catalog.url}export/?format=csv-bom")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    page = page_of(catalog.client, f"{catalog.url}?q=1&page=2")
    links = [a.attrs["href"] for a in page.all("a") if "export/" in a.attrs.get("href", "")]
    assert links == [
        f"{catalog.url}export/?q=1&format={wanted}" for wanted in ("xlsx", "csv", "csv-bom")
    ]


# One of them


def offered(page: Page) -> set[str]:
    """What can be done, by the last part of the addresses."""
    items = [element for element in page.elements if element.tag in ("a", "button")]
    urls = [item.attrs.get("href") or item.attrs.get("formaction", "") for item in items]
    return {url.rstrip("/").split("/")[-1] for url in urls if url}


def test_menu_and_page_offer_what_can_be_done(catalog: Catalog) -> None:
    number, resource = catalog.put_in_list(), catalog.resource
    calls = len(catalog.sandbox.calls())
    wanted = {"edit", "clone", "delete", *(["archive"] if resource.archive else [])}
    menu = page_of(catalog.client, catalog.at(number, "menu/"), htmx=True)
    assert offered(menu) == wanted
    assert len(catalog.sandbox.calls()) == calls
    page = page_of(catalog.client, f"{catalog.url}?size=200")
    menus = [one.attrs.get("hx-get") for one in page.all("details")]
    assert catalog.at(number, "menu/") in menus
    # Without JavaScript the page of the object offers the same.
    answer = catalog.client.get(catalog.at(number, "menu/"))
    assert answer["Location"] == catalog.at(number)
    assert offered(page_of(catalog.client, catalog.at(number))) >= wanted
    if resource.archive:
        catalog.submission("archive", number).send(catalog.client)
        wanted = (wanted - {"edit", "archive"}) | {"unarchive"}
        assert offered(page_of(catalog.client, catalog.at(number, "menu/"), htmx=True)) == wanted
    if resource.row_fields:
        calls = len(catalog.sandbox.calls())
        row = page_of(catalog.client, catalog.at(number, "row/"), htmx=True)
        assert catalog.rows(row) == [number]
        assert not row.all("form")
        assert len(catalog.sandbox.calls()) == calls


def test_lists_of_two_chains_do_not_mix(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    other = catalog.url.replace(str(CHAIN), str(OTHER_CHAIN))
    assert not catalog.rows(page_of(catalog.client, other))
    page = page_of(catalog.client, f"{other}loaded/?size=200")
    assert catalog.rows(page) and number not in catalog.rows(page)
    assert catalog.client.get(f"{other}{number}/").status_code == 404


# Deleted


def test_deleted_ones_wait_until_they_are_made_good(catalog: Catalog, vera: Client) -> None:
    trash = f"{catalog.url}trash/"
    assert page_of(catalog.client, trash).one("div", class_="empty").text.strip()
    number = catalog.put()
    form = catalog.submission("delete", number)
    catalog.alter(number, title="Last known as")
    form.send(catalog.client)
    entry, calls = newest(), len(catalog.sandbox.calls())
    copy: Any = entry.copy
    assert copy["title"] == "Last known as"
    page = page_of(catalog.client, trash)
    assert page.titles() == ["Last known as"]
    assert "Edith Editor" in page.text
    again = f"{trash}{entry.pk}/again/"
    assert page.all("a", href=again) and page.all("a", href=f"/activity/{entry.pk}/")
    assert bool(page.all("form", action=catalog.at(number, "restore/"))) == bool(
        catalog.resource.restore
    )
    assert page.one("a", aria_current="page", href=trash).text.split()[-1] == "1"
    assert len(catalog.sandbox.calls()) == calls
    # Of its chain and address alone; a viewer is offered nothing.
    other = trash.replace(str(CHAIN), str(OTHER_CHAIN))
    assert not page_of(catalog.client, other).titles()
    assert catalog.client.get(f"{other}{entry.pk}/again/").status_code in (403, 404)
    page = page_of(vera, trash)
    assert page.titles() == ["Last known as"]
    assert "again/" not in page.html and "restore/" not in page.html
    # Refused, it stays; made good, it goes.
    answer = catalog.form_of(page_of(catalog.client, again)).data({"title": "Another"})
    catalog.sandbox.fault(kind="success_false", match={"method": "POST"})
    refused = catalog.client.post(again, answer)
    assert page_of(catalog.client, trash).titles() == ["Last known as"]
    form_again = catalog.form_of(Page(refused))
    made = catalog.client.post(again, form_again.data())["Location"]
    assert page_of(catalog.client, made).one("h1").text == "Another"
    assert not page_of(catalog.client, trash).titles()
    assert catalog.client.get(again).status_code == 404
    assert newest().origin == entry
    for one, other_one in ((newest(), entry), (entry, newest())):
        page = page_of(catalog.client, f"/activity/{one.pk}/")
        assert page.all("a", href=f"/activity/{other_one.pk}/")
    # Nothing else is a deletion.
    for number in (newest().pk, 99_999):
        assert catalog.client.get(f"{trash}{number}/again/").status_code == 404


def test_trash_comes_in_pages(catalog: Catalog) -> None:
    catalog.delete(catalog.put())
    entry = newest()
    for number in range(60):
        # Each of an object of its own: one object has one row.
        entry.pk, entry.submission, entry.object_id = None, str(number), number
        entry.save(force_insert=True)
    page = page_of(catalog.client, f"{catalog.url}trash/")
    assert len(page.titles()) == 50
    second = page.one("a", rel="next").attrs["href"]
    assert len(page_of(catalog.client, f"{catalog.url}trash/{second}").titles()) == 11


def test_restored_one_gets_the_confirmed_title(catalog: Catalog) -> None:
    if not catalog.resource.restore:
        return
    number = catalog.put()
    submission = catalog.submission("restore", number)
    for title in ("", "   ", "x" * 256):
        answer = submission.send(catalog.client, title=title)
        assert answer.status_code == 422
        assert Page(answer).form(f"{number}/restore/").values["title"] == [title]
    assert len(catalog.writes()) == 1
    answer = submission.send(catalog.client, title="Once more")
    assert catalog.raw(newest().result_id or 0)["title"] == "Once more"
    assert (newest().result_id == number) == (catalog.resource.restore == "same")
    assert answer["Location"] == catalog.at(newest().result_id or 0)
    assert not page_of(catalog.client, f"{catalog.url}trash/").titles()


def test_what_was_refused_need_not_be_typed_again(catalog: Catalog) -> None:
    change = catalog.change
    for what in ("create", "edit"):
        submission = catalog.submission(what)
        catalog.sandbox.fault(kind="success_false", match={"method": submission.method})
        submission.send(catalog.client)
        links = page_of(catalog.client, f"/activity/{newest().pk}/").all("a", class_="button")
        (url,) = (one.attrs["href"] for one in links if "again=" in one.attrs["href"])
        values = catalog.form_of(page_of(catalog.client, url)).values
        assert values["title"][0] in (submission.data["title"], submission.data["title"][0]), what
        typed = submission.data.get(change.control, "")
        assert values[change.control] in (typed, [typed]) or not typed
    catalog.submission("edit").send(catalog.client)
    assert "again=" not in page_of(catalog.client, f"/activity/{newest().pk}/").html
    for number in ("0", "x", "9" * 30, "²"):
        page = page_of(catalog.client, f"{catalog.url}{catalog.resource.new}?again={number}")
        assert catalog.form_of(page).values["title"] == [""]
