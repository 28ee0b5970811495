"""Images of a job, read from layers, files and other documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_protocol.frames import MAX_EDGE
from huebrush_protocol.messages import ImageHeader

from ..base.problems import ProblemError, Remedy, problem
from ..base.tasks import BREATHE, Steps, in_thread
from ..documents.find import document_title, find_document, find_node, root_node, while_open
from ..documents.layer_reading import read_node
from ..documents.page_change import PageMark, mark_page
from ..documents.picture_files import UnreadablePicture, read_pixels
from ..documents.pixels import Pixels, Rect, trim
from ..documents.reach import reach
from ..documents.selection import read_selection
from ..settings.sources import ReferenceSource

if TYPE_CHECKING:
    from krita import Document, Node

MAX_NAME = 100
CapturedPicture = tuple[ImageHeader, memoryview]
"""Header and frame of one image."""


@dataclass(frozen=True)
class LeftOut:
    """A place of the layer called `name` that is far from everything else on it, and was left out."""

    name: str
    rect: Rect


@dataclass(frozen=True)
class Captured:
    """Images of a job: headers and frames in the same order, line art first; whether its paper is opaque; what was
    left out; and how the page was."""

    headers: tuple[ImageHeader, ...]
    frames: tuple[memoryview | bytes, ...]
    line_art_opaque: bool
    left_out: tuple[LeftOut, ...] = ()
    mark: PageMark | None = None

    def with_images(self, headers: Sequence[ImageHeader], frames: Sequence[memoryview | bytes]) -> Captured:
        """Return this with more images."""
        return replace(self, headers=(*self.headers, *headers), frames=(*self.frames, *frames))


def capture(
    document: Document,
    line_art: str,
    references: tuple[ReferenceSource, ...],
    extras: tuple[tuple[str, ReferenceSource], ...] = (),
) -> Steps[Captured]:
    """Read everything a job needs from `document`; the generator's result is `Captured`.

    `line_art` is a layer's id. `extras`: background, masks, hints, flats and the like, each with its role. Raises
    `ProblemError` for mistakes that the artist can correct.
    """
    return while_open(document, _capture(document, line_art, references, extras), problem("document_closed_early"))


def _capture(
    document: Document,
    line_art: str,
    references: tuple[ReferenceSource, ...],
    extras: tuple[tuple[str, ReferenceSource], ...],
) -> Steps[Captured]:
    lines = find_node(document, line_art)
    if lines is None:
        raise ProblemError(problem("no_line_art"))
    page = Rect(0, 0, document.width(), document.height())
    _check_size(page, document_title(document))
    pixels = yield from _read_layer(document, lines, page)
    headers = [_header("line_art", pixels.rect, lines.name())]
    frames: list[memoryview] = [pixels.data]
    mark = mark_page(pixels)
    left_out: list[LeftOut] = []
    for role, source in (*(("reference", reference) for reference in references), *extras):
        read = _READERS.get(role, partial(_read_reference, left_out=left_out))
        header, frame = yield from read(document, role, source)
        headers.append(header)
        frames.append(frame)
    return Captured(tuple(headers), tuple(frames), pixels.is_opaque, tuple(left_out), mark)


def capture_reference(document: Document, source: ReferenceSource) -> Steps[CapturedPicture]:
    """Read one reference; the generator's result is its header and its frame. Raises `ProblemError` as `capture`."""
    return while_open(document, _read_reference(document, "reference", source), problem("document_closed_early"))


def _read_layer(document: Document, node: Node, rect: Rect) -> Steps[Pixels]:
    """Read `rect` of a layer, and look in the pixels whether anything is painted: to find a layer's bounds, Krita would
    search all of it in one go."""
    pixels = yield from read_node(document, node, rect)
    if pixels.is_empty:
        raise ProblemError(problem("empty_layer", name=node.name()))
    return pixels


