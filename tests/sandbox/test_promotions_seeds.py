"""The promotions that there are at the start."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.server import Sandbox
from tests.sandbox.api import FITNESS, SALON, Api
from tests.sandbox.promotions import ON_CHANGED, ON_EXPIRATION


def test_the_seeds_are_the_same_each_time_and_awkward_enough(either: Api) -> None:
    kept = either.sandbox.promotions_of(SALON)
    either.sandbox.reset()
    assert either.sandbox.promotions_of(SALON) == kept
    titles = [raw["title"] for raw in kept]
    assert len(set(titles)) == len(titles) - 1
    assert max(len(title) for title in titles) > 240
    assert "<script>alert(1)</script> \"promo\" & 'sale'" in titles
    templates: list[dict[str, Any]] = [
        raw[name] for raw in kept for name in (ON_CHANGED, ON_EXPIRATION) if raw[name]
    ]
    bodies = [template["body"] for template in templates if template["type"] == "custom"]
    tiers = [
        [rule["value"] for rule in sorted(raw["rules"], key=lambda one: one["parameter"])]
        for raw in kept
        if "_accumulative_" in raw["type"]
    ]
    items = [item for raw in kept for item in raw["applicable_items"]]
    modes = {"any_allowed", "not_allowed", "custom_allowed"}
    for awkward in (
        len({raw["type"] for raw in kept}) == 13,
        {raw["service_item_type"] for raw in kept} == modes,
        {raw["good_item_type"] for raw in kept} == modes,
        {raw["value_unit"] for raw in kept} == {"percent", "amount"},
        {len(raw["companies"]) for raw in kept} == {1, 2, 3, 4, 5},
        {len(values) for values in tiers} == {1, 2, 3, 4, 5, 6},
        any(values != sorted(values) for values in tiers),
        {len(raw["loyalty_card_types"]) for raw in kept} >= {0, 1, 2},
        {template["type"] for template in templates} == {"big", "mid", "small", "custom"},
        any(raw["expiration_timeout"] and raw["expiration_notification_timeout"] for raw in kept),
        {raw["expiration_timeout_unit"] for raw in kept} == {None, "day", "week", "month", "year"},
        len({(item["is_service"], item["is_category"]) for item in items}) == 4,
        "</textarea><img src=x onerror=alert(3)>" in bodies,
        any("{{ 7*7 }}" in body for body in bodies),
    ):
        assert awkward


def test_the_number_of_promotions_is_chosen(sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["documented"]
    for promotions in (0, 1, 5, 300):
        sandbox.reset(promotions=promotions)
        kept = sandbox.promotions_of(SALON)
        assert len(kept) == promotions
        assert len(sandbox.promotions_of(FITNESS)) == 3
        assert len(sandbox.types_of(SALON)) == 30
        assert len(sandbox.certificate_types_of(SALON)) == 24
        if promotions == 300:
            assert len({raw["title"] for raw in kept}) == 299  # two of the first share theirs
    sandbox.reset()
    assert len(sandbox.promotions_of(SALON)) == 18


def test_promotions_at_the_start_leave_other_ids_as_they_were(either: Api) -> None:
    ids = []
    for promotions in (0, 18):
        either.sandbox.reset(promotions=promotions)
        ids.append(either.sandbox.put_type(SALON, {"title": "Next"})["id"])
    assert ids[0] == ids[1]
