"""Pictures and results that follow from a number, so that the bytes of a result can be compared."""

from __future__ import annotations

import numpy as np
from huebrush_protocol.regions import BLENDS, CHECK, PICTURE, RESULTS, STACKS

from huebrush_backend.engine.request import ResultLayer

KINDS = RESULTS
STACK_LAYERS = 5


def line_art(number: int, width: int, height: int) -> np.ndarray:
    """Return the line art (height, width, 4) of a job's number."""
    return np.random.default_rng(number).integers(0, 256, (height, width, 4), np.uint8)


def layers(picture: np.ndarray, result: str) -> tuple[ResultLayer, ...]:
    """Return the layers that a job with the line art `picture` (H,W,4) gets, for each kind of result."""
    if result == CHECK:
        return ()
    if result == PICTURE:
        return (ResultLayer("picture", _turned(picture, 1), kind="picture"),)
    if result in STACKS:
        return tuple(
            ResultLayer(str(number), _turned(picture, number), number, -number, STACKS[result], BLENDS[number % 3])
            for number in range(STACK_LAYERS)
        )
    if result == "colorize_mask":
        return tuple(
            ResultLayer(str(number), np.ascontiguousarray(picture[..., number]), kind="stroke") for number in range(3)
        )
    return (ResultLayer("flats", _turned(picture, 2), kind="flats"),)


def _turned(picture: np.ndarray, number: int) -> np.ndarray:
    """Return the picture with each byte changed in a way of its own for each `number`."""
    return np.ascontiguousarray((picture ^ np.uint8(37 * number + 1))[:, ::-1])
