"""Who works here, in which role, and how they come and go."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_admin.accounts import sessions, two_step
from loyalty_admin.accounts.models import (
    Invitation,
    PasswordReset,
    Role,
    Session,
    TwoStep,
    User,
)

logger = logging.getLogger("loyalty_admin.accounts")

INVITATION_LASTS = timedelta(days=7)
# Long enough to see in the database what became of one.
ENDED_LINKS_KEPT = timedelta(days=30)


class NotPossible(Exception):
    """A rule forbids the change; the text says which, for the person who asked."""


class InvitationEnded(Exception):
    """The link was used, withdrawn, ran out, or never existed."""


def invite_person(*, actor: User, email: str, role: str) -> tuple[Invitation, str]:
    """Make a one-time link for somebody new; an earlier waiting one for the same e-mail ends.

    Returns the invitation and its token, which is kept nowhere.
    """
    token = secrets.token_urlsafe(32)
    email = User.objects.normalize_email(email)
    with transaction.atomic():
        _active_managers(including=actor)
        if User.objects.filter(email=email).exists():
            raise NotPossible(_("Somebody with this e-mail already has a sign-in."))
        Invitation.objects.filter(email=email, used_at=None).delete()
        invitation = Invitation.objects.create(
            email=email,
            role=role,
            token_hash=token_hash(token),
            made_by=actor,
            expires_at=timezone.now() + INVITATION_LASTS,
        )
    logger.info("Person %s made invitation %s (%s)", actor.pk, invitation.pk, invitation.role)
    return invitation, token


def everybody() -> QuerySet[User]:
    """The active ones first; `in_two_steps` says of each whether a code is asked for."""
    confirmed = TwoStep.objects.filter(person=OuterRef("pk"), confirmed_at__isnull=False)
    return User.objects.annotate(in_two_steps=Exists(confirmed)).order_by(
        "-is_active", "name", "email"
    )


def waiting_invitations() -> QuerySet[Invitation]:
    """Invitations whose links work now: those of somebody who is no manager any more do not."""
    return Invitation.objects.filter(
        used_at=None,
        expires_at__gt=timezone.now(),
        made_by__is_active=True,
        made_by__role=Role.MANAGER,
    ).order_by("-made_at")


def find_invitation(*, token: str) -> Invitation:
    """The invitation that the link stands for. Raises InvitationEnded."""
    invitation = waiting_invitations().filter(token_hash=token_hash(token)).first()
    if invitation is None:
        raise InvitationEnded
    return invitation


def withdraw_invitation(*, actor: User, invitation: Invitation) -> None:
    """End a link that was not used yet."""
    number = invitation.pk
    invitation.delete()
    logger.info("Person %s withdrew invitation %s", actor.pk, number)


def accept_invitation(*, token: str, name: str, password: str) -> User:
    """Make the person whom the link invites. Of two at the same moment one gets through.

    Raises InvitationEnded.
    """
    try:
        with transaction.atomic():
            invitation = find_invitation(token=token)
            # The condition is on the row itself, so that the database checks it again
            # after waiting for somebody who uses the link at the same moment.
            used = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(
                used_at=timezone.now()
            )
            if not used:
                raise InvitationEnded
            person = User.objects.create_user(
                invitation.email, password, name=name, role=invitation.role
            )
    except IntegrityError as error:
        raise InvitationEnded from error
    logger.info("Person %s joined by invitation %s", person.pk, invitation.pk)
    return person


def forget_ended_links() -> None:
    """Forget links for joining and for new passwords, used or not, whose time is long over, and
    with them the e-mails of who never came."""
    over = timezone.now() - ENDED_LINKS_KEPT
    Invitation.objects.filter(expires_at__lt=over).delete()
    PasswordReset.objects.filter(expires_at__lt=over).delete()


def change_role(*, actor: User, person: User, role: str) -> bool:
    """Give a person another role, which signs them out everywhere; False where they have it
    already. Raises NotPossible."""
    if person.pk == actor.pk:
        raise NotPossible(_("You cannot change your own role. Ask another manager."))
    with transaction.atomic():
        managers = _active_managers(including=actor)
        if role != Role.MANAGER and managers == {person.pk}:
            raise NotPossible(_("The last active manager has to stay a manager."))
        before = User.objects.values_list("role", flat=True).get(pk=person.pk)
        if role == before:
            return False
        User.objects.filter(pk=person.pk).update(role=role)
        sessions.end_all_sessions(person=person)
    logger.info("Person %s changed person %s: %s to %s", actor.pk, person.pk, before, role)
    return True


def deactivate_person(*, actor: User, person: User) -> None:
    """End a person's access and all their sessions. Raises NotPossible."""
    if person.pk == actor.pk:
        raise NotPossible(_("You cannot deactivate yourself. Ask another manager."))
    with transaction.atomic():
        if _active_managers(including=actor) == {person.pk}:
            raise NotPossible(_("The last active manager cannot be deactivated."))
        User.objects.filter(pk=person.pk).update(is_active=False)
        sessions.end_all_sessions(person=person)
    logger.info("Person %s deactivated person %s", actor.pk, person.pk)


def reactivate_person(*, actor: User, person: User) -> None:
    """Let a deactivated person sign in again, with the password they had."""
    with transaction.atomic():
        _active_managers(including=actor)
        User.objects.filter(pk=person.pk).update(is_active=True)
    logger.info("Person %s reactivated person %s", actor.pk, person.pk)


def turn_two_step_off(*, actor: User, person: User) -> None:
    """Let somebody who lost their device and codes sign in with the password alone, and end all
    their sessions. Raises NotPossible."""
    if person.pk == actor.pk:
        raise NotPossible(_("Change your own two-step sign-in under Account."))
    with transaction.atomic():
        _active_managers(including=actor)
        two_step.turn_off(person=person)
        sessions.end_all_sessions(person=person)
    logger.info("Person %s turned two-step sign-in of person %s off", actor.pk, person.pk)


def end_session_of(*, actor: User, session: Session) -> None:
    """Sign one browser of somebody else out. Raises NotPossible."""
    _require_another(actor, session.person_id)
    sessions.end_session(session=session)
    logger.info("Person %s ended a session of person %s", actor.pk, session.person_id)


def end_sessions_of(*, actor: User, person: User) -> int:
    """Sign somebody else out everywhere; says how many sessions ended. Raises NotPossible."""
    _require_another(actor, person.pk)
    ended = sessions.end_all_sessions(person=person)
    logger.info("Person %s ended %s sessions of person %s", actor.pk, ended, person.pk)
    return ended


def _require_another(actor: User, person_id: int | None) -> None:
    if person_id == actor.pk:
        raise NotPossible(_("End your own sessions under Account, with your password."))


def rename_person(*, person: User, name: str) -> None:
    """Change the name by which others see the person."""
    person.name = name
    person.save(update_fields=["name"])


def _active_managers(*, including: User) -> set[int]:
    """Ids of all active managers, locked until the transaction ends.

    Two managers who take each other's rights at the same moment go one after the other,
    and the second finds that it is no manager any more: PermissionDenied.
    """
    managers = User.objects.filter(role=Role.MANAGER, is_active=True)
    ids = set(managers.select_for_update().order_by("pk").values_list("pk", flat=True))
    if including.pk not in ids:
        raise PermissionDenied
    return ids


def token_hash(token: str) -> str:
    """What is kept of the secret part of a one-time link."""
    return hashlib.sha256(token.encode()).hexdigest()
