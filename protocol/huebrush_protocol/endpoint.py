"""The small file that tells clients where a backend runs: `<runtime folder>/endpoint.json`."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path

from huebrush_protocol.small_files import SmallFileError, read_json_map
from huebrush_protocol.texts import Text

ENDPOINT_FILE = "endpoint.json"
LOG_FILE = "backend.log"


class EndpointError(Exception):
    """The endpoint file is missing or unreadable; the message says so."""


@dataclass(frozen=True)
class Endpoint:
    """Address and keys of a backend.

    * `address`: a ZeroMQ address ("ipc://…" or "tcp://host:port")
    * `pid`: the front process
    * `version`: of Huebrush
    * `server_public_key`: with tcp, the backend's CURVE key (40 characters, Z85)
    * `client_key_file`: with tcp, the path of a certificate file (ZPL, as `zmq.auth.load_certificate` reads it) with a
      key pair that the backend accepts
    """

    address: str
    pid: int = 0
    version: str = ""
    server_public_key: str = ""
    client_key_file: str = ""


def write_endpoint(folder: Path, endpoint: Endpoint) -> Path:
    """Write `endpoint` atomically to its file in `folder`, readable by this user only; return the file's path.

    Raises OSError.
    """
    path = folder / ENDPOINT_FILE
    fresh = folder / f".{ENDPOINT_FILE}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(endpoint), file, indent=1)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    return path


def read_endpoint(path: Path) -> Endpoint:
    """Return the endpoint from `path`, which is the file or its folder. Raises `EndpointError`."""
    file = path / ENDPOINT_FILE if path.is_dir() else path
    try:
        values = read_json_map(file)
        known = {field.name: field.type for field in dataclasses.fields(Endpoint)}
        chosen = {name: value for name, value in values.items() if name in known}
        if not isinstance(chosen.get("address"), str) or any(
            not isinstance(value, int if name == "pid" else str) for name, value in chosen.items()
        ):
            raise EndpointError(Text.of("endpoint.other_file", file=str(file)))
        return Endpoint(**chosen)
    except FileNotFoundError as error:
        raise EndpointError(Text.of("endpoint.none", file=str(file))) from error
    except (OSError, SmallFileError) as error:
        raise EndpointError(Text.of("endpoint.unreadable", file=str(file), reason=Text.about(error))) from error
