from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.errors import AltegioError
from loyalty_admin.audit import exporting, settling
from loyalty_admin.audit.kinds import Candidate, all_actions
from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.audit.services import mark_abandoned_unknown, reason_of
from loyalty_admin.chains.services import ChainContext, chain_for, chains_of
from loyalty_admin.exports.answers import answer

PAGE_SIZE = 50
MOST_OF_A_FILTER = 200  # characters


def visible_entries(request: Request) -> QuerySet[Entry]:
    """The writes in chains that a usable connection reaches at this API address."""
    return _entries_of(chains_of(request.user))


def _entries_of(chains: Sequence[ChainContext]) -> QuerySet[Entry]:
    return Entry.objects.filter(
        api_url=settings.ALTEGIO_API_URL, chain_id__in=[ctx.id for ctx in chains]
    )


def entry_for(request: Request, entry_id: int) -> Entry:
    entry = visible_entries(request).filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    return entry


@require_safe
def index(request: Request) -> HttpResponse:
    mark_abandoned_unknown()
    asked = _asked(request)
    chains = chains_of(request.user)
    entries = _entries_of(chains)
    asked_url = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "page": Paginator(_narrowed(entries, asked), PAGE_SIZE).get_page(request.GET.get("page")),
        "asked": asked,
        "can_edit": request.user.may_edit,
        "asked_url": asked_url,
        "export_url": f"{reverse('audit:export')}?{asked_url}",
        "chains": chains,
        "people": entries.order_by("person_name").values_list("person_name", flat=True).distinct(),
        "actions": all_actions().items(),
        "outcomes": Outcome.choices,
    }
    template = "audit/index.html#entries" if request.htmx else "audit/index.html"
    return render(request, template, context)


@require_safe
def export(request: Request) -> StreamingHttpResponse:
    """Every entry that the filters leave, over all pages, as a file."""
    mark_abandoned_unknown()
    return answer(request, exporting.table_of(_narrowed(visible_entries(request), _asked(request))))


def _asked(request: Request) -> dict[str, str]:
    return {
        # NUL is in no text that a database keeps, and PostgreSQL refuses to look for it.
        name: request.GET.get(name, "").replace("\0", "").strip()[:MOST_OF_A_FILTER]
        for name in ("chain", "person", "action", "outcome", "q")
    }


def _narrowed(found: QuerySet[Entry], asked: dict[str, str]) -> QuerySet[Entry]:
    """The entries that the filters leave; a filter that makes no sense leaves all."""
    if asked["chain"].isdecimal() and len(asked["chain"]) < 19:
        found = found.filter(chain_id=int(asked["chain"]))
    if asked["person"]:
        found = found.filter(person_name=asked["person"])
    if asked["action"] in all_actions():
        found = found.filter(action=asked["action"])
    if asked["outcome"] in Outcome.values:
        found = found.filter(outcome=asked["outcome"])
    if asked["q"]:
        found = found.filter(
            Q(object_title__icontains=asked["q"]) | Q(result_title__icontains=asked["q"])
        )
    # The copy of the whole object is shown nowhere here, and is the most of a row.
    return found.defer("copy", "asked")


@require_safe
def detail(request: Request, entry_id: int) -> HttpResponse:
    mark_abandoned_unknown()
    return _detail(request, entry_for(request, entry_id))


def _detail(request: Request, entry: Entry, candidates: tuple[Candidate, ...] = ()) -> HttpResponse:
    context = {"entry": entry, "candidates": candidates, "can_edit": request.user.may_edit}
    return render(request, "audit/detail.html", context)


@require_POST
def check(request: Request, entry_id: int) -> HttpResponse:
    """Settle an unknown outcome by reading back, now."""
    entry, ctx = _entry_to_settle(request, entry_id)
    try:
        settled = settling.settle(entry, ctx)
    except AltegioError as error:
        messages.error(request, reason_of(error))
        return redirect("audit:detail", entry.pk)
    if settled.candidates and entry.outcome == Outcome.UNKNOWN:
        return _detail(request, entry, settled.candidates)
    _say_outcome(request, entry)
    return redirect("audit:detail", entry.pk)


@require_POST
def decide(request: Request, entry_id: int) -> HttpResponse:
    """The person says which of several objects the unknown write made."""
    entry, ctx = _entry_to_settle(request, entry_id)
    chosen = request.POST.get("object", "")
    try:
        settling.decide(entry, ctx, int(chosen) if chosen.isdecimal() else 0)
    except AltegioError as error:
        messages.error(request, reason_of(error))
    except ValueError:
        messages.error(request, _("Choose one of the objects that were found."))
    else:
        _say_outcome(request, entry)
    return redirect("audit:detail", entry.pk)


@require_POST
def close(request: Request, entry_id: int) -> HttpResponse:
    """What reading back cannot settle, the person settles who looked at Altegio."""
    entry, ctx = _entry_to_settle(request, entry_id)
    try:
        settling.close(entry, ctx, carried_out=request.POST.get("carried_out") == "yes")
    except ValueError:
        messages.warning(request, _("Altegio may still be at work; try again in a minute."))
    return redirect("audit:detail", entry.pk)


def _entry_to_settle(request: Request, entry_id: int) -> tuple[Entry, ChainContext]:
    mark_abandoned_unknown()
    entry = entry_for(request, entry_id)
    return entry, chain_for(request, entry.chain_id, edit=True)


def _say_outcome(request: Request, entry: Entry) -> None:
    if entry.outcome == Outcome.DONE:
        messages.success(request, _("Read back: Altegio carried it out."))
    elif entry.outcome == Outcome.REFUSED:
        messages.warning(request, _("Read back: Altegio did not carry it out."))
    elif settling.is_final(entry):
        messages.warning(
            request,
            _("Read back: that does not tell what became of it. Look for it at Altegio itself."),
        )
    else:
        messages.warning(
            request,
            _(
                "Read back: it is not there now. Altegio may still be at work; "
                "check again in a minute."
            ),
        )
