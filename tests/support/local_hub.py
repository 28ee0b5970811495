"""A hub on loopback for `huggingface_hub`, with redirects, sizes, checksums and ranges, and with faults on demand."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class LocalHub:
    """Serves `files` by "repository/name" at `address`. It records requests, and faults can be set."""

    files: dict[str, Path]
    cuts: list[int] = field(default_factory=list)
    """Numbers of bytes after which the next transfers break off."""
    halts: list[int] = field(default_factory=list)
    """Numbers of bytes after which the next transfers halt until `go_on` is set."""
    go_on: threading.Event = field(default_factory=threading.Event)
    is_down: bool = False
    """Whether transfers, but not inquiries, are answered with 503."""
    checksums: dict[str, str] = field(default_factory=dict)
    """Checksums to send in place of the true SHA-256."""
    ignores_ranges: bool = False
    transfers: list[tuple[str, int]] = field(default_factory=list)
    """Name and first byte of each requested transfer."""
    headers: list[dict[str, str]] = field(default_factory=list)
    """Values from all requests."""

    def __enter__(self) -> LocalHub:
        hub = self

        class Handler(_Handler):
            served = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Address to give as mirror."""
        return f"http://127.0.0.1:{self._server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    served: LocalHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def _answer(self) -> None:
        self.served.headers.append(dict(self.headers))
        if self.path.startswith("/store/"):
            self._transfer(self.path.removeprefix("/store/"))
            return
        key = self.path.removeprefix("/").replace("/resolve/main/", "/")
        if key not in self.served.files:
            self._head(404, {"X-Error-Code": "EntryNotFound", "Content-Length": "0"})
            return
        content = self.served.files[key].read_bytes()
        checksum = self.served.checksums.get(key, hashlib.sha256(content).hexdigest())
        self._head(
            302,
            {
                # The library takes this for another host. On the same host it would follow redirects of inquiries.
                "Location": f"{self.served.address}/store/{key}".replace("127.0.0.1", "localhost"),
                "X-Repo-Commit": COMMIT,
                "X-Linked-Etag": f'"{checksum}"',
                "X-Linked-Size": str(len(content)),
                "Content-Length": "0",
            },
        )

    def _transfer(self, key: str) -> None:
        hub, content = self.served, self.served.files[key].read_bytes()
        wanted = self.headers.get("Range", "bytes=0-")
        first = 0 if hub.ignores_ranges else int(wanted.removeprefix("bytes=").split("-")[0])
        hub.transfers.append((key.rpartition("/")[2], first))
        if hub.is_down:
            self._head(503, {"Content-Length": "0"})
            return
        left = content[first:]
        headers = {"Content-Length": str(len(left))}
        if "Range" in self.headers and not hub.ignores_ranges:
            self._head(206, headers | {"Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}"})
        else:
            self._head(200, headers)
        if hub.cuts:
            left = left[: hub.cuts.pop(0)]
            self.close_connection = True
        if hub.halts:
            beginning = hub.halts.pop(0)
            self.wfile.write(left[:beginning])
            hub.go_on.wait()
            left = left[beginning:]
        with contextlib.suppress(ConnectionError):  # the client of a halted transfer may be gone
            self.wfile.write(left)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
