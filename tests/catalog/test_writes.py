"""Everything that can be done to an object: what is sent, recorded, listed and answered."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import (
    CHAIN,
    Catalog,
    each_write,
    makes,
    sends,
    with_archive,
    with_row_form,
)
from tests.endings import newest
from tests.pages import HTMX, Page, page_of, said, shown

pytestmark = pytest.mark.slow


@each_write()
def test_write_is_sent_once_recorded_and_listed(catalog: Catalog, what: str) -> None:
    number, resource = catalog.put_in_list(), catalog.resource
    before = catalog.values(number)
    submission = catalog.submission(what, number)
    calls, known = len(catalog.writes()), {raw["id"] for raw in catalog.listed()}

    answer = submission.send(catalog.client, htmx=what == "row edit")

    sent = catalog.writes()[calls:]
    assert [call["method"] for call in sent] == ([submission.method] if submission.method else [])
    made = {raw["id"] for raw in catalog.listed()} - known - {number}
    assert len(made) == makes(resource, what)
    result = None if what == "delete" else next(iter(made), number)
    # The entry.
    entry = newest()
    assert (entry.action, entry.outcome, entry.kept) == (submission.action, Outcome.DONE, [])
    assert (entry.object_id, entry.result_id) == (None if what == "create" else number, result)
    assert (entry.chain_id, entry.person_name) == (CHAIN, "Edith Editor")
    assert [one["outcome"] for one in entry.attempts] == [str(call["status"]) for call in sent]
    assert entry.finished_at is not None
    copy: Any = entry.copy
    # What Altegio has.
    if what == "create":
        assert result is not None and catalog.raw(result)["title"] == resource.filled["title"]
    elif what.endswith("edit"):
        both = catalog.both if what == "edit" else catalog.both[:1]
        assert catalog.values(number) == before | {one.key: one.value for one in both}
        assert len(entry.changes) == len(both)
        assert (entry.changes[0]["before"], entry.changes[0]["after"]) == (
            before["title"], catalog.title.value,
        )  # fmt: skip
        assert copy["title"] == before["title"]
    elif what == "delete":
        assert catalog.raw(number)["is_deleted"]
        assert {*copy} >= {*resource.whole}
    else:
        assert result is not None
        title = before["title"] + (" (2)" if what == "clone" else "")
        assert catalog.values(result) == before | {"title": title}
    # The answer.
    title = entry.result_title or entry.object_title
    if what == "row edit":
        assert title in Page(answer).one("div", id="toasts").text
    else:
        assert answer["Location"] == (catalog.url if what == "delete" else catalog.at(result or 0))
        page = shown(catalog.client, answer)
        assert title in page.one("div", class_="notice good").text
        if what != "delete":
            assert title in page.one("h1").text
            assert page.all("a", href=f"/activity/{entry.pk}/"), "its history"
    # The list, without asking Altegio again.
    active = {" ".join(raw["title"].split()) for raw in catalog.active()}
    if what == "archive":
        active -= {before["title"]}
        assert before["title"] in catalog.titles("archived")
        assert catalog.raw(number).get("is_archived", False) == (resource.archive == "altegio")
    assert catalog.titles() == active


def test_new_one_gets_every_field(catalog: Catalog) -> None:
    submission = catalog.submission("create")
    form = catalog.form_of(page_of(catalog.client, submission.url))
    changes = catalog.resource.changes
    typed = {change.control: change.typed for change in changes}
    answer = catalog.client.post(submission.url, form.data({**catalog.resource.filled, **typed}))
    assert answer.status_code == 302
    made = newest().result_id or 0
    assert catalog.values(made) == {change.key: change.value for change in changes}
    assert newest().kept == []


def test_htmx_goes_where_a_browser_goes(catalog: Catalog) -> None:
    for what in ("create", "edit", "clone", "delete", "create again", catalog.resource.restore):
        if what not in ("", "same", "new"):
            answer = catalog.submission(what).send(catalog.client, htmx=True)
        elif what:
            answer = catalog.submission("restore").send(catalog.client, htmx=True)
        else:
            continue
        result = newest().result_id
        assert answer.status_code == 200, (what, said(Page(answer)))
        assert answer["HX-Redirect"] == (catalog.at(result) if result else catalog.url), what


def _row_part(catalog: Catalog, answer: Any, number: int) -> Page:
    """The answer that htmx puts in place of the row, with the next form's ID beside it."""
    assert answer.status_code == 200
    page = Page(answer)
    page.one("tr", id=f"{catalog.resource.row}{number}")
    assert not page.all("html") and not page.all("form")
    assert page.one("input", id="form-id").attrs["hx-swap-oob"] == "true"
    return page


