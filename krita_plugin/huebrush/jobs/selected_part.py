"""Part of the page that a result is limited to: what was selected when its job began, with its soft edges.

The whole page is computed, because regions and colours need it. Outside the selection, the result's layers are
transparent.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from mmap import mmap
from typing import TYPE_CHECKING

from huebrush_protocol.frames import CHANNELS, Image

from ..base.problems import ProblemError, problem
from ..base.tasks import BREATHE, Steps, in_thread
from ..documents.selection import read_selected
from ..results.flats_report import Box, FlatsReport, PlaceToCheck
from ..results.recipes import SELECTED
from ..strokes.masks import Mask, masks_meet, pack_mask, unpack_mask

if TYPE_CHECKING:
    from krita import Document, Selection

PIXELS_AT_ONCE = 1 << 16
"""Number of pixels clipped in one step."""
FULL = 255
NOTHING_IN_SELECTION = "nothing_in_selection"
"""Code of the problem that nothing of a result is within the selection."""


@dataclass(frozen=True)
class SelectedPart:
    """Selected part of a page of `width` × `height` pixels; `mask`: packed by `pack_mask`."""

    width: int
    height: int
    mask: str

    def is_of(self, document: Document) -> bool:
        """True unless `document` has another size by now."""
        return (document.width(), document.height()) == (self.width, self.height)


def recorded_part(settings: Mapping[str, object]) -> SelectedPart | None:
    """Return the part that the result with these recorded settings was limited to, None for the whole page."""
    values = settings.get(SELECTED)
    if not isinstance(values, Mapping):
        return None
    width, height, mask = values.get("width"), values.get("height"), values.get("mask")
    if not isinstance(width, int) or not isinstance(height, int) or not isinstance(mask, str):
        return None
    return SelectedPart(width, height, mask) if unpack_mask(mask) is not None else None


def read_part(document: Document, selection: Selection) -> Steps[SelectedPart | None]:
    """Read what `selection`, a copy of the selection of `document`, has of the page. The result is the part, None where
    that is the whole page, or nothing of it."""
    found = yield from read_selected(selection, document)
    if found is None:
        return None
    mask = yield from pack_mask(Mask(*found))
    return SelectedPart(document.width(), document.height(), mask)


def require_same_page(document: Document, part: SelectedPart) -> None:
    """Raise `ProblemError` where `document` has another size than when `part` was selected."""
    if not part.is_of(document):
        raise ProblemError(problem("selected_on_other_page"))


def part_meets(part: SelectedPart, masks: Iterable[str]) -> Steps[bool]:
    """Check whether any of some packed edit masks has a pixel of `part`; the result is True or False."""
    selected = unpack_mask(part.mask)
    for packed in masks:
        mask = unpack_mask(packed)
        if selected is not None and mask is not None and (yield from masks_meet(selected, mask)):
            return True
    return False


def clipped(images: Sequence[Image], part: SelectedPart) -> Steps[list[Image]]:
    """Clip the layers of a result to `part`: their opacity is multiplied by how much a pixel is selected. The result
    has no images of which nothing is left.

    Raises `ProblemError` (NOTHING_IN_SELECTION) where nothing is left at all.
    """
    left = yield from clip(images, part)
    if not left:
        raise ProblemError(problem(NOTHING_IN_SELECTION))
    return left


def clip(images: Sequence[Image], part: SelectedPart) -> Steps[list[Image]]:
    """Clip images to `part` as `clipped` does; the result may be empty."""
    return (yield from _clip(images, part, _product()))


def clipped_copy(images: Sequence[Image], part: SelectedPart) -> Steps[list[Image]]:
    """Clip changed copies of layers that were clipped to `part` already: what has not changed stays as it is."""
    return (yield from _clip(images, part, _lesser())) or list(images[:1])


def report_within(report: FlatsReport | None, part: SelectedPart | None) -> FlatsReport | None:
    """Return `report` without the places to check and the parts of colour that have nothing of `part`, if it is one."""
    mask = unpack_mask(part.mask) if part is not None else None
    if report is None or mask is None:
        return report
    places = [_place_within(place, mask) for place in report.places]
    sources = tuple(
        source for source in report.sources if any(_has_pixels(mask, (x, y, 1, 1)) for x, y in source.points)
    )
    inside = tuple(place for place in places if place is not None)
    return dataclasses.replace(report, places=inside, sources=sources, is_of_part=True)


def _clip(images: Sequence[Image], part: SelectedPart, table: bytes) -> Steps[list[Image]]:
    yield BREATHE
    mask = yield from in_thread(lambda: unpack_mask(part.mask))
    assert mask is not None
    left: list[Image] = []
    for image in images:
        made = yield from _clipped(image, mask, table)
        if made is not None:
            left.append(made)
    return left


def _clipped(image: Image, mask: Mask, table: bytes) -> Steps[Image | None]:
    """Clip one image, and crop it to the rectangle around `mask`; the result is None where nothing is left."""
    header, rect, size = image.header, mask.rect, CHANNELS[image.header.order]
    left, top = max(header.x, rect.x), max(header.y, rect.y)
    right, bottom = min(header.x + header.width, rect.right), min(header.y + header.height, rect.bottom)
    if left >= right or top >= bottom:
        return None
    width = right - left
    data = memoryview(mmap(-1, width * (bottom - top) * size))
    at_once, is_empty = max(1, PIXELS_AT_ONCE // width), True
    for first in range(top, bottom, at_once):
        rows = range(first, min(first + at_once, bottom))
        starts = ((row - header.y) * image.stride + (left - header.x) * size for row in rows)
        own = b"".join(bytes(image.data[start : start + width * size]) for start in starts)
        starts = ((row - rect.y) * rect.width + left - rect.x for row in rows)
        shares = b"".join(bytes(mask.data[start : start + width]) for start in starts)
        strip = _shared(own, shares, size, table)
        is_empty = is_empty and strip.count(0) == len(strip)
        data[(first - top) * width * size : (first - top) * width * size + len(strip)] = strip
        yield 0
    if is_empty:
        return None
    made = dataclasses.replace(header, x=left, y=top, width=width, height=bottom - top, stride=width * size)
    return Image(made, data)


def _shared(own: bytes, shares: bytes, size: int, table: bytes) -> bytes:
    """Return packed pixels `own` of 1 or 4 bytes (the last one is the opacity), clipped to `shares`, a byte a pixel."""
    if shares.count(FULL) == len(shares):
        return own
    if shares.count(0) == len(shares):
        return bytes(len(own))
    is_hard = shares.count(0) + shares.count(FULL) == len(shares)
    opacity = b""
    if not is_hard:
        pairs = bytearray(2 * len(shares))
        pairs[0::2], pairs[1::2] = own[size - 1 :: size], shares
        opacity = bytes(map(table.__getitem__, memoryview(pairs).cast("H")))
    inside, gate = shares if is_hard else opacity.translate(_ANY), bytearray(len(own))
    for channel in range(size):
        gate[channel::size] = inside
    kept = int.from_bytes(own, sys.byteorder) & int.from_bytes(gate, sys.byteorder)
    made = kept.to_bytes(len(own), sys.byteorder)
    if is_hard:
        return made
    soft = bytearray(made)
    soft[size - 1 :: size] = opacity
    return bytes(soft)


_ANY = bytes(FULL if value else 0 for value in range(256))


@lru_cache(maxsize=1)
def _product() -> bytes:
    """Return the product of each two bytes as shares of 255; either of them may come first in the index."""
    return bytes((one * other + FULL // 2) // FULL for one in range(256) for other in range(256))


@lru_cache(maxsize=1)
def _lesser() -> bytes:
    """Return the lesser of each two bytes."""
    return bytes(min(one, other) for one in range(256) for other in range(256))


def _place_within(place: PlaceToCheck, mask: Mask) -> PlaceToCheck | None:
    """Return `place` with those of its spots that have something selected, None where none has."""
    spots = place.spots or ((place.x, place.y, place.width, place.height),)
    inside = tuple(spot for spot in spots if _has_pixels(mask, spot))
    if not inside:
        return None
    return dataclasses.replace(place, spots=inside if place.spots else ()).at_spot(0) if place.spots else place


def _has_pixels(mask: Mask, box: Box) -> bool:
    """True when `mask` has a pixel in the rectangle `box` of the page."""
    x, y, width, height = (round(value) for value in box)
    left, right = max(x - mask.rect.x, 0), min(x + max(width, 1) - mask.rect.x, mask.rect.width)
    top, bottom = max(y - mask.rect.y, 0), min(y + max(height, 1) - mask.rect.y, mask.rect.height)
    stride = mask.rect.width
    return left < right and any(
        any(mask.data[row * stride + left : row * stride + right]) for row in range(top, bottom)
    )
