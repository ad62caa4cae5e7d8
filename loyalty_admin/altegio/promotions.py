"""Promotions: what the API calls loyalty `programs`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from loyalty_admin.altegio.errors import AltegioError, UnreadableAnswer
from loyalty_admin.altegio.notification_templates import NOTHING, Notification, read_notification
from loyalty_admin.altegio.paging import read_page
from loyalty_admin.altegio.parallel import side_by_side
from loyalty_admin.altegio.promotion_kinds import (
    KINDS,
    RULES,
    Item,
    Rule,
    read_items,
    rules_of_kind,
)
from loyalty_admin.altegio.schema import IDS, INT, TEXT, Codec, Schema, normal_text, term
from loyalty_admin.altegio.transport import Answer, Send, Transport
from loyalty_admin.altegio.values import read_int, read_numbers, read_str

# The right, in a chain's `access`, to change promotions.
EDIT_RIGHT = "loyalty_programs_access"
# Names under which the API says whose something is.
CHAIN_KEYS = ("group_id", "salon_group_id", "company_group_id", "chain_id")
# What an answer holds only when it is asked for.
INCLUDES = (
    "applicable_items",
    "rules",
    "companies",
    "loyalty_card_types",
    "on_changed_notification_template",
    "on_expiration_notification_template",
)
NO_ITEMS_NAMED = ("any_allowed", "not_allowed")


def _read_ids(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list):
        return None
    return read_numbers([item.get("id") if isinstance(item, Mapping) else item for item in value])


def _read_date(value: Any) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


def _write_notification(sent: Notification) -> dict[str, Any]:
    return {"type": sent.size, **({"body": sent.body} if sent.size == "custom" else {})}


def _normal_notification(sent: Notification) -> tuple[str, str]:
    return sent.size, normal_text(sent.body) if sent.size == "custom" else ""


WORD = replace(TEXT, parse=lambda value: read_str(value) or None)
OBJECT_IDS = replace(IDS, parse=_read_ids)
DATE = Codec(parse=_read_date, to_api=date.isoformat, from_json=date.fromisoformat)
NOTIFICATION = Codec(
    parse=lambda value: None,  # several keys say it together: see `_read_notification`
    to_api=_write_notification,
    from_json=lambda stored: Notification(**stored),
    normal=_normal_notification,
)


def _read_notification(key: str) -> Callable[[Mapping[str, Any]], Notification | None]:
    return lambda raw: read_notification(raw, key)


def _item_ids(name: str) -> Codec:
    """The ids of those items that the term holds."""

    def parse(value: Any) -> tuple[int, ...] | None:
        items = read_items(value)
        ids = None if items is None else {item.id for item in items if item.term == name}
        return None if ids is None else tuple(sorted(ids))

    return replace(IDS, parse=parse)


def _not_taken(name: str) -> Callable[[Terms], bool]:
    """Whether the kind does not take the term; a kind that is not known may take it."""
    return lambda terms: terms.kind in KINDS and name not in KINDS[terms.kind].takes


def _no_service_named(terms: Terms) -> bool:
    return terms.services in NO_ITEMS_NAMED


def _no_product_named(terms: Terms) -> bool:
    return terms.products in NO_ITEMS_NAMED


def _never_expires(terms: Terms) -> bool:
    return not terms.expiration


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything about a promotion that a person may set.

    `kind`: one of `KINDS`. `services`, `products`: any_allowed, not_allowed or custom_allowed,
    and then the ids (`service_ids` holds services and their categories). `value_unit`: percent
    or amount. `expiration` counts `expiration_unit` (day, week, month, year), 0 is never;
    `expiration_notice` is in days before it. `usage_limit` 0 is no limit. `history_source`:
    loyalty_card, active_companies or chain, "" is not set. For gaps see `NOT_KNOWN`.
    """

    title: str = term("", TEXT, "title", required=True)
    kind: str = term("", TEXT, "type", required=True)
    location_ids: tuple[int, ...] = term((), OBJECT_IDS, "companies", write=("company_ids",))
    services: str = term("any_allowed", WORD, "service_item_type", required=True, gap="unknown")
    service_ids: tuple[int, ...] = term(
        (),
        _item_ids("service_ids"),
        "applicable_items",
        write=("allowed_service_ids",),
        required=True,
        idle=_no_service_named,
    )
    products: str = term("any_allowed", WORD, "good_item_type", required=True, gap="unknown")
    product_ids: tuple[int, ...] = term(
        (),
        _item_ids("product_ids"),
        "applicable_items",
        write=("allowed_good_ids",),
        required=True,
        idle=_no_product_named,
    )
    product_category_ids: tuple[int, ...] = term(
        (),
        _item_ids("product_category_ids"),
        "applicable_items",
        write=("allowed_good_category_ids",),
        required=True,
        idle=_no_product_named,
    )
    value_unit: str = term("percent", WORD, "value_unit", required=True, gap="unknown")
    rules: tuple[Rule, ...] = term(
        (),
        RULES,
        "rules",
        required=True,
        normal=lambda rules, terms: rules_of_kind(rules, KINDS.get(terms.kind)),
    )
    usage_limit: int = term(0, INT, "usage_limit", idle=_not_taken("usage_limit"))
    visit_multiplicity: int = term(
        1, INT, "visit_multiplicity", idle=_not_taken("visit_multiplicity"), gap=0
    )
    sold_items_multiplicity: int = term(
        1, INT, "sold_items_multiplicity", idle=_not_taken("sold_items_multiplicity"), gap=0
    )
    expiration: int = term(0, INT, "expiration_timeout")
    expiration_unit: str = term(
        "", TEXT, "expiration_timeout_unit", required=True, idle=_never_expires
    )
    expiration_notice: int = term(0, INT, "expiration_notification_timeout", idle=_never_expires)
    history_source: str = term(
        "", TEXT, "params_source_type", idle=_not_taken("history_source"), gap="unknown"
    )
    history_from: date | None = term(
        None, DATE, "history_start_date", idle=_not_taken("history_from"), gap=date.min
    )
    card_type_ids: tuple[int, ...] = term(
        (), OBJECT_IDS, "loyalty_card_types", write=("loyalty_card_type_ids",)
    )
    on_changed: Notification = term(
        NOTHING,
        NOTIFICATION,
        "on_changed_notification_template",
        read=_read_notification("on_changed_notification_template"),
        required=True,
    )
    on_expiration: Notification = term(
        NOTHING,
        NOTIFICATION,
        "on_expiration_notification_template",
        read=_read_notification("on_expiration_notification_template"),
        required=True,
    )


