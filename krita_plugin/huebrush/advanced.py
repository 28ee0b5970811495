"""The finer settings of a document, as the folded part of the docker has them, and what the backend gets of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from huebrush_protocol.parameters import (
    ENHANCEMENTS,
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
)

from .capture import ReferenceSource


@dataclass(frozen=True)
class AdvancedSettings:
    """What is not a choice or a guidance (1 to 15) is in percent. What each does: docs/parameters.md.

    `background_picture`, `line_art_mask` and `reference_mask` hold a source or nothing; a mask's may be of the kind
    "selection".
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
    window_start: int = 0
    window_end: int = 100
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


def for_model(chosen: AdvancedSettings, enhancements: tuple[str, ...]) -> AdvancedSettings:
    """Return these settings with those enhancements off that are not among the model's."""
    return replace(chosen, **{name: getattr(chosen, name) and name in enhancements for name in ENHANCEMENTS})


def parameters(chosen: AdvancedSettings, seed: int, steps: int, reference: float, sketch: float) -> Parameters:
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
        guidance_window=GuidanceWindow(
            min(chosen.window_start, chosen.window_end) / 100, max(chosen.window_start, chosen.window_end) / 100
        ),
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


def extra_pictures(chosen: AdvancedSettings) -> tuple[tuple[str, ReferenceSource], ...]:
    """Return the pictures that these settings ask for beside lines and references: (role, source)."""
    wanted = (
        ("background", chosen.background_picture, chosen.background),
        ("line_art_mask", chosen.line_art_mask, chosen.background or chosen.foreground or chosen.cut_out),
        ("reference_mask", chosen.reference_mask, chosen.background),
    )
    return tuple((role, source) for role, sources, used in wanted if used for source in sources)
