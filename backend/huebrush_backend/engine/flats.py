"""Makes layers of flats, and the places to check on them, from a picture, hints or a palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import cv2
import numpy as np
from huebrush_protocol.regions import CHECK, TAKE, RegionParameters
from huebrush_protocol.texts import Text

from huebrush_backend.comics.layout import PageLayout
from huebrush_backend.engine.colored import colored_layer, colored_picture
from huebrush_backend.engine.flats_report import flats_report, used_colors
from huebrush_backend.engine.page_ink import PageInk
from huebrush_backend.engine.page_layout import painted_part, painted_pieces, paper_of, without_lettering
from huebrush_backend.engine.picture_cache import ModelPicture, picture_layer
from huebrush_backend.engine.pins import pinned_colors
from huebrush_backend.engine.places import picture_evidence
from huebrush_backend.engine.reference_colors import colors_from_references, sources_report
from huebrush_backend.engine.request import ColorizeRequest, ResultLayer
from huebrush_backend.flats.checks.differences import find_differences, take_regions
from huebrush_backend.flats.checks.own_flats import check_flats, repair_flats
from huebrush_backend.flats.checks.places_to_check import find_places_to_check
from huebrush_backend.flats.colors.borders import Borders, shared_borders
from huebrush_backend.flats.colors.clusters import unify
from huebrush_backend.flats.colors.different_colors import different_colors
from huebrush_backend.flats.colors.few_tones import reduce_tones
from huebrush_backend.flats.colors.hints import hint_colors, with_hints
from huebrush_backend.flats.colors.paint_vote import vote_by_paint
from huebrush_backend.flats.colors.region_colors import FIXED, HINTED, NONE, SPREAD, RegionColors, override
from huebrush_backend.flats.colors.snap_to_palette import snap
from huebrush_backend.flats.colors.spread_palette import spread_palette
from huebrush_backend.flats.colors.vote import MOST_CELLS as MOST_VOTING_CELLS
from huebrush_backend.flats.colors.vote import vote
from huebrush_backend.flats.layers.flats_layer import FlatLayer, flats_layer
from huebrush_backend.flats.layers.key_strokes import Stroke, key_strokes
from huebrush_backend.flats.layers.layer_per_color import color_area_layers, color_layers
from huebrush_backend.flats.layers.shading import shading_layers
from huebrush_backend.flats.palettes.palette import Palette
from huebrush_backend.flats.regions.find_regions import RegionRepairs, Regions, find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.flats.regions.paper import paper_regions, set_paper_apart
from huebrush_backend.flats.spills.keep_to_lines import keep_to_lines
from huebrush_backend.flats.splitting.split_regions import split_by_hints, split_by_picture
from huebrush_backend.imaging.color_codes import Rgb, hex_color, rgb_from_hex

ONE_COLOR_LAYERS = ("flats_by_color", "flats_by_area", "colorize_mask")
"""Results for which regions of almost the same colour get exactly the same colour."""


@dataclass(frozen=True)
class RegionResult:
    """`layers` from bottom to top, the `flats_report` for the client, and `notes` for the recipe.

    `labels`: (H,W) int32, the regions that the report is about.
    """

    layers: tuple[ResultLayer, ...]
    flats_report: dict[str, Any]
    notes: tuple[Text, ...]
    labels: np.ndarray


@dataclass(frozen=True, eq=False)
class _Page:
    """A page's regions, which of them touch, and which stay paper; kept for the next job with the same lines."""

    key: str
    regions: Regions
    borders: Borders
    paper: np.ndarray


