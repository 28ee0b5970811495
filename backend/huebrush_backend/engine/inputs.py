"""Converts a request to the pipeline's inputs: sketch, references, masks on their canvas, and the controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import torch
from huebrush_protocol import parameters as protocol
from huebrush_protocol.texts import Text

from huebrush_backend.engine.initial import initial_picture
from huebrush_backend.engine.named_colors import with_named_colors
from huebrush_backend.engine.page_lines import PageLines
from huebrush_backend.engine.references import (
    counted_part,
    padded,
    reduced,
    reference_picture,
    widened,
    without_margins,
)
from huebrush_backend.engine.request import ColorizeRequest, Reference
from huebrush_backend.imaging.color import flatten, flatten_on_white
from huebrush_backend.imaging.figure_masks import line_art_figure, reference_figure
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.catalog import ModelEntry
from huebrush_backend.pipeline.canvas import canvas_size, reduce_line_art
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.conditioning import fit_sketch, picture_tensor, sketch_tensor
from huebrush_backend.pipeline.enhancement import Enhancement, latent_mask
from huebrush_backend.pipeline.guidance import GuidanceWindow
from huebrush_backend.pipeline.injection import Injection
from huebrush_backend.pipeline.reference_levels import level_strengths
from huebrush_backend.pipeline.refusals import UnsupportedRequestError
from huebrush_backend.pipeline.sketch_modes import prepare_sketch


@dataclass(frozen=True)
class PreparedInputs:
    """The pipeline's arguments for one picture.

    * `kept`: (H,W) bool where the result is opaque, None for everywhere
    * `sketch`: (1,3,h,w) in [-1,1], for a canvas of `height` x `width`
    * `reference_parts`: for each reference a mask of the part that counts, (1,1,h,w) of 0 and 1, or None for all of it
    * `options`: the pipeline's arguments that come from the controls
    * `notes`: for the recipe, what was made automatically
    """

    kept: np.ndarray | None
    sketch: torch.Tensor
    references: list[torch.Tensor]
    reference_parts: list[torch.Tensor | None]
    height: int
    width: int
    options: dict[str, Any]
    notes: tuple[Text, ...]


def prepare_inputs(
    request: ColorizeRequest, lines: PageLines, entry: ModelEntry, pipeline: ColorizationPipeline
) -> PreparedInputs:
    """Return the inputs of `pipeline`, the model of `entry`, for `request`, whose page has the lines `lines`.

    Raises LineArtError if there are no lines, and UnsupportedRequestError for strengths that the model does not
    support. `make_plan` must have accepted the request.
    """
    parameters = request.parameters
    ink, full_sketch = lines.ink, _full_sketch(request.line_art, parameters.sketch_mode)
    height, width = canvas_size(ink.shape[1], ink.shape[0], entry.info.native_size)
    sketch = sketch_tensor(reduce_line_art(ink, height, width)) if full_sketch is None else full_sketch
    figure, notes = _line_art_figure(request, ink)
    enhancement, more_notes = _enhancement(request, figure, sketch, height, width)
    wanted = parameters.enhancement
    padding = parameters.reference_padding
    shown = [without_margins(item) if pipeline.trims_margins else item for item in request.references]
    references = [reference_picture(item, padding) for item in shown]
    initial = None
    if request.initial is not None:
        initial = picture_tensor(initial_picture(request.initial, height, width))
    edits, recolored = with_named_colors(token_edits(parameters.edits), entry, pipeline)
    return PreparedInputs(
        kept=figure >= wanted.sketch_threshold * 255 if wanted.cut_out and figure is not None else None,
        sketch=sketch,
        references=[picture_tensor(reference) for reference in references],
        reference_parts=[part_tensor(item, padding) for item in shown],
        height=height,
        width=width,
        options={
            "reference_strength": _reference_strength(parameters, pipeline),
            "sketch_strength": parameters.sketch_strength,
            "sampler": parameters.sampler,
            "noise_schedule": parameters.noise_schedule,
            "edits": edits,
            "injection": parameters.injection and Injection(**asdict(parameters.injection)),
            "enhancement": enhancement,
            "initial": initial,
            "change": parameters.change,
        },
        notes=(*notes, *more_notes, *recolored),
    )


def part_tensor(item: Reference, padding: float) -> torch.Tensor | None:
    """Return the mask of the part of `reference_picture` that counts, (1,1,h,w) of 0 and 1; None if all counts."""
    if not item.masks:
        return None
    counts = counted_part(item).astype(np.uint8)
    beside = 1 if item.part is None else 0
    return torch.from_numpy(padded(counts, padding, beside))[None, None].float()


def token_edits(edits: Sequence[protocol.TextEdit]) -> list[TextEdit]:
    """Return the edits that act on the whole page, in the pipeline's form."""
    return [token_edit(edit) for edit in edits if not edit.is_brushed]


