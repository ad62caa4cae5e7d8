"""A table as a download, in the format that the address asks for."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.core.exceptions import BadRequest
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from loyalty_admin.accounts.http import Request
from loyalty_admin.exports.tables import Table, csv_chunks, write_xlsx

FORMATS = ("xlsx", "csv", "csv-bom")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_IN_FILE_NAMES = '\\/:*?"<>|%;'


def answer(request: Request, table: Table) -> StreamingHttpResponse:
    """The table as `?format=` says: csv, csv-bom (which Excel opens) or xlsx.

    Raises BadRequest for anything else. Rows of a CSV are read while it is sent: whatever may
    fail in them must be read before.
    """
    wanted = request.GET.get("format")
    if wanted not in FORMATS:
        raise BadRequest("no such format")
    if wanted == "xlsx":
        file = TemporaryFile()  # noqa: SIM115 - the answer closes it
        write_xlsx(table, file)
        file.seek(0)
        response: StreamingHttpResponse = FileResponse(file, content_type=XLSX)
    else:
        chunks = csv_chunks(table, bom=wanted == "csv-bom")
        response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    name = _file_name(table.name, "xlsx" if wanted == "xlsx" else "csv")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _file_name(words: str, ending: str) -> str:
    """The words as any file system takes them, with today's date."""
    harmless = "".join(
        char if char.isprintable() and char not in NOT_IN_FILE_NAMES else " " for char in words
    )
    name = " ".join(harmless.split())[:80].strip(" .") or "export"
    return f"{name} {timezone.localdate().isoformat()}.{ending}"
