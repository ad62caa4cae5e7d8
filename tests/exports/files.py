"""Downloads, opened again."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.test import Client
from openpyxl import load_workbook


def csv_of(client: Client, url: str) -> list[dict[str, str]]:
    """The rows of a CSV by the titles of their columns; `url` has a query string."""
    response = client.get(f"{url}&format=csv")
    assert response.status_code == 200, response.status_code
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.getvalue().decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def xlsx_of(client: Client, url: str) -> list[dict[str, Any]]:
    """The cells of a workbook's rows by the titles of their columns."""
    response = client.get(f"{url}&format=xlsx")
    assert response.status_code == 200, response.status_code
    head, *rows = load_workbook(io.BytesIO(response.getvalue())).worksheets[0].iter_rows()
    titles = [str(cell.value) for cell in head]
    return [dict(zip(titles, row, strict=True)) for row in rows]
