"""The list as a file: what the address asks for, all of it, exact and inert."""

from __future__ import annotations

import pytest
from django.test import Client

from loyalty_admin.connections.models import Connection
from loyalty_admin.sandbox.server import Sandbox
from tests.exports.files import csv_of, xlsx_of
from tests.membership_types.common import CHAIN, LIST, grow_old, listed
from tests.pages import Page

EXPORT = f"{LIST}export/"


def test_all_pages_of_many_types_are_in_it(sandbox: Sandbox, edith: Client) -> None:
    sandbox.reset(types=300)
    active = sum(not raw["is_archived"] for raw in listed(sandbox))
    assert len(csv_of(edith, f"{EXPORT}?size=25&page=2")) == active


def test_money_is_a_number_and_its_column_names_the_currency(
    sandbox: Sandbox, edith: Client
) -> None:
    sandbox.put_type(CHAIN, {"title": "Odd price", "cost": 8.95})
    (row,) = csv_of(edith, f"{EXPORT}?q=odd+price")
    assert float(row["Price, €"]) == 8.95
    (cells,) = xlsx_of(edith, f"{EXPORT}?q=odd+price")
    assert (cells["Price, €"].data_type, cells["Price, €"].value) == ("n", 8.95)


@pytest.mark.parametrize("known", [False, True])
def test_failure_at_altegio_is_said_on_a_page(
    sandbox: Sandbox, edith: Client, connection: Connection, known: bool
) -> None:
    if known:
        edith.get(f"{LIST}loaded/")
        grow_old(connection, minutes=12)
    sandbox.fault(kind="status", status=302, times=None, match={"path": "abonement_types"})
    response = edith.get(f"{EXPORT}?format=xlsx")
    assert response.status_code == 502
    assert "Content-Disposition" not in response
    assert Page(response).all("section", role="alert")


def test_old_list_is_read_again_first(
    sandbox: Sandbox, loaded: Client, connection: Connection
) -> None:
    grow_old(connection, minutes=12)
    sandbox.put_type(CHAIN, {"title": "Made since", "cost": 1})
    assert len(csv_of(loaded, f"{EXPORT}?q=since")) == 1
