"""Gift card types in words: what a person reads of each term."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty_admin.altegio.gift_card_types import SCHEMA, Terms
from loyalty_admin.catalog.words import CODE
from loyalty_admin.gift_card_types import words
from loyalty_admin.gift_card_types.fields import FIELDS
from loyalty_admin.gift_card_types.words import Words

SAY = Words(
    locations={501: "Centre <b>", 502: "North"},
    services={7: "Haircut & <i>care</i>"},
    zones=("Europe/Riga",),
    currency="€",
)


SAID: list[tuple[str, dict[str, Any], str]] = [
    ("title", {"title": "Fifty <i>"}, "Fifty <i>"),
    ("face_value", {"face_value": Decimal("1234567.5")}, "1,234,567.50 €"),
    ("face_value", {"face_value": Decimal("50.00")}, "50 €"),
    ("online_price", {}, "not set"),
    ("location_ids", {"location_ids": (501, 599)}, "Centre <b>, location 599"),
    ("location_ids", {}, "none"),
    ("several_uses", {"several_uses": True}, str(words.SEVERAL_USES[True])),
    ("several_uses", {}, str(words.SEVERAL_USES[False])),
    ("covers", {"covers": 0}, str(words.COVERS[0])),
    ("covers", {"covers": 4}, str(words.COVERS[4])),
    ("covers", {"covers": 9}, "number 9"),
    ("service_ids", {"covers": 3, "service_ids": (7, 8)}, "Haircut & <i>care</i>, number 8"),
    ("service_ids", {"covers": 4}, "none"),
    ("service_ids", {"covers": 1, "service_ids": (7,)}, "not set"),
    ("sold_without_code", {"sold_without_code": True}, str(CODE[True])),
    ("balance_editing", {"balance_editing": 1}, "Allowed"),
    ("balance_editing", {"balance_editing": 2}, "Not allowed"),
    # Nobody knows what it says, so no word is put in its place.
    ("balance_editing", {"balance_editing": 0}, "number 0"),
    ("balance_editing", {"balance_editing": 7}, "number 7"),
    ("validity_kind", {"validity_kind": 0}, str(words.VALIDITY_KINDS[0])),
    ("validity_kind", {"validity_kind": 8}, "number 8"),
    ("expires_at", {"validity_kind": 1}, "not set"),
    (
        "expires_at",
        {"expires_at": datetime.fromisoformat("2030-12-31T23:59:59+02:00")},
        "not set",
    ),
    (
        "expires_at",
        {"validity_kind": 1, "expires_at": datetime.fromisoformat("2030-12-31T23:59:59+02:00")},
        "31 Dec 2030, 23:59:59 (Europe/Riga)",
    ),
    ("validity", {"validity_kind": 2, "validity": 1, "validity_unit": 3}, "1 month"),
    ("validity", {"validity_kind": 2, "validity": 2, "validity_unit": 9}, "2 (unit not set)"),
    ("validity_unit", {"validity_kind": 2, "validity_unit": 4}, "years"),
    ("online_sale", {"online_sale": True}, "yes"),
    ("category_id", {}, "not set"),
    ("category_id", {"category_id": 3}, "3"),
]


def test_term_in_words() -> None:
    found = [(name, terms, SAY.of(Terms(**terms), name)) for name, terms, _said in SAID]
    assert found == SAID


def test_every_term_has_a_label_and_words() -> None:
    assert set(FIELDS.by_name) == set(SCHEMA.names)
    for name in SCHEMA.names:
        assert FIELDS.label(name)
        assert isinstance(Words().of(Terms(), name), str)


def test_before_and_after_are_told_apart() -> None:
    moment = datetime.fromisoformat("2030-12-31T23:59:59+02:00")
    before = Terms(validity_kind=1, expires_at=moment)
    after = replace(before, expires_at=moment.replace(second=0), title="x")
    assert SAY.of(before, "expires_at") == "31 Dec 2030, 23:59:59 (Europe/Riga)"
    assert SAY.of(after, "expires_at") == "31 Dec 2030, 23:59 (Europe/Riga)"
