"""Sets of drawings that others give away: where they come from, their licences, and which are never trained on."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import platformdirs

from huebrush_backend.drawings.measure import VERSION, Measures
from huebrush_backend.drawings.svg_tree import DrawingError

HELD_OUT = 10
"""One of this many subjects is never trained on."""
_VARIANT = re.compile(
    r"[-_ ](?:(?:medium[-_ ])?(?:light|dark)(?:[-_ ]skin[-_ ]tone)?|medium(?:[-_ ]skin[-_ ]tone)?|skin[-_ ]tone"
    r"|facing[-_ ]right)(?=[-_ ]|$)"
)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""Errors of zipfile for a damaged file; the last two are those of an unknown compression and of encryption."""
_NUMBER = re.compile(r"[-_]?[0-9]+$")
_PERSON = re.compile(r"^(?:wom[ae]n|m[ae]n|persons?|people|girl|boy)[-_ ]")


@dataclass(frozen=True)
class DrawingSet:
    """A set of drawings by others.

    * `name`: how the program calls it
    * `tool`: program that fetches it, "npm" or "apt-get"
    * `package`, `version`: what that program fetches
    * `file`: name of the fetched file
    * `sha256`: of that file
    * `megabytes`: its size
    * `title`, `author`, `licence`, `address`: for the list of sources
    """

    name: str
    tool: str
    package: str
    version: str
    file: str
    sha256: str
    megabytes: float
    title: str
    author: str
    licence: str
    address: str


SETS: tuple[DrawingSet, ...] = (
    DrawingSet(
        name="fluent",
        tool="npm",
        package="@iconify-json/fluent-emoji-flat",
        version="1.2.6",
        file="iconify-json-fluent-emoji-flat-1.2.6.tgz",
        sha256="7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175",
        megabytes=1.2,
        title="Fluent Emoji Flat",
        author="Microsoft Corporation",
        licence="MIT",
        address="https://github.com/microsoft/fluentui-emoji",
    ),
    DrawingSet(
        name="noto",
        tool="npm",
        package="@iconify-json/noto",
        version="1.2.9",
        file="iconify-json-noto-1.2.9.tgz",
        sha256="3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad",
        megabytes=3.1,
        title="Noto Emoji",
        author="Google Inc",
        licence="Apache-2.0",
        address="https://github.com/googlefonts/noto-emoji",
    ),
    DrawingSet(
        name="openclipart",
        tool="apt-get",
        package="openclipart-svg",
        version="1:0.18+dfsg-19",
        file="openclipart-svg_1%3a0.18+dfsg-19_all.deb",
        sha256="989712d90d57dfa3230049f553bb43b76c30ee4d4b8c5f6e106e33f7db5cbdc5",
        megabytes=24.9,
        title="Open Clip Art Library",
        author="its contributors",
        licence="public domain (Creative Commons Public Domain Dedication)",
        address="https://openclipart.org",
    ),
)


def find_set(name: str) -> DrawingSet:
    """Return the set with this name. Raises LookupError."""
    for candidate in SETS:
        if candidate.name == name:
            return candidate
    raise LookupError(f"no set of drawings is called {name!r}; there are {', '.join(each.name for each in SETS)}")


def default_sets_folder() -> Path:
    """Return the folder in the user's cache that keeps fetched sets."""
    return platformdirs.user_cache_path("huebrush", appauthor=False) / "drawings"


def is_held_out(name: str) -> bool:
    """Return whether the drawing `name` is never trained on: a tenth of all subjects, chosen by a hash.

    Variants of one subject, such as skin tones, and the same subject in another set have the same answer.
    """
    digest = hashlib.sha256(subject_of(name).encode()).digest()
    return int.from_bytes(digest[:8], "big") % HELD_OUT == 0


def subject_of(name: str) -> str:
    """Return the subject without skin tone, gender, number and folder: "running" for "woman-running-dark"."""
    stem = name.rpartition("/")[2].lower().removesuffix(".svg").removesuffix(".svgz")
    return _NUMBER.sub("", _PERSON.sub("", _VARIANT.sub("", stem))) or stem


@dataclass(frozen=True)
class Archive:
    """A fetched set: a zip file with an SVG file for each drawing, and the drawings' measures beside it."""

    path: Path

    @property
    def measures_path(self) -> Path:
        """Path of the measures, a line of JSON for each drawing."""
        return self.path.with_name(f"{self.path.stem}-measures-{VERSION}.jsonl")

    def names(self) -> list[str]:
        """Return the names of all drawings, sorted."""
        return sorted(name for name in self._opened.namelist() if name.endswith(".svg"))

    def read(self, name: str) -> bytes:
        """Return the SVG file of a drawing. Raises DrawingError if it is damaged or missing."""
        try:
            return self._opened.read(name)
        except (*_DAMAGED, KeyError) as error:
            raise DrawingError(f"{name} cannot be read from {self.path.name}: {error}") from error

    def is_damaged(self, thoroughly: bool = False) -> bool:
        """Return whether the file is no zip file that can be read; `thoroughly`: read each drawing in it."""
        try:
            with zipfile.ZipFile(self.path) as opened:
                return thoroughly and opened.testzip() is not None
        except _DAMAGED:
            return True

    @cached_property
    def _opened(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.path)

    def __reduce__(self) -> tuple[type[Archive], tuple[Path]]:
        return Archive, (self.path,)  # another process opens the file anew

    def measured(self) -> Iterator[tuple[str, Measures | None]]:
        """Yield name and measures of the drawings that were measured; None for one that cannot be read.

        A line that is damaged or was cut off is ignored.
        """
        if not self.measures_path.exists():
            return
        for line in self.measures_path.read_bytes().splitlines():
            try:
                entry = json.loads(line.decode("utf-8"))
                yield entry["name"], None if entry["measures"] is None else Measures(**entry["measures"])
            except (ValueError, KeyError, TypeError):
                continue

    def is_all_measured(self) -> bool:
        """Return whether each drawing was measured."""
        known = {name for name, _ in self.measured()}
        return all(name in known for name in self.names())

    def fit_names(self, held_out: bool) -> list[str]:
        """Return the names of the drawings that are fit: those to train on, or the `held_out` ones."""
        return sorted(
            name for name, found in self.measured() if found and found.is_fit and is_held_out(name) == held_out
        )


def fetched_archives(folder: Path | None = None, names: Sequence[str] = ()) -> list[Archive]:
    """Return the sets that lie in `folder`, or of these only the ones with `names`."""
    place = folder or default_sets_folder()
    found = [Archive(place / f"{each.name}.zip") for each in SETS if not names or each.name in names]
    return [archive for archive in found if archive.path.exists()]


def words_to_fetch(name: str, folder: Path | None = None) -> str:
    """Return the words after `huebrush drawings fetch` that get the set `name` into `folder`, or the user's cache."""
    if folder is None or folder == default_sets_folder():
        return name
    return f'{name} --folder "{folder}"' if " " in str(folder) else f"{name} --folder {folder}"
