"""What the stand-in remembers between two calls, in the API's own words and shapes."""

from __future__ import annotations

import hashlib
import hmac
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from loyalty_admin.sandbox.ledger import Ledger

Profile = Literal["documented", "observed"]
Raw = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Someone with an Altegio account; `access` is chain id -> right -> 1 or 0."""

    id: int
    name: str
    login: str
    phone: str
    access: dict[int, dict[str, int]]

    def has_login(self, login: str) -> bool:
        digits = "".join(character for character in login if character.isdigit())
        return login.strip().casefold() == self.login or digits == self.phone


@dataclass
class Chain:
    """`abonement_types`, `certificate_types`, `programs`: id -> the full answer to a read by id,
    plus `is_deleted`. `abonements`: id -> a membership as a list answers it, plus
    `membership_fields.INTERNAL`. `transactions`: rows as a list answers them, plus
    `transaction_fields.INTERNAL`. `hidden_programs`: ids of those that no search reports."""

    id: int
    title: str
    locations: list[Raw]
    categories: list[Raw]
    abonement_types: dict[int, Raw] = field(default_factory=dict)
    certificate_types: dict[int, Raw] = field(default_factory=dict)
    programs: dict[int, Raw] = field(default_factory=dict)
    abonements: dict[int, Raw] = field(default_factory=dict)
    transactions: Ledger = field(default_factory=Ledger)
    hidden_programs: set[int] = field(default_factory=set)
    card_types: list[Raw] = field(default_factory=list)
    program_templates: list[Raw] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.location_ids = {location["id"] for location in self.locations}
        self.category_titles = {category["id"]: category["title"] for category in self.categories}
        self.services = {
            service["id"]: {**service, "category_id": category["id"]}
            for category in self.categories
            for service in category["services"]
        }


class State:
    """One life of the stand-in: a reset makes a new one, so that a call that is still being
    answered then changes only the old one."""

    def __init__(
        self,
        *,
        profile: Profile,
        password: str,
        people: list[Person],
        fixed_now: datetime | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.profile = profile
        self.people = people
        self.fixed_now = fixed_now
        self.chains: dict[int, Chain] = {}
        self.next_id = 1
        self.calls: list[Raw] = []
        self._password = password
        self._revocations = 0

    @property
    def observed(self) -> bool:
        return self.profile == "observed"

    def take_id(self) -> int:
        taken = self.next_id
        self.next_id += 1
        return taken

    def take_abonement_id(self) -> int:
        """In a range of its own: how many are sold changes no other id."""
        everywhere = self.chains.values()
        return 1 + max((one for chain in everywhere for one in chain.abonements), default=900_000)

    def take_transaction_id(self) -> int:
        everywhere = self.chains.values()
        return 1 + max(
            (row["id"] for chain in everywhere for row in chain.transactions.rows),
            default=5_000_000,
        )

    def now(self) -> datetime:
        return self.fixed_now or datetime.now(UTC)

    def is_password(self, password: str) -> bool:
        return hmac.compare_digest(password.encode(), self._password.encode())

    def token_of(self, person: Person) -> str:
        """Derived from the password: it outlives a restart, and a new password ends it."""
        about = f"{person.login} {self._revocations}".encode()
        return hmac.new(self._password.encode(), about, hashlib.sha256).hexdigest()[:32]

    def revoke_tokens(self) -> None:
        self._revocations += 1
