"""Making a promotion: every field can be set, rules are checked before, refusals land in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.promotions.fields import FIELDS
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.pages import HTMX, Element, Page, Typed, page_of
from tests.promotions.common import (
    CHAIN,
    HOSTILE,
    SILENT,
    named,
    writes,
)
from tests.promotions.refusing import check_refused, refuse
from tests.promotions.submitting import (
    CASHBACK_KIND,
    PACKAGE_KIND,
    STATIC_KIND,
    TIERS_KIND,
    create,
    filled,
    form_of,
    new_form,
    new_url,
    newest,
    shown,
)

pytestmark = pytest.mark.slow

URL = new_url()


# What only fills the form may not use up the time of the write


@pytest.mark.slow
def test_it_is_made_though_something_else_never_answers(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    data = new_form(edith).data(filled())
    cache.clear()
    settings.ALTEGIO_TIMEOUT = 2.0
    for path in ("service_categories", "card_types", "programs$"):
        sandbox.fault(kind="hang", seconds=30, times=None, match={"method": "GET", "path": path})
    edith.post(URL, data)
    assert [call["method"] for call in writes(sandbox)] == ["POST"]
    assert newest().outcome == Outcome.DONE


@pytest.mark.slow
def test_form_comes_without_what_is_slow_and_with_the_rest(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_TIMEOUT = 2.0
    whole = page_of(edith, URL)
    cache.clear()
    # All the page's time would be enough for it, what is left to a form is not.
    match = {"method": "GET", "path": "service_categories"}
    sandbox.fault(kind="latency", seconds=1.5, match=match)
    page = page_of(edith, URL)
    assert not page.all("input", name="service_ids") and whole.all("input", name="service_ids")
    assert len(page.all("div", class_="notice warn")) == 1
    for name in ("location_ids", "card_type_ids"):
        assert len(page.all("input", name=name)) == len(whole.all("input", name=name)) > 1


# The empty form


def test_new_one_starts_valid_everywhere_for_everything(profile: str, edith: Client) -> None:
    page = page_of(edith, URL)
    values = form_of(page).values
    assert values["title"] == values["rules-value-0"] == values["opened_on"] == [""]
    assert values["location_ids"] == ["501", "502", "503", "504", "505"]
    assert values["services"] == values["products"] == ["any_allowed"]
    assert values["value_unit"] == ["percent"]
    assert (values["expiration"], values["expiration_unit"]) == (["0"], ["month"])
    assert values["on_changed-size"] == values["on_expiration-size"] == ["none"]
    # Three card types: which one is for the person to say.
    assert "card_type_ids" not in values
    assert len(page.all("input", name="card_type_ids")) == 3
    assert page.one("p", class_="promise").text.strip()
    assert not page.all("table", class_="figures")


def test_only_card_type_is_chosen_already(sandbox: Sandbox, edith: Client) -> None:
    del sandbox.state.chains[CHAIN].card_types[1:]
    assert new_form(edith).values["card_type_ids"] == ["41"]


def test_fields_of_another_type_are_not_sent(sandbox: Sandbox, edith: Client) -> None:
    typed: Typed = {
        "usage_limit": "4", "visit_multiplicity": "2", "sold_items_multiplicity": "3",
        "history_source": "chain", "kind": PACKAGE_KIND, "rules-from-0": "7",
        "rules-service-0": "710202",
    }  # fmt: skip
    assert create(edith, typed).status_code == 302
    body = writes(sandbox)[0]["body"]
    assert body["type"] == STATIC_KIND
    assert body["rules"] == [{"parameter": 0, "value": 7.5, "service_id": 0}]
    assert not body.keys() & {"usage_limit", "visit_multiplicity", "sold_items_multiplicity"}
    assert "params_source_type" not in body


def test_chosen_items_are_not_sent_where_all_count(sandbox: Sandbox, edith: Client) -> None:
    typed: Typed = {"service_ids": ["710201"], "product_ids": "x", "expiration_notice": "5"}
    assert create(edith, typed).status_code == 302
    body = writes(sandbox)[0]["body"]
    assert not {name for name in body if name.startswith("allowed_")}
    assert "expiration_notification_timeout" not in body


def test_form_opens_without_what_altegio_does_not_give(sandbox: Sandbox, edith: Client) -> None:
    for path in ("service_categories", "card_types", "notification_message"):
        sandbox.fault(**SILENT, match={"path": path})
    page = page_of(edith, URL)
    # Services, card types, texts: that each is missing is said.
    assert len(page.all("div", class_="notice warn")) == 1
    assert len([group for group in page.all("fieldset") if said_muted(group)]) == 2
    assert create(edith).status_code == 302


def said_muted(group: Element) -> list[str]:
    """What the group itself says, apart from its fields."""
    found = group.node.css("fieldset.group > p.muted")
    return [node.text() for node in found]


# More rows, and the sentence worked out, without a script


def test_more_rows_keep_what_is_typed_and_send_nothing(sandbox: Sandbox, edith: Client) -> None:
    form, typed = new_form(edith, TIERS_KIND), dict(filled(TIERS_KIND))
    for place in range(4):
        typed |= {f"rules-from-{place}": str(place * 5), f"rules-value-{place}": str(place + 1)}
    before = len(sandbox.calls())
    response = edith.post(
        new_url(TIERS_KIND), form.data({**typed, "title": "", "unfinished": "rows"})
    )
    assert response.status_code == 200
    page = Page(response)
    assert not page.all("ul", class_="field-errors")
    values = form_of(page).values
    assert [values[f"rules-from-{place}"] for place in range(4)] == [["0"], ["5"], ["10"], ["15"]]
    assert {f"rules-value-{place}" for place in range(4, 7)} <= values.keys()
    assert len(sandbox.calls()) == before
    assert not Entry.objects.exists()
    # All of them arrive.
    data = form_of(page).data({"title": "Many", "rules-from-6": "99", "rules-value-6": "50"})
    assert edith.post(new_url(TIERS_KIND), data).status_code == 302
    rules = writes(sandbox)[0]["body"]["rules"]
    assert [rule["parameter"] for rule in rules] == [0, 5, 10, 15, 99]


def test_button_works_the_sentence_and_the_example_out(sandbox: Sandbox, edith: Client) -> None:
    form = new_form(edith)
    response = edith.post(URL, form.data({**filled(), "unfinished": "summary"}))
    page = Page(response)
    sentence = page.one("p", class_="promise").text.replace("\u00a0", " ")
    assert "7.5 %" in sentence and "Aurora Centrs" in sentence
    cells = [cell.text for cell in page.all("td", class_="num")]
    assert cells[-2:] == ["7.50 €", "92.50 €"]
    assert not writes(sandbox)


def test_falling_tiers_are_pointed_out_and_can_be_made(sandbox: Sandbox, edith: Client) -> None:
    typed: Typed = {"rules-value-0": "1"}
    data = new_form(edith, TIERS_KIND).data(
        {**filled(TIERS_KIND), **typed, "card_type_ids": ["41"]}
    )
    page = Page(edith.post(new_url(TIERS_KIND), data | {"unfinished": ["summary"]}))
    (warning,) = page.all("p", class_="notice warn")
    assert warning.text.strip()
    assert create(edith, typed, TIERS_KIND).status_code == 302


def test_removed_row_leaves_the_others(sandbox: Sandbox, edith: Client) -> None:
    """A script takes a row out: its number is missing then."""
    form = new_form(edith, TIERS_KIND)
    typed: Typed = {
        **filled(TIERS_KIND), "rules-from-1": None, "rules-value-1": None,
        "rules-from-17": "8", "rules-value-17": "4",
    }  # fmt: skip
    assert edith.post(new_url(TIERS_KIND), form.data(typed)).status_code == 302
    assert [rule["parameter"] for rule in writes(sandbox)[0]["body"]["rules"]] == [8, 20]


# Rules


BROKEN: list[tuple[str, Typed, str]] = [
    (STATIC_KIND, {"title": " "}, "title"),
    (STATIC_KIND, {"title": "x" * 256}, "title"),
    (STATIC_KIND, {"rules-value-0": "100.01"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "NaN"}, "rules"),
    (STATIC_KIND, {"value_unit": None}, "value_unit"),
    (STATIC_KIND, {"location_ids": None}, "location_ids"),
    (STATIC_KIND, {"card_type_ids": ["51"]}, "card_type_ids"),
    (STATIC_KIND, {"services": "not_allowed", "products": "not_allowed"}, "services"),
    (STATIC_KIND, {"services": "custom_allowed", "service_ids": ["1"]}, "service_ids"),
    (STATIC_KIND, {"products": "custom_allowed"}, "product_ids"),
    (
        STATIC_KIND,
        {"products": "custom_allowed", "product_ids": "1", "product_category_ids": "1.5"},
        "product_category_ids",
    ),
    (STATIC_KIND, {"expiration": ""}, "expiration"),
    (STATIC_KIND, {"expiration": "1", "expiration_unit": "hour"}, "expiration_unit"),
    (STATIC_KIND, {"expiration": "1", "expiration_notice": "30"}, "expiration_notice"),
    (STATIC_KIND, {"on_changed-size": "huge"}, "on_changed"),
    (STATIC_KIND, {"on_expiration-size": "custom"}, "on_expiration"),
    (CASHBACK_KIND, {"usage_limit": "-1"}, "usage_limit"),
    (CASHBACK_KIND, {"visit_multiplicity": "0"}, "visit_multiplicity"),
    (TIERS_KIND, {"rules-from-1": "20"}, "rules"),
    (TIERS_KIND, {"history_source": "moon"}, "history_source"),
    (TIERS_KIND, {"history_from": "2026-02-30"}, "history_from"),
    (PACKAGE_KIND, {"sold_items_multiplicity": "0"}, "sold_items_multiplicity"),
    (PACKAGE_KIND, {"rules-service-0": "710202"}, "rules"),
]


@pytest.mark.slow
def test_rules_are_checked_before_sending(sandbox: Sandbox, edith: Client) -> None:
    forms = {kind: new_form(edith, kind) for kind, _typed, _field in BROKEN}
    for place, (kind, typed, field) in enumerate(BROKEN):
        form = forms[kind]
        sent = form.data({**filled(kind), **typed})
        htmx = bool(place % 2)
        response = edith.post(new_url(kind), sent, headers=HTMX if htmx else {})
        assert response.status_code == 422, typed
        assert response.has_header("X-Partial") == htmx
        page = Page(response)
        assert page.one("ul", id=f"id_{field}_error").text.strip(), typed
        assert len(page.all("ul", class_="field-errors")) == 1, typed
        # Nothing typed is lost.
        again = form_of(page).values
        choices = ("services", "products", "value_unit", "history_source", "expiration_unit")
        assert _tiers(again) == _tiers(sent), typed  # in order, whatever they were typed in
        for name in {*filled(kind), *typed} - {*choices, "location_ids", "service_ids"}:
            if name.endswith("-size") or name in ("card_type_ids", "rules-service-0"):
                continue
            if kind == TIERS_KIND and name.startswith("rules-"):
                continue
            assert again[name] == _as_list(sent[name]), (typed, name)
        assert again["form_id"] != form.values["form_id"]
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def _tiers(values: Any) -> list[tuple[str, str]]:
    """Thresholds with what they give; blank rows left out."""
    numbers = [
        name.removeprefix("rules-from-") for name in values if name.startswith("rules-from-")
    ]
    rows = [
        tuple(_as_list(values[f"rules-{part}-{number}"])[0] for part in ("from", "value"))
        for number in numbers
    ]
    return sorted((start, value) for start, value in rows if start or value)


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_refusal_lands_on_the_fields_it_belongs_to(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    refuse(sandbox, profile, "POST")
    form, typed = new_form(edith), {**filled(), "on_changed-size": "big"}
    response = edith.post(URL, form.data(typed))
    assert response.status_code == 422
    page = Page(response)
    check_refused(page)
    assert "7.5" in page.one("p", class_="promise").text
    again = form_of(page)
    for name, value in typed.items():
        assert again.values[name] == _as_list(value), name
    assert again.values["form_id"] != form.values["form_id"]
    assert newest().outcome == Outcome.REFUSED
    # Mended, it goes through.
    assert edith.post(URL, again.data({"title": "Taken"})).status_code == 302
    named(sandbox, "Taken")


def test_refusal_in_altegios_own_words(sandbox: Sandbox, edith: Client) -> None:
    """What the stand-in checks and the form does not: how long a text may be."""
    page = Page(create(edith, {"on_changed-size": "custom", "on_changed-body": "x" * 10_001}))
    assert page.one("ul", id="id_on_changed_error").text.strip()
    assert form_of(page).values["on_changed-body"] == ["x" * 10_001]


def test_what_a_refused_attempt_asked_for_can_be_filled_in_again(
    sandbox: Sandbox, edith: Client
) -> None:
    typed: Typed = {
        "title": "Asked before", "location_ids": ["502", "504"], "value_unit": "amount",
        "services": "custom_allowed", "service_ids": ["7101", "710201"],
        "products": "custom_allowed", "product_ids": "7, 9", "product_category_ids": "4",
        "usage_limit": "9", "visit_multiplicity": "3", "expiration": "2",
        "expiration_unit": "week", "expiration_notice": "3", "history_source": "chain",
        "history_from": "2026-03-01", "card_type_ids": ["42"], "on_changed-size": "custom",
        "on_changed-body": "Look", "on_expiration-size": "small",
    }  # fmt: skip
    kind = "cashback_accumulative_paid"
    sandbox.fault(kind="success_false", match={"method": "POST"})
    assert create(edith, typed, kind).status_code == 422
    url = f"{new_url(kind)}?again={newest().pk}"
    assert page_of(edith, f"/activity/{newest().pk}/").all("a", href=url)
    values = form_of(page_of(edith, url)).values
    for name, value in typed.items():
        assert values[name] == _as_list(value), name
    assert _tiers(values) == [("20", "7.5"), ("5", "3")]


def test_what_was_asked_for_another_type_is_not_filled_in(sandbox: Sandbox, edith: Client) -> None:
    sandbox.fault(kind="success_false", match={"method": "POST"})
    create(edith, {}, TIERS_KIND)
    values = form_of(page_of(edith, f"{URL}?again={newest().pk}")).values
    assert values["kind"] == [STATIC_KIND]


# After it


def test_what_altegio_made_otherwise_is_named(sandbox: Sandbox, edith: Client) -> None:
    made = sandbox.put_promotion(CHAIN, {"title": "For friends", "type": STATIC_KIND})
    rules = [{"id": 1, "parameter": 0, "value": 5, "service_id": 0}]
    sandbox.alter_promotion(
        CHAIN, made["id"], rules=rules, companies=[{"id": 501, "title": "Aurora Centrs"}]
    )
    body = {"id": made["id"]}
    sandbox.fault(kind="status", status=201, body=body, match={"method": "POST"})
    told = shown(edith, create(edith)).one("div", class_="notice warn").text
    assert FIELDS.label("rules") in told and "5\u00a0%" in told
    assert [one["field"] for one in newest().kept] == [FIELDS.label("rules")]


def test_title_may_be_any_text_and_stays_text(sandbox: Sandbox, edith: Client) -> None:
    before = {raw["id"] for raw in sandbox.promotions_of(CHAIN)}
    title = f"{HOSTILE} Скидка «Лето» 水疗 💆 \u202eخصم"
    page = shown(edith, create(edith, {"title": title}))
    assert page.one("h1").text == title
    assert title in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html
    made = [raw for raw in sandbox.promotions_of(CHAIN) if raw["id"] not in before]
    assert [raw["title"] for raw in made] == [title]


def test_revoked_token_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    form = new_form(edith)
    sandbox.revoke_tokens()
    page = Page(edith.post(URL, form.data(filled())))
    assert form_of(page).values["title"] == ["For friends"]
    assert page.one("div", class_="notice bad whole", role="alert").text.strip()
    assert not writes(sandbox)
    assert not Entry.objects.exists()
