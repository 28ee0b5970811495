"""Decides what the engine does for a request before anything is computed, and refuses what it cannot do.

Imports no torch. Two refusals come later, in `Engine.colorize`: a page without lines, and what only a loaded model can
tell (its samplers, the number of its blocks).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest

from huebrush_protocol.palettes.swatches import PaletteError, Swatch, parse_hex
from huebrush_protocol.parameters import ENHANCEMENTS, EXTRACT, NO_PATCH, TextEdit
from huebrush_protocol.regions import CHECK, PICTURE, STACKS, WITHOUT_MODEL
from huebrush_protocol.texts import Text

from huebrush_backend.engine.colored import check_colored
from huebrush_backend.engine.edit_colors import knows_colors, target_color
from huebrush_backend.engine.initial import check_initial
from huebrush_backend.engine.pins import check_pins
from huebrush_backend.engine.references import has_colors
from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference
from huebrush_backend.flats.palettes.extraction import extract_palette
from huebrush_backend.flats.palettes.palette import Palette, make_palette
from huebrush_backend.imaging.color_codes import Rgb
from huebrush_backend.models.catalog import ModelEntry


class EditKind(Enum):
    """The way in which brushed edits are carried out."""

    NONE = "none"
    """There are none, or the result is a check, which does not use them."""
    PAINT = "paint"
    """The model paints inside their masks, in its own picture or in the layer that is edited."""
    FILL = "fill"
    """Their masks are filled with plain colours in the artist's flats."""
    HINTS = "hints"
    """They are hints for whole regions of new flats."""


@dataclass(frozen=True)
class Plan:
    """The steps for one request.

    * `model`: the model to load, None for none
    * `paints_page`: the model paints the whole page
    * `edits`: how the brushed edits are carried out
    * `edit_colors`: for each brushed edit its sRGB, None if the model's picture inside the mask decides it
    * `widens_masks`: edit masks grow to the regions that they touch
    * `makes_flats`: regions are found and coloured, or checked
    * `palette`: the palette for the flats, if there is one
    * `deals_colors`: there is nothing to take colours from: every region gets one of its own
    * `draws_lines`: a layer with the page's extracted lines is added on top
    """

    model: ModelEntry | None
    paints_page: bool
    edits: EditKind
    edit_colors: tuple[Rgb | None, ...]
    widens_masks: bool
    makes_flats: bool
    palette: Palette | None
    deals_colors: bool
    draws_lines: bool

    @property
    def paints_edits(self) -> bool:
        """Whether the model paints inside the masks of edits."""
        return self.edits is EditKind.PAINT or (self.edits is not EditKind.NONE and None in self.edit_colors)


def make_plan(request: ColorizeRequest, find_model: Callable[[str], ModelEntry]) -> Plan:
    """Return the plan for `request`.

    `find_model` returns the model of a name, or raises EngineError; it is called only if a model is needed. Raises
    EngineError for anything that cannot be done.
    """
    _check_edits(request)
    _check_edited_layer(request)
    for reference in request.references:
        _check_reference_masks(reference)
    result = request.parameters.regions.result
    if request.model == WITHOUT_MODEL and result == PICTURE:
        raise EngineError.of("result.picture_without_model")
    if result != CHECK:
        check_colored(request)
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
        deals_colors=palette is None and _deals_colors(request, edits, model is not None),
        draws_lines=request.parameters.sketch_mode == EXTRACT and result != CHECK and request.before is None,
    )
    check_initial(request, plan.paints_page)
    check_pins(request)
    if plan.model is not None and (plan.paints_page or plan.paints_edits):
        _check_what_is_shown(request, plan.model)
    elif plan.paints_edits:
        raise EngineError.of("edit.words_without_model")
    _check_compared(request)
    if result == CHECK:
        _check_flats(request)
    elif plan.makes_flats:
        _check_color_sources(request, plan)
    return plan


def request_palette(request: ColorizeRequest) -> Palette | None:
    """Return the palette for the flats of `request`: given, taken from its references or else its coloured
    picture, or None.

    Raises EngineError if no palette can be made.
    """
    regions = request.parameters.regions
    try:
        if regions.palette:
            named = zip_longest(regions.palette, regions.palette_names, fillvalue="")
            return make_palette([Swatch(parse_hex(color), name) for color, name in named])
        sources = request.references or ((request.colored,) if request.colored is not None else ())
        if regions.palette_size and sources:
            return extract_palette([source.pixels for source in sources], regions.palette_size)
    except PaletteError as error:
        raise EngineError.of("palette.unusable", reason=Text.about(error)) from error
    return None


