"""Sign-ins give a session its person. Sign-ins and sign-outs stand in the log."""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from loyalty_admin.accounts import sessions
from loyalty_admin.accounts.models import User

logger = logging.getLogger("loyalty_admin.accounts")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.start_session(request=request, person=user)
    logger.info("Person %s signed in from %s", user.pk, sessions.address_of(request))


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    # Not what was typed: a password may have got into the field of the e-mail.
    email = User.objects.normalize_email(credentials.get("username"))
    tried = User.objects.filter(email=email).values_list("pk", flat=True).first()
    whose = f"person {tried}" if tried else "nobody here"
    address = sessions.address_of(request) if request else None
    logger.warning("A sign-in of %s failed, from %s", whose, address)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user:
        logger.info("Person %s signed out", user.pk)
