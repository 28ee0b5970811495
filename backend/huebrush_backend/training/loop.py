"""Common to all training stages: a time budget, a learning rate that falls at its end, averages, checkpoints."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from rich.console import Console
from torch import nn

CHECKPOINT_SECONDS = 120.0
REPORT_SECONDS = 20.0
SHEET_SECONDS = 900.0


@dataclass
class Clock:
    """Steps, samples and seconds of a stage over all its runs; saved with its checkpoints."""

    steps: int = 0
    samples: int = 0
    seconds: float = 0.0

    def state_dict(self) -> dict[str, float]:
        """Return the numbers to save."""
        return asdict(self)

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Take over saved numbers."""
        self.steps, self.samples, self.seconds = int(state["steps"]), int(state["samples"]), state["seconds"]


@dataclass(frozen=True)
class Budget:
    """Training time of a stage: `seconds` of this run; the learning rate falls linearly to 0 over the last `decay`."""

    seconds: float
    learning_rate: float
    warmup_steps: int = 100
    decay: float = 0.3

    def rate(self, elapsed: float, steps: int) -> float:
        """Return the learning rate after `elapsed` seconds of this run and `steps` steps of all runs."""
        left = max(0.0, 1 - elapsed / self.seconds)
        return self.learning_rate * min(1.0, (steps + 1) / self.warmup_steps) * min(1.0, left / self.decay)


class Stage:
    """Trains one module with AdamW and keeps an exponential average of its weights.

    `name`: name of the stage, for messages.
    `module`: what is trained.
    `loss`: takes a batch and returns the loss and numbers to report; runs under autocast.
    `folder`: where the state is saved every two minutes, a sample sheet every quarter of an hour, and both at the end.
    `accelerator`: accelerate's helper.
    `budget`: time and learning rate.
    `resume`: begin with the state saved in `folder`.
    `ema_decay`: decay of the average, 0..1.
    """

    def __init__(
        self,
        name: str,
        module: nn.Module,
        loss: Callable[[Any], tuple[torch.Tensor, dict[str, float]]],
        folder: Path,
        accelerator: Accelerator,
        budget: Budget,
        resume: bool,
        ema_decay: float = 0.998,
    ) -> None:
        self.name, self.loss, self.folder, self.accelerator, self.budget = name, loss, folder, accelerator, budget
        self.optimizer = torch.optim.AdamW(
            module.parameters(), lr=budget.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        self.module, self.optimizer = accelerator.prepare(module, self.optimizer)
        self.average = EMAModel(module.parameters(), decay=ema_decay, use_ema_warmup=True, inv_gamma=10, power=0.8)
        self.average.to(accelerator.device)
        self.clock = Clock()
        self.console = Console(stderr=True)
        accelerator.register_for_checkpointing(self.average, self.clock)
        if resume and (folder / "state").is_dir():
            accelerator.load_state(str(folder / "state"))
            self.console.print(f"{name}: continuing from step {self.clock.steps}")

    def run(
        self,
        batches: Iterator[Any],
        batch_size: int,
        export: Callable[[], None],
        draw_sheet: Callable[[], np.ndarray],
    ) -> None:
        """Train until the time budget is used up.

        `export`: writes the averaged weights, at every checkpoint. `draw_sheet`: draws a sample sheet (H,W,3) uint8
        with these weights.
        """
        start = report = checkpoint = sheet = time.monotonic()
        first_step, sums, count = self.clock.steps, {}, 0
        while (elapsed := time.monotonic() - start) < self.budget.seconds:
            for group in self.optimizer.param_groups:
                group["lr"] = self.budget.rate(elapsed, self.clock.steps)
            with self.accelerator.autocast():
                loss, numbers = self.loss(next(batches))
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(self.module.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            self.average.step(self.module.parameters())
            self.clock.steps += 1
            self.clock.samples += batch_size
            for key, value in {"loss": float(loss.detach()), **numbers}.items():
                sums[key] = sums.get(key, 0.0) + value
            count += 1
            now = time.monotonic()
            if now - report > REPORT_SECONDS:
                means = _means(sums, count)
                speed = (self.clock.steps - first_step) * batch_size / elapsed if elapsed else 0.0
                left = (self.budget.seconds - elapsed) / 60
                self.console.print(
                    f"{self.name}: step {self.clock.steps}, {speed:.1f} samples/s, {left:.1f} min left, {means}"
                )
                self._log(means)
                report, sums, count = now, {}, 0
            if now - checkpoint > CHECKPOINT_SECONDS:
                due = now - sheet > SHEET_SECONDS
                self._save(now - checkpoint, export, draw_sheet if due else None)
                checkpoint, sheet = now, now if due else sheet
        if count:
            self._log(_means(sums, count))
        self._save(time.monotonic() - checkpoint, export, draw_sheet)

    def _save(self, seconds: float, export: Callable[[], None], draw_sheet: Callable[[], np.ndarray] | None) -> None:
        self.clock.seconds += seconds
        self.accelerator.save_state(str(self.folder / "state"))
        self.average.store(self.module.parameters())
        self.average.copy_to(self.module.parameters())
        export()
        if draw_sheet is not None:
            self._write_sheet(draw_sheet())
        self.average.restore(self.module.parameters())

    def _write_sheet(self, sheet: np.ndarray) -> None:
        encoded, data = cv2.imencode(".png", sheet[..., ::-1])
        if not encoded:
            raise RuntimeError("OpenCV could not encode the sample sheet")
        (self.folder / f"sheet-{self.clock.steps:06d}.png").write_bytes(data.tobytes())

    def _log(self, means: dict[str, float]) -> None:
        entry = {"stage": self.name, **self.clock.state_dict(), **means}
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry) + "\n")


def _means(sums: dict[str, float], count: int) -> dict[str, float]:
    return {key: round(total / count, 4) for key, total in sums.items()}
