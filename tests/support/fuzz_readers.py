"""Damages small files of every kind at random, and lets Huebrush read them. All it may do is read, or say a sentence.

    nice python3 tests/support/fuzz_readers.py                        # 100,000 inputs for each kind: hours
    nice python3 tests/support/fuzz_readers.py --inputs 5000 --kinds psd tiff

Input number N of a kind is always the same for one --seed. A traceback, a crash, or an input that takes longer than 20
seconds is a finding: it is written into --findings with what was raised, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(root / "backend"), str(root / "protocol"), str(root / "tests" / "support")]

from damaging import damaged
from huebrush_backend.cli.main import CommandError, main
from huebrush_backend.cli.recipe_inputs import read_recipe
from huebrush_backend.cli.region_options import palette_swatches
from huebrush_backend.imaging.files import PictureError, read_picture, write_png
from huebrush_backend.imaging.files.krita_document import RUNNER_VARIABLE
from huebrush_backend.imaging.files.print_settings import read_print_settings
from undamaged_files import undamaged

LONGEST = 20.0
"""Seconds after which an input is taken for one that never ends."""
MOST_MEMORY = 3 << 30
"""Bytes that a process may take beside what it has at its start."""


@attrs.define
class Reader:
    """The readers of one kind of file, and what is damaged for them. `folder` is theirs alone."""

    kind: str
    folder: Path
    files: list[tuple[str, bytes]]

    def input(self, number: int, seed: int) -> tuple[str, bytes]:
        """Return the end of the name and the content of damaged file `number`."""
        chance = random.Random(f"{seed} {self.kind} {number}")
        suffix, content = chance.choice(self.files)
        return suffix, damaged(content, [other for _, other in self.files], chance)

    def try_file(self, suffix: str, content: bytes) -> None:
        """Read a file with this content. Raises whatever is no sentence for the user."""
        path = self.folder / f"damaged{suffix}"
        path.write_bytes(content)
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            READERS.get(self.kind, read_all_of_a_picture)(path)


def read_all_of_a_picture(path: Path) -> None:
    """Read a picture merged, all its layers, and what it says of itself."""
    read_print_settings(path)
    with contextlib.suppress(PictureError):
        picture = read_picture(path)
        with contextlib.suppress(PictureError):
            picture.merged()
        for source in picture.layers:
            with contextlib.suppress(PictureError):
                picture.layer(source.full_name)


def _read_palette(path: Path) -> None:
    with contextlib.suppress(CommandError):
        palette_swatches(str(path))


def _read_fixes(path: Path) -> None:
    _run(
        "colorize",
        path.parent / "page.png",
        *FLATS,
        "--fixes",
        path,
        "--output",
        path.parent / "out.png",
        "--overwrite",
    )


def _read_recipe(path: Path) -> None:
    with contextlib.suppress(CommandError):
        read_recipe(path)
        _run("replay", path, "--look-in", path.parent / "page.png", "--output", path.parent / "out.png", "--overwrite")


READERS: dict[str, Callable[[Path], None]] = {"palette": _read_palette, "fixes": _read_fixes, "recipe": _read_recipe}
"""Functions that read files other than pictures, by their kind."""
FLATS = ("--model", "none", "--result", "flats", "--palette", "#ff0000,#00ff00")


def _run(*words: object) -> None:
    status = main([str(word) for word in words])
    if status not in (0, 1, 2):
        raise AssertionError(f"exit status {status}")


def make_readers(folder: Path) -> dict[str, Reader]:
    """Return the readers of every kind of file, each with a folder below `folder`."""
    files = undamaged()
    readers = {}
    for kind, contents in files.items():
        own = folder / kind.replace(" ", "-")
        own.mkdir()
        page = np.full((24, 32, 4), 255, np.uint8)
        page[4:20, 6], page[4:20, 26], page[4, 6:27], page[19, 6:27] = ((0, 0, 0, 255),) * 4
        write_png(own / "page.png", page)
        if kind == "recipe":
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                _run("colorize", own / "page.png", *FLATS, "--output", own / "made.png")
                _run("colorize", own / "page.png", *FLATS, "--output", own / "made.ora")
            names = ("made.recipe.json", "made.png", "made.ora")
            contents = [(Path(name).suffix, (own / name).read_bytes()) for name in names]
        readers[kind] = Reader(kind, own, contents)
    return readers


def prepare_process() -> None:
    """Keep this process from starting Krita, from logging, and (on Linux) from taking all memory."""
    logging.disable(logging.CRITICAL)
    os.environ[RUNNER_VARIABLE] = "/nowhere/kritarunner"
    if sys.platform == "linux":
        import resource

        size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (size + MOST_MEMORY, size + MOST_MEMORY))


def _work(reader: Reader, numbers: range, seed: int, place: Any, findings: Path) -> None:
    prepare_process()
    for number in numbers:
        place.value = number
        suffix, content = reader.input(number, seed)
        try:
            reader.try_file(suffix, content)
        except BaseException:
            keep(findings, reader.kind, number, suffix, content, traceback.format_exc())
    place.value = numbers.stop


def keep(findings: Path, kind: str, number: int, suffix: str, content: bytes, said: str) -> None:
    """Write a finding: the input, and a text with what happened."""
    findings.mkdir(parents=True, exist_ok=True)
    name = f"{kind.replace(' ', '-')}-{number}"
    (findings / f"{name}{suffix}").write_bytes(content)
    (findings / f"{name}.said.txt").write_text(said, "utf-8", "replace")


def fuzz(reader: Reader, numbers: range, seed: int, findings: Path) -> None:
    """Try the inputs in a process of its own, which is started again behind one at which it dies or hangs."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    begin = numbers.start
    while begin < numbers.stop:
        place = context.Value("q", begin, lock=False)
        process = context.Process(target=_work, args=(reader, range(begin, numbers.stop), seed, place, findings))
        process.start()
        seen, since = begin, time.monotonic()
        while process.is_alive():
            process.join(0.5)
            if place.value != seen:
                seen, since = place.value, time.monotonic()
            elif time.monotonic() - since > LONGEST:
                process.kill()
                process.join()
        if place.value >= numbers.stop:
            return
        said = (
            f"it took longer than {LONGEST:g} s" if process.exitcode == -9 else f"the process ended: {process.exitcode}"
        )
        keep(findings, reader.kind, place.value, *reader.input(place.value, seed), said)
        begin = place.value + 1


def run(argv: list[str] | None = None) -> int:
    """Fuzz as the command line says; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="for each kind (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other inputs (default: %(default)s)")
    parser.add_argument("--kinds", nargs="+", metavar="KIND", help="only these kinds (default: all)")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder (default: %(default)s)")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        readers = make_readers(Path(folder))
        for kind in arguments.kinds or readers:
            started, before = time.monotonic(), _count(arguments.findings)
            fuzz(
                readers[kind],
                range(arguments.first, arguments.first + arguments.inputs),
                arguments.seed,
                arguments.findings,
            )
            found = _count(arguments.findings) - before
            print(
                f"{kind}: {arguments.inputs} inputs, {found} findings, {time.monotonic() - started:.0f} s", flush=True
            )
    return 1 if _count(arguments.findings) else 0


def _count(findings: Path) -> int:
    return len(list(findings.glob("*.said.txt"))) if findings.exists() else 0


if __name__ == "__main__":
    sys.exit(run())
