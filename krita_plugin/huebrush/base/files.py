"""Files of the plugin's own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def write_atomically(file: Path, content: bytes) -> None:
    """Write `content` so that a crash leaves either the old file or the new one. Raises OSError; nothing else is left
    then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with fresh.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def path_digest(path: str) -> str:
    """Return 32 letters that stand for the file at `path`, the same for each way that leads to it."""
    return hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogatepass")).hexdigest()[:32]