def _edit_kind(request: ColorizeRequest) -> EditKind:
    result = request.parameters.regions.result
    if not request.brushed_edits or result == CHECK:
        return EditKind.NONE
    if result == PICTURE:
        return EditKind.PAINT
    return EditKind.HINTS if request.before is None else EditKind.FILL


def _check_edits(request: ColorizeRequest) -> None:
    """Refuse brushed edits whose mask or patch is missing or empty."""
    for edit in request.brushed_edits:
        if edit.mask >= len(request.edit_masks):
            raise EngineError.of("edit.no_mask", target=edit.target)
        if not _acts_somewhere(request, edit):
            raise EngineError.of("edit.empty_mask", target=edit.target)
        if edit.patch >= len(request.edit_patches):
            raise EngineError.of("edit.no_patch", target=edit.target)
        if edit.patch != NO_PATCH and not request.edit_patches[edit.patch].pixels[..., 3].any():
            raise EngineError.of("edit.empty_patch", target=edit.target)


def _acts_somewhere(request: ColorizeRequest, edit: TextEdit) -> bool:
    mask = request.edit_masks[edit.mask].pixels
    return bool((mask >= 128).any() if edit.whole_regions else mask.any())


def _check_edited_layer(request: ColorizeRequest) -> None:
    """Refuse a layer to edit if there is no brushed edit, or if the result is one that edits cannot make."""
    if request.before is None:
        return
    if not request.brushed_edits:
        raise EngineError.of("edited_layer.no_edit")
    regions = request.parameters.regions
    if regions.result not in (PICTURE, "flats", *STACKS) or regions.shading:
        raise EngineError.of("edited_layer.several_layers")


def _check_reference_masks(reference: Reference) -> None:
    """Refuse masks that do not have their reference's size, or that leave nothing of it."""
    for _, mask in reference.masks:
        if mask.pixels.shape != reference.pixels.shape[:2]:
            (mask_height, mask_width), (height, width) = mask.pixels.shape, reference.pixels.shape[:2]
            raise EngineError.of(
                "reference.mask_size",
                name=reference.name,
                mask_width=mask_width,
                mask_height=mask_height,
                width=width,
                height=height,
            )
    if reference.masks and reference.pixels[..., 3].any() and not has_colors(reference):
        raise EngineError.of("reference.nothing_left", name=reference.name)


def _check_what_is_shown(request: ColorizeRequest, model: ModelEntry) -> None:
    """Refuse empty pictures that the model would see, and enhancements that it does not support."""
    if not all(reference.pixels[..., 3].any() for reference in request.references):
        raise EngineError.of("reference.empty")
    enhancement = request.parameters.enhancement
    asked = [name for name in ENHANCEMENTS if getattr(enhancement, name)]
    if not asked:
        return
    for name in asked:
        if name not in model.info.enhancements:
            raise EngineError.of(f"enhancement.{name}", model=model.info.name)
    if len(request.references) != 1:
        raise EngineError.of("enhancement.one_reference", count=len(request.references))
    if request.background is not None and not request.background.pixels[..., 3].any():
        raise EngineError.of("background.empty")


def _check_flats(request: ColorizeRequest) -> None:
    """Refuse a check without flats."""
    if request.flats is None or not request.flats[..., 3].any():
        raise EngineError.of("flats.nothing_to_check")


def _check_compared(request: ColorizeRequest) -> None:
    """Refuse a result to compare with that is empty, or beside anything but a check."""
    if request.compared is None:
        return
    if request.parameters.regions.result != CHECK:
        raise EngineError.of("compared.not_a_check")
    if not request.compared.pixels[..., 3].any():
        raise EngineError.of("compared.empty", name=request.compared.name)


def _deals_colors(request: ColorizeRequest, edits: EditKind, has_model: bool) -> bool:
    """Return whether a request for flats without a palette gives nothing at all to take colours from."""
    given = (request.hints, request.colored, request.before)
    return (
        not has_model
        and edits is EditKind.NONE
        and request.parameters.regions.result not in (PICTURE, CHECK)
        and not request.references
        and all(source is None for source in given)
    )


def _check_color_sources(request: ColorizeRequest, plan: Plan) -> None:
    """Refuse flats whose sources of colours are useless: empty hints or masks, references without a model."""
    hinted = request.hints is not None and bool(request.hints[..., 3].any())
    edited = any((request.edit_masks[edit.mask].pixels >= 128).any() for edit in request.brushed_edits)
    has_picture = plan.paints_page or request.colored is not None
    if not (has_picture or hinted or edited or plan.palette is not None or plan.deals_colors):
        raise EngineError.of("flats.no_colors" if request.hints is None else "hints.empty")
