"""Traces of a stage for people: a log of its losses, sample sheets, and both for TensorBoard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from huebrush_backend.imaging.files.writing import write_atomically
from huebrush_backend.training.configuration import ConfigurationError

LOG_FILE = "log.jsonl"


class Log:
    """Writes the log and the sample sheets of a stage into its folder.

    `stage`: name of the stage.
    `folder`: its folder.
    `step`: the step that the stage goes on from. What a former run logged after it is removed: it will be done again.
    `tensorboard`: whether to write for TensorBoard too, which needs its package.
    `enabled`: False in all processes of a training but one.
    """

    def __init__(self, stage: str, folder: Path, step: int, tensorboard: bool, enabled: bool = True) -> None:
        self._stage, self._folder, self._enabled = stage, folder, enabled
        self._board: Any = None
        if not enabled:
            return
        file = folder / LOG_FILE
        if file.exists():
            lines = [line for line in file.read_text("utf-8", errors="replace").splitlines() if _step_of(line) <= step]
            file.write_text("".join(line + "\n" for line in lines), "utf-8")
        if tensorboard:
            self._board = _board(folder / "tensorboard", step)

    def write(self, step: int, clock: dict[str, float], means: dict[str, float]) -> None:
        """Write the means of the losses up to `step`."""
        if not self._enabled:
            return
        entry = {"stage": self._stage, **clock, **{name: float(f"{value:.7g}") for name, value in means.items()}}
        with (self._folder / LOG_FILE).open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        if self._board is not None:
            for name, value in means.items():
                self._board.add_scalar(f"{self._stage}/{name}", value, step)

    def write_sheet(self, step: int, sheet: np.ndarray) -> None:
        """Write a sample sheet (H,W,3) uint8."""
        if not self._enabled:
            return
        encoded, data = cv2.imencode(".png", sheet[..., ::-1])
        if not encoded:
            raise RuntimeError("OpenCV could not encode the sample sheet")
        write_atomically(self._folder / f"sheet-{step:06d}.png", lambda stream: stream.write(data.tobytes()))
        if self._board is not None:
            self._board.add_image(f"{self._stage}/samples", sheet, step, dataformats="HWC")

    def close(self) -> None:
        """Write what is still in memory."""
        if self._board is not None:
            self._board.close()


def _step_of(line: str) -> int:
    """Return the step of a line of the log; a huge one for a line that was cut off when the process was killed."""
    try:
        return int(json.loads(line)["steps"])
    except (ValueError, KeyError, TypeError):
        return 2**62


def _board(folder: Path, step: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ConfigurationError(
            '--tensorboard needs tensorboard: pip install "huebrush[tensorboard]", or in a clone '
            'pip install -e ".[tensorboard]"'
        ) from error
    return SummaryWriter(str(folder), purge_step=step)
