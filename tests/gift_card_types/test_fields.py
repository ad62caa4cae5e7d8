"""The form fields of named services and of a fixed date in a time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.catalog.form_fields import services_field
from loyalty_admin.gift_card_types.form_fields import MomentField
from loyalty_admin.gift_card_types.zones import as_zone, exists
from tests.gift_card_types.test_zones import MOMENTS, NAMES, RIGA, ZONES, at, seconds
from tests.membership_types.test_fields import CATALOGUE, Html, browser_sends
from tests.pages import Page

TITLES = {99: "Gone <service>"}


def moment_form(
    data: Any = None, *, opened: datetime | None = None, zones: Any = (RIGA, "Europe/Madrid")
) -> Any:
    class OneField(forms.Form):
        until = MomentField(zone_names=zones, opened=opened)

    return OneField(data, initial={"until": opened})


def typed(form: Any, **parts: str) -> QueryDict:
    """What the browser sends after parts of the date were typed."""
    data: QueryDict = browser_sends(form)
    for part, value in parts.items():
        data[f"until-{part}"] = value
    return data


def cleaned(form: Any, name: str = "until") -> Any:
    assert form.is_valid(), form.errors
    return form.cleaned_data[name]


# A date


@given(MOMENTS, NAMES)
def test_date_that_nobody_touches_is_no_change(moment: datetime, names: list[str]) -> None:
    sent = browser_sends(moment_form(opened=moment, zones=names))
    assert moment_form(sent, opened=moment, zones=names).changed_data == []


@given(
    st.datetimes(datetime(1901, 1, 1), datetime(9998, 12, 30)),
    st.sampled_from(ZONES),
)
def test_typed_date_is_the_moment_of_its_zone(naive: datetime, zone: str) -> None:
    naive = naive.replace(microsecond=0)
    data = typed(
        moment_form(zones=ZONES),
        date=naive.date().isoformat(),
        time=naive.time().isoformat(),
        zone=zone,
    )
    form = moment_form(data, zones=ZONES)
    if form.is_valid():
        moment = form.cleaned_data["until"]
        assert moment.replace(tzinfo=None) == naive
        # What Altegio then gives, an offset, is shown as it was typed.
        read = datetime.fromisoformat(moment.isoformat())
        assert seconds(read) == seconds(moment)
        again = browser_sends(moment_form(opened=read, zones=(zone,)))
        assert again["until-date"] == naive.date().isoformat()
        assert again["until-zone"] == zone
    else:
        assert not exists(naive.replace(tzinfo=as_zone(zone)))


def test_zones_of_the_locations_are_offered_and_the_one_that_was_read() -> None:
    foreign = at("2030-11-29T23:59:59-05:00")
    assert moment_form(opened=foreign).fields["until"].widget.zones == [
        RIGA,
        "Europe/Madrid",
        "-05:00",
    ]
    sent = browser_sends(moment_form(opened=foreign))
    assert (sent["until-date"], sent["until-time"], sent["until-zone"]) == (
        "2030-11-29",
        "23:59:59",
        "-05:00",
    )
    moved = typed(moment_form(opened=foreign), date="2030-11-30")
    assert cleaned(moment_form(moved, opened=foreign)) == at("2030-11-30T23:59:59-05:00")


def test_offset_with_seconds_outlives_another_day() -> None:
    odd = at("2030-11-29T23:59:59+01:02:03")
    moved = typed(moment_form(opened=odd), date="2030-11-30")
    assert cleaned(moment_form(moved, opened=odd)) == at("2030-11-30T23:59:59+01:02:03")


def test_new_date_ends_with_its_day_at_the_first_location() -> None:
    sent = browser_sends(moment_form())
    assert (sent["until-date"], sent["until-time"], sent["until-zone"]) == ("", "23:59", RIGA)
    assert cleaned(moment_form(sent)) is None
    assert moment_form(sent).changed_data == []
    data = typed(moment_form(), date="2031-07-04")
    assert cleaned(moment_form(data)).isoformat() == "2031-07-04T23:59:00+03:00"
    data = typed(moment_form(), date="2031-07-04", time="")
    assert cleaned(moment_form(data)).isoformat() == "2031-07-04T23:59:00+03:00"


def test_date_can_be_taken_away() -> None:
    opened = at("2030-12-31T23:59:59+02:00")
    form = moment_form(typed(moment_form(opened=opened), date=""), opened=opened)
    assert cleaned(form) is None
    assert form.changed_data == ["until"]


# By what is wrong with them.
WRONG: dict[str, list[dict[str, str]]] = {
    "skipped": [{"date": "2030-03-31", "time": "03:30"}],
    "garbled": [
        {"date": "2030-02-30"},
        {"date": "tomorrow"},
        {"date": "2030-01-01", "time": "25:00"},
    ],
    "zone": [
        {"date": "2030-01-01", "zone": "Asia/Tokyo"},
        {"date": "2030-01-01", "zone": "../../etc/passwd"},
    ],
    "year": [{"date": "0030-01-01"}, {"date": "9999-12-31"}],
}


def test_date_that_is_none_is_refused_and_stays_typed() -> None:
    said: dict[str, set[str]] = {}
    for wrong, typings in WRONG.items():
        for parts in typings:
            form = moment_form(typed(moment_form(), **parts))
            (error,) = form.errors["until"]
            said.setdefault(wrong, set()).add(error.replace(" ".join(parts.values()), ""))
            # Where it has to be mended, the focus goes.
            drawn = Page(Html(str(form)))  # type: ignore[arg-type]
            assert drawn.one("input", aria_invalid="true").attrs["name"] == "until-date"
            kept = browser_sends(form)
            for part, value in parts.items():
                if part != "zone":
                    assert kept[f"until-{part}"] == value
    # Each reason is another one.
    everything = set.union(*said.values())
    assert len(everything) == sum(map(len, said.values())) >= len(WRONG)


def test_hostile_date_is_inert() -> None:
    evil = '"><script>alert(1)</script>' * 20
    form = moment_form(QueryDict(mutable=True))
    form.data["until-date"] = form.data["until-time"] = evil
    html = str(form)
    assert "<script>" not in html
    assert len(form.errors["until"][0]) < 100


# Services


def services_form(data: Any = None, *, opened: tuple[int, ...] = ()) -> Any:
    class OneField(forms.Form):
        services = services_field(CATALOGUE, opened, TITLES)

    return OneField(data, initial={"services": opened})


@given(st.sets(st.sampled_from([1, 2, 11, 99, 77])))
def test_services_come_back_as_they_were_drawn(chosen: set[int]) -> None:
    opened = tuple(sorted(chosen))
    form = services_form(browser_sends(services_form(opened=opened)), opened=opened)
    assert {int(number) for number in cleaned(form, "services")} == chosen
    assert form.changed_data == []


def test_service_that_left_the_catalogue_can_be_kept_and_not_chosen_anew() -> None:
    html = str(services_form(opened=(99,)))
    assert "Gone &lt;service&gt;" in html
    assert "<b>Spa" not in html
    assert cleaned(services_form(QueryDict("services=99"), opened=(99,)), "services") == ["99"]
    assert not services_form(QueryDict("services=99")).is_valid()


def test_category_is_no_service() -> None:
    assert not services_form(QueryDict("services=10")).is_valid()
