"""Tells which published weights are present and which licences the user has accepted. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from huebrush_backend.checkpoints.releases import CLIP, Licence, Release
from huebrush_backend.models.registration import clip_location, read_record
from huebrush_backend.models.settings import read_settings, write_settings

_DOWNLOADS = ".downloads"


def downloads_folder(models_folder: Path) -> Path:
    """Return the subfolder of `models_folder` for partial downloads. Each release has a folder of its own in it."""
    return models_folder / _DOWNLOADS


def is_present(release: Release, models_folder: Path) -> bool:
    """Return whether `release` is among the models."""
    if release.family is None:
        return clip_location(models_folder) is not None
    folder = models_folder / release.name
    record = read_record(folder)
    return record is not None and (folder / record.file).is_file()


def missing_for(release: Release, models_folder: Path) -> list[Release]:
    """Return the missing files that `release` needs: CLIP first, then the release itself."""
    return [item for item in dict.fromkeys((CLIP, release)) if not is_present(item, models_folder)]


def fetched_bytes(release: Release, models_folder: Path) -> int:
    """Return the bytes of `release` that an earlier, unfinished fetch left. The next fetch continues from there."""
    fetched = 0
    for part in (downloads_folder(models_folder) / release.name).rglob("*"):
        with suppress(OSError):  # another process may just have added it to the models
            fetched += part.stat().st_size if part.is_file() else 0
    return fetched


def is_open(licence: Licence) -> bool:
    """Return whether the user must accept `licence` and has not accepted it yet."""
    return licence.must_accept and licence.name not in read_settings().accepted_licences


def open_licences(releases: Iterable[Release]) -> list[Licence]:
    """Return the licences of `releases` that the user must accept and has not accepted yet."""
    return [licence for licence in dict.fromkeys(release.licence for release in releases) if is_open(licence)]


def accept_licence(licence: Licence) -> None:
    """Save that the user accepts `licence`. Raises OSError when it cannot be saved."""
    settings = read_settings()
    if licence.name not in settings.accepted_licences:
        write_settings(replace(settings, accepted_licences=(*settings.accepted_licences, licence.name)))