SCHEMA = Schema(Terms)
# Set when the promotion is created: no PUT takes them.
FIXED_TERMS = frozenset(
    {
        "kind", "services", "products", "value_unit", "visit_multiplicity",
        "sold_items_multiplicity", "history_source", "history_from",
    }
)  # fmt: skip
# In place of fixed terms that an answer lacks or garbles: no PUT sends them, so that nothing is
# lost where they are not known. Without the type, nobody knows what a PUT takes.
NOT_KNOWN: Mapping[str, Any] = SCHEMA.gaps


def not_known(terms: Terms) -> tuple[str, ...]:
    """Names of the fixed terms that mean something here and that the API did not say."""
    idle = SCHEMA.idle(terms)
    return tuple(
        name
        for name, mark in NOT_KNOWN.items()
        if getattr(terms, name) == mark and name not in idle
    )


def without_gaps(terms: Terms) -> Terms:
    """The same with what a new promotion starts from in place of what is not known."""
    return replace(terms, **{name: getattr(Terms(), name) for name in not_known(terms)})


def read_terms(raw: Mapping[str, Any]) -> tuple[Terms, tuple[str, ...]]:
    """The terms, and the API names of those that it lacks or garbles and a PUT would lose.

    Without the items nobody knows whether some are named, and without a known type nobody knows
    what a PUT takes, whatever the other terms say.
    """
    terms, unreadable = SCHEMA.read(raw)
    lost = [key for key in ("applicable_items",) if key not in raw]
    lost += [] if terms.kind in KINDS else ["type"]
    return terms, tuple(dict.fromkeys((*unreadable, *lost)))


def normal_rules(terms: Terms) -> tuple[Rule, ...]:
    """The rules in rising order and without the numbers that mean nothing to the kind."""
    return rules_of_kind(terms.rules, KINDS.get(terms.kind))


def create_body(terms: Terms) -> dict[str, Any]:
    """The body of a POST: only what the kind takes. Raises ValueError for a kind that is none."""
    if terms.kind not in KINDS:
        raise ValueError("The API has no such kind of promotion.")
    return _write(replace(terms, rules=normal_rules(terms)))


def update_body(terms: Terms, read: Terms) -> dict[str, Any]:
    """The whole body of a PUT, in which what is fixed counts as it was `read`."""
    fixed = {name: getattr(read, name) for name in FIXED_TERMS}
    return _write(replace(terms, **fixed), without=FIXED_TERMS)


