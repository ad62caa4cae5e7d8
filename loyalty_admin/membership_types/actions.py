"""What the journal calls the writes of membership types."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CREATED = "membership_type.created"
EDITED = "membership_type.edited"
CLONED = "membership_type.cloned"
ARCHIVED = "membership_type.archived"
UNARCHIVED = "membership_type.unarchived"
DELETED = "membership_type.deleted"
RESTORED = "membership_type.restored"
# Created again from the last known copy of a deleted type.
RECREATED = "membership_type.recreated"

WORDS: Mapping[str, str | Promise] = {
    CREATED: _("create"),
    EDITED: _("change"),
    CLONED: _("clone"),
    ARCHIVED: _("archive"),
    UNARCHIVED: _("unarchive"),
    DELETED: _("delete"),
    RESTORED: _("restore"),
    RECREATED: _("create again"),
}
DONE: Mapping[str, str | Promise] = {
    CREATED: _("Made: %(title)s."),
    EDITED: _("Saved: %(title)s."),
    CLONED: _("Cloned: %(title)s."),
    ARCHIVED: _("Archived: %(title)s."),
    UNARCHIVED: _("Unarchived: %(title)s."),
    DELETED: _("Deleted: %(title)s. It waits under Deleted."),
    RESTORED: _("Restored: %(title)s."),
    RECREATED: _("Made again: %(title)s, with a new number."),
}
# Doing them a second time makes no sense: there is nothing to offer but the result.
ONCE_ONLY = frozenset({DELETED, RESTORED, RECREATED})
