"""Several pages in one call of `huebrush colorize`: a plain loop that keeps the model loaded."""

from __future__ import annotations

import argparse
import glob
import json
import sys
import time
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.texts import Text

from huebrush_backend.cli.carry_out import Carrier, JobFailedError, carrier
from huebrush_backend.cli.colorize_outputs import RECIPE_NAME
from huebrush_backend.cli.colorize_page import Task, colorize_page
from huebrush_backend.cli.interruption import EXIT_CANCELLED
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.output_places import is_same_file, make_folder, require_places
from huebrush_backend.imaging.files import PictureError, read_picture
from huebrush_backend.imaging.files.writing import exists, fitting_name
from huebrush_backend.imaging.lineart import LineArtError

DONE, LEFT_OUT, FAILED, NOT_BEGUN = "done", "left out", "failed", "not begun"
EXIT_FAILED = 1


@attrs.define
class PageOutcome:
    """Outcome of a page: its `state`, the file of its result, and seconds, or the sentence that says why not."""

    page: Path
    output: Path
    state: str = NOT_BEGUN
    note: str = ""
    summary: dict[str, Any] = attrs.Factory(dict)

    def as_data(self) -> dict[str, Any]:
        """Return it as `--json` prints it."""
        return {"page": str(self.page), "state": self.state, "note": self.note, **self.summary}


def pages_meant(words: Sequence[Path]) -> list[Path]:
    """Return the pages that were given, each once. A pattern such as *.png that no shell has resolved is resolved.

    Raises `CommandError` for a pattern that no file has.
    """
    pages: list[Path] = []
    for word in words:
        found = [word]
        if len(str(word)) < 4096 and glob.has_magic(str(word)) and not exists(word):
            found = [Path(name) for name in sorted(glob.glob(str(word)))]  # noqa: PTH207 (a whole path, not a folder's)
            if not found:
                raise CommandError(f"no file is called like {word}.")
        pages += [page for page in found if not any(_is_one_file(page, other) for other in pages)]
    return pages


def colorize_pages(
    arguments: argparse.Namespace,
    pages: Sequence[Path],
    others: Sequence[Path],
    model: ModelInfo,
    parameters: Parameters,
) -> int:
    """Colorize `pages` into `--output-folder`, and go on after one that fails; print a table; return the exit status.

    `others`: the inputs beside the pages. Raises `CommandError`, before any page is begun, for mistakes that concern
    all pages.
    """
    for option, value in (("--output", arguments.output), ("--report", arguments.flats_report)):
        if value is not None:
            raise CommandError(f"{option} names one file, and --output-folder is for several pages: leave one out.")
    make_folder(arguments.output_folder)
    outcomes = _plan(arguments, pages, others)
    for reference in arguments.reference:
        try:
            read_picture(reference)  # now, and not as the failure of every page
        except PictureError as error:
            raise CommandError(str(error)) from error
    cancelled = _work_off(arguments, outcomes, model, parameters)
    _print(arguments, outcomes, model)
    if cancelled:
        print("Cancelled. --resume goes on.", file=sys.stderr)
        return EXIT_CANCELLED
    return EXIT_FAILED if any(outcome.state == FAILED for outcome in outcomes) else 0


def _plan(arguments: argparse.Namespace, pages: Sequence[Path], others: Sequence[Path]) -> list[PageOutcome]:
    """Choose where each result goes, and what is done already. Raises `CommandError`."""
    outcomes: list[PageOutcome] = []
    for page in pages:
        output = arguments.output_folder / fitting_name(page.stem, ".ora")
        twin = next((each for each in outcomes if is_same_file(each.output, output)), None)
        if twin is not None:
            raise CommandError(f"the results of {twin.page} and {page} would have one name; give them to two calls.")
        outcomes.append(PageOutcome(page, output))
    if arguments.resume:
        for outcome in outcomes:
            if exists(outcome.output):
                _compare_with_result(outcome, arguments.overwrite)
    wanted = [outcome for outcome in outcomes if outcome.state == NOT_BEGUN]
    there = [outcome.output for outcome in wanted if exists(outcome.output)]
    if there and not arguments.overwrite:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise CommandError(
            f"{there[0]}{more} exists already. Add --resume to leave out what is done, or --overwrite to make it again."
        )
    require_places(
        [outcome.output for outcome in wanted], [*pages, *others], arguments.overwrite, "choose another --output-folder"
    )
    return outcomes