class RegionMaker:
    """Makes flats; keeps the regions of the last page until its lines, the gap or a fix changes."""

    def __init__(self) -> None:
        self._page: _Page | None = None

    def make(
        self,
        request: ColorizeRequest,
        palette: Palette | None,
        lines: PageInk,
        painted: ModelPicture,
        check: Callable[[], None],
        layout: PageLayout | None = None,
    ) -> RegionResult:
        """Make the result that `request.parameters.regions` asks for; `make_plan` must have accepted the request.

        `palette`: the one of the request's plan. `lines`: the page's. Regions that lie mostly outside `painted.kept`
        stay unpainted, and so do gutters and balloons of `layout`. `check` raises Cancelled if the job is cancelled.
        """
        chosen, picture, ink = request.parameters.regions, painted.picture, lines.coverage
        page = self._page_of(lines, chosen, layout)
        check()
        if chosen.result == CHECK and request.compared is not None:
            return _compared(request, request.compared.pixels, page, ink)
        if chosen.result == CHECK:
            return _checked(request, page, ink, palette)
        colored = None if request.colored is None else colored_picture(request.colored, page.regions, ink)
        if colored is not None:
            picture = colored.paint.small
        page = _split(page, request, ink, picture, layout)
        check()
        voted = None
        if colored is not None:
            voted = vote_by_paint(colored.paint, page.regions.labels, page.regions.boxes, page.borders)
        elif picture is not None:
            swatches = None if palette is None else palette.colors
            regions = page.regions
            voted = vote(
                picture=picture,
                labels=regions.labels,
                boxes=regions.boxes,
                ink=ink,
                borders=page.borders,
                swatches=swatches,
                most_cells=MOST_VOTING_CELLS if layout is None else max(MOST_VOTING_CELLS, *picture.shape[:2]),
            )
        # The model's picture stays what light and shade are measured from.
        taken = None
        if voted is not None and colored is None:
            taken = colors_from_references(request, painted, voted, page.regions, ink, page.borders)
        colors = _colors(request, page, ink, voted if taken is None else taken.vote.colors, palette)
        check()
        if palette is not None and chosen.locked and voted is not None:
            colors, _ = snap(colors, palette, page.regions.areas)
        elif chosen.result in ONE_COLOR_LAYERS or (layout is not None and not (colors.sources == SPREAD).any()):
            colors = unify(colors, page.regions.areas)
            if chosen.result == "flats_by_color":
                colors = reduce_tones(colors, page.regions.areas, chosen.most_layers)
        colors = override(colors, _colors_by_hand(chosen, page.regions) | pinned_colors(request.pinned, page.regions))
        if not chosen.paint_paper:
            colors = _without_paper(colors, page.paper)
        if painted.kept is not None:
            colors = _cut_out(colors, page.regions, painted.kept)
        check()
        names = _artists_names(palette) if palette is not None and chosen.palette else {}
        layers = _layers(chosen, page, colors, ink, names)
        if chosen.shading and picture is not None and voted is not None:
            flats = page.regions
            shaded = picture if colored is None else colored.paint.on_white
            layers += map(_result_layer, shading_layers(shaded, flats.labels, flats.boxes, ink, voted))
        if chosen.keep_picture and request.colored is not None:
            layers.insert(0, colored_layer(request.colored, ink.shape[1], ink.shape[0]))
        elif chosen.keep_picture and picture is not None:
            shown = _kept_to_lines(request, page, ink, painted, layout)
            if layout is not None and not chosen.paint_paper:  # gutters and balloons stay paper, as in the flats
                shown = replace(shown, kept=painted_part(layout, painted.kept))
            layers.insert(0, picture_layer("Picture", shown, ink.astype(np.float32) / 255))
        check()
        locked = palette.colors if palette is not None and chosen.locked else None
        evidence = None
        if picture is not None:
            paint = None if colored is None else colored.paint
            allowed, minor = locked, None
            if locked is None and taken is not None:
                allowed, minor = taken.palette.colors, ~taken.palette.is_main
            is_sure = taken is None
            evidence = picture_evidence(picture, paint, page.regions, ink, colors, allowed, is_sure, minor)
        places = find_places_to_check(page.regions, colors, page.borders, ink, evidence, page.paper)
        return RegionResult(
            tuple(layers),
            flats_report(
                page.regions,
                used_colors(colors, palette, chosen.locked),
                palette,
                places,
                sources_report(taken, colors, page.regions, locked),
            ),
            (
                _gap_note(page.regions),
                *chain.from_iterable(each.notes for each in (colored, taken) if each is not None),
            ),
            page.regions.labels,
        )

    def kept_to_lines(
        self, request: ColorizeRequest, lines: PageInk, painted: ModelPicture, layout: PageLayout | None
    ) -> ModelPicture:
        """Return `painted` without the colour that it spilled over lines, as far as `request` wants that.

        `lines`: the page's; `layout`: its layout.
        """
        if painted.picture is None or not request.parameters.keep_to_lines:
            return painted
        page = self._page_of(lines, request.parameters.regions, layout)
        page = _split(page, request, lines.coverage, painted.picture, layout)
        return _kept_to_lines(request, page, lines.coverage, painted, layout)

    def regions(
        self,
        lines: PageInk,
        chosen: RegionParameters,
        colors: np.ndarray | None,
        layout: PageLayout | None = None,
    ) -> Regions:
        """Return the regions of a page with these `lines`, whose layout is `layout`.

        `colors`: (H,W,3) uint8, what is painted on the page, None if that is not known.
        """
        regions = self._page_of(lines, chosen, layout).regions
        if colors is None or not chosen.color_borders:
            return regions
        return split_by_picture(regions, lines.coverage, colors, _merged(chosen), painted_pieces(layout))

    def _page_of(self, ink: PageInk, chosen: RegionParameters, layout: PageLayout | None) -> _Page:
        gap = WidestGap(chosen.gap, chosen.gap_unit, chosen.dots_per_inch)
        repairs = RegionRepairs(
            closed=tuple((fix.x, fix.y, fix.x2, fix.y2) for fix in chosen.fixes if fix.kind == "close"),
            merged=_merged(chosen),
        )
        key = ink.key + repr((gap, repairs, layout is None))
        if self._page is None or self._page.key != key:
            self._page = None  # two pages' labels at once would be too much on a large page
            bare = ink.coverage if layout is None else without_lettering(ink.coverage, layout)
            regions = find_regions(bare, gap, repairs)
            paper = np.zeros(regions.count + 1, bool)
            if layout is not None:
                regions, paper = set_paper_apart(regions, bare, paper_of(layout))
            self._page = _Page(key, regions, shared_borders(regions.labels, ink.coverage), paper)
        return self._page


