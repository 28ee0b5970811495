"""Decision what a job really does, made once from the request, the page, and the backend's capabilities.

All other code only reads it. Impossible requests are refused here, except problems that only the pixels show (an empty
layer, a mask with nothing painted in it); the code that reads the pixels reports those.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader, ModelInfo
from huebrush_protocol.parameters import EXTRACT, Parameters
from huebrush_protocol.regions import PICTURE, WITHOUT_MODEL

from ..backend.state import BackendState
from ..base.problems import Problem, ProblemError, problem
from ..base.strings import translated
from ..capture.edit_masks import EditMasks
from ..documents.colorize_mask import can_make_masks
from ..documents.find import find_node
from ..settings.advanced import INITIAL, NO_MODEL, AdvancedSettings, can_go_on, fitted_blocks, missing_fields
from ..settings.flats import COLORIZE_MASK, FLATS, OWN_COLORS, PALETTE_SOURCES, RegionSettings
from ..settings.sources import ReferenceSource
from ..settings.store import DocumentSettings
from ..settings.text_edits import EDITED_STACKS, SELECTION, TEXT_BRUSH, TextEditSettings, can_edit
from ..strokes.hints_brush import hidden_hints
from ..strokes.reference_strokes import REFERENCE_PARTS
from ..strokes.reference_strokes import ROLES as REFERENCE_PART_ROLES
from .selected_part import SelectedPart
from .to_protocol import job_parameters, protocol_edits, region_parameters

if TYPE_CHECKING:
    from krita import Document

COLORED, COMPARED = "colored", "compared"
"""Backend's capabilities for coloured pictures and for results to compare with, which are also their roles."""
ONLY_THERE, CHECK_THERE, OTHERWISE, WHOLE_PAGE = "only_there", "check_there", "otherwise", "whole_page"
"""Uses of the selection by a job; see `use_of_selection`."""
LIMITED = (ONLY_THERE, CHECK_THERE)
"""Uses of the selection that limit what the job gives to it."""
Picture = tuple[str, ReferenceSource]
"""A picture that goes with a job: its role, and where it comes from."""


@dataclass(frozen=True)
class JobRequest:
    """Request of the docker or of a script.

    * `document`: the key of the document to work in
    * `settings`: what was chosen for it, with the seed
    * `replaces`: the id of the group that the result replaces; empty for none
    * `edited_layer`: the id of the layer or group that edits with a mask change, in a layer above it; empty for none
    * `edited_stack`: which of STACKS that is, empty for none
    * `needs_edit_masks`: the job is for edits that have an edit mask
    * `keep_brush`: the brush strokes stay afterwards
    * `keep_fixes`: a check of flats counts the repairs of an earlier check; otherwise it leaves them out
    * `in_selection`: the result is limited to what is selected when the job begins, unless that is used otherwise
    * `selected`: the part of the page that it is limited to otherwise: that of the result which it corrects
    * `batch`: nobody waits for it, so the backend does jobs that somebody waits for first
    """

    document: str
    settings: DocumentSettings
    replaces: str = ""
    edited_layer: str = ""
    edited_stack: str = ""
    needs_edit_masks: bool = False
    keep_brush: bool = False
    keep_fixes: bool = False
    in_selection: bool = False
    selected: SelectedPart | None = None
    batch: bool = False


@dataclass(frozen=True)
class PageState:
    """State of a document when a job begins."""

    has_line_art: bool
    can_make_masks: bool
    dots_per_inch: float = 0.0
    hidden_hints: str = ""
    """Id of the layer that was made for hints, if it is hidden."""

    @classmethod
    def read(cls, document: Document, line_art: str) -> PageState:
        """Return the present state of `document`, in which the layer with the id `line_art` has the lines."""
        has_line_art = find_node(document, line_art) is not None
        return cls(has_line_art, can_make_masks(document), float(document.resolution()), hidden_hints(document))


