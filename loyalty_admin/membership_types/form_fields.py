"""Form fields for the two terms that are lists: covered services and times of use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty_admin.altegio.chains import Category
from loyalty_admin.altegio.membership_services import CoveredService, UsableTime
from loyalty_admin.membership_types import words
from loyalty_admin.membership_types.rules import DAY

BLANK_ROWS = 2
MOST_ROWS = 50
MOST_VISITS = 1_000_000


def _key(row: CoveredService) -> str:
    return f"{'c' if row.is_category else 's'}{row.id}"


class ServicesWidget(forms.Widget):
    """All services of the chain by category: a tick, the visits, unlimited."""

    template_name = "membership_types/widgets/services.html"
    use_fieldset = True

    def __init__(self, catalogue: Sequence[Category], opened: Iterable[CoveredService]) -> None:
        super().__init__()
        self.catalogue = catalogue
        self.opened = {_key(row): row for row in opened}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str, bool]]:
        return [
            (
                key,
                data.get(f"{name}-visits-{key}", "").strip(),
                f"{name}-unlimited-{key}" in data,
            )
            for key in dict.fromkeys(data.getlist(name))
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = {
            key: (visits, unlimited) for key, visits, unlimited in map(_as_typed, value or ())
        }
        groups: list[dict[str, Any]] = [
            {
                "title": category.title,
                "rows": [
                    self._row(f"c{category.id}", _("The whole category"), chosen),
                    *(self._row(f"s{item.id}", item.title, chosen) for item in category.services),
                ],
            }
            for category in self.catalogue
        ]
        listed = {row["key"] for group in groups for row in group["rows"]}
        # What was covered, and what somebody ticked before the catalogue went away.
        gone = [key for key in {**self.opened, **chosen} if key not in listed]
        if gone:
            rows = [self._row(key, self._title(key), chosen) for key in gone]
            groups.insert(0, {"title": _("Not in the chain's catalogue"), "rows": rows})
        for group in groups:
            services = [row for row in group["rows"] if row["key"][0] != "c"]
            group["total"] = len(services)
            group["chosen"] = sum(row["checked"] for row in services)
            group["is_whole"] = any(row["checked"] for row in group["rows"] if row["key"][0] == "c")
        context["widget"]["groups"] = groups
        return context

    def _title(self, key: str) -> str:
        return self.opened[key].title if key in self.opened else key[1:]

    def _row(self, key: str, title: str, chosen: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
        visits, unlimited = chosen.get(key, ("1", False))
        return {
            "key": key,
            "title": title,
            "checked": key in chosen,
            "visits": visits,
            "unlimited": unlimited,
        }


def _as_typed(row: CoveredService | tuple[str, str, bool]) -> tuple[str, str, bool]:
    if isinstance(row, CoveredService):
        return _key(row), str(row.visits), row.is_unlimited
    return row


class ServicesField(forms.Field):
    """Covered services; only those of the catalogue, or that were covered before."""

    widget: ServicesWidget

    def __init__(
        self, *, catalogue: Sequence[Category], opened: Iterable[CoveredService], **kwargs: Any
    ) -> None:
        opened = tuple(opened)
        self.titles = {_key(row): row.title for row in opened}
        for category in catalogue:
            self.titles[f"c{category.id}"] = category.title
            self.titles.update({f"s{item.id}": item.title for item in category.services})
        self.has_catalogue = bool(catalogue)
        super().__init__(required=False, widget=ServicesWidget(catalogue, opened), **kwargs)

    def clean(self, value: list[tuple[str, str, bool]]) -> tuple[CoveredService, ...]:
        rows = []
        for key, visits, unlimited in value:
            if key not in self.titles:
                raise ValidationError(
                    _("A ticked service is not in the chain's catalogue any more.")
                    if self.has_catalogue
                    else _("The chain's services could not be read just now. Send it again later.")
                )
            if visits and not re.fullmatch(r"[0-9]{1,8}", visits):
                raise ValidationError(
                    _("“%(text)s” is no number of visits.") % {"text": visits[:40]}
                )
            if int(visits or 0) > MOST_VISITS:
                raise ValidationError(_("At most %(n)s visits each.") % {"n": MOST_VISITS})
            rows.append(
                CoveredService(
                    id=int(key[1:]),
                    is_category=key[0] == "c",
                    visits=int(visits or 0),
                    is_unlimited=unlimited,
                    title=self.titles[key],
                )
            )
        return tuple(sorted(rows, key=lambda row: (not row.is_category, row.id)))


type TypedTime = tuple[list[str], str, str]


class UsableTimesWidget(forms.Widget):
    """Rows of days, from, to; two rows more than there are, for what is added."""

    template_name = "membership_types/widgets/usable_times.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[TypedTime]:
        numbers = sorted(
            {
                int(key.removeprefix(f"{name}-from-"))
                for key in data
                if re.fullmatch(rf"{re.escape(name)}-from-[0-9]{{1,6}}", key)
            }
        )
        typed = (
            (
                data.getlist(f"{name}-days-{number}"),
                data.get(f"{name}-from-{number}", "").strip(),
                data.get(f"{name}-to-{number}", "").strip(),
            )
            for number in numbers
        )
        # Fewer are refused already, and to draw thousands would keep a server busy.
        return list(islice(filter(any, typed), 10 * MOST_ROWS))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = [row for row in _times_as_typed(value or ()) if any(row)]
        rows = [*typed, *[([], "", "")] * BLANK_ROWS]
        context["widget"]["days"] = [(str(day), label) for day, label in words.DAYS.items()]
        context["widget"]["blank"] = {"number": "__n__", "days": [], "start": "", "end": ""}
        context["widget"]["rows"] = [
            {"number": number, "days": days, "start": start, "end": end}
            for number, (days, start, end) in enumerate(rows)
        ]
        return context


def _times_as_typed(value: Iterable[UsableTime | TypedTime]) -> list[TypedTime]:
    rows: list[TypedTime] = []
    for item in value:
        if isinstance(item, UsableTime):
            rows += [
                ([str(day) for day in item.days], words.clock(start), words.clock(end % DAY))
                for start, end in item.intervals
            ]
        else:
            rows.append(item)
    return rows


class UsableTimesField(forms.Field):
    """Times of use; rows of the same days become one, an end of 0:00 is midnight."""

    widget = UsableTimesWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def has_changed(self, initial: Iterable[UsableTime] | None, data: Any) -> bool:
        return _times_as_typed(initial or ()) != [row for row in data if any(row)]

    def clean(self, value: list[TypedTime]) -> tuple[UsableTime, ...]:
        by_days: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        rows = [row for row in value if any(row)]
        if len(rows) > MOST_ROWS:
            raise ValidationError(_("At most %(n)s times of use.") % {"n": MOST_ROWS})
        for days, start, end in rows:
            numbers = tuple(sorted({int(day) for day in days if day in map(str, words.DAYS)}))
            if not numbers or not start or not end:
                raise ValidationError(_("Every time of use needs days, a start and an end."))
            by_days.setdefault(numbers, []).append((_seconds(start), _seconds(end) or DAY))
        return tuple(
            UsableTime(days=days, intervals=tuple(sorted(intervals)))
            for days, intervals in by_days.items()
        )


def _seconds(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,2}(:[0-9]{1,2}){1,2}", text):
        hours, minutes, seconds = ([int(part) for part in text.split(":")] + [0])[:3]
        if hours <= 24 and minutes < 60 and seconds < 60:
            return hours * 3600 + minutes * 60 + seconds
    raise ValidationError(_("“%(text)s” is no time of day.") % {"text": text[:40]})
