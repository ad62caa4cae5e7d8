"""The pages and the writes that every fault is put in the way of, slice by slice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from loyalty_admin.audit.models import Outcome
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.faults.matrix import ACCEPTED, OPEN, REFUSED, TOLD
from tests.gift_card_types import common as cards
from tests.gift_card_types.writing import submission as of_cards
from tests.membership_types.submitting import submission as of_types
from tests.memberships.submitting import submission as of_memberships
from tests.promotions import common as promotions
from tests.promotions.submitting import submission as of_promotions

CHAIN = CHAINS[0]
AT = f"/chains/{CHAIN}/"


@dataclass(frozen=True)
class Look:
    """A page, and the end of the address at Altegio that it is read from. `nothing`: the status
    to which an answer comes that holds nothing, where that may be a list's."""

    name: str
    url: str
    path: str
    nothing: int | None = None


LOOKS = [
    Look("membership type", f"{AT}membership-types/11023/", r"/abonement_types/11023$"),
    Look("membership types", f"{AT}membership-types/loaded/", r"/abonement_types$", 200),
    Look("gift card type", f"{AT}gift-card-types/{cards.PLAIN}/",
         rf"/certificate_types/{cards.PLAIN}$"),
    Look("promotion", f"{AT}promotions/{promotions.STATIC}/", rf"/programs/{promotions.STATIC}$"),
    Look("sold membership", f"{AT}memberships/900001/", r"/abonements$", 404),
    Look("transactions", f"{AT}transactions/", r"/loyalty/transactions$", 200),
    Look("notification templates", f"{AT}notification-templates/loaded/",
         r"/notification_message_templates/programs$", 200),
]  # fmt: skip

# An address, what the browser sends there, and the method of the write that it leads to.
Submission = tuple[str, dict[str, Any], str]
State = Callable[[Sandbox], list[dict[str, Any]]]


@dataclass(frozen=True)
class Write:
    """`next`: a page of the slice, which works after all of it. `form`: the id of the form in
    which a refusal leaves what was typed; "" of a button.

    `undone` says how one ends in the journal that was not carried out. `is_seen`: whether reading
    tells, a while later, that it was not.
    """

    name: str
    submit: Callable[[Client, Sandbox], Submission]
    state: State
    next: str
    form: str
    undone: dict[str, Outcome]
    is_seen: bool = True


# Altegio called it a success: every field is named that stays as it was.
CHANGED = {
    TOLD: Outcome.REFUSED,
    OPEN: Outcome.UNKNOWN,
    ACCEPTED: Outcome.DONE,
    REFUSED: Outcome.REFUSED,
}
# What was not made or not switched is looked for, whatever the answer was called.
MADE = CHANGED | {ACCEPTED: Outcome.REFUSED}
# That no location reports a new promotion proves nothing: a person has to look.
MADE_UNSEEN = CHANGED | {TOLD: Outcome.UNKNOWN, ACCEPTED: Outcome.UNKNOWN}


def _type(what: str, form: str, undone: dict[str, Outcome]) -> Write:
    return Write(
        f"{what} of a membership type",
        lambda client, sandbox: of_types(client, what),
        lambda sandbox: sandbox.types_of(CHAIN),
        f"{AT}membership-types/loaded/",
        form,
        undone,
    )


def _card_type(what: str, form: str, undone: dict[str, Outcome]) -> Write:
    return Write(
        f"{what} of a gift card type",
        lambda client, sandbox: of_cards(client, what),
        lambda sandbox: sandbox.certificate_types_of(CHAIN),
        f"{AT}gift-card-types/loaded/",
        form,
        undone,
    )


def _promotion(what: str, form: str, undone: dict[str, Outcome], *, is_seen: bool = True) -> Write:
    return Write(
        f"{what} of a promotion",
        lambda client, sandbox: of_promotions(client, what),
        lambda sandbox: sandbox.promotions_of(CHAIN),
        f"{AT}promotions/loaded/",
        form,
        undone,
        is_seen,
    )


def _membership(what: str, form: str = "change-form", *, is_seen: bool = True) -> Write:
    def submit(client: Client, sandbox: Sandbox) -> Submission:
        url, data, _number = of_memberships(client, sandbox, what)
        return url, data, "POST"

    return Write(
        f"{what} of a membership",
        submit,
        lambda sandbox: sandbox.memberships_of(CHAIN),
        f"{AT}memberships/900001/",
        form,
        CHANGED,
        is_seen,
    )


# One of each way to send a write and to tell its outcome, in each slice.
WRITES = [
    _type("edit", "type-form", CHANGED),
    _type("create", "type-form", MADE),
    _type("clone", "", MADE),
    _type("archive", "", MADE),
    _card_type("edit", "type-form", CHANGED),
    _promotion("edit", "promotion-form", CHANGED),
    _promotion("create", "promotion-form", MADE_UNSEEN, is_seen=False),
    _membership("freeze"),
    # Visits may have used up since what it had added.
    _membership("balance", is_seen=False),
    _membership("validity"),
]
# All others. Each class is put in their way by catalog/test_outcomes.py and
# memberships/test_every_change.py.
OTHER_WRITES = [
    _type("unarchive", "", MADE),
    _type("delete", "", MADE),
    _type("restore", "", MADE),
    _type("create again", "type-form", MADE),
    _card_type("create", "type-form", MADE),
    _card_type("clone", "type-form", MADE),
    _card_type("archive", "", MADE),
    _card_type("unarchive", "", MADE),
    _card_type("delete", "", MADE),
    _card_type("restore", "", MADE),
    _card_type("create again", "type-form", MADE),
    _promotion("clone", "promotion-form", MADE_UNSEEN, is_seen=False),
    _promotion("delete", "", MADE),
    _promotion("create again", "promotion-form", MADE_UNSEEN, is_seen=False),
    _membership("unfreeze"),
    _membership("pool", is_seen=False),
]
