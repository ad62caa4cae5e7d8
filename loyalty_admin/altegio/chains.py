"""Chains, their locations, services and types of loyalty cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.transport import Answer, Transport
from loyalty_admin.altegio.values import read_bool, read_int, read_list, read_str


@dataclass(frozen=True)
class Location:
    """`timezone` is an IANA name, `currency` a short title, `phone` the location's own as it is
    written there; "" when unknown."""

    id: int
    title: str
    timezone: str = ""
    currency: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Chain:
    """A chain as the linked account sees it.

    `access`: the API's name of a right to whether the account has it; absent is unknown.
    """

    id: int
    title: str
    locations: tuple[Location, ...] = ()
    access: Mapping[str, bool | None] = field(default_factory=dict)

    @classmethod
    def from_api(cls, raw: Any) -> Chain | None:
        """One item of GET /groups; None for one without an id."""
        chain_id = _id(raw)
        if chain_id is None:
            return None
        access = raw.get("access")
        locations = (_location(company) for company in read_list(raw.get("companies")))
        return cls(
            id=chain_id,
            title=read_str(raw.get("title")) or "",
            locations=tuple(location for location in locations if location),
            access={
                name: read_bool(value)
                for name, value in (access.items() if isinstance(access, Mapping) else ())
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Plain data for a JSON column, read back by `from_json`."""
        return {
            "id": self.id,
            "title": self.title,
            "locations": [asdict(location) for location in self.locations],
            "access": dict(self.access),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Chain:
        """What `as_json` made."""
        return cls(
            id=kept["id"],
            title=kept["title"],
            locations=tuple(Location(**location) for location in kept["locations"]),
            access=dict(kept["access"]),
        )


@dataclass(frozen=True)
class Service:
    id: int
    title: str


@dataclass(frozen=True)
class Category:
    """A category of services."""

    id: int
    title: str
    services: tuple[Service, ...] = ()


@dataclass(frozen=True)
class CardType:
    """A type of loyalty cards: promotions are tied to some of them."""

    id: int
    title: str


def list_chains(transport: Transport) -> list[Chain]:
    """The chains that the linked account reaches. API: GET /groups.

    No list at all is unreadable here, too: taken for no chains, it would shut everybody out.
    """
    answer = transport.get("/groups")
    if answer.data is None:
        raise UnreadableAnswer("no list of chains", request_id=answer.request_id)
    chains = (Chain.from_api(raw) for raw in _items(answer, "chains"))
    return _once(chain for chain in chains if chain)


def list_categories(transport: Transport, chain_id: int) -> list[Category]:
    """The chain's service categories with their services.

    API: GET /chain/{chain}/service_categories?include=services, with or without an envelope.
    """
    answer = transport.get(f"/chain/{chain_id:d}/service_categories", [("include", "services")])
    categories = []
    for raw in _items(answer, "service categories"):
        category_id = _id(raw)
        if category_id is not None:
            services = (_service(service) for service in read_list(raw.get("services")))
            categories.append(
                Category(
                    category_id,
                    read_str(raw.get("title")) or "",
                    tuple(service for service in services if service),
                )
            )
    return _once(categories)


def list_card_types(transport: Transport, chain_id: int) -> list[CardType]:
    """The chain's types of loyalty cards.

    API: GET /chain/{chain}/loyalty/card_types, with or without an envelope.
    """
    answer = transport.get(f"/chain/{chain_id:d}/loyalty/card_types")
    return _once(
        CardType(type_id, read_str(raw.get("title")) or "")
        for raw in _items(answer, "card types")
        if (type_id := _id(raw)) is not None
    )


def _items(answer: Answer, what: str) -> tuple[Any, ...]:
    if answer.data is not None and not isinstance(answer.data, list):
        problem = f"The answer holds no list of {what}."
        raise UnreadableAnswer(problem, request_id=answer.request_id)
    return read_list(answer.data)


def _id(raw: Any) -> int | None:
    number = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
    return number if number is not None and number > 0 else None


def _location(raw: Any) -> Location | None:
    location_id = _id(raw)
    if location_id is None:
        return None
    return Location(
        id=location_id,
        title=read_str(raw.get("title")) or read_str(raw.get("public_title")) or "",
        timezone=read_str(raw.get("timezone_name")) or "",
        currency=read_str(raw.get("currency_short_title")) or "",
        phone=read_str(raw.get("phone")) or "",
    )


def _service(raw: Any) -> Service | None:
    service_id = _id(raw)
    return None if service_id is None else Service(service_id, read_str(raw.get("title")) or "")


def _once[T: (Chain, Category, CardType)](found: Iterable[T]) -> list[T]:
    """Without the second of two with the same id."""
    return list({item.id: item for item in reversed(list(found))}.values())[::-1]
