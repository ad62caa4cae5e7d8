"""The pages of membership types: what they show, and the buttons that only they have."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from loyalty_admin.accounts.http import Request
from loyalty_admin.altegio.membership_types import MembershipType, Terms
from loyalty_admin.catalog import action_views, answers, words
from loyalty_admin.catalog.attention import AttentionOnSale
from loyalty_admin.catalog.forms import Choices, choices_of
from loyalty_admin.catalog.list_views import ListPage
from loyalty_admin.catalog.outcomes import attempt
from loyalty_admin.catalog.screens import RowForm, Screens
from loyalty_admin.catalog.urls import urls_for
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import exporting, facts, listing, presenting, reading, sending
from loyalty_admin.membership_types.forms import (
    ROW_TERMS,
    MembershipTypeForm,
    NewMembershipTypeForm,
)
from loyalty_admin.membership_types.forms import RowForm as Row
from loyalty_admin.membership_types.resource import IS_ARCHIVED, IS_DELETED, MEMBERSHIP_TYPES

# What a new type starts from; the units only wait for a number beside them.
NEW = Terms(category="standard", validity_unit=3, auto_activation_unit=1, freeze_limit_unit=1)


def details(ctx: ChainContext, item: MembershipType) -> dict[str, Any]:
    say = reading.words_for(ctx, item)
    return {
        "groups": facts.facts(item, say),
        "besides": facts.read_only_facts(item, say),
        "services": facts.covered(item),
        "locations": [say.location(number) for number in item.terms.location_ids],
        "week": facts.week(item.terms.usable_times),
    }


def _choices(ctx: ChainContext, item: Any) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=True)


def _row_choices(ctx: ChainContext) -> Choices:
    return choices_of(ctx, reading.words_for(ctx), with_catalogue=False)


def _form_options(ctx: ChainContext, type_id: int, item: MembershipType | None) -> dict[str, Any]:
    """How many are sold: some fields are locked then."""
    if item is not None:
        return {"sold": item.sold}
    kept = listing.kept(ctx)
    row = kept.rows.get(type_id) if kept else None
    return {"sold": row.sold if row else None}


def _form_context(form: Any, type_id: int | None) -> dict[str, Any]:
    is_sold = any(getattr(field, "is_kept", False) for field in form.fields.values())
    return {"labels": facts.group_labels(), "is_sold": is_sold}


def _why_not_editable(ctx: ChainContext, item: MembershipType) -> str:
    if reading.deletion_of(ctx, item.id) is not None:
        return str(IS_DELETED)
    return str(IS_ARCHIVED) if item.is_archived else ""


SCREENS = Screens(
    resource=MEMBERSHIP_TYPES,
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
    row_of=lambda ctx, item: listing.row_of(item),
    details=details,
    deletion_of=reading.deletion_of,
    show_deletions=presenting.show_deletions,
    new_form=NewMembershipTypeForm,
    form=MembershipTypeForm,
    row_form=RowForm(form=Row, terms=ROW_TERMS, choices=_row_choices),
    new_terms=NEW,
    choices=_choices,
    form_options=_form_options,
    form_context=_form_context,
    why_not_editable=_why_not_editable,
)


# Buttons


@require_POST
def clone(request: Request, chain_id: int, object_id: int) -> HttpResponse:
    """Altegio itself makes the clone."""
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    form_id = answers.form_id(request)
    tried = attempt(lambda: sending.clone(MEMBERSHIP_TYPES, ctx, object_id, form_id=form_id))
    if tried.written is None:
        return action_views.not_done(request, ctx, object_id, SCREENS, tried)
    return answers.go_to_result(request, ctx, tried.written)


@require_POST
def archive(request: Request, chain_id: int, object_id: int, *, archived: bool) -> HttpResponse:
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    form_id = answers.form_id(request)
    tried = attempt(
        lambda: sending.archive(
            MEMBERSHIP_TYPES, ctx, object_id, form_id=form_id, archived=archived
        )
    )
    return action_views.switched(request, ctx, object_id, SCREENS, tried)


@require_POST
def restore(request: Request, chain_id: int, object_id: int) -> HttpResponse:
    """Have Altegio bring a deleted type back under a title that the person confirms."""
    ctx = answers.editable_chain(request, chain_id, presenting.why_not)
    deleted = MEMBERSHIP_TYPES.action("deleted")
    deletion = answers.deletion_for(request, ctx, deleted, object_id=object_id)
    title, form_id = action_views.restored_title(request), answers.form_id(request)
    tried = (
        attempt(lambda: sending.restore(MEMBERSHIP_TYPES, ctx, deletion, title, form_id=form_id))
        if title
        else action_views.no_title()
    )
    if tried.written is None:
        return action_views.not_restored(request, ctx, deletion, SCREENS, tried)
    return answers.go_to_result(request, ctx, tried.written)


urlpatterns = [
    *urls_for(SCREENS),
    path("<int:object_id>/clone/", clone, name="clone"),
    path("<int:object_id>/archive/", archive, {"archived": True}, name="archive"),
    path("<int:object_id>/unarchive/", archive, {"archived": False}, name="unarchive"),
    path("<int:object_id>/restore/", restore, name="restore"),
]
