"""One colorization as the engine's callers see it: the request, events on the way, the result, or why there is none.

The server, the worker and the command line know the engine by these names alone. Imports no torch, so that whoever
needs only the names starts at once and stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from huebrush_protocol.parameters import Parameters, TextEdit
from huebrush_protocol.texts import Text, remedy_of


@dataclass(frozen=True)
class FigureMask:
    """Where a picture has its figure: (H,W) uint8 of the picture's size, 255 figure and 0 background."""

    pixels: np.ndarray
    name: str = ""


@dataclass(frozen=True)
class Reference:
    """A reference picture: (H,W,4) uint8 sRGB with straight alpha, and its weight beside the others (above 0).

    `part`: where alone colours are taken from, `left_out`: where they are not; both of the picture's size.
    """

    pixels: np.ndarray
    name: str = ""
    weight: float = 1.0
    part: FigureMask | None = None
    left_out: FigureMask | None = None

    @property
    def masks(self) -> tuple[tuple[str, FigureMask], ...]:
        """The masks that there are, by the roles that the protocol has for them."""
        both = (("reference_part", self.part), ("reference_left_out", self.left_out))
        return tuple((role, mask) for role, mask in both if mask is not None)


@dataclass(frozen=True)
class ColorizeRequest:
    """What to colorize: `line_art` (H,W,4) uint8 sRGB with straight alpha, after which references, and how.

    * `background`: the picture that the background is coloured after, if it has one of its own (its weight has no
      meaning)
    * `line_art_mask`, `reference_mask`: for `parameters.enhancement`; the latter is of the one reference
    * `hints` (H,W,4): strokes of colour over the line art, for the regions they touch
    * `flats` (H,W,4): the artist's own, to be checked
    * `edit_masks`: where on the page the edits act that have a mask, of the line art's size
    * `before`: the layer that they change, of that size too; without it, the picture without them
    * `edit_patches`: what the places of edits shall look like that have a patch, where it is not transparent
    """

    model: str
    line_art: np.ndarray
    references: tuple[Reference, ...]
    parameters: Parameters
    line_art_name: str = ""
    background: Reference | None = None
    line_art_mask: FigureMask | None = None
    reference_mask: FigureMask | None = None
    hints: np.ndarray | None = None
    flats: np.ndarray | None = None
    before: Reference | None = None
    edit_masks: tuple[FigureMask, ...] = ()
    edit_patches: tuple[Reference, ...] = ()

    @property
    def brushed_edits(self) -> tuple[TextEdit, ...]:
        """The edits that act inside an edit mask alone and have a strength, in their order."""
        return tuple(edit for edit in self.parameters.edits if edit.is_brushed and edit.strength > 0)

    def unbrushed(self) -> ColorizeRequest:
        """Return the request without what concerns single places."""
        edits = tuple(edit for edit in self.parameters.edits if not edit.is_brushed)
        return replace(
            self, parameters=replace(self.parameters, edits=edits), before=None, edit_masks=(), edit_patches=()
        )


@dataclass(frozen=True)
class ProgressEvent:
    """Where the job is; `fraction` of the whole in 0..1, `seconds_left` None while it cannot be told."""

    phase: str
    step: int = 0
    steps: int = 0
    fraction: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True)
class PreviewEvent:
    """A small picture (h,w,3) uint8 of what the result looks like after `step`."""

    step: int
    pixels: np.ndarray


@dataclass(frozen=True)
class PaintedEvent:
    """What the model painted for an edit of one place, before the colour asked for is met exactly and before what lies
    outside the mask is copied: `pixels` (h,w,3) uint8 of the page's part whose corner is at `x`, `y`. For measuring."""

    x: int
    y: int
    pixels: np.ndarray


EngineEvent = ProgressEvent | PreviewEvent | PaintedEvent
EventCallback = Callable[[EngineEvent], None]


@dataclass(frozen=True)
class ResultLayer:
    """One layer: (H,W,4) uint8 sRGB with straight alpha, its top left corner at `x`, `y` of the line art.

    `kind`, `blend` and `color` as the protocol's image headers have them; the pixels of a "stroke" are (H,W) uint8.
    """

    name: str
    pixels: np.ndarray
    x: int = 0
    y: int = 0
    kind: str = ""
    blend: str = "normal"
    color: str = ""


@dataclass(frozen=True)
class ColorizeResult:
    """Layers from bottom to top, and the recipe that makes the same bytes again on the same device.

    `flats_report`: the places to check on a page of regions (docs/protocol.md), empty for a picture.
    """

    layers: tuple[ResultLayer, ...]
    recipe: dict[str, Any]
    flats_report: dict[str, Any] = field(default_factory=dict)


class Cancelled(Exception):
    """The caller's `is_cancelled` said so."""


class EngineError(Exception):
    """A request could not be carried out; `code` is one of the protocol's failure codes."""

    def __init__(self, code: str, message: Text | str, remedy: Text | str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy

    @classmethod
    def of(cls, id: str, code: str = "bad_input", /, **arguments: str | int | float) -> EngineError:
        """Return the error that the text `id` tells of, with the remedy that belongs to it."""
        return cls(code, Text.of(id, **arguments), remedy_of(id, **arguments))

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do, as one text."""
        return f"{self.message} {self.remedy}".strip()


class Colorizer(Protocol):
    """What the worker needs of an engine, the real one or a test's."""

    def device_description(self) -> str:
        """Return the name, for people, of what computes."""
        ...

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Carry out `request`. Raises `EngineError` for what a user can mend, and `Cancelled`."""
        ...


@runtime_checkable
class Locator(Protocol):
    """An engine that can also tell where in a picture a text fits."""

    def locate(self, model: str, reference: Reference, text: str, edits: Sequence[TextEdit] = ()) -> np.ndarray:
        """Return how well each place that the model tells apart in `reference`, changed by `edits` first, fits `text`:
        (rows,columns) uint8 from 0 to 255, stretched over the whole picture. Raises `EngineError` for what a user can
        mend."""
        ...
