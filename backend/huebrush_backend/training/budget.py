"""Length of a training stage, and the learning rate that follows from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """Length and learning rate of a stage.

    * `steps`: number of steps over all runs of a stage, None when only time ends the training
    * `seconds`: time over all runs of a stage, None when only steps end the training
    * `learning_rate`: the highest; it rises over `warmup` steps and falls linearly to 0 over the last share `decay`
    """

    steps: int | None
    seconds: float | None
    learning_rate: float
    warmup: int = 100
    decay: float = 0.3

    def progress(self, steps: int, elapsed: float) -> float:
        """Return the share of the training, 0..1, done after `steps` steps and `elapsed` seconds."""
        if self.steps is not None:
            return min(1.0, steps / self.steps) if self.steps else 1.0
        return min(1.0, elapsed / self.seconds) if self.seconds else 1.0

    def is_over(self, steps: int, elapsed: float) -> bool:
        """Return whether the training ends after `steps` steps and `elapsed` seconds."""
        over = self.steps is not None and steps >= self.steps
        return over or (self.seconds is not None and elapsed >= self.seconds)

    def rate(self, steps: int, elapsed: float) -> float:
        """Return the learning rate of the step after `steps` steps and `elapsed` seconds."""
        left = 1 - self.progress(steps, elapsed)
        falling = min(1.0, left / self.decay) if self.decay else 1.0
        return self.learning_rate * min(1.0, (steps + 1) / max(1, self.warmup)) * falling
