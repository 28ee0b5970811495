"""`huebrush drawings`: fetch drawings by others to train on, list them, check folders, and draw sheets of pairs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import whole
from huebrush_backend.cli.output_places import deliver, require_ending, require_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huebrush_backend.drawings.sets import DrawingSet
    from huebrush_backend.drawings.sources import PairSource

MAX_SIZE = 2048
MAX_SHEET_SIDE = 32_767
"""Largest side of a picture in pixels, limited by the type that OpenCV uses for rows and columns."""
MAX_SHEET_PIXELS = 8 * MAX_SIZE**2
"""Most pixels of all right answers on a sheet; it takes about 50 bytes for each."""
PARTS = ("auto", "fill", "layer", "id")
LINES = ("auto", "strokes", "borders")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands `fetch`, `list` and `sheet`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    fetch = actions.add_parser(
        "fetch",
        help="fetch sets of drawings by others",
        description="Fetch sets of drawings by others with npm and apt-get, check their hashes, and measure which "
        "drawings are fit for training. What is there already is kept; an interrupted run goes on where it stopped.",
    )
    fetch.add_argument("sets", metavar="SET", nargs="*", help="which sets (default: all); see `huebrush drawings list`")
    fetch.add_argument(
        "--from", metavar="FOLDER", type=Path, dest="source", help="take the sets' files from this folder"
    )
    fetch.add_argument("--processes", type=whole(1), help="processes that measure (default: one for each core)")
    shown = actions.add_parser("list", help="list the sets with licences and what of them is there")
    sheet = actions.add_parser(
        "sheet",
        help="a contact sheet of training pairs",
        description="Write a contact sheet. Each row shows line art, the right answer, its parts, the reference and "
        "the reference's parts.",
    )
    sheet.add_argument("output", type=Path, metavar="OUT.png")
    sheet.add_argument("--overwrite", action="store_true", help="replace OUT.png if it exists")
    sheet.add_argument("source", metavar="SET|FOLDER", help="a fetched set, or a folder of pictures or SVG drawings")
    sheet.add_argument("--held-out", action="store_true", help="show the drawings of a set that are never trained on")
    sheet.add_argument("--seed", type=whole(0), default=0)
    sheet.add_argument("--count", type=whole(1), default=8, help="number of pairs (default 8)")
    sheet.add_argument("--size", type=whole(16, MAX_SIZE), default=256, help="pixels of a picture's side (default 256)")
    sheet.add_argument("--parts", choices=PARTS, default="auto", help="how a folder's SVG drawings tell parts apart")
    sheet.add_argument(
        "--lines", choices=LINES, default="auto", help="where lines of a folder's SVG drawings come from"
    )
    for action in (fetch, shown, sheet):
        action.add_argument(
            "--folder", type=Path, metavar="DIR", help="where fetched sets lie (default: in the user's cache)"
        )


def run(arguments: argparse.Namespace) -> int:
    """Carry out the chosen action; return 0."""
    folder: Path | None = arguments.folder
    if folder is not None and folder.exists() and not folder.is_dir():
        raise CommandError(f"--folder {folder} is no folder; name the one where fetched sets lie")
    with source_errors_as_command_errors():
        return {"fetch": _fetch, "list": _list, "sheet": _sheet}[arguments.action](arguments)


@contextmanager
def source_errors_as_command_errors() -> Iterator[None]:
    """Raise a CommandError where drawings cannot be opened."""
    from huebrush_backend.drawings.sources import SourceError

    try:
        yield
    except SourceError as error:
        raise CommandError(str(error)) from error


def _fetch(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from huebrush_backend.drawings.fetching import FetchError, fetch_set, measure_set
    from huebrush_backend.drawings.sets import default_sets_folder

    folder = arguments.folder or default_sets_folder()
    for wanted in _chosen(arguments.sets):
        try:
            archive = fetch_set(wanted, folder, arguments.source)
            console = Console(file=sys.stderr)
            with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
                task = progress.add_task(f"Measuring {wanted.title}")
                measure_set(
                    archive,
                    arguments.processes,
                    lambda done, all, task=task, progress=progress: progress.update(task, completed=done, total=all),
                )
        except FetchError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"the set {wanted.name} cannot be put into {folder}: {error.strerror or error}; make room there, or "
                "choose another --folder"
            ) from error
        print(f"{wanted.name}: {_state(folder, wanted)}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from huebrush_backend.drawings.sets import SETS, default_sets_folder

    folder = arguments.folder or default_sets_folder()
    for each in SETS:
        print(f"{each.name:12} {each.title}, by {each.author}; {each.licence}\n{'':12} {each.address}")
        print(f"{'':12} {each.megabytes} MB with {each.tool}: {_state(folder, each)}")
    return 0


def _sheet(arguments: argparse.Namespace) -> int:
    import numpy as np

    from huebrush_backend.drawings.pairs import pair_sheet
    from huebrush_backend.imaging.files import PictureError, write_png

    require_ending(arguments.output, [".png"], "the sheet is")
    given = Path(arguments.source)
    require_places([arguments.output], [given] if given.is_file() else [], arguments.overwrite, "choose another name")
    sides = arguments.count * arguments.size, 5 * arguments.size
    if max(sides) > MAX_SHEET_SIDE or arguments.count * arguments.size**2 > MAX_SHEET_PIXELS:
        raise CommandError("the sheet would be too large; use a smaller --count or --size")
    try:
        source = _source(arguments)
        pairs = [source.pair(arguments.seed, index, arguments.size) for index in range(arguments.count)]
        picture = pair_sheet(pairs)
        opaque = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        written = deliver(arguments.output, lambda path: write_png(path, opaque), arguments.overwrite)
    except PictureError as error:
        raise CommandError(str(error)) from error
    print(f"{len(pairs)} pairs of {len(source)} subjects: {written}")
    return 0


def _source(arguments: argparse.Namespace) -> PairSource:
    from huebrush_backend.drawings.sets import SETS
    from huebrush_backend.drawings.sources import open_fetched, open_folder

    if arguments.source not in {each.name for each in SETS}:
        return open_folder(Path(arguments.source), arguments.parts, arguments.lines)
    return open_fetched(arguments.source, arguments.folder, arguments.held_out)


def _chosen(names: Sequence[str]) -> list[DrawingSet]:
    from huebrush_backend.drawings.sets import SETS, find_set

    try:
        return [find_set(name) for name in names] or list(SETS)
    except LookupError as error:
        raise CommandError(str(error)) from error


def _state(folder: Path, wanted: DrawingSet) -> str:
    """Say how many drawings of a set are there and fit."""
    from huebrush_backend.drawings.sets import fetched_archives

    archives = fetched_archives(folder, [wanted.name])
    if not archives:
        return "not fetched"
    archive = archives[0]
    try:
        if archive.is_damaged():
            return "damaged; fetch it again"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    measured = dict(archive.measured())
    return (
        f"{len(archive.names())} drawings, {sum(found is not None for found in measured.values())} of "
        f"{len(measured)} measured can be read, {len(archive.fit_names(False))} are fit to train on, "
        f"{len(archive.fit_names(True))} fit ones are held out"
    )
