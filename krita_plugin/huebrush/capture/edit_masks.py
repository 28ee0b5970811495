"""Edit masks of a job, and the layer that its edits change, read when the job begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader

from ..base.problems import ProblemError, problem
from ..base.strings import text
from ..base.tasks import BREATHE, Steps
from ..documents.find import find_node
from ..documents.layer_reading import is_plain, read_node
from ..documents.own_layers import brush_strokes_within, find_text_brush_layer
from ..documents.pixels import Rect
from ..documents.selection import read_selection
from ..settings.text_edits import BRUSH, SELECTION, TextEditSettings
from ..strokes.masks import Mask, masks_meet, pack_mask, split_brush_strokes
from .patches import patch_pixels

if TYPE_CHECKING:
    from krita import Document, Node

OPAQUE = 255
"""Opacity of a layer that hides everything below it."""


@dataclass(frozen=True)
class EditMasks:
    """Edit masks of a job, with the images that are sent to the backend.

    * `headers`, `frames`: the images for the edits
    * `mask_numbers`: the number of each edit's mask, by the edit's number from 0
    * `packed_masks`: the masks for the recipe, by the same numbers
    * `brush_layer`: the id of the text brush's layer
    * `overlaps`: pairs of edits of which the first covers part of the second, without the pixels that whole regions add
      later
    * `patch_numbers`: as `mask_numbers`, for the patches
    """

    headers: tuple[ImageHeader, ...] = ()
    frames: tuple[memoryview | bytes, ...] = ()
    mask_numbers: Mapping[int, int] = field(default_factory=dict)
    packed_masks: Mapping[int, str] = field(default_factory=dict)
    brush_layer: str = ""
    overlaps: tuple[tuple[int, int], ...] = ()
    patch_numbers: Mapping[int, int] = field(default_factory=dict)


NO_EDIT_MASKS = EditMasks()


def capture_edit_masks(document: Document, edits: Sequence[TextEditSettings], before: str = "") -> Steps[EditMasks]:
    """Read the edit masks of `edits`, and the layer or group with the id `before`, if any.

    The result is an `EditMasks`. An edit without paint or selection is left out. Raises `ProblemError` for
    mistakes that the artist can correct, such as nothing painted or selected at all (with `before`).
    """
    acting = {number: edit for number, edit in enumerate(edits) if edit.acts and edit.has_edit_mask}
    found: dict[int, Mask] = {}
    brush = ""
    if any(edit.scope == BRUSH for edit in acting.values()):
        brush, strokes = yield from _read_strokes(document, edits)
        found |= {number: mask for number, mask in strokes.items() if number in acting}
    selected = [number for number, edit in acting.items() if edit.scope == SELECTION]
    if selected and document.selection() is not None:
        page, data = yield from read_selection(document)
        found |= dict.fromkeys(selected, Mask(page, data))
    if before and not found:
        raise ProblemError(problem("nothing_painted"))
    headers: list[ImageHeader] = []
    frames: list[memoryview | bytes] = []
    packed_masks: dict[int, str] = {}
    if before and found:
        header, data = yield from _read_before(document, before)
        headers.append(header)
        frames.append(data)
    for number, mask in sorted(found.items()):
        rect = mask.rect
        name = edits[number].target.strip()[:100]
        headers.append(ImageHeader("edit_mask", rect.width, rect.height, "GRAY", x=rect.x, y=rect.y, name=name))
        frames.append(mask.data)
        packed_masks[number] = yield from pack_mask(mask)
    patch_numbers = yield from _add_patches(edits, sorted(found), headers, frames)
    mask_numbers = {number: index for index, number in enumerate(sorted(found))}
    used = brush if any(acting[number].scope == BRUSH for number in found) else ""
    overlaps = yield from _overlaps(found, frozenset(selected))
    return EditMasks(
        headers=tuple(headers),
        frames=tuple(frames),
        mask_numbers=mask_numbers,
        packed_masks=packed_masks,
        brush_layer=used,
        overlaps=overlaps,
        patch_numbers=patch_numbers,
    )


def _overlaps(found: Mapping[int, Mask], selected: Collection[int]) -> Steps[tuple[tuple[int, int], ...]]:
    """Find the later edits that cover earlier ones. Brush strokes never overlap: each pixel belongs to one edit."""
    pairs = []
    for later in sorted(found):
        for earlier in sorted(number for number in found if number < later):
            both_selected = later in selected and earlier in selected
            if both_selected or (
                (later in selected or earlier in selected) and (yield from masks_meet(found[later], found[earlier]))
            ):
                pairs.append((later, earlier))
    return tuple(pairs)


def _add_patches(
    edits: Sequence[TextEditSettings],
    numbers: Sequence[int],
    headers: list[ImageHeader],
    frames: list[memoryview | bytes],
) -> Steps[dict[int, int]]:
    """Add the patches of the edits with these numbers to the images; return each patch's number by its edit's."""
    numbers_of: dict[str, int] = {}
    found: dict[int, int] = {}
    for number in numbers:
        edit = edits[number]
        if not edit.patch:
            continue
        if edit.patch not in numbers_of:
            yield BREATHE
            pixels = patch_pixels(edit.patch)
            if pixels is None:
                raise ProblemError(problem("patch_unreadable", name=edit.target))
            width, height, data = pixels
            numbers_of[edit.patch] = len(numbers_of)
            headers.append(ImageHeader("edit_patch", width, height, "BGRA", name=edit.target.strip()[:100]))
            frames.append(data)
        found[number] = numbers_of[edit.patch]
    return found


def _read_strokes(document: Document, edits: Sequence[TextEditSettings]) -> Steps[tuple[str, dict[int, Mask]]]:
    """Read the layer of the text brush; the result is its id and the mask of each edit that has paint on it."""
    layer = find_text_brush_layer(document)
    if layer is None:
        return "", {}
    page = Rect(0, 0, document.width(), document.height())
    pixels = yield from read_node(document, layer, page)
    if pixels.is_empty:
        return "", {}
    masks = yield from split_brush_strokes(pixels, [edit.color if edit.scope == BRUSH else "" for edit in edits])
    return layer.uniqueId().toString(), {number: mask for number, mask in enumerate(masks) if mask is not None}


def _read_before(document: Document, uid: str) -> Steps[tuple[ImageHeader, memoryview]]:
    node = find_node(document, uid)
    if node is None:
        raise ProblemError(problem("edited_layer_deleted"))
    pixels = yield from read_node(document, _shown(document, node), Rect(0, 0, document.width(), document.height()))
    if pixels.is_empty:
        raise ProblemError(problem("empty_layer", name=node.name()))
    name = node.name()[:100] or text("brush.before")
    return ImageHeader("before", pixels.rect.width, pixels.rect.height, "BGRA", name=name), pixels.data


def _shown(document: Document, node: Node) -> Node:
    """Return the only layer that a group shows, apart from brush strokes, if the group shows it unchanged; otherwise
    `node`. (Krita composes groups in the document's colour space, which may change the layer's bytes.)"""
    strokes = brush_strokes_within(document, node)
    children = enumerate(node.childNodes()) if node.type() == "grouplayer" else ()
    seen = [child for index, child in children if child.visible() and [index] not in strokes]
    if len(seen) == 1 and is_plain(seen[0]) and seen[0].blendingMode() == "normal" and seen[0].opacity() == OPAQUE:
        return seen[0]
    return node
