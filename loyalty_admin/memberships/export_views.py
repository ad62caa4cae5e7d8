"""What a search of memberships has found, as a file."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.catalog.answers import form_id
from loyalty_admin.chains.services import ChainContext, chain_for
from loyalty_admin.exports.answers import answer
from loyalty_admin.exports.tables import incomplete
from loyalty_admin.jobs import services as jobs
from loyalty_admin.memberships import exporting, presenting, searching
from loyalty_admin.memberships.forms import NumbersForm, PeriodForm
from loyalty_admin.memberships.searching import Result


@never_cache
@require_POST
def export(request: Request, chain_id: int) -> HttpResponseBase:
    """A file at once of one client's or of named ones; a period's is read in the background.

    Raises AltegioError.
    """
    ctx = chain_for(request, chain_id)
    filters = searching.chosen(request.POST)
    period = PeriodForm(request.POST)
    if "after" in request.POST and period.is_valid():
        asked = period.cleaned_data
        job = exporting.begin(
            ctx, asked["after"], asked["before"], filters, form_id=form_id(request)
        )
        return redirect("jobs:detail", ctx.id, job.pk)
    result = _search(request, ctx)
    table = exporting.table_of(ctx, presenting.rows_left(result, filters))
    return answer(request, incomplete(table) if result.silent else table)


def _search(request: Request, ctx: ChainContext) -> Result:
    numbers = NumbersForm(request.POST)
    if "found" in request.POST:
        result = searching.found_before(ctx, request.POST["found"])
    else:
        result = (
            searching.by_numbers(ctx, numbers.cleaned_data["ids"]) if numbers.is_valid() else None
        )
    if result is None:
        raise BadRequest("nothing is searched for")
    return result


@never_cache
@require_safe
def download(request: Request, chain_id: int, job_id: int) -> HttpResponseBase:
    """The file of a period, once all of it was read."""
    ctx = chain_for(request, chain_id)
    job = get_object_or_404(jobs.jobs_of(ctx), pk=job_id, kind=exporting.KIND)
    if not jobs.is_all_done(job):
        return redirect("jobs:detail", ctx.id, job.pk)
    return answer(request, exporting.table_of_job(ctx, job))
