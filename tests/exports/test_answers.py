"""A download's head: its name is harmless whatever the table is called."""

from __future__ import annotations

from email.message import Message
from typing import cast
from urllib.parse import unquote

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory

from loyalty_admin.accounts.http import Request
from loyalty_admin.exports.answers import answer
from loyalty_admin.exports.tables import Table


def asked(wanted: str) -> Request:
    return cast(Request, RequestFactory().get("/", {"format": wanted}))


HARMFUL = [
    'a"; filename="evil.exe', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "Салон «Аврора»",
    "\u202excod", "\ud800", "", "x" * 500, "C:\\con|<>*?", "..", "100%",
]  # fmt: skip


@pytest.mark.django_db  # closing an answer ends its request, and that looks at the database
def test_file_name_is_harmless() -> None:
    for name in HARMFUL:
        assert_harmless(name, "csv")
    for wanted in ("csv-bom", "xlsx"):
        assert_harmless(HARMFUL[0], wanted)


def assert_harmless(name: str, wanted: str) -> None:
    response = answer(asked(wanted), Table(name=name, columns=["a"], rows=[[1]]))
    said = Message()
    said["Content-Disposition"] = response["Content-Disposition"]
    found = unquote(said.get_filename() or "")
    assert response["Content-Disposition"].startswith("attachment; "), name
    assert found.endswith(".xlsx" if wanted == "xlsx" else ".csv"), name
    assert not set(found) & set('\\/:*?"<>|%;\r\n\u202e'), name
    assert not found.startswith("."), name
    assert len(found) < 120, name
    assert "Set-Cookie" not in response.headers, name
    assert response.getvalue(), name
    response.close()


def test_other_format_is_a_bad_request() -> None:
    for wanted in ("", "pdf", "CSV", "csv "):
        with pytest.raises(BadRequest):
            answer(asked(wanted), Table(name="x", columns=[], rows=[]))
