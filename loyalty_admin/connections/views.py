from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError, OutcomeUnknown, Refused, StoppedOnTheWay
from loyalty_admin.web import problems

from . import services
from .forms import AltegioSignInForm, PeopleForm
from .models import Connection


@require_safe
def index(request: Request) -> HttpResponse:
    linked = (
        Connection.objects.filter(services.may_be_seen_by(request.user), removed_at__isnull=True)
        .select_related("made_by")
        .prefetch_related("people")
    )
    rows = [
        {
            "connection": connection,
            "is_elsewhere": connection.api_url != settings.ALTEGIO_API_URL,
            "needs_sign_in": services.needs_sign_in(connection),
        }
        for connection in linked.order_by("made_at", "pk")
    ]
    return render(
        request,
        "connections/index.html",
        {"rows": rows, "may_manage": request.user.may_manage},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def new(request: Request) -> HttpResponse:
    _require_manager(request)
    form = AltegioSignInForm(request.POST if request.method == "POST" else None)
    connection, status = _signed_in(form, partial(services.connect, person=request.user))
    if connection is not None:
        _say_connected(request, connection)
        return redirect("chains:index")
    return render(request, "connections/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: Request, connection_id: int) -> HttpResponse:
    _require_manager(request)
    connection = get_object_or_404(services.usable_connections(), pk=connection_id)
    form = AltegioSignInForm(request.POST if request.method == "POST" else None)
    again = partial(services.sign_in_again, connection=connection, person=request.user)
    try:
        signed_in, status = _signed_in(form, again)
    except Connection.DoesNotExist:
        raise Http404 from None
    if signed_in is not None:
        messages.success(
            request, _("%(name)s is signed in at Altegio again.") % {"name": signed_in}
        )
        return redirect("connections:index")
    return render(
        request, "connections/sign_in.html", {"form": form, "connection": connection}, status=status
    )


def _signed_in(
    form: AltegioSignInForm, sign_in_at_altegio: Callable[..., Connection]
) -> tuple[Connection | None, int]:
    """The connection that the form's sign-in gave; else None, and the status of the form's page."""
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 422
    try:
        return sign_in_at_altegio(**form.cleaned_data), 200
    except services.OtherAltegioUser as error:
        form.add_error(
            None,
            _(
                "This login belongs to another Altegio account (%(other)s). "
                "To use it as well, connect it as a new one."
            )
            % {"other": error.name},
        )
        return None, 422
    except AltegioError as error:
        return None, _say(error, form)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, connection_id: int) -> HttpResponse:
    _require_manager(request)
    connection = get_object_or_404(Connection, pk=connection_id, removed_at__isnull=True)
    if request.method == "POST":
        services.remove(connection=connection, person=request.user)
        messages.success(request, _("%(name)s is removed.") % {"name": connection})
        return redirect("connections:index")
    return render(request, "connections/remove.html", {"connection": connection})


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Request, connection_id: int) -> HttpResponse:
    """Choose who besides managers sees the connection and what only it reaches."""
    _require_manager(request)
    connection = get_object_or_404(Connection, pk=connection_id, removed_at__isnull=True)
    form = PeopleForm(request.POST if request.method == "POST" else None, connection=connection)
    if request.method == "POST" and form.is_valid():
        services.limit(connection=connection, actor=request.user, people=form.chosen())
        messages.success(request, _("Who sees %(name)s is changed.") % {"name": connection})
        return redirect("connections:index")
    return render(
        request,
        "connections/people.html",
        {"form": form, "connection": connection},
        status=422 if form.errors else 200,
    )


def _require_manager(request: Request) -> None:
    if not request.user.may_manage:
        raise PermissionDenied


def _say(error: AltegioError, form: AltegioSignInForm) -> int:
    """Put what went wrong at signing in on the form; returns the status of the answer."""
    if isinstance(error, Refused) and not isinstance(error, StoppedOnTheWay):
        form.add_error(None, _("Altegio did not accept this login and password."))
        if not settings.ALTEGIO_PARTNER_TOKEN:
            form.add_error(
                None, _("This dashboard has no partner token: set ALTEGIO_PARTNER_TOKEN.")
            )
    elif isinstance(error, OutcomeUnknown):
        # Signing in changes nothing at Altegio, so there is nothing to find out.
        form.add_error(None, _("Altegio gave no usable answer. Trying again is safe."))
    else:
        form.add_error(None, problems.sentence(error))
    if error.message:
        form.add_error(None, _("Altegio says: %s") % error.message)
    return 422 if isinstance(error, Refused) else problems.status(error)


def _say_connected(request: Request, connection: Connection) -> None:
    if connection.chains_read_at is None:
        messages.warning(
            request,
            _("%(name)s is connected. Its chains could not be read yet.") % {"name": connection},
        )
    else:
        messages.success(request, _("%(name)s is connected.") % {"name": connection})
