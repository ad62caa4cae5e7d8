"""What the stand-in lets be done to it directly, as if someone else did it at Altegio."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from loyalty_admin.sandbox import certificate_type_fields
from loyalty_admin.sandbox.membership_fields import (
    BALANCE,
    balance_string,
    sold_membership,
    take_visit,
)
from loyalty_admin.sandbox.membership_type_fields import blank_type, refresh_derived
from loyalty_admin.sandbox.program_fields import TEMPLATES, blank_program
from loyalty_admin.sandbox.program_rules import with_template_ids
from loyalty_admin.sandbox.state import Profile, Raw, State
from loyalty_admin.sandbox.transaction_fields import blank_transaction


class Direct:
    """Reads give copies."""

    profile: Profile
    state: State

    def revoke_tokens(self) -> None:
        """Make every user token invalid, as new passwords at Altegio do; signing in still works."""
        with self.state.lock:
            self.state.revoke_tokens()

    def add_locations(self, chain_id: int, titles: Iterable[str]) -> list[int]:
        """Give the chain more locations, otherwise like its first one; their ids."""
        with self.state.lock:
            chain = self.state.chains[chain_id]
            added = [
                {**chain.locations[0], "id": number, "title": title, "public_title": title}
                for number, title in enumerate(titles, max(chain.location_ids) + 1)
            ]
            chain.locations.extend(added)
            chain.location_ids |= {location["id"] for location in added}
            return [location["id"] for location in added]

    def types_of(self, chain_id: int) -> list[Raw]:
        """Every type of the chain as a read by id gives it in the documented profile, plus
        `is_deleted`; deleted ones included."""
        with self.state.lock:
            return copy.deepcopy(list(self.state.chains[chain_id].abonement_types.values()))

    def type_of(self, chain_id: int, type_id: int) -> Raw:
        with self.state.lock:
            return copy.deepcopy(self.state.chains[chain_id].abonement_types[type_id])

    def put_type(self, chain_id: int, raw: Mapping[str, Any]) -> Raw:
        """Replace the type `raw["id"]` by exactly `raw`, as if changed by someone else; a missing
        key is missing in answers then. An id that is unknown or absent makes a new one, in
        which every other field has its default."""
        with self.state.lock:
            types = self.state.chains[chain_id].abonement_types
            given = raw if raw.get("id") in types else _with_both_names(raw)
            put = self._whole(given, types, lambda type_id: blank_type(chain_id, type_id))
            refresh_derived(put, self.profile)
            types[put["id"]] = put
            return copy.deepcopy(put)

    def alter_type(self, chain_id: int, type_id: int, **fields: Any) -> Raw:
        """Change some fields of a type, as if someone else did at Altegio."""
        return self.put_type(chain_id, self.type_of(chain_id, type_id) | _with_both_names(fields))

    def sell(self, chain_id: int, type_id: int, count: int = 1) -> None:
        with self.state.lock:
            raw = self.state.chains[chain_id].abonement_types[type_id]
            raw["abonements_count"] = raw.get("abonements_count", 0) + count

    def certificate_types_of(self, chain_id: int) -> list[Raw]:
        """Every certificate type of the chain as a read by id gives it in the documented profile,
        plus `is_deleted`; deleted ones included."""
        with self.state.lock:
            return copy.deepcopy(list(self.state.chains[chain_id].certificate_types.values()))

    def certificate_type_of(self, chain_id: int, type_id: int) -> Raw:
        with self.state.lock:
            return copy.deepcopy(self.state.chains[chain_id].certificate_types[type_id])

    def put_certificate_type(self, chain_id: int, raw: Mapping[str, Any]) -> Raw:
        """As `put_type`; the fields are those of an answer, the flat ones."""
        with self.state.lock:
            types = self.state.chains[chain_id].certificate_types
            put = self._whole(
                raw, types, lambda type_id: certificate_type_fields.blank_type(chain_id, type_id)
            )
            types[put["id"]] = put
            return copy.deepcopy(put)

    def alter_certificate_type(self, chain_id: int, type_id: int, **fields: Any) -> Raw:
        return self.put_certificate_type(
            chain_id, self.certificate_type_of(chain_id, type_id) | fields
        )

    def issue(self, chain_id: int, type_id: int, count: int = 1) -> None:
        """Issue certificates of the type."""
        with self.state.lock:
            raw = self.state.chains[chain_id].certificate_types[type_id]
            raw["released_total"] = raw.get("released_total", 0) + count

    def promotions_of(self, chain_id: int) -> list[Raw]:
        """Every promotion of the chain as a read by id gives it in the documented profile with
        all that can be included, plus `is_deleted`; deleted ones included."""
        with self.state.lock:
            return copy.deepcopy(list(self.state.chains[chain_id].programs.values()))

    def promotion_of(self, chain_id: int, promotion_id: int) -> Raw:
        with self.state.lock:
            return copy.deepcopy(self.state.chains[chain_id].programs[promotion_id])

    def put_promotion(self, chain_id: int, raw: Mapping[str, Any]) -> Raw:
        """As `put_type`; the fields are those of an answer."""
        with self.state.lock:
            programs = self.state.chains[chain_id].programs
            put = self._whole(
                raw, programs, lambda promotion_id: blank_program(chain_id, promotion_id)
            )
            programs[put["id"]] = put
            return copy.deepcopy(put)

    def alter_promotion(self, chain_id: int, promotion_id: int, **fields: Any) -> Raw:
        """Change some fields; a template's id follows the template."""
        names = [name for name in TEMPLATES if name in fields]
        given = with_template_ids(fields, names) | fields
        return self.put_promotion(chain_id, self.promotion_of(chain_id, promotion_id) | given)

    def hide_promotion(self, chain_id: int, promotion_id: int) -> None:
        """No search reports it any more; a read by id still gives it."""
        with self.state.lock:
            self.state.chains[chain_id].hidden_programs.add(promotion_id)

    def templates_of(self, chain_id: int) -> list[Raw]:
        with self.state.lock:
            return copy.deepcopy(self.state.chains[chain_id].program_templates)

    def put_templates(self, chain_id: int, templates: list[Raw]) -> None:
        """Replace all templates of the chain."""
        with self.state.lock:
            self.state.chains[chain_id].program_templates = copy.deepcopy(templates)

    def set_now(self, now: datetime | None) -> None:
        """Stop the clock of sold memberships, until the next reset; None: let it run. States stay
        as they are, even where a validity or a freezing is over then."""
        with self.state.lock:
            self.state.fixed_now = now

    def memberships_of(self, chain_id: int) -> list[Raw]:
        """Every sold membership of the chain as the documented profile answers it, plus what
        `membership_fields.INTERNAL` names, which nothing answers."""
        with self.state.lock:
            return copy.deepcopy(list(self.state.chains[chain_id].abonements.values()))

    def membership_of(self, chain_id: int, membership_id: int) -> Raw:
        with self.state.lock:
            return copy.deepcopy(self.state.chains[chain_id].abonements[membership_id])

    def put_membership(self, chain_id: int, raw: Mapping[str, Any]) -> Raw:
        """Replace the membership `raw["id"]` by exactly `raw`; a missing key is missing in answers
        then. An id that is unknown or absent makes a new one: issued now, of the chain's type
        `raw["type"]["id"]` or else of its first, where `raw` says nothing else. `phone` is digits
        and `found_in` the locations whose search finds it, None for all of the chain."""
        with self.state.lock:
            chain = self.state.chains[chain_id]
            put = copy.deepcopy(dict(raw))
            if put.get("id") not in chain.abonements:
                given: Raw = put.get("type") or {}
                types = chain.abonement_types
                of_type = types.get(given.get("id", 0)) or next(iter(types.values()))
                membership_id = put.get("id") or self.state.take_abonement_id()
                fresh = sold_membership(chain, of_type, membership_id, at=self.state.now())
                put = {**fresh, **put, "id": membership_id, "type": {**fresh["type"], **given}}
                put["balance_string"] = raw.get("balance_string", balance_string(put))
            chain.abonements[put["id"]] = put
            return copy.deepcopy(put)

    def alter_membership(self, chain_id: int, membership_id: int, **fields: Any) -> Raw:
        """Change some fields; the balance in words follows the balance."""
        changed = self.membership_of(chain_id, membership_id) | fields
        if set(fields) & set(BALANCE) and "balance_string" not in fields:
            changed["balance_string"] = balance_string(changed)
        return self.put_membership(chain_id, changed)

    def use_membership(self, chain_id: int, membership_id: int, at: datetime) -> Raw:
        """A visit at `at` (with an offset), paid by the pool or by the first row with visits left;
        the first one activates. ValueError when nothing is left."""
        with self.state.lock:
            chain = self.state.chains[chain_id]
            take_visit(chain.abonements[membership_id], chain, at=at)
            return self.membership_of(chain_id, membership_id)

    def transactions_of(self, chain_id: int) -> list[Raw]:
        """Every loyalty transaction of the chain, oldest first, amounts as Decimal, plus what
        `transaction_fields.INTERNAL` names, which nothing answers."""
        with self.state.lock:
            rows = self.state.chains[chain_id].transactions.rows
            # Field by field: 200,000 deep copies would take half a minute.
            return [row | {"type": copy.copy(row["type"])} for row in rows]

    def add_transactions(self, chain_id: int, rows: Iterable[Mapping[str, Any]]) -> list[Raw]:
        """Add loyalty transactions as they are given; what one leaves out has its default: the
        next id, of a promotion discount (or of its `type_id`), now, in the first location.
        `created` is an instant with an offset, `company_id` the location, `phone` digits."""
        with self.state.lock:
            chain = self.state.chains[chain_id]
            first_id = self.state.take_transaction_id()
            added = []
            for place, row in enumerate(rows):
                fresh = blank_transaction(chain_id, first_id + place, row.get("type_id", 1))
                fresh |= {"created": self.state.now(), "phone": ""}
                raw = fresh | {"company_id": min(chain.location_ids)} | copy.deepcopy(dict(row))
                raw["created"] = raw["created"].astimezone(UTC)
                added.append(raw)
            chain.transactions.add(added)
            return copy.deepcopy(added)

    def _whole(
        self, raw: Mapping[str, Any], types: Mapping[int, Raw], blank: Callable[[int], Raw]
    ) -> Raw:
        """`raw` as it is kept: with an id, and where that is new with defaults as well."""
        put = {"is_deleted": False, **copy.deepcopy(dict(raw))}
        if put.get("id") in types:
            return put
        type_id = put.get("id") or self.state.take_id()
        self.state.next_id = max(self.state.next_id, type_id + 1)
        return blank(type_id) | put | {"id": type_id}


def _with_both_names(fields: Mapping[str, Any]) -> Raw:
    """The API reads locations under two names; given under one, they are under both."""
    names = ("attached_location_ids", "attached_salon_ids")
    given = [name for name in names if name in fields]
    return {**{name: fields[given[0]] for name in names if given}, **fields}
