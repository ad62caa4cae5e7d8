"""One form writes once, however often and however fast it is sent."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from loyalty_admin.audit.models import Entry
from loyalty_admin.gift_card_types.models import ArchivedType
from loyalty_admin.sandbox.server import Sandbox
from tests.gift_card_types.common import CHAIN, LIST, ONLINE, PLAIN, writes
from tests.gift_card_types.submitting import (
    form_id,
)
from tests.gift_card_types.writing import submission
from tests.pages import Page
from tests.threads import at_once

pytestmark = pytest.mark.slow

together = pytest.mark.django_db(transaction=True)
MANY = 4


def twins_of(client: Client) -> list[Client]:
    """The same browser's session in many hands."""
    twins = []
    for _ in range(MANY):
        twin = Client()
        twin.cookies = client.cookies
        twins.append(twin)
    return twins


def send_together(client: Client, url: str, data: dict[str, Any], **how: Any) -> list[Any]:
    return at_once([partial(twin.post, url, data, **how) for twin in twins_of(client)])


def some_time_ago() -> None:
    Entry.objects.update(finished_at=Now() - timedelta(minutes=5))


# At the same moment


@together
@pytest.mark.sqlite
def test_parallel_archiving_that_needs_no_request_is_noted_once(
    sandbox: Sandbox, edith: Client
) -> None:
    data = {"form_id": form_id(edith, PLAIN)}
    answers = send_together(edith, f"{LIST}{PLAIN}/archive/", data)
    assert {answer.status_code for answer in answers} == {302}
    assert Entry.objects.count() == ArchivedType.objects.count() == 1
    assert not writes(sandbox)


# One after the other


def test_archiving_once_more_after_all_asks_again_about_the_online_sale(
    sandbox: Sandbox, edith: Client
) -> None:
    """Back on sale since then: what was known of the first time is not known of this one."""
    url, data, _method = submission(edith, "archive")
    edith.post(url, data)
    ArchivedType.objects.all().delete()
    sandbox.alter_certificate_type(CHAIN, ONLINE, online_sale_is_enabled=True)
    some_time_ago()
    form = Page(edith.post(url, data)).form("archive/")
    assert edith.post(url, form.data())["Location"] == url  # the page that says it
    assert len(writes(sandbox)) == 1
    assert not ArchivedType.objects.exists()
