"""Promotions as the engine knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio import promotions as api
from loyalty_admin.altegio.promotions import (
    SCHEMA,
    Promotion,
    Terms,
    create_body,
    not_known,
    update_body,
)
from loyalty_admin.audit.guard import Sender, reading_back
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import writes
from loyalty_admin.catalog.resource import Found, Resource
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import listing, reading
from loyalty_admin.promotions.fields import FIELDS


def again_url(entry: Entry) -> str:
    """The form of a new or changed promotion, filled with what the entry asked for."""
    page = {"created": "new", "edited": "edit", "cloned": "clone"}.get(
        entry.action.partition(".")[2]
    )
    if page is None:
        return ""
    about = entry.asked["terms"]["kind"] if page == "new" else entry.object_id
    return f"{reverse(f'promotions:{page}', args=[entry.chain_id, about])}?again={entry.pk}"


def _read(ctx: ChainContext, promotion_id: int) -> Promotion:
    return reading.read_promotion(ctx=ctx, promotion_id=promotion_id)


def _read_back(ctx: ChainContext, promotion_id: int) -> Promotion:
    return reading.read_back(ctx=ctx, promotion_id=promotion_id)


def _before_creation(ctx: ChainContext, terms: Terms) -> dict[str, Any]:
    """Promotions that there are, so that a new one can be told from them."""
    create_body(terms)  # raises ValueError, before anything is sent, for a kind that is none
    before = reading.reported(ctx, terms.location_ids)
    kept = listing.kept(ctx)
    known = {one.id for one in before.promotions} | {*(kept.rows if kept else ())}
    return {"known_ids": sorted(known), "asked_in": list(before.asked_in)}


def _find_created(ctx: ChainContext, entry: Entry) -> Found:
    # That none is found proves nothing: a location may report a new one later, or never.
    return Found(items=reading.new_promotions(ctx, entry), is_all=False)


def _create(
    ctx: ChainContext, send: Sender, terms: Terms, copy: Mapping[str, Any] | None
) -> Promotion:
    answer = api.create_promotion(send, ctx.id, create_body(terms))
    # An answer never holds the whole promotion.
    read = writes.read_created(PROMOTIONS, ctx, send.entry, answer, None)
    assert isinstance(read, Promotion)
    return read


def _update(ctx: ChainContext, send: Sender, fresh: Promotion, target: Terms) -> Promotion:
    api.update_promotion(send, ctx.id, fresh.id, update_body(target, fresh.terms))
    with reading_back():
        return _read_back(ctx, fresh.id)


def _read_listed(
    ctx: ChainContext, promotion_id: int, asked: Mapping[str, Any]
) -> Promotion | None:
    return reading.read_listed(ctx, promotion_id, reported_in=asked["reported_in"])


PROMOTIONS: Resource = Resource(
    name="promotion",
    app="promotions",
    label=_("Promotion"),
    actions={
        "created": _("create"),
        "edited": _("change"),
        "cloned": _("duplicate"),
        "deleted": _("delete"),
        # From the last known copy: Altegio itself brings none back.
        "recreated": _("create again"),
    },
    done={
        "created": _("Made: %(title)s."),
        "edited": _("Saved: %(title)s."),
        "cloned": _("Made as a duplicate: %(title)s."),
        "deleted": _("Deleted: %(title)s. It waits under Deleted."),
        "recreated": _("Made again: %(title)s, with a new number."),
    },
    again_url=again_url,
    blank=lambda terms: Terms(kind=terms.kind),
    schema=SCHEMA,
    fields=FIELDS,
    formatter=lambda ctx, item: reading.words_for(ctx, item.items if item else ()),
    from_api=Promotion.from_api,
    read=_read,
    read_back=_read_back,
    read_listed=_read_listed,
    before_creation=_before_creation,
    find_created=_find_created,
    lists=listing.LISTS,
    send_creation=_create,
    send_update=_update,
    send_deletion=api.delete_promotion,
    before_deletion=lambda ctx, promotion_id: {
        "reported_in": list(listing.reported_in(ctx, promotion_id))
    },
    unknown_terms=not_known,
)
