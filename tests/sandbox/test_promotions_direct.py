"""What the stand-in lets be done to its promotions directly, and how the client reads them."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_admin.altegio.promotion_terms import create_body, differing_terms, update_body
from loyalty_admin.altegio.promotions import list_of_chain, read_promotion
from loyalty_admin.altegio.transport import Secret
from tests.altegio.wire import transport_to
from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.promotions import (
    EVERYTHING,
    FIRST,
    ON_CHANGED,
    PROGRAMS,
    TEMPLATES,
    found,
    make,
    read,
)


def test_put_promotion_makes_one_of_what_is_given(either: Api) -> None:
    companies = [{"id": 601, "title": "There"}]
    made = either.sandbox.put_promotion(FITNESS, {"title": "Theirs", "companies": companies})
    assert (made["title"], made["group_id"], made["usage_limit"]) == ("Theirs", FITNESS, 0)
    assert either.sandbox.promotion_of(FITNESS, made["id"]) == made
    assert made["id"] in found(either, 601)
    assert either.sandbox.put_promotion(SALON, {"id": 40_000, "title": "Numbered"})["id"] == 40_000
    assert make(either)["id"] > 40_000


def test_put_promotion_replaces_one_so_that_missing_keys_are_missing(either: Api) -> None:
    raw = either.sandbox.promotion_of(SALON, FIRST)
    del raw["value_unit"], raw["rules"]
    either.sandbox.put_promotion(SALON, raw | {"loyalty_card_types": None})
    shown = read(either, f"{PROGRAMS}/{FIRST}", include=EVERYTHING)
    assert "value_unit" not in shown and "rules" not in shown
    assert shown["loyalty_card_types"] is None
    assert FIRST in found(either, 501)


@pytest.mark.parametrize("odd", [None, "all", [None], [{"title": "No id"}], 5])
def test_a_promotion_with_odd_locations_is_found_nowhere(either: Api, odd: Any) -> None:
    either.sandbox.alter_promotion(SALON, FIRST, companies=odd)
    assert len(found(either, 501)) == 17


def test_alter_promotion_changes_some_fields(documented: Api) -> None:
    before = documented.sandbox.promotion_of(SALON, FIRST)
    documented.sandbox.alter_promotion(SALON, FIRST, title="Other", usage_limit=9)
    after = documented.sandbox.promotion_of(SALON, FIRST)
    assert after == before | {"title": "Other", "usage_limit": 9}
    assert read(documented, f"{PROGRAMS}/{FIRST}")["title"] == "Other"


def test_the_id_of_an_altered_template_follows_it(either: Api) -> None:
    template = {"id": 77, "type": "custom", "body": "Other"}
    changed = either.sandbox.alter_promotion(SALON, FIRST, **{ON_CHANGED: template})
    assert changed[f"{ON_CHANGED}_id"] == 77
    changed = either.sandbox.alter_promotion(SALON, FIRST, **{ON_CHANGED: None})
    assert changed[f"{ON_CHANGED}_id"] == 0
    other = either.sandbox.alter_promotion(SALON, FIRST, **{f"{ON_CHANGED}_id": 5})
    assert (other[ON_CHANGED], other[f"{ON_CHANGED}_id"]) == (None, 5)
    garbled = either.sandbox.alter_promotion(SALON, FIRST, **{ON_CHANGED: "big"})
    assert garbled[ON_CHANGED] == "big"


def test_put_templates_replaces_those_of_the_chain(either: Api) -> None:
    templates = [{"type": "big", "body": "Without an id"}]
    either.sandbox.put_templates(SALON, templates)
    assert read(either, TEMPLATES) == either.sandbox.templates_of(SALON) == templates
    either.sandbox.reset()
    assert len(read(either, TEMPLATES)) > 40


def test_what_the_helpers_give_is_a_copy(either: Api) -> None:
    sandbox = either.sandbox
    before = (sandbox.promotions_of(SALON), sandbox.card_types_of(SALON))
    sandbox.promotions_of(SALON)[0]["rules"].append(1)
    sandbox.promotion_of(SALON, FIRST)["rules"].append(1)
    sandbox.put_promotion(SALON, before[0][0])["rules"].append(1)
    sandbox.card_types_of(SALON)[0]["title"] = "Other"
    sandbox.templates_of(SALON)[0].clear()
    assert (sandbox.promotions_of(SALON), sandbox.card_types_of(SALON)) == before
    assert sandbox.templates_of(SALON)[0]


# As the dashboard's own client sees it


def test_every_seed_is_read_whole_by_the_client(either: Api) -> None:
    either.sandbox.reset(promotions=40)
    token = either.headers["Authorization"].rpartition(" ")[2]
    transport = transport_to(
        either.sandbox.api_url,
        partner_token=Secret(either.sandbox.partner_token),
        user_token=Secret(token),
    )
    listed = list_of_chain(transport, SALON, [501, 502, 503, 504, 505])
    assert listed.failures == {}
    assert len(listed.promotions) == 40
    for raw in either.sandbox.promotions_of(SALON):
        whole = read_promotion(transport, SALON, raw["id"])
        assert (whole.chain_id, whole.unreadable) == (SALON, ())
        transport.send("POST", PROGRAMS, create_body(whole.terms))
        made = max(one["id"] for one in either.sandbox.promotions_of(SALON))
        again = read_promotion(transport, SALON, made)
        assert differing_terms(again.terms, whole.terms) == []
        body = update_body(whole.terms, whole.terms)
        transport.send("PUT", f"{PROGRAMS}/{raw['id']}", body)
        assert read_promotion(transport, SALON, raw["id"]).terms == whole.terms
