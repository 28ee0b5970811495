"""Results kept in files of the user's data folder, so that one can be put back when its layers are gone.

A document has a folder of its own, found by the path of its file: a copy of that file has another. In it are two or
three files for each result: `JOB.json` says what it is, `JOB.zip` has its layers, each a file of raw pixels beside
`layers.json`, and `JOB.png` shows them small. What stands in another program's file of such a name is passed over.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import Image, check_frames, check_header
from huebrush_protocol.messages import ImageHeader

from ..base.files import path_digest, write_atomically
from ..base.tasks import finish
from ..documents.find import document_key
from .recipes import Record, record_of
from .small_result import small_result

if TYPE_CHECKING:
    from krita import Document

FOLDER = "history"
UNSAVED = "unsaved-"
"""Beginning of the names of folders of documents that were never saved."""
LAYERS = ".zip"
LIST = "layers.json"
LEVEL = 1
"""Level of zlib: a page's flats take a tenth of a second for ten megapixels, in a thread, and a hundredth of the
room."""


class NotKept(Exception):
    """Error for layers that cannot be read again; the message says why."""


@dataclass(frozen=True)
class KeptResult:
    """A result in files: `record` as the document had it, `name` of its layer or group, the `width` and `height` of the
    page in pixels, and whether it `is_starred`. `file` is the path of its files without their endings; `has_layers`
    says whether it can be put back."""

    record: Record
    name: str
    width: int
    height: int
    is_starred: bool
    file: Path
    has_layers: bool

    @property
    def picture(self) -> Path:
        """Path of the small picture."""
        return _beside(self.file, ".png")


class KeptResults:
    """The results that are kept below `folder`."""

    def __init__(self, folder: Path, megabytes: float) -> None:
        self._folder = folder / FOLDER
        self.megabytes = megabytes
        """Most megabytes that the layers of all kept results take; 0 keeps no further results."""
        self._read: dict[Path, tuple[int, KeptResult | None]] = {}
        """Notes that were read, with the time of their last change."""

    def folder_of(self, document: Document) -> Path:
        """Return the folder of `document`, which need not be there. That of a document that has been saved for the
        first time since is moved there."""
        unsaved = self._folder / (UNSAVED + document_key(document))
        path = document.fileName()
        if not path:
            return unsaved
        folder = self._folder / path_digest(path)
        if unsaved.is_dir():
            with contextlib.suppress(OSError):  # what cannot be moved is still there the next time
                folder.mkdir(exist_ok=True)
                for file in unsaved.iterdir():
                    file.replace(folder / file.name)
                unsaved.rmdir()
        return folder

    def of(self, document: Document) -> dict[str, KeptResult]:
        """Return the results of `document` by the ids of their jobs. Raises OSError when the folder cannot be read."""
        folder = self.folder_of(document)
        found: dict[str, KeptResult] = {}
        with os.scandir(folder) if folder.is_dir() else contextlib.nullcontext(()) as files:
            present = {file.name: file.stat().st_mtime_ns for file in files}
        for name, changed in present.items():
            file = folder / name
            if file.suffix == ".json" and self._read.get(file, (0, None))[0] != changed:
                self._read[file] = changed, _read(file)
            kept = self._read[file][1] if file.suffix == ".json" else None
            if kept is not None:
                found[kept.record.job] = dataclasses.replace(kept, has_layers=kept.file.name + LAYERS in present)
        return found

    def keep(self, folder: Path, record: Record, name: str, size: tuple[int, int], images: Sequence[Image]) -> None:
        """Write a result into `folder`, and remove the oldest ones without a star where all take more room than they
        may. `size`: width and height of the page. Touches nothing of Krita's, so that a thread may do it.

        Raises OSError when it cannot be written; nothing of it is left then.
        """
        if not self.megabytes:
            return
        file = folder / record.job
        try:
            write_atomically(_beside(file, LAYERS), _packed(record, images))
            finish(small_result(images, *size)).save(str(_beside(file, ".png")))
            _write_note(file, record, name, size, is_starred=False)
        except OSError:
            with contextlib.suppress(OSError):
                _remove(file)
            raise
        self._make_room()

    def read_layers(self, kept: KeptResult) -> tuple[Sequence[Image], dict[str, object]]:
        """Return the layers of a result, bottom to top, and the backend's report on it. Raises `NotKept` when they are
        not there or damaged. Touches nothing of Krita's."""
        try:
            with zipfile.ZipFile(_beside(kept.file, LAYERS)) as archive:
                listed = json.loads(archive.read(LIST))
                headers = tuple(ImageHeader(**header) for header in listed["layers"])
                frames = [memoryview(archive.read(str(number))) for number in range(len(headers))]
            for header in headers:
                check_header(header)
            check_frames(headers, frames)
            report = listed["report"]
        except (OSError, zipfile.BadZipFile, zlib.error, ValueError, TypeError, KeyError, ProtocolError) as error:
            raise NotKept(str(error)) from error
        if not headers or not isinstance(report, dict):
            raise NotKept(kept.file.name)
        return [Image(*each) for each in zip(headers, frames, strict=True)], report

    def star(self, kept: KeptResult, is_starred: bool) -> None:
        """Mark a result with a star, or no longer. Raises OSError when it cannot be written."""
        _write_note(kept.file, kept.record, kept.name, (kept.width, kept.height), is_starred)

    def entitle(self, kept: KeptResult, name: str) -> None:
        """Keep a result under the artist's `name` for it. Raises OSError when it cannot be written."""
        _write_note(kept.file, kept.record, name, (kept.width, kept.height), kept.is_starred)

    def rename(self, kept: KeptResult, record: Record) -> None:
        """Keep a result as `record`, which names another job, from now on. Raises OSError when it cannot be written."""
        file = kept.file.with_name(record.job)
        for ending in (LAYERS, ".png"):
            if _beside(kept.file, ending).exists():
                _beside(kept.file, ending).rename(_beside(file, ending))
        _write_note(file, record, kept.name, (kept.width, kept.height), kept.is_starred)
        _remove(kept.file)

    def forget(self, kept: KeptResult) -> None:
        """Remove the files of a result. Raises OSError when they cannot be removed."""
        _remove(kept.file)

    def _make_room(self) -> None:
        """Remove the layers of the oldest results without a star, as long as all take more room than they may."""
        sizes = [(path.stat().st_mtime, path.stat().st_size, path) for path in self._folder.glob(f"*/*{LAYERS}")]
        room = self.megabytes * 1_000_000 - sum(size for _, size, _ in sizes)
        for _, size, path in sorted(sizes):
            if room >= 0:
                break
            kept = _read(path.with_name(path.name.removesuffix(LAYERS) + ".json"))
            if kept is None or not kept.is_starred:
                _remove(path.with_name(path.name.removesuffix(LAYERS)))
                room += size