def _kept_to_lines(
    request: ColorizeRequest, page: _Page, ink: np.ndarray, painted: ModelPicture, layout: PageLayout | None
) -> ModelPicture:
    if painted.picture is None or not request.parameters.keep_to_lines:
        return painted
    kept = keep_to_lines(painted.picture, page.regions, ink, page.borders, painted_pieces(layout))
    return replace(painted, picture=kept, pixel=kept.shape[0] / painted.picture.shape[0])


def _split(
    page: _Page, request: ColorizeRequest, ink: np.ndarray, picture: np.ndarray | None, layout: PageLayout | None
) -> _Page:
    """Return the page with the regions parted in which the picture, or the hints, have different colours."""
    chosen, regions = request.parameters.regions, page.regions
    merged = _merged(chosen)
    if picture is not None and chosen.color_borders:
        regions = split_by_picture(regions, ink, picture, merged, painted_pieces(layout))
    if request.hints is not None and request.hints[..., 3].any():
        regions = split_by_hints(regions, ink, request.hints, merged)
    if regions is page.regions:
        return page
    paper = np.zeros(regions.count + 1, bool) if layout is None else paper_regions(regions, ink, paper_of(layout))
    return _Page(page.key, regions, shared_borders(regions.labels, ink), paper)


def _merged(chosen: RegionParameters) -> tuple[tuple[float, float, float, float], ...]:
    return tuple((fix.x, fix.y, fix.x2, fix.y2) for fix in chosen.fixes if fix.kind == "merge")


def _checked(request: ColorizeRequest, page: _Page, ink: np.ndarray, palette: Palette | None) -> RegionResult:
    """Check the artist's own flats; if the request has fixes, return a layer that corrects them."""
    chosen, flats, regions = request.parameters.regions, request.flats, page.regions
    assert flats is not None
    layers = []
    by_hand = [(fix.x, fix.y, rgb_from_hex(fix.color)) for fix in chosen.fixes if fix.kind == "color"]
    if by_hand:
        mend = repair_flats(flats, regions, ink, by_hand)
        left, top, width, height = cv2.boundingRect(mend[..., 3])
        pixels = np.ascontiguousarray(mend[top : top + height, left : left + width])
        layers.append(ResultLayer("Repairs", pixels, left, top, "flats"))
        flats = np.where(mend[..., 3:] > 0, mend, flats)
    used = [] if palette is None else [swatch.hex for swatch in palette.swatches]
    places = check_flats(flats, regions, ink, page.borders, palette, page.paper)
    report = flats_report(regions, used, palette, places, ([], 0))
    return RegionResult(tuple(layers), report, (_gap_note(regions),), regions.labels)


