"""The list as a file: what the address asks for, all of it, exact and inert."""

from __future__ import annotations

from django.test import Client

from loyalty_admin.sandbox.server import Sandbox
from tests.exports.files import csv_of, xlsx_of
from tests.gift_card_types.common import CHAIN, LIST

EXPORT = f"{LIST}export/"


def test_all_pages_are_in_it(sandbox: Sandbox, edith: Client) -> None:
    for number in range(60):
        sandbox.put_certificate_type(CHAIN, {"title": f"Many {number}", "balance": 1})
    assert len(csv_of(edith, f"{EXPORT}?q=many&size=25&page=2")) == 60


def test_money_is_a_number_and_its_column_names_the_currency(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.put_certificate_type(CHAIN, {"title": "Odd value", "balance": 8.95})
    (row,) = csv_of(edith, f"{EXPORT}?q=odd+value")
    assert float(row["Face value, €"]) == 8.95
    (cells,) = xlsx_of(edith, f"{EXPORT}?q=odd+value")
    assert (cells["Face value, €"].data_type, cells["Face value, €"].value) == ("n", 8.95)
