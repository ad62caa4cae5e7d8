"""The form fields of what a promotion gives, of numbers of products, and of messages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_admin.altegio.notification_templates import Notification
from loyalty_admin.altegio.promotion_kinds import KINDS, Rule
from loyalty_admin.promotions.form_fields import (
    BLANK_ROWS,
    MOST_ROWS,
    NotificationField,
    NumbersField,
    RulesField,
)
from tests.membership_types.test_fields import Html, browser_sends
from tests.pages import Page

pytestmark = pytest.mark.slow

SERVICES = [("Hair", [(1, "Cut"), (2, "Dry")]), ("<b>Spa</b>", [(11, 'Salt "room"')])]
STATIC, TIERS, PACKAGE = (
    KINDS[name] for name in ("discount_static", "cashback_accumulative_paid", "package_discount")
)
PREVIEWS = {"big": [("Grown", "It <b>grew</b>\nmuch"), ("Fallen", "It fell")], "mid": []}


def rules_form(data: Any = None, *, kind: Any = TIERS, opened: tuple[Rule, ...] = ()) -> forms.Form:
    class OneField(forms.Form):
        given = RulesField(kind=kind, services=SERVICES, currency="€")

    return OneField(data, initial={"given": opened})


def numbers_form(data: Any = None, *, opened: tuple[int, ...] = ()) -> forms.Form:
    class OneField(forms.Form):
        numbers = NumbersField()

    return OneField(data, initial={"numbers": opened})


def message_form(data: Any = None, *, opened: Notification | None = None) -> forms.Form:
    before = opened or Notification()

    class OneField(forms.Form):
        message = NotificationField(opened=before, previews=PREVIEWS)

    return OneField(data, initial={"message": before})


def cleaned(form: forms.Form) -> Any:
    assert form.is_valid(), form.errors
    (value,) = form.cleaned_data.values()
    return value


def page(form: forms.Form) -> Page:
    return Page(Html(form.as_p()))  # type: ignore[arg-type]


def sent(**parts: str) -> QueryDict:
    """For example given-value-0 for `value_0`."""
    data = QueryDict(mutable=True)
    for name, text in parts.items():
        data[f"given-{name.replace('_', '-')}"] = text
    return data


# What it gives

VALUES = st.decimals(0, 10**9, places=2)


@given(st.dictionaries(st.integers(0, 10**9), VALUES, min_size=1, max_size=8))
def test_tiers_come_back_as_they_were_drawn(tiers: dict[int, Decimal]) -> None:
    opened = tuple(Rule(threshold, value) for threshold, value in tiers.items())
    form = rules_form(browser_sends(rules_form(opened=opened)), opened=opened)
    assert cleaned(form) == tuple(sorted(opened, key=lambda rule: rule.threshold))
    assert form.changed_data == []


@given(st.dictionaries(st.sampled_from([1, 2, 11]), VALUES, min_size=1))
def test_services_of_a_package_come_back_as_they_were_drawn(values: dict[int, Decimal]) -> None:
    opened = tuple(Rule(0, value, number) for number, value in values.items())
    drawn = browser_sends(rules_form(kind=PACKAGE, opened=opened))
    form = rules_form(drawn, kind=PACKAGE, opened=opened)
    assert cleaned(form) == opened
    assert form.changed_data == []


@given(VALUES)
def test_single_value_comes_back_as_it_was_drawn(value: Decimal) -> None:
    opened = (Rule(0, value),)
    drawn = browser_sends(rules_form(kind=STATIC, opened=opened))
    assert cleaned(rules_form(drawn, kind=STATIC)) == opened


def test_blank_rows_wait_below_for_those_without_a_script() -> None:
    drawn = browser_sends(rules_form(opened=(Rule(3, Decimal(5)),)))
    values = [name for name in drawn if name.startswith("given-value-")]
    assert len(values) == 1 + BLANK_ROWS
    assert cleaned(rules_form(drawn)) == (Rule(3, Decimal(5)),)
    assert list(browser_sends(rules_form(kind=STATIC))) == ["given-value-0"]


def test_first_tier_starts_with_everybody() -> None:
    drawn = browser_sends(rules_form())
    assert drawn["given-from-0"] == "0"
    # Begun by us, not by the person: nothing is given yet.
    assert cleaned_rows(drawn) == ()


def cleaned_rows(data: QueryDict) -> tuple[Rule, ...]:
    form = rules_form(data)
    assert isinstance(form.fields["given"], RulesField)
    return form.fields["given"].readable(form["given"].data)


def test_rows_keep_the_order_of_their_numbers() -> None:
    data = sent(value_10="3", from_10="30", value_9="2", from_9="20", value_2="1", from_2="10")
    assert cleaned(rules_form(data)) == tuple(Rule(n * 10, Decimal(n)) for n in (1, 2, 3))


# Kinds of rows of which each is refused for a reason of its own, and rows for the same reason.
NO_THRESHOLD = [(TIERS, {"value_0": "5"})]
NO_VALUE = [
    (TIERS, {"value_0": "", "from_0": "5"}),
    (TIERS, {"value_0": "", "from_0": "0"}),
    (PACKAGE, {"value_0": "", "service_0": "1"}),
]
NO_SERVICE = [
    (PACKAGE, {"value_0": "5"}),
    (PACKAGE, {"value_0": "5", "service_0": "3"}),
    (PACKAGE, {"value_0": "5", "service_0": "x"}),
    (PACKAGE, {"value_0": "5", "service_0": "5" * 5000}),
]
BAD_THRESHOLD = [
    (TIERS, {"value_0": "5", "from_0": typed})
    for typed in ("2.5", "-2", "2,5", "1,0000", "1000000001")
]
BAD_VALUE = [
    *((TIERS, {"value_0": typed, "from_0": "1"}) for typed in ("5,500", "1e3", "1000000001", "-5")),
    *((STATIC, {"value_0": typed}) for typed in ("ten", "1E9999999", "9" * 2000)),
]


def test_row_that_makes_no_sense_is_said() -> None:
    reasons = []
    for cases in (NO_THRESHOLD, NO_VALUE, NO_SERVICE):
        said = set()
        for kind, parts in cases:
            (error,) = refused(kind, parts)
            said.add(error)
        assert len(said) == 1
        reasons.append(said.pop())
    assert len({*reasons}) == len(reasons)
    # What is no number is named.
    for cases, name in ((BAD_THRESHOLD, "from_0"), (BAD_VALUE, "value_0")):
        for kind, parts in cases:
            (error,) = refused(kind, parts)
            assert parts[name][:40] in error and error not in reasons


def refused(kind: Any, parts: dict[str, str]) -> list[str]:
    """Why the rows are refused; what was typed stands there still."""
    form = rules_form(sent(**parts), kind=kind)
    inputs = {element.attrs.get("value") for element in page(form).all("input")}
    assert parts["value_0"] in inputs
    return list(map(str, form.errors["given"]))


def test_rows_that_make_sense_already_are_read_while_others_do_not() -> None:
    data = sent(value_0="5", from_0="1", value_1="x", from_1="2", value_2="7", from_2="")
    assert cleaned_rows(data) == (Rule(1, Decimal(5)),)


def test_no_row_is_left_out_of_many() -> None:
    opened = tuple(Rule(number, Decimal(1)) for number in range(150))
    form = rules_form(browser_sends(rules_form(opened=opened)), opened=opened)
    assert cleaned(form) == opened
    assert form.changed_data == []


def test_too_many_rows_are_refused_and_none_is_dropped() -> None:
    rows = tuple(Rule(number, Decimal(1)) for number in range(MOST_ROWS + 1))
    assert cleaned(rules_form(browser_sends(rules_form(opened=rows[1:])))) == rows[1:]
    assert not rules_form(browser_sends(rules_form(opened=rows))).is_valid()


def test_of_rows_without_measure_few_are_drawn() -> None:
    form = rules_form(sent(**{f"value_{number}": "1" for number in range(9_000)}))
    assert not form.is_valid()
    assert str(form).count('name="given-value-') <= 2 * MOST_ROWS + BLANK_ROWS + 1


@pytest.mark.slow
@settings(max_examples=25)
@given(st.dictionaries(st.from_regex(r"given-(value|from|service)-\w{0,7}"), st.text(max_size=30)))
def test_no_rows_break_it(parts: dict[str, str]) -> None:
    for kind in (STATIC, TIERS, PACKAGE):
        data = QueryDict(mutable=True)
        data.update(parts)
        form = rules_form(data, kind=kind)
        form.is_valid()
        assert form.as_p()


def test_titles_of_services_are_inert() -> None:
    drawn = page(rules_form(kind=PACKAGE))
    assert "<b>Spa" not in drawn.html
    assert {option.text for option in drawn.all("option")} >= {"Cut", "Dry", 'Salt "room"'}


# Numbers of products


@given(st.lists(st.integers(0, 10**15 - 1), unique=True, max_size=20))
def test_numbers_come_back_as_they_were_drawn(numbers: list[int]) -> None:
    opened = tuple(sorted(numbers))
    form = numbers_form(browser_sends(numbers_form(opened=opened)), opened=opened)
    assert cleaned(form) == opened
    assert form.changed_data == []


def test_numbers_are_separated_by_anything() -> None:
    typed = {"": (), " , ;": (), "7": (7,), "9, 7;8\n7\t10": (7, 8, 9, 10)}
    assert {text: cleaned(numbers_form({"numbers": text})) for text in typed} == typed


def test_what_is_no_number_is_named() -> None:
    for typed in ("x", "7 eight", "-1", "1.5", "9" * 16, "²", "٣"):
        (error,) = numbers_form({"numbers": typed}).errors["numbers"]
        assert f"“{typed.split()[-1]}”" in error


# Messages


def test_message_comes_back_as_it_was_drawn() -> None:
    for opened in (
        Notification("none"),
        Notification("big", "The chain's"),
        Notification("custom", "Two\nlines </textarea> & more"),
        Notification("huge", "unknown"),
    ):
        form = message_form(browser_sends(message_form(opened=opened)), opened=opened)
        value = cleaned(form)
        assert value.size == opened.size
        assert value.body == opened.body or opened.size != "custom"


def test_size_that_there_is_not_is_refused() -> None:
    for size in ("", "huge", "<b>"):
        form = message_form({"message-size": size, "message-body": "x"})
        assert form.errors["message"]


def test_texts_of_the_chain_are_shown_inert_at_their_size() -> None:
    drawn = page(message_form())
    texts = [quote.text for quote in drawn.all("blockquote")]
    assert len(texts) == 2
    assert "Grown" in texts[0] and "It <b>grew</b>" in texts[0] and "Fallen" in texts[1]
    assert "<b>grew" not in drawn.html
    # That the chain has no text of a size is said beside that size.
    lacking = {element.attrs["data-when"] for element in drawn.all("p", class_="muted")}
    assert lacking == {"message-size=mid", "message-size=small"}


def test_value_is_read_as_people_write_it() -> None:
    typed = {"7,5": "7.5", "7.5": "7.5", ",25": "0.25", "1 200": "1200", "3": "3"}
    for text, value in typed.items():
        assert cleaned(rules_form(sent(value_0=text), kind=STATIC)) == (Rule(0, Decimal(value)),)


def test_threshold_may_be_grouped() -> None:
    for text in ("30000", "30 000", "30,000", "30\u00a0000"):
        form = rules_form(sent(from_0=text, value_0="7", from_1="500", value_1="5"), kind=TIERS)
        assert cleaned(form) == (Rule(30_000, Decimal(7)), Rule(500, Decimal(5)))
        values = [element.attrs.get("value") for element in page(form).all("input")]
        assert values[:4] == ["500", "5", text, "7"]


def test_value_is_shown_without_zeros_that_say_nothing() -> None:
    for value, shown in (("12.50", "12.5"), ("16.0", "16"), ("100", "100"), ("0.000", "0")):
        opened = (Rule(0, Decimal(value)),)
        form = rules_form(kind=STATIC, opened=opened)
        assert [element.attrs["value"] for element in page(form).all("input")] == [shown]
        sent_back = rules_form(sent(value_0=shown), kind=STATIC, opened=opened)
        assert not sent_back.has_changed()