@dataclass(frozen=True)
class EffectiveJob:
    """Job as it is done, which may differ from the choices in the docker.

    * `settings`: what was chosen, as the document remembers it
    * `model`: "none" for a check, and where a coloured picture gives the colours, whatever is chosen
    * `has_own_lines`: the result brings lines, because the layer chosen is a picture that they are drawn from
    * `references`, `pictures`: what is read beside the line art
    * `edits`: all of the settings', or none where they mean nothing
    * `edits_stack`: the edits fill places of a stack of layers of one colour each, which stays one
    * `reads_edit_masks`: the masks of those that have one are read
    * `parameters`: all but the edits
    * `takes_reference_parts`: parts of references can be sent along
    """

    settings: DocumentSettings
    model: str
    is_check: bool
    has_own_lines: bool
    references: tuple[ReferenceSource, ...]
    pictures: tuple[Picture, ...]
    edits: tuple[TextEditSettings, ...]
    edits_stack: bool
    reads_edit_masks: bool
    parameters: Parameters
    takes_reference_parts: bool

    @classmethod
    def decide(cls, request: JobRequest, page: PageState, backend: BackendState) -> EffectiveJob:
        """Return the job for `request`. Raises `ProblemError` when something is missing or impossible.

        Decide again when the backend has become ready: it may not support all of it.
        """
        settings = _settings_that_count(request, page, backend)
        is_check = settings.regions.is_check
        colored = () if is_check or request.edited_layer else settings.colored
        model = WITHOUT_MODEL if is_check or colored else settings.model
        has_model = model != WITHOUT_MODEL
        known = backend.model(model) if has_model else None
        advanced = _fitting_advanced(settings.advanced, known, has_model)
        edits_stack = bool(request.edited_layer) and _edits_stack(request, backend)
        has_picture = has_model or bool(colored)
        regions = _fitting_regions(settings.regions, bool(request.edited_layer), edits_stack, has_picture)
        edits = settings.edits if has_model and can_edit(known) else ()
        goes_on = has_model and not request.edited_layer and can_go_on(known)
        initial = settings.initial if goes_on else ()
        if colored:
            _refuse_colored(request, backend)
        if initial:
            _refuse_initial(settings, backend)
        if settings.regions.is_comparison and backend.lacks(COMPARED):
            raise ProblemError(problem("no_compare"))
        _refuse_edits(request, edits, backend)
        _refuse_settings(settings, regions, has_model, bool(colored), page)
        if has_model and backend.is_ready:
            _refuse_model(model, known)
        return cls(
            settings=settings,
            model=model,
            is_check=is_check,
            has_own_lines=settings.advanced.sketch_mode == EXTRACT and not is_check,
            references=settings.references if has_model else (),
            pictures=(
                *advanced_pictures(advanced),
                *((COLORED, source) for source in colored),
                *((INITIAL, source) for source in initial),
                *_region_pictures(regions),
            ),
            edits=edits,
            edits_stack=edits_stack,
            reads_edit_masks=bool(edits) and not backend.lacks(TEXT_BRUSH),
            parameters=job_parameters(
                settings, advanced, region_parameters(regions, page.dots_per_inch), goes_on=bool(initial)
            ),
            takes_reference_parts=not backend.lacks(REFERENCE_PARTS),
        )

    @property
    def mixed_into(self) -> str:
        """The id of the result that regions of another one are mixed into, empty where none are."""
        regions = self.settings.regions
        return regions.flats[0].key if regions.is_comparison else ""

    @property
    def mixed_from(self) -> str:
        """The id of the result whose regions are mixed into another, empty where none are."""
        regions = self.settings.regions
        return regions.compared[0].key if regions.is_comparison else ""

    def parameters_with(self, masks: EditMasks) -> Parameters:
        """Return the parameters with the edits, which act inside these masks."""
        edits = protocol_edits(self.edits, masks.mask_numbers, masks.patch_numbers)
        return dataclasses.replace(self.parameters, edits=edits)

    def check_pictures(self, headers: Iterable[ImageHeader]) -> None:
        """Raise `ProblemError` for a picture, read for this job, that the backend cannot use."""
        if not self.takes_reference_parts and any(header.role in REFERENCE_PART_ROLES for header in headers):
            raise ProblemError(problem("no_reference_parts"))


def use_of_selection(settings: DocumentSettings) -> str:
    """Return the use that a job with these settings makes of a selection: ONLY_THERE limits the result to it,
    CHECK_THERE the places that a check of flats finds, OTHERWISE an edit or a mask takes it, WHOLE_PAGE ignores it,
    because a Colorize Mask fills the page."""
    if settings.regions.is_check:
        return CHECK_THERE
    edits = settings.edits if settings.model != WITHOUT_MODEL and not settings.colored else ()
    masks = (source.kind for _, source in advanced_pictures(settings.advanced))
    if any(edit.acts and edit.scope == SELECTION for edit in edits) or SELECTION in masks:
        return OTHERWISE
    return WHOLE_PAGE if settings.regions.result == COLORIZE_MASK else ONLY_THERE


def _edits_stack(request: JobRequest, backend: BackendState) -> bool:
    """Return whether edits are made in a stack of layers: they fill it with flats, and the backend can do it."""
    regions = request.settings.regions
    fills = regions.has_regions and not regions.is_check
    return bool(request.edited_stack) and fills and not backend.lacks(EDITED_STACKS)


def _settings_that_count(request: JobRequest, page: PageState, backend: BackendState) -> DocumentSettings:
    """Return the chosen settings, without hints that are hidden, without fixes of flats that are only checked now, and
    with the result of the stack that is edited."""
    regions = request.settings.regions
    hints = tuple(source for source in regions.hints if source.key != page.hidden_hints)
    leaves_fixes = regions.is_check and not (request.keep_fixes or regions.is_comparison)
    fixes = () if leaves_fixes else regions.fixes
    result = request.edited_stack if _edits_stack(request, backend) else regions.result
    regions = dataclasses.replace(regions, hints=hints, fixes=fixes, result=result)
    return dataclasses.replace(request.settings, regions=regions)


