"""Writing so that nothing is ever lost: a file is whole or not there, and takes no other one's place by chance."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import attrs

from huebrush_backend.imaging.files.picture import PictureError

LONGEST_NAME = 255
"""Most bytes of a file's name in UTF-8 that the usual file systems take."""


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then move it into place; an older file there is replaced.

    Raises `PictureError` when the folder is missing or cannot be written to.
    """
    temporary = path.with_name(f".huebrush-{secrets.token_hex(6)}.part")  # short, however long the name is
    try:
        with temporary.open("xb") as stream:
            write(stream)
        temporary.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        with suppress(OSError):  # of a disk that has become read-only; the reason above is what counts
            temporary.unlink(missing_ok=True)


def not_written(path: Path, error: OSError) -> PictureError:
    """Return the error that says why `path` could not be written."""
    return PictureError(path, f"it cannot be written: {error.strerror or error}.")


def fitting_name(stem: str, ending: str) -> str:
    """Return `stem` and `ending` as a file name that is not too long: `stem` loses what is too much at its end."""
    most = LONGEST_NAME - len(os.fsencode(ending))
    while len(os.fsencode(stem)) > most:
        stem = stem[:-1]
    while stem and unicodedata.combining(stem[-1]) and len(os.fsencode(stem)) > most - 4:
        stem = stem[:-1]  # an accent whose neighbours may have been cut off
    return stem + ending


def exists(path: Path) -> bool:
    """Return whether there is anything of this name: a file, a folder, or a link, even one that leads nowhere."""
    try:
        path.lstat()
    except (OSError, ValueError):  # also of a name that is too long, which no Python takes for a plain no
        return False
    return True


def free_names(paths: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """Yield `paths`, then the same with -2, -3, … before what they do not share: names for files that belong together.

    "page.png" with "page.recipe.json" gives "page-2.png" with "page-2.recipe.json".
    """
    yield tuple(paths)
    stem = paths[0].stem
    for number in itertools.count(2):
        mark = f"-{number}"
        endings = [path.name.removeprefix(stem) for path in paths]
        longest = max(endings, key=lambda ending: len(os.fsencode(ending)))
        kept = fitting_name(stem, mark + longest).removesuffix(mark + longest)
        yield tuple(path.with_name(kept + mark + ending) for path, ending in zip(paths, endings, strict=True))


@attrs.frozen
class Delivery:
    """Files that are first written into hidden folders, `staged`, and then put into their places all at once.

    `groups`: paths of files that belong together, such as a picture and its recipe, the picture first.
    """

    groups: tuple[tuple[Path, ...], ...]
    staged: dict[Path, Path]

    def publish(self, replaceable: Collection[Path] = ()) -> tuple[Path, ...]:
        """Put the files into their places; return where they are, in the order of `groups`.

        A group whose first path is `replaceable` replaces what is there. Elsewhere a file that has appeared meanwhile
        stays, and ours gets the next free name. If one cannot be put there, those before it are taken away again, or
        what they replaced comes back. Raises `PictureError`.
        """
        undo: list[Callable[[], object]] = []
        places: list[Path] = []
        try:
            for group in self.groups:
                places += self._publish_group(group, group[0] in replaceable, undo)
        except BaseException:
            for step in reversed(undo):
                with suppress(OSError):
                    step()
            raise
        return tuple(places)

    def _publish_group(
        self, group: tuple[Path, ...], overwrite: bool, undo: list[Callable[[], object]]
    ) -> tuple[Path, ...]:
        for names in [group] if overwrite else free_names(group):
            if not overwrite and any(exists(name) for name in names):
                continue
            done = len(undo)
            # The picture comes last: a recipe alone does no harm, a picture without its recipe cannot be made again.
            for path, place in reversed([*zip(group, names, strict=True)]):
                try:
                    undo.append(_put(self.staged[path], place, overwrite))
                except FileExistsError:
                    break
                except OSError as error:
                    raise not_written(place, error) from error
            else:
                return names
            while len(undo) > done:
                self._take_back(group, names, undo)
        raise AssertionError("unreachable")

    def _take_back(self, group: tuple[Path, ...], names: tuple[Path, ...], undo: list[Callable[[], object]]) -> None:
        """Bring the file that was published last back into its hidden folder, to be put elsewhere."""
        undo.pop()
        for path, place in zip(group, names, strict=True):
            if not exists(self.staged[path]):
                place.replace(self.staged[path])
                return


@contextmanager
def delivery(*groups: Sequence[Path]) -> Iterator[Delivery]:
    """Make a `Delivery` of files in `groups`; its hidden folders are gone afterwards. Raises `PictureError`."""
    folders: dict[Path, tempfile.TemporaryDirectory[str]] = {}
    staged: dict[Path, Path] = {}
    try:
        for path in (path for group in groups for path in group):
            folder = path.absolute().parent
            if folder not in folders:
                try:
                    folders[folder] = tempfile.TemporaryDirectory(
                        dir=folder, prefix=".huebrush-", ignore_cleanup_errors=True
                    )
                except OSError as error:
                    raise not_written(path, error) from error
            staged[path] = Path(folders[folder].name) / path.name
        yield Delivery(tuple(map(tuple, groups)), staged)
    except PictureError as error:  # it is to name the place that the user knows
        named = next((path for path, hidden in staged.items() if hidden == error.file), None)
        if named is None:
            raise
        raise PictureError(named, error.problem) from error
    finally:
        for made in folders.values():
            made.cleanup()


def _put(source: Path, place: Path, overwrite: bool) -> Callable[[], object]:
    """Move `source` to `place` and return what undoes it. Raises FileExistsError if something is there already."""
    if overwrite:
        if not exists(place):
            source.replace(place)
            return lambda: place.unlink()
        kept = source.with_name(f"{secrets.token_hex(6)}.old")
        try:
            os.link(place, kept, follow_symlinks=False)
        except (OSError, NotImplementedError):  # a file system without hard links
            shutil.copy2(place, kept, follow_symlinks=False)
        source.replace(place)
        return lambda: kept.replace(place)
    if os.name == "nt":
        source.rename(place)  # which fails there if `place` exists
        return lambda: place.unlink()
    try:
        os.link(source, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        place.open("xb").close()
        source.replace(place)
    else:
        source.unlink()
    return lambda: place.unlink()
