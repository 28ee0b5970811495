"""Advanced settings of a document, as the docker shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import MAX_BLOCKS
from huebrush_protocol.parameters import (
    CONTROLS,
    ENHANCEMENTS,
    PANELS_AUTOMATIC,
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
"""Advanced settings that need each of the protocol's `CONTROLS`; the other controls are set elsewhere."""
PAGE_FIELDS = frozenset({"sketch_mode", "remove_ruling", "panels"})
"""Advanced settings that say how the page is read: they count where no model paints, too."""
INITIAL = "initial"
"""Name of a picture to go on from, in `ModelInfo.controls`, as a role, and as a backend's capability."""
NO_MODEL = ModelInfo(WITHOUT_MODEL, "", "", "", available=True, controls=())
"""Stands for the model where none paints."""


@dataclass(frozen=True)
class AdvancedSettings:
    """Advanced settings, each explained in docs/parameters.md. Numbers are in percent, except guidance (1 to 15).

    * `blocks_apart`: each transformer block has the strength with its number in `block_strengths`, instead of its
      level's; where that is shorter than the model, blocks have their full strength
    * `background_picture`, `line_art_mask`, `reference_mask`: a source or nothing; a mask's may be of kind "selection"
    """

    guidance_automatic: bool = True
    reference_guidance: float = ModelInfo.reference_guidance
    sketch_guidance: float = ModelInfo.sketch_guidance
    sampler: str = "dpm"
    noise_schedule: str = "automatic"
    sketch_mode: str = "lines"
    remove_ruling: bool = False
    fast: bool = False
    keep_to_lines: bool = True
    panels: str = PANELS_AUTOMATIC
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
    """Return these settings for another document, without the layers and the selection of this one."""
    return replace(chosen, background_picture=(), line_art_mask=(), reference_mask=())


def missing_fields(model: ModelInfo | None) -> frozenset[str]:
    """Return the fields that mean nothing to `model`; none for an unknown model."""
    if model is None:
        return frozenset()
    if model.name == WITHOUT_MODEL:
        return frozenset(field.name for field in fields(AdvancedSettings)) - PAGE_FIELDS
    controls = [field for name in CONTROLS if name not in model.controls for field in FIELDS_OF_CONTROLS.get(name, ())]
    blocks = [] if model.blocks > 0 else ["blocks_apart"]
    return frozenset([*controls, *blocks, *(name for name in ENHANCEMENTS if name not in model.enhancements)])


def can_go_on(model: ModelInfo | None) -> bool:
    """True unless `model` is known to be unable to go on from a picture."""
    return model is None or INITIAL in model.controls


def fitted_blocks(strengths: tuple[int, ...], model: ModelInfo | None) -> tuple[int, ...]:
    """Return one strength for each block of `model`; missing ones are full."""
    blocks = 0 if model is None else min(max(model.blocks, 0), MAX_BLOCKS)
    return (*strengths[:blocks], *[FULL_STRENGTH] * (blocks - len(strengths)))
