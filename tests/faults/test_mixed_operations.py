"""Much is done while one call in five goes wrong: afterwards journal and Altegio agree.

`make test-long` does two thousand things for each profile; SEED and OPERATIONS choose others.
"""

from __future__ import annotations

import io
import json
import os
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.faults.working import Office, Operation
from tests.memberships.common import CHAIN
from tests.pages import Page

pytestmark = pytest.mark.slow

OPERATIONS = int(os.environ.get("OPERATIONS", "75"))
SEED = int(os.environ.get("SEED", "7"))

REFUSING: dict[str, Any] = {"apply": False}
CARRIED_OUT: dict[str, Any] = {"apply": True}
# What a call meets. A write is carried out or not, and the answer does not tell.
FAULTS: list[dict[str, Any]] = [
    *({"kind": kind, **how} for kind in ("html", "bad_json", "bad_utf8", "empty", "null_data")
      for how in (REFUSING, CARRIED_OUT)),
    *({"kind": "status", "status": status, **how} for status in (500, 502, 503, 504)
      for how in (REFUSING, CARRIED_OUT)),
    *({"kind": "truncated", "close_delimited": closed, **how} for closed in (False, True)
      for how in (REFUSING, CARRIED_OUT)),
    {"kind": "reset"},
    {"kind": "reset_after"},
    {"kind": "hang", "seconds": 60, **REFUSING},
    {"kind": "hang", "seconds": 60, **CARRIED_OUT},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "86400"}},
    {"kind": "status", "status": 302, "headers": {"Location": "http://169.254.169.254/"}},
    {"kind": "status", "status": 401},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 422},
    {"kind": "success_false"},
    {"kind": "latency", "seconds": 0.05},
    {"kind": "big_header"},
]  # fmt: skip
# How many things are done before unknown outcomes are read back, as a timer of the deployment does.
SETTLED_EVERY = 10
Alive = dict[str, dict[int, dict[str, Any]]]
SWITCHES = {"archive_membership_type", "unarchive_membership_type", "freeze", "unfreeze"}
MADE = {"created", "cloned", "recreated", "created_again", "restored"}


