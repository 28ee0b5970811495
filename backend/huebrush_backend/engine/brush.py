"""Carries out edits inside edit masks: chooses the sections of the page for the model, and makes the edited layer.

Pixels outside the masks are copied from the layer that is edited, so they never change. The model sees each mask with
its surroundings; small masks are enlarged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from huebrush_protocol.parameters import NO_PATCH, TextEdit

from huebrush_backend.engine.edit_colors import patch_picture, target_color
from huebrush_backend.engine.edited_layer import UNDER_INK, blended, has_lines, under_lines
from huebrush_backend.engine.inputs import token_edit
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.request import ColorizeRequest, FigureMask
from huebrush_backend.imaging.brush_masks import Window, brush_shares, brush_windows
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.color_codes import Rgb
from huebrush_backend.imaging.figure_masks import line_art_figure
from huebrush_backend.imaging.recoloring import shift_to_color
from huebrush_backend.pipeline.brushing import Brush, MaskedEdits
from huebrush_backend.pipeline.canvas import picture_on_canvas
from huebrush_backend.pipeline.conditioning import picture_tensor

LEAST_SHARE = 3 / 8
"""Shortest side of a section for the model, in page pixels, as a share of the model's own size. Enlarged further, lines
would be wider than any that the model knows."""

PaintSection = Callable[[ColorizeRequest, PageLines, Callable[[int, int], Brush]], np.ndarray]
"""Function that returns the model's picture (h,w,3) uint8 of a section of the page, in the section's size. It takes the
section's request and lines, and a function that returns the brush for a canvas of (height, width)."""


@dataclass(frozen=True, eq=False)
class BrushedEdit:
    """One edit in one window.

    `mask`: (h,w) uint8, of the window's size. `color`: the edit's colour if it is known. `patch`: (h,w,3) uint8, the
    picture that the page should look like inside the mask, if there is one. `follows`: number of the request's edits of
    the whole page that come before this edit.
    """

    edit: TextEdit
    color: Rgb | None
    mask: np.ndarray
    patch: np.ndarray | None = None
    follows: int = 0


@dataclass(frozen=True, eq=False)
class BrushRun:
    """Edits that the model makes together, in order, in the same window of the page."""

    window: Window
    edits: tuple[BrushedEdit, ...]


def brush_runs(request: ColorizeRequest, native: int, knows_colors: bool) -> list[BrushRun]:
    """Return the runs for the brushed edits of `request`, in order; `native`: the model's size in pixels."""
    runs: list[BrushRun] = []
    follows = 0
    for edit in request.parameters.edits:
        if not edit.is_brushed:
            follows += 1
        if not edit.is_brushed or edit.strength <= 0:
            continue
        color = target_color(request, edit, knows_colors)
        patch = None if edit.patch == NO_PATCH else patch_picture(request.edit_patches[edit.patch].pixels)
        mask = request.edit_masks[edit.mask].pixels
        for window, section_mask in brush_windows(mask, round(LEAST_SHARE * native)):
            added = BrushedEdit(edit, color, section_mask, patch, follows)
            if runs and runs[-1].window == window:
                runs[-1] = BrushRun(window, (*runs[-1].edits, added))
            else:
                runs.append(BrushRun(window, (added,)))
    return runs


def run_brush(
    request: ColorizeRequest, lines: PageLines, before: np.ndarray, run: BrushRun, paint: PaintSection
) -> np.ndarray:
    """Return a copy of the layer `before` (H,W,4) uint8 with the picture of `paint` inside the masks of `run`."""
    window, ink = run.window, lines.ink[run.window.slices]
    under = before[window.slices]
    section = _section_request(request, lines, window)
    page = paint(section, PageLines(section, ink), lambda height, width: _brush(run, under, height, width))
    result = before.copy()
    layer = result[window.slices]
    free, inked = ink < UNDER_INK, has_lines(request, lines.ink)
    for index, edit in enumerate(run.edits):
        shares = brush_shares(edit.mask, edit.edit.feather)
        colors = page
        if edit.color is not None:
            inside = _seen(run, index)
            colors = shift_to_color(page, inside & free if (inside & free).any() else inside, edit.color)
        layer[...] = blended(under_lines(colors, ink) if inked else colors, shares, layer)
    return result


def _seen(run: BrushRun, index: int) -> np.ndarray:
    """Mark where later edits do not cover edit `index` of `run`, (h,w) bool; its whole mask if they cover all of it."""
    inside = run.edits[index].mask >= 128
    covered = np.zeros_like(inside)
    for later in run.edits[index + 1 :]:
        covered |= later.mask >= 128
    free = inside & ~covered
    return free if free.any() else inside


def _section_request(request: ColorizeRequest, lines: PageLines, window: Window) -> ColorizeRequest:
    """Return the request for the section `window` of the page."""
    enhancement, figure = request.parameters.enhancement, request.line_art_mask
    if figure is None and (enhancement.background or enhancement.foreground):
        figure = FigureMask(line_art_figure(lines.ink))  # of the whole page: a section hides which areas lines enclose
    if figure is not None:
        figure = replace(figure, pixels=np.ascontiguousarray(figure.pixels[window.slices]))
    section = replace(request.unbrushed(), initial=None, line_art=np.ascontiguousarray(request.line_art[window.slices]))
    return replace(section, line_art_mask=figure, hints=None)


def _brush(run: BrushRun, before: np.ndarray, height: int, width: int) -> Brush:
    """Return the pipeline's brush on a canvas of `height` x `width` for a window that shows `before` (h,w,4)."""
    picture = picture_on_canvas(flatten_on_white(before), height, width)
    masked = []
    for edit in run.edits:
        mask = picture_on_canvas(edit.mask, height, width, around=0)
        plane = picture_tensor(np.dstack([mask] * 3))[:, :1] / 2 + 0.5
        edits = () if edit.color is not None else (token_edit(edit.edit),)
        patch = None if edit.patch is None else picture_tensor(edit.patch)
        masked.append(MaskedEdits(plane, edits, edit.color, patch, edit.follows))
    return Brush(tuple(masked), picture_tensor(picture))
