"""Linked Altegio accounts: made, signed in again, removed, and used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import connection as database
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from loyalty_admin.altegio import auth
from loyalty_admin.altegio import chains as altegio_chains
from loyalty_admin.altegio.errors import AltegioError, SignInNeeded
from loyalty_admin.altegio.limits import Both, DatabaseLimiter, Limiter, Reserved, reserve
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.transport import Secret, Transport
from loyalty_admin.crypto import tokens
from loyalty_admin.metrics import counting

from .models import Connection

if TYPE_CHECKING:
    from loyalty_admin.accounts.models import User

logger = logging.getLogger(__name__)

# Of the limit: the rest is left to people, who wait.
SHARE_OF_JOBS = 0.6
CHAINS_STAY_FRESH = timedelta(minutes=10)
# What is already known can be shown, so a slow Altegio must not hold up the page.
SECONDS_FOR_KNOWN_CHAINS = 4.0
SECONDS_BETWEEN_ATTEMPTS = 60


class OtherAltegioUser(Exception):
    """The login and password belong to another Altegio user than the connection's."""

    def __init__(self, name: str) -> None:
        super().__init__("another Altegio user")
        self.name = name


@sensitive_variables("password")
def connect(*, person: User, login: str, password: str) -> Connection:
    """Link an Altegio account; its user token is kept encrypted, the password nowhere.

    An account that is linked already at this API address gets the new token, as if it had
    been signed in again. Its chains are read at once; when that fails, the connection
    stands and they are read at the next visit. API: POST /auth, GET /groups.
    """
    signed_in = auth.sign_in(_transport(), login=login, password=password)
    now = timezone.now()
    with transaction.atomic():
        connection, _ = Connection.objects.select_for_update().get_or_create(
            api_url=settings.ALTEGIO_API_URL,
            altegio_user_id=signed_in.user_id,
            defaults={"name": login[:200], "made_by": person, "made_at": now},
        )
        if connection.removed_at is not None:
            connection.made_by, connection.made_at = person, now
        _keep(connection, signed_in)
    _read_chains_of_new_token(connection)
    return connection


@sensitive_variables("password")
def sign_in_again(*, connection: Connection, person: User, login: str, password: str) -> Connection:
    """Give the connection a new token; raises OtherAltegioUser when it is not its own user's,
    Connection.DoesNotExist when it was removed or belongs to another API address.

    API: POST /auth, GET /groups.
    """
    signed_in = auth.sign_in(_transport(), login=login, password=password)
    if signed_in.user_id != connection.altegio_user_id:
        raise OtherAltegioUser(signed_in.name)
    with transaction.atomic():
        # It may have been removed while Altegio was asked; then it stays removed.
        connection = usable_connections().select_for_update().get(pk=connection.pk)
        _keep(connection, signed_in)
    logger.info("connection %s signed in again by person %s", connection.pk, person.pk)
    _read_chains_of_new_token(connection)
    return connection


def remove(*, connection: Connection, person: User) -> None:
    """Forget the connection's token and chains; the journal keeps its name."""
    connection.token = b""
    connection.removed_at = timezone.now()
    connection.needs_sign_in = False
    connection.chains = []
    connection.chains_read_at = None
    # Not what was changed meanwhile, such as who may see it.
    connection.save(
        update_fields=["token", "removed_at", "needs_sign_in", "chains", "chains_read_at"]
    )
    logger.info("connection %s removed by person %s", connection.pk, person.pk)


def usable_connections() -> QuerySet[Connection]:
    """Connections made at the present API address and not removed, oldest first.

    Those that need a sign-in are among them: what is known through them still shows.
    """
    return Connection.objects.filter(
        api_url=settings.ALTEGIO_API_URL, removed_at__isnull=True
    ).order_by("made_at", "pk")


def connections_of(person: User) -> QuerySet[Connection]:
    """Those of the usable connections that the person may see and act through."""
    return usable_connections().filter(may_be_seen_by(person))


def may_be_seen_by(person: User) -> Q:
    """Managers see every connection: they choose who else does."""
    if person.may_manage:
        return Q()
    chosen = Connection.people.through.objects.filter(user_id=person.pk).values("connection_id")
    return Q(is_limited=False) | Q(pk__in=chosen)


