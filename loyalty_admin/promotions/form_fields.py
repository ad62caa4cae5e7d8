"""Form fields for what a promotion gives, for numbers of products, and for messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import Kind, Rule
from loyalty_admin.catalog.form_fields import as_sent
from loyalty_admin.promotions import words

OF_THE_CHAIN = ("big", "mid", "small")  # sizes of texts that a promotion shares with others
BLANK_ROWS = 3
MOST_ROWS = 500
MOST_OF_A_TEXT = 5_000  # characters
MOST = Decimal(10) ** 9  # of what one rule gives, and of a threshold

type Services = Sequence[tuple[str, list[tuple[int, str]]]]  # by category: number and title
type TypedRule = tuple[str, str, str]  # threshold, value, service
BLANK: TypedRule = ("", "", "")


class RulesWidget(forms.Widget):
    """Rows of threshold and value, or of service and value; just a value where that is all."""

    template_name = "promotions/widgets/rules.html"
    use_fieldset = True

    def __init__(self, kind: Kind, services: Services, currency: str) -> None:
        super().__init__()
        self.kind = kind
        self.services = services
        self.currency = currency

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[TypedRule]:
        pattern = rf"{re.escape(name)}-value-([0-9]{{1,6}})"
        found = (re.fullmatch(pattern, key) for key in data)
        numbers = sorted(int(match[1]) for match in found if match)
        typed = (
            (
                data.get(f"{name}-from-{number}", "").strip(),
                data.get(f"{name}-value-{number}", "").strip(),
                data.get(f"{name}-service-{number}", "").strip(),
            )
            for number in numbers
        )
        # Fewer are refused already, and to draw thousands would keep a server busy.
        return list(islice(filter(any, typed), 2 * MOST_ROWS))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = [row for row in map(_as_typed, value or ()) if any(row)]
        if self.kind.rules == "tiers":
            typed.sort(key=_place)
        if self.kind.rules == "static":
            rows, extra = typed or [BLANK], []
        else:
            rows, extra = typed or [self._first()], [BLANK] * BLANK_ROWS
        context["widget"] |= {
            "rows": [_shown(number, row) for number, row in enumerate(rows)],
            "extra": [_shown(number, row) for number, row in enumerate(extra, len(rows))],
            "blank": _shown("__n__", BLANK),
            # Of a row that is added: never the number of one that is there or was removed.
            "next": len(rows) + len(extra),
            "kind": self.kind,
            "services": self.services,
            "currency": self.currency,
            "is_invalid": "aria-invalid" in context["widget"]["attrs"],
        }
        return context

    def _first(self) -> TypedRule:
        return ("0", "", "") if self.kind.rules == "tiers" else BLANK


def _place(row: TypedRule) -> tuple[bool, int]:
    """Where a tier stands; what is no threshold comes last."""
    threshold = _ungrouped(row[0])
    is_one = bool(re.fullmatch(r"[0-9]{1,10}", threshold))
    return not is_one, int(threshold) if is_one else 0


def _ungrouped(text: str) -> str:
    """A threshold without what groups its digits: a whole number has no decimal comma."""
    plain = "".join(text.split())
    return plain.replace(",", "") if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", plain) else plain


def _shown(number: int | str, row: TypedRule) -> dict[str, Any]:
    threshold, value, service = row
    return {"number": number, "threshold": threshold, "value": value, "service": service}


def _as_typed(row: Rule | TypedRule) -> TypedRule:
    if isinstance(row, Rule):
        return str(row.threshold), _short(f"{row.value:f}"), str(row.service_id or "")
    return row


def _short(text: str) -> str:
    """A number without zeros that say nothing, all other digits kept."""
    return text.rstrip("0").rstrip(".") if "." in text else text


class RulesField(forms.Field):
    """What a promotion gives; rows without a value and a service are left out."""

    widget: RulesWidget

    def __init__(self, *, kind: Kind, services: Services, currency: str) -> None:
        self.kind = kind
        self.known = {number for _title, rows in services for number, _label in rows}
        super().__init__(widget=RulesWidget(kind, services, currency))

    def has_changed(self, initial: Any, data: Any) -> bool:
        # Tiers are shown in order, however they were read.
        before, after = (sorted(map(self._drawn, rows or ())) for rows in (initial, data))
        return before != [row for row in after if any(row)]

    def _drawn(self, row: Rule | TypedRule) -> TypedRule:
        """Without what the kind has no input for."""
        threshold, value, service = _as_typed(row)
        shape = self.kind.rules
        return threshold if shape != "static" else "", value, service if shape == "package" else ""

    def clean(self, value: list[TypedRule]) -> tuple[Rule, ...]:
        rows = [row for row in value if not self._is_blank(row)]
        if len(rows) > MOST_ROWS:
            raise ValidationError(_("At most %(n)s rows.") % {"n": MOST_ROWS})
        return tuple(map(self._rule, rows))

    def readable(self, value: Iterable[TypedRule]) -> tuple[Rule, ...]:
        """The rows that make sense already, while somebody is still typing."""
        rules = []
        for row in value:
            with suppress(ValidationError):
                rules.append(self._rule(row))
        return tuple(rules)

    def _is_blank(self, row: TypedRule) -> bool:
        threshold, value, service = row
        if self.kind.rules == "tiers":
            return not threshold and not value
        return not value and not service

    def _rule(self, row: TypedRule) -> Rule:
        threshold, value, service = row
        shape = self.kind.rules
        if shape == "tiers" and not threshold:
            raise ValidationError(_("Every row needs a “from”; 0 is for everybody."))
        if not value:
            raise ValidationError(_("Every row needs what it gives."))
        service_id = 0
        if shape == "package":
            if not re.fullmatch(r"[0-9]{1,15}", service) or int(service) not in self.known:
                raise ValidationError(_("Choose a service in every row."))
            service_id = int(service)
        return Rule(_threshold(threshold), _value(value), service_id)


def _threshold(text: str) -> int:
    if not text:
        return 0
    plain = _ungrouped(text)
    if not re.fullmatch(r"[0-9]{1,10}", plain) or int(plain) > MOST:
        raise ValidationError(_("“%(text)s” is no whole number.") % {"text": text[:40]})
    return int(plain)


def _value(text: str) -> Decimal:
    # More digits than any sum has, or an exponent, could be beyond what can be compared.
    plain = "".join(text.split())
    # One comma is a decimal point; before three digits it could also mean thousands.
    if re.fullmatch(r"[0-9]*,([0-9]{1,2}|[0-9]{4,})", plain):
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"[0-9]{0,40}\.?[0-9]{1,40}", plain) or Decimal(plain) > MOST:
        raise ValidationError(_("“%(text)s” is no number, for example 7.5.") % {"text": text[:40]})
    return Decimal(plain)


class NumbersField(forms.CharField):
    """Numbers that something has at Altegio, separated by anything."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=20_000)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)

    def clean(self, value: Any) -> tuple[int, ...]:
        found = re.split(r"[\s,;]+", super().clean(value).strip())
        for text in found:
            if text and not re.fullmatch(r"[0-9]{1,15}", text):
                raise ValidationError(_("“%(text)s” is no number.") % {"text": text[:40]})
        return tuple(sorted({int(text) for text in found if text}))


