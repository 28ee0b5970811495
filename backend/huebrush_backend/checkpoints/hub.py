"""Fetches single files from the Hugging Face hub or a mirror, resumes interrupted downloads, and checks the result.

`huggingface_hub` makes the requests. Its `hf_hub_download` deletes a partial file when the call fails. That would be a
pity for gigabytes over a bad connection, so its `http_get` writes to a partial file of ours instead.
Imports no torch.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from huebrush_protocol.texts import Text
from huggingface_hub import get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HTTPError,  # pyright: ignore[reportPrivateImportUsage]  # httpx's or httpx2's, as the version has it
    RepositoryNotFoundError,
)
from huggingface_hub.file_download import http_get

from huebrush_backend.checkpoints.errors import ModelsError

ProgressCallback = Callable[[int, int], None]
"""Function called with (bytes fetched, bytes in all)."""


class HubError(ModelsError):
    """A file cannot be fetched."""


class ChecksumError(HubError):
    """A fetched file does not have the hub's checksum; it has been deleted."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the hub in its present version.

    `version`: short name of its contents. `sha256`: empty if the hub gives none.
    """

    url: str
    name: str
    size: int
    version: str
    sha256: str


def look_up(repository: str, file: str, mirror: str = "") -> RemoteFile:
    """Ask the hub, `mirror`, or `$HF_ENDPOINT` for the size and checksum of a file. Raises HubError."""
    endpoint = (mirror or os.environ.get("HF_ENDPOINT", "")).rstrip("/") or None
    if endpoint is not None and not endpoint.startswith(("https://", "http://")):
        raise HubError(Text.of("pull.mirror", address=endpoint), code="mirror")
    url = hf_hub_url(repository, file, endpoint=endpoint)
    try:
        # All files are public, and the user's token must not be sent to a mirror.
        found = get_hf_file_metadata(url, token=False, endpoint=endpoint)
    except GatedRepoError as error:
        raise HubError(
            Text.of("pull.login", repository=repository),
            f"Fetch {file} with a browser, and run: huebrush models add {file}",
            "login",
        ) from error
    except (RepositoryNotFoundError, EntryNotFoundError) as error:
        raise HubError(Text.of("pull.gone", file=file, address=url, repository=repository), code="gone") from error
    except (HTTPError, OSError) as error:
        raise HubError(
            Text.of("pull.unreachable", address=url, reason=_first_line(error)), _WAYS_OUT, "unreachable"
        ) from error
    if found.size is None or found.etag is None:
        raise HubError(Text.of("pull.mirror_silent", address=url), code="mirror")
    sha256 = found.etag if re.fullmatch(r"[0-9a-f]{64}", found.etag) else ""
    version = re.sub(r"[^A-Za-z0-9]", "", found.etag)[:40] or "unnamed"
    return RemoteFile(url, file, found.size, version, sha256)


def part_file(remote: RemoteFile, folder: Path) -> Path:
    """Return the path in `folder` of the partial file. At its full size it is complete."""
    return folder / remote.version / remote.name


def fetch(remote: RemoteFile, folder: Path, on_progress: ProgressCallback, digest: Callable[[Path], str]) -> Path:
    """Fetch `remote` into `folder` and return the path. Bytes left by an earlier call are not fetched again.

    `digest`: computes a file's SHA-256. Raises HubError when the connection fails for good (the partial file stays),
    ChecksumError when the file has another checksum, and OSError when the disk fails.
    """
    part = part_file(remote, folder)
    part.parent.mkdir(parents=True, exist_ok=True)
    present = part.stat().st_size if part.exists() else 0
    if present > remote.size:
        part.unlink()
        present = 0
    on_progress(present, remote.size)
    try:
        with part.open("ab") as stream:
            http_get(
                remote.url,
                stream,
                resume_size=present,
                expected_size=remote.size,
                displayed_filename=remote.name,
                tqdm_class=_bar_class(on_progress, remote.size),
            )
    except HTTPError as error:
        raise _interrupted(remote, part, error) from error
    except OSError as error:
        if error.errno is not None:  # from the disk; the library's own errors have no number
            raise
        raise _interrupted(remote, part, error) from error
    if remote.sha256 and (found := digest(part)) != remote.sha256:
        part.unlink()
        raise ChecksumError(
            Text.of("pull.checksum", file=remote.name, found=found, expected=remote.sha256),
            "Fetch it again. If this happens twice, fetch it without a mirror or proxy.",
            "checksum",
        )
    return part


_WAYS_OUT = (
    "Check the connection, name a mirror with --mirror, or fetch the file elsewhere and use --from or "
    "'huebrush models add'."
)


def _interrupted(remote: RemoteFile, part: Path, error: Exception) -> HubError:
    present = part.stat().st_size
    return HubError(
        Text.of("pull.interrupted", file=remote.name, present=present, size=remote.size, reason=_first_line(error)),
        "Run the same command again: it continues from there.",
        "interrupted",
    )


def _bar_class(on_progress: ProgressCallback, total: int) -> Any:
    """Make a class that `http_get` can use in place of tqdm."""

    class Bar:
        def __init__(self, initial: int = 0, **options: object) -> None:
            self._present = initial

        def update(self, count: int) -> None:
            self._present += count
            on_progress(self._present, total)

        def __enter__(self) -> Bar:
            return self

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
        ) -> None:
            pass

        def close(self) -> None:
            pass

    return Bar


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