def limit(*, connection: Connection, actor: User, people: Collection[User] | None) -> None:
    """Let only these people and managers see and use the connection; None lifts the limit."""
    with transaction.atomic():
        connection.is_limited = people is not None
        connection.save(update_fields=["is_limited"])
        connection.people.set(people or [])
    logger.info(
        "connection %s is open to %s by person %s",
        connection.pk,
        "everybody" if people is None else sorted(person.pk for person in people),
        actor.pk,
    )


def needs_sign_in(connection: Connection) -> bool:
    """Whether its token is missing, no longer accepted, or not to be decrypted with our keys."""
    try:
        tokens.decrypt(connection.token)
    except tokens.Undecryptable:
        return True
    return connection.needs_sign_in


def transport_for(
    connection: Connection, *, timeout: float | None = None, for_job: bool = False
) -> Transport:
    """A transport that acts as the connection's Altegio user.

    Raises SignInNeeded, without asking Altegio, when the connection cannot be used:
    signed out, removed, made at another API address, or its token not to be decrypted.
    `timeout`: total seconds for one call, by default ALTEGIO_TIMEOUT; a page has no more for all.
    `for_job`: nobody waits for it, so it leaves a part of the limit to people.
    """
    if (
        connection.needs_sign_in
        or connection.removed_at is not None
        or connection.api_url != settings.ALTEGIO_API_URL
    ):
        raise SignInNeeded
    sent = bytes(connection.token)
    try:
        user_token = tokens.decrypt(sent)
    except tokens.Undecryptable:
        raise SignInNeeded from None

    def mark() -> None:
        _mark_signed_out(connection, sent)

    return Transport(
        base_url=settings.ALTEGIO_API_URL,
        partner_token=Secret(settings.ALTEGIO_PARTNER_TOKEN),
        user_token=user_token,
        limiter=job_limiter() if for_job else limiter(),
        timeout=timeout or settings.ALTEGIO_TIMEOUT,
        forbid=_forbid_in_transaction,
        on_sign_in_needed=mark,
        on_attempt=counting.note_attempt,
    )


def limiter() -> Limiter:
    """This process's door to the deployment's one limiter, kept in its database."""
    return _limiter_of(settings.ALTEGIO_RATE_PER_SECOND, settings.ALTEGIO_RATE_PER_MINUTE)


def job_limiter() -> Limiter:
    """The same for what runs in the background: all jobs together never use more than a part."""
    per_second = settings.ALTEGIO_RATE_PER_SECOND
    # Where a part of a second is less than one request, the part of a minute still holds.
    per_minute = min(settings.ALTEGIO_RATE_PER_MINUTE, 60 * per_second)
    share = _limiter_of(
        max(1, int(per_second * SHARE_OF_JOBS)),
        max(1, int(per_minute * SHARE_OF_JOBS)),
        name="jobs",
    )
    return Reserved(Both(share, limiter()))


@contextmanager
def reserved(calls: int) -> Iterator[None]:
    """Wait for the turns of a job's calls before they are made. Raises TooManyRequests."""
    with reserve(job_limiter(), calls, within=settings.ALTEGIO_TIMEOUT):
        yield


def limiter_place(name: str = "") -> dict[str, str]:
    """Where the limiter of this name is kept, as DatabaseLimiter is told."""
    if database.vendor == "sqlite":
        # A file of its own beside the database: a long write there must not hold up
        # the decision, nor the decision a write.
        suffix = f"-{name}" if name else ""
        return {"path": f"{database.settings_dict['NAME']}-limiter{suffix}"}
    place = {"conninfo": _conninfo()}
    return place | {"table": f"altegio_requests_of_{name}"} if name else place


def _limiter_of(per_second: int, per_minute: int, *, name: str = "") -> Limiter:
    return _limiter(per_second, per_minute, **limiter_place(name))


def refresh_chains(
    connection: Connection,
    *,
    force: bool = False,
    beside: Callable[[], object] = lambda: None,
) -> None:
    """Read the chains that the connection reaches, when older than ten minutes or forced.

    `beside` is called in any case, at the same time, in this thread.
    API: GET /groups. AltegioError passes through; what was known then stays.
    """
    if not force and _is_fresh(connection):
        beside()
        return
    transport = transport_for(connection)
    found: list[altegio_chains.Chain] = []
    side_by_side([beside, lambda: found.extend(altegio_chains.list_chains(transport))])
    _save_chains(connection, found)


