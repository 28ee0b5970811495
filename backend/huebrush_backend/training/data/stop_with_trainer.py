"""Tells a process that works for the training when to end."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Event


def is_wanted(stop: Event) -> bool:
    """Return whether this process must continue: its parent, the trainer, still runs and has not set `stop`.

    A killed trainer cannot set `stop`, so producers call this before each batch. Without a parent (in a process that
    multiprocessing did not start) only `stop` counts.
    """
    trainer = multiprocessing.parent_process()
    return not stop.is_set() and (trainer is None or trainer.is_alive())
