"""A download's head: its name is harmless whatever the table is called."""

from __future__ import annotations

from email.message import Message
from typing import cast
from urllib.parse import unquote

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory

from loyalty_admin.exports.answers import answer
from loyalty_admin.exports.tables import Table
from loyalty_admin.web.http import Request


def asked(wanted: str) -> Request:
    return cast(Request, RequestFactory().get("/", {"format": wanted}))


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="evil.exe', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "Салон «Аврора»",
        "\u202excod", "\ud800", "", "x" * 500, "C:\\con|<>*?", "..", "100%",
    ],
)  # fmt: skip
@pytest.mark.parametrize("wanted", ["csv", "csv-bom", "xlsx"])
@pytest.mark.django_db  # closing an answer ends its request, and that looks at the database
def test_file_name_is_harmless(name: str, wanted: str) -> None:
    response = answer(asked(wanted), Table(name=name, columns=["a"], rows=[[1]]))
    said = Message()
    said["Content-Disposition"] = response["Content-Disposition"]
    found = unquote(said.get_filename() or "")
    assert response["Content-Disposition"].startswith("attachment; ")
    assert found.endswith(".xlsx" if wanted == "xlsx" else ".csv")
    assert not set(found) & set('\\/:*?"<>|%;\r\n\u202e')
    assert not found.startswith(".")
    assert len(found) < 120
    assert "Set-Cookie" not in response.headers
    assert response.getvalue()
    response.close()


@pytest.mark.parametrize("wanted", ["", "pdf", "CSV", "csv "])
def test_other_format_is_a_bad_request(wanted: str) -> None:
    with pytest.raises(BadRequest):
        answer(asked(wanted), Table(name="x", columns=[], rows=[]))