def refresh_all_chains(*, force: bool = False) -> list[AltegioError]:
    """Read the chains of every usable connection whose list is old, side by side.

    Returns what went wrong. After a failure the next attempt waits a minute, so that an
    outage at Altegio slows one page down and not all.
    """
    due = [
        connection
        for connection in usable_connections()
        if not needs_sign_in(connection)
        and (force or (not _is_fresh(connection) and _may_attempt(connection)))
    ]

    def read(transport: Transport) -> list[altegio_chains.Chain] | AltegioError:
        try:
            return altegio_chains.list_chains(transport)
        except AltegioError as error:
            return error

    transports = [
        transport_for(connection, timeout=SECONDS_FOR_KNOWN_CHAINS if connection.chains else None)
        for connection in due
    ]
    problems = []
    answers = side_by_side([partial(read, transport) for transport in transports])
    for connection, answer in zip(due, answers, strict=True):
        if isinstance(answer, AltegioError):
            problems.append(answer)
        else:
            _save_chains(connection, answer)
    return problems


def _transport() -> Transport:
    """A transport for signing in: nobody's token."""
    return Transport(
        base_url=settings.ALTEGIO_API_URL,
        partner_token=Secret(settings.ALTEGIO_PARTNER_TOKEN),
        limiter=limiter(),
        timeout=settings.ALTEGIO_TIMEOUT,
        forbid=_forbid_in_transaction,
        on_attempt=counting.note_attempt,
    )


def _keep(connection: Connection, signed_in: auth.SignedIn) -> None:
    connection.name = (signed_in.name or connection.name)[:200]
    connection.token = tokens.encrypt(signed_in.user_token)
    connection.needs_sign_in = False
    connection.removed_at = None
    connection.save()


def _read_chains_of_new_token(connection: Connection) -> None:
    try:
        refresh_chains(connection, force=True)
    except AltegioError as error:
        logger.warning("chains of connection %s not read: %s", connection.pk, type(error).__name__)


def _save_chains(connection: Connection, chains: list[altegio_chains.Chain]) -> None:
    connection.chains = [chain.as_json() for chain in chains]
    connection.chains_read_at = timezone.now()
    # Not over a removal or a new token of the meantime.
    Connection.objects.filter(Q(pk=connection.pk) & Q(token=bytes(connection.token))).update(
        chains=connection.chains, chains_read_at=connection.chains_read_at
    )


def _is_fresh(connection: Connection) -> bool:
    read_at = connection.chains_read_at
    return read_at is not None and timezone.now() - read_at < CHAINS_STAY_FRESH


def _may_attempt(connection: Connection) -> bool:
    return cache.add(f"chains-attempt:{connection.pk}", True, SECONDS_BETWEEN_ATTEMPTS)


def _mark_signed_out(connection: Connection, sent: bytes) -> None:
    """Altegio refused `sent`; a token that came in its place meanwhile is not blamed."""
    marked = Connection.objects.filter(pk=connection.pk, token=sent).update(needs_sign_in=True)
    if marked:
        connection.needs_sign_in = True
        logger.warning("connection %s has to sign in at Altegio again", connection.pk)


def _forbid_in_transaction() -> None:
    """A call to Altegio takes seconds and cannot be rolled back."""
    blocks = database.atomic_blocks
    if any(not block._from_testcase for block in blocks):  # type: ignore[attr-defined]
        raise RuntimeError("A call to Altegio inside a database transaction.")


def _conninfo() -> str:
    import psycopg

    # Django's parameters hold things of its own besides libpq's.
    of_libpq = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    parameters = database.get_connection_params()
    return psycopg.conninfo.make_conninfo(
        **{key: value for key, value in parameters.items() if key in of_libpq}
    )


@lru_cache(maxsize=8)
def _limiter(per_second: int, per_minute: int, **place: str) -> Limiter:
    return DatabaseLimiter(per_second=per_second, per_minute=per_minute, **place)