type Previews = Mapping[str, Sequence[tuple[str, str]]]


class NotificationWidget(forms.Widget):
    """Which text is sent; `previews` are the chain's texts of each size, with their occasion."""

    template_name = "promotions/widgets/notification.html"
    use_fieldset = True

    def __init__(self, sizes: Mapping[str, Any], previews: Previews) -> None:
        super().__init__()
        self.sizes = sizes
        self.previews = previews

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Notification:
        body = data.get(f"{name}-body", "").replace("\r\n", "\n")
        return Notification(data.get(f"{name}-size", ""), body)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "choices": [self._choice(size, label) for size, label in self.sizes.items()],
            "chosen": value.size,
            "body": value.body if value.size == "custom" else "",
            "is_invalid": "aria-invalid" in context["widget"]["attrs"],
        }
        return context

    def _choice(self, size: str, label: Any) -> dict[str, Any]:
        texts = self.previews.get(size, ()) if size in OF_THE_CHAIN else ()
        lacks_text = size in OF_THE_CHAIN and not texts and bool(self.previews)
        return {"size": size, "label": label, "texts": texts, "lacks_text": lacks_text}


class NotificationField(forms.Field):
    widget: NotificationWidget

    def __init__(self, *, opened: Notification, previews: Previews) -> None:
        sizes = dict(words.SIZES)
        sizes.setdefault(opened.size, _("%s (as read)") % opened.size)
        super().__init__(required=False, widget=NotificationWidget(sizes, previews))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _untouched(initial) != _untouched(data)

    def clean(self, value: Notification) -> Notification:
        if value.size not in self.widget.sizes:
            raise ValidationError(_("Choose what is sent."))
        ProhibitNullCharactersValidator()(value.body)
        if len(value.body) > MOST_OF_A_TEXT:
            text = _("A message has at most %(n)s characters.") % {"n": MOST_OF_A_TEXT}
            raise ValidationError(text)
        return value


def _untouched(value: Notification) -> tuple[str, str]:
    """What tells one notification from another: the text only where it is one's own."""
    return value.size, as_sent(value.body, has_lines=True) if value.size == "custom" else ""