@pytest.mark.django_db
def test_journal_and_altegio_agree_after_much_work_amid_faults(
    profile: str,
    sandbox: Sandbox,
    connection: Connection,
    editor: User,
    manager: User,
    settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.ALTEGIO_TIMEOUT = 0.6
    before = _alive(sandbox)
    office = Office(sandbox, editor, manager, SEED)
    sandbox.be_unreliable(*FAULTS, seed=SEED, share=0.2)
    for _ in range(0, OPERATIONS, SETTLED_EVERY):
        office.work(SETTLED_EVERY)
        _settle(office)
    sandbox.clear_faults()
    office.sign_in_at_altegio()
    _settle(office)
    decided = _let_people_decide(office)

    assert not Entry.objects.filter(outcome__in=[Outcome.PENDING, Outcome.UNKNOWN]).exists()
    problems = [
        problem for one in office.operations for problem in _problems(one, office.operations)
    ]
    problems += _disagreements(sandbox, before)
    outcomes = Counter(Entry.objects.values_list("outcome", flat=True))
    with capsys.disabled():
        print(
            f"\n{profile}: {len(office.operations)} operations, {dict(outcomes)}, "
            f"{decided} decided by people, seed {SEED}"
        )
    assert not problems, "\n".join(problems)


def _settle(office: Office) -> None:
    """As time goes by: whatever arrived is done with, and what is unknown is read back."""
    until = time.monotonic() + 60
    while any(call["status"] is None for call in office.sandbox.state.calls):
        assert time.monotonic() < until
        time.sleep(0.01)
    Entry.objects.filter(outcome=Outcome.UNKNOWN).update(started_at=Now() - timedelta(minutes=10))
    call_command("reconcile", stdout=io.StringIO())


def _let_people_decide(office: Office) -> int:
    """What no reading settles, a person settles who looked at Altegio; returns how often."""
    unknown = list(Entry.objects.filter(outcome=Outcome.UNKNOWN))
    for entry in unknown:
        (operation,) = [one for one in office.operations if entry.pk in one.entries]
        url = f"/activity/{entry.pk}/"
        Page(office.editor.post(f"{url}check/"))
        said = {"carried_out": "yes"} if operation.applied() else {}
        assert office.editor.post(f"{url}close/", said).status_code == 302
    return len(unknown)


def _problems(operation: Operation, others: list[Operation]) -> list[str]:
    """What the journal says of one operation, beside what Altegio was asked and did."""
    found = []
    entries = _entries(operation)
    done = [entry for entry in entries if entry.outcome == Outcome.DONE]
    applied = operation.applied()
    said = [f"{entry.pk} {entry.action} {entry.outcome} {entry.reason}" for entry in entries]
    asked = [f"{call['method']} {call['path']} {call['status']}" for call in operation.calls]
    about = f"{operation.name}: {said}, {asked}"
    if operation.calls and not entries:
        found.append(f"not in the journal: {about}")
    if applied and not done:
        found.append(f"done and not said so: {about}")
    sending = [entry for entry in done if entry.attempts and not _changed_nothing(entry)]
    if sending and not applied and not _done_by_another(operation, others):
        found.append(f"said to be done and was not: {about}")
    same = Counter(
        (call["method"], call["path"], json.dumps(call["body"], sort_keys=True)) for call in applied
    )
    posts = [call for call in applied if call["method"] == "POST"]
    if max(same.values(), default=0) > 1 or len(posts) > 1:
        found.append(f"done twice: {about}")
    return found


def _done_by_another(operation: Operation, others: list[Operation]) -> bool:
    """A switch was asked for twice, and one of both set it: what is read back is what was asked."""
    if operation.name not in SWITCHES:
        return False
    objects = {entry.object_id for entry in _entries(operation)}
    return any(
        one is not operation
        and one.name == operation.name
        and one.applied()
        and objects & {entry.object_id for entry in _entries(one)}
        for one in others
    )


def _entries(operation: Operation) -> list[Entry]:
    return list(Entry.objects.filter(pk__in=operation.entries))


def _changed_nothing(entry: Entry) -> bool:
    """Altegio said yes, and the journal names each field that stays as it was."""
    asked = {change["field"] for change in entry.changes}
    return bool(asked) and asked <= {kept["field"] for kept in entry.kept}


def _alive(sandbox: Sandbox) -> Alive:
    """What there is at Altegio, by kind and number."""
    kinds = {
        "membership_type": sandbox.types_of(CHAIN),
        "gift_card_type": sandbox.certificate_types_of(CHAIN),
        "promotion": sandbox.promotions_of(CHAIN),
        "membership": sandbox.memberships_of(CHAIN),
    }
    return {
        kind: {raw["id"]: raw for raw in raws if not raw.get("is_deleted")}
        for kind, raws in kinds.items()
    }


def _disagreements(sandbox: Sandbox, before: Alive) -> list[str]:
    """The journal told from its beginning to its end, beside what Altegio has now."""
    told, now = Told(before), _alive(sandbox)
    for entry in Entry.objects.filter(outcome=Outcome.DONE).order_by("pk"):
        told.add(entry)
    found = []
    for kind, numbers in told.numbers.items():
        more = set(now[kind]) - numbers
        if numbers - set(now[kind]) or len(more) != told.unnumbered[kind]:
            found.append(f"{kind}: the journal knows {numbers}, Altegio has {set(now[kind])}")
    for (kind, number, name), value in told.values.items():
        has = now[kind].get(number, {name: value})[name]
        if str(has) != str(value):
            found.append(f"{kind} {number} has {name} {has}, and the journal says {value}")
    return found


class Told:
    """What there is after all that the journal says was done."""

    def __init__(self, before: Alive) -> None:
        self.numbers = {kind: set(raws) for kind, raws in before.items()}
        # Made, and a person who looked at Altegio said so; under which number is not known.
        self.unnumbered = Counter[str]()
        self.values: dict[tuple[str, int, str], Any] = {}

    def add(self, entry: Entry) -> None:
        kind, _dot, verb = entry.action.partition(".")
        number, made = entry.object_id or 0, entry.result_id
        if verb == "deleted" and number in self.numbers[kind]:
            self.numbers[kind].remove(number)
        elif verb == "deleted":
            self.unnumbered[kind] -= 1
        elif verb in MADE and made is None:
            self.unnumbered[kind] += 1
        elif verb in MADE:
            self.numbers[kind].add(made or 0)
        if made and kind != "membership":
            self.values[kind, made, "title"] = entry.result_title
        if kind == "membership_type" and verb in ("archived", "unarchived"):
            self.values[kind, number, "is_archived"] = verb == "archived"
        if kind == "membership" and verb in ("frozen", "unfrozen"):
            self.values[kind, number, "is_frozen"] = verb == "frozen"