def _read_mask(document: Document, role: str, source: ReferenceSource) -> Steps[CapturedPicture]:
    """Read the selection, or a layer within the page. The backend uses the layer's alpha as the mask, or, if it is
    opaque everywhere, its brightness."""
    if source.kind == "selection":
        page, data = yield from read_selection(document)
        return ImageHeader(role, page.width, page.height, "GRAY", name=source.name[:MAX_NAME]), data
    node = find_node(document, source.key)
    if node is None:
        raise ProblemError(problem("mask_deleted", name=source.name))
    pixels = yield from _read_layer(document, node, Rect(0, 0, document.width(), document.height()))
    return _header(role, pixels.rect, source.name), pixels.data


def _read_reference(
    document: Document, role: str, source: ReferenceSource, left_out: list[LeftOut] | None = None
) -> Steps[CapturedPicture]:
    """Read a picture whole. What is far from everything else on a layer is added to `left_out`."""
    if source.kind == "file":
        width, height, data = yield from _read_file(Path(source.key))
        return _header(role, Rect(0, 0, width, height), source.name, source.weight), data
    if source.kind == "document":
        other = find_document(source.key)
        closed = problem("reference_document_closed", name=source.name)
        if other is None:
            raise ProblemError(closed)
        node, owner = root_node(other), other
        rect = Rect(0, 0, other.width(), other.height())
    else:
        node, owner, closed = find_node(document, source.key), document, problem("document_closed_early")
        if node is None:
            raise ProblemError(problem("reference_deleted", name=source.name))
        found = yield from reach(document, node)
        rect = found.rect
        if left_out is not None:
            left_out += [LeftOut(source.name, place) for place in found.left_out]
        yield BREATHE
    _check_size(rect, source.name)
    pixels = yield from while_open(owner, _read_layer(owner, node, rect), closed)
    data = pixels.data
    if source.kind == "layer":
        rect, data = yield from trim(pixels)
    return _header(role, rect, source.name, source.weight), data


def _read_colored(document: Document, role: str, source: ReferenceSource) -> Steps[CapturedPicture]:
    """Read a coloured picture: a layer within the page, however little of it is painted, else as a reference."""
    if source.kind != "layer":
        return (yield from _read_reference(document, role, source))
    return (yield from _read_over_lines(document, role, source))


def _read_over_lines(document: Document, role: str, source: ReferenceSource) -> Steps[CapturedPicture]:
    """Read a layer of hints, flats or colours, or one to go on from, within the page."""
    node = find_node(document, source.key)
    if node is None:
        raise ProblemError(problem(f"{role}_deleted", name=source.name))
    pixels = yield from _read_layer(document, node, Rect(0, 0, document.width(), document.height()))
    return _header(role, pixels.rect, source.name), pixels.data


_READERS = {
    "line_art_mask": _read_mask,
    "reference_mask": _read_mask,
    "colored": _read_colored,
    "hints": _read_over_lines,
    "flats": _read_over_lines,
    "compared": _read_over_lines,
    "initial": _read_over_lines,
}
"""Functions that read images of these roles; all others are read as references."""


def _check_size(rect: Rect, name: str) -> None:
    if max(rect.width, rect.height) > MAX_EDGE:
        raise ProblemError(problem("too_large", name=name, edge=MAX_EDGE))


def _header(role: str, rect: Rect, name: str, weight: float = 1.0) -> ImageHeader:
    return ImageHeader(role, rect.width, rect.height, "BGRA", x=rect.x, y=rect.y, name=name[:MAX_NAME], weight=weight)


def _read_file(path: Path) -> Steps[tuple[int, int, memoryview]]:
    """Read a picture file in a thread; the result is its width, height and BGRA bytes."""
    try:
        return (yield from in_thread(lambda: read_pixels(path)))
    except UnreadablePicture as error:
        raise ProblemError(problem("unreadable_file", Remedy.RETRY, name=path.name, reason=error)) from error
