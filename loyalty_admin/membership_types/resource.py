"""Membership types as the engine knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_admin.altegio import membership_types as api
from loyalty_admin.altegio.membership_types import SCHEMA, MembershipType, Terms
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import evidence
from loyalty_admin.catalog.resource import Found, Resource
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.membership_types import listing, reading, sending
from loyalty_admin.membership_types.fields import FIELDS


def again_url(entry: Entry) -> str:
    """The form of a new or changed type, filled with what the entry asked for."""
    verb = entry.action.partition(".")[2]
    if verb == "created":
        form = reverse("membership_types:new", args=[entry.chain_id])
    elif verb == "edited":
        form = reverse("membership_types:edit", args=[entry.chain_id, entry.object_id])
    else:
        return ""
    return f"{form}?again={entry.pk}"


def _search(ctx: ChainContext, title: str) -> api.Listed:
    return api.list_all(ctx.transport(), ctx.id, title=title)


def _read(ctx: ChainContext, type_id: int) -> MembershipType:
    return reading.read_membership_type(ctx=ctx, type_id=type_id)


def _read_listed(
    ctx: ChainContext, type_id: int, asked: Mapping[str, Any]
) -> MembershipType | None:
    found: MembershipType | None = evidence.read_listed(_read, _search, ctx, type_id)
    return found


def before_creation(ctx: ChainContext, terms: Terms) -> dict[str, Any]:
    cached = listing.kept(ctx)
    return evidence.before_creation(_search, cached, listing.refresh, ctx, terms.title)


def _find_created(ctx: ChainContext, entry: Entry) -> Found:
    is_clone = entry.action == MEMBERSHIP_TYPES.action("cloned")
    return evidence.find_created(_search, ctx, entry, numbered=is_clone)


def _why_gone(ctx: ChainContext, type_id: int) -> str:
    """Altegio answers for a deleted type as if it were there, and it may be: restored there."""
    if reading.deletion_of(ctx, type_id) and _read_listed(ctx, type_id, {}) is None:
        return str(IS_DELETED)
    return ""


def _why_locked(ctx: ChainContext, item: MembershipType) -> str:
    return str(IS_ARCHIVED) if item.is_archived else ""


def _lost_terms(copy: Any, read: MembershipType) -> dict[str, Any]:
    """A PUT whose services did not take leaves the type without them, whatever it was about."""
    before = MembershipType.from_api(copy).terms
    if "services" in SCHEMA.differing(before, read.terms) and not read.terms.services:
        return {"services": before.services}
    return {}


IS_ARCHIVED = _(
    "This membership type is archived, and Altegio lets no archived type be changed. "
    "Unarchive it first. Nothing was sent."
)
IS_DELETED = _(
    "This membership type was deleted here. Under Deleted it can be restored. Nothing was sent."
)

MEMBERSHIP_TYPES: Resource = Resource(
    name="membership_type",
    app="membership_types",
    label=_("Membership type"),
    actions={
        "created": _("create"),
        "edited": _("change"),
        "cloned": _("clone"),
        "archived": _("archive"),
        "unarchived": _("unarchive"),
        "deleted": _("delete"),
        "restored": _("restore"),
        "recreated": _("create again"),
    },
    done={
        "created": _("Made: %(title)s."),
        "edited": _("Saved: %(title)s."),
        "cloned": _("Cloned: %(title)s."),
        "archived": _("Archived: %(title)s."),
        "unarchived": _("Unarchived: %(title)s."),
        "deleted": _("Deleted: %(title)s. It waits under Deleted."),
        "restored": _("Restored: %(title)s."),
        "recreated": _("Made again: %(title)s, with a new number."),
    },
    again_url=again_url,
    blank=lambda terms: Terms(),
    schema=SCHEMA,
    fields=FIELDS,
    formatter=lambda ctx, item: reading.words_for(ctx),
    from_api=MembershipType.from_api,
    read=_read,
    read_back=_read,
    read_listed=_read_listed,
    before_creation=before_creation,
    find_created=_find_created,
    lists=listing.LISTS,
    send_creation=lambda ctx, send, terms, copy: sending.create(MEMBERSHIP_TYPES, ctx, send, terms),
    send_update=sending.update,
    send_deletion=api.delete_type,
    why_gone=_why_gone,
    why_locked=_why_locked,
    lost_terms=_lost_terms,
)
