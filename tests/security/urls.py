"""Every address of the site, and the objects that stand in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from loyalty_admin.accounts import resets
from loyalty_admin.accounts import services as accounts
from loyalty_admin.accounts.models import Role, User
from loyalty_admin.audit.models import Entry
from loyalty_admin.chains.services import context_for
from loyalty_admin.connections import services as connections
from loyalty_admin.jobs import services as jobs
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.jobs.common import begun
from tests.memberships.common import CHAIN, put
from tests.pages import page_of

# By what an address calls it: of the stand-in's first chain, and nothing of them sold.
MEMBERSHIP_TYPE, GIFT_CARD_TYPE, PROMOTION = 11_002, 31_003, 21_001


def site_urls() -> dict[str, tuple[str, ...]]:
    """Every URL of the URLconf: its name, and what its pattern takes."""
    return dict(_walk(get_resolver(), "", ()))


def _walk(
    resolver: URLResolver, space: str, takes: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in resolver.url_patterns:
        names = (*takes, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{entry.app_name}:" if entry.app_name else space, names)
        else:
            assert isinstance(entry, URLPattern)
            yield space + str(entry.name or entry.pattern), names


PEOPLE = ("out", "stranger", "viewer", "editor", "manager", "unable")


class World:
    """A linked account, an editor who works with it, and the person who asks, one of PEOPLE."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.manager = _person("maria", Role.MANAGER)
        self.maker = _person("edith", Role.EDITOR)
        self.connection = connections.connect(
            person=self.manager, login=sandbox.director, password=PASSWORD
        )
        self.browser = Client()
        self.browser.force_login(self.maker)
        self.made: dict[str, object] = {}

    def enter(self, who: str) -> None:
        """Somebody comes, who will ask."""
        self.who = who
        self.person = _person("paula", Role(who) if who in Role.values else Role.EDITOR)
        # A page that fails is one more offence of a sweep, and does not end it.
        self.client = Client(raise_request_exception=False)
        if who != "out":
            self.client.force_login(self.person)

    def close_doors(self) -> None:
        """From now on the person reaches only what is theirs."""
        if self.who == "stranger":
            connections.limit(connection=self.connection, actor=self.manager, people=[self.maker])
        elif self.who == "unable":
            connections.remove(connection=self.connection, person=self.manager)
            connections.connect(
                person=self.manager, login=self.sandbox.assistant, password=PASSWORD
            )

    def address(self, name: str, takes: Iterable[str]) -> str:
        """The address, with an object behind it for each thing that it takes."""
        app = name.partition(":")[0]
        found = {}
        for one in takes:
            key = next(key for key in (f"{name} {one}", f"{app} {one}", one) if key in OBJECTS)
            if key not in self.made:
                self.made[key] = OBJECTS[key](self)
            found[one] = self.made[key]
        return reverse(name, kwargs=found)

    def addresses(self) -> dict[str, str]:
        """Every address of the site by its name. Those that take the same share one object."""
        return {name: self.address(name, takes) for name, takes in site_urls().items()}

    def deleted(self, what: str, *, fails: bool = False) -> Entry:
        """What the journal holds of a copy that was deleted here, or that may be."""
        read, put, number = COPIED[what]
        copied = put(self.sandbox, CHAIN, {**read(self.sandbox, CHAIN, number), "id": None})["id"]
        form = page_of(self.browser, f"/chains/{CHAIN}/{what}/{copied}/delete/").form("delete/")
        if fails:
            self.sandbox.fault(kind="status", match={"method": "DELETE"})
        self.browser.post(form.attrs["action"], form.data())
        return Entry.objects.latest("pk")

    def job(self) -> int:
        ctx = context_for(CHAIN, person=self.maker)
        assert ctx is not None
        return begun(ctx, [put(self.sandbox)]).pk

    def found_by_person(self, kind: str) -> int:
        """A job of the person who asks, that only they see."""
        ctx = context_for(CHAIN, person=self.person)
        assert ctx is not None
        asked = {"after": "2026-01-01", "before": "2026-01-01"}
        filter: dict[str, Any] = asked | {"types": [], "location_ids": [], "visit_ids": []}
        return jobs.start(
            ctx,
            submission=kind,
            kind=kind,
            title=kind,
            items=[(1, "", filter | {"part": "whole"})],
            asked={"filter": filter, "by_day": False, "anew": False},
            is_private=True,
        ).pk

    def session(self) -> int:
        """Another browser of the person who asks."""
        Client().force_login(self.person)
        newest = self.person.sessions.order_by("pk").last()
        assert newest is not None
        return newest.pk

    def invited(self, name: str) -> tuple[int, str]:
        invitation, token = accounts.invite_person(
            actor=self.manager, email=f"{name}@example.com", role=Role.VIEWER
        )
        return invitation.pk, token


def _person(name: str, role: Role) -> User:
    return User.objects.create_user(f"{name}@example.com", PASSWORD, role=role)


# How the stand-in gives one, how it takes another, and of which one.
COPIED: dict[str, tuple[Callable[..., Any], Callable[..., Any], int]] = {
    "membership-types": (Sandbox.type_of, Sandbox.put_type, MEMBERSHIP_TYPE),
    "gift-card-types": (Sandbox.certificate_type_of, Sandbox.put_certificate_type, GIFT_CARD_TYPE),
    "promotions": (Sandbox.promotion_of, Sandbox.put_promotion, PROMOTION),
}
# What an address takes. Where a word means something else in one app, or for one address, the
# app's or the address's name stands before it.
OBJECTS: dict[str, Callable[[World], object]] = {
    "chain_id": lambda world: CHAIN,
    "connection_id": lambda world: world.connection.pk,
    "person_id": lambda world: world.maker.pk,
    "session_id": lambda world: world.session(),
    "token": lambda world: world.invited("nina")[1],
    "accounts:reset token": lambda world: resets.make_reset(person=world.maker)[1],
    "invitation_id": lambda world: world.invited("nora")[0],
    "kind": lambda world: "discount_static",
    "job_id": lambda world: world.job(),
    "transactions:totals job_id": lambda world: world.found_by_person("transactions.totals"),
    "transactions job_id": lambda world: world.found_by_person("transactions.export"),
    "memberships job_id": lambda world: world.found_by_person("memberships.export"),
    "name": lambda world: "activity",
    "membership_id": lambda world: put(world.sandbox)["id"],
    "object_id": lambda world: PROMOTION,
    "membership_types object_id": lambda world: MEMBERSHIP_TYPE,
    "gift_card_types object_id": lambda world: GIFT_CARD_TYPE,
    "membership_types:restore object_id": lambda world: world.deleted("membership-types").object_id,
    "gift_card_types:restore object_id": lambda world: world.deleted("gift-card-types").object_id,
    "membership_types entry_id": lambda world: world.deleted("membership-types").pk,
    "gift_card_types entry_id": lambda world: world.deleted("gift-card-types").pk,
    "promotions entry_id": lambda world: world.deleted("promotions").pk,
    "audit entry_id": lambda world: world.deleted("membership-types", fails=True).pk,
}
