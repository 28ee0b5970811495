"""Sources of training pairs: folders of pictures, of SVG drawings, of characters, and fetched sets.

Every source has the same shape: a number of subjects, and a pair for each seed and index, always the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.drawings.labelled import read_drawing
from huebrush_backend.drawings.pairs import SIZE, DrawnPair, pair_of_drawing, pair_of_pictures
from huebrush_backend.drawings.sets import SETS, Archive, fetched_archives, subject_of, words_to_fetch
from huebrush_backend.drawings.svg_tree import DrawingError
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.files import PictureError, read_picture
from huebrush_backend.imaging.line_extraction import extract_lines
from huebrush_backend.imaging.lineart import LineArtError

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".psd", ".ora", ".kra")
SVG_ENDINGS = (".svg", ".svgz")
_TRIES = 20
"""Number of subjects that are tried for one pair before unreadable ones are an error."""
_LINES_SIZE = 768
"""Longer side at which lines are extracted: the extractor's widths are shares of it, and much larger takes long."""


class SourceError(Exception):
    """A source has nothing to learn from; the message says what to do."""


class PairSource(Protocol):
    """Something that makes pairs."""

    def __len__(self) -> int:
        """Return the number of subjects."""
        ...

    def pair(self, seed: int, index: int, size: int = SIZE) -> DrawnPair:
        """Return pair `index` of the sequence `seed`, `size` pixels square: the same for the same arguments."""
        ...


@dataclass(frozen=True)
class Drawings:
    """SVG drawings. Subjects count equally, however many variants they have.

    * `subjects`: names of the drawings of each subject
    * `read`: returns the file of a drawing
    * `parts`, `lines`: as in `read_drawing`
    """

    subjects: tuple[tuple[str, ...], ...]
    read: Callable[[str], bytes]
    parts: str = "auto"
    lines: str = "auto"

    def __len__(self) -> int:
        return len(self.subjects)

    def pair(self, seed: int, index: int, size: int = SIZE) -> DrawnPair:
        """Return a pair of one drawing, mostly in new colours, with another view of it as the reference."""

        def make(rng: np.random.Generator) -> DrawnPair:
            names = self.subjects[int(rng.integers(len(self.subjects)))]
            name = names[int(rng.integers(len(names)))]
            return pair_of_drawing(read_drawing(self.read(name), self.parts, self.lines), rng, size)

        return _first_readable(make, seed, index)


@dataclass(frozen=True)
class Pictures:
    """Colour pictures, whose lines are extracted. The reference is another view of the same picture."""

    files: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.files)

    def pair(self, seed: int, index: int, size: int = SIZE) -> DrawnPair:
        """Return a pair of one picture."""

        def make(rng: np.random.Generator) -> DrawnPair:
            picture, ink = _picture_and_lines(self.files[int(rng.integers(len(self.files)))])
            return pair_of_pictures(picture, ink, None, rng, size)

        return _first_readable(make, seed, index)


@dataclass(frozen=True)
class Characters:
    """Pictures of characters: two pictures of one character are drawing and reference."""

    characters: tuple[tuple[Path, ...], ...]

    def __len__(self) -> int:
        return len(self.characters)

    def pair(self, seed: int, index: int, size: int = SIZE) -> DrawnPair:
        """Return a pair of two pictures of one character."""

        def make(rng: np.random.Generator) -> DrawnPair:
            files = self.characters[int(rng.integers(len(self.characters)))]
            first, second = rng.choice(len(files), 2, replace=False)
            picture, ink = _picture_and_lines(files[int(first)])
            return pair_of_pictures(picture, ink, _picture(files[int(second)]), rng, size)

        return _first_readable(make, seed, index)


@dataclass(frozen=True)
class Mixture:
    """Several sources, each with its share of the pairs."""

    sources: tuple[PairSource, ...]
    shares: tuple[float, ...]

    def __len__(self) -> int:
        return sum(len(source) for source in self.sources)

    def pair(self, seed: int, index: int, size: int = SIZE) -> DrawnPair:
        """Return a pair of one of the sources."""
        chosen = np.random.default_rng([seed, index, 1]).choice(len(self.sources), p=np.array(self.shares))
        return self.sources[int(chosen)].pair(seed, index, size)


def mixture(sources: Sequence[PairSource]) -> PairSource:
    """Return one source out of several, which count by the square root of their number of subjects.

    So a small set is not lost beside a large one, nor repeated too often.
    """
    if not sources:
        raise SourceError("there are no drawings to learn from")
    if len(sources) == 1:
        return sources[0]
    weights = np.sqrt([len(source) for source in sources])
    return Mixture(tuple(sources), tuple(float(share) for share in weights / weights.sum()))


