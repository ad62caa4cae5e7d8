"""One entry: what was asked field by field, each request, the outcome and its reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Outcome
from loyalty_admin.connections.models import Connection
from tests.audit.conftest import CHAIN, Note
from tests.pages import page_of

pytestmark = pytest.mark.slow

HOSTILE = "<img src=x onerror=alert(1)>"
TYPE = f"/chains/{CHAIN}/membership-types/11023/"


def test_everything_that_is_known_is_shown(vera: Client, note: Note) -> None:
    entry = note(
        changes=[{"field": "Title", "before": "Beard club", "after": "Beards"}],
        kept=[{"field": "Price", "asked": "150 €", "kept": "168 €"}],
        attempts=[{"at": "2026-05-01T10:00:00+00:00", "request": "PUT", "outcome": "200"}],
        reason="Because of the weather.",
    )
    page = page_of(vera, f"/activity/{entry.pk}/")
    for text in (
        "Edith Editor", "Daina Ozola", "Aurora Salons & Spa", "Title", "Beards", "Price", "150 €",
        "168 €", "PUT", "200", "Because of the weather.", "done",
    ):  # fmt: skip
        assert text in page.text, text
    assert page.all("a", href=TYPE)


def test_what_came_of_it_is_linked(vera: Client, note: Note) -> None:
    entry = note(action="membership_type.cloned", result_id=11031, result_title="Beard club (2)")
    page = page_of(vera, f"/activity/{entry.pk}/")
    link = page.one("a", text="Beard club (2)")
    assert link.attrs["href"] == f"/chains/{CHAIN}/membership-types/11031/"


def test_entries_that_belong_together_name_each_other(vera: Client, note: Note) -> None:
    deletion = note(action="membership_type.deleted")
    restored = note(action="membership_type.restored", origin=deletion)
    assert page_of(vera, f"/activity/{deletion.pk}/").all("a", href=f"/activity/{restored.pk}/")
    assert page_of(vera, f"/activity/{restored.pk}/").all("a", href=f"/activity/{deletion.pk}/")


def test_only_unknown_can_be_checked_and_only_by_editors(
    vera: Client, edith: Client, note: Note, subtests: pytest.Subtests
) -> None:
    for outcome in list(Outcome):
        with subtests.test(outcome=outcome):
            entry = note(outcome=outcome)
            url = f"/activity/{entry.pk}/"
            action = f"{url}check/"
            assert bool(page_of(edith, url).all("form", action=action)) == (
                outcome == Outcome.UNKNOWN
            )
            assert not page_of(vera, url).all("form", action=action)


def test_hostile_texts_are_inert(vera: Client, note: Note) -> None:
    entry = note(
        object_title=HOSTILE,
        changes=[{"field": HOSTILE, "before": HOSTILE, "after": HOSTILE}],
        kept=[{"field": HOSTILE, "asked": HOSTILE, "kept": HOSTILE}],
        attempts=[{"at": HOSTILE, "request": HOSTILE, "outcome": HOSTILE}],
        reason=HOSTILE,
        result_id=5,
        result_title=HOSTILE,
    )
    page = page_of(vera, f"/activity/{entry.pk}/")
    assert page.text.count(HOSTILE) >= 8
    assert not page.all("img")


def test_unknown_entry_is_not_found(vera: Client, subtests: pytest.Subtests) -> None:
    for number in ["0", "999999", "9" * 30]:
        with subtests.test(number=number):
            page_of(vera, f"/activity/{number}/", status=404)


def test_action_of_a_later_version_is_shown_as_it_is(vera: Client, note: Note) -> None:
    entry = note(action="gift_card.melted")
    assert "melted" in page_of(vera, f"/activity/{entry.pk}/").text
    assert "melted" in page_of(vera, "/activity/").text


# On the page of the object


def test_journal_of_an_object_stands_on_its_page(vera: Client, note: Note) -> None:
    edited = note(changes=[{"field": "Title", "before": "Barbers", "after": "Beard club"}])
    made = note(action="membership_type.cloned", object_id=11001, result_id=11023)
    other = note(object_id=11022)
    elsewhere = note(chain_id=2202)
    page = page_of(vera, TYPE)
    assert page.all("a", href=f"/activity/{edited.pk}/")
    assert page.all("a", href=f"/activity/{made.pk}/")
    assert not page.all("a", href=f"/activity/{other.pk}/")
    assert not page.all("a", href=f"/activity/{elsewhere.pk}/")
    assert "Barbers" in page.text and "Edith Editor" in page.text
    assert "through Daina Ozola" in page.text


def test_change_made_through_the_dashboard_stands_there_at_once(
    edith: Client, connection: Connection, editor: User
) -> None:
    data: Any = page_of(edith, f"{TYPE}edit/").form(id="type-form").data({"title": "Beards"})
    edith.post(f"{TYPE}edit/", data)
    page = page_of(edith, TYPE)
    assert "Beard club" in page.text  # what it was
    assert page.all("a", href="/activity/1/") or "Edith Editor" in page.text


def test_unknown_outcome_can_be_checked_from_there(edith: Client, note: Note) -> None:
    entry = note(outcome=Outcome.UNKNOWN)
    assert page_of(edith, TYPE).all("form", action=f"/activity/{entry.pk}/check/")
