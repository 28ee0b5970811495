"""Pages that were coloured since Krita's start, with their references, for the pages that come after them.

A reference that is a layer or another document is only there as long as its document is open. So its pixels are kept in
a file as they were read for the latest job, in a folder that goes with Krita.
"""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader

from ..base.problems import ProblemError
from ..base.qt import QtGui
from ..base.tasks import Steps, in_thread
from ..documents.find import document_key, document_title, find_document
from ..settings.sources import ReferenceSource
from ..settings.store import DocumentSettings
from .pictures import capture_reference

if TYPE_CHECKING:
    from krita import Document

MOST_PAGES = 12
"""Closed pages that are remembered."""
QUALITY = 80
"""Qt's quality of PNG files, which have none: a higher one is packed faster."""


@dataclass(frozen=True)
class ColoredPage:
    """Page with its settings when it was coloured last. `pictures`: the files of its references, in their order, "" for
    those that are files anyway or could not be kept."""

    key: str
    title: str
    path: str
    settings: DocumentSettings
    pictures: tuple[str, ...] = ()


class ColoredPages:
    """The pages that were coloured since Krita's start, oldest first."""

    def __init__(self) -> None:
        self._pages: dict[str, ColoredPage] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Remove the files."""
        folder, self._folder = self._folder, None
        self._pages.clear()
        if folder is not None:
            folder.cleanup()

    def pages(self) -> tuple[ColoredPage, ...]:
        """Return them."""
        return tuple(self._pages.values())

    def note(
        self,
        document: Document,
        settings: DocumentSettings,
        read: Sequence[tuple[ReferenceSource, ImageHeader, memoryview | bytes]],
    ) -> Steps[None]:
        """Remember `document` with its `settings`. `read`: its references as they were read, with their pixels."""
        key = document_key(document)
        page = ColoredPage(key, document_title(document), document.fileName(), settings)
        pictures = []
        for source, header, data in read:
            kept = "" if source.kind == "file" else (yield from self._keep(header, data))
            pictures.append(kept)
        self._pages.pop(key, None)
        self._pages[key] = dataclasses.replace(page, pictures=tuple(pictures))
        for old in list(self._pages)[:-MOST_PAGES]:
            del self._pages[old]

    def _keep(self, header: ImageHeader, data: memoryview | bytes) -> Steps[str]:
        """Write a reference to a file; the result is its path, "" where it cannot be written."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="huebrush-references-")
        folder = Path(self._folder.name)
        try:
            return (yield from in_thread(lambda: str(save_picture(folder, header, data))))
        except OSError:
            return ""


def carried(page: ColoredPage, folder: Path) -> Steps[tuple[ReferenceSource, ...]]:
    """Make the references of `page` fit for any other document; the result has them in their order. What is a layer, or
    a document that was closed, becomes a picture file in `folder`. What is gone is left out.

    Raises OSError when the folder cannot be written.
    """
    made: list[ReferenceSource] = []
    pictures = (*page.pictures, *[""] * len(page.settings.references))
    for source, kept in zip(page.settings.references, pictures, strict=False):
        if source.kind == "file" or (source.kind == "document" and find_document(source.key) is not None):
            made.append(source)
            continue
        path = (yield from _read_now(page.key, source, folder)) or _copied(kept, folder)
        if path:
            made.append(dataclasses.replace(source, kind="file", key=path))
    return tuple(made)


def save_picture(folder: Path, header: ImageHeader, data: memoryview | bytes) -> Path:
    """Save a picture (packed BGRA) in `folder` under a name that the same picture always gets, and return its file.
    Raises OSError. Touches no widgets, so it may run in any thread."""
    name = hashlib.sha256(data).hexdigest()[:12]
    file = folder / f"{name}-{header.width}x{header.height}.png"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    stride = header.width * 4
    picture = QtGui.QImage(bytes(data), header.width, header.height, stride, QtGui.QImage.Format.Format_ARGB32)
    fresh = file.with_name(f".{file.name}")
    if not picture.save(str(fresh), "PNG", QUALITY):
        raise OSError(f"cannot write {file}")
    fresh.replace(file)
    return file


def _read_now(key: str, source: ReferenceSource, folder: Path) -> Steps[str]:
    """Save a layer of the document with this `key` as it is now; the result is the path, "" if it is not there."""
    document = find_document(key)
    if document is None or source.kind != "layer":
        return ""
    try:
        header, data = yield from capture_reference(document, source)
    except ProblemError:
        return ""
    return (yield from in_thread(lambda: str(save_picture(folder, header, data))))


def _copied(kept: str, folder: Path) -> str:
    """Copy a kept file, which goes with Krita, into `folder`, and return its new path; "" if it is not there."""
    if not kept or not Path(kept).exists():
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    return str(shutil.copy(kept, folder))
