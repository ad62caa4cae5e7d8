"""A form that was opened on other values than Altegio has now: nothing is overwritten unseen."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from loyalty_admin.altegio.membership_terms import Terms, differing_terms
from loyalty_admin.audit.models import Entry
from loyalty_admin.membership_types import stored
from loyalty_admin.offers.stale import StaleEdit, merged
from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, named, writes
from tests.membership_types.submitting import (
    edit_form,
    newest,
    row_form,
    said,
    send_edit,
    send_row,
    shown,
)
from tests.pages import Form, Page, Typed


@pytest.fixture
def raw(sandbox: Sandbox) -> dict[str, Any]:
    return named(sandbox, "Beard club")


def test_same_field_changed_at_both_is_a_conflict_and_nothing_is_sent(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio")
    response = send_edit(edith, form, raw["id"], {"title": "Beards of mine"})
    assert response.status_code == 409
    for text in ("Beard club", "Beards of Altegio", "Beards of mine"):
        assert text in said(Page(response))
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_mine_is_sent_after_the_decision(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio")
    asked = _form(send_edit(edith, form, raw["id"], {"title": "Beards of mine"}))
    assert send_edit(edith, asked, raw["id"], {}).status_code == 302
    assert sandbox.type_of(CHAIN, raw["id"])["title"] == "Beards of mine"
    (change,) = newest().changes
    assert (change["before"], change["after"]) == ("Beards of Altegio", "Beards of mine")


def test_theirs_stays_after_the_decision(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio")
    asked = _form(send_edit(edith, form, raw["id"], {"title": "Mine", "price": "150"}))
    assert send_edit(edith, asked, raw["id"], {"theirs": ["title"]}).status_code == 302
    found = sandbox.type_of(CHAIN, raw["id"])
    assert (found["title"], found["cost"]) == ("Beards of Altegio", 150)


def test_only_the_conflict_is_asked_about(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio", category_id=9)
    typed = {"title": "Mine", "online_title": "Beards"}
    page = Page(send_edit(edith, form, raw["id"], typed))
    assert [box.attrs["value"] for box in page.all("input", name="theirs")] == ["title"]


def test_other_changes_at_altegio_survive_a_conflict(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    """What the form shows of them is old: sending it again must not bring that back."""
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio", period=3, category_id=9)
    asked = _form(send_edit(edith, form, raw["id"], {"title": "Mine"}))
    send_edit(edith, asked, raw["id"], {})
    found = sandbox.type_of(CHAIN, raw["id"])
    assert (found["title"], found["period"], found["category_id"]) == ("Mine", 3, 9)


def test_other_changes_at_altegio_survive_a_conflict_in_the_row(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = row_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio", cost=99)
    asked = Page(send_row(edith, form, raw["id"], {"title": "Mine"})).form("row/edit/")
    assert not writes(sandbox)
    send_row(edith, asked, raw["id"], {})
    found = sandbox.type_of(CHAIN, raw["id"])
    assert (found["title"], found["cost"]) == ("Mine", 99)


def test_second_change_at_altegio_is_a_second_question(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="One")
    asked = _form(send_edit(edith, form, raw["id"], {"title": "Mine"}))
    sandbox.alter_type(CHAIN, raw["id"], title="Two")
    response = send_edit(edith, asked, raw["id"], {})
    assert response.status_code == 409
    assert "Two" in said(Page(response))
    assert not writes(sandbox)


def test_other_changes_at_altegio_are_kept_by_merging(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    weekend = [{"week_days": [6], "intervals": [{"from": 0, "to": 3600}]}]
    links = named(sandbox, "Manicure × 5")["balance_container"]
    sandbox.alter_type(
        CHAIN,
        raw["id"],
        cost=99,
        period=2,
        availability=weekend,
        attached_location_ids=[502],
        attached_salon_ids=[502],
        balance_container=links,
        brand_new="field",
    )
    assert send_edit(edith, form, raw["id"], {"title": "Mine"}).status_code == 302
    found = sandbox.type_of(CHAIN, raw["id"])
    assert (found["title"], found["cost"], found["period"]) == ("Mine", 99, 2)
    assert found["availability"] == weekend
    assert found["attached_location_ids"] == [502]
    assert found["balance_container"]["links"][0]["service"]["id"] == 710201
    assert found["brand_new"] == "field"
    assert [change["field"] for change in newest().changes] == ["Title"]


def test_same_change_made_at_both_is_no_conflict(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards")
    assert send_edit(edith, form, raw["id"], {"title": "Beards"}).status_code == 302
    assert not writes(sandbox)


def test_sales_in_between_are_no_conflict(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.sell(CHAIN, raw["id"], 3)
    assert send_edit(edith, form, raw["id"], {"title": "Beards"}).status_code == 302
    found = sandbox.type_of(CHAIN, raw["id"])
    assert (found["title"], found["abonements_count"]) == ("Beards", 3)


def test_row_opened_on_an_old_list_is_a_conflict_too(
    sandbox: Sandbox, raw: dict[str, Any], loaded: Client
) -> None:
    sandbox.alter_type(CHAIN, raw["id"], cost=99)
    form = row_form(loaded, raw["id"])
    assert form.values["price"] == ["168"]
    response = send_row(loaded, form, raw["id"], {"price": "170"})
    assert response.status_code == 409
    assert "99 €" in said(Page(response)) and "170 €" in said(Page(response))
    assert not writes(sandbox)


def test_conflict_keeps_all_that_was_typed(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio")
    typed = {"title": "Mine", "price": "151.5", "online_description": "Two\r\nlines"}
    asked = _form(send_edit(edith, form, raw["id"], typed))
    assert {name: asked.values[name] for name in typed} == {k: [v] for k, v in typed.items()}
    assert asked.values["form_id"] != form.values["form_id"]


def _forged(raw: dict[str, Any], form: Form, case: str) -> str:
    _type_id, opened = signing.loads(form.values["opened_on"][0], salt=stored.SALT)
    opened["title"] = "Beards of Altegio"
    match case:
        case "nothing":
            return ""
        case "tampered":
            return signing.dumps([raw["id"], opened], salt=stored.SALT)[:-2] + "xx"
        case "other salt":
            return signing.dumps([raw["id"], opened], salt="something.else")
        case "other key":
            return signing.dumps([raw["id"], opened], key="k" * 20, salt=stored.SALT)
        case "other type":
            return signing.dumps([raw["id"] + 1, opened], salt=stored.SALT)
        case _:
            return signing.dumps([raw["id"], {"title": opened["title"]}], salt=stored.SALT)


def test_forged_start_is_refused_and_nothing_is_sent(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio")
    for case in ("nothing", "tampered", "other salt", "other key", "other type", "part"):
        typed = {"title": "Mine", "opened_on": _forged(raw, form, case)}
        response = send_edit(edith, form, raw["id"], typed)
        assert response.status_code == 409, case
        assert not writes(sandbox), case
        # The form is opened anew, on what Altegio has.
        assert _form(response).values["title"] == ["Beards of Altegio"], case


def test_start_of_another_types_form_is_refused(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    other = edit_form(edith, named(sandbox, "Rīta rituāls")["id"])
    form = edit_form(edith, raw["id"])
    typed: Typed = {"title": "Mine", "opened_on": other.values["opened_on"]}
    response = send_edit(edith, form, raw["id"], typed)
    assert response.status_code == 409
    assert not writes(sandbox)
    # No conflict is shown between two types: the form is opened anew.
    assert _form(response).values["title"] == ["Beard club"]


def test_start_of_the_row_does_not_serve_the_full_form(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    row = row_form(edith, raw["id"])
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], period=2)
    typed: Typed = {"title": "Mine", "opened_on": row.values["opened_on"]}
    assert send_edit(edith, form, raw["id"], typed).status_code == 409
    assert not writes(sandbox)


def test_decision_is_shown_and_what_is_done_is_said(
    sandbox: Sandbox, raw: dict[str, Any], edith: Client
) -> None:
    form = edit_form(edith, raw["id"])
    sandbox.alter_type(CHAIN, raw["id"], title="Beards of Altegio")
    asked = _form(send_edit(edith, form, raw["id"], {"title": "Mine"}))
    response = send_edit(edith, asked, raw["id"], {"theirs": ["title"]})
    assert not writes(sandbox)
    assert "Beards of Altegio" in shown(edith, response).one("h1").text


def _form(response: Any) -> Form:
    return Page(response).form(id="type-form")


def test_what_lost_its_meaning_asks_only_about_what_it_depends_on() -> None:
    """The form changes the visits of a pool; meanwhile there is no pool, and another title."""
    opened = Terms(title="Ten", is_pooled=True, pool_visits=10)
    fresh = replace(opened, title="Other", is_pooled=False)
    with pytest.raises(StaleEdit) as caught:
        merged(
            fresh,
            asdict(opened),
            {"pool_visits": 12},
            differing=differing_terms,
            label=str,
            say=lambda terms, name: str(getattr(terms, name)),
        )
    assert [conflict.name for conflict in caught.value.conflicts] == ["is_pooled"]
