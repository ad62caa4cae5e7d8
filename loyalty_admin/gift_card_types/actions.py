"""What the journal calls the writes of gift card types."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CREATED = "gift_card_type.created"
EDITED = "gift_card_type.edited"
CLONED = "gift_card_type.cloned"
ARCHIVED = "gift_card_type.archived"
UNARCHIVED = "gift_card_type.unarchived"
DELETED = "gift_card_type.deleted"
# Created again from the last known copy: Altegio itself restores none.
RESTORED = "gift_card_type.restored"

WORDS: Mapping[str, str | Promise] = {
    CREATED: _("create"),
    EDITED: _("change"),
    CLONED: _("duplicate"),
    ARCHIVED: _("archive here"),
    UNARCHIVED: _("unarchive here"),
    DELETED: _("delete"),
    RESTORED: _("restore as a new type"),
}
DONE: Mapping[str, str | Promise] = {
    CREATED: _("Made: %(title)s."),
    EDITED: _("Saved: %(title)s."),
    CLONED: _("Made as a duplicate: %(title)s."),
    ARCHIVED: _("Archived in this dashboard: %(title)s."),
    UNARCHIVED: _("Unarchived in this dashboard: %(title)s."),
    DELETED: _("Deleted: %(title)s. It waits under Deleted."),
    RESTORED: _("Restored: %(title)s, as a new type with a new number."),
}
# Doing them a second time makes no sense: there is nothing to offer but the result.
ONCE_ONLY = frozenset({DELETED, RESTORED})
