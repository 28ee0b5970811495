"""States what a training takes before it starts: parameters, memory and time, measured on a few steps."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import torch

from huebrush_backend.training.configuration import ConfigurationError, StageName
from huebrush_backend.training.loop import Stage
from huebrush_backend.training.plan import TrainingPlan
from huebrush_backend.training.preparation import PREPARATIONS
from huebrush_backend.training.randomness import seed_everything

DRAWINGS = 8
STEPS = 2
"""Steps that are measured; the first, which also warms caches up, does not count."""


@dataclass(frozen=True)
class Measurement:
    """Size, memory and time that one stage takes.

    * `stage`: its name
    * `device`, `precision`: where and in what it computes
    * `parameters`: number of trained parameters
    * `memory`: bytes of the training process at most (on a GPU: of the GPU)
    * `seconds_a_step`: of the training process, without its samples
    * `seconds_of_samples`: to make the samples of a step; divided among the producers, if there are any
    * `producers`: number of processes that make samples meanwhile; 0 if the training process makes them itself
    * `steps`, `minutes`: planned length
    """

    stage: str
    device: str
    precision: str
    parameters: int
    memory: int
    seconds_a_step: float
    seconds_of_samples: float
    producers: int
    steps: int | None
    minutes: float | None

    def text(self) -> str:
        """Return it as lines for people."""
        times = self.seconds_a_step, self.seconds_of_samples
        pace = max(times) if self.producers else sum(times)
        by = "made at the same time by the producers" if self.producers else "made before it"
        lines = [
            f"{self.stage}: {self.parameters / 1e6:.1f} million parameters, {self.precision} on {self.device}",
            f"  memory      {self.memory / 2**30:.1f} GB",
            f"  a step      {self.seconds_a_step:.2f} s",
        ]
        lines.append(f"  its samples {self.seconds_of_samples:.2f} s, {by}")
        if self.steps is not None:
            lines.append(f"  all         {self.steps} steps, about {duration(self.steps * pace)}")
        if self.minutes is not None:
            lines.append(f"  all         {self.minutes:g} minutes, about {self.minutes * 60 / pace:.0f} steps")
        return "\n".join(lines)


def duration(seconds: float) -> str:
    """Return a length of time such as "2 h 05 min"."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min" if minutes else f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def measure(plan: TrainingPlan, weights: Path | None) -> Measurement:
    """Do a few steps of `plan` on a few drawings in a folder of their own, and return what they took.

    `weights`: folder of weights to start from. A stage that needs weights of an earlier one, when there are none yet,
    takes new networks for them.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _measure(plan, weights, Path(folder))


def _measure(plan: TrainingPlan, weights: Path | None, folder: Path) -> Measurement:
    configuration, options = plan.configuration, plan.configuration.optimization
    small = replace(
        configuration,
        run=replace(configuration.run, producers=0, steps=STEPS, minutes=None),
        data=replace(configuration.data, drawings=DRAWINGS, palettes=64, chunk=min(options.batch, 32)),
    )
    trial = TrainingPlan(folder, small, resume=plan.resume)
    if weights is not None:
        shutil.copytree(weights, trial.weights)
    accelerator = trial.accelerator()
    if accelerator.num_processes > 1:
        raise ConfigurationError("--dry-run measures one process; start it without accelerate's launcher")
    seed_everything(trial.seed)
    parts: dict[StageName, str] = {"clip": "image_encoder", "vae": "vae"}
    for stage, part in parts.items():
        if plan.stage in ("unet", "decoder") and not (trial.weights / part).is_dir():
            earlier = replace(trial, configuration=replace(small, run=replace(small.run, stage=stage)))
            PREPARATIONS[stage](earlier, accelerator).outputs.export()
    preparation = PREPARATIONS[plan.stage](trial, accelerator)
    on_gpu = accelerator.device.type == "cuda"
    try:
        trainer = Stage(
            name=plan.stage,
            module=preparation.module,
            folder=trial.stage_folder,
            accelerator=accelerator,
            configuration=small,
            seed=trial.seed,
            budget=trial.budget,
            resume=False,
        )
        rows = range(options.batch)
        begin = time.monotonic()
        preparation.get_batch(0, rows, lambda: True)
        first = time.monotonic() - begin
        times = [trainer.time_step(preparation.get_batch) for _ in range(STEPS)]
        memory = torch.cuda.max_memory_allocated() if on_gpu else psutil.Process().memory_info().rss
        step, samples = times[-1]
        producers = 0
        if plan.stage == "clip":
            producers = configuration.run.producers
            samples /= max(1, producers)
        elif plan.stage == "unet":  # whose first batch made a chunk of samples, and later ones are used again
            producers = configuration.run.producers
            chunks = max(1, -(-options.batch // small.data.chunk))
            samples = first / (chunks * small.data.chunk) * options.batch / configuration.data.reuse / max(1, producers)
        return Measurement(
            stage=plan.stage,
            device=str(accelerator.device),
            precision=plan.precision,
            parameters=sum(part.numel() for part in preparation.module.parameters() if part.requires_grad),
            memory=memory,
            seconds_a_step=step,
            seconds_of_samples=samples,
            producers=producers,
            steps=configuration.run.steps,
            minutes=configuration.run.minutes,
        )
    finally:
        preparation.close()
