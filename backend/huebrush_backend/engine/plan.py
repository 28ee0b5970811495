"""What the engine will do for a request, decided at once and before anything is computed; all refusals are made here.

Imports no torch. Two things cannot be known yet, and are refused when they are: that the page has no lines, and what a
loaded model alone can tell (its samplers, the number of its blocks). `Engine.colorize` makes refusals of those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest

from huebrush_protocol.parameters import ENHANCEMENTS, EXTRACT, NO_PATCH, TextEdit
from huebrush_protocol.regions import CHECK, PICTURE, WITHOUT_MODEL

from huebrush_backend.engine.edit_colors import knows_colors, target_color
from huebrush_backend.engine.references import has_colors
from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference
from huebrush_backend.flats.palettes.extraction import extract_palette
from huebrush_backend.flats.palettes.palette import Palette, PaletteError, Swatch, make_palette, parse_hex
from huebrush_backend.imaging.color_codes import Rgb
from huebrush_backend.models.catalog import ModelEntry

EMPTY_PICTURE_REMEDY = "Choose a layer with a picture."


class EditKind(Enum):
    """What becomes of the edits that act in one place of the page."""

    NONE = "none"
    """There are none, or a check has no use for them."""
    PAINT = "paint"
    """The model paints their places, in its own picture or in the layer that is edited."""
    FILL = "fill"
    """Their masks are filled evenly in the artist's layer of flats."""
    HINTS = "hints"
    """They colour whole regions of flats that are made anew."""


@dataclass(frozen=True)
class Plan:
    """What is done for one request.

    `model`: what is loaded, None for nothing. `paints_page`: the model paints the whole page. `edits`: how its edits of
    single places are carried out. `edit_colors`: for each of those the sRGB that it asks for, None where the model's
    picture of the place says it. `widens_masks`: masks of edits grow to the regions that they touch. `makes_flats`:
    regions are found and coloured, or checked, after the `palette` if there is one. `draws_lines`: a layer of the
    page's extracted lines lies above.
    """

    model: ModelEntry | None
    paints_page: bool
    edits: EditKind
    edit_colors: tuple[Rgb | None, ...]
    widens_masks: bool
    makes_flats: bool
    palette: Palette | None
    draws_lines: bool

    @property
    def paints_places(self) -> bool:
        """Whether the model paints the places of edits."""
        return self.edits is EditKind.PAINT or (self.edits is not EditKind.NONE and None in self.edit_colors)


def make_plan(request: ColorizeRequest, find_model: Callable[[str], ModelEntry]) -> Plan:
    """Return what to do for `request`.

    `find_model` returns the model of a name, or raises EngineError; it is asked only where a model is needed. Raises
    EngineError for whatever cannot be done.
    """
    _check_edits(request)
    _check_edited_layer(request)
    for reference in request.references:
        _check_reference_masks(reference)
    result = request.parameters.regions.result
    if request.model == WITHOUT_MODEL and result == PICTURE:
        raise EngineError(
            "bad_input",
            "Without a model there is no picture, only flats.",
            "Choose flats or a colorize mask as the result, or choose a model.",
        )
    model = None if request.model == WITHOUT_MODEL or result == CHECK else find_model(request.model)
    edits = _edit_kind(request)
    palette = None if edits is EditKind.FILL or result == PICTURE else request_palette(request)
    plan = Plan(
        model=model,
        paints_page=model is not None and request.before is None,
        edits=edits,
        edit_colors=tuple(target_color(request, edit, knows_colors(model)) for edit in request.brushed_edits),
        widens_masks=any(edit.whole_regions for edit in request.brushed_edits),
        makes_flats=result != PICTURE and edits is not EditKind.FILL,
        palette=palette,
        draws_lines=request.parameters.sketch_mode == EXTRACT and result != CHECK and request.before is None,
    )
    if plan.model is not None and (plan.paints_page or plan.paints_places):
        _check_what_is_shown(request, plan.model)
    elif plan.paints_places:
        raise EngineError(
            "bad_input",
            "Without a model, an edit cannot go by words that name no colour of the vocabulary.",
            "Give the edit a colour as its target, as in #c81e28, or choose a model.",
        )
    if result == CHECK:
        _check_flats(request)
    elif plan.makes_flats:
        _check_color_sources(request, plan)
    return plan


def request_palette(request: ColorizeRequest) -> Palette | None:
    """Return the palette that the flats of `request` go by: given, taken from its references, or None.

    Raises EngineError where none can be made.
    """
    regions = request.parameters.regions
    try:
        if regions.palette:
            named = zip_longest(regions.palette, regions.palette_names, fillvalue="")
            return make_palette([Swatch(parse_hex(color), name) for color, name in named])
        if regions.palette_size and request.references:
            return extract_palette([reference.pixels for reference in request.references], regions.palette_size)
    except PaletteError as error:
        raise EngineError("bad_input", f"No palette can be made: {error}") from error
    return None


