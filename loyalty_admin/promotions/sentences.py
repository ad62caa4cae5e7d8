"""What a promotion does, in one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_admin.altegio.promotion_kinds import KINDS, Kind, Rule
from loyalty_admin.altegio.promotions import SCHEMA, Terms, normal_rules, not_known
from loyalty_admin.catalog.words import some
from loyalty_admin.promotions import kinds
from loyalty_admin.promotions.words import Words, expiry, number

# Of more tiers a list shows the first ones and the last.
TIERS_IN_A_LIST = 3
PLACES_NAMED = 3


def in_a_list(terms: Terms, say: Words) -> str:
    """As short as it can be said."""
    return capfirst(_given(terms, say, most=TIERS_IN_A_LIST))


def in_full(terms: Terms, say: Words) -> str:
    """All that it does: what it gives, on what, where, for how long."""
    said = [f"{_given(terms, say)}."]
    if terms.location_ids:
        said.append(_("Valid in %(places)s.") % {"places": _places(terms, say)})
    if terms.expiration:
        said.append(_expires(terms))
    if terms.usage_limit and kinds.gives(terms.kind) == "bonus":
        text = ngettext("At most %(n)s use.", "At most %(n)s uses.", terms.usage_limit)
        said.append(text % {"n": number(terms.usage_limit)})
    return " ".join(map(capfirst, said))


def _given(terms: Terms, say: Words, *, most: int | None = None) -> str:
    kind = KINDS.get(terms.kind)
    rules = normal_rules(terms)
    if kind is None:
        return _("%(type)s: a type that this dashboard does not know") % {"type": terms.kind}
    if not rules:
        return _("gives nothing yet")
    if kind.rules == "package":
        given = _package(terms, rules, say)
    elif kind.rules == "static":
        given = _every_visit(terms, kind, rules[0], say)
    else:
        given = _tiers(terms, kind, rules, say, most)
    return " ".join(filter(None, [given, _on_what(terms)]))


def _every_visit(terms: Terms, kind: Kind, rule: Rule, say: Words) -> str:
    if kind.gives == "discount":
        return _("%(value)s off every visit") % {"value": say.value(terms, rule.value)}
    given = _first(terms, kind, rule, say)
    return _on_some_visits(terms, given)


def _on_some_visits(terms: Terms, given: str) -> str:
    if "visit_multiplicity" in not_known(terms):
        return _("%(given)s on some visits, Altegio does not say which") % {"given": given}
    if terms.visit_multiplicity < 2 or "visit_multiplicity" in SCHEMA.idle(terms):
        return given
    nth = ordinal(terms.visit_multiplicity)
    return _("%(given)s on every %(nth)s visit") % {"given": given, "nth": nth}


def _first(terms: Terms, kind: Kind, rule: Rule, say: Words) -> str:
    """What is given, and of what."""
    value = say.value(terms, rule.value)
    if kind.gives == "discount":
        return _("%(value)s off") % {"value": value}
    if terms.value_unit != "percent":
        return _("cashback %(value)s") % {"value": value}
    if kind.reckons == "paid":
        return _("cashback %(value)s of paid") % {"value": value}
    return _("cashback %(value)s of the bill") % {"value": value}


def _tiers(terms: Terms, kind: Kind, rules: Sequence[Rule], say: Words, most: int | None) -> str:
    """For example "5 % off from 3 visits, 10 % from 10"."""
    start, *rest = rules
    said = [_first(terms, kind, start, say)]
    if start.threshold:
        said[0] = _("%(given)s from %(threshold)s") % {
            "given": said[0],
            "threshold": _in_all(terms, kind, start.threshold, say),
        }
    is_cut = most is not None and len(rules) > most + 1
    shown = [*rest[: most - 1], rest[-1]] if most is not None and is_cut else rest
    for place, rule in enumerate(shown):
        is_first_mention = place == 0 and not start.threshold
        threshold = (
            _in_all(terms, kind, rule.threshold, say)
            if is_first_mention
            else number(rule.threshold)
        )
        said.append(
            _("%(given)s from %(threshold)s")
            % {"given": say.value(terms, rule.value), "threshold": threshold}
        )
    if is_cut:
        said.insert(-1, "…")
    return _on_some_visits(terms, ", ".join(said))


def _in_all(terms: Terms, kind: Kind, threshold: int, say: Words) -> str:
    """What is counted, where it is said for the first time."""
    said = say.threshold(terms, threshold)
    if kind.thresholds == "visits":
        return said
    if kind.reckons == "paid":
        return _("%(sum)s paid") % {"sum": said}
    return _("%(sum)s bought") % {"sum": said}


def _package(terms: Terms, rules: Sequence[Rule], say: Words) -> str:
    given = ", ".join(
        _("%(value)s off %(service)s")
        % {"value": say.value(terms, rule.value), "service": say.service(rule.service_id)}
        for rule in rules
    )
    if "sold_items_multiplicity" in not_known(terms):
        return _("with some paid services, Altegio does not say how many: %(given)s") % {
            "given": given
        }
    paid = ngettext(
        "with %(n)s paid service: %(given)s",
        "with %(n)s paid services: %(given)s",
        terms.sold_items_multiplicity,
    )
    return paid % {"n": number(terms.sold_items_multiplicity), "given": given}


def _on_what(terms: Terms) -> str:
    """Services and products for which it counts; "" for all of both."""
    if {"services", "products"} & {*not_known(terms)}:
        return _("on services or products that Altegio does not say")
    return {
        ("any_allowed", "not_allowed"): _("on services only"),
        ("not_allowed", "any_allowed"): _("on products only"),
        ("custom_allowed", "not_allowed"): _("on chosen services"),
        ("not_allowed", "custom_allowed"): _("on chosen products"),
        ("custom_allowed", "any_allowed"): _("on chosen services and all products"),
        ("any_allowed", "custom_allowed"): _("on all services and chosen products"),
        ("custom_allowed", "custom_allowed"): _("on chosen services and products"),
        ("not_allowed", "not_allowed"): _("on nothing"),
    }.get((terms.services, terms.products), "")


def _places(terms: Terms, say: Words) -> str:
    places = terms.location_ids
    if len(places) > 1 and set(places) == set(say.locations):
        return _("all %(n)s locations") % {"n": len(places)}
    return some([say.location(one) for one in places], PLACES_NAMED)


def _expires(terms: Terms) -> str:
    if not terms.expiration_notice:
        return _("What is given expires after %(period)s.") % {"period": expiry(terms)}
    text = ngettext(
        "What is given expires after %(period)s; a message goes out %(n)s day before.",
        "What is given expires after %(period)s; a message goes out %(n)s days before.",
        terms.expiration_notice,
    )
    return text % {"period": expiry(terms), "n": number(terms.expiration_notice)}
