"""People at work while Altegio is unreliable: what they do, and what came of each thing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from loyalty_admin.accounts.models import User
from loyalty_admin.audit.models import Entry
from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.gift_card_types.submitting import FILLED as FILLED_CARD
from tests.membership_types.submitting import FILLED
from tests.memberships.common import CHAIN
from tests.memberships.submitting import confirmation, in_days
from tests.pages import HTMX, Form, Page, Typed
from tests.promotions.submitting import filled as filled_promotion

Raw = dict[str, Any]
# How often somebody asks for a page that did not come.
TRIES = 3
# Of a hundred forms so many are sent twice.
SENT_TWICE = 10


@dataclass
class Operation:
    """One form that was sent: its entries of the journal, and the writes that Altegio was asked."""

    name: str
    entries: list[int]
    calls: list[Raw]
    statuses: list[int] = field(default_factory=list)

    def applied(self) -> list[Raw]:
        return [call for call in self.calls if call["applied"]]


class NotBegun(Exception):
    """A page did not come, or offers what was looked for no more: no form was sent."""


class Office:
    """An editor, and a manager who signs the account in again where that is needed."""

    def __init__(self, sandbox: Sandbox, editor: User, manager: User, seed: int) -> None:
        self.sandbox = sandbox
        self.editor, self.manager = Client(), Client()
        self.editor.force_login(editor)
        self.manager.force_login(manager)
        self.dice = random.Random(seed)
        self.count = 0
        self.operations: list[Operation] = []
        self._statuses: list[int] = []

    def work(self, operations: int) -> None:
        """Do so many things more, each chosen by the dice."""
        before = len(self.operations)
        for _ in range(20 * operations):
            if len(self.operations) - before >= operations:
                return
            self._do(self.dice.choice(DOING))
        raise AssertionError("hardly any form could be sent")

    def _do(self, doing: Callable[[Office], None]) -> None:
        known, called = _last_entry(), len(self.sandbox.state.calls)
        self._statuses = []
        try:
            doing(self)
        except NotBegun:
            assert _last_entry() == known
            return
        entries = Entry.objects.filter(pk__gt=known)
        self.operations.append(
            Operation(
                doing.__name__,
                [entry.pk for entry in entries],
                self._arrived(called, entries),
                self._statuses,
            )
        )
        if Connection.objects.filter(needs_sign_in=True).exists():
            self.sign_in_at_altegio()

    def _arrived(self, called: int, entries: Iterable[Entry]) -> list[Raw]:
        """The writes that Altegio was asked since; one that nobody waits for any more may be on
        its way still, and must not be taken for a call of what is done next."""
        outcomes = [attempt["outcome"] for entry in entries for attempt in entry.attempts]
        unanswered = sum("OutcomeUnknown" in outcome for outcome in outcomes)
        until = time.monotonic() + 10
        while True:
            calls = self.sandbox.state.calls[called:]
            writes = [c for c in calls if c["method"] != "GET" and c["path"] != "/auth"]
            if len(writes) >= unanswered:
                return writes
            assert time.monotonic() < until, f"{outcomes} arrived as {writes}"
            time.sleep(0.01)  # the stand-in tells nobody of an arrival

    # Looking

    def page(self, url: str, *, htmx: bool = False) -> Page:
        for _ in range(TRIES):
            response = self.editor.get(url, headers=HTMX if htmx else {})
            if response.status_code == 200:
                return Page(response)
            assert response.status_code < 500 or response.status_code in (502, 503), url
        raise NotBegun(url)

    def form(self, url: str, *, htmx: bool = False, **attrs: str) -> Form:
        page = self.page(url, htmx=htmx)
        found = page.all("form", **attrs)
        if not found:
            raise NotBegun(url)
        (form,) = found
        assert isinstance(form, Form)
        return form

    def one_of(self, raws: Iterable[Raw]) -> Raw:
        found = list(raws)
        if not found:
            raise NotBegun
        return self.dice.choice(found)

    # Sending

    def send(self, url: str, data: dict[str, Any], *, htmx: bool = False) -> Any:
        """Sent once; now and then pressed twice, or sent again because the answer was late."""
        times = 2 if self.dice.randrange(100) < SENT_TWICE else 1
        for _ in range(times):
            response = self.editor.post(url, data, headers=HTMX if htmx else {})
            assert response.status_code in (200, 302, 400, 403, 404, 409, 422, 502, 503), url
            self._statuses.append(response.status_code)
        return response

    def fill(self, url: str, typed: Typed, *, htmx: bool = False, **attrs: str) -> Any:
        return self.send(url, self.form(url, htmx=htmx, **attrs).data(typed), htmx=htmx)

    def sign_in_at_altegio(self) -> None:
        for connection in Connection.objects.filter(needs_sign_in=True):
            url = f"/connections/{connection.pk}/sign-in/"
            answers = (
                self.manager.post(url, {"login": self.sandbox.director, "password": PASSWORD})
                for _ in range(20)
            )
            assert any(answer.status_code == 302 for answer in answers)

    def title(self, kind: str) -> str:
        self.count += 1
        return f"{kind} {self.count:04}"


def _last_entry() -> int:
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _at(what: str, *path: object) -> str:
    return f"/chains/{CHAIN}/{what}/" + "".join(f"{part}/" for part in path)


# Membership types


def _types(office: Office, **wanted: Any) -> list[Raw]:
    return _such(office.sandbox.types_of(CHAIN), **wanted)


def _such(raws: list[Raw], **wanted: Any) -> list[Raw]:
    wanted = {"is_deleted": False, **wanted}
    return [raw for raw in raws if all(raw.get(name) == value for name, value in wanted.items())]


def create_membership_type(office: Office) -> None:
    typed = {
        **FILLED,
        "title": office.title("Series"),
        "price": str(office.dice.randrange(10, 500)),
    }
    office.fill(_at("membership-types", "new"), typed, id="type-form")


def edit_membership_type(office: Office) -> None:
    raw = office.one_of(_types(office, is_archived=False))
    typed: Typed = {"title": office.title("Edited"), "price": str(office.dice.randrange(10, 500))}
    office.fill(_at("membership-types", raw["id"], "edit"), typed, id="type-form")


def rename_in_place(office: Office) -> None:
    raw = office.one_of(_types(office, is_archived=False))
    url = _at("membership-types", raw["id"], "row/edit")
    page = office.page(url, htmx=True)
    office.send(url, page.form("row/edit/").data({"title": office.title("Row")}), htmx=True)


def clone_membership_type(office: Office) -> None:
    _press(office, office.one_of(_types(office)), "clone")


def archive_membership_type(office: Office) -> None:
    _press(office, office.one_of(_types(office, is_archived=False)), "archive")


def unarchive_membership_type(office: Office) -> None:
    _press(office, office.one_of(_types(office, is_archived=True)), "unarchive")


def _press(office: Office, raw: Raw, button: str) -> None:
    url = _at("membership-types", raw["id"])
    office.send(f"{url}{button}/", office.form(url, id="type-actions").data())


def delete_membership_type(office: Office) -> None:
    _delete(office, "membership-types", office.one_of(_types(office, abonements_count=0)))


def _delete(office: Office, what: str, raw: Raw) -> None:
    url = _at(what, raw["id"], "delete")
    found = [form for form in office.page(url).all("form") if _posts_to(form, "delete/")]
    if not found:
        raise NotBegun
    assert isinstance(found[0], Form)
    office.send(url, found[0].data())


def _posts_to(form: Any, end: str) -> bool:
    return str(form.attrs.get("action", "")).endswith(end)


def restore_membership_type(office: Office) -> None:
    _restore(office, "membership-types")


def _restore(office: Office, what: str) -> None:
    forms = [
        form for form in office.page(_at(what, "trash")).all("form") if _posts_to(form, "restore/")
    ]
    if not forms:
        raise NotBegun
    form = office.dice.choice(forms)
    assert isinstance(form, Form)
    office.send(form.attrs["action"], form.data({"title": office.title("Restored")}))


# Gift card types


def _cards(office: Office, **wanted: Any) -> list[Raw]:
    return _such(office.sandbox.certificate_types_of(CHAIN), **wanted)


def create_gift_card_type(office: Office) -> None:
    typed = {**FILLED_CARD, "title": office.title("Card")}
    office.fill(_at("gift-card-types", "new"), typed, id="type-form")


def edit_gift_card_type(office: Office) -> None:
    raw = office.one_of(_cards(office, released_total=0))
    typed: Typed = {"title": office.title("Edited card")}
    office.fill(_at("gift-card-types", raw["id"], "edit"), typed, id="type-form")


def duplicate_gift_card_type(office: Office) -> None:
    url = _at("gift-card-types", office.one_of(_cards(office))["id"], "clone")
    office.fill(url, {"title": office.title("Duplicate")}, id="type-form")


def archive_gift_card_type(office: Office) -> None:
    _switch_card(office, "archive")


def unarchive_gift_card_type(office: Office) -> None:
    _switch_card(office, "unarchive")


def _switch_card(office: Office, button: str) -> None:
    url = _at("gift-card-types", office.one_of(_cards(office))["id"], button)
    forms = [form for form in office.page(url).all("form") if _posts_to(form, f"{button}/")]
    if not forms:
        raise NotBegun
    assert isinstance(forms[0], Form)
    office.send(url, forms[0].data())


def delete_gift_card_type(office: Office) -> None:
    _delete(office, "gift-card-types", office.one_of(_cards(office, released_total=0)))


def restore_gift_card_type(office: Office) -> None:
    _restore(office, "gift-card-types")


# Promotions


def _promotions(office: Office) -> list[Raw]:
    return _such(office.sandbox.promotions_of(CHAIN))


def create_promotion(office: Office) -> None:
    url = _at("promotions", "new", "discount_static")
    office.fill(url, {**filled_promotion(), "title": office.title("Sale")}, id="promotion-form")


def edit_promotion(office: Office) -> None:
    url = _at("promotions", office.one_of(_promotions(office))["id"], "edit")
    office.fill(url, {"title": office.title("Edited sale")}, id="promotion-form")


def duplicate_promotion(office: Office) -> None:
    url = _at("promotions", office.one_of(_promotions(office))["id"], "clone")
    office.fill(url, {"title": office.title("Second sale")}, id="promotion-form")


def delete_promotion(office: Office) -> None:
    _delete(office, "promotions", office.one_of(_promotions(office)))


def create_promotion_again(office: Office) -> None:
    links = [
        link.attrs["href"]
        for link in office.page(_at("promotions", "trash")).all("a")
        if link.attrs.get("href", "").endswith("/again/")
    ]
    if not links:
        raise NotBegun
    office.fill(office.dice.choice(links), {"title": office.title("Again")}, id="promotion-form")


# Sold memberships


def _memberships(office: Office, *, frozen: bool | None = None) -> list[Raw]:
    found = office.sandbox.memberships_of(CHAIN)
    return [raw for raw in found if frozen is None or bool(raw["is_frozen"]) is frozen]


def freeze(office: Office) -> None:
    raw = office.one_of(_memberships(office, frozen=False))
    _change(office, raw, "freeze", {"until": in_days(office.dice.randrange(1, 9))})


def unfreeze(office: Office) -> None:
    url = _at("memberships", office.one_of(_memberships(office, frozen=True))["id"], "unfreeze")
    _confirm(office, url, office.page(url))


def set_balance(office: Office) -> None:
    raw = office.one_of(_memberships(office))
    left = str(office.dice.randrange(1, 30))
    form = office.form(_at("memberships", raw["id"], "balance"), id="change-form")
    fields = [name for name in form.values if name.startswith("left")]
    if not fields:
        raise NotBegun
    _change(office, raw, "balance", {office.dice.choice(fields): left})


def set_validity(office: Office) -> None:
    raw = office.one_of(_memberships(office))
    _change(office, raw, "validity", {"number": str(office.dice.randrange(1, 60)), "unit": "3"})


def _change(office: Office, raw: Raw, name: str, typed: Typed) -> None:
    url = _at("memberships", raw["id"], name)
    data = office.form(url, id="change-form").data(typed)
    preview = office.editor.post(url, data)
    if preview.status_code != 200:
        raise NotBegun
    _confirm(office, url, Page(preview))


def _confirm(office: Office, url: str, page: Page) -> None:
    if not page.all("button", name="confirmed"):
        raise NotBegun
    office.send(url, confirmation(page))


DOING: list[Callable[[Office], None]] = [
    create_membership_type, edit_membership_type, edit_membership_type, rename_in_place,
    rename_in_place, clone_membership_type, archive_membership_type, unarchive_membership_type,
    delete_membership_type, restore_membership_type, create_gift_card_type, edit_gift_card_type,
    duplicate_gift_card_type, archive_gift_card_type, unarchive_gift_card_type,
    delete_gift_card_type, restore_gift_card_type, create_promotion, edit_promotion,
    duplicate_promotion, delete_promotion, create_promotion_again, freeze, unfreeze, set_balance,
    set_validity,
]  # fmt: skip
