"""One colorization as the engine's callers see it: the request, the events, the result, and the errors.

The server, the worker and the command line use the engine only by these names. Imports no torch, so that modules that
need only the names start quickly and stay small.
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
    """A mask of a picture: (H,W) uint8 of the picture's size, 255 for the figure and 0 for the background."""

    pixels: np.ndarray
    name: str = ""


@dataclass(frozen=True)
class Reference:
    """A reference picture: (H,W,4) uint8 sRGB with straight alpha, and its weight relative to the others (above 0).

    `part`: mask of the only part that colours are taken from. `left_out`: mask of the part that they are not taken
    from. Both have the picture's size. `frame`: left, top, right and bottom of `pixels` in the picture as it was sent,
    in shares 0..1 of its size.
    """

    pixels: np.ndarray
    name: str = ""
    weight: float = 1.0
    part: FigureMask | None = None
    left_out: FigureMask | None = None
    frame: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    @property
    def masks(self) -> tuple[tuple[str, FigureMask], ...]:
        """The masks that are not None, each with its role in the protocol."""
        both = (("reference_part", self.part), ("reference_left_out", self.left_out))
        return tuple((role, mask) for role, mask in both if mask is not None)


@dataclass(frozen=True)
class ColorizeRequest:
    """Input of one colorization.

    * `line_art`: (H,W,4) uint8 sRGB with straight alpha
    * `references`: pictures to take colours from
    * `background`: picture after which the background is coloured; its weight has no effect
    * `line_art_mask`, `reference_mask`: masks of the line art and of the only reference, for `parameters.enhancement`
    * `hints`: (H,W,4), strokes of colour over the line art, for the regions that they touch
    * `colored`: the whole page, coloured in any way and of any size, from which regions take their colours; its weight
      has no effect
    * `flats`: (H,W,4), the artist's own flats, to be checked
    * `flats_name`: the artist's name for it
    * `compared`: another result of the page, of the line art's size, to be compared with `flats`
    * `before`: the layer that brushed edits change, of the line art's size; None for the model's picture
    * `initial`: the page's picture that the model goes on from, of the line art's size, by `parameters.change`
    * `pinned`: the page as it was, of the line art's size; where it is not transparent, the result has its pixels
    * `edit_masks`: the masks of brushed edits, of the line art's size
    * `edit_patches`: the patches of brushed edits; transparent pixels do not count
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
    colored: Reference | None = None
    flats: np.ndarray | None = None
    flats_name: str = ""
    compared: Reference | None = None
    before: Reference | None = None
    initial: Reference | None = None
    pinned: Reference | None = None
    edit_masks: tuple[FigureMask, ...] = ()
    edit_patches: tuple[Reference, ...] = ()

    @property
    def brushed_edits(self) -> tuple[TextEdit, ...]:
        """The edits that act only inside an edit mask and have a strength above 0, in order."""
        return tuple(edit for edit in self.parameters.edits if edit.is_brushed and edit.strength > 0)

    def unbrushed(self) -> ColorizeRequest:
        """Return the request without its brushed edits."""
        edits = tuple(edit for edit in self.parameters.edits if not edit.is_brushed)
        return replace(
            self, parameters=replace(self.parameters, edits=edits), before=None, edit_masks=(), edit_patches=()
        )


@dataclass(frozen=True)
class ProgressEvent:
    """Progress of a job. `fraction`: share of the whole, 0..1. `seconds_left`: None while it is not known."""

    phase: str
    step: int = 0
    steps: int = 0
    fraction: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True)
class PreviewEvent:
    """A small picture (h,w,3) uint8 of the result after `step`."""

    step: int
    pixels: np.ndarray


@dataclass(frozen=True)
class PaintedEvent:
    """The model's picture of a section of the page with a brushed edit, for measuring.

    `pixels`: (h,w,3) uint8, before colours are shifted to the edit's colour and pixels outside the mask are copied.
    `x`, `y`: the section's top left corner on the page.
    """

    x: int
    y: int
    pixels: np.ndarray


EngineEvent = ProgressEvent | PreviewEvent | PaintedEvent
EventCallback = Callable[[EngineEvent], None]


@dataclass(frozen=True)
class ResultLayer:
    """One layer: (H,W,4) uint8 sRGB with straight alpha, its top left corner at `x`, `y` of the line art.

    `kind`, `blend`, `color` and `artists_word` are those of the protocol's image headers. The pixels of a "stroke" are
    (H,W) uint8.
    """

    name: str
    pixels: np.ndarray
    x: int = 0
    y: int = 0
    kind: str = ""
    blend: str = "normal"
    color: str = ""
    artists_word: str = ""


@dataclass(frozen=True)
class ColorizeResult:
    """Layers from bottom to top, and the recipe that makes the same bytes again on the same device.

    `flats_report`: the places to check on a page of regions (docs/protocol.md), empty for a picture.
    """

    layers: tuple[ResultLayer, ...]
    recipe: dict[str, Any]
    flats_report: dict[str, Any] = field(default_factory=dict)


class Cancelled(Exception):
    """The caller has cancelled the job."""


class EngineError(Exception):
    """A request could not be carried out; `code` is one of the protocol's failure codes."""

    def __init__(self, code: str, message: Text | str, remedy: Text | str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy

    @classmethod
    def of(cls, id: str, code: str = "bad_input", /, **arguments: str | int | float) -> EngineError:
        """Return an error whose message is the text `id`, with the remedy for it."""
        return cls(code, Text.of(id, **arguments), remedy_of(id, **arguments))

    @property
    def sentence(self) -> str:
        """The message and the remedy as one text."""
        return f"{self.message} {self.remedy}".strip()


class Colorizer(Protocol):
    """The interface of an engine that the worker uses; tests have engines of their own."""

    def device_description(self) -> Text | str:
        """Return the device's name for people, as it follows "ready on"."""
        ...

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        """Carry out `request`. Raises `EngineError` for what a user can correct, and `Cancelled`."""
        ...


@runtime_checkable
class Preparer(Protocol):
    """An engine that can load a model before a job needs it."""

    def prepare(self, model: str, is_cancelled: Callable[[], bool]) -> None:
        """Load `model` and try it once, so that the first picture takes no longer than the next ones.

        Raises `EngineError` if it cannot be loaded, and `Cancelled`, with the model loaded, soon after `is_cancelled`
        returns True.
        """
        ...


@runtime_checkable
class Locator(Protocol):
    """An engine that can also find where in a picture a text fits."""

    def locate(self, model: str, reference: Reference, text: str, edits: Sequence[TextEdit] = ()) -> np.ndarray:
        """Return the fit of each position in `reference` to `text`, after `edits` are made to the reference.

        The result is (rows,columns) uint8 from 0 to 255, one value for each position that the model distinguishes;
        scale it to the whole picture. Raises `EngineError` for what a user can correct.
        """
        ...
