"""Editing as a service: read, write down, send once, read back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from loyalty_admin.altegio.errors import Forbidden, NotFound, Refused, SignInNeeded
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.audit.guard import Written
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import new_form_id
from loyalty_admin.catalog import writes as engine
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections.models import Connection
from loyalty_admin.gift_card_types import reading, words
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.gift_card_types.resource import GIFT_CARD_TYPES
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import (
    ARCHIVED_BY_ALTEGIO,
    CHAIN,
    DATED,
    ISSUED,
    OTHER_CHAIN,
    PLAIN,
    UNMODELLED,
    asked_of,
    writes,
)
from tests.gift_card_types.submitting import newest
from tests.threads import started, wait_for

pytestmark = pytest.mark.slow


def edit(
    ctx: ChainContext, type_id: int = PLAIN, form_id: str = "", **wanted: Any
) -> Written[GiftCardType]:
    opened = reading.read_gift_card_type(ctx=ctx, type_id=type_id).terms
    return engine.edit(
        GIFT_CARD_TYPES,
        ctx,
        type_id,
        form_id=form_id or new_form_id(),
        opened_on={name: getattr(opened, name) for name in wanted},
        wanted=wanted,
    )


NESTED: dict[int, dict[str, Any]] = {
    PLAIN: {"type_id": 2, "timeout": 6, "timeout_unit_id": 3},
    DATED: {"type_id": 1, "date": "2030-12-31T23:59:59+02:00"},
    UNMODELLED: {"type_id": 0},
}


@pytest.mark.parametrize(
    ("profile", "type_id"),
    [
        ("documented", PLAIN),
        ("documented", DATED),
        ("documented", UNMODELLED),
        ("observed", UNMODELLED),
    ],
    indirect=["profile"],
)
def test_one_put_says_everything_and_nests_what_the_api_nests(
    profile: str, sandbox: Sandbox, ctx: ChainContext, type_id: int
) -> None:
    raw = sandbox.certificate_type_of(CHAIN, type_id)
    edit(ctx, type_id, title="For her")
    (call,) = writes(sandbox)
    body = dict(call["body"])
    unmodelled = {name: body.pop(name) for name in ("external_code", "tags") if name in raw}
    assert unmodelled.keys() == ({"external_code", "tags"} if type_id == UNMODELLED else set())
    assert body == {
        "title": "For her",
        "balance": raw["balance"],
        "salon_ids": raw["salon_ids"],
        "is_multi": raw["is_multi"],
        "item_type_id": raw["item_type"]["id"],
        "service_ids": [],
        "is_allow_empty_code": False,
        "balance_edit_type_id": 1,
        "expiration": NESTED[type_id],
        "online_sale": {"is_enabled": False, "title": "", "description": "", "price": 0},
        "category_id": None,
    }


def test_empty_answer_is_read_back(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.fault(kind="empty", apply=True, match={"method": "PUT"})
    start = len(sandbox.calls())
    written = edit(ctx, title="For her")
    assert asked_of(sandbox.calls()[start:])[-2:] == [f"PUT /{PLAIN}", f"GET /{PLAIN}"]
    assert written.item is not None
    assert written.item.terms.title == "For her"


@pytest.mark.parametrize("type_id", [PLAIN, DATED], ids=["a part", "another type"])
def test_answer_that_does_not_tell_everything_is_read_back(
    sandbox: Sandbox, ctx: ChainContext, type_id: int
) -> None:
    data = sandbox.certificate_type_of(CHAIN, type_id)
    if type_id == PLAIN:
        del data["released_total"]
    body = {"success": True, "data": data | {"title": "Of the answer"}, "meta": {}}
    sandbox.fault(kind="status", status=200, body=body, apply=True, match={"method": "PUT"})
    written = edit(ctx, title="For her")
    assert written.item is not None
    assert (written.item.id, written.item.terms.title) == (PLAIN, "For her")
    assert newest().result_title == "For her"


def test_intent_is_written_down_whole(sandbox: Sandbox, ctx: ChainContext) -> None:
    until = datetime.fromisoformat("2031-01-31T23:59:00+02:00")
    edit(ctx, DATED, title="Later", expires_at=until, location_ids=(503,))
    entry = newest()
    assert (entry.action, entry.object_id) == ("gift_card_type.edited", DATED)
    assert entry.object_title == "Dāvanu karte 75 €"
    assert entry.person == ctx.person and entry.connection == ctx.connection
    assert (entry.api_url, entry.chain_id) == (sandbox.api_url, CHAIN)
    changes = {change["field"]: (change["before"], change["after"]) for change in entry.changes}
    assert changes["Title"] == ("Dāvanu karte 75 €", "Later")
    assert changes["Valid until"] == (
        "31 Dec 2030, 23:59:59 (Europe/Riga)",
        "31 Jan 2031, 23:59 (Europe/Riga)",
    )
    assert changes.keys() == {"Title", "Valid until", "Locations"}
    assert entry.copy is not None and entry.copy["title"] == "Dāvanu karte 75 €"
    assert (entry.outcome, entry.result_title) == (Outcome.DONE, "Later")
    (attempt,) = entry.attempts
    assert attempt["outcome"] == "200" and "PUT" in attempt["request"]


def test_term_that_loses_its_meaning_is_not_said_to_stay(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    """A type without end is not valid for six months."""
    edit(ctx, validity_kind=0)
    changes = {change["field"]: (change["before"], change["after"]) for change in newest().changes}
    assert changes[FIELDS.label("validity_kind")] == (
        str(words.VALIDITY_KINDS[2]),
        str(words.VALIDITY_KINDS[0]),
    )
    assert changes["Valid for"] == ("6 months", "not set")
    assert newest().kept == []


# What Altegio or this dashboard lets nobody change


@pytest.mark.parametrize("type_id", [ISSUED, ARCHIVED_BY_ALTEGIO])
def test_what_cannot_be_changed_is_not_put(
    sandbox: Sandbox, ctx: ChainContext, type_id: int
) -> None:
    with pytest.raises(CannotWrite):
        edit(ctx, type_id, title="Mine")
    assert not writes(sandbox) and not Entry.objects.exists()


def test_type_issued_just_before_the_put_is_refused_by_altegio_and_stays(
    sandbox: Sandbox, ctx: ChainContext
) -> None:
    sandbox.fault(kind="latency", seconds=0.4, match={"method": "PUT"})

    def sell() -> None:
        wait_for(lambda: writes(sandbox))
        sandbox.issue(CHAIN, PLAIN)

    seller = started(sell)
    with pytest.raises(Refused) as refused:
        edit(ctx, title="For her")
    seller.join()
    assert "issued" in refused.value.message
    assert newest().outcome == Outcome.REFUSED
    assert sandbox.certificate_type_of(CHAIN, PLAIN)["title"] == "Подарок для мамы"


# Before anything is sent


def test_type_of_another_chain_is_not_found(sandbox: Sandbox, ctx: ChainContext) -> None:
    with pytest.raises(NotFound):
        edit(ctx, 25002, title="Mine")
    # Also where Altegio would show it.
    sandbox.alter_certificate_type(CHAIN, PLAIN, company_group_id=OTHER_CHAIN)
    with pytest.raises(NotFound):
        edit(ctx, title="Mine")
    assert not writes(sandbox) and not Entry.objects.exists()


def test_missing_right_at_altegio_is_its_own_refusal(sandbox: Sandbox, ctx: ChainContext) -> None:
    body = {"success": False, "data": None, "meta": {"message": "Access denied."}}
    sandbox.fault(kind="status", status=403, body=body, match={"method": "PUT"})
    with pytest.raises(Forbidden):
        edit(ctx, title="For her")
    assert newest().outcome == Outcome.REFUSED


def test_revoked_token_marks_the_connection(sandbox: Sandbox, ctx: ChainContext) -> None:
    sandbox.revoke_tokens()
    with pytest.raises(SignInNeeded):
        engine.edit(
            GIFT_CARD_TYPES,
            ctx,
            PLAIN,
            form_id=new_form_id(),
            opened_on={},
            wanted={"title": "Mine"},
        )
    assert Connection.objects.get().needs_sign_in
    assert not writes(sandbox) and not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_intent_is_committed_before_the_call(sandbox: Sandbox, ctx: ChainContext) -> None:
    """Another process sees the entry while Altegio is at work."""
    seen: list[tuple[str, list[Any]]] = []
    sandbox.fault(kind="latency", seconds=0.5, match={"method": "PUT"})

    def watch() -> None:
        wait_for(lambda: writes(sandbox))
        seen.append((newest().outcome, newest().attempts))

    watcher = started(watch)
    edit(ctx, title="For her")
    watcher.join()
    ((outcome, attempts),) = seen
    assert outcome == Outcome.PENDING
    assert [attempt["outcome"] for attempt in attempts] == ["sent"]
