"""The rows that stand for signed-in browsers, kept in step with Django's own sessions."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from loyalty_admin.accounts.models import StaffSession, User
from loyalty_admin.accounts.session_store import SessionStore
from loyalty_admin.web.http import Request

# How a page marks what it asks for by itself: with a header, where scripts are off in its address.
# A browser that lies here only shortens its own session.
BACKGROUND_HEADER = "X-Background"
BACKGROUND_PARAMETER = "background"
SEEN_EVERY = timedelta(minutes=1)


def start_session(*, request: HttpRequest, person: User) -> StaffSession:
    """Note that the person is signed in in this browser. Rows of sessions that ran out go."""
    if request.session.session_key is None:
        request.session.save()
    now = timezone.now()
    person.sessions.exclude(_is_live()).delete()
    User.objects.filter(pk=person.pk).update(last_seen_at=now)
    session, _made = StaffSession.objects.update_or_create(
        key_hash=_key_hash(request),
        defaults={
            "person": person,
            "user_agent": request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:300],
            "address": address_of(request),
            "last_seen": now,
        },
    )
    return session


def find_session(request: HttpRequest) -> StaffSession | None:
    """The row of the browser that sent the request; None when it was ended or ran out."""
    return StaffSession.objects.filter(
        _is_live(), key_hash=_key_hash(request), person_id=request.user.pk
    ).first()


def note_seen(*, request: HttpRequest, session: StaffSession) -> None:
    """Write down when and from where somebody last did something, at most once a minute.

    A read that the page made by itself is nobody's doing.
    """
    if _is_background(request):
        return
    now = timezone.now()
    # Where the idle limit is short, a minute would be too coarse for it.
    if now - session.last_seen < min(SEEN_EVERY, timedelta(seconds=settings.SESSION_IDLE_AGE / 10)):
        return
    StaffSession.objects.filter(pk=session.pk).update(last_seen=now, address=address_of(request))
    User.objects.filter(pk=session.person_id).update(last_seen_at=now)


def live_sessions(*, person: User) -> QuerySet[StaffSession]:
    """The person's sessions that have not run out, the last seen first."""
    return person.sessions.filter(_is_live()).order_by("-last_seen", "-pk")


def end_session(*, session: StaffSession) -> None:
    """Sign that browser out: it is refused at its next request."""
    session.delete()


def end_all_sessions(*, person: User) -> int:
    """Sign the person out everywhere; says how many sessions ended."""
    ended = live_sessions(person=person).count()
    person.sessions.all().delete()
    return ended


def end_other_sessions(*, request: Request) -> int:
    """Sign the person out everywhere but in this browser; says how many sessions ended."""
    others = request.user.sessions.exclude(key_hash=_key_hash(request))
    ended = live_sessions(person=request.user).exclude(key_hash=_key_hash(request)).count()
    others.delete()
    return ended


def clear_ended() -> None:
    """Forget what ran out, of everybody, with the addresses that it came from."""
    StaffSession.objects.exclude(_is_live()).delete()
    SessionStore.clear_expired()


def renew_session(*, request: Request) -> None:
    """After a change of how one signs in: this browser stays signed in under a new key, all
    others end."""
    with transaction.atomic():
        current = find_session(request)
        update_session_auth_hash(request, request.user)
        if current:
            StaffSession.objects.filter(pk=current.pk).update(
                key_hash=_key_hash(request), since=timezone.now()
            )
        end_other_sessions(request=request)


def drop_session(*, request: HttpRequest) -> None:
    """Forget the row of this browser, which is signing out."""
    StaffSession.objects.filter(key_hash=_key_hash(request)).delete()


def _is_live() -> Q:
    """Neither too old nor idle for too long. Django counts from a session's last save instead."""
    now = timezone.now()
    return Q(
        since__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        last_seen__gt=now - timedelta(seconds=settings.SESSION_IDLE_AGE),
    )


def _is_background(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD") and (
        BACKGROUND_HEADER in request.headers or BACKGROUND_PARAMETER in request.GET
    )


def _key_hash(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()


def address_of(request: HttpRequest) -> str | None:
    """The sender's address; None where there is none (a server on a Unix socket)."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]))
    except ValueError:
        return None
