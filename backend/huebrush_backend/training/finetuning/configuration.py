"""The configuration of a fine-tuning: a file that decides everything about it, and so is its record.

Imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Literal

from huebrush_backend.training import ranges
from huebrush_backend.training.configuration import (
    ConfigurationError,
    Optimization,
    Output,
    Precision,
    Record,
    check_patches,
)
from huebrush_backend.training.ranges import MAX_THREADS, Range, check_ranges
from huebrush_backend.training.strategies.options import Strategies

Method = Literal["lora", "full"]

STRATEGIES = (
    "deformation",
    "spline_points",
    "spline_sigma",
    "mirror_share",
    "placement_share",
    "rotation",
    "scale_least",
    "scale_most",
    "stretch",
    "shift",
    "margin_share",
    "margin",
    "patch_shuffle_share",
    "patch_shuffle_least",
    "patch_shuffle_most",
    "patch_shuffle_rotation",
    "looks_share",
    "token_shuffle_share",
    "token_noise",
    "reference_drop",
    "reference_drop_end",
    "reference_drop_step",
    "reference_drop_every",
    "sketch_drop",
    "timestep_power",
    "min_snr_gamma",
    "offset_noise",
    "dual_weight",
    "dual_reference",
)
"""Strategies of fine-tuning. The model decides others, such as what it predicts, or they need drawings with known
parts."""
NATURAL_STRATEGIES = Strategies(
    deformation="none",
    mirror_share=0.0,
    placement_share=0.0,
    reference_drop=0.5,
    sketch_drop=0.0,
    timestep_power=1.0,
    part_naming_weight=0.0,
    attention_weight=0.0,
)
"""As the released models were trained. The views of the pictures already turn, bend, shrink and mirror references."""
CONFIGURATION_FILE = "configuration.json"
SIZE_STEP = 64
MOST_SIZE = 4096
MOST_STRENGTH = 2.0
"""Largest strength of a LoRA."""
RANGES = {
    "run": {
        "seed": ranges.RUN["seed"],
        "steps": Range(1, ranges.STEPS.most),
        "threads": ranges.RUN["threads"],
        "readers": Range(1, MAX_THREADS),
    },
    "what": {"rank": Range(1, 4096), "strength": Range(0, MOST_STRENGTH)},
    "optimization": ranges.OPTIMIZATION,
    "output": ranges.OUTPUT,
}
"""Ranges of the numbers in each section; those of the strategies check theirs."""


@dataclass(frozen=True)
class Source:
    """The model to start from, and the pictures.

    * `model`: name of the released model to start from, as in `huebrush models list`
    * `name`: name of the new model; by default the model's and the folder's
    * `data`: folder of pictures, of SVG drawings, or with a sub-folder for each character
    """

    model: str = ""
    name: str = ""
    data: str = ""


@dataclass(frozen=True)
class TuningRun:
    """Method, length and place of the training.

    * `method`: lora: a small addition to the model; full: all weights of the UNet, a new model file
    * `seed`: decides all random choices: the pictures' order and views, new weights, noise
    * `steps`: end after this many steps, counted over all continuations
    * `precision`: precision of the networks' products; auto: bfloat16 where the device computes with it
    * `device`: auto or cpu
    * `threads`: CPU threads of the training process
    * `readers`: threads that read pictures and find their lines in advance; what is trained does not depend on it
    """

    method: Method = "lora"
    seed: int = 0
    steps: int = 1000
    precision: Precision = "auto"
    device: str = "auto"
    threads: int = 1
    readers: int = 2


@dataclass(frozen=True)
class TuningData:
    """The pictures.

    * `size`: side of the squares to learn from, in pixels, a multiple of 64; none: the size the model was trained for
    """

    size: int | None = None


@dataclass(frozen=True)
class What:
    """The weights that change.

    * `rank`: rank of a LoRA: more can learn more, and forgets more
    * `strength`: strength of the new LoRA; `huebrush models strength` changes it later
    * `sketch_encoder`: with the method full, also train the network that reads the line art
    """

    rank: int = 16
    strength: float = 1.0
    sketch_encoder: bool = False


def _optimization() -> Optimization:
    return Optimization(
        batch=4, accumulation=4, gradient_checkpointing=True, learning_rate=1e-4, warmup=50, decay=0.3, ema=False
    )


@dataclass(frozen=True)
class FineTuning:
    """Everything that decides a fine-tuning. The defaults are those of a LoRA."""

    source: Source = field(default_factory=Source)
    run: TuningRun = field(default_factory=TuningRun)
    data: TuningData = field(default_factory=TuningData)
    what: What = field(default_factory=What)
    optimization: Optimization = field(default_factory=_optimization)
    strategies: Strategies = NATURAL_STRATEGIES
    output: Output = field(default_factory=lambda: Output(checkpoint_minutes=10.0, sheet_steps=0))
    record: Record = field(default_factory=Record)

    def __post_init__(self) -> None:
        size, options = self.data.size, self.optimization
        if size is not None and (not SIZE_STEP <= size <= MOST_SIZE or size % SIZE_STEP):
            raise ConfigurationError(
                f"data.size is {size}; --size must be a multiple of {SIZE_STEP} within {SIZE_STEP} to {MOST_SIZE}"
            )
        check_ranges(self, RANGES)
        if size is not None:
            check_patches(self.strategies, size)
        if options.batch % options.accumulation:
            raise ConfigurationError(
                f"optimization.batch is {options.batch}; it must be a multiple of optimization.accumulation, "
                f"{options.accumulation}"
            )
        of_another = self.strategies.dual_weight > 0 and self.strategies.dual_reference == "mismatched"
        if of_another and options.batch // options.accumulation < 2:
            raise ConfigurationError(
                "--dual-reference mismatched needs two pictures or more a part of a batch; halve --accumulation"
            )
        for entry in fields(Strategies):
            name, value = entry.name, getattr(self.strategies, entry.name)
            if name not in (*STRATEGIES, "prediction") and value != getattr(NATURAL_STRATEGIES, name):
                raise ConfigurationError(f"strategies.{name} has no effect on fine-tuning; leave it out")


FULL_LEARNING_RATE = 1e-5
"""As the released models were trained."""


def defaults_of(method: Method) -> FineTuning:
    """Return the configuration of a fine-tuning by `method` in which nothing was chosen."""
    natural = FineTuning()
    if method == "lora":
        return natural
    return replace(
        natural,
        run=replace(natural.run, method="full"),
        optimization=replace(natural.optimization, learning_rate=FULL_LEARNING_RATE),
    )
