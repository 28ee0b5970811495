"""The finer settings of a document, as the folded part of the docker has them, and what the backend gets of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import MAX_BLOCKS
from huebrush_protocol.parameters import (
    CONTROLS,
    ENHANCEMENTS,
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)
from huebrush_protocol.regions import WITHOUT_MODEL

from .sources import ReferenceSource

FULL_STRENGTH = 100
FIELDS_OF_CONTROLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "injection": ("injection",),
        "reference_levels": ("level_encoder", "level_middle", "level_low"),
        "block_strengths": ("blocks_apart",),
        "sketch_guidance": ("sketch_guidance",),
        "guidance_window": ("window_start", "window_end", "pause"),
    }
)
"""What of these settings goes with each of the protocol's `CONTROLS`; its other ones are set elsewhere."""


@dataclass(frozen=True)
class AdvancedSettings:
    """What is not a choice or a guidance (1 to 15) is in percent. What each does: docs/parameters.md.

    `blocks_apart`: each transformer block has the strength at its place in `block_strengths`, in place of its level's;
    where that is shorter than the model, blocks have their full strength. `background_picture`, `line_art_mask` and
    `reference_mask` hold a source or nothing; a mask's may be of the kind "selection".
    """

    guidance_automatic: bool = True
    reference_guidance: float = 5.0
    sketch_guidance: float = 1.0
    sampler: str = "dpm"
    noise_schedule: str = "automatic"
    sketch_mode: str = "lines"
    fast: bool = False
    level_encoder: int = 100
    level_middle: int = 100
    level_low: int = 100
    blocks_apart: bool = False
    block_strengths: tuple[int, ...] = field(default=())
    reference_padding: int = 100
    window_start: int = 0
    window_end: int = 100
    pause: bool = False
    pause_start: int = 40
    pause_end: int = 60
    injection: bool = False
    injection_reference: int = 50
    injection_sketch: int = 0
    injection_start: int = 0
    background: bool = False
    foreground: bool = False
    style: bool = False
    clear_background: bool = False
    cut_out: bool = False
    sketch_threshold: int = 5
    reference_threshold: int = 50
    foreground_strength: int = 100
    background_strength: int = 100
    merge: int = 0
    background_factor: int = 100
    background_picture: tuple[ReferenceSource, ...] = field(default=())
    line_art_mask: tuple[ReferenceSource, ...] = field(default=())
    reference_mask: tuple[ReferenceSource, ...] = field(default=())


def without_pictures(chosen: AdvancedSettings) -> AdvancedSettings:
    """Return these settings for another document, where layers and selection are others."""
    return replace(chosen, background_picture=(), line_art_mask=(), reference_mask=())


def missing_fields(model: ModelInfo | None) -> frozenset[str]:
    """Return the fields that mean nothing to `model`; none for one that is not known."""
    if model is None:
        return frozenset()
    controls = [field for name in CONTROLS if name not in model.controls for field in FIELDS_OF_CONTROLS.get(name, ())]
    blocks = [] if model.blocks > 0 else ["blocks_apart"]
    return frozenset([*controls, *blocks, *(name for name in ENHANCEMENTS if name not in model.enhancements)])


def for_model(chosen: AdvancedSettings, model: ModelInfo) -> AdvancedSettings:
    """Return these settings without what means nothing to `model`, and with a strength for each of its blocks."""
    usual = AdvancedSettings()
    fitting = replace(chosen, **{name: getattr(usual, name) for name in missing_fields(model)})
    return replace(fitting, block_strengths=fitted_blocks(chosen.block_strengths, model))


def without_model(chosen: AdvancedSettings) -> AdvancedSettings:
    """Return these settings without what means nothing where no model paints."""
    return for_model(chosen, ModelInfo(WITHOUT_MODEL, "", "", "", available=True, controls=()))


def fitted_blocks(strengths: tuple[int, ...], model: ModelInfo | None) -> tuple[int, ...]:
    """Return as many of `strengths` as `model` has blocks, full ones where there are not enough."""
    blocks = 0 if model is None else min(max(model.blocks, 0), MAX_BLOCKS)
    return (*strengths[:blocks], *[FULL_STRENGTH] * (blocks - len(strengths)))


def parameters(
    chosen: AdvancedSettings, seed: int, steps: int, reference: float, sketch: float, edits: tuple[TextEdit, ...] = ()
) -> Parameters:
    """Return the protocol's parameters for these settings; `reference` and `sketch` are the strengths (1: as it is)."""
    injection = Injection(chosen.injection_reference / 100, chosen.injection_sketch / 100, chosen.injection_start / 100)
    return Parameters(
        seed=seed,
        steps=steps,
        reference_guidance=None if chosen.guidance_automatic else chosen.reference_guidance,
        sketch_guidance=chosen.sketch_guidance,
        reference_strength=reference,
        sketch_strength=sketch,
        sampler=chosen.sampler,
        noise_schedule=chosen.noise_schedule,
        sketch_mode=chosen.sketch_mode,
        reference_levels=LevelStrengths(chosen.level_encoder / 100, chosen.level_middle / 100, chosen.level_low / 100),
        block_strengths=tuple(strength / 100 for strength in chosen.block_strengths) if chosen.blocks_apart else (),
        edits=edits,
        guidance_window=_guidance_window(chosen),
        reference_padding=chosen.reference_padding / 100,
        injection=injection if chosen.injection else None,
        fast=chosen.fast,
        enhancement=Enhancement(
            background=chosen.background,
            foreground=chosen.foreground,
            style=chosen.style,
            sketch_threshold=chosen.sketch_threshold / 100,
            reference_threshold=chosen.reference_threshold / 100,
            foreground_strength=chosen.foreground_strength / 100,
            background_strength=chosen.background_strength / 100,
            merge=chosen.merge / 100,
            background_factor=chosen.background_factor / 100,
            clear_background_picture=chosen.clear_background,
            cut_out=chosen.cut_out,
        ),
    )


def _guidance_window(chosen: AdvancedSettings) -> GuidanceWindow:
    """Return the window, whichever end of it and of its pause was set first."""
    start, end = sorted((chosen.window_start, chosen.window_end))
    if not chosen.pause:
        return GuidanceWindow(start / 100, end / 100)
    pause = sorted((chosen.pause_start, chosen.pause_end))
    return GuidanceWindow(start / 100, end / 100, pause[0] / 100, pause[1] / 100)


def extra_pictures(chosen: AdvancedSettings) -> tuple[tuple[str, ReferenceSource], ...]:
    """Return the pictures that these settings ask for beside lines and references: (role, source)."""
    wanted = (
        ("background", chosen.background_picture, chosen.background),
        ("line_art_mask", chosen.line_art_mask, chosen.background or chosen.foreground or chosen.cut_out),
        ("reference_mask", chosen.reference_mask, chosen.background),
    )
    return tuple((role, source) for role, sources, used in wanted if used for source in sources)
