"""How often something may be tried: wrong passwords, wrong codes, requests for a reset.

A try is counted before it is made, in one conditional UPDATE, so that of any number at the same
moment no more than the limit get through; a try that turns out right is taken back.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, DateTimeField, F, IntegerField, Q, Value, When
from django.http import HttpRequest
from django.utils import timezone

from loyalty_admin.accounts.models import Tries, User

# The addresses of one customer of a provider: whoever has one of them has all.
IPV6_PREFIX = 64
KEPT = timedelta(days=1)


class TooManyTries(Exception):
    """Not now, because of this rule; `seconds` until the next try is worth it."""

    def __init__(self, rule: str, seconds: int) -> None:
        super().__init__("too many tries")
        self.rule = rule
        self.seconds = seconds


@dataclass(frozen=True)
class Counter:
    """What is counted: a rule of settings.THROTTLES, and of whom."""

    rule: str
    subject: str

    @property
    def key(self) -> str:
        """Says nothing about whom it counts: what was typed may be somebody's password."""
        return hashlib.sha256(f"{self.rule}\0{self.subject}".encode()).hexdigest()


def of_sign_in(request: HttpRequest, email: str) -> list[Counter]:
    """An account is counted together with the address, so that nobody can lock a person out
    from elsewhere."""
    address = network_of(request)
    account = User.objects.normalize_email(email)
    return [Counter("account", f"{account} {address}"), Counter("address", address)]


def of_password(request: HttpRequest, person: User) -> list[Counter]:
    """The password of somebody who is signed in, asked for again."""
    return of_sign_in(request, person.email)[:1]


def of_code(person: User) -> list[Counter]:
    """Of the person wherever they are: a code has six digits, and who gets to this question
    knows the password."""
    return [Counter("code", str(person.pk))]


def of_recovery_code(request: HttpRequest, person: User) -> list[Counter]:
    """Counted together with the address: nobody guesses a recovery code, and with one its owner
    gets in while somebody elsewhere, who knows the password, uses up the tries of codes."""
    return [Counter("recovery", f"{person.pk} {network_of(request)}")]


def of_reset(request: HttpRequest, email: str) -> list[Counter]:
    account = User.objects.normalize_email(email)
    return [Counter("reset", account), Counter("address", network_of(request))]


def count(counters: Sequence[Counter]) -> None:
    """Count one try, or raise TooManyTries where one of the counters is full."""
    Tries.objects.filter(since__lt=timezone.now() - KEPT).delete()
    taken: list[Counter] = []
    for counter in counters:
        if not _take(counter):
            take_back(taken)
            raise TooManyTries(counter.rule, _seconds_left(counter))
        taken.append(counter)


def take_back(counters: Sequence[Counter]) -> None:
    """The try was right: it does not count."""
    keys = [counter.key for counter in counters]
    Tries.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def forget(counters: Sequence[Counter]) -> None:
    """Begin to count anew."""
    Tries.objects.filter(key__in=[counter.key for counter in counters]).delete()


def network_of(request: HttpRequest) -> str:
    """Whom an address stands for: of IPv6 its network. ProxyMiddleware has made it true."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)


def _take(counter: Counter) -> bool:
    limit, seconds = settings.THROTTLES[counter.rule]
    now = timezone.now()
    is_over = Q(since__lte=now - timedelta(seconds=seconds))
    Tries.objects.bulk_create([Tries(key=counter.key, since=now, count=0)], ignore_conflicts=True)
    # The conditions are on the row itself: whoever waited for another try finds it counted.
    taken = (
        Tries.objects.filter(key=counter.key)
        .filter(is_over | Q(count__lt=limit))
        .update(
            count=Case(When(is_over, then=1), default=F("count") + 1, output_field=IntegerField()),
            since=Case(
                When(is_over, then=Value(now)), default=F("since"), output_field=DateTimeField()
            ),
        )
    )
    return taken == 1


def _seconds_left(counter: Counter) -> int:
    _limit, seconds = settings.THROTTLES[counter.rule]
    since = Tries.objects.filter(key=counter.key).values_list("since", flat=True).first()
    if since is None:
        return 1
    return max(1, math.ceil(seconds - (timezone.now() - since).total_seconds()))
