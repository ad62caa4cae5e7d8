"""What the journal calls the writes of promotions."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CREATED = "promotion.created"
EDITED = "promotion.edited"
CLONED = "promotion.cloned"
DELETED = "promotion.deleted"
# From the last known copy: Altegio itself brings none back.
CREATED_AGAIN = "promotion.created_again"

MADE = (CREATED, CLONED, CREATED_AGAIN)
WORDS: Mapping[str, str | Promise] = {
    CREATED: _("create"),
    EDITED: _("change"),
    CLONED: _("duplicate"),
    DELETED: _("delete"),
    CREATED_AGAIN: _("create again"),
}
DONE: Mapping[str, str | Promise] = {
    CREATED: _("Made: %(title)s."),
    EDITED: _("Saved: %(title)s."),
    CLONED: _("Made as a duplicate: %(title)s."),
    DELETED: _("Deleted: %(title)s. It waits under Deleted."),
    CREATED_AGAIN: _("Made again: %(title)s, with a new number."),
}
# Doing them a second time makes no sense: there is nothing to offer but the result.
ONCE_ONLY = frozenset({DELETED, CREATED_AGAIN})
