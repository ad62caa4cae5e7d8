"""Who is signed in in which browser, and how that ends."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from loyalty_admin.accounts.http import Request
from loyalty_admin.accounts.models import Session, User
from loyalty_admin.accounts.session_store import SessionStore, is_live

# How a page marks what it asks for by itself: with a header, where scripts are off in its address.
# A browser that lies here only shortens its own session.
BACKGROUND_HEADER = "X-Background"
BACKGROUND_PARAMETER = "background"
SEEN_EVERY = timedelta(minutes=1)


def start_session(*, request: HttpRequest, person: User) -> None:
    """Note that the person is signed in in this browser. Sessions of theirs that ran out go."""
    if request.session.session_key is None:
        request.session.save()
    now = timezone.now()
    User.objects.filter(pk=person.pk).update(last_seen_at=now)
    session = _session_of(request)
    assert session is not None  # It has a key, so it was read or made.
    session.person = person
    session.user_agent = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:300]
    session.address = address_of(request)
    session.since = session.last_seen = now
    session.save(update_fields=["person", "user_agent", "address", "since", "last_seen"])
    person.sessions.exclude(is_live()).delete()


def find_session(request: HttpRequest) -> Session | None:
    """The session of the person who sent the request; None where it is not theirs."""
    session = _session_of(request)
    return session if session and session.person_id == request.user.pk else None


def note_seen(*, request: HttpRequest, session: Session) -> None:
    """Write down when and from where somebody last did something, at most once a minute.

    A read that the page made by itself is nobody's doing.
    """
    if _is_background(request):
        return
    now = timezone.now()
    # Where the idle limit is short, a minute would be too coarse for it.
    if now - session.last_seen < min(SEEN_EVERY, timedelta(seconds=settings.SESSION_IDLE_AGE / 10)):
        return
    Session.objects.filter(pk=session.pk).update(last_seen=now, address=address_of(request))
    User.objects.filter(sessions=session).update(last_seen_at=now)


def live_sessions(*, person: User) -> QuerySet[Session]:
    """The person's sessions that have not run out, the last seen first."""
    return person.sessions.filter(is_live()).order_by("-last_seen", "-pk")


def end_session(*, session: Session) -> None:
    """Sign that browser out: it is refused at its next request."""
    session.delete()


def end_all_sessions(*, person: User) -> int:
    """Sign the person out everywhere; says how many sessions ended."""
    ended = live_sessions(person=person).count()
    person.sessions.all().delete()
    return ended


def end_other_sessions(*, request: Request) -> int:
    """Sign the person out everywhere but in this browser; says how many sessions ended."""
    current = find_session(request)
    others = request.user.sessions.all()
    if current:
        others = others.exclude(pk=current.pk)
    ended = others.filter(is_live()).count()
    others.delete()
    return ended


def clear_ended() -> None:
    """Forget what ran out, of everybody, with the addresses that it came from."""
    SessionStore.clear_expired()


def renew_session(*, request: Request) -> None:
    """After a change of how one signs in: this browser stays signed in under a new key, all
    others end."""
    with transaction.atomic():
        update_session_auth_hash(request, request.user)
        end_other_sessions(request=request)
        # The one that is left.
        request.user.sessions.update(since=timezone.now())


def _is_background(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD") and (
        BACKGROUND_HEADER in request.headers or BACKGROUND_PARAMETER in request.GET
    )


def _session_of(request: HttpRequest) -> Session | None:
    return cast(SessionStore, request.session).row


def address_of(request: HttpRequest) -> str | None:
    """The sender's address; None where there is none (a server on a Unix socket)."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]))
    except ValueError:
        return None
