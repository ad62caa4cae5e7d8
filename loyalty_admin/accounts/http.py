"""Types of what a view gets, once the middleware has done its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest as DjangoHttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from loyalty_admin.accounts.models import User


class Request(DjangoHttpRequest):
    """A request of somebody who is signed in."""

    user: User
    htmx: HtmxDetails
