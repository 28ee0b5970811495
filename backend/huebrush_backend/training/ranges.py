"""Ranges of the numbers in a configuration of training, and the error for what lies outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huebrush_protocol.parameter_ranges import MAX_SEED

MAX_THREADS = 1024


class ConfigurationError(ValueError):
    """A configuration that cannot be used; the message says which value and what to do."""


@dataclass(frozen=True)
class Range:
    """Numbers from `least` to `most`; with `above`, without `least` itself, and with `below`, without `most`."""

    least: float
    most: float
    above: bool = False
    below: bool = False

    def __contains__(self, value: float) -> bool:
        """Return whether `value` is in the range, which NaN never is."""
        from_least = value > self.least if self.above else value >= self.least
        return from_least and (value < self.most if self.below else value <= self.most)

    def __str__(self) -> str:
        if not self.above and not self.below:
            return f"within {self.least} to {self.most}"
        least = f"above {self.least}" if self.above else f"{self.least} or more"
        return f"{least} and {'below' if self.below else 'at most'} {self.most}"


SHARE = Range(0, 1)
COUNT = Range(1, 1_000_000)
STEPS = Range(0, 1_000_000_000)
MINUTES = Range(0, 1_000_000)
"""Nearly two years."""
WIDTH = Range(1, 65_536)
WEIGHT = Range(0, 1_000_000)
"""Weight of a term of the loss."""

RUN: Mapping[str, Range] = {
    "seed": Range(0, MAX_SEED),
    "steps": STEPS,
    "minutes": MINUTES,
    "threads": Range(1, MAX_THREADS),
    "producers": Range(0, MAX_THREADS),
}
DATA: Mapping[str, Range] = {
    "drawings": COUNT,
    "rich": SHARE,
    "palettes": COUNT,
    "chunk": COUNT,
    "pool": COUNT,
    "first_chunks": COUNT,
    "reuse": COUNT,
    "pictures_share": SHARE,
}
NETWORK: Mapping[str, Range] = {
    "widths": WIDTH,
    "stem_widths": WIDTH,
    "layers": Range(1, 64),
    "head_width": WIDTH,
    "token_grid": Range(1, 256),
    "token_size": WIDTH,
    "vision_layers": Range(1, 256),
    "text_width": WIDTH,
    "text_layers": Range(1, 256),
    "vae_widths": WIDTH,
    "latent_channels": Range(1, 1024),
}
OPTIMIZATION: Mapping[str, Range] = {
    "batch": COUNT,
    "accumulation": COUNT,
    "learning_rate": Range(0, 1, above=True),
    "warmup": STEPS,
    "decay": SHARE,
    "weight_decay": Range(0, 100),
    "gradient_norm": Range(0, 1_000_000_000, above=True),
    "ema_decay": SHARE,
}
OUTPUT: Mapping[str, Range] = {
    "checkpoint_minutes": MINUTES,
    "checkpoint_steps": STEPS,
    "sheet_steps": STEPS,
    "report_seconds": Range(0, 60_000_000),
}
STRATEGIES: Mapping[str, Range] = {
    "copy_share": SHARE,
    "spline_points": Range(3, 1000),
    "spline_sigma": Range(0, 224),
    "mirror_share": SHARE,
    "placement_share": SHARE,
    "rotation": Range(0, 360),
    "scale_least": Range(0.01, 100),
    "scale_most": Range(0.01, 100),
    "stretch": Range(0, 1, below=True),
    "shift": SHARE,
    "margin_share": SHARE,
    "patch_shuffle_share": SHARE,
    "patch_shuffle_least": Range(1, 1024),
    "patch_shuffle_most": Range(1, 1024),
    "patch_shuffle_rotation": Range(0, 360),
    "looks_share": SHARE,
    "token_shuffle_share": SHARE,
    "token_pool_share": SHARE,
    "token_pool_size": COUNT,
    "reference_drop": SHARE,
    "reference_drop_end": SHARE,
    "reference_drop_step": SHARE,
    "reference_drop_every": Range(1, 1_000_000_000),
    "sketch_drop": SHARE,
    "point_pairs": Range(0, 1000),
    "timestep_power": Range(0, 100, above=True),
    "min_snr_gamma": Range(0, 1_000_000),
    "offset_noise": Range(0, 10),
    "part_naming_weight": WEIGHT,
    "attention_weight": WEIGHT,
    "dual_weight": WEIGHT,
    "gram_weight": WEIGHT,
    "gram_start": Range(0, 1, below=True),
}


def out_of_range(section: Any, ranges: Mapping[str, Range]) -> str | None:
    """Return the fault of the first number of `section`, a dataclass, that is not in its range, or None.

    Each number of a tuple must be in the range; a value that is None is left out.
    """
    for name, allowed in ranges.items():
        value = getattr(section, name)
        numbers = value if isinstance(value, tuple) else (value,)
        if any(number is not None and number not in allowed for number in numbers):
            shown = ",".join(map(str, numbers))
            each = "each number of " if isinstance(value, tuple) else ""
            return f"{name} is {shown}; {each}{_flag(name)} must be {allowed}"
    return None


def check_ranges(configuration: Any, sections: Mapping[str, Mapping[str, Range]]) -> None:
    """Raise ConfigurationError for a number in one of the `sections` of `configuration` that is not in its range."""
    for section, ranges in sections.items():
        problem = out_of_range(getattr(configuration, section), ranges)
        if problem is not None:
            raise ConfigurationError(f"{section}.{problem}")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