def _fitting_advanced(chosen: AdvancedSettings, model: ModelInfo | None, has_model: bool) -> AdvancedSettings:
    """Return the finer settings without what means nothing to `model`, and with a strength for each of its blocks.

    All are left where the model is not known yet; where no model paints, none means anything that is a model's.
    """
    if model is None and has_model:
        return chosen
    painter = model or NO_MODEL
    usual = AdvancedSettings()
    fitting = dataclasses.replace(chosen, **{name: getattr(usual, name) for name in missing_fields(painter)})
    return dataclasses.replace(fitting, block_strengths=fitted_blocks(chosen.block_strengths, painter))


def _fitting_regions(chosen: RegionSettings, is_edited: bool, edits_stack: bool, has_picture: bool) -> RegionSettings:
    """Return the settings of the result: as chosen, but for edits a single layer unless they edit a stack, without
    light, shade and picture; and where there is no picture, the model's or a coloured one, without these and without
    colours of references."""
    if is_edited and chosen.has_regions:
        result = chosen.result if edits_stack else FLATS
        chosen = dataclasses.replace(chosen, result=result, shading=False, keep_picture=False)
    if has_picture:
        return chosen
    source = chosen.palette_source if chosen.palette_source != "references" else PALETTE_SOURCES[0]
    return dataclasses.replace(chosen, shading=False, keep_picture=False, palette_source=source)


def advanced_pictures(chosen: AdvancedSettings) -> tuple[Picture, ...]:
    """Return the pictures that the finer settings need."""
    pictures = (
        ("background", chosen.background_picture, chosen.background),
        ("line_art_mask", chosen.line_art_mask, chosen.background or chosen.foreground or chosen.cut_out),
        ("reference_mask", chosen.reference_mask, chosen.background),
    )
    return tuple((role, source) for role, sources, is_used in pictures if is_used for source in sources)


def _region_pictures(chosen: RegionSettings) -> tuple[Picture, ...]:
    """Return the pictures that regions need: the artist's flats for a check, or two results, otherwise hints."""
    if chosen.is_check:
        compared = ((COMPARED, source) for source in chosen.compared)
        return (*(("flats", source) for source in chosen.flats), *compared)
    return tuple(("hints", source) for source in chosen.hints) if chosen.has_regions else ()


def _refuse_colored(request: JobRequest, backend: BackendState) -> None:
    """Raise `ProblemError` for what cannot be done with a coloured picture."""
    if backend.lacks(COLORED):
        raise ProblemError(problem("no_colored"))
    if request.needs_edit_masks:
        raise ProblemError(problem("colored_edits"))
    if request.settings.regions.result == PICTURE:
        raise ProblemError(problem("picture_of_colored"))


def _refuse_initial(settings: DocumentSettings, backend: BackendState) -> None:
    """Raise `ProblemError` for a picture to go on from that the backend cannot use, or that is the line art."""
    if backend.lacks(INITIAL):
        raise ProblemError(problem("no_initial"))
    if any(source.key == settings.line_art for source in settings.initial):
        raise ProblemError(problem("initial_is_line_art"))


def _refuse_edits(request: JobRequest, edits: tuple[TextEditSettings, ...], backend: BackendState) -> None:
    """Raise `ProblemError` where edits with a mask are what the job is for, and cannot be done, or there are none."""
    if not request.needs_edit_masks:
        return
    model = backend.model(request.settings.model)
    if not can_edit(model) or backend.lacks(TEXT_BRUSH):
        raise ProblemError(problem("no_brush", name=model.title if model is not None else request.settings.model))
    candidates = edits if request.edited_layer else request.settings.edits
    if not any(edit.acts and edit.has_edit_mask for edit in candidates):
        raise ProblemError(problem("no_edit_mask"))


def _refuse_settings(
    settings: DocumentSettings, regions: RegionSettings, has_model: bool, has_colored: bool, page: PageState
) -> None:
    """Raise `ProblemError` when something is not chosen that the job needs, or this Krita cannot make its result."""
    if not page.has_line_art:
        raise ProblemError(problem("no_line_art"))
    if has_model and not settings.references:
        raise ProblemError(problem("no_reference"))
    if not has_model and not has_colored:
        _refuse_without_model(settings.regions)
    elif has_model and regions.has_regions and regions.palette_source == OWN_COLORS and not regions.colors:
        raise ProblemError(problem("empty_list"))
    if regions.result == COLORIZE_MASK and not page.can_make_masks:
        raise ProblemError(problem("no_masks"))


def _refuse_without_model(chosen: RegionSettings) -> None:
    """Raise `ProblemError` for a job without a model whose list of colours is empty, or that has no regions."""
    if chosen.is_check:
        if not chosen.flats:
            raise ProblemError(problem("no_flats"))
        return
    if chosen.result == PICTURE:
        raise ProblemError(problem("picture_without_model"))
    if not chosen.hints and chosen.palette_source == OWN_COLORS and not chosen.colors:
        raise ProblemError(problem("no_colors"))


def _refuse_model(name: str, model: ModelInfo | None) -> None:
    """Raise `ProblemError` for a model that the backend does not know, or that lacks its weights."""
    if model is None:
        raise ProblemError(problem("unknown_model", name=name))
    if not model.available:
        words = problem("model_missing", name=model.title).message
        raise ProblemError(Problem("model_missing", words, translated(model.remedy)))
