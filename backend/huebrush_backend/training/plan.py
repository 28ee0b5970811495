"""A run's folder and settings: where things lie, which device and precision, what is written down about it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs

from huebrush_backend import __version__
from huebrush_backend.models.catalog import weights_sha256
from huebrush_backend.models.devices import computes_bfloat16
from huebrush_backend.training.budget import Budget
from huebrush_backend.training.configuration import (
    STAGE_SHARES,
    Configuration,
    ConfigurationError,
    Precision,
    Record,
    StageName,
    flat_values,
    read_configuration,
    write_configuration,
)
from huebrush_backend.training.data.bank import Bank, make_bank
from huebrush_backend.training.data.mixed_bank import make_mixed_bank, shares_of_kinds
from huebrush_backend.training.randomness import mixed_seed

if TYPE_CHECKING:
    from huebrush_backend.drawings.sources import PairSource

BANK_SEED = 1
CONFIGURATION_FILE = "configuration.json"
AnyRun = TypeVar("AnyRun", bound=Any)
LIBRARIES = ("torch", "numpy", "diffusers", "transformers", "accelerate")
DATA_PURPOSE = 1
"""Keeps the random numbers of the data apart from others of the same seed."""
DEFAULT_MINUTES = 60.0


@dataclass(frozen=True)
class TrainingPlan:
    """One stage of a run.

    * `folder`: folder of the run: state, samples and exported weights
    * `configuration`: the run's; `run.stage` is this stage
    * `resume`: go on from the state in the folder, or from exported weights
    """

    folder: Path
    configuration: Configuration
    resume: bool

    @property
    def stage(self) -> StageName:
        """The stage to train."""
        stage = self.configuration.run.stage
        assert stage != "all"
        return stage

    @property
    def seed(self) -> int:
        """Seed of this stage: stages of one run do not repeat each other's numbers."""
        return mixed_seed(self.configuration.run.seed, list(STAGE_SHARES).index(self.stage)) >> 16

    @property
    def weights(self) -> Path:
        """Folder of the exported weights, a diffusers pipeline once all stages are done."""
        return self.folder / "weights"

    @property
    def stage_folder(self) -> Path:
        """Folder of this stage's state, log and sample sheets."""
        return self.folder / self.stage

    @property
    def budget(self) -> Budget:
        """Length and learning rate of the stage."""
        run, options = self.configuration.run, self.configuration.optimization
        seconds = None if run.minutes is None else run.minutes * 60
        return Budget(run.steps, seconds, options.learning_rate, options.warmup, options.decay)

    @property
    def precision(self) -> Precision:
        """Precision that networks compute in on this machine."""
        run = self.configuration.run
        return chosen_precision(run.precision, run.device)

    @property
    def half(self) -> bool:
        """Whether networks compute in bfloat16."""
        return self.precision == "bfloat16"

    def accelerator(self) -> Accelerator:
        """Make accelerate's helper for the chosen device and precision."""
        torch.set_num_threads(self.configuration.run.threads)
        # Not every step uses every weight: a text tower's last block, learned tokens that a strategy chooses at times.
        parallel = DistributedDataParallelKwargs(find_unused_parameters=True)
        precision = "bf16" if self.half else "no"
        device = self.configuration.run.device
        accelerator = Accelerator(mixed_precision=precision, cpu=device == "cpu", kwargs_handlers=[parallel])
        require_device(device, accelerator)
        torch.backends.cudnn.benchmark = (
            True  # all batches have the same shape: the fastest convolutions are worth a search
        )
        return accelerator

    def bank(self) -> Bank:
        """Return the drawings; draw them first if they are missing."""
        return self.open_bank()

    @property
    def open_bank(self) -> Callable[[], Bank]:
        """Return `bank` as a function that can be passed to another process."""
        data = self.configuration.data
        if data.rich:
            shares = shares_of_kinds(data.rich)
            return partial(make_mixed_bank, self.folder / "bank", data.drawings, BANK_SEED, shares, data.palettes)
        return partial(make_bank, self.folder / "bank", data.drawings, BANK_SEED, data.palettes)

    @property
    def open_pictures(self) -> Callable[[], PairSource] | None:
        """Return a function that opens the pictures by others; None if there are none."""
        data = self.configuration.data
        return partial(_open_sources, data.pictures, data.svg_parts, data.svg_lines) if data.pictures else None

    def generators(self, step: int, rows: Sequence[int]) -> list[np.random.Generator]:
        """Return the generators of the data in `rows` of the batch of `step`."""
        return [np.random.default_rng([self.seed, DATA_PURPOSE, step, row]) for row in rows]