def test_row_is_swapped_alone(catalog: Catalog) -> None:
    number, resource = catalog.put_in_list(), catalog.resource
    target = HTMX | {"HX-Target": f"{resource.row}{number}"}
    if resource.archive:
        data = catalog.submission("archive", number).data
        for verb in ("archive", "unarchive"):
            url = catalog.at(number, f"{verb}/")
            page = _row_part(catalog, catalog.client.post(url, data, headers=target), number)
            data = {"form_id": page.one("input", id="form-id").attrs["value"]}
            detail = HTMX | {"HX-Target": "type-detail"}
        answer = catalog.client.post(catalog.at(number, "archive/"), data, headers=detail)
        page = Page(answer)
        page.one("div", id="type-detail")
        assert not page.all("html")
        page.one("button", formaction=catalog.at(number, "unarchive/"))
    if resource.row_fields:
        number = catalog.put_in_list()
        page = _row_part(catalog, catalog.edit_row(number, {"title": "Other"}), number)
        assert page.titles() == ["Other"]
        target = HTMX | {"HX-Target": f"{resource.row}{number}"}
    headers = HTMX | {"HX-Trigger": f"delete-row-{number}"}
    question = Page(catalog.client.get(catalog.at(number, "delete/"), headers=headers))
    form = question.form(f"{number}/delete/")
    assert form.attrs["hx-target"] == f"#{resource.row}{number}"
    answer = catalog.client.post(catalog.at(number, "delete/"), form.data(), headers=target)
    assert _row_part(catalog, answer, number).all("a", href=f"{catalog.url}trash/")


@with_row_form
def test_row_edit_changes_its_fields_and_nothing_else(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    before = catalog.seen(number)
    form = catalog.row_form(number)
    ours = {"csrfmiddlewaretoken", "form_id", "opened_on"}
    shown = {*catalog.resource.row_fields} - {"online_sale"}  # a box that is not ticked
    assert form.values.keys() - ours == shown
    changes = [one for one in catalog.resource.changes if one.field in catalog.resource.row_fields]
    typed = {one.control: one.typed for one in changes}
    assert catalog.edit_row(number, typed, form=form).status_code == 200
    assert catalog.seen(number) == before | {one.key: one.value for one in changes}
    assert len(newest().changes) == len(changes) == len(catalog.resource.row_fields)
    # Outside of the table it is the form.
    for url in ("row/edit/", "row/"):
        answer = catalog.client.get(catalog.at(number, url))
        assert answer["Location"] == catalog.at(number, "edit/" if "edit" in url else "")


@with_archive
def test_second_archiving_sends_nothing(catalog: Catalog) -> None:
    number = catalog.put()
    other = catalog.submission("archive", number)
    catalog.submission("archive", number).send(catalog.client)
    entries, count = Entry.objects.count(), len(catalog.writes())
    page = shown(catalog.client, other.send(catalog.client))
    assert said(page)
    assert (Entry.objects.count(), len(catalog.writes())) == (entries, count)
    assert count == sends(catalog.resource, "archive")


def test_every_field_of_a_form_has_its_place(catalog: Catalog) -> None:
    """What the template has no place for would stand in a group of its own."""
    for url in (f"{catalog.url}{catalog.resource.new}", catalog.at(catalog.put(), "edit/")):
        assert not page_of(catalog.client, url).all("fieldset", class_="group rest"), url