def token_edit(edit: protocol.TextEdit) -> TextEdit:
    """Return the change of a reference's tokens by `edit`, regardless of its mask."""
    return TextEdit(
        target=edit.target,
        anchor=edit.anchor,
        control=edit.control,
        strength=edit.strength,
        enhanced=edit.enhanced,
        thresholds=edit.thresholds,
    )


def guidance_window(parameters: protocol.Parameters) -> GuidanceWindow:
    """Return the pipeline's window for these parameters."""
    return GuidanceWindow(**asdict(parameters.guidance_window))


def _full_sketch(pixels: np.ndarray, mode: str) -> torch.Tensor | None:
    """Return the sketch (1,3,H,W) of `mode`, None for modes that make it from the ink coverage."""
    if mode in ("lines", protocol.DARK_LINES, protocol.LIGHT_LINES, protocol.EXTRACT):
        return None
    # "none" expects light lines on black, so unpainted pixels are black for it.
    rgb = flatten(pixels, (0, 0, 0)) if mode == "none" else flatten_on_white(pixels)
    return prepare_sketch(rgb, mode)


def _reference_strength(parameters: protocol.Parameters, pipeline: ColorizationPipeline) -> float | list[float]:
    strength, levels = parameters.reference_strength, parameters.reference_levels
    if parameters.block_strengths:
        return [strength * block for block in parameters.block_strengths]
    if levels == protocol.LevelStrengths():
        return strength
    places = pipeline.transformer_block_places
    if not places:
        raise UnsupportedRequestError(Text.of("model.one_strength"))
    return [strength * level for level in level_strengths(places, levels.encoder, levels.middle, levels.low)]


def _line_art_figure(request: ColorizeRequest, ink: np.ndarray) -> tuple[np.ndarray | None, tuple[Text, ...]]:
    """Return the mask (H,W) uint8 of the line art if one is needed, with a note if it was made automatically."""
    wanted = request.parameters.enhancement
    if not (wanted.background or wanted.foreground or wanted.cut_out):
        return None, ()
    if request.line_art_mask is not None:
        return request.line_art_mask.pixels, ()
    return line_art_figure(ink), (Text.of("note.line_art_mask"),)


def _enhancement(
    request: ColorizeRequest,
    line_art_mask: np.ndarray | None,
    sketch: torch.Tensor,
    height: int,
    width: int,
) -> tuple[Enhancement, tuple[Text, ...]]:
    """Return the enhancement with its masks and pictures, and notes of what was made automatically."""
    wanted = request.parameters.enhancement
    if not any(getattr(wanted, name) for name in protocol.ENHANCEMENTS):
        return Enhancement(), ()
    notes = list[Text]()
    sketch_mask = reference_mask = background = None
    padding = request.parameters.reference_padding
    if line_art_mask is not None and (wanted.background or wanted.foreground):
        sketch_mask = _canvas_mask(line_art_mask, sketch, height, width)
    if request.background is not None:
        pixels = request.background.pixels
        picture = reduced(pixels)
        if wanted.clear_background_picture:
            notes.append(Text.of("note.background_mask"))
            figure = widened(reference_figure(pixels), pixels) >= wanted.reference_threshold * 255
            picture = np.where(figure[..., None], np.uint8(255), picture)
        background = picture_tensor(padded(picture, padding, 255))
    elif wanted.background:
        pixels = request.references[0].pixels
        if request.reference_mask is None:
            notes.append(Text.of("note.reference_mask"))
        figure = reference_figure(pixels) if request.reference_mask is None else request.reference_mask.pixels
        reference_mask = torch.from_numpy(padded(widened(figure, pixels), padding, 0))[None, None].float() / 255
    enhancement = Enhancement(
        background=wanted.background,
        foreground=wanted.foreground,
        style=wanted.style,
        sketch_mask=sketch_mask,
        reference_mask=reference_mask,
        background_picture=background,
        sketch_threshold=wanted.sketch_threshold,
        reference_threshold=wanted.reference_threshold,
        foreground_scale=wanted.foreground_strength,
        background_scale=wanted.background_strength,
        merge_scale=wanted.merge,
        background_factor=wanted.background_factor,
        style_merge=wanted.merge,
    )
    return enhancement, tuple(notes)


def _canvas_mask(figure: np.ndarray, sketch: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Return a mask (H,W) uint8 of the line art, placed on the canvas as `sketch` is, in the latent's size."""
    rows, columns = sketch.shape[-2:]
    small = cv2.resize(figure, (columns, rows), interpolation=cv2.INTER_AREA)
    plane = torch.from_numpy(small)[None, None].float() / 127.5 - 1
    return latent_mask(((fit_sketch(plane, height, width)[0] + 1) / 2).clamp(0, 1))
