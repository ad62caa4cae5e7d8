"""What the journal calls the writes of sold memberships."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FROZEN = "membership.frozen"
UNFROZEN = "membership.unfrozen"
BALANCE_SET = "membership.balance_set"
VALIDITY_SET = "membership.validity_set"

WORDS: Mapping[str, str | Promise] = {
    FROZEN: _("freeze"),
    UNFROZEN: _("unfreeze"),
    BALANCE_SET: _("correct the balance"),
    VALIDITY_SET: _("change the validity"),
}
DONE: Mapping[str, str | Promise] = {
    FROZEN: _("Frozen: %(title)s."),
    UNFROZEN: _("Unfrozen: %(title)s."),
    BALANCE_SET: _("Balance corrected: %(title)s."),
    VALIDITY_SET: _("Validity changed: %(title)s."),
}
