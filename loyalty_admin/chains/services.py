"""The chain a person works in: which they reach, through which connection, with which rights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from loyalty_admin.altegio import chains as altegio_chains
from loyalty_admin.altegio import notification_templates as altegio_templates
from loyalty_admin.altegio import patience
from loyalty_admin.altegio.chains import CardType, Category, Chain, Location
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.altegio.notification_templates import NotificationTemplate
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.transport import Transport
from loyalty_admin.connections import services as connections
from loyalty_admin.connections.models import Connection
from loyalty_admin.metrics import counting

from .models import ChainChoice

if TYPE_CHECKING:
    from loyalty_admin.accounts.http import Request
    from loyalty_admin.accounts.models import User

SECONDS_LISTS_STAY = 600
REMEMBER_EVERY = timedelta(minutes=1)
# Of a page's time: what only fills a form or gives a number its name must not hold it up, and a
# write that follows needs the rest.
FOR_CHOICES = 0.3

# What a chain has to choose from, by the name under which it is kept.
CATEGORIES, CARD_TYPES, TEMPLATES = "service_categories", "card_types", "notification_templates"
_READ: Mapping[str, Callable[[Transport, int], list[Any]]] = {
    CATEGORIES: altegio_chains.list_categories,
    CARD_TYPES: altegio_chains.list_card_types,
    TEMPLATES: altegio_templates.list_templates,
}


@dataclass(frozen=True)
class ChainContext:
    """One chain as one person works in it: what `connection`, the acting one, knows of it."""

    chain: Chain
    connection: Connection
    connections: tuple[Connection, ...]
    person: User
    # Seconds for one call to Altegio; None: as the deployment says.
    timeout: float | None = None
    # Whether nobody waits for it.
    is_job: bool = False

    @property
    def id(self) -> int:
        return self.chain.id

    @property
    def title(self) -> str:
        return self.chain.title

    @property
    def currency(self) -> str:
        """Of the first location, as Altegio writes it ("€"); "" when there is no location."""
        return self.chain.locations[0].currency if self.chain.locations else ""

    @property
    def zones(self) -> tuple[ZoneInfo, ...]:
        """Of the chain's locations, each once; the deployment's where none says its own."""
        found = dict.fromkeys(filter(None, (_zone(one.timezone) for one in self.chain.locations)))
        return tuple(found) or (ZoneInfo(str(timezone.get_default_timezone())),)

    @property
    def zone(self) -> ZoneInfo:
        """Of the first location that says its own: the chain's own clock."""
        return self.zones[0]

    def transport(self) -> Transport:
        """Acts as the connection's Altegio user; raises SignInNeeded."""
        return connections.transport_for(self.connection, timeout=self.timeout, for_job=self.is_job)

    def right(self, name: str) -> bool | None:
        """The connection's right in this chain, by Altegio's name; None: not known."""
        return self.chain.access.get(name)

    def may(self, right: str) -> bool:
        """False only when Altegio says that the right is missing: its 403 is the last word."""
        return self.right(right) is not False

    def cache_key(self, kind: str) -> str:
        """Where answers of this kind are kept: apart for each connection and chain."""
        return f"altegio:{self.connection.pk}:{self.chain.id}:{kind}"


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def chain_for(request: Request, chain_id: int, *, edit: bool = False) -> ChainContext:
    """The chain of the URL, without asking Altegio.

    Raises Http404 for a chain that no connection of the person reaches, PermissionDenied when
    `edit` is asked for and the person may only read.
    """
    person = request.user
    usable = connections.connections_of(person)
    reaching = [one for one in usable if _raw_chain(one, chain_id) is not None]
    if not reaching:
        raise Http404
    if edit and not person.may_edit:
        raise PermissionDenied
    choices = list(_choices(person).order_by("-last_used_at"))
    if not choices or choices[0].chain_id != chain_id or _is_old(choices[0]):
        _remember(person, chain_id)
    choice = next((choice for choice in choices if choice.chain_id == chain_id), None)
    return _context(person, chain_id, reaching, choice)


def chains_of(person: User) -> list[ChainContext]:
    """Every chain that the person's connections reach, by title."""
    return _chains_through(connections.connections_of(person), person)


def _chains_through(usable: Iterable[Connection], person: User) -> list[ChainContext]:
    reaching: dict[int, list[Connection]] = {}
    for connection in usable:
        for raw in connection.chains:
            reaching.setdefault(raw["id"], []).append(connection)
    choices = {choice.chain_id: choice for choice in _choices(person)}
    contexts = [
        _context(person, chain_id, those, choices.get(chain_id))
        for chain_id, those in reaching.items()
    ]
    return sorted(contexts, key=lambda ctx: (ctx.title.casefold(), ctx.id))


def last_chain_id(person: User) -> int | None:
    """The chain the person was in last, whether or not it is still reached."""
    choice = _choices(person).order_by("-last_used_at").first()
    return choice.chain_id if choice else None