def open_folder(folder: Path, parts: str = "auto", lines: str = "auto") -> PairSource:
    """Return the source in `folder`.

    Its SVG files are drawings, its pictures colour pictures. A folder with neither, whose sub-folders hold at least two
    pictures each, has a character in each of them. Raises SourceError.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder")
    files = sorted(path for path in folder.iterdir() if path.is_file())
    drawings = [path for path in files if path.suffix.lower() in SVG_ENDINGS]
    pictures = [path for path in files if path.suffix.lower() in PICTURE_ENDINGS]
    found: list[PairSource] = []
    if drawings:
        found.append(
            Drawings(tuple((path.name,) for path in drawings), _FolderReader(folder), parts=parts, lines=lines)
        )
    if pictures:
        found.append(Pictures(tuple(pictures)))
    if not found:
        found = [_characters(folder)]
    return mixture(found)


def open_set(archive: Archive, held_out: bool = False) -> Drawings:
    """Return the drawings of a fetched set that are fit, to train on or `held_out` to measure. Raises SourceError."""
    groups: dict[str, list[str]] = {}
    for name in archive.fit_names(held_out):
        groups.setdefault(subject_of(name), []).append(name)
    words = words_to_fetch(archive.path.stem, archive.path.parent)
    if archive.is_damaged():
        raise SourceError(f"{archive.path} is damaged; fetch it again, run: huebrush drawings fetch {words}")
    if not groups and not archive.is_all_measured():
        raise SourceError(f"{archive.path} has drawings that are not measured; run: huebrush drawings fetch {words}")
    if not groups:
        purpose = "held out to measure" if held_out else "there to train on"
        raise SourceError(f"{archive.path} has no drawing that is fit and {purpose}; choose another set")
    return Drawings(tuple(tuple(names) for _, names in sorted(groups.items())), archive.read)


def open_sources(
    names: Sequence[str], sets_folder: Path | None = None, parts: str = "auto", lines: str = "auto"
) -> PairSource:
    """Return one source of `names`: fetched sets, such as "noto", and folders. Raises SourceError.

    `sets_folder`: where fetched sets lie; None for the user's cache. Held-out drawings of sets are left out.
    `parts`, `lines`: of SVG drawings in folders, as in `read_drawing`.
    """
    sources: list[PairSource] = []
    for name in names:
        if name not in {each.name for each in SETS}:
            sources.append(open_folder(Path(name), parts, lines))
            continue
        sources.append(open_fetched(name, sets_folder))
    return mixture(sources)


def open_fetched(name: str, sets_folder: Path | None = None, held_out: bool = False) -> Drawings:
    """Return the drawings of the set `name`, as `open_set` does. Raises SourceError if it was not fetched.

    `sets_folder`: where fetched sets lie; None for the user's cache.
    """
    archives = fetched_archives(sets_folder, [name])
    if not archives:
        raise SourceError(
            f"the set {name} is not there yet; run: huebrush drawings fetch {words_to_fetch(name, sets_folder)}"
        )
    return open_set(archives[0], held_out)


@dataclass(frozen=True)
class _FolderReader:
    """Reads files of a folder by name. Unlike a function in a function it can go to another process."""

    folder: Path

    def __call__(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


def _characters(folder: Path) -> Characters:
    characters = []
    for sub in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = tuple(sorted(path for path in sub.iterdir() if path.suffix.lower() in PICTURE_ENDINGS))
        if len(files) >= 2:
            characters.append(files)
    if not characters:
        raise SourceError(
            f"{folder} has no pictures and no SVG drawings, and no sub-folder with two or more pictures of a character"
        )
    return Characters(tuple(characters))


def _picture_and_lines(file: Path) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    picture = _picture(file)
    opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
    return picture, extract_lines(np.concatenate([picture, opaque], axis=2))


def _picture(file: Path) -> NDArray[np.uint8]:
    """Return a picture on white, (H,W,3), at most `_LINES_SIZE` pixels long."""
    picture = flatten_on_white(read_picture(file).merged().pixels)
    factor = _LINES_SIZE / max(picture.shape[:2])
    if factor >= 1:
        return picture
    height, width = (max(1, round(side * factor)) for side in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)  # pyright: ignore[reportReturnType]


def _first_readable(make: Callable[[np.random.Generator], DrawnPair], seed: int, index: int) -> DrawnPair:
    """Return the first pair that can be made; unreadable subjects are passed over."""
    problem: Exception | None = None
    for attempt in range(_TRIES):
        try:
            return make(np.random.default_rng([seed, index, 0, attempt]))
        except (DrawingError, LineArtError, PictureError, OSError) as error:
            problem = error
    raise SourceError(f"{_TRIES} drawings in a row cannot be read; the last one: {problem}") from problem
