"""Layout of the advanced settings, and the conditions under which each has an effect."""

from __future__ import annotations

from huebrush_protocol.parameters import NOISE_SCHEDULES, PANELS, SAMPLERS, SKETCH_MODES

GUIDANCE = (1.0, 15.0)
GROUPS = (
    (
        "guidance",
        (
            "guidance_automatic",
            "reference_guidance",
            "sketch_guidance",
            "window_start",
            "window_end",
            "pause",
            "pause_start",
            "pause_end",
        ),
    ),
    (
        "way",
        ("fast", "sampler", "noise_schedule", "sketch_mode", "remove_ruling", "panels", "keep_to_lines"),
    ),
    (
        "levels",
        ("level_encoder", "level_middle", "level_low", "blocks_apart", "block_strengths", "reference_padding"),
    ),
    ("injection", ("injection", "injection_reference", "injection_sketch", "injection_start")),
    (
        "enhancement",
        (
            "background",
            "foreground",
            "style",
            "cut_out",
            "background_picture",
            "clear_background",
            "line_art_mask",
            "reference_mask",
            "foreground_strength",
            "background_strength",
            "merge",
            "background_factor",
            "sketch_threshold",
            "reference_threshold",
        ),
    ),
)
"""Fields of `AdvancedSettings` in the order in which they are shown."""
PERCENTAGES = {"injection_sketch": (0, 200), "background_factor": (0, 200), "reference_padding": (100, 200)}
"""Ranges of the percentages that do not go from 0 to 100."""
CHOICES = {"sampler": SAMPLERS, "noise_schedule": NOISE_SCHEDULES, "sketch_mode": SKETCH_MODES, "panels": PANELS}
SWITCHES = (
    "guidance_automatic",
    "pause",
    "fast",
    "remove_ruling",
    "keep_to_lines",
    "blocks_apart",
    "injection",
    "background",
    "foreground",
    "style",
    "cut_out",
    "clear_background",
)
DEPENDENT = {
    "pause_start": ("pause",),
    "pause_end": ("pause",),
    "block_strengths": ("blocks_apart",),
    "injection_reference": ("injection",),
    "injection_sketch": ("injection",),
    "injection_start": ("injection",),
    "background_picture": ("background",),
    "clear_background": ("background",),
    "line_art_mask": ("background", "foreground", "cut_out"),
    "reference_mask": ("background",),
    "foreground_strength": ("foreground", "background"),
    "background_strength": ("background", "foreground"),
    "merge": ("background", "foreground", "style"),
    "background_factor": ("background",),
    "sketch_threshold": ("background", "foreground", "cut_out"),
    "reference_threshold": ("background",),
}
"""Fields that have an effect only while one of these is switched on."""
OVERRULED = {
    "reference_guidance": "guidance_automatic",
    "sketch_guidance": "guidance_automatic",
    "level_encoder": "blocks_apart",
    "level_middle": "blocks_apart",
    "level_low": "blocks_apart",
}
"""Fields that have no effect while this one is switched on."""