def choose_connection(*, person: User, chain_id: int, connection: Connection) -> None:
    """From now on the person acts in the chain through this connection.

    Raises Http404 when the person cannot use the connection or it does not reach the chain.
    """
    usable = connections.connections_of(person).filter(pk=connection.pk).first()
    if usable is None or _raw_chain(usable, chain_id) is None:
        raise Http404
    ChainChoice.objects.update_or_create(
        person=person,
        api_url=settings.ALTEGIO_API_URL,
        chain_id=chain_id,
        defaults={"connection": usable, "last_used_at": timezone.now()},
    )


def locations(ctx: ChainContext) -> tuple[Location, ...]:
    """The chain's locations, as the connection sees them."""
    return ctx.chain.locations


def kept_categories(ctx: ChainContext) -> tuple[Category, ...]:
    """The chain's service categories with their services, as far as they are known already."""
    return cache.get(ctx.cache_key(CATEGORIES)) or ()


def kept_card_types(ctx: ChainContext) -> tuple[CardType, ...] | None:
    """The chain's types of loyalty cards as far as they are known already; None: not known."""
    found: tuple[CardType, ...] | None = cache.get(ctx.cache_key(CARD_TYPES))
    return found


def notification_templates(
    ctx: ChainContext, *, refresh: bool = False
) -> tuple[NotificationTemplate, ...]:
    """The texts that the chain sends, at most ten minutes old. AltegioError passes through."""
    found = None if refresh else _kept(ctx, TEMPLATES)
    if found is None:
        found = tuple(altegio_templates.list_templates(ctx.transport(), ctx.id))
        cache.set(ctx.cache_key(TEMPLATES), found, SECONDS_LISTS_STAY)
    return found


def kept_notification_templates(ctx: ChainContext) -> tuple[NotificationTemplate, ...] | None:
    """The same, without asking Altegio; None where they are not known."""
    found: tuple[NotificationTemplate, ...] | None = cache.get(ctx.cache_key(TEMPLATES))
    return found


def learn(ctx: ChainContext, *kinds: str) -> None:
    """Read those of these lists that are not kept, side by side, in a small share of a page's time.

    What Altegio does not give by then stays unknown, and is no error: the page says so.
    """
    missing = [kind for kind in kinds if _kept(ctx, kind) is None]
    with patience.limited(FOR_CHOICES * settings.ALTEGIO_TIMEOUT), suppress(AltegioError):
        transport = ctx.transport()

        def read(kind: str) -> tuple[Any, ...] | None:
            with suppress(AltegioError):
                return tuple(_READ[kind](transport, ctx.id))
            return None

        read_now = side_by_side([partial(read, kind) for kind in missing])
        for kind, found in zip(missing, read_now, strict=True):
            if found is not None:
                cache.set(ctx.cache_key(kind), found, SECONDS_LISTS_STAY)


def _kept(ctx: ChainContext, kind: str) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = cache.get(ctx.cache_key(kind))
    counting.note_lookup(kind, found=found is not None)
    return found


def _context(
    person: User, chain_id: int, reaching: Sequence[Connection], choice: ChainChoice | None
) -> ChainContext:
    acting = _acting(reaching, choice)
    return ChainContext(
        chain=Chain.from_json(_raw_chain(acting, chain_id) or {}),
        connection=acting,
        connections=tuple(reaching),
        person=person,
    )


def _acting(reaching: Sequence[Connection], choice: ChainChoice | None) -> Connection:
    """The chosen one, else the oldest that works, else the oldest."""
    for connection in reaching:
        if choice is not None and connection.pk == choice.connection_id:
            return connection
    for connection in reaching:
        if not connections.needs_sign_in(connection):
            return connection
    return reaching[0]


def _raw_chain(connection: Connection, chain_id: int) -> dict[str, Any] | None:
    return next((raw for raw in connection.chains if raw["id"] == chain_id), None)


def _choices(person: User) -> QuerySet[ChainChoice]:
    return ChainChoice.objects.filter(person=person, api_url=settings.ALTEGIO_API_URL)


def _is_old(choice: ChainChoice) -> bool:
    return timezone.now() - choice.last_used_at > REMEMBER_EVERY


def _remember(person: User, chain_id: int) -> None:
    ChainChoice.objects.update_or_create(
        person=person,
        api_url=settings.ALTEGIO_API_URL,
        chain_id=chain_id,
        defaults={"last_used_at": timezone.now()},
    )


def context_for(chain_id: int, *, person: User) -> ChainContext | None:
    """The chain as the person works in it, outside a request; None when nothing reaches it."""
    return next((ctx for ctx in chains_of(person) if ctx.id == chain_id), None)


def context_for_settling(chain_id: int, *, person: User) -> ChainContext | None:
    """The same through whatever connection reaches it: what somebody left unsettled is found out
    also where they may not look any more."""
    chains = _chains_through(connections.usable_connections(), person)
    return next((ctx for ctx in chains if ctx.id == chain_id), None)