def _packed(record: Record, images: Sequence[Image]) -> bytes:
    listed = {"layers": [dataclasses.asdict(image.header) for image in images], "report": record.report}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        archive.writestr(LIST, json.dumps(listed))
        for number, image in enumerate(images):
            archive.writestr(str(number), bytes(image.data))
    return packed.getvalue()


def _write_note(file: Path, record: Record, name: str, size: tuple[int, int], is_starred: bool) -> None:
    note = {
        "record": {**dataclasses.asdict(record), "report": {}},  # it lies with the layers: few are put back
        "name": name,
        "width": size[0],
        "height": size[1],
        "starred": is_starred,
    }
    write_atomically(_beside(file, ".json"), json.dumps(note, sort_keys=True).encode("ascii"))


def _read(file: Path) -> KeptResult | None:
    """Return the result that a JSON file describes, None for one that cannot be used."""
    try:
        note = json.loads(file.read_text("ascii"))
        record = record_of(note["record"])
        name, width, height, is_starred = note["name"], note["width"], note["height"], note["starred"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    kinds = ((name, str), (width, int), (height, int), (is_starred, bool))
    if record is None or record.job != file.stem or not all(type(value) is kind for value, kind in kinds):
        return None
    without = file.with_name(file.stem)
    return KeptResult(record, name, width, height, is_starred, without, _beside(without, LAYERS).is_file())


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _remove(file: Path) -> None:
    for ending in (LAYERS, ".png", ".json"):
        _beside(file, ending).unlink(missing_ok=True)
