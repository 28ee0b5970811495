"""Contents of a picture file, whatever its format: layers by name, and the merged picture."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.files.blending import NORMAL, laid_over
from huebrush_backend.imaging.files.layer_names import LayerNames, quoted

DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    cv2.error,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""Errors that decoding libraries raise, besides their own, when the bytes of a file make no sense."""
_LONGEST_REASON = 160
"""Letters of a library's own message that are shown."""


class PictureError(Exception):
    """A picture file that cannot be read or written; the message names the file, the problem and the remedy."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file
        self.problem = problem

    @classmethod
    def of_damage(cls, file: Path, error: BaseException) -> PictureError:
        """Return the error for a file whose bytes made a library raise `error`, which is one of `DAMAGE`."""
        told = " ".join(str(error).split())[:_LONGEST_REASON]
        told = "".join(letter if letter.isprintable() else "?" for letter in told)
        reason = told if " " in told else f"{type(error).__name__} {told}".strip()
        return cls(file, f"the file is damaged: {reason.rstrip('.')}. Save it again, or use another copy.")


@attrs.frozen(eq=False)
class Layer:
    """One layer's pixels: (h,w,4) uint8 RGBA, sRGB with straight alpha, with its top left at `x`, `y` in the picture.

    `encoded` is the PNG file that the pixels came from, so that it can be passed on byte for byte. `blending` is an
    OpenRaster composite operation such as "svg:multiply". A `clipped` layer shows, in a Photoshop document, only where
    the nearest layer or group below that is not clipped does.
    """

    name: str
    pixels: NDArray[np.uint8]
    x: int = 0
    y: int = 0
    visible: bool = True
    opacity: float = 1.0
    blending: str = NORMAL
    encoded: bytes | None = attrs.field(default=None, repr=False)
    clipped: bool = False

    def on_canvas(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the layer's pixels cut or padded (transparent) to a picture of `width` by `height`:
        (height,width,4)."""
        rows, columns = self.pixels.shape[:2]
        if (self.x, self.y, columns, rows) == (0, 0, width, height):
            return self.pixels
        canvas = np.zeros((height, width, 4), np.uint8)
        left, top = max(self.x, 0), max(self.y, 0)
        right, bottom = min(self.x + columns, width), min(self.y + rows, height)
        if left < right and top < bottom:
            canvas[top:bottom, left:right] = self.pixels[top - self.y : bottom - self.y, left - self.x : right - self.x]
        return canvas


@attrs.frozen(eq=False)
class Group:
    """Layers kept together; `children` are ordered bottom to top. Those of a group that is not `isolated` blend with
    what lies below the group."""

    name: str
    children: Sequence[Layer | Group]
    visible: bool = True
    opacity: float = 1.0
    blending: str = NORMAL
    isolated: bool = True


def composite(nodes: Sequence[Layer | Group], width: int, height: int) -> NDArray[np.uint8]:
    """Merge visible layers, given bottom to top, into (height,width,4) uint8 RGBA, by the operations of OpenRaster."""
    return _composite_on(np.zeros((height, width, 4), np.uint8), nodes)


def _composite_on(canvas: NDArray[np.uint8], nodes: Sequence[Layer | Group]) -> NDArray[np.uint8]:
    height, width = canvas.shape[:2]
    for node in nodes:
        if not node.visible:
            continue
        if isinstance(node, Group):
            if not node.isolated and node.opacity == 1 and node.blending == NORMAL:
                canvas = _composite_on(canvas, node.children)
                continue
            pixels = composite(node.children, width, height)
        else:
            pixels = node.on_canvas(width, height)
        if node.opacity < 1:
            pixels = pixels.copy()
            pixels[..., 3] = np.rint(pixels[..., 3] * node.opacity)
        canvas = laid_over(pixels, canvas, node.blending)
    return canvas


@attrs.frozen(eq=False)
class LayerSource:
    """A layer or group of a file that can be read on demand. `path` leads to it, outermost group first. `other_names`
    are other ways to read its name where the file does not say which is right."""

    path: tuple[str, ...]
    load: Callable[[], Layer] = attrs.field(repr=False)
    is_group: bool = False
    other_names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name that the artist gave it."""
        return self.path[-1]

    @property
    def full_name(self) -> str:
        """Name with the groups around it: "Characters/Hero/Lines"."""
        return "/".join(self.path)


@attrs.frozen(eq=False)
class Picture:
    """A picture file: its size, its layers bottom to top (groups after their contents), and a function that merges
    it."""

    file: Path
    width: int
    height: int
    layers: tuple[LayerSource, ...]
    load_merged: Callable[[], Layer] = attrs.field(repr=False)

    @cached_property
    def _layer_names(self) -> LayerNames:
        return LayerNames(self.layers)

    def merged(self) -> Layer:
        """Return the whole picture as one layer of its size. Raises `PictureError`."""
        return self._load(self.load_merged)

    def layer(self, name: str) -> Layer:
        """Read the layer or group called `name`: "Lines", or "Hero/Lines" with its groups; "Lines#2", the second of
        that name from the top; "#5", the fifth of all.

        Raises `PictureError` if there is none or if several have this name; the message lists names that can be given.
        """
        if not name.strip():
            raise PictureError(self.file, f"the name of the layer is empty. {self.names_of_layers()}")
        found = self._layer_names.called(name)
        if not found:
            raise PictureError(self.file, f"there is no layer called {quoted(name)}. {self.names_of_layers()}")
        if len(found) > 1:
            names = self._layer_names.to_type()
            where = ", ".join(quoted(names[place]) for place in reversed(found))
            raise PictureError(
                self.file,
                f"{len(found)} layers are called {quoted(name)}. Name the one you mean as in this list, topmost first:"
                f" {where}.",
            )
        return self._load(self.layers[found[0]].load)

    def _load(self, load: Callable[[], Layer]) -> Layer:
        try:
            return load()
        except MemoryError as error:
            raise PictureError(self.file, "the picture does not fit into memory.") from error
        except OSError as error:
            raise PictureError(self.file, f"it cannot be read: {error.strerror or error}.") from error
        except DAMAGE as error:
            raise PictureError.of_damage(self.file, error) from error

    def names_of_layers(self) -> str:
        """Return a sentence that lists the layers, topmost first, by names that `layer` takes."""
        if not self.layers:
            return "This file has no layers; leave the layer name out."
        return "It has: " + ", ".join(map(quoted, reversed(self._layer_names.to_type()))) + "."
