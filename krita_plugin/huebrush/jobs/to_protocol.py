"""Parameters of a job in the protocol, made from the decided settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from huebrush_protocol.parameters import (
    NO_PATCH,
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)
from huebrush_protocol.regions import COLORS_FROM, FROM_REFERENCE, GAP_UNITS, PIXELS, RegionParameters

from ..palettes.color_list import parse_palette
from ..settings.advanced import AdvancedSettings
from ..settings.flats import OWN_COLORS, RegionSettings
from ..settings.store import DocumentSettings
from ..settings.text_edits import LARGEST_STRENGTH, LOWEST_STRENGTH, TextEditSettings


def job_parameters(
    settings: DocumentSettings, advanced: AdvancedSettings, regions: RegionParameters, goes_on: bool = False
) -> Parameters:
    """Return the parameters of a job without edits; `advanced` and `regions` are what counts of those in `settings`.
    `goes_on`: from a picture, for which alone `change` means anything."""
    injection = Injection(
        reference_fidelity=advanced.injection_reference / 100,
        sketch_fidelity=advanced.injection_sketch / 100,
        start=advanced.injection_start / 100,
    )
    return Parameters(
        seed=settings.seed,
        steps=settings.steps,
        reference_guidance=None if advanced.guidance_automatic else advanced.reference_guidance,
        sketch_guidance=None if advanced.guidance_automatic else advanced.sketch_guidance,
        reference_strength=settings.reference_strength / 100,
        sketch_strength=settings.sketch_strength / 100,
        sampler=advanced.sampler,
        noise_schedule=advanced.noise_schedule,
        sketch_mode=advanced.sketch_mode,
        remove_ruling=advanced.remove_ruling,
        reference_levels=LevelStrengths(
            encoder=advanced.level_encoder / 100, middle=advanced.level_middle / 100, low=advanced.level_low / 100
        ),
        block_strengths=tuple(strength / 100 for strength in advanced.block_strengths) if advanced.blocks_apart else (),
        regions=regions,
        guidance_window=_guidance_window(advanced),
        reference_padding=advanced.reference_padding / 100,
        injection=injection if advanced.injection else None,
        fast=advanced.fast,
        change=settings.change / 100 if goes_on else Parameters.change,
        keep_to_lines=advanced.keep_to_lines,
        panels=advanced.panels,
        enhancement=Enhancement(
            background=advanced.background,
            foreground=advanced.foreground,
            style=advanced.style,
            sketch_threshold=advanced.sketch_threshold / 100,
            reference_threshold=advanced.reference_threshold / 100,
            foreground_strength=advanced.foreground_strength / 100,
            background_strength=advanced.background_strength / 100,
            merge=advanced.merge / 100,
            background_factor=advanced.background_factor / 100,
            clear_background_picture=advanced.clear_background,
            cut_out=advanced.cut_out,
        ),
    )


def region_parameters(chosen: RegionSettings, dots_per_inch: float) -> RegionParameters:
    """Return the backend's parameters for these settings, for a document of this resolution."""
    if not chosen.has_regions:
        return RegionParameters()
    listed = parse_palette(chosen.palette) if chosen.palette_source == OWN_COLORS else ()
    names = tuple(name for _, name in listed)
    return RegionParameters(
        result=chosen.result,
        shading=chosen.shading,
        keep_picture=chosen.keep_picture,
        gap=None if chosen.gap_automatic else chosen.gap_width,
        gap_unit=PIXELS if chosen.gap_automatic or chosen.gap_unit not in GAP_UNITS else chosen.gap_unit,
        dots_per_inch=max(0.0, dots_per_inch),
        palette=tuple(color for color, _ in listed),
        palette_names=names if any(names) else (),
        palette_size=chosen.palette_size if chosen.palette_source == "references" else 0,
        colors_from=chosen.colors_from if chosen.colors_from in COLORS_FROM else FROM_REFERENCE,
        locked=chosen.locked,
        most_layers=chosen.most_layers,
        hard_edges=chosen.hard_edges,
        color_borders=chosen.color_borders,
        paint_paper=chosen.paint_paper,
        fixes=chosen.fixes,
    )


def protocol_edits(
    edits: Sequence[TextEditSettings],
    masks: Mapping[int, int] | None = None,
    patches: Mapping[int, int] | None = None,
) -> tuple[TextEdit, ...]:
    """Return the protocol's edits for those that act, in their order.

    `masks`: by an edit's number, from 0, which of the job's edit masks is its own; one that needs a mask and has none
    is left out. `patches`: the same for the job's patches, -1 or missing for none.
    """
    known, cut = masks or {}, patches or {}
    return tuple(
        _protocol_edit(edits[number], known.get(number), cut.get(number, NO_PATCH))
        for number in acting_numbers(edits, known)
    )


def acting_numbers(edits: Sequence[TextEditSettings], masks: Mapping[int, int]) -> list[int]:
    """Return the numbers, from 0, of the edits that a job has, in its order; `masks` as in `protocol_edits`."""
    return [number for number, edit in enumerate(edits) if edit.acts and (number in masks or not edit.has_edit_mask)]


def _guidance_window(chosen: AdvancedSettings) -> GuidanceWindow:
    """Return the window, whichever end of it and of its pause was set first."""
    start, end = sorted((chosen.window_start, chosen.window_end))
    if not chosen.pause:
        return GuidanceWindow(start / 100, end / 100)
    pause = sorted((chosen.pause_start, chosen.pause_end))
    return GuidanceWindow(start / 100, end / 100, pause[0] / 100, pause[1] / 100)


def _protocol_edit(edit: TextEditSettings, mask: int | None, patch: int) -> TextEdit:
    ascending = tuple(sorted(threshold / 100 for threshold in edit.thresholds))
    made = TextEdit(
        target=edit.target.strip(),
        anchor=edit.anchor.strip() or None,
        control=edit.place_words or None,
        strength=min(max(edit.strength, LOWEST_STRENGTH), LARGEST_STRENGTH),
        enhanced=edit.enhanced,
        thresholds=ascending if len(ascending) == len(TextEdit.thresholds) else TextEdit.thresholds,
    )
    return (
        made
        if mask is None
        else replace(
            made,
            mask=mask,
            feather=float(max(0, edit.feather)),
            whole_regions=edit.whole_regions,
            patch=patch,
        )
    )
