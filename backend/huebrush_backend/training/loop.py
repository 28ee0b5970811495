"""Common to all training stages: steps, a learning rate that falls at the end, averages, the saved state."""

from __future__ import annotations

import math
import os
import pickle
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from torch import nn

from huebrush_backend.training.budget import Budget
from huebrush_backend.training.configuration import ConfigurationError, Optimization, Output
from huebrush_backend.training.log import Log
from huebrush_backend.training.moment import Moment
from huebrush_backend.training.randomness import Randomness
from huebrush_backend.training.wider_head import with_wider_head

STATE_FILE = "state.pt"
ALREADY_COMPLETE = "already complete"
"""Phase of a stage that former runs have finished."""

GetBatch = Callable[[int, Sequence[int], Callable[[], bool]], Any]
"""Returns some rows of the batch of a step, given step, rows, and whether it may still wait for them; None if not."""


@dataclass
class Clock:
    """Steps, samples and seconds of a stage over all its runs; saved with its state."""

    steps: int = 0
    samples: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Progress:
    """Progress of a stage, for people.

    * `stage`: its name
    * `phase`: what it does: "training", "saving", "drawing a sample sheet", `ALREADY_COMPLETE`
    * `step`: number of steps done
    * `steps`: number of steps in all; None when time ends the training
    * `fraction`: share that is done, 0..1
    * `seconds_left`: estimate; None before the first steps
    * `samples_per_second`: speed of this run
    * `means`: means of the losses since the last entry of the log; empty between entries
    """

    stage: str
    phase: str
    step: int
    steps: int | None
    fraction: float
    seconds_left: float | None
    samples_per_second: float
    means: dict[str, float]


@dataclass(frozen=True)
class Outputs:
    """Results of a stage with the weights it has: `export` writes them, `draw_sheet` returns a sheet (H,W,3) uint8.

    `saved` is called with the number of steps when the state has been saved.
    """

    export: Callable[[], None]
    draw_sheet: Callable[[], np.ndarray]
    saved: Callable[[int], None] = lambda steps: None


def rows_of_parts(options: Optimization, accelerator: Accelerator) -> list[range]:
    """Return the rows of a step's batch in each part that this process computes, in order.

    Raises ConfigurationError when processes and parts do not divide the batch evenly.
    """
    parts = accelerator.num_processes * options.accumulation
    if options.batch % parts:
        raise ConfigurationError(
            f"--batch is {options.batch}; it must be a multiple of {parts}: {accelerator.num_processes} processes with "
            f"{options.accumulation} parts each"
        )
    size, first = options.batch // parts, accelerator.process_index * options.accumulation
    return [range(number * size, (number + 1) * size) for number in range(first, first + options.accumulation)]


class StageOptions(Protocol):
    """The parts of a configuration that a stage needs."""

    @property
    def optimization(self) -> Optimization:
        """Options of the optimizer."""
        ...

    @property
    def output(self) -> Output:
        """Options of states, logs and sheets."""
        ...