def _edit_kind(request: ColorizeRequest) -> EditKind:
    result = request.parameters.regions.result
    if not request.brushed_edits or result == CHECK:
        return EditKind.NONE
    if result == PICTURE:
        return EditKind.PAINT
    return EditKind.HINTS if request.before is None else EditKind.FILL


def _check_edits(request: ColorizeRequest) -> None:
    """Refuse edits of a place without a mask or a patch that shows something."""
    for edit in request.brushed_edits:
        if edit.mask >= len(request.edit_masks):
            raise EngineError("bad_input", f"The edit {edit.target!r} has no mask.", "Give a mask for it.")
        if not _acts_somewhere(request, edit):
            raise EngineError(
                "bad_input",
                f"The mask of the edit {edit.target!r} is empty.",
                "Paint where the edit shall act, white or on a transparent layer.",
            )
        if edit.patch >= len(request.edit_patches):
            raise EngineError("bad_input", f"The edit {edit.target!r} has no patch.", "Give the picture of its patch.")
        if edit.patch != NO_PATCH and not request.edit_patches[edit.patch].pixels[..., 3].any():
            raise EngineError(
                "bad_input",
                f"The patch of the edit {edit.target!r} is empty: all of it is transparent.",
                "Choose a part of a picture that something is painted in.",
            )


def _acts_somewhere(request: ColorizeRequest, edit: TextEdit) -> bool:
    mask = request.edit_masks[edit.mask].pixels
    return bool((mask >= 128).any() if edit.whole_regions else mask.any())


def _check_edited_layer(request: ColorizeRequest) -> None:
    """Refuse a layer to edit where no edit says where, or where the result is no one layer."""
    if request.before is None:
        return
    if not request.brushed_edits:
        raise EngineError(
            "bad_input",
            "There is a layer to edit, but no edit says where.",
            "Add an edit with a mask and a strength above 0, or leave the layer out.",
        )
    regions = request.parameters.regions
    if regions.result not in (PICTURE, "flats") or regions.shading:
        raise EngineError(
            "bad_input",
            "A layer can be edited by a picture or by flats on one layer without shading, not by several layers.",
            "Choose the picture or flats on one layer as the result, or leave the layer out.",
        )


def _check_reference_masks(reference: Reference) -> None:
    """Refuse a mask that is not of its reference's size, and masks that leave nothing of it."""
    for role, mask in reference.masks:
        if mask.pixels.shape != reference.pixels.shape[:2]:
            sizes = [f"{found[1]} x {found[0]}" for found in (mask.pixels.shape, reference.pixels.shape)]
            raise EngineError(
                "bad_input",
                f"The {role.replace('_', ' ')} of {reference.name!r} is {sizes[0]} pixels, the reference {sizes[1]}.",
                "Give a mask of the reference's own size.",
            )
    if reference.masks and reference.pixels[..., 3].any() and not has_colors(reference):
        raise EngineError(
            "bad_input",
            f"Nothing of the reference {reference.name!r} is left to take colours from.",
            "Brush over a place of it that something is painted in, and leave out less.",
        )


def _check_what_is_shown(request: ColorizeRequest, model: ModelEntry) -> None:
    """Refuse empty pictures that the model would be shown, and enhancements that it cannot do."""
    if not all(reference.pixels[..., 3].any() for reference in request.references):
        raise EngineError("bad_input", "A reference is empty: all of it is transparent.", EMPTY_PICTURE_REMEDY)
    enhancement = request.parameters.enhancement
    asked = [name for name in ENHANCEMENTS if getattr(enhancement, name)]
    if not asked:
        return
    able = model.info.enhancements
    missing = [name for name in asked if name not in able]
    if missing:
        raise EngineError(
            "bad_input",
            f"The model {model.info.name!r} cannot enhance the {missing[0]}; "
            + (f"it can enhance the {' and the '.join(able)}." if able else "it has no enhancements."),
            "Switch that enhancement off, or choose a model that has it.",
        )
    if len(request.references) != 1:
        raise EngineError(
            "bad_input",
            f"An enhancement takes exactly one reference, not {len(request.references)}.",
            "Leave one reference, or switch the enhancements off.",
        )
    if request.background is not None and not request.background.pixels[..., 3].any():
        raise EngineError("bad_input", "The background is empty: all of it is transparent.", EMPTY_PICTURE_REMEDY)


def _check_flats(request: ColorizeRequest) -> None:
    """Refuse a check of flats that are not there."""
    if request.flats is None or not request.flats[..., 3].any():
        raise EngineError(
            "bad_input", "There are no flats to check.", "Choose the layer with your flats; it must not be empty."
        )


def _check_color_sources(request: ColorizeRequest, plan: Plan) -> None:
    """Refuse flats for which neither a picture, hints, an edit nor a palette gives colours."""
    hinted = request.hints is not None and bool(request.hints[..., 3].any())
    edited = any((request.edit_masks[edit.mask].pixels >= 128).any() for edit in request.brushed_edits)
    if not (plan.paints_page or hinted or edited or plan.palette is not None):
        raise EngineError(
            "bad_input",
            "There is nothing to take colours from.",
            "Paint a stroke of colour on a hints layer, choose a palette, or choose a model and a reference.",
        )
