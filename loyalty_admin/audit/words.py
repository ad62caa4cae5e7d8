"""What stands in the journal, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: Mapping[str, str | Promise] = {
    "membership_type.created": _("create"),
    "membership_type.edited": _("change"),
    "membership_type.cloned": _("clone"),
    "membership_type.archived": _("archive"),
    "membership_type.unarchived": _("unarchive"),
    "membership_type.deleted": _("delete"),
    "membership_type.restored": _("restore"),
    "membership_type.recreated": _("create again"),
}
KINDS: Mapping[str, str | Promise] = {"membership_type": _("Membership type")}
# Where an object of a kind has its page: URL name with chain_id and type_id.
PAGES: Mapping[str, str] = {"membership_type": "membership_types:detail"}