def _write(terms: Terms, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    # They have no value for "not set".
    unset = {name for name in ("history_source", "history_from") if not getattr(terms, name)}
    return SCHEMA.to_api(terms, without=SCHEMA.idle(terms) | unset | without)


@dataclass(frozen=True, kw_only=True)
class Promotion:
    id: int
    terms: Terms
    # What the terms name by their ids, with titles; empty in a list.
    items: tuple[Item, ...]
    # None where the answer does not say whose it is.
    chain_id: int | None
    # API names of terms that the answer lacked or garbled. A list lacks all that has to be
    # asked for (`INCLUDES`): a promotion is edited only as `read_promotion` gave it.
    unreadable: tuple[str, ...]
    raw: Mapping[str, Any] = field(compare=False, repr=False)

    @classmethod
    def from_api(cls, raw: Any) -> Promotion:
        """Read one promotion. Raises UnreadableAnswer where there is none in it at all."""
        promotion_id = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
        if promotion_id is None:
            raise UnreadableAnswer("no promotion in the answer")
        terms, unreadable = read_terms(raw)
        chain_ids = (read_int(raw.get(key)) for key in CHAIN_KEYS)
        return cls(
            id=promotion_id,
            terms=terms,
            items=read_items(raw.get("applicable_items")) or (),
            chain_id=next((chain_id for chain_id in chain_ids if chain_id), None),
            unreadable=unreadable,
            raw=raw,
        )


def _path(chain_id: int, *rest: int) -> str:
    return "/".join(["", "chain", str(chain_id), "loyalty", "programs", *map(str, rest)])


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What the locations of a chain said.

    `location_ids`: the id of each promotion to the locations in which it is active. `failures`:
    the id of each location that gave no list to what went wrong there.
    """

    promotions: tuple[Promotion, ...]
    location_ids: Mapping[int, tuple[int, ...]]
    failures: Mapping[int, AltegioError]


def list_of_chain(transport: Transport, chain_id: int, location_ids: Iterable[int]) -> Listed:
    """The promotions active in these locations, without those that say they are another chain's.

    The API has no list of a chain's promotions: every location is asked, side by side.
    API: GET /company/{location}/loyalty/programs/search
    """
    asked = list(dict.fromkeys(location_ids))
    answers = side_by_side([partial(_list_of_location, transport, each) for each in asked])
    promotions: dict[int, Promotion] = {}
    found_in: dict[int, dict[int, None]] = {}
    failures: dict[int, AltegioError] = {}
    for location_id, answer in zip(asked, answers, strict=True):
        if isinstance(answer, AltegioError):
            failures[location_id] = answer
            continue
        for promotion in answer:
            if promotion.chain_id in (None, chain_id):
                promotions.setdefault(promotion.id, promotion)
                found_in.setdefault(promotion.id, {})[location_id] = None
    return Listed(
        promotions=tuple(promotions.values()),
        location_ids={each: tuple(locations) for each, locations in found_in.items()},
        failures=failures,
    )


def _list_of_location(
    transport: Transport, location_id: int
) -> tuple[Promotion, ...] | AltegioError:
    try:
        answer = transport.get(f"/company/{location_id:d}/loyalty/programs/search")
        return read_page(answer, Promotion.from_api).rows
    except AltegioError as error:
        return error


def read_promotion(transport: Transport, chain_id: int, promotion_id: int) -> Promotion:
    """With everything that has to be asked for.

    API: GET /chain/{chain}/loyalty/programs/{id}?include=…, with or without an envelope.
    """
    query = [("include", ",".join(INCLUDES))]
    return transport.get(_path(chain_id, promotion_id), query).read(Promotion.from_api)


def create_promotion(send: Send, chain_id: int, body: Mapping[str, Any]) -> Answer:
    """API: POST /chain/{chain}/loyalty/programs"""
    return send("POST", _path(chain_id), body)


def update_promotion(
    send: Send, chain_id: int, promotion_id: int, body: Mapping[str, Any]
) -> Answer:
    """API: PUT /chain/{chain}/loyalty/programs/{id}"""
    return send("PUT", _path(chain_id, promotion_id), body)


def delete_promotion(send: Send, chain_id: int, promotion_id: int) -> Answer:
    """API: DELETE /chain/{chain}/loyalty/programs/{id}"""
    return send("DELETE", _path(chain_id, promotion_id))


def id_in_answer(answer: Answer) -> int | None:
    """The id in a write's answer; without `include` it never holds the whole promotion."""
    return read_int(answer.data.get("id")) if isinstance(answer.data, Mapping) else None
