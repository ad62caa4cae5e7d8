"""New passwords by one-time link."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.accounts import mail, sessions
from loyalty_admin.accounts.models import PasswordReset, Role, User
from loyalty_admin.accounts.services import NotPossible, token_hash

logger = logging.getLogger("loyalty_admin.accounts")

RESET_LASTS = timedelta(hours=1)


class ResetEnded(Exception):
    """The link was used, ran out, was followed by another, or never existed."""


def make_reset(*, person: User, actor: User | None = None) -> tuple[PasswordReset, str]:
    """Make a one-time link. Returns it and its token, which is kept nowhere. `actor`: the manager
    who hands it over; None where it goes to the person's e-mail. An earlier one of the same way
    ends; of the other not, or a stranger who asks could take away what a manager handed over.

    Raises NotPossible.
    """
    if actor is not None and actor.pk == person.pk:
        raise NotPossible(_("Change your own password under Account."))
    if not person.is_active:
        raise NotPossible(_("Who is deactivated cannot sign in with any password."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        waiting = PasswordReset.objects.filter(person=person, used_at=None)
        waiting.filter(made_by__isnull=actor is None).delete()
        reset = PasswordReset.objects.create(
            person=person,
            made_by=actor,
            token_hash=token_hash(token),
            expires_at=timezone.now() + RESET_LASTS,
        )
    logger.info("A reset link of person %s was made by %s", person.pk, actor and actor.pk)
    return reset, token


def send_reset(*, email: str) -> None:
    """Send a link to who has this e-mail; where nobody has, do nothing. Raises NotSent."""
    person = User.objects.filter(email=User.objects.normalize_email(email), is_active=True).first()
    if person is None:
        return
    _reset, token = make_reset(person=person)
    mail.send_reset(person=person, link=mail.link_to("accounts:reset", token))


def find_reset(*, token: str) -> PasswordReset:
    """What the link stands for; one of somebody who is no manager any more ends with their rights.
    Raises ResetEnded."""
    is_made_rightly = Q(made_by=None) | Q(made_by__is_active=True, made_by__role=Role.MANAGER)
    reset = (
        PasswordReset.objects.filter(
            is_made_rightly,
            token_hash=token_hash(token),
            used_at=None,
            expires_at__gt=timezone.now(),
            person__is_active=True,
        )
        .select_related("person")
        .first()
    )
    if reset is None:
        raise ResetEnded
    return reset


def use_reset(*, token: str, password: str) -> User:
    """Give the person the password and sign them out everywhere. Of two at the same moment one gets
    through. Raises ResetEnded."""
    with transaction.atomic():
        reset = find_reset(token=token)
        unused = PasswordReset.objects.filter(pk=reset.pk, used_at=None)
        if not unused.update(used_at=timezone.now()):
            raise ResetEnded
        person = reset.person
        person.set_password(password)
        person.save(update_fields=["password"])
        end_resets(person=person)
        sessions.end_all_sessions(person=person)
    logger.info("Person %s chose a new password by link", person.pk)
    return person


def end_resets(*, person: User) -> None:
    """After a new password no link from before counts."""
    PasswordReset.objects.filter(person=person, used_at=None).delete()
