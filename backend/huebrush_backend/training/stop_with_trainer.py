"""End of a process that works for the training."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Event


def is_wanted(stop: Event) -> bool:
    """Return whether this process is to go on: the trainer, its parent, has not set `stop` and is still there.

    A trainer that is killed cannot set anything, so producers ask this before each batch. Without a parent (a process
    that multiprocessing did not start) `stop` alone counts.
    """
    trainer = multiprocessing.parent_process()
    return not stop.is_set() and (trainer is None or trainer.is_alive())
