"""The rows that stand for signed-in browsers, kept in step with Django's own sessions."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from loyalty_admin.accounts.models import StaffSession, User
from loyalty_admin.web.http import Request

SEEN_EVERY = timedelta(minutes=1)


def start_session(*, request: HttpRequest, person: User) -> StaffSession:
    """Note that the person is signed in in this browser. Rows of sessions that ran out go."""
    if request.session.session_key is None:
        request.session.save()
    now = timezone.now()
    person.sessions.filter(since__lte=_oldest_live()).delete()
    User.objects.filter(pk=person.pk).update(last_seen_at=now)
    session, _made = StaffSession.objects.update_or_create(
        key_hash=_key_hash(request),
        defaults={
            "person": person,
            "user_agent": request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:300],
            "address": _address(request),
            "last_seen": now,
        },
    )
    return session


def find_session(request: HttpRequest) -> StaffSession | None:
    """The row of the browser that sent the request; None when it was ended."""
    return StaffSession.objects.filter(
        key_hash=_key_hash(request), person_id=request.user.pk
    ).first()


def note_seen(*, request: HttpRequest, session: StaffSession) -> None:
    """Write down when and from where the browser was last seen, at most once a minute."""
    now = timezone.now()
    if now - session.last_seen < SEEN_EVERY:
        return
    StaffSession.objects.filter(pk=session.pk).update(last_seen=now, address=_address(request))
    User.objects.filter(pk=session.person_id).update(last_seen_at=now)


def live_sessions(*, person: User) -> QuerySet[StaffSession]:
    """The person's sessions that have not run out, the last seen first."""
    return person.sessions.filter(since__gt=_oldest_live()).order_by("-last_seen", "-pk")


def end_session(*, session: StaffSession) -> None:
    """Sign that browser out: it is refused at its next request."""
    session.delete()


def end_other_sessions(*, request: Request) -> int:
    """Sign the person out everywhere but in this browser; says how many sessions ended."""
    others = request.user.sessions.exclude(key_hash=_key_hash(request))
    ended = live_sessions(person=request.user).exclude(key_hash=_key_hash(request)).count()
    others.delete()
    return ended


def renew_session(*, request: Request) -> None:
    """After a new password: this browser stays signed in under a new key, all others end."""
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


def _oldest_live() -> datetime:
    """Django counts a session's age from its last save, which here is the sign-in."""
    return timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _key_hash(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()


def _address(request: HttpRequest) -> str | None:
    """The sender's address; None where there is none (a server on a Unix socket)."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]))
    except ValueError:
        return None
