"""`make audit` asks a list of weaknesses about every library that is deployed, and nobody else.

The list is a server on this machine that answers as OSV does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts import sbom

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parent.parent
DEPLOYED = sbom.packages((ROOT / "requirements.lock").read_text())
PINNED = {each["name"]: each["version"] for each in DEPLOYED}


class Osv:
    """What is known, by name and version, what it was asked, and every first line that came in."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self.status = 200
        osv = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                library = query["package"]["name"], query["version"]
                osv.asked.append(library)
                found = osv.known.get(library)
                body = json.dumps({"vulns": found} if found else {}).encode()
                self.send_response(osv.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_request(self, code: Any = "-", size: Any = "-") -> None:
                osv.lines.append(self.requestline)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def osv() -> Iterator[Osv]:
    osv = Osv()
    threading.Thread(target=osv.server.serve_forever, args=(0.05,), daemon=True).start()
    yield osv
    osv.stop()


def audit(osv: Osv, *, at: str = "") -> subprocess.CompletedProcess[str]:
    """`make audit` where whatever is meant for another address comes to the same server."""
    elsewhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), osv.address)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ready = f"{sys.prefix}/.ready-dev"  # to install is not what is tested
    return subprocess.run(
        ["make", "--no-print-directory", f"VENV={sys.prefix}", "-o", ready, "audit"],
        cwd=ROOT,
        env={
            **kept,
            **elsewhere,
            "no_proxy": "127.0.0.1",
            "OSV_URL": at or f"{osv.address}/v1/query",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def weakness(name: str, version: str) -> dict[str, Any]:
    """An entry as OSV has it: everything before the version that is named is weak."""
    events = [{"introduced": "0"}, {"fixed": version}]
    return {
        "schema_version": "1.7.3",
        "id": "PYSEC-2026-0",
        "summary": "Anybody may do anything",
        "modified": "2026-11-02T03:04:05.678901Z",
        "published": "2026-11-01T00:00:00Z",
        "affected": [
            {
                "package": {"name": name, "ecosystem": "PyPI", "purl": f"pkg:pypi/{name}"},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    }


def test_where_nothing_is_known_it_passes_and_has_asked_about_everything(osv: Osv) -> None:
    answer = audit(osv)
    assert answer.returncode == 0, answer.stderr
    assert "No known vulnerabilities found" in answer.stderr
    asked = set(osv.asked)
    assert len(asked) == len(osv.asked)
    everywhere = {each["name"] for each in DEPLOYED if "properties" not in each}
    assert {(name, PINNED[name]) for name in everywhere} <= asked <= set(PINNED.items())
    assert set(osv.lines) == {"POST /v1/query HTTP/1.1"}  # and nobody else about anything


def test_a_weakness_of_a_pinned_version_fails_with_its_name(osv: Osv) -> None:
    osv.known["django", PINNED["django"]] = [weakness("django", "99.1")]
    answer = audit(osv)
    assert answer.returncode != 0
    assert "Found 1 known vulnerability in 1 package" in answer.stderr
    *_, row = answer.stdout.splitlines()
    assert row.split() == ["django", PINNED["django"], "PYSEC-2026-0", "99.1"]


@pytest.mark.long
def test_where_nobody_answers_it_fails(osv: Osv) -> None:
    nobody = "http://127.0.0.1:9/v1/query"
    answer = audit(osv, at=nobody)
    assert answer.returncode != 0
    assert "Connection refused" in answer.stderr
    assert osv.lines == []


def test_where_no_answer_is_given_it_fails(osv: Osv) -> None:
    osv.status = 500
    answer = audit(osv)
    assert answer.returncode != 0
    assert "No known vulnerabilities found" not in answer.stderr
    assert len(osv.asked) == 1
