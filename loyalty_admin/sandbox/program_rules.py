"""What has to hold between the fields of a loyalty program, and how what was sent is read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loyalty_admin.sandbox.checks import Errors
from loyalty_admin.sandbox.program_fields import (
    FIXED,
    TEMPLATES,
    blank_program,
    idle_fields,
    rules_of,
)
from loyalty_admin.sandbox.state import Chain, Raw

DEFAULTS: Raw = {
    name: value for name, value in blank_program(0, 0).items() if name not in TEMPLATES
} | {
    "loyalty_card_type_ids": [],
    "allowed_service_ids": [],
    "allowed_good_ids": [],
    "allowed_good_category_ids": [],
    **{name: {"type": "none"} for name in TEMPLATES},
}


def with_defaults(sent: Raw, before: Raw | None) -> Raw:
    """Checked `sent_values` with all that was left out, and what a PUT leaves as it was."""
    fixed = {name: before[name] for name in FIXED if name in before} if before else {}
    return DEFAULTS | fixed | sent


def check_rules(written: Raw, chain: Chain) -> Errors:
    """Rules between fields, over what `with_defaults` gives."""
    errors: Errors = {}
    companies = set(written["company_ids"])
    if not companies:
        errors["company_ids"] = ["Add at least one location."]
    elif not companies <= chain.location_ids:
        errors["company_ids"] = ["A location does not belong to the chain."]
    if not set(written["loyalty_card_type_ids"]) <= {one["id"] for one in chain.card_types}:
        errors["loyalty_card_type_ids"] = ["A card type does not belong to the chain."]
    if written["expiration_timeout"] and not written["expiration_timeout_unit"]:
        errors["expiration_timeout_unit"] = ["The field is required."]
    return errors | _check_items(written, chain) | _check_tiers(written, chain)


def _check_items(written: Raw, chain: Chain) -> Errors:
    services, goods = written["service_item_type"], written["good_item_type"]
    if services == goods == "not_allowed":
        return {"service_item_type": ["Allow some services or some products."]}
    errors: Errors = {}
    if not set(written["allowed_service_ids"]) <= {*chain.services, *chain.category_titles}:
        errors["allowed_service_ids"] = ["A service does not belong to the chain."]
    elif services == "custom_allowed" and not written["allowed_service_ids"]:
        errors["allowed_service_ids"] = ["Add at least one service."]
    chosen = written["allowed_good_ids"] or written["allowed_good_category_ids"]
    if goods == "custom_allowed" and not chosen:
        errors["allowed_good_ids"] = ["Add at least one product."]
    return errors


def _check_tiers(written: Raw, chain: Chain) -> Errors:
    rules: list[Raw] = written["rules"]
    kind = rules_of(written["type"])
    if kind == "static" and len(rules) != 1:
        return {"rules": ["Must be exactly one rule."]}
    thresholds = [rule["parameter"] for rule in rules]
    if kind == "tiers" and len(set(thresholds)) < len(thresholds):
        return {"rules": ["Two rules have the same threshold."]}
    errors: Errors = {}
    for place, rule in enumerate(rules):
        if kind == "static" and rule["parameter"]:
            errors[f"rules.{place}.parameter"] = ["Must be 0."]
        if kind == "package" and rule.get("service_id") not in chain.services:
            errors[f"rules.{place}.service_id"] = ["The service does not belong to the chain."]
        if written["value_unit"] == "percent" and rule["value"] > 100:
            errors[f"rules.{place}.value"] = ["Must be at most 100 percent."]
    return errors


def as_read(written: Raw, chain: Chain, program_id: int) -> Raw:
    """What `with_defaults` gives, checked, as a read by id shows it."""
    blank = blank_program(chain.id, program_id)
    package = rules_of(written["type"]) == "package"
    raw = {name: written.get(name, default) for name, default in blank.items()}
    raw |= {name: blank[name] for name in idle_fields(written["type"])}
    raw |= {
        "id": program_id,
        "group_id": chain.id,
        "is_deleted": False,
        "applicable_items": [*_items(written, chain)],
        "rules": [
            {
                "id": program_id * 100 + place,
                "parameter": rule["parameter"],
                "value": rule["value"],
                "service_id": rule["service_id"] if package else 0,
            }
            for place, rule in enumerate(written["rules"], start=1)
        ],
        "companies": [
            {"id": one["id"], "title": one["title"]}
            for one in chain.locations
            if one["id"] in written["company_ids"]
        ],
        "loyalty_card_types": [
            dict(one) for one in chain.card_types if one["id"] in written["loyalty_card_type_ids"]
        ],
    }
    for place, name in enumerate(TEMPLATES, start=1):
        raw[name] = _template(
            written[name], chain, _occasion(name, str(raw["type"])), program_id, place
        )
    return with_template_ids(raw, TEMPLATES)


def with_template_ids(raw: Raw, names: Iterable[str]) -> Raw:
    """The id of each template of `names` also beside it, as answers give it."""
    return raw | {
        f"{name}_id": raw[name].get("id", 0) if isinstance(raw[name], dict) else 0 for name in names
    }


def _items(written: Raw, chain: Chain) -> Iterator[Raw]:
    if written["service_item_type"] == "custom_allowed":
        for item_id in dict.fromkeys(written["allowed_service_ids"]):
            category = chain.category_titles.get(item_id)
            title = category or chain.services[item_id]["title"]
            yield _item(item_id, title, is_service=True, is_category=category is not None)
    if written["good_item_type"] == "custom_allowed":
        for item_id in dict.fromkeys(written["allowed_good_ids"]):
            yield _item(item_id, f"Product {item_id}", is_service=False, is_category=False)
        for item_id in dict.fromkeys(written["allowed_good_category_ids"]):
            yield _item(item_id, f"Products {item_id}", is_service=False, is_category=True)


def _item(item_id: int, title: str, *, is_service: bool, is_category: bool) -> Raw:
    return {"id": item_id, "title": title, "is_service": is_service, "is_category": is_category}


def _occasion(name: str, program_type: str) -> str:
    """The `message_type` of the chain's templates that the one of a program is chosen from."""
    what = "cashback" if program_type.startswith("cashback_") else "discount"
    when = "changed" if name == TEMPLATES[0] else "expiration"
    return f"loyalty_{what}_{when}"


def _template(
    sent: Raw, chain: Chain, message_type: str, program_id: int, place: int
) -> Raw | None:
    """A standard one is the chain's, where it has it."""
    size = sent["type"]
    if size == "none":
        return None
    own = {"id": program_id * 10 + place, "type": size, "body": ""}
    if size == "custom":
        return own | {"body": sent["body"]}
    for template in chain.program_templates:
        if (template["type"], template["message_type"]) == (size, message_type):
            return {name: template[name] for name in own}
    return own
