"""The form fields of covered services and of times of use."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.chains import Category, Service
from loyalty_admin.altegio.membership_services import CoveredService, UsableTime
from loyalty_admin.membership_types.form_fields import (
    BLANK_ROWS,
    MOST_ROWS,
    MOST_VISITS,
    ServicesField,
    UsableTimesField,
)
from loyalty_admin.membership_types.rules import DAY
from tests.pages import Form, Page

CATALOGUE = (
    Category(
        id=10, title="Hair", services=(Service(id=1, title="Cut"), Service(id=2, title="Dry"))
    ),
    Category(id=1, title="<b>Spa</b>", services=(Service(id=11, title='Salt "room"'),)),
)
GONE = CoveredService(id=99, is_category=False, visits=3, title="Gone <service>")


class Html:
    """An answer that `Page` can read."""

    def __init__(self, html: str) -> None:
        self.content = html.encode()


def browser_sends(form: forms.Form) -> QueryDict:
    """What a browser sends when the form is left as it is drawn."""
    page = Page(Html(f"<form>{form.as_p()}</form>"))  # type: ignore[arg-type]
    drawn = page.form()
    assert isinstance(drawn, Form)
    data = QueryDict(mutable=True)
    for name, values in drawn.values.items():
        data.setlist(name, values)
    return data


def services_form(data: Any = None, *, opened: tuple[CoveredService, ...] = ()) -> forms.Form:
    class OneField(forms.Form):
        services = ServicesField(catalogue=CATALOGUE, opened=opened)

    return OneField(data, initial={"services": opened})


def times_form(data: Any = None, *, opened: tuple[UsableTime, ...] = ()) -> forms.Form:
    class OneField(forms.Form):
        times = UsableTimesField()

    return OneField(data, initial={"times": opened})


def cleaned(form: forms.Form, name: str) -> Any:
    assert form.is_valid(), form.errors
    return form.cleaned_data[name]


ROWS = st.sampled_from([(1, False), (2, False), (11, False), (10, True), (1, True), (99, False)])


@settings(max_examples=30)
@given(st.dictionaries(ROWS, st.tuples(st.integers(0, 1000), st.booleans())))
def test_services_come_back_as_they_were_drawn(
    chosen: dict[tuple[int, bool], tuple[int, bool]],
) -> None:
    opened = tuple(
        CoveredService(id=number, is_category=is_category, visits=visits, is_unlimited=unlimited)
        for (number, is_category), (visits, unlimited) in chosen.items()
    )
    sent = browser_sends(services_form(opened=opened))
    back = cleaned(services_form(sent, opened=opened), "services")
    assert set(back) == set(opened)


def test_service_and_category_of_one_number_are_two() -> None:
    data = QueryDict("services=s1&services=c1&services-visits-s1=4&services-visits-c1=6")
    assert cleaned(services_form(data), "services") == (
        CoveredService(id=1, is_category=True, visits=6),
        CoveredService(id=1, is_category=False, visits=4),
    )


def test_service_that_left_the_catalogue_can_be_kept() -> None:
    html = str(services_form(opened=(GONE,)))
    assert "Gone &lt;service&gt;" in html
    assert "<b>Spa" not in html
    data = QueryDict("services=s99&services-visits-s99=3")
    assert cleaned(services_form(data, opened=(GONE,)), "services") == (GONE,)


NO_SERVICES = [
    "services=s99&services-visits-s99=3",
    "services=s1&services-visits-s1=-1",
    "services=s1&services-visits-s1=1.5",
    "services=s1&services-visits-s1=٣",
    "services=s1&services-visits-s1=999999999",
    "services=x",
    "services=",
    "services=s1%27",
]


def test_service_that_makes_no_sense_is_refused() -> None:
    assert [sent for sent in NO_SERVICES if services_form(QueryDict(sent)).is_valid()] == []


TIMES = st.lists(
    st.tuples(
        st.sets(st.integers(1, 7), min_size=1),
        st.integers(0, DAY - 1),
        st.integers(1, DAY),
    ),
    max_size=8,
)


@settings(max_examples=30)
@given(TIMES)
def test_times_come_back_as_they_were_drawn(
    typed: list[tuple[set[int], int, int]],
) -> None:
    by_days: dict[tuple[int, ...], set[tuple[int, int]]] = {}
    for days, start, end in typed:
        by_days.setdefault(tuple(sorted(days)), set()).add((start, end))
    opened = tuple(
        UsableTime(days=days, intervals=tuple(sorted(intervals)))
        for days, intervals in by_days.items()
    )
    sent = browser_sends(times_form(opened=opened))
    assert cleaned(times_form(sent, opened=opened), "times") == opened


def test_midnight_is_the_end_of_the_day() -> None:
    data = QueryDict("times-days-0=5&times-from-0=20:00&times-to-0=00:00")
    (time,) = cleaned(times_form(data), "times")
    assert time == UsableTime(days=(5,), intervals=((72_000, DAY),))


def test_rows_of_the_same_days_become_one() -> None:
    data = QueryDict(
        "times-days-0=2&times-days-0=1&times-from-0=15:00&times-to-0=16:00"
        "&times-days-7=1&times-days-7=2&times-from-7=09:00&times-to-7=10:00"
        "&times-from-3=&times-to-3="
    )
    assert cleaned(times_form(data), "times") == (
        UsableTime(days=(1, 2), intervals=((32_400, 36_000), (54_000, 57_600))),
    )


NO_TIMES = [
    "times-from-0=09:00&times-to-0=10:00",
    "times-days-0=1&times-from-0=&times-to-0=10:00",
    "times-days-0=1&times-from-0=09:00&times-to-0=",
    "times-days-0=8&times-from-0=09:00&times-to-0=10:00",
    "times-days-0=1&times-from-0=9&times-to-0=10:00",
    "times-days-0=1&times-from-0=09:60&times-to-0=10:00",
    "times-days-0=1&times-from-0=25:00&times-to-0=26:00",
    f"times-days-0=1&times-from-0={'1' * 5000}:00&times-to-0=10:00",
    "times-days-0=1&times-from-0=%D9%A0%D9%A9:00&times-to-0=10:00",
]


def test_time_that_makes_no_sense_is_refused() -> None:
    assert [sent for sent in NO_TIMES if times_form(QueryDict(sent)).is_valid()] == []


def times_sent(number: int) -> QueryDict:
    rows = (f"times-days-{n}=1&times-from-{n}=09:00&times-to-{n}=10:00" for n in range(number))
    return QueryDict("&".join(rows))


def test_no_row_is_dropped_and_too_many_are_refused() -> None:
    (time,) = cleaned(times_form(times_sent(MOST_ROWS)), "times")
    assert len(time.intervals) == MOST_ROWS
    assert not times_form(times_sent(MOST_ROWS + 1)).is_valid()


def test_of_rows_without_measure_few_are_drawn() -> None:
    form = times_form(times_sent(3_000))
    assert not form.is_valid()
    assert str(form).count('type="time"') <= 2 * (10 * MOST_ROWS + BLANK_ROWS + 1)


def test_more_rows_than_may_be_typed_stay_where_nobody_touches_them() -> None:
    hour = tuple((3600 + n, 7200 + n) for n in range(MOST_ROWS + 1))
    opened = (UsableTime(days=(1,), intervals=hour),)
    sent = browser_sends(times_form(opened=opened))
    assert not times_form(sent, opened=opened).has_changed()


def test_visits_are_taken_as_typed_or_refused() -> None:
    def sent(visits: int) -> QueryDict:
        return QueryDict(f"services=s1&services-visits-s1={visits}")

    assert cleaned(services_form(sent(MOST_VISITS)), "services")[0].visits == MOST_VISITS
    assert not services_form(sent(MOST_VISITS + 1)).is_valid()


def test_refusal_names_what_was_typed() -> None:
    field = ServicesField(catalogue=CATALOGUE, opened=())
    with pytest.raises(ValidationError, match="many"):
        field.clean([("s1", "many", False)])