def _open_sources(names: tuple[str, ...], parts: str, lines: str) -> PairSource:
    from huebrush_backend.drawings.sources import open_sources

    return open_sources(names, parts=parts, lines=lines)


def plans_of(configuration: Configuration, folder: Path, resume: bool) -> Iterator[TrainingPlan]:
    """Yield a plan for each stage to train, in order; they share the time.

    Without steps or minutes, each stage takes its share of an hour.
    """
    run = configuration.run
    stages: list[StageName] = list(STAGE_SHARES) if run.stage == "all" else [run.stage]
    minutes = DEFAULT_MINUTES if run.steps is None and run.minutes is None else run.minutes
    for stage in stages:
        share = STAGE_SHARES[stage] if run.stage == "all" else 1.0
        own = replace(run, stage=stage, minutes=None if minutes is None else minutes * share)
        yield TrainingPlan(folder, replace(configuration, run=own), resume)


def write_record(plan: TrainingPlan, steps: int) -> TrainingPlan:
    """Write the configuration beside the stage's state, with what the run is made of; return the plan with it.

    `steps`: number of steps that were done before. Then the record of these steps stays, and what is different from now
    on is added to it.
    """
    file = plan.stage_folder / CONFIGURATION_FILE
    former = read_configuration(file) if steps and file.exists() else None
    digest = weights_sha256(plan.weights) if former is None and plan.weights.is_dir() else ""
    configuration = with_record(plan.configuration, former, digest, steps)
    write_configuration(configuration, file)
    return replace(plan, configuration=configuration)


def with_record(configuration: AnyRun, former: AnyRun | None, starting_weights: str, steps: int) -> AnyRun:
    """Return `configuration` with the record of its run, or of `former`'s run, of which `steps` steps were done.

    `starting_weights`: SHA-256 of the weights that a new run starts from.
    """
    versions = {"huebrush": __version__, "python": platform.python_version()}
    versions |= {library: version(library) for library in LIBRARIES}
    if former is None:
        return replace(configuration, record=Record(starting_weights, versions))
    now = replace(configuration, record=replace(former.record, versions=versions))
    changes = (*former.record.changes, *_changes(former, now, steps))
    return replace(now, record=replace(now.record, changes=changes))


def _changes(former: Any, now: Any, steps: int) -> Iterator[str]:
    """Yield a line for each value that differs from step `steps` on."""
    old, new = flat_values(former), flat_values(now)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name) and not name.startswith("record.changes"):
            yield f"from step {steps}: {name} {new.get(name)!r}, before {old.get(name)!r}"


def require_device(device: str, accelerator: Accelerator) -> None:
    """Raise ConfigurationError if accelerate computes elsewhere than on `device`: "auto", or a kind such as "cuda"."""
    if device not in ("auto", accelerator.device.type):
        raise ConfigurationError(
            f"--device {device}: the training would compute on {accelerator.device.type}; give auto or cpu. With "
            "several graphics cards, accelerate's launcher chooses"
        )


def chosen_precision(precision: Precision, device: str) -> Precision:
    """Return the precision to compute in; for "auto" bfloat16 only where the device has instructions for it."""
    if precision != "auto":
        return precision
    on_gpu = device != "cpu" and torch.cuda.is_available()
    return "bfloat16" if computes_bfloat16(torch.device("cuda" if on_gpu else "cpu")) else "float32"
