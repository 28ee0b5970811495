"""`huebrush models pull`: published weights from the hub, a mirror, or a folder."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_backend.cli.libraries import quieten_libraries
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_adding import refusals_as_command_errors

if TYPE_CHECKING:
    from huebrush_backend.checkpoints.releases import Licence, Release

DOWNLOADS = ".downloads"
"""Subfolder of the models folder for files that are on their way."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `models pull`."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="a release; without it, all of them are listed")
    parser.add_argument(
        "--accept-licence", action="store_true", help="accept the licence of the weights without being asked"
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--mirror", metavar="URL", default="", help="a mirror of huggingface.co (default: $HF_ENDPOINT, if set)"
    )
    source.add_argument(
        "--from", metavar="FOLDER", type=Path, dest="folder", help="take the files from this folder, off line"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fetch the release, and CLIP if it needs that and there is none; return 0."""
    from huebrush_backend.checkpoints.adding import require_free_name
    from huebrush_backend.checkpoints.families import require_supported
    from huebrush_backend.checkpoints.releases import CLIP, RELEASES, find_release
    from huebrush_backend.models.catalog import default_models_folder

    models_folder = default_models_folder()
    if arguments.name is None:
        _print_table(RELEASES, models_folder)
        return 0
    try:
        release = find_release(arguments.name)
    except LookupError as error:
        raise CommandError(str(error)) from error
    with refusals_as_command_errors():
        if release.family is not None:
            require_supported(release.family)
            if not _is_present(release, models_folder):
                require_free_name(release.name, models_folder)
    wanted = [item for item in dict.fromkeys((CLIP, release)) if not _is_present(item, models_folder)]
    if not wanted:
        print(f"{release.name} is there already, in {models_folder}.")
        return 0
    for licence in dict.fromkeys(item.licence for item in wanted):
        _show_and_accept(licence, arguments.accept_licence)

    quieten_libraries()
    with refusals_as_command_errors():
        if arguments.folder is not None:
            _take(wanted, arguments.folder, models_folder)
        else:
            _fetch(wanted, arguments.mirror, models_folder)
    use = "" if release is CLIP else f" Use it with: huebrush colorize … --model {release.name}"
    print(f"{release.name} is ready.{use}")
    return 0


def _print_table(releases: Sequence[Release], models_folder: Path) -> None:
    for release in releases:
        if _is_present(release, models_folder):
            state = "there"
        elif release.family is not None and not release.family.supported:
            state = "not supported yet"
        else:
            state = f"{release.gigabytes:.2f} GB"
        print(f"{release.name:18} {state:18} {release.title} ({release.repository}; {release.licence.name})")


def _is_present(release: Release, models_folder: Path) -> bool:
    from huebrush_backend.models.registration import clip_location, read_record

    if release.family is None:
        return clip_location(models_folder) is not None
    folder = models_folder / release.name
    record = read_record(folder)
    return record is not None and (folder / record.file).is_file()


def _show_and_accept(licence: Licence, accepted: bool) -> None:
    """Print `licence`; if it must be accepted and has not been before, ask, and remember the answer."""
    from huebrush_backend.models.settings import read_settings, write_settings

    print(f"{licence.title} ({licence.name}), {licence.address}\n{licence.terms}\n")
    settings = read_settings()
    if not licence.must_accept or licence.name in settings.accepted_licences:
        return
    if not accepted:
        if not sys.stdin.isatty():
            raise CommandError(f"the licence {licence.name} must be accepted first; add --accept-licence if you do")
        if input("Do you accept this licence? [y/N] ").strip().lower() not in ("y", "yes"):
            raise CommandError(f"the licence {licence.name} was not accepted; nothing was fetched")
    accepted_licences = (*settings.accepted_licences, licence.name)
    try:
        write_settings(replace(settings, accepted_licences=accepted_licences))
    except OSError as error:
        raise CommandError(f"the acceptance of the licence cannot be kept: {error}") from error


def _take(wanted: Sequence[Release], folder: Path, models_folder: Path) -> None:
    missing = [release.file for release in wanted if not (folder / release.file).is_file()]
    if missing:
        raise CommandError(f"{folder} lacks {', '.join(missing)}; put the files there under these names")
    for release in wanted:
        _install(release, folder / release.file, models_folder)


def _fetch(wanted: Sequence[Release], mirror: str, models_folder: Path) -> None:
    from huebrush_backend.checkpoints import hub
    from huebrush_backend.checkpoints.adding import file_sha256, require_space
    from huebrush_backend.cli.progress import DownloadDisplay

    try:
        files = [(release, hub.look_up(release.repository, release.file, mirror)) for release in wanted]
        rooms = {release: models_folder / DOWNLOADS / release.name for release in wanted}
        parts = [hub.part_file(remote, rooms[release]) for release, remote in files]
        there = sum(part.stat().st_size for part in parts if part.exists())
        require_space(models_folder, sum(remote.size for _, remote in files) - there)
        for release, remote in files:
            with DownloadDisplay(sys.stderr, remote.name) as display:
                file = hub.fetch(remote, rooms[release], display.show, file_sha256)
            _install(release, file, models_folder, remote.sha256, remote.url, move=True)
            shutil.rmtree(rooms[release])
        if not any((models_folder / DOWNLOADS).iterdir()):
            (models_folder / DOWNLOADS).rmdir()
    except hub.HubError as error:
        raise CommandError(str(error)) from error


def _install(
    release: Release, file: Path, models_folder: Path, sha256: str = "", source: str = "", move: bool = False
) -> None:
    from huebrush_backend.checkpoints.adding import add_clip, add_model

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
