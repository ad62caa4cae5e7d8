"""What a list that is kept already may cost: queries, calls to Altegio, bytes on the wire."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from loyalty_admin.sandbox.server import Sandbox
from tests.membership_types.common import CHAIN, LIST
from tests.pages import HTMX, page_of

pytestmark = pytest.mark.slow

GZIP = {"Accept-Encoding": "gzip"}
# Session, person, connections, choice, the list's stamp, how many are deleted, connections that
# need a sign-in: docs/performance.md says why each is asked.
QUERIES = 7


@pytest.fixture
def warm(edith: Client, sandbox: Sandbox) -> Client:
    """The editor's browser after a list of more than a hundred types was read and drawn."""
    sandbox.reset(types=160)
    assert edith.get(f"{LIST}loaded/?size=100").status_code == 200
    return edith


def sent(client: Client, path: str, **headers: str) -> int:
    """Bytes of the body on the wire."""
    response = client.get(path, headers={**GZIP, **headers})
    assert response.status_code == 200
    assert response["Content-Encoding"] == "gzip"
    return len(response.content)


def rows_of(response: Any) -> dict[str, str]:
    """The HTML of every row of a list or of an answer with one row, by id."""
    html = response.content.decode()
    found = re.finditer(r'<tr id="(type-row-\d+)".*?</tr>', html, re.DOTALL)
    return {match[1]: match[0] for match in found}


def test_queries_are_few_whatever_the_number_of_rows(warm: Client) -> None:
    for size in (25, 100):
        with CaptureQueriesContext(database) as queries:
            response = warm.get(f"{LIST}?size={size}")
        assert len(rows_of(response)) == size
        assert len(queries) <= QUERIES, [query["sql"][:200] for query in queries]


def test_altegio_is_not_asked(warm: Client, sandbox: Sandbox) -> None:
    before = len(sandbox.calls())
    for path in (LIST, f"{LIST}?size=100&sort=-price&q=a", f"{LIST}?tab=archived"):
        assert warm.get(path).status_code == 200
    assert len(sandbox.calls()) == before


def test_first_visit_with_every_file_is_small(warm: Client) -> None:
    page = warm.get(LIST).content.decode()
    files = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page))
    assert {Path(name).suffix for name in files} == {".css", ".js", ".svg"}
    found = [finders.find(name) for name in files]
    size = sum(len(gzip.compress(Path(str(file)).read_bytes())) for file in found)
    assert sent(warm, LIST) + size < 60 * 1024


def test_hundred_rows_are_small(warm: Client) -> None:
    assert sent(warm, f"{LIST}?size=100") < 20 * 1024


def test_row_swap_is_small(warm: Client) -> None:
    for path in ("11001/row/", "11001/row/edit/", "11001/menu/"):
        assert sent(warm, LIST + path, **HTMX) < 4 * 1024, path


def test_row_after_a_write_is_small(warm: Client) -> None:
    form = page_of(warm, LIST).form(id="row-actions")
    response = warm.post(f"{LIST}11005/archive/", form.data(), headers={**GZIP, **HTMX})
    assert response.status_code == 200
    assert len(response.content) < 4 * 1024


def test_row_in_the_list_is_the_row_that_is_swapped_in(warm: Client) -> None:
    listed = rows_of(warm.get(f"{LIST}?q=sauna"))
    swapped = rows_of(warm.get(f"{LIST}11005/row/", headers=HTMX))
    assert swapped == {"type-row-11005": listed["type-row-11005"]}


def test_viewer_gets_no_row_that_was_drawn_for_an_editor(warm: Client, vera: Client) -> None:
    assert 'hx-get="' in "".join(rows_of(warm.get(LIST)).values())
    rows = rows_of(vera.get(LIST))
    assert len(rows) == 50
    assert "hx-" not in "".join(rows.values())


def test_row_that_changed_is_drawn_anew(warm: Client, sandbox: Sandbox) -> None:
    sandbox.alter_type(CHAIN, 11005, title="Sauna at dawn", cost=4321)
    warm.post(f"{LIST}refresh/")
    row = rows_of(warm.get(f"{LIST}?q=dawn"))["type-row-11005"]
    assert "Sauna at dawn" in row
    assert "4,321" in row


def test_token_of_the_forms_is_another_on_each_compressed_page(warm: Client) -> None:
    def token() -> str:
        html = gzip.decompress(warm.get(LIST, headers=GZIP).content).decode()
        return html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    assert token() != token()
