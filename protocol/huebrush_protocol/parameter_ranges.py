"""The range of every parameter, for user interfaces and for the check of parameters that arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any

from huebrush_protocol.errors import ProtocolError, refused
from huebrush_protocol.parameters import NO_PATCH, PANELS, SKETCH_MODES, WHOLE_PAGE, Parameters, TextEdit
from huebrush_protocol.regions import (
    MAX_DOTS_PER_INCH,
    MAX_GAP,
    MAX_LAYERS,
    MAX_PAGE_EDGE,
    MAX_PALETTE,
    is_color,
    validate_regions,
)

MAX_SEED = 2**32 - 1
MAX_STEPS = 150
MAX_NAME_LENGTH = 128
"""Longest name of a model, sampler and the like, in characters."""
MAX_TEXT_LENGTH = 1000
"""Longest text of an edit, in characters; the models read at most 75 tokens of it."""
MAX_EDITS = 32
MAX_FEATHER = 512.0
"""Largest width over which an edit fades out, in pixels of the page."""
MAX_BLOCKS = 256
"""Most strengths of single transformer blocks; models have at most a few dozen blocks."""

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "seed": (0, MAX_SEED),
        "steps": (1, MAX_STEPS),
        "reference_guidance": (1.0, 15.0),
        "sketch_guidance": (1.0, 15.0),
        "reference_strength": (0.0, 1.0),
        "sketch_strength": (0.0, 3.0),
        "change": (0.0, 1.0),
        "reference_levels.encoder": (0.0, 1.0),
        "reference_levels.middle": (0.0, 1.0),
        "reference_levels.low": (0.0, 1.0),
        "block_strengths": (0.0, 1.0),
        "edits.strength": (0.0, 15.0),
        "edits.thresholds": (0.0, 1.0),
        "edits.mask": (WHOLE_PAGE, MAX_EDITS - 1),
        "edits.feather": (0.0, MAX_FEATHER),
        "edits.patch": (NO_PATCH, MAX_EDITS - 1),
        "guidance_window.start": (0.0, 1.0),
        "guidance_window.end": (0.0, 1.0),
        "guidance_window.pause_start": (-0.05, 1.0),
        "guidance_window.pause_end": (-0.05, 1.0),
        "injection.reference_fidelity": (0.0, 1.0),
        "injection.sketch_fidelity": (0.0, 2.0),
        "injection.start": (0.0, 1.0),
        "enhancement.sketch_threshold": (0.0, 1.0),
        "enhancement.reference_threshold": (0.0, 1.0),
        "enhancement.foreground_strength": (0.0, 1.0),
        "enhancement.background_strength": (0.0, 1.0),
        "enhancement.merge": (0.0, 1.0),
        "enhancement.background_factor": (0.0, 2.0),
        "reference_padding": (1.0, 2.0),
        "regions.gap": (0.0, MAX_GAP),
        "regions.dots_per_inch": (0.0, MAX_DOTS_PER_INCH),
        "regions.palette_size": (0, MAX_PALETTE),
        "regions.most_layers": (1, MAX_LAYERS),
        "regions.fixes.x": (0.0, MAX_PAGE_EDGE),
        "regions.fixes.y": (0.0, MAX_PAGE_EDGE),
        "regions.fixes.x2": (0.0, MAX_PAGE_EDGE),
        "regions.fixes.y2": (0.0, MAX_PAGE_EDGE),
    }
)
"""Lowest and highest value of each number; a dot stands before the name of a nested field."""


def validate_parameters(parameters: Parameters) -> None:
    """Raise `ProtocolError` ("bad_input") naming the first parameter that is out of its range."""
    for name, kind, value in _numbers(parameters):
        lowest, highest = RANGES[kind]
        if not lowest <= value <= highest:  # also catches NaN
            raise refused(
                "message.out_of_range",
                field=name,
                value=value,
                lowest=f"{lowest:.10g}",
                highest=f"{highest:.10g}",
            )
    check_name(parameters.sampler, "sampler", "bad_input")
    check_name(parameters.noise_schedule, "noise_schedule", "bad_input")
    if parameters.sketch_mode not in SKETCH_MODES:
        mode = parameters.sketch_mode[:64]
        raise refused("message.not_one_of", field="sketch_mode", value=mode, names=", ".join(SKETCH_MODES))
    if parameters.panels not in PANELS:
        raise refused("message.not_one_of", field="panels", value=parameters.panels[:64], names=", ".join(PANELS))
    start, end = parameters.guidance_window.start, parameters.guidance_window.end
    if start > end:
        raise refused("message.window", start=start, end=end)
    for what, items, most in (
        ("block_strengths", parameters.block_strengths, MAX_BLOCKS),
        ("edits", parameters.edits, MAX_EDITS),
    ):
        if len(items) > most:
            raise refused("message.too_many_entries", field=what, count=len(items), most=most)
    for index, edit in enumerate(parameters.edits):
        _check_edit(edit, f"edits[{index}]")
    validate_regions(parameters.regions)


def check_name(text: str, what: str, code: str) -> None:
    """Raise `ProtocolError` with `code` unless `text` has the length of a name; `what`: what the message calls it."""
    if not 1 <= len(text) <= MAX_NAME_LENGTH:
        raise ProtocolError.of(code, "message.name_length", field=what, most=MAX_NAME_LENGTH)


def check_text(text: str, what: str, may_be_missing: bool = False) -> None:
    """Raise `ProtocolError` unless `text` can be the text of an edit.

    `what`: what the message calls it; `may_be_missing`: whether the message says that it may be left out.
    """
    if not (text.strip() and len(text) <= MAX_TEXT_LENGTH):
        id = "message.text_length_or_none" if may_be_missing else "message.text_length"
        raise refused(id, field=what, most=MAX_TEXT_LENGTH)


def _numbers(value: Any, name: str = "", kind: str = "") -> Iterator[tuple[str, str, float]]:
    """Yield every number in a dataclass: its name ("edits[0].strength"), its key in `RANGES`, and its value."""
    if is_dataclass(value):
        for field in fields(value):
            dot = "." if name else ""
            yield from _numbers(getattr(value, field.name), f"{name}{dot}{field.name}", f"{kind}{dot}{field.name}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _numbers(item, f"{name}[{index}]", kind)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield name, kind, value


def _check_edit(edit: TextEdit, where: str) -> None:
    for part in ("target", "anchor", "control"):
        text = getattr(edit, part)
        if text is not None:
            check_text(text, f"{where}.{part}", may_be_missing=part != "target")
    if len(edit.thresholds) != 4 or list(edit.thresholds) != sorted(edit.thresholds):
        raise refused("message.thresholds", field=f"{where}.thresholds", found=str(list(edit.thresholds[:8])))
    if is_color(edit.target) and not edit.is_brushed:
        raise refused("message.color_needs_mask", field=f"{where}.target")
    if edit.patch != NO_PATCH and not edit.is_brushed:
        raise refused("message.patch_needs_mask", field=f"{where}.patch")
