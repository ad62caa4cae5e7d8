"""A small worked example of what a promotion does with a bill, computed from its terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_admin.altegio.promotion_kinds import KINDS, Kind, Rule
from loyalty_admin.altegio.promotions import Terms, normal_rules, not_known
from loyalty_admin.promotions.words import Words

BILL = Decimal(100)
# Of a bill, what the example pays with bonuses: it tells "of the bill" from "of paid".
WITH_BONUSES = Decimal("0.2")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """What one client gets: `rate` in words, `given` in money."""

    who: str
    rate: str
    given: Decimal


@dataclass(frozen=True)
class Example:
    """`gives` is discount or bonus; of the `bill`, `paid` is what no bonuses paid, in money."""

    gives: str
    bill: Decimal
    paid: Decimal
    lines: tuple[Line, ...]


def example(terms: Terms, say: Words) -> Example | None:
    """None where there is nothing to compute yet, or where it is not known what counts."""
    kind = KINDS.get(terms.kind)
    if (
        kind is None
        or not terms.rules
        or {"value_unit", "visit_multiplicity"} & {*not_known(terms)}
    ):
        return None
    bill = _bill(terms)
    paid = bill - bill * WITH_BONUSES if kind.gives == "bonus" else bill
    reckoned = paid if kind.reckons == "paid" else bill
    most = bill if kind.gives == "discount" else None
    lines = []
    for who, value in _cases(terms, kind, say):
        given = _share(terms, value, reckoned)
        given = given if most is None else min(given, most)
        lines.append(Line(who, say.value(terms, value), given))
    return Example(kind.gives, bill, paid, tuple(lines))


def _bill(terms: Terms) -> Decimal:
    """A round sum that is more than any sum of money that is given."""
    bill = BILL
    largest = max(rule.value for rule in terms.rules)
    while terms.value_unit != "percent" and bill < 2 * largest < 10**12:
        bill *= 10
    return bill


def _share(terms: Terms, value: Decimal, of: Decimal) -> Decimal:
    if terms.value_unit != "percent":
        return value
    return (of * value / 100).quantize(CENT, ROUND_HALF_UP)


def _cases(terms: Terms, kind: Kind, say: Words) -> Iterator[tuple[str, Decimal]]:
    """Each kind of client, and the value that counts for them."""
    rules = normal_rules(terms)
    if kind.rules == "package":
        yield from ((say.service(rule.service_id), rule.value) for rule in rules)
    elif kind.rules == "tiers":
        yield from _tiers(terms, rules, say)
    elif kind.gives == "bonus" and terms.visit_multiplicity > 1:
        last = terms.visit_multiplicity
        between = ngettext("Visit 1", "Visits 1 to %(n)s", last - 1) % {"n": last - 1}
        yield between, Decimal(0)
        yield _("Visit %(n)s") % {"n": last}, rules[0].value
    else:
        yield _("Any client"), rules[0].value


def _tiers(terms: Terms, rules: tuple[Rule, ...], say: Words) -> Iterator[tuple[str, Decimal]]:
    if rules[0].threshold > 0:
        first = say.threshold(terms, rules[0].threshold)
        yield _("Less than %(threshold)s") % {"threshold": first}, Decimal(0)
    for rule in rules:
        if rule.threshold > 0:
            text = _("From %(threshold)s") % {"threshold": say.threshold(terms, rule.threshold)}
        else:
            text = _("New client")
        yield text, rule.value
