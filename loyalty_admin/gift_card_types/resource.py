"""Gift card types as the engine knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio import gift_card_types as api
from loyalty_admin.altegio.gift_card_types import SCHEMA, GiftCardType, Terms, to_api
from loyalty_admin.audit.errors import CannotWrite
from loyalty_admin.audit.guard import Sender, Written, reading_back
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import evidence, writes
from loyalty_admin.catalog.resource import Found, Resource
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.gift_card_types import archiving, listing, locks, reading
from loyalty_admin.gift_card_types.fields import FIELDS


def again_url(entry: Entry) -> str:
    """The form of a new or changed type, filled with what the entry asked for."""
    page = {"created": "new", "edited": "edit", "cloned": "clone"}.get(
        entry.action.partition(".")[2]
    )
    if page is None:
        return ""
    place = [entry.chain_id] if page == "new" else [entry.chain_id, entry.object_id]
    return f"{reverse(f'gift_card_types:{page}', args=place)}?again={entry.pk}"


def _search(ctx: ChainContext, title: str) -> api.Listed:
    return api.list_all(ctx.transport(), ctx.id, title=title)


def _read(ctx: ChainContext, type_id: int) -> GiftCardType:
    return reading.read_gift_card_type(ctx=ctx, type_id=type_id)


def _read_back(ctx: ChainContext, type_id: int) -> GiftCardType:
    return reading.read_back(ctx=ctx, type_id=type_id)


def _read_listed(ctx: ChainContext, type_id: int, asked: Mapping[str, Any]) -> GiftCardType | None:
    found: GiftCardType | None = evidence.read_listed(_read, _search, ctx, type_id)
    return found


def before_creation(ctx: ChainContext, terms: Terms) -> dict[str, Any]:
    cached = listing.kept(ctx)
    return evidence.before_creation(_search, cached, listing.refresh, ctx, terms.title)


def _find_created(ctx: ChainContext, entry: Entry) -> Found:
    return evidence.find_created(_search, ctx, entry, numbered=False)


def _create(
    ctx: ChainContext, send: Sender, terms: Terms, copy: Mapping[str, Any] | None
) -> GiftCardType:
    answer = api.create_type(send, ctx.id, to_api(terms, read=copy))
    whole = api.whole_answer(answer)
    read = writes.read_created(GIFT_CARD_TYPES, ctx, send.entry, answer, whole)
    assert isinstance(read, GiftCardType)
    return read


def _update(ctx: ChainContext, send: Sender, fresh: GiftCardType, target: Terms) -> GiftCardType:
    """One PUT of everything, and what Altegio then has: its answer if that is whole, else read."""
    answer = api.update_type(send, ctx.id, fresh.id, to_api(target, read=fresh.raw))
    with reading_back():
        whole = api.whole_answer(answer)
        return whole if whole and whole.id == fresh.id else _read_back(ctx, fresh.id)


def restore(
    ctx: ChainContext, deletion: Entry, title: str, *, form_id: str
) -> Written[GiftCardType]:
    """Make the deleted type again from its last known copy; it gets a new ID.

    Raises CannotWrite, AlreadySubmitted, AltegioError.
    """
    copy = reading.last_known(deletion)
    if copy.unreadable:
        raise CannotWrite(
            gettext("The copy does not say what was set for: %(fields)s. Nothing was sent.")
            % {"fields": writes.unreadable_labels(GIFT_CARD_TYPES, copy)}
        )
    terms = replace(copy.terms, title=title)
    return writes.create(GIFT_CARD_TYPES, ctx, form_id=form_id, terms=terms, origin=deletion)


GIFT_CARD_TYPES: Resource = Resource(
    name="gift_card_type",
    app="gift_card_types",
    label=_("Gift card type"),
    actions={
        "created": _("create"),
        "edited": _("change"),
        "cloned": _("duplicate"),
        "archived": _("archive here"),
        "unarchived": _("unarchive here"),
        "deleted": _("delete"),
        # From the last known copy: Altegio itself restores none.
        "recreated": _("restore as a new type"),
    },
    done={
        "created": _("Made: %(title)s."),
        "edited": _("Saved: %(title)s."),
        "cloned": _("Made as a duplicate: %(title)s."),
        "archived": _("Archived in this dashboard: %(title)s."),
        "unarchived": _("Unarchived in this dashboard: %(title)s."),
        "deleted": _("Deleted: %(title)s. It waits under Deleted."),
        "recreated": _("Restored: %(title)s, as a new type with a new number."),
    },
    again_url=again_url,
    blank=lambda terms: Terms(),
    schema=SCHEMA,
    fields=FIELDS,
    formatter=lambda ctx, item: reading.words_for(ctx),
    from_api=GiftCardType.from_api,
    read=_read,
    read_back=_read_back,
    read_listed=_read_listed,
    before_creation=before_creation,
    find_created=_find_created,
    lists=listing.LISTS,
    send_creation=_create,
    send_update=_update,
    send_deletion=api.delete_type,
    why_locked=locks.why_locked,
    why_undeletable=locks.why_undeletable,
    on_done=archiving.on_done,
)
