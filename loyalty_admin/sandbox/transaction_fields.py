"""What a loyalty transaction is made of on the wire.

What is `INTERNAL` is kept beside the fields, and a read never answers it.
"""

from __future__ import annotations

from decimal import Decimal

from loyalty_admin.sandbox.state import Raw

DISCOUNT = 1
TITLES = {
    DISCOUNT: "Promotion discount",
    2: "Points earned",
    3: "Paid with a loyalty card",
    4: "Points for a referral",
    5: "Added by hand",
    6: "Taken off by hand",
    7: "Points expired",
    8: "Paid with a gift card",
    9: "Paid with a membership",
    10: "Membership recalculated",
    11: "Paid from the client's account",
}
# Inferred, for lack of anything that says so: what leaves a card, an account, a gift card or a
# membership is a withdrawal, and a withdrawal's amount is negative.
WITHDRAWALS = {3, 6, 7, 8, 9, 11}
# The instant in UTC, the location, and the client's phone as digits.
INTERNAL = ("created", "company_id", "phone")


def blank_transaction(chain_id: int, transaction_id: int, type_id: int) -> Raw:
    """A transaction of the type in which every field has its default, without what is internal."""
    return {
        "id": transaction_id,
        "visit_id": None,
        "status_id": 1,
        "amount": Decimal(0),
        "type_id": type_id,
        "card_id": None,
        "program_id": None,
        "certificate_id": None,
        "abonement_id": None,
        "salon_group_id": chain_id,
        "item_id": None,
        "item_type_id": None,
        "item_record_id": None,
        "goods_transaction_id": None,
        "services_transaction_id": None,
        "is_discount": type_id == DISCOUNT,
        "is_loyalty_withdraw": type_id in WITHDRAWALS,
        "type": {"id": type_id, "title": TITLES.get(type_id, "")},
    }
