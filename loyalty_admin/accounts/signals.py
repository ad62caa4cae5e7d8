"""Sign-ins and sign-outs made anywhere keep the list of sessions true."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from loyalty_admin.accounts import sessions
from loyalty_admin.accounts.models import User


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.start_session(request=request, person=user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, **kwargs: Any) -> None:
    sessions.drop_session(request=request)
