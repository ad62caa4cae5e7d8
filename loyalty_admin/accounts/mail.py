"""Messages to people, where the deployment has a mail server."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty_admin.accounts.models import Invitation, User

logger = logging.getLogger("loyalty_admin.accounts")


class NotSent(Exception):
    """The mail server cannot be reached, or does not take the message."""


def is_set_up() -> bool:
    return bool(settings.EMAIL_URL)


def link_to(name: str, token: str, *, request: HttpRequest | None = None) -> str:
    """The address of a one-time link at PUBLIC_URL, whatever host a request claims to be for.

    Without PUBLIC_URL, which a mail server needs, it is shown only to who asked, at their address.
    """
    path = reverse(name, args=[token])
    if settings.PUBLIC_URL or request is None:
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)


def send_invitation(*, invitation: Invitation, link: str) -> None:
    """Raises NotSent."""
    _send(
        invitation.email,
        _("You are invited to Loyalty Admin"),
        render_to_string("accounts/mail/invitation.txt", {"invitation": invitation, "link": link}),
    )


def send_reset(*, person: User, link: str) -> None:
    """Raises NotSent."""
    _send(
        person.email,
        _("A new password for Loyalty Admin"),
        render_to_string("accounts/mail/reset.txt", {"person": person, "link": link}),
    )


def _send(to: str, subject: str, text: str) -> None:
    try:
        EmailMessage(subject, text, to=[to]).send()
    except (OSError, SMTPException) as error:
        # The error may name the address.
        logger.warning("a message was not sent: %s", type(error).__name__)
        raise NotSent from error