def _compared(request: ColorizeRequest, other: np.ndarray, page: _Page, ink: np.ndarray) -> RegionResult:
    """Compare two results; if the request takes regions from the other one, return the mix of both."""
    base, regions = request.flats, page.regions
    assert base is not None
    layers = []
    taken = [(fix.x, fix.y) for fix in request.parameters.regions.fixes if fix.kind == TAKE]
    if taken:
        base = take_regions(base, other, regions, taken)
        layers.append(ResultLayer("Mix", base, kind="picture"))
    report = flats_report(regions, [], None, find_differences(base, other, regions, ink), ([], 0)) | {"compared": True}
    return RegionResult(tuple(layers), report, (_gap_note(regions),), regions.labels)


def _gap_note(regions: Regions) -> Text:
    return Text.of("note.gaps", gap=round(regions.gap), line_width=f"{regions.line_width:.1f}")


def _colors(
    request: ColorizeRequest, page: _Page, ink: np.ndarray, voted: RegionColors | None, palette: Palette | None
) -> RegionColors:
    """Choose the colours: by vote, where hints take precedence; or only by hints; or spread from the palette; or, with
    nothing to take them from, one for each region."""
    regions = page.regions
    hinted = None
    if request.hints is not None and request.hints[..., 3].any():
        hinted = hint_colors(request.hints, regions.labels, regions.areas, page.borders, ink)
    if voted is not None:
        return voted if hinted is None else with_hints(voted, hinted)
    if hinted is not None:
        return hinted
    if palette is None:
        return different_colors(regions.areas, page.borders, request.parameters.seed)
    return spread_palette(palette, regions.areas, page.borders, request.parameters.seed)


def _colors_by_hand(chosen: RegionParameters, regions: Regions) -> dict[int, Rgb]:
    fixed = {}
    for fix in chosen.fixes:
        if fix.kind == "color":
            fixed[regions.at(fix.x, fix.y)] = rgb_from_hex(fix.color)
    return fixed


def _without_paper(colors: RegionColors, paper: np.ndarray) -> RegionColors:
    """Return the colours without those of regions that stay `paper` (count+1,), unless the artist gave them one."""
    bare = paper & ~np.isin(colors.sources, (HINTED, FIXED))
    return replace(colors, sources=np.where(bare, np.uint8(NONE), colors.sources)) if bare.any() else colors


def _cut_out(colors: RegionColors, regions: Regions, kept: np.ndarray) -> RegionColors:
    """Return the colours without those of regions that lie mostly outside the figure."""
    inside = np.bincount(regions.labels[kept], minlength=regions.count + 1)
    total = np.bincount(regions.labels.ravel(), minlength=regions.count + 1)
    sources = np.where(2 * inside < total, np.uint8(NONE), colors.sources)
    return replace(colors, sources=sources)


def _artists_names(palette: Palette) -> dict[Rgb, str]:
    """Return the names of colours in the artist's `palette`."""
    return {swatch.rgb: swatch.name for swatch in palette.swatches if swatch.name}


def _layers(
    chosen: RegionParameters,
    page: _Page,
    colors: RegionColors,
    ink: np.ndarray,
    names: dict[Rgb, str],
) -> list[ResultLayer]:
    labels, boxes, areas = page.regions.labels, page.regions.boxes, page.regions.areas
    if chosen.result == "colorize_mask":
        return [_stroke_layer(stroke) for stroke in key_strokes(labels, boxes, colors, ink)]
    if chosen.result == "flats_by_color":
        layers = color_layers(
            labels=labels, boxes=boxes, areas=areas, colors=colors, hard_edges=chosen.hard_edges, names=names, ink=ink
        )
    elif chosen.result == "flats_by_area":
        layers = color_area_layers(
            labels=labels,
            boxes=boxes,
            areas=areas,
            borders=page.borders,
            colors=colors,
            hard_edges=chosen.hard_edges,
            names=names,
            ink=ink,
        )
    else:
        layers = [flats_layer(labels, boxes, colors, chosen.hard_edges, ink)]
    return [_result_layer(layer) for layer in layers if layer is not None]


def _stroke_layer(stroke: Stroke) -> ResultLayer:
    color = "" if stroke.color is None else hex_color(stroke.color)
    return ResultLayer(color or "transparent", stroke.mask, stroke.x, stroke.y, "stroke", color=color)


def _result_layer(layer: FlatLayer) -> ResultLayer:
    color = "" if layer.color is None else hex_color(layer.color)
    return ResultLayer(
        name=layer.name,
        pixels=layer.pixels,
        x=layer.x,
        y=layer.y,
        kind=layer.kind,
        blend=layer.blend,
        color=color,
        artists_word=layer.artists_word,
    )
