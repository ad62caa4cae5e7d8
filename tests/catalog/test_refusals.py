"""What is refused, here or at Altegio: the reason stands in its place, what was typed is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.catalog.catalog import (
    CHAIN,
    OTHER_CHAIN,
    Catalog,
    each_write,
    with_archive,
    with_row_form,
    with_sales,
)
from tests.catalog.resources import Described
from tests.endings import newest
from tests.faults.classes import BUSY
from tests.pages import HTMX, Form, Page, page_of, said, shown

pytestmark = pytest.mark.slow

ELSEWHERE = "No <b>elsewhere</b>."


def refuse(catalog: Catalog, method: str) -> dict[str, str]:
    """The next write is refused, with a message for each of two fields; messages by field."""
    change = catalog.change
    keys = {"title": "title", change.field: catalog.resource.refused_key}
    errors = {key: [f"No <b>{name}</b>."] for name, key in keys.items()}
    meta = {"message": "Look <b>again</b>.", "errors": errors | {"something": [ELSEWHERE]}}
    body = {"success": False, "data": None, "meta": meta}
    catalog.sandbox.fault(kind="status", status=422, body=body, match={"method": method})
    return {name: f"No <b>{name}</b>." for name in keys}


def check_on_fields(page: Page, messages: dict[str, str]) -> None:
    """Each message stands at its field, the others above the form; none of them is HTML."""
    for name, message in messages.items():
        assert message in page.one("ul", id=f"id_{name}_error").text
    above = page.one("div", class_="notice bad whole", role="alert").text
    assert ELSEWHERE in above
    assert not [message for message in messages.values() if message in above]
    assert "No <b>" not in page.html and "Look <b>" not in page.html


def test_refusal_of_altegio_stands_at_its_field(catalog: Catalog) -> None:
    for what, headers in (("create", {}), ("edit", HTMX)):
        submission = catalog.submission(what)
        messages = refuse(catalog, submission.method)
        answer = catalog.client.post(submission.url, submission.data, headers=headers)
        assert answer.status_code == 422
        page = Page(answer)
        check_on_fields(page, messages)
        assert (newest().outcome, newest().action) == (Outcome.REFUSED, submission.action)
        assert newest().reason
        again = catalog.form_of(page)
        check_kept(submission.data, again)
        # As it is, it can be sent again.
        assert catalog.client.post(submission.url, again.data()).status_code == 302
        assert newest().outcome == Outcome.DONE


def check_kept(sent: dict[str, Any], form: Form) -> None:
    """What was typed is all there, in a new form."""
    own = ("form_id", "csrfmiddlewaretoken", "opened_on")
    typed = {name: value for name, value in sent.items() if name not in own}
    kept = {name: form.values.get(name) for name in typed}
    assert kept == {n: v if isinstance(v, list) else [v] for n, v in typed.items()}
    assert [form.values["form_id"]] != [sent["form_id"]]


@with_row_form
def test_refusal_stands_in_the_row_too(catalog: Catalog) -> None:
    number, change = catalog.put_in_list(), catalog.change
    messages = refuse(catalog, "PUT")
    answer = catalog.edit_row(number, {"title": "Typed", change.control: change.typed})
    assert answer.status_code == 422
    assert answer["X-Partial"]
    check_on_fields(Page(answer), messages)
    form = Page(answer).form("row/edit/")
    assert form.values["title"] == ["Typed"]
    broken = [one for one in catalog.resource.broken if one.field in catalog.resource.row_fields]
    for one in broken:
        answer = catalog.edit_row(number, {"title": "Typed", one.control: one.typed})
        assert answer.status_code == 422
        Page(answer).one("ul", id=f"id_{one.field}_error")
    assert len(catalog.writes()) == Entry.objects.count() == 1


def test_what_is_wrong_stands_at_its_field_and_nothing_is_sent(catalog: Catalog) -> None:
    number = catalog.put()
    opened = catalog.edit_form(number)
    new = catalog.submission("create")
    for one in catalog.resource.broken:
        typed = {"title": "Typed", one.control: one.typed}
        sent = {name: value for name, value in (new.data | typed).items() if value is not None}
        for answer in (
            catalog.edit(number, typed, form=opened), catalog.client.post(new.url, sent),
        ):  # fmt: skip
            assert answer.status_code == 422, one
            page = Page(answer)
            assert page.one("ul", id=f"id_{one.field}_error").text.strip(), one
            assert catalog.form_of(page).values["title"] == [typed["title"]]
    assert not catalog.writes() and not Entry.objects.exists()


def test_field_that_cannot_be_read_stops_the_save_and_is_named(catalog: Catalog) -> None:
    number = catalog.put()
    form, whole = catalog.edit_form(number), catalog.raw(number)
    key, odd = catalog.resource.unreadable
    field = next(one.field for one in catalog.resource.changes if one.key == key)
    page = page_of(catalog.client, catalog.at(number, "edit/"))
    label = " ".join(page.one("label", for_=f"id_{field}").text.split())
    label = label.removesuffix(" *")
    without = {name: value for name, value in whole.items() if name != key}
    for raw in (whole | {key: odd}, without):
        catalog.replace(raw)
        answer = catalog.edit(number, {"title": "Typed"}, form=form)
        assert answer.status_code == 409
        page = Page(answer)
        assert label in page.one("div", role="alert").text
        assert catalog.form_of(page).values["title"] == ["Typed"]
    if catalog.resource.row_fields:
        catalog.replace(whole)
        catalog.load()
        row = catalog.row_form(number)
        catalog.replace(without)
        answer = catalog.edit_row(number, {"title": "Typed"}, form=row)
        assert answer.status_code == 409
        assert Page(answer).form("row/edit/").values["title"] == ["Typed"]
    assert not catalog.writes() and not Entry.objects.exists()


# Sold, archived, gone


@with_sales
def test_once_sold_fields_are_kept_and_named_or_nothing_is_sent(catalog: Catalog) -> None:
    number, change, resource = catalog.put(), catalog.change, catalog.resource
    form = catalog.edit_form(number)
    before, deletion = catalog.seen(number), catalog.submission("delete", number)
    catalog.sell(number)
    answer = catalog.edit(number, {"title": "Typed", change.control: change.typed}, form=form)
    if resource.once_sold == "refused":
        assert answer.status_code == 409
        assert catalog.form_of(Page(answer)).values["title"] == ["Typed"]
        assert not catalog.writes() and not Entry.objects.exists()
        # It is said before anybody types, and deleting is refused too.
        for path in ("edit/", "row/edit/"):
            assert "opened_on" not in catalog.client.get(catalog.at(number, path)).content.decode()
        assert deletion.send(catalog.client).status_code == 409
        assert not catalog.writes()
        return
    assert change.field in resource.locked
    assert catalog.raw(number)["title"] == "Typed"
    assert catalog.seen(number)[change.key] == before[change.key]
    entry = newest()
    assert (entry.outcome, len(entry.changes)) == (Outcome.DONE, 2)
    (kept,) = entry.kept
    changed = {one["field"]: one for one in entry.changes}
    assert (changed[kept["field"]]["before"], changed[kept["field"]]["after"]) == (
        kept["kept"], kept["asked"],
    )  # fmt: skip
    told = shown(catalog.client, answer).one("div", class_="notice warn").text
    assert kept["field"] in told and kept["kept"] in told
    assert len(catalog.writes()) == 1
    # Altegio itself refuses to delete it.
    assert deletion.send(catalog.client).status_code == 422
    assert not catalog.raw(number)["is_deleted"]
    # What is locked is marked before anybody types.
    page = page_of(catalog.client, catalog.at(number, "edit/"))
    assert len(page.all("span", class_="lock")) == len(resource.locked)


@with_archive
def test_archived_one_is_not_saved(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    form = catalog.edit_form(number)
    row = catalog.row_form(number)
    catalog.submission("archive", number).send(catalog.client)
    count, entries = len(catalog.writes()), Entry.objects.count()
    answer = catalog.edit(number, {"title": "Typed"}, form=form)
    assert answer.status_code == 409
    assert catalog.form_of(Page(answer)).values["title"] == ["Typed"]
    answer = catalog.edit_row(number, {"title": "Typed"}, form=row)
    assert answer.status_code == 409
    assert Page(answer).form("row/edit/").values["title"] == ["Typed"]
    # It is said before anybody types.
    answer = catalog.client.get(catalog.at(number, "edit/"))
    shown(catalog.client, answer).one("div", class_="notice warn")
    assert (len(catalog.writes()), Entry.objects.count()) == (count, entries)


def test_one_that_is_gone_is_not_found(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    form = catalog.edit_form(number)
    deletion = catalog.submission("delete", number)
    catalog.delete(number)
    count = len(catalog.writes())
    answer = catalog.edit(number, {"title": "Typed"}, form=form)
    assert answer.status_code in (409, 422)
    assert catalog.form_of(Page(answer)).values["title"] == ["Typed"]
    for path in ("row/", "menu/"):
        if path == "menu/" or catalog.resource.row_fields:
            for one in (number, 99_999):
                answer = catalog.client.get(catalog.at(one, path), headers=HTMX)
                assert answer.status_code == 404
    for path in ("", "edit/", "delete/"):
        assert catalog.client.get(catalog.at(99_999, path)).status_code == 404, path
    # Of another chain: nothing is sent for it.
    url = catalog.url.replace(str(CHAIN), str(OTHER_CHAIN))
    other = deletion.data | {"form_id": "of another chain's form"}
    assert catalog.client.post(f"{url}{number}/delete/", other).status_code in (403, 404, 422)
    assert len(catalog.writes()) == count


def test_altegio_down_before_the_write_keeps_what_was_typed(catalog: Catalog) -> None:
    number = catalog.put()
    form = catalog.edit_form(number)
    down = {"times": None, "match": {"path": catalog.resource.path}}
    catalog.sandbox.fault(**BUSY.fault, **down)
    answer = catalog.edit(number, {"title": "Typed"}, form=form)
    assert answer.status_code == 503
    assert catalog.form_of(Page(answer)).values["title"] == ["Typed"]
    assert not catalog.writes() and not Entry.objects.exists()


@pytest.mark.parametrize("who", ["viewer", "assistant"])
def test_who_may_not_write_is_refused_and_offered_nothing(
    request: pytest.FixtureRequest, resource: Described, sandbox: Sandbox, who: str
) -> None:
    editor: Client = request.getfixturevalue("edith")
    catalog = Catalog(resource, sandbox, editor)
    number = catalog.put_in_list()
    again = catalog.submission("create again")
    verbs = ["edit", "clone", "delete"] + ["row/edit"] * bool(resource.row_fields)
    verbs += ["archive", "unarchive"] * bool(resource.archive)
    urls = [f"{catalog.url}{resource.new}", again.url]
    urls += [catalog.at(number, f"{verb}/") for verb in verbs]
    urls += [catalog.at(again.number or 0, "restore/")] * bool(resource.restore)
    calls, entries = len(catalog.writes()), Entry.objects.count()
    if who == "assistant":
        request.getfixturevalue("connection").delete()
    client: Client = request.getfixturevalue("vera" if who == "viewer" else "assisted")
    taken = [url for url in urls if client.post(url, again.data).status_code != 403]
    assert taken == []
    catalog = Catalog(resource, sandbox, client)
    asking = [f"{catalog.url}{resource.new}", catalog.at(number, "edit/")]
    for url in [*asking, catalog.at(number, "delete/")]:
        assert client.get(url).status_code == 403, url
    assert (len(catalog.writes()), Entry.objects.count()) == (calls, entries)
    # The pages that show it offer nothing.
    pages = [
        page_of(client, f"{catalog.url}loaded/"), page_of(client, catalog.at(number)),
        page_of(client, f"{catalog.url}trash/"),
        page_of(client, catalog.at(number, "menu/"), htmx=True),
    ]  # fmt: skip
    offers = ("edit", "clone", "delete", "archive", "unarchive", "restore", "again", "new")
    for page in pages:
        assert page.titles() or str(number) in page.html
        targets = [
            url for element in page.elements for name in ("href", "formaction", "action", "hx-post")
            if (url := element.attrs.get(name, "")).startswith(catalog.url)
        ]  # fmt: skip
        assert [url for url in targets if url.rstrip("/").split("/")[-1] in offers] == []


@each_write("clone", "delete", "archive", "restore", sent=True)
def test_refused_write_says_why_and_can_be_tried_again(catalog: Catalog, what: str) -> None:
    submission, message = catalog.submission(what), "Not on <i>Sundays</i>."
    is_form = what in ("create", "edit", "create again") or catalog.resource.clone == what == "form"
    catalog.sandbox.fault(
        kind="success_false", message=message, match={"method": submission.method}
    )
    answer = submission.send(catalog.client, htmx=not is_form)
    assert answer.status_code == 422
    page = Page(answer)
    assert message in said(page) and "<i>" not in page.html
    assert bool(answer.get("X-Partial")) != is_form
    assert newest().outcome == Outcome.REFUSED
    assert message in newest().reason
    ids = [one.attrs["value"] for one in page.all("input", name="form_id")]
    assert ids and submission.data["form_id"] not in ids