def _compare_with_result(outcome: PageOutcome, overwrite: bool) -> None:
    """Note whether a page is done: there is a whole result with a recipe, which is not older than the page."""
    if not _is_own_result(outcome.output):
        if not overwrite:
            raise CommandError(
                f"{outcome.output} is there, but is no result of Huebrush or was changed since. Move it away, or add "
                "--overwrite."
            )
        return
    try:
        is_newer = outcome.page.stat().st_mtime_ns > outcome.output.stat().st_mtime_ns
    except OSError:  # the page is not there; there is its result
        is_newer = False
    if not is_newer:
        outcome.state = LEFT_OUT
    elif not overwrite:
        outcome.state = FAILED
        outcome.note = "the page has changed since its result was made; add --overwrite to make it again."


def _is_own_result(file: Path) -> bool:
    """Return whether a file is a whole result with its recipe, which other programs do not keep when they save it."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "model" in json.loads(archive.read(RECIPE_NAME))
    except (OSError, KeyError, ValueError, TypeError, RecursionError, zipfile.BadZipFile):
        return False


def _work_off(
    arguments: argparse.Namespace, outcomes: Sequence[PageOutcome], model: ModelInfo, parameters: Parameters
) -> bool:
    """Colorize the pages that are to be done; return whether Ctrl+C ended it."""
    wanted = [outcome for outcome in outcomes if outcome.state == NOT_BEGUN]
    with carrier(arguments.device) as carries:
        for number, outcome in enumerate(wanted, start=1):
            if carries.is_cancelled():
                return True
            carries.display.begin_page(number, len(wanted), outcome.page.name)
            try:
                _colorize(arguments, outcome, model, parameters, carries)
            except KeyboardInterrupt:
                return True
            carries.display.say(f"[{number}/{len(wanted)}] {outcome.page.name}: {outcome.state}: {outcome.note}")
    return False


def _colorize(
    arguments: argparse.Namespace,
    outcome: PageOutcome,
    model: ModelInfo,
    parameters: Parameters,
    carries: Carrier,
) -> None:
    began = time.monotonic()
    task = Task(outcome.page, outcome.output, [outcome.output] if arguments.overwrite else [])
    try:
        done = colorize_page(arguments, task, model, parameters, carries)
    except (CommandError, PictureError, LineArtError, JobFailedError) as error:
        outcome.state, outcome.note = FAILED, str(error)
    except Exception as error:
        outcome.state, outcome.note = FAILED, f"a fault of Huebrush: {type(error).__name__}: {error}"
    else:
        seconds = time.monotonic() - began
        outcome.state, outcome.output, outcome.note = DONE, done.written[0], f"{seconds:.1f} s"
        outcome.summary = done.summary(model, seconds, Text.of("note.builtin") if model.builtin else "")


def _print(arguments: argparse.Namespace, outcomes: Sequence[PageOutcome], model: ModelInfo) -> None:
    states = [outcome.state for outcome in outcomes]
    counts = {state: states.count(state) for state in (DONE, LEFT_OUT, FAILED, NOT_BEGUN)}
    if arguments.json:
        print(json.dumps({"pages": [outcome.as_data() for outcome in outcomes], "counts": counts}, indent=2))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Shown

    table = Table("page", "", "result")
    for outcome in outcomes:
        result = outcome.note if outcome.state == FAILED else "" if outcome.state == NOT_BEGUN else str(outcome.output)
        table.add_row(Shown(outcome.page.name, overflow="fold"), outcome.state, Shown(result, overflow="fold"))
    Console().print(table)
    print(", ".join(f"{count} {state}" for state, count in counts.items() if count))
    if model.builtin and counts[DONE]:
        print(Text.of("note.builtin"), file=sys.stderr)


def _is_one_file(first: Path, second: Path) -> bool:
    with suppress(OSError, ValueError):
        return first == second or first.samefile(second)
    return False
