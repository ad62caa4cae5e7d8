"""A form that was opened on other values than Altegio has now: nothing is overwritten unseen."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from django.core import signing

from loyalty_admin.audit.models import Entry
from tests.catalog.catalog import Catalog, with_row_form
from tests.endings import newest
from tests.pages import HTMX, Form, Page, said, shown

pytestmark = pytest.mark.slow

MINE, THEIRS = "Of <b>mine", "Of <b>Altegio"


def asked_about(page: Page) -> list[str]:
    """The fields between which the person is to decide."""
    return [box.attrs["value"] for box in page.all("input", name="theirs")]


def test_same_field_changed_at_both_is_asked_about_and_nothing_is_sent(catalog: Catalog) -> None:
    number = catalog.put()
    was, form = catalog.raw(number)["title"], catalog.edit_form(number)
    catalog.alter(number, title=THEIRS)
    data = form.data({"title": MINE, **typed_of_rest(catalog)})
    for headers in ({}, HTMX):
        answer = catalog.client.post(catalog.at(number, "edit/"), data, headers=headers)
        assert answer.status_code == 409
        page = Page(answer)
        assert all(text in said(page) for text in (was, MINE, THEIRS))
        assert "<b>" not in page.html
        assert asked_about(page) == ["title"]
        assert bool(page.all("html")) != bool(headers)
    assert not catalog.writes() and not Entry.objects.exists()
    # Nothing typed is lost, and it is a new form.
    asked = catalog.form_of(page)
    typed = {name: data[name] for name in ("title", *typed_of_rest(catalog))}
    assert {name: asked.values[name] for name in typed} == typed
    assert asked.values["form_id"] != form.values["form_id"]
    # Mine is sent after the decision, and what else was typed.
    assert catalog.edit(number, {}, form=asked).status_code == 302
    assert catalog.raw(number)["title"] == MINE
    assert catalog.seen(number)[catalog.change.key] == catalog.change.value
    changes = {one["before"]: one["after"] for one in newest().changes}
    assert changes[THEIRS] == MINE


def typed_of_rest(catalog: Catalog) -> dict[str, Any]:
    return {one.control: one.typed for one in (catalog.change, catalog.other)}


def test_theirs_stays_where_the_person_gives_way(catalog: Catalog) -> None:
    number = catalog.put()
    for typed in (typed_of_rest(catalog), {}):
        form = catalog.edit_form(number)
        catalog.alter(number, title=f"{THEIRS} {len(typed)}")
        before, count = catalog.seen(number), len(catalog.writes())
        asked = catalog.form_of(Page(catalog.edit(number, {"title": MINE, **typed}, form=form)))
        answer = catalog.edit(number, {"theirs": ["title"]}, form=asked)
        assert answer.status_code == 302
        rest = (catalog.change, catalog.other) if typed else ()
        assert catalog.seen(number) == before | {one.key: one.value for one in rest}
        # Where nothing is left to send, nothing is sent.
        assert len(catalog.writes()) == count + bool(typed)
        assert f"{THEIRS} {len(typed)}" in shown(catalog.client, answer).one("h1").text


def test_other_changes_at_altegio_survive(catalog: Catalog) -> None:
    """What the form shows of them is old: sending it must not bring that back."""
    number, change = catalog.put(), catalog.change
    form = catalog.edit_form(number)
    catalog.alter(number, **{change.key: change.value})
    before = catalog.seen(number)
    assert catalog.edit(number, {"title": MINE}, form=form).status_code == 302
    assert catalog.seen(number) == before | {"title": MINE}
    assert len(newest().changes) == 1
    # Through a question about another field, too, and a second change is a second question.
    form = catalog.edit_form(number)
    back = catalog.resource.whole[change.key]
    catalog.alter(number, **{change.key: back, "title": "One"})
    asked = catalog.form_of(Page(catalog.edit(number, {"title": "Other"}, form=form)))
    catalog.alter(number, title="Two")
    answer = catalog.edit(number, {}, form=asked)
    assert answer.status_code == 409
    assert "Two" in said(Page(answer))
    assert len(catalog.writes()) == 1
    assert catalog.edit(number, {}, form=catalog.form_of(Page(answer))).status_code == 302
    assert catalog.seen(number) == before | {"title": "Other", change.key: back}
    # The same change made at both is none.
    form = catalog.edit_form(number)
    catalog.alter(number, title="Same")
    answer = catalog.edit(number, {"title": "Same"}, form=form)
    assert (answer["Location"], len(catalog.writes())) == (catalog.at(number), 2)


@with_row_form
def test_row_opened_on_old_values_is_asked_about_too(catalog: Catalog) -> None:
    number, change = catalog.put_in_list(), catalog.change
    catalog.alter(number, title=THEIRS, **{change.key: change.value})
    form = catalog.row_form(number)  # as the list has it
    answer = catalog.edit_row(number, {"title": MINE}, form=form)
    assert answer.status_code == 409
    assert answer["X-Partial"]
    page = Page(answer)
    assert asked_about(page) == ["title"]
    assert MINE in said(page) and THEIRS in said(page)
    assert not catalog.writes()
    assert catalog.edit_row(number, {}, form=page.form("row/edit/")).status_code == 200
    seen = catalog.seen(number)
    assert (seen["title"], seen[change.key]) == (MINE, change.value)


def forged(form: Form, others: Form) -> list[str]:
    """Starts that the dashboard did not write for this form."""
    (signed,) = form.values["opened_on"]
    payload, *rest = signed.removeprefix(".").split(":")
    content = signing.b64_decode(payload.encode())
    value = json.loads(zlib.decompress(content) if signed.startswith(".") else content)
    changed = signing.dumps(value, salt="another.form").split(":")[0]
    return [
        "", "x", f"{signed[:-2]}xx", ":".join([changed, *rest]), *others.values["opened_on"],
        signing.dumps(value), signing.dumps(value, salt="another.form"),
    ]  # fmt: skip


def test_forged_start_opens_the_form_anew_and_nothing_is_sent(catalog: Catalog) -> None:
    number, other = catalog.put(title="Opened"), catalog.put_in_list()
    form, others = catalog.edit_form(number), catalog.edit_form(other)
    starts = forged(form, others)
    if catalog.resource.row_fields:
        starts += [*catalog.row_form(number).values["opened_on"]]
    catalog.alter(number, title=THEIRS)
    for opened_on in starts:
        answer = catalog.edit(number, {"title": MINE, "opened_on": opened_on}, form=form)
        assert answer.status_code == 409, opened_on
        assert catalog.form_of(Page(answer)).values["title"] == [THEIRS], opened_on
    assert not catalog.writes() and not Entry.objects.exists()
