"""Making a promotion: every field can be set, rules are checked before, refusals land in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import Sandbox
from tests.pages import HTMX, Page, Typed, page_of
from tests.promotions.common import (
    CHAIN,
    CHOSEN,
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    asked_of,
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
    edit_form,
    filled,
    form_of,
    new_form,
    new_url,
    newest,
    shown,
)

URL = new_url()


# What only fills the form may not use up the time of the write


@pytest.mark.parametrize("silent", ["service_categories", "card_types", "programs$"])
def test_it_is_made_though_something_else_never_answers(
    sandbox: Sandbox, edith: Client, settings: Any, silent: str
) -> None:
    data = new_form(edith).data(filled())
    cache.clear()
    settings.ALTEGIO_TIMEOUT = 6.0
    sandbox.fault(kind="hang", seconds=30, times=None, match={"method": "GET", "path": silent})
    edith.post(URL, data)
    assert [call["method"] for call in writes(sandbox)] == ["POST"]
    assert newest().outcome == Outcome.DONE


@pytest.mark.parametrize("slow", ["service_categories", "card_types", "programs$"])
def test_form_comes_without_what_is_slow_and_with_the_rest(
    sandbox: Sandbox, edith: Client, settings: Any, slow: str
) -> None:
    settings.ALTEGIO_TIMEOUT = 5.0
    # All the page's time would be enough for it, what is left to a form is not.
    sandbox.fault(kind="latency", seconds=3, match={"method": "GET", "path": slow})
    page = page_of(edith, URL)
    assert len(page.all("input", name="location_ids")) == 5
    assert ("services could not be read" in page.text) == (slow == "service_categories")
    assert ("card types could not be read" in page.text) == (slow == "card_types")
    assert ("texts could not be read" in page.text) == (slow == "programs$")


def test_chosen_services_stay_chosen_where_the_catalogue_is_slow(
    sandbox: Sandbox, edith: Client, settings: Any
) -> None:
    settings.ALTEGIO_TIMEOUT = 5.0
    sandbox.fault(kind="latency", seconds=3, match={"method": "GET", "path": "service_categories"})
    form = edit_form(edith, CHOSEN)
    assert form.values["service_ids"]
    response = edith.post(f"{LIST}{CHOSEN}/edit/", form.data({"title": "Changed"}))
    assert response.status_code == 302
    assert sandbox.promotion_of(CHAIN, CHOSEN)["title"] == "Changed"


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
    assert "gives nothing yet" in page.text.lower()


def test_only_card_type_is_chosen_already(sandbox: Sandbox, edith: Client) -> None:
    del sandbox.state.chains[CHAIN].card_types[1:]
    assert new_form(edith).values["card_type_ids"] == ["41"]


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (STATIC_KIND, set()),
        (CASHBACK_KIND, {"usage_limit", "visit_multiplicity"}),
        (TIERS_KIND, {"history_source", "history_from"}),
        ("cashback_accumulative_paid", {
            "usage_limit", "visit_multiplicity", "history_source", "history_from",
        }),
        (PACKAGE_KIND, {"sold_items_multiplicity", "history_source", "history_from"}),
    ],
)  # fmt: skip
def test_only_what_the_type_takes_is_asked(edith: Client, kind: str, own: set[str]) -> None:
    some_take = {
        "usage_limit", "visit_multiplicity", "history_source", "history_from",
        "sold_items_multiplicity",
    }  # fmt: skip
    assert some_take & new_form(edith, kind).values.keys() == own


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


@pytest.mark.parametrize("path", ["service_categories", "card_types", "notification_message"])
def test_form_opens_without_what_altegio_does_not_give(
    sandbox: Sandbox, edith: Client, path: str
) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": path})
    assert create(edith).status_code == 302
    text = page_of(edith, URL).text
    if path != "notification_message":
        assert "could not be read" in text


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
    sentence = " ".join(page.one("p", class_="promise").text.split())
    assert sentence == "7.5 % off every visit. Valid in Aurora Centrs."
    cells = [cell.text for cell in page.all("td", class_="num")]
    assert cells[-2:] == ["7.50 €", "92.50 €"]
    assert not writes(sandbox)


def test_falling_tiers_are_pointed_out_and_can_be_made(sandbox: Sandbox, edith: Client) -> None:
    typed: Typed = {"rules-value-0": "1"}
    data = new_form(edith, TIERS_KIND).data({**filled(TIERS_KIND), **typed})
    page = Page(edith.post(new_url(TIERS_KIND), data | {"unfinished": ["summary"]}))
    assert "gives less than a lower one" in page.text
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
    (STATIC_KIND, {"rules-value-0": ""}, "rules"),
    (STATIC_KIND, {"rules-value-0": "-1"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "100.01"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "x"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "NaN"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "Infinity"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "1e9999999"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "9" * 30, "value_unit": "amount"}, "rules"),
    (STATIC_KIND, {"rules-value-0": "٥"}, "rules"),
    (STATIC_KIND, {"rules-value-1": "5"}, "rules"),
    (STATIC_KIND, {"value_unit": None}, "value_unit"),
    (STATIC_KIND, {"value_unit": "points"}, "value_unit"),
    (STATIC_KIND, {"location_ids": None}, "location_ids"),
    (STATIC_KIND, {"location_ids": ["601"]}, "location_ids"),
    (STATIC_KIND, {"card_type_ids": ["51"]}, "card_type_ids"),
    (STATIC_KIND, {"services": "not_allowed", "products": "not_allowed"}, "services"),
    (STATIC_KIND, {"services": None}, "services"),
    (STATIC_KIND, {"services": "some"}, "services"),
    (STATIC_KIND, {"services": "custom_allowed"}, "service_ids"),
    (STATIC_KIND, {"services": "custom_allowed", "service_ids": ["1"]}, "service_ids"),
    (STATIC_KIND, {"products": "custom_allowed"}, "product_ids"),
    (STATIC_KIND, {"products": "custom_allowed", "product_ids": "a"}, "product_ids"),
    (STATIC_KIND, {"products": "custom_allowed", "product_ids": "-1"}, "product_ids"),
    (
        STATIC_KIND,
        {"products": "custom_allowed", "product_ids": "1", "product_category_ids": "1.5"},
        "product_category_ids",
    ),
    (STATIC_KIND, {"expiration": "-1"}, "expiration"),
    (STATIC_KIND, {"expiration": ""}, "expiration"),
    (STATIC_KIND, {"expiration": "1", "expiration_unit": ""}, "expiration_unit"),
    (STATIC_KIND, {"expiration": "1", "expiration_unit": "hour"}, "expiration_unit"),
    (STATIC_KIND, {"expiration": "1", "expiration_notice": "30"}, "expiration_notice"),
    (STATIC_KIND, {"expiration": "1", "expiration_notice": "x"}, "expiration_notice"),
    (STATIC_KIND, {"on_changed-size": None}, "on_changed"),
    (STATIC_KIND, {"on_changed-size": "huge"}, "on_changed"),
    (STATIC_KIND, {"on_changed-size": "custom", "on_changed-body": " \r\n"}, "on_changed"),
    (STATIC_KIND, {"on_expiration-size": "custom"}, "on_expiration"),
    (CASHBACK_KIND, {"usage_limit": "-1"}, "usage_limit"),
    (CASHBACK_KIND, {"usage_limit": "1.5"}, "usage_limit"),
    (CASHBACK_KIND, {"visit_multiplicity": "0"}, "visit_multiplicity"),
    (CASHBACK_KIND, {"visit_multiplicity": ""}, "visit_multiplicity"),
    (TIERS_KIND, {"rules-from-1": "20"}, "rules"),
    (TIERS_KIND, {"rules-from-1": ""}, "rules"),
    (TIERS_KIND, {"rules-from-1": "-3"}, "rules"),
    (TIERS_KIND, {"rules-from-1": "2.5"}, "rules"),
    (TIERS_KIND, {"rules-value-1": ""}, "rules"),
    (TIERS_KIND, {"history_source": "moon"}, "history_source"),
    (TIERS_KIND, {"history_from": "2026-02-30"}, "history_from"),
    (PACKAGE_KIND, {"sold_items_multiplicity": "0"}, "sold_items_multiplicity"),
    (PACKAGE_KIND, {"rules-service-0": ""}, "rules"),
    (PACKAGE_KIND, {"rules-service-0": "7102"}, "rules"),
    (PACKAGE_KIND, {"rules-service-0": "710202"}, "rules"),
    (PACKAGE_KIND, {"rules-service-0": "²"}, "rules"),
    (PACKAGE_KIND, {"rules-value-0": ""}, "rules"),
]  # fmt: skip


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


@pytest.mark.parametrize("htmx", [False, True])
def test_refusal_lands_on_the_fields_it_belongs_to(
    profile: str, sandbox: Sandbox, edith: Client, htmx: bool
) -> None:
    refuse(sandbox, profile, "POST")
    form, typed = new_form(edith), {**filled(), "on_changed-size": "big"}
    response = edith.post(URL, form.data(typed), headers=HTMX if htmx else {})
    assert response.status_code == 422
    page = Page(response)
    check_refused(page)
    again = form_of(page)
    for name, value in typed.items():
        assert again.values[name] == _as_list(value), name
    assert again.values["form_id"] != form.values["form_id"]
    assert newest().outcome == Outcome.REFUSED
    # Mended, it goes through.
    assert edith.post(URL, again.data({"title": "Taken"})).status_code == 302
    named(sandbox, "Taken")


def test_refusal_in_altegios_own_words(profile: str, sandbox: Sandbox, edith: Client) -> None:
    """What the stand-in checks and the form does not: how long a text may be."""
    page = Page(create(edith, {"on_changed-size": "custom", "on_changed-body": "x" * 10_001}))
    assert page.one("ul", id="id_on_changed_error").text.strip()
    assert form_of(page).values["on_changed-body"] == ["x" * 10_001]


def test_refusal_leaves_the_sentence_to_what_is_typed(
    profile: str, sandbox: Sandbox, edith: Client
) -> None:
    refuse(sandbox, profile, "POST")
    sentence = Page(create(edith)).one("p", class_="promise").text
    assert " ".join(sentence.split()) == "7.5 % off every visit. Valid in Aurora Centrs."


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


def test_new_one_stands_in_the_list_at_once(sandbox: Sandbox, loaded: Client) -> None:
    response = loaded.post(URL, new_form(loaded).data(filled()), headers=HTMX)
    assert response["HX-Redirect"] == f"{LIST}{named(sandbox, 'For friends')['id']}/"
    before = len(sandbox.calls())
    assert "For friends" in page_of(loaded, LIST).titles()
    assert len(sandbox.calls()) == before


def test_what_altegio_made_otherwise_is_named(sandbox: Sandbox, edith: Client) -> None:
    made = sandbox.put_promotion(CHAIN, {"title": "For friends", "type": STATIC_KIND})
    rules = [{"id": 1, "parameter": 0, "value": 5, "service_id": 0}]
    sandbox.alter_promotion(
        CHAIN, made["id"], rules=rules, companies=[{"id": 501, "title": "Aurora Centrs"}]
    )
    body = {"id": made["id"]}
    sandbox.fault(kind="status", status=201, body=body, match={"method": "POST"})
    told = shown(edith, create(edith)).one("div", class_="notice warn").text
    assert "What it gives is now" in told and "5\u00a0%" in told
    assert [one["field"] for one in newest().kept] == ["What it gives"]


@pytest.mark.parametrize("title", [HOSTILE, "Скидка «Лето»", "水疗 💆", "\u202eخصم"])
def test_titles_of_all_kinds(sandbox: Sandbox, edith: Client, title: str) -> None:
    before = {raw["id"] for raw in sandbox.promotions_of(CHAIN)}
    page = shown(edith, create(edith, {"title": title}))
    assert page.one("h1").text == title
    assert title in page.one("div", class_="notice good").text
    assert "<script>alert" not in page.html
    made = [raw for raw in sandbox.promotions_of(CHAIN) if raw["id"] not in before]
    assert [raw["title"] for raw in made] == [title]


def test_reads_before_one_post_and_reads_back(sandbox: Sandbox, edith: Client) -> None:
    data = new_form(edith).data({**filled(), "location_ids": ["501", "503"]})
    start = len(sandbox.calls())
    edith.post(URL, data)
    number = named(sandbox, "For friends")["id"]
    asked = asked_of(sandbox.calls()[start:])
    assert sorted(asked[:2]) == ["GET in 501", "GET in 503"]
    assert asked[2:] == ["POST", f"GET /{number}"]


def test_form_without_its_id_is_refused(edith: Client, sandbox: Sandbox) -> None:
    data = new_form(edith).data({**filled(), "form_id": None})
    assert edith.post(URL, data).status_code == 400
    assert not writes(sandbox)


def test_revoked_token_keeps_what_was_typed(sandbox: Sandbox, edith: Client) -> None:
    form = new_form(edith)
    sandbox.revoke_tokens()
    page = Page(edith.post(URL, form.data(filled())))
    assert form_of(page).values["title"] == ["For friends"]
    assert "sign in" in page.one("div", class_="notice bad whole", role="alert").text
    assert not writes(sandbox)
    assert not Entry.objects.exists()


def test_only_who_may_write_comes_in(doors: Any) -> None:
    doors("new/discount_static/", "get", "post", data={"form_id": "x" * 22})


def test_missing_right_is_refused_with_its_reason(edith: Client, sandbox: Sandbox) -> None:
    url = new_url(chain_id=OTHER_CHAIN)
    for response in (edith.get(url), edith.post(url, {**filled(), "form_id": "x" * 22})):
        assert response.status_code == 403
        assert "no right to change promotions" in Page(response).text
    assert not writes(sandbox)
