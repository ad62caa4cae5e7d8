"""A server whose answer depends on what is asked, for calls that are made side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = Mapping[str, list[str]]


@dataclass
class Asked:
    """`paths` and `queries` of the requests so far, in order."""

    base_url: str
    paths: list[str] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)


@contextmanager
def paged(rows_of: Callable[[Query], list[Any]]) -> Iterator[Asked]:
    """Answers every GET with the rows for its query."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = parse_qs(address.query)
            asked.paths.append(address.path)
            asked.queries.append(query)
            envelope = {"success": True, "data": rows_of(query), "meta": []}
            content = json.dumps(envelope).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    asked = Asked(f"http://127.0.0.1:{server.server_port}/api/v1")
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
