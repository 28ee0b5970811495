"""Fetches a published release and the CLIP it needs from the hub, a mirror or a folder, and adds them to the models.

The command line uses it, and the process that fetches for clients (`server/pull_worker.py`). Torch is imported only
when there is a file to check: it takes seconds and memory that the download does not need.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from huebrush_protocol.texts import Text

from huebrush_backend.checkpoints import hub
from huebrush_backend.checkpoints.errors import ModelsError
from huebrush_backend.checkpoints.families import require_supported
from huebrush_backend.checkpoints.models_folder import file_sha256, require_free_name, require_space
from huebrush_backend.checkpoints.release_state import downloads_folder, is_present, missing_for, open_licences
from huebrush_backend.checkpoints.releases import Release


@dataclass(frozen=True)
class PullProgress:
    """Progress of a pull.

    `phase`: "fetching" or "checking". `file`: the file at work. `done`, `total`: bytes of all files together.
    """

    phase: Literal["fetching", "checking"]
    file: str
    done: int
    total: int


ProgressCallback = Callable[[PullProgress], None]


def pull(
    release: Release,
    models_folder: Path,
    on_progress: ProgressCallback,
    mirror: str = "",
    source: Path | None = None,
) -> None:
    """Fetch `release` and put it into `models_folder`, with CLIP if the release needs it and it is missing.

    Licences must have been accepted before (`release_state`).

    `release`: what to fetch.
    `models_folder`: folder that holds the models.
    `on_progress`: called with the progress. An exception that it raises stops the pull.
    `mirror`: address of a mirror; empty for the hub.
    `source`: folder that already holds the files; None to fetch them.

    Bytes fetched before an exception or an interrupt stay for the next pull. Raises ModelsError and its subclasses,
    CheckpointError when a file is not the expected model, and OSError when the disk fails.
    """
    if release.family is not None:
        require_supported(release.family)
        if not is_present(release, models_folder):
            require_free_name(release.name, models_folder)
    wanted = missing_for(release, models_folder)
    unaccepted = open_licences(wanted)
    if unaccepted:
        names = ", ".join(licence.name for licence in unaccepted)
        raise ModelsError(Text.of("pull.licence", names=names), "Read it, and accept it first.", "licence")
    if source is not None:
        _take(wanted, source, models_folder, on_progress)
    else:
        _fetch(wanted, mirror, models_folder, on_progress)


def _take(releases: Sequence[Release], source: Path, models_folder: Path, on_progress: ProgressCallback) -> None:
    missing = [release.file for release in releases if not (source / release.file).is_file()]
    if missing:
        problem = Text.of("pull.files_missing", folder=str(source), files=", ".join(missing))
        raise ModelsError(problem, "Put the files there under these names.", "files_missing")
    sizes = [(source / release.file).stat().st_size for release in releases]
    for index, release in enumerate(releases):
        on_progress(PullProgress("checking", release.file, sum(sizes[:index]), sum(sizes)))
        _install(release, source / release.file, models_folder)


def _fetch(releases: Sequence[Release], mirror: str, models_folder: Path, on_progress: ProgressCallback) -> None:
    downloads = downloads_folder(models_folder)
    files = [(release, hub.look_up(release.repository, release.file, mirror)) for release in releases]
    parts = [hub.part_file(remote, downloads / release.name) for release, remote in files]
    there = sum(part.stat().st_size for part in parts if part.exists())
    total = sum(remote.size for _, remote in files)
    require_space(models_folder, total - there)
    before = 0
    for release, remote in files:

        def on_bytes(present: int, _size: int, name: str = remote.name, before: int = before) -> None:
            on_progress(PullProgress("fetching", name, before + present, total))

        def digest(file: Path, before: int = before + remote.size) -> str:
            on_progress(PullProgress("checking", file.name, before, total))
            return file_sha256(file)

        room = downloads / release.name
        file = hub.fetch(remote, room, on_bytes, digest)
        before += remote.size
        on_progress(PullProgress("checking", remote.name, before, total))
        _install(release, file, models_folder, remote.sha256, remote.url, move=True)
        shutil.rmtree(room)
    if downloads.is_dir() and not any(downloads.iterdir()):
        downloads.rmdir()


def _install(
    release: Release, file: Path, models_folder: Path, sha256: str = "", source: str = "", move: bool = False
) -> None:
    from huebrush_backend.checkpoints.adding import add_clip, add_model  # with torch; see above

    if release.family is None:
        add_clip(file, models_folder, move=move)
    else:
        add_model(
            file,
            release.name,
            models_folder,
            release.licence.name,
            release.prediction_type,
            sha256=sha256,
            source=source,
            move=move,
        )
