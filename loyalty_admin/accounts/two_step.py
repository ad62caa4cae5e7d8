"""Two-step sign-in: a code of an authenticator app besides the password, or a recovery code."""

from __future__ import annotations

import base64
import logging
import secrets
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP

from loyalty_admin.accounts.models import RecoveryCode, TwoStep, User
from loyalty_admin.altegio.transport import Secret
from loyalty_admin.crypto import tokens

logger = logging.getLogger("loyalty_admin.accounts")

ISSUER = "Loyalty Admin"
SEED_BYTES = 20
# A clock may be wrong by one step (30 seconds) either way.
TOLERANCE = 1
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12
# Letters and digits that are not taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongCode(Exception):
    """Not a code of the present time, or one that was used before."""


def must_set_up(person: User) -> bool:
    """Whether the person may do nothing else before."""
    return settings.TWO_STEP_REQUIRED and not person.has_two_step


def begin_set_up(*, person: User) -> None:
    """Make a new seed for an app; what is in use stays until the app has given a code."""
    seed = base64.b32encode(secrets.token_bytes(SEED_BYTES)).decode()
    TwoStep.objects.update_or_create(
        person=person, defaults={"new_seed": tokens.encrypt(Secret(seed))}
    )


def new_seed(*, person: User) -> Secret | None:
    """The seed in base32 that waits for its first code; None when none does."""
    waiting = TwoStep.objects.filter(person=person).exclude(new_seed=b"").first()
    return _reveal(waiting.new_seed) if waiting else None


def address_for_app(*, person: User, seed: Secret) -> str:
    """The otpauth address that an app reads from a QR code."""
    label = quote(f"{ISSUER}:{person.email}")
    # Some apps show a plus for a space.
    asked = urlencode({"secret": seed.reveal(), "issuer": ISSUER}, quote_via=quote)
    return f"otpauth://totp/{label}?{asked}"


def finish_set_up(*, person: User, code: str) -> list[str]:
    """Turn two-step sign-in on with the first code of the app; returns new recovery codes, which
    are kept nowhere. Raises WrongCode."""
    with transaction.atomic():
        row = TwoStep.objects.select_for_update().filter(person=person).first()
        seed = _reveal(row.new_seed) if row else None
        step = step_of(code, seed, after=0, at=_now()) if seed else None
        if row is None or step is None:
            raise WrongCode
        row.seed, row.new_seed = row.new_seed, b""
        row.last_step = step
        row.confirmed_at = timezone.now()
        row.save()
        codes = make_recovery_codes(person=person)
    logger.info("Person %s turned two-step sign-in on", person.pk)
    return codes


def use_code(*, person: User, code: str) -> None:
    """Accept a code of the app; it and all earlier ones never work again. Raises WrongCode."""
    row = TwoStep.objects.filter(person=person, confirmed_at__isnull=False).first()
    seed = _reveal(row.seed) if row else None
    step = step_of(code, seed, after=row.last_step, at=_now()) if row and seed else None
    if row is None or step is None:
        raise WrongCode
    # Of two at the same moment one gets through.
    if not TwoStep.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step):
        raise WrongCode


def use_recovery_code(*, person: User, code: str) -> None:
    """Accept a recovery code, once. Raises WrongCode."""
    typed = "".join(letter for letter in code.lower() if letter.isalnum())
    row = RecoveryCode.objects.filter(person=person, letter=typed[:1], used_at=None).first()
    if row is None or not check_password(typed, row.code_hash):
        raise WrongCode
    if not RecoveryCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise WrongCode
    logger.info("Person %s signed in with a recovery code", person.pk)


def make_recovery_codes(*, person: User) -> list[str]:
    """New codes such as "k7mq-2xw9-hd4t" in place of the old ones; only hashes are kept.

    Each begins with another letter, so that a try is checked against one slow hash, not ten.
    """
    letters = secrets.SystemRandom().sample(ALPHABET, RECOVERY_CODES)
    rest = range(RECOVERY_LENGTH - 1)
    codes = [letter + "".join(secrets.choice(ALPHABET) for _ in rest) for letter in letters]
    hashed = [
        RecoveryCode(person=person, letter=code[0], code_hash=make_password(code)) for code in codes
    ]
    with transaction.atomic():
        RecoveryCode.objects.filter(person=person).delete()
        RecoveryCode.objects.bulk_create(hashed)
    logger.info("New recovery codes for person %s", person.pk)
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def recovery_codes_left(*, person: User) -> int:
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def turn_off(*, person: User) -> None:
    """From now on the password is enough. The caller ends the sessions."""
    with transaction.atomic():
        TwoStep.objects.filter(person=person).delete()
        RecoveryCode.objects.filter(person=person).delete()
    logger.info("Two-step sign-in of person %s is off", person.pk)


def step_of(code: str, seed: Secret, *, after: int, at: float) -> int | None:
    """The step of the clock that the code belongs to, `at` seconds since 1970; None when it is
    wrong, or no later than the step `after`."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    totp = TOTP(base64.b32decode(seed.reveal()))
    totp.time = at
    if not totp.verify(int(digits), tolerance=TOLERANCE, min_t=after + 1):
        return None
    return int(totp.t())


def _now() -> float:
    return timezone.now().timestamp()


def _reveal(encrypted: bytes | memoryview) -> Secret | None:
    """None where our keys do not open it: then a recovery code or a manager helps."""
    try:
        return tokens.decrypt(encrypted)
    except tokens.Undecryptable:
        return None
