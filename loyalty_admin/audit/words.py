"""What stands in the journal, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: Mapping[str, str | Promise] = {
    "membership_type.created": _("created"),
    "membership_type.edited": _("changed"),
    "membership_type.cloned": _("cloned"),
    "membership_type.archived": _("archived"),
    "membership_type.unarchived": _("unarchived"),
    "membership_type.deleted": _("deleted"),
    "membership_type.restored": _("restored"),
    "membership_type.recreated": _("created again from the last known copy"),
}
KINDS: Mapping[str, str | Promise] = {"membership_type": _("Membership type")}
# Where an object of a kind has its page: URL name with chain_id and type_id.
PAGES: Mapping[str, str] = {"membership_type": "membership_types:detail"}
