"""What a search of memberships has found as a file, and a whole period in the background."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core import serializers
from django.test import Client

from loyalty_admin.audit.services import new_form_id
from loyalty_admin.jobs.models import Item, Job, Portion
from loyalty_admin.memberships import searching
from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PROFILES
from tests.exports.files import csv_of, xlsx_of
from tests.memberships.common import (
    CHAIN,
    HOSTILE,
    LIST,
    OTHER_CHAIN,
    PHONE,
    moment,
    put,
    status,
    today,
)
from tests.pages import Form, Page, page_of
from tests.transactions.common import done

pytestmark = pytest.mark.slow

EXPORT = f"{LIST}export/"


def file_of(client: Client, form: Form) -> list[dict[str, str]]:
    response = client.post(f"{form.attrs['action']}?format=csv", form.data())
    assert response.status_code == 200
    text = response.getvalue().decode()
    assert PHONE not in text and PHONE not in response["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_phone_search_as_a_file_names_no_phone(sandbox: Sandbox, vera: Client) -> None:
    active = put(sandbox, number="A-1")
    put(sandbox, number="A-2", status=status("created"), activated_date=None)
    put(sandbox, number="A-3", expiration_date=moment(200))
    found = vera.post(LIST, {"phone": PHONE})["Location"]
    page = page_of(vera, f"{found}&status=active&expiring=100")
    form = page.form(id="export")
    assert "phone" not in form.values and "?" not in form.attrs["action"]
    (row,) = file_of(vera, form)
    assert (row["Number"], row["Code"], row["Status"]) == (str(active["id"]), "A-1", "active")
    assert row["Frozen"] == "false" and row["Expires, Europe/Riga"] == moment(100)


def test_named_ones_as_a_file_in_the_lists_order(sandbox: Sandbox, vera: Client) -> None:
    ids = [put(sandbox, created_date=moment(-day))["id"] for day in (3, 1, 2)]
    page = page_of(vera, f"{LIST}?ids={','.join(map(str, ids))}")
    rows = file_of(vera, page.form(id="export"))
    assert [row["Number"] for row in rows] == [str(ids[place]) for place in (1, 2, 0)]


def test_location_that_did_not_answer_makes_the_file_incomplete(
    sandbox: Sandbox, vera: Client
) -> None:
    put(sandbox)
    sandbox.fault(kind="status", status=403, match={"path": "/loyalty/abonements"})
    form = Page(vera.post(LIST, {"phone": PHONE}, follow=True)).form(id="export")
    response = vera.post(f"{EXPORT}?format=xlsx", form.data())
    assert "incomplete" in response["Content-Disposition"]
    assert response.getvalue()


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_period_is_read_in_the_background_with_its_filters(
    profile: str, sandbox: Sandbox, vera: Client
) -> None:
    """More than a page of them, of which every second is frozen."""
    wanted = [
        put(sandbox, created_date=moment(-3000 - n % 3), is_frozen=n % 2 == 0)
        for n in range(searching.PAGE_SIZE + 15)
    ]
    after, before = (today() - timedelta(days=days) for days in (3002, 3000))
    page = page_of(vera, f"{LIST}?after={after}&before={before}&frozen=yes")
    form = page.form(id="export")
    url = vera.post(form.attrs["action"], form.data())["Location"]
    job = done(Job.objects.get())
    assert url == f"/chains/{CHAIN}/jobs/{job.pk}/"
    rows = csv_of(vera, f"{EXPORT}{job.pk}/?")
    assert {row["Number"] for row in rows} == {str(raw["id"]) for raw in wanted if raw["is_frozen"]}
    assert len(rows) == len({row["Number"] for row in rows})
    cells = xlsx_of(vera, f"{EXPORT}{job.pk}/?")
    assert len(cells) == len(rows) and cells[0]["Created, Europe/Riga"].is_date
    stored = serializers.serialize("json", [job, *Item.objects.all(), *Portion.objects.all()])
    assert PHONE not in stored


def test_hostile_codes_are_inert(sandbox: Sandbox, vera: Client) -> None:
    raw = put(sandbox, number=f"=1+1{HOSTILE}")
    page = page_of(vera, f"{LIST}?ids={raw['id']}")
    (row,) = file_of(vera, page.form(id="export"))
    assert row["Code"] == f"'=1+1{HOSTILE}"


def test_search_that_makes_no_sense_gives_no_file(vera: Client) -> None:
    without_sense: list[dict[str, str]] = [
        {},
        {"found": "x"},
        {"ids": "x"},
        {"after": "2026-02-30", "before": "x"},
    ]
    for asked in without_sense:
        assert vera.post(f"{EXPORT}?format=csv", asked).status_code == 400, asked
    assert not Job.objects.exists()


@pytest.mark.slow
def test_failure_at_altegio_is_said_on_a_page(sandbox: Sandbox, vera: Client) -> None:
    sandbox.fault(kind="html", status=502, times=None, match={"path": "/loyalty/abonements"})
    response = vera.post(f"{EXPORT}?format=csv", {"ids": "1"})
    assert response.status_code == 502 and "Content-Disposition" not in response


def test_file_is_nobody_elses(sandbox: Sandbox, vera: Client, edith: Client) -> None:
    asked = {"after": today().isoformat(), "before": today().isoformat(), "form_id": new_form_id()}
    vera.post(EXPORT, asked)
    job = done(Job.objects.get())
    url = f"{EXPORT}{job.pk}/?format=csv"
    csv_of(vera, f"{EXPORT}{job.pk}/?")
    assert edith.get(url).status_code == 404
    assert vera.get(url.replace(str(CHAIN), str(OTHER_CHAIN))).status_code == 404
    assert Client().get(url)["Location"].startswith("/login/")
    assert Client().post(EXPORT)["Location"].startswith("/login/")
    assert vera.get(EXPORT).status_code == 405


@pytest.mark.slow
def test_failure_while_it_is_read_leaves_no_file(sandbox: Sandbox, vera: Client) -> None:
    asked = {"after": today().isoformat(), "before": today().isoformat(), "form_id": new_form_id()}
    vera.post(EXPORT, asked)
    sandbox.fault(kind="status", status=500, times=None, match={"path": "/loyalty/abonements"})
    job = done(Job.objects.get())
    url = f"{EXPORT}{job.pk}/?format=csv"
    assert vera.get(url)["Location"] == f"/chains/{CHAIN}/jobs/{job.pk}/"
    page = page_of(vera, f"/chains/{CHAIN}/jobs/{job.pk}/")
    assert not [link for link in page.all("a") if EXPORT in link.attrs.get("href", "")]
