"""`huebrush models pull`: fetch published weights from the hub, a mirror, or a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_adding import refusals_as_command_errors
from huebrush_backend.models.library_output import quieten_libraries

if TYPE_CHECKING:
    from huebrush_backend.checkpoints.releases import Licence, Release


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `models pull`."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="a release; without it, all releases are listed")
    parser.add_argument(
        "--accept-licence", action="store_true", help="accept the licence of the weights without being asked"
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--mirror", metavar="URL", default="", help="a mirror of huggingface.co (default: $HF_ENDPOINT, if set)"
    )
    source.add_argument(
        "--from", metavar="FOLDER", type=Path, dest="folder", help="take the files from this folder, without a network"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fetch the release, and CLIP if the release needs it and it is missing; return 0."""
    from huebrush_backend.checkpoints.pulling import pull
    from huebrush_backend.checkpoints.release_state import missing_for
    from huebrush_backend.checkpoints.releases import CLIP, RELEASES, find_release
    from huebrush_backend.cli.progress import DownloadDisplay
    from huebrush_backend.models.catalog import default_models_folder

    models_folder = default_models_folder()
    if arguments.name is None:
        _print_table(RELEASES, models_folder)
        return 0
    try:
        release = find_release(arguments.name)
    except LookupError as error:
        raise CommandError(str(error)) from error
    wanted = missing_for(release, models_folder)
    if not wanted:
        print(f"{release.name} is there already, in {models_folder}.")
        return 0
    for licence in dict.fromkeys(item.licence for item in wanted):
        _show_and_accept(licence, arguments.accept_licence)

    quieten_libraries()
    with refusals_as_command_errors(), DownloadDisplay(sys.stderr) as display:
        pull(release, models_folder, display.show, arguments.mirror, arguments.folder)
    use = "" if release is CLIP else f" Use it with: huebrush colorize … --model {release.name}"
    print(f"{release.name} is ready.{use}")
    return 0


def _print_table(releases: Sequence[Release], models_folder: Path) -> None:
    from huebrush_backend.checkpoints.release_state import is_present

    for release in releases:
        if is_present(release, models_folder):
            state = "there"
        elif release.family is not None and not release.family.supported:
            state = "not supported yet"
        else:
            state = f"{release.gigabytes:.2f} GB"
        print(f"{release.name:18} {state:18} {release.title} ({release.repository}; {release.licence.name})")


def _show_and_accept(licence: Licence, accepted: bool) -> None:
    """Print `licence`. If the user must still accept it, ask, and remember the answer."""
    from huebrush_backend.checkpoints.release_state import accept_licence, is_open

    print(f"{licence.title} ({licence.name}), {licence.address}\n{licence.terms}\n")
    if not is_open(licence):
        return
    if not accepted:
        if not sys.stdin.isatty():
            raise CommandError(f"the licence {licence.name} must be accepted first; add --accept-licence if you do")
        if input("Do you accept this licence? [y/N] ").strip().lower() not in ("y", "yes"):
            raise CommandError(f"the licence {licence.name} was not accepted; nothing was fetched")
    try:
        accept_licence(licence)
    except OSError as error:
        raise CommandError(f"the acceptance of the licence cannot be saved: {error}") from error
