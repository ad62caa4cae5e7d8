"""A text from Altegio in which no person would look for a fault: control characters, line breaks of
other systems, space around it. It stays as it is, and hinders no other change."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.audit.models import Outcome
from loyalty_admin.promotions.form_fields import NotificationField
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.gift_card_types import submitting as gift_card_types
from tests.gift_card_types.common import PLAIN
from tests.membership_types import submitting as membership_types
from tests.membership_types.submitting import newest
from tests.promotions import submitting as promotions
from tests.promotions.common import STATIC

pytestmark = pytest.mark.slow

CHAIN = CHAINS[0]
ODD_TEXTS = [
    "\x01Bell\x07 and escape\x1b\x7f",
    "Lines\rof\r\nother\nsystems",
    "  space around it\x0b\x1f \n",
    "\N{REPLACEMENT CHARACTER}\n\x1c",  # what is left of a NUL, and space
]


@pytest.mark.parametrize("odd", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_odd_text_stays_and_hinders_no_other_change(
    odd: str, sandbox: Sandbox, edith: Client
) -> None:
    sandbox.alter_type(CHAIN, 11023, title=odd, online_sale_description=odd)
    membership_types.edit(edith, 11023, {"price": "321"})
    assert newest().outcome == Outcome.DONE
    assert [change["field"] for change in newest().changes] == ["Price"]
    raw = sandbox.type_of(CHAIN, 11023)
    assert (raw["title"], raw["online_sale_description"]) == (odd, odd)

    sandbox.alter_certificate_type(CHAIN, PLAIN, title=odd)
    gift_card_types.edit(edith, PLAIN, {"face_value": "321"})
    assert newest().outcome == Outcome.DONE
    assert [change["field"] for change in newest().changes] == ["Face value"]
    assert sandbox.certificate_type_of(CHAIN, PLAIN)["title"] == odd

    sandbox.alter_promotion(CHAIN, STATIC, title=odd)
    promotions.edit(edith, STATIC, {"rules-value-0": "12"})
    assert newest().outcome == Outcome.DONE
    assert sandbox.promotion_of(CHAIN, STATIC)["title"] == odd


def test_nul_from_altegio_is_no_reason_to_refuse_a_form(sandbox: Sandbox, edith: Client) -> None:
    """Django refuses a NUL, and databases cannot keep one."""
    sandbox.alter_type(CHAIN, 11023, title="Ten\0", online_sale_description="\0\n")
    membership_types.edit(edith, 11023, {"price": "321"})
    assert newest().outcome == Outcome.DONE
    assert sandbox.type_of(CHAIN, 11023)["cost"] == 321


def test_message_of_a_promotion_changed_by_its_field_alone_is_untouched() -> None:
    opened = Notification("custom", " One\rtwo\r\nthree\0")
    field = NotificationField(opened=opened, previews={})
    sent = Notification("custom", " One\ntwo\nthree\N{REPLACEMENT CHARACTER}")
    assert not field.has_changed(opened, sent)
    assert field.has_changed(opened, Notification("custom", "One\n\ntwo\nthree"))
    assert field.has_changed(opened, Notification("none", ""))
