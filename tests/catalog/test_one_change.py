"""An edit changes one field and nothing else: what a form does not show survives it."""

from __future__ import annotations

import pytest

from loyalty_admin.audit.models import Entry, Outcome
from tests.catalog.catalog import Catalog
from tests.endings import newest

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_each_field_changes_alone(catalog: Catalog) -> None:
    number = catalog.put()
    before, form = catalog.seen(number), catalog.edit_form(number)
    opened = catalog.raw(number)
    wrong = []
    for place, change in enumerate(catalog.resource.changes):
        typed = {change.control: change.typed, "form_id": f"change number {place:08}"}
        answer = catalog.edit(number, typed, form=form)
        after = catalog.seen(number)
        entry = newest()
        found = {name: value for name, value in after.items() if value != before.get(name)}
        ended = (answer.status_code, entry.outcome, entry.kept, len(entry.changes))
        is_right = ended == (302, Outcome.DONE, [], 1) and before.keys() == after.keys()
        if not is_right or found != {change.key: change.value}:
            wrong.append((change, found, ended))
        catalog.alter(number, **opened)
    assert wrong == []
    assert len(catalog.writes()) == Entry.objects.count() == len(catalog.resource.changes)


def test_every_field_changes_at_once(catalog: Catalog) -> None:
    number = catalog.put()
    before = catalog.seen(number)
    changes = catalog.resource.changes
    answer = catalog.edit(number, {change.control: change.typed for change in changes})
    assert answer.status_code == 302
    assert catalog.seen(number) == before | {change.key: change.value for change in changes}
    assert (newest().outcome, newest().kept) == (Outcome.DONE, [])
    assert len(newest().changes) == len(changes)
    if catalog.resource.unmodelled:
        (call,) = catalog.writes()
        assert call["body"][catalog.resource.unmodelled] == before[catalog.resource.unmodelled]


def test_untouched_form_sends_nothing(catalog: Catalog) -> None:
    number = catalog.put_in_list()
    before = catalog.raw(number)
    answer = catalog.edit(number, {})
    assert answer["Location"] == catalog.at(number)
    if catalog.resource.row_fields:
        assert catalog.edit_row(number, {}).status_code == 200
    assert catalog.raw(number) == before
    assert not catalog.writes() and not Entry.objects.exists()
