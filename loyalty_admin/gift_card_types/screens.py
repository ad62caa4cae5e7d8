"""The pages of gift card types: what they show, and the buttons that only they have."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.gift_card_types import GiftCardType
from loyalty_admin.catalog import action_views, answers, views, words, writes
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.catalog.forms import Choices, choices_of
from loyalty_admin.catalog.list_views import ListPage
from loyalty_admin.catalog.outcomes import attempt
from loyalty_admin.catalog.screens import RowForm, Screens
from loyalty_admin.catalog.urls import urls_for
from loyalty_admin.chains.services import CATEGORIES, ChainContext, learn
from loyalty_admin.gift_card_types import (
    archive,
    archiving,
    exporting,
    facts,
    listing,
    locks,
    presenting,
    reading,
)
from loyalty_admin.gift_card_types import resource as resource_of
from loyalty_admin.gift_card_types.forms import (
    NEW,
    ROW_TERMS,
    GiftCardTypeForm,
    NewGiftCardTypeForm,
)
from loyalty_admin.gift_card_types.forms import RowForm as Row
from loyalty_admin.gift_card_types.resource import GIFT_CARD_TYPES

IS_ARCHIVED_ALREADY = _("It is archived already.")
IS_NOT_ARCHIVED = _("It is not archived in this dashboard.")


def details(ctx: ChainContext, item: GiftCardType) -> dict[str, Any]:
    if item.terms.service_ids:
        learn(ctx, CATEGORIES)  # so that the services have names
    say = reading.words_for(ctx)
    away = archive.archived_here(ctx, item.id)
    return {
        "away": away,
        "is_archived": item.is_archived or away is not None,
        "is_changeable": not locks.why_locked(ctx, item),
        "puts_on_sale": archiving.puts_on_sale(ctx, item),
        "marks": views.marks_of(ctx, item, SCREENS),
        "groups": facts.facts(item, say),
        "services": facts.services(item, say),
        "besides": facts.read_only_facts(item),
        "locations": [say.location(number) for number in item.terms.location_ids],
    }


def _choices(ctx: ChainContext, item: Any) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=True)


def _row_choices(ctx: ChainContext) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=False)


def _why_row_locked(row: listing.Row) -> str:
    """As `locks.why_locked`, from what the list knows."""
    if row.archived_by_altegio:
        return str(locks.IS_ARCHIVED_BY_ALTEGIO)
    if row.issued:
        return str(locks.IS_ISSUED)
    return str(locks.IS_ARCHIVED_HERE) if row.archived_here else ""


def _why_not_editable(ctx: ChainContext, item: GiftCardType) -> str:
    return locks.why_locked(ctx, item) or writes.why_unreadable(GIFT_CARD_TYPES, item)


SCREENS: Screens = Screens(
    resource=GIFT_CARD_TYPES,
    list_page=ListPage(
        shape=listing.SHAPE,
        kept=listing.kept,
        refresh=listing.refresh,
        context=presenting.list_context,
        counted=words.types,
        attention=AttentionOnSale,
        draw=presenting.draw_rows,
        table=exporting.table_of,
    ),
    page_context=presenting.page_context,
    why_not=presenting.why_not,
    show_rows=presenting.show_rows,
    row_of=listing.row_here,
    details=details,
    deletion_of=reading.deletion_of,
    show_deletions=presenting.show_deletions,
    new_form=NewGiftCardTypeForm,
    form=GiftCardTypeForm,
    row_form=RowForm(form=Row, terms=ROW_TERMS, choices=_row_choices, why_locked=_why_row_locked),
    new_terms=NEW,
    duplicate_of=lambda item: item.terms,
    choices=_choices,
    form_context=lambda form, type_id: {"labels": facts.group_labels()},
    why_not_editable=_why_not_editable,
    gaps=lambda item: writes.unreadable_labels(GIFT_CARD_TYPES, item),
)


# Buttons


@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: Request, chain_id: int, object_id: int, *, archived: bool) -> HttpResponse:
    """Archive or unarchive; GET says what it will do, where it changes an online sale too."""
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    if request.method != "POST":
        return _ask(request, ctx, object_id, archived=archived)
    chosen = request.POST.get("said", "")
    choice = archiving.SaleChoice(chosen if chosen in ("sale", "only") else "")
    form_id = answers.form_id(request)
    try:
        tried = attempt(
            lambda: archiving.switch(
                GIFT_CARD_TYPES,
                ctx,
                object_id,
                form_id=form_id,
                archived=archived,
                choice=choice,
            )
        )
    except archiving.SaleChoiceRequired:
        return answers.go(request, request.path)  # where it is said
    return action_views.switched(request, ctx, object_id, SCREENS, tried)


def _ask(request: Request, ctx: ChainContext, object_id: int, *, archived: bool) -> HttpResponse:
    item = reading.read_gift_card_type(ctx=ctx, type_id=object_id)
    is_archived_here = archive.archived_here(ctx, object_id) is not None
    if archived and (item.is_archived or is_archived_here):
        return _nothing_to_ask(request, ctx, object_id, IS_ARCHIVED_ALREADY)
    if not archived and item.is_archived:
        return _nothing_to_ask(request, ctx, object_id, locks.IS_ARCHIVED_BY_ALTEGIO)
    if not archived and not is_archived_here:
        return _nothing_to_ask(request, ctx, object_id, IS_NOT_ARCHIVED)
    context: dict[str, Any] = {"verb": "archive" if archived else "unarchive"}
    if archived:
        context["takes_off_sale"] = archiving.takes_off_sale(item)
    else:
        context["puts_on_sale"] = archiving.puts_on_sale(ctx, item)
    return action_views.question(request, ctx, item, SCREENS, "archive", context)


def _nothing_to_ask(
    request: Request, ctx: ChainContext, object_id: int, reason: Any
) -> HttpResponse:
    messages.info(request, str(reason))
    return answers.go(request, answers.page_url(request, ctx, object_id))


@require_POST
def restore(request: Request, chain_id: int, object_id: int) -> HttpResponse:
    """Make a deleted type again, under a title that the person confirms."""
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    deleted = GIFT_CARD_TYPES.action("deleted")
    deletion = answers.deletion_for(request, ctx, deleted, object_id=object_id)
    title, form_id = action_views.restored_title(request), answers.form_id(request)
    tried = (
        attempt(lambda: resource_of.restore(ctx, deletion, title, form_id=form_id))
        if title
        else action_views.no_title()
    )
    if tried.written is None:
        return action_views.not_restored(request, ctx, deletion, SCREENS, tried)
    return answers.go_to_result(request, ctx, tried.written)


urlpatterns = [
    *urls_for(SCREENS),
    path("<int:object_id>/archive/", switch, {"archived": True}, name="archive"),
    path("<int:object_id>/unarchive/", switch, {"archived": False}, name="unarchive"),
    path("<int:object_id>/restore/", restore, name="restore"),
]
