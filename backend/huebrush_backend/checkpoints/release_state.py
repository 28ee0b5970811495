"""Published weights that this user has, wholly or in part, and licences that they have accepted. Imports no torch."""

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
    """Return the subfolder of `models_folder` for files on their way; each release has one of its own there."""
    return models_folder / _DOWNLOADS


def is_present(release: Release, models_folder: Path) -> bool:
    """True when `release` has been put among the models."""
    if release.family is None:
        return clip_location(models_folder) is not None
    folder = models_folder / release.name
    record = read_record(folder)
    return record is not None and (folder / record.file).is_file()


def missing_for(release: Release, models_folder: Path) -> list[Release]:
    """Return the files to fetch before `release` can be used: CLIP first, then itself, as far as they are missing."""
    return [item for item in dict.fromkeys((CLIP, release)) if not is_present(item, models_folder)]


def fetched_bytes(release: Release, models_folder: Path) -> int:
    """Return the bytes of `release` that an earlier, unfinished fetch has left; the next one goes on from there."""
    fetched = 0
    for part in (downloads_folder(models_folder) / release.name).rglob("*"):
        with suppress(OSError):  # it has just been put among the models
            fetched += part.stat().st_size if part.is_file() else 0
    return fetched


def is_open(licence: Licence) -> bool:
    """True when the user must accept `licence` and has not done so yet."""
    return licence.must_accept and licence.name not in read_settings().accepted_licences


def open_licences(releases: Iterable[Release]) -> list[Licence]:
    """Return the licences of `releases` that the user must accept and has not accepted yet."""
    return [licence for licence in dict.fromkeys(release.licence for release in releases) if is_open(licence)]


def accept_licence(licence: Licence) -> None:
    """Remember for good that the user accepts `licence`. Raises OSError when that cannot be kept."""
    settings = read_settings()
    if licence.name not in settings.accepted_licences:
        write_settings(replace(settings, accepted_licences=(*settings.accepted_licences, licence.name)))