class Stage:
    """Trains one module with AdamW, and averages its weights if the configuration says so.

    `name`: name of the stage.
    `module`: what is trained; called with a batch and a `Moment`, it returns the loss and numbers to report.
    `folder`: where the state, the log and sample sheets go.
    `accelerator`: accelerate's helper.
    `configuration`: the run's.
    `seed`: of the random numbers that the module is given.
    `budget`: length and learning rate.
    `resume`: begin with the state saved in `folder`, if there is one.
    """

    def __init__(
        self,
        name: str,
        module: nn.Module,
        folder: Path,
        accelerator: Accelerator,
        configuration: StageOptions,
        seed: int,
        budget: Budget,
        resume: bool,
    ) -> None:
        self.name, self.folder, self.accelerator, self.budget = name, folder, accelerator, budget
        self.configuration, self.options, self._seed = configuration, configuration.optimization, seed
        self.clock = Clock()
        self._rows = rows_of_parts(self.options, accelerator)
        optimizer = torch.optim.AdamW(
            module.parameters(),
            lr=budget.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=self.options.weight_decay,
            fused=True,
        )
        self.module, self.optimizer = accelerator.prepare(module, optimizer)
        self._plain: nn.Module = accelerator.unwrap_model(self.module)
        self._average: EMAModel | None = None
        if self.options.ema and accelerator.is_main_process:
            self._average = self._new_average()
            self._average.to(accelerator.device)
        if resume and (folder / STATE_FILE).is_file():
            self._load(folder / STATE_FILE)

    def run(
        self,
        get_batch: GetBatch,
        outputs: Outputs,
        log: Log,
        listener: Callable[[Progress], None],
        interrupted: Callable[[], bool] = lambda: False,
        stop_at: int | None = None,
    ) -> bool:
        """Train to the end of the budget; return False if the user ended it before, by `interrupted` or `stop_at`.

        The state is saved in either case.

        `get_batch`: returns rows of a step's batch.
        `outputs`: what is written beside the state.
        `log`: gets the means of the losses.
        `listener`: is told the progress.
        `stop_at`: end after this step, to go on later.
        """
        begin = report = checkpoint = time.monotonic()
        first_step, earlier, sums, count = self.clock.steps, self.clock.seconds, {}, 0
        output = self.configuration.output

        def elapsed() -> float:
            return earlier + time.monotonic() - begin

        def may_wait() -> bool:
            return not interrupted() and not self.budget.is_over(self.clock.steps, elapsed())

        def tell(phase: str, means: dict[str, float]) -> None:
            done, spent = self.clock.steps - first_step, elapsed() - earlier
            speed = done * self.options.batch / spent if spent else 0.0
            fraction = self.budget.progress(self.clock.steps, elapsed())
            left = self._seconds_left(elapsed(), spent / done if done else None)
            listener(Progress(self.name, phase, self.clock.steps, self.budget.steps, fraction, left, speed, means))

        while True:
            parts = self._parts(get_batch, may_wait) if may_wait() and self.clock.steps != stop_at else None
            if self._all_say(parts is None):
                break
            assert parts is not None
            means = self._step(parts, self.budget.rate(self.clock.steps, elapsed()), elapsed())
            for key, value in means.items():
                sums[key] = sums.get(key, 0.0) + value
            count += 1
            now = time.monotonic()
            if now - report >= output.report_seconds:
                log.write(self.clock.steps, asdict(self.clock), _means(sums, count))
                tell("training", _means(sums, count))
                report, sums, count = now, {}, 0
            else:
                tell("training", {})
            sheet_due = output.sheet_steps > 0 and self.clock.steps % output.sheet_steps == 0
            steps_due = output.checkpoint_steps > 0 and self.clock.steps % output.checkpoint_steps == 0
            time_due = now - checkpoint >= output.checkpoint_minutes * 60
            if self._all_say(time_due or steps_due or sheet_due):
                self.clock.seconds += now - checkpoint
                tell("drawing a sample sheet" if sheet_due else "saving", {})
                self._save(outputs, log, sheet_due)
                checkpoint = now
        if count:
            log.write(self.clock.steps, asdict(self.clock), _means(sums, count))
        finished = self.budget.is_over(self.clock.steps, elapsed())
        self.clock.seconds += time.monotonic() - checkpoint
        tell("saving", {})
        self._save(outputs, log, with_sheet=finished)
        return finished

    @property
    def is_complete(self) -> bool:
        """Whether former runs have used the budget up."""
        return self.clock.steps > 0 and self.budget.is_over(self.clock.steps, self.clock.seconds)

    def progress(self, phase: str) -> Progress:
        """Return the progress before a run."""
        fraction = self.budget.progress(self.clock.steps, self.clock.seconds)
        return Progress(self.name, phase, self.clock.steps, self.budget.steps, fraction, None, 0.0, {})

    def time_step(self, get_batch: GetBatch) -> tuple[float, float]:
        """Do one step; return the seconds that it took, and those of making its batch."""
        begin = time.monotonic()
        parts = self._parts(get_batch, lambda: True)
        assert parts is not None
        made = time.monotonic()
        self._step(parts, self.budget.learning_rate, 0.0)
        return time.monotonic() - made, made - begin

    def _parts(self, get_batch: GetBatch, may_wait: Callable[[], bool]) -> list[tuple[Any, Sequence[int]]] | None:
        """Return this process's parts of the next batch with their rows; None if waiting for them had to end."""
        parts = []
        for rows in self._rows:
            batch = get_batch(self.clock.steps, rows, may_wait)
            if batch is None:
                return None
            parts.append((batch, rows))
        return parts

    def _step(self, parts: list[tuple[Any, Sequence[int]]], rate: float, elapsed: float) -> dict[str, float]:
        """Do one step with the learning rate `rate`; return the means of loss and numbers over the whole batch."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        progress = self.budget.progress(self.clock.steps, elapsed)
        sums: dict[str, torch.Tensor] = {}
        for number, (batch, rows) in enumerate(parts):
            random = Randomness(self._seed, self.clock.steps, rows, self.accelerator.device)
            with self._synchronizing(last=number == len(parts) - 1):
                loss, numbers = self.module(batch, Moment(self.clock.steps, progress, random))
                self.accelerator.backward(loss / len(parts))
            for key, value in {"loss": loss, **numbers}.items():
                part = torch.as_tensor(value).detach().to(self.accelerator.device).float() / len(parts)
                sums[key] = sums[key] + part if key in sums else part
        norm = self.accelerator.clip_grad_norm_(self.module.parameters(), self.options.gradient_norm)
        if norm is not None and not math.isfinite(float(norm)):
            raise ConfigurationError(
                f"the training has diverged: its gradient is no number at step {self.clock.steps + 1}. The last saved "
                "state is as it was: go on from it with --resume and a lower --learning-rate"
            )
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        if self._average is not None:
            self._average.step(self._plain.parameters())
        self.clock.steps += 1
        self.clock.samples += self.options.batch
        values = torch.stack(list(sums.values()))
        if self.accelerator.num_processes > 1:
            values = self.accelerator.reduce(values, "mean")
        return dict(zip(sums, values.tolist(), strict=True))  # pyright: ignore[reportAttributeAccessIssue]

    def _synchronizing(self, last: bool) -> AbstractContextManager:
        """Return a context in which gradients are exchanged between processes only for the `last` part of a batch."""
        return nullcontext() if last else self.accelerator.no_sync(self.module)

    def _all_say(self, end: bool) -> bool:
        """Return whether any process wants to `end`: all must leave the loop after the same step."""
        if self.accelerator.num_processes == 1:
            return end
        votes = self.accelerator.reduce(torch.tensor([int(end)], device=self.accelerator.device), "sum")
        return int(votes.item()) > 0  # pyright: ignore[reportAttributeAccessIssue]

    def _new_average(self) -> EMAModel:
        """Return an average that begins with the present weights."""
        return EMAModel(
            self._plain.parameters(),
            decay=self.options.ema_decay,
            use_ema_warmup=True,
            inv_gamma=10,
            power=0.8,
            foreach=True,
        )

    def _seconds_left(self, elapsed: float, seconds_a_step: float | None) -> float | None:
        """Return an estimate after `elapsed` seconds of all runs."""
        limits = [] if self.budget.seconds is None else [self.budget.seconds - elapsed]
        if self.budget.steps is not None and seconds_a_step is not None:
            limits.append((self.budget.steps - self.clock.steps) * seconds_a_step)
        return max(0.0, min(limits)) if limits else None

    def _save(self, outputs: Outputs, log: Log, with_sheet: bool) -> None:
        """Save the state, then export the weights, averaged if they are, and draw a sheet with them."""
        if self.accelerator.is_main_process:
            self._write_state()
            if self._average is not None:
                self._average.store(self._plain.parameters())
                self._average.copy_to(self._plain.parameters())
            outputs.export()
            if with_sheet:
                log.write_sheet(self.clock.steps, outputs.draw_sheet())
            if self._average is not None:
                self._average.restore(self._plain.parameters())
            outputs.saved(self.clock.steps)
        self.accelerator.wait_for_everyone()

    def _write_state(self) -> None:
        """Write everything that the next step depends on. A killed process leaves the former file or the new one."""
        state = {
            "module": self._plain.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": None if self._average is None else self._average.state_dict(),
            "clock": asdict(self.clock),
        }
        partial = self.folder / (STATE_FILE + ".partial")
        try:
            with partial.open("wb") as stream:
                torch.save(state, stream)
                stream.flush()
                os.fsync(stream.fileno())
        except (OSError, RuntimeError) as error:  # PyTorch raises the latter when the disk is full
            partial.unlink(missing_ok=True)
            raise ConfigurationError(
                f"the state cannot be written to {self.folder}; the former one is as it was. Make room on the disk and "
                "go on with --resume"
            ) from error
        partial.replace(self.folder / STATE_FILE)

    def _load(self, file: Path) -> None:
        # Only tensors and plain values: a state from elsewhere cannot run code.
        try:
            state = torch.load(file, map_location=self.accelerator.device, weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise ConfigurationError(
                f"{file} is damaged; remove it to go on from the weights that were exported last"
            ) from error
        state = with_wider_head(state, self._plain)
        try:
            self._plain.load_state_dict(state["module"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (RuntimeError, ValueError) as error:
            raise ConfigurationError(
                f"{file} is the state of other networks; use another --folder, or the options of that run"
            ) from error
        if self._average is not None:
            if state["average"] is None:
                self._average = self._new_average()
            else:
                self._average.load_state_dict(state["average"])
            self._average.to(self.accelerator.device)
        self.clock = Clock(**state["clock"])


def _means(sums: dict[str, float], count: int) -> dict[str, float]:
    return {key: total / count for key, total in sums.items()}
