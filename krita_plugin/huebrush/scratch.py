"""Documents that the plugin makes for itself for a moment: without a view, but listed for every script in Krita.

Any of them may close one between two steps of ours, and Krita crashes when a closed document is closed again or added
to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from krita import Krita

from .problems import Problem, ProblemError

SRGB_PROFILE = "sRGB-elle-V2-srgbtrc.icc"
SRGB_SPACE = ("RGBA", "U8", SRGB_PROFILE)
"""Colour model, depth and profile of the pixels that Huebrush sends and receives."""


@contextmanager
def scratch_document(
    name: str, resolution: float, width: int = 1, height: int = 1, space: tuple[str, str, str] = SRGB_SPACE
) -> Iterator[Any]:
    """Yield a new document called `name` (`resolution` in pixels per inch), and close it at the end unless another
    script already has."""
    document = Krita.instance().createDocument(width, height, name, *space, resolution)
    try:
        document.setBatchmode(True)
        yield document
    finally:
        if is_open(document):
            document.setModified(False)
            document.close()


def is_open(document: Any) -> bool:
    """Return False once `document` was closed."""
    return any(document == other for other in Krita.instance().documents())


def require_open(document: Any, otherwise: Problem) -> None:
    """Raise `ProblemError` with `otherwise` once `document` was closed."""
    if not is_open(document):
        raise ProblemError(otherwise)
