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
    and the words to which an answer comes that holds nothing, where that may be a list's."""

    name: str
    url: str
    path: str
    nothing: tuple[int, str] | None = None


LOOKS = [
    Look("membership type", f"{AT}membership-types/11023/", r"/abonement_types/11023$"),
    Look("membership types", f"{AT}membership-types/loaded/", r"/abonement_types$",
         (200, "some types may be missing")),
    Look("gift card type", f"{AT}gift-card-types/{cards.PLAIN}/",
         rf"/certificate_types/{cards.PLAIN}$"),
    Look("promotion", f"{AT}promotions/{promotions.STATIC}/", rf"/programs/{promotions.STATIC}$"),
    Look("sold membership", f"{AT}memberships/900001/", r"/abonements$",
         (404, "Altegio does not know this any more")),
    Look("transactions", f"{AT}transactions/", r"/loyalty/transactions$",
         (200, "No transaction fits")),
    Look("notification templates", f"{AT}notification-templates/loaded/",
         r"/notification_message_templates/programs$", (200, "no notification templates")),
]  # fmt: skip

# An address, what the browser sends there, and the method of the write that it leads to.
Submission = tuple[str, dict[str, Any], str]
State = Callable[[Sandbox], list[dict[str, Any]]]


@dataclass(frozen=True)
class Write:
    """`next`: a page of the slice, which works after all of it. `form`: the id of the form in
    which a refusal leaves what was typed; "" of a button.

    `undone` says how one ends in the journal that was not carried out, and `words` how its page
    says so. `is_seen`: whether reading tells, a while later, that it was not.
    """

    name: str
    submit: Callable[[Client, Sandbox], Submission]
    state: State
    next: str
    form: str
    undone: dict[str, Outcome]
    words: dict[str, str]
    is_seen: bool = True


NOT_CARRIED_OUT = "Altegio did not carry it out. Nothing was changed."
NOT_KNOWN = "It is not known whether Altegio carried this out"
UNDONE = {
    TOLD: Outcome.REFUSED,
    OPEN: Outcome.UNKNOWN,
    ACCEPTED: Outcome.DONE,
    REFUSED: Outcome.REFUSED,
}
WORDS = {
    TOLD: NOT_CARRIED_OUT,
    OPEN: NOT_KNOWN,
    ACCEPTED: "changed nothing of what was asked",
    REFUSED: "Nothing was changed",
}
CHANGES = (UNDONE, WORDS)
# What was not made is looked for, whatever the answer was called.
MAKES = (UNDONE | {ACCEPTED: Outcome.REFUSED}, WORDS | {ACCEPTED: NOT_CARRIED_OUT})
SWITCHES = (UNDONE | {ACCEPTED: Outcome.REFUSED}, WORDS | {ACCEPTED: "the type is as it was"})
# That no location reports a new promotion proves nothing: a person has to look.
MAKES_UNSEEN = (
    UNDONE | {TOLD: Outcome.UNKNOWN, ACCEPTED: Outcome.UNKNOWN},
    WORDS | {TOLD: NOT_KNOWN, ACCEPTED: NOT_KNOWN},
    False,
)


def _type(what: str) -> tuple[Callable[[Client, Sandbox], Submission], State, str]:
    return (
        lambda client, sandbox: of_types(client, what),
        lambda sandbox: sandbox.types_of(CHAIN),
        f"{AT}membership-types/loaded/",
    )


def _card_type(what: str) -> tuple[Callable[[Client, Sandbox], Submission], State, str]:
    return (
        lambda client, sandbox: of_cards(client, what),
        lambda sandbox: sandbox.certificate_types_of(CHAIN),
        f"{AT}gift-card-types/loaded/",
    )


def _promotion(what: str) -> tuple[Callable[[Client, Sandbox], Submission], State, str]:
    return (
        lambda client, sandbox: of_promotions(client, what),
        lambda sandbox: sandbox.promotions_of(CHAIN),
        f"{AT}promotions/{promotions.STATIC}/",
    )


def _membership(what: str) -> tuple[Callable[[Client, Sandbox], Submission], State, str]:
    def submit(client: Client, sandbox: Sandbox) -> Submission:
        url, data, _number = of_memberships(client, sandbox, what)
        return url, data, "POST"

    return submit, lambda sandbox: sandbox.memberships_of(CHAIN), f"{AT}memberships/900001/"


WRITES = [
    Write("edit of a membership type", *_type("edit"), "type-form", *CHANGES),
    Write("new membership type", *_type("create"), "type-form", *MAKES),
    Write("clone of a membership type", *_type("clone"), "", *MAKES),
    Write("archiving of a membership type", *_type("archive"), "", *SWITCHES),
    Write("edit of a gift card type", *_card_type("edit"), "type-form", *CHANGES),
    Write("edit of a promotion", *_promotion("edit"), "promotion-form", *CHANGES),
    Write("new promotion", *_promotion("create"), "promotion-form", *MAKES_UNSEEN),
    Write("freezing", *_membership("freeze"), "change-form", *CHANGES),
    # Visits may have used up since what it had added.
    Write("balance", *_membership("balance"), "change-form", *CHANGES, is_seen=False),
    Write("validity", *_membership("validity"), "change-form", *CHANGES),
]
