"""The messages that Krita and the backend exchange, as frozen dataclasses.

Pixels never stand inside a message: an `ImageHeader` describes one raw frame that travels beside the header frame
(see `frames` and `codec`). The n-th header in a message's `images` belongs to the n-th image frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from huebrush_protocol.parameters import CONTROLS, NOISE_SCHEDULES, SAMPLERS, SKETCH_MODES, Parameters, TextEdit
from huebrush_protocol.pulls import PullMessage
from huebrush_protocol.texts import Text, remedy_of

PROTOCOL_VERSION = 1

CAPABILITIES = (
    "cancel",
    "fetch",
    "preview",
    "pull",
    "uint16",
    "masks",
    "regions",
    "hints",
    "background",
    "text_edits",
    "text_brush",
    "edit_patches",
    "reference_parts",
    "whole_regions",
    "locate",
    "locate_edits",
    "reference_levels",
    "guidance_window",
    "injection",
    "enhancement",
    "reference_padding",
    "result:check",
    *(f"sampler:{name}" for name in SAMPLERS),
    *(f"noise_schedule:{name}" for name in NOISE_SCHEDULES),
    *(f"sketch_mode:{name}" for name in SKETCH_MODES),
)
"""Capabilities of a backend of this version; an older one lists fewer."""


@dataclass(frozen=True)
class ImageHeader:
    """Description of one raw image frame.

    * `role`: one of `frames.ROLES`
    * `order`: channel order, one of "GRAY", "RGB", "RGBA", "BGRA"
    * `dtype`: "uint8" or "uint16" (little endian)
    * `stride`: bytes from one row to the next
    * `x`, `y`: where the image's top left pixel lies in the document
    * `name`: what the artist calls it, for messages and layer names
    * `weight`: for references, its share beside the others (0: leave it out)
    * `reference`: of a "reference_part" or "reference_left_out", which of the job's references, counted from 0, it lies
      over
    * `kind`: of a result's layer, what it is (`regions.LAYER_KINDS`)
    * `blend`: of a result's layer, how it lies on those below (`regions.BLENDS`)
    * `color`: of a result's layer, its one colour ("#rrggbb"), if it has just one
    """

    role: str
    width: int
    height: int
    order: str
    dtype: str = "uint8"
    stride: int = 0
    x: int = 0
    y: int = 0
    name: str = ""
    weight: float = 1.0
    reference: int = 0
    kind: str = ""
    blend: str = "normal"
    color: str = ""


@dataclass(frozen=True)
class ModelInfo:
    """A model the backend can run.

    * `available`: False when weights are missing; `remedy` then says what to do
    * `enhancements`: those of `parameters.ENHANCEMENTS` that the model can do
    * `controls`: those of `parameters.CONTROLS` that mean something to it; a backend that does not tell leaves them all
    * `samplers`: those of `parameters.SAMPLERS` that go with it
    * `blocks`: how many transformer blocks have a strength of their own, 0 where that is not known or there are none
    * `vocabulary`: words and phrases for colours and parts that it was trained with, empty where it knows words beyond
      number
    """

    name: str
    title: str
    family: str
    licence: str
    available: bool
    builtin: bool = False
    remedy: Text | str = ""
    native_size: int = 512
    enhancements: tuple[str, ...] = ()
    controls: tuple[str, ...] = CONTROLS
    samplers: tuple[str, ...] = SAMPLERS
    blocks: int = 0
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hello:
    """First message of a client. The backend answers `Welcome`, or `Failed` with code "version"."""

    client: str
    client_version: str
    versions: tuple[int, ...] = (PROTOCOL_VERSION,)


@dataclass(frozen=True)
class Welcome:
    """Answer to `Hello`: the chosen protocol version and what the backend can do.

    `capabilities`: see `CAPABILITIES`.

    `device` is empty until the worker process has told what it runs on; the backend then sends `Welcome` once more,
    unasked.
    """

    version: int
    server_version: str
    device: str
    models: tuple[ModelInfo, ...]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListModels:
    """Ask for the models; answered by `Models`."""


@dataclass(frozen=True)
class Models:
    """The models the backend knows."""

    models: tuple[ModelInfo, ...]


@dataclass(frozen=True)
class Ping:
    """Is anybody there? Answered by `Pong` with the same `token`."""

    token: int = 0


@dataclass(frozen=True)
class Pong:
    """Answer to `Ping`."""

    token: int = 0


@dataclass(frozen=True)
class Submit:
    """Run one colorization. `job` is a UUID made by the client; submitting it again is the same job.

    Images: exactly one "line_art", zero or more "reference", "edit_mask" (where on the page the edits act whose
    `TextEdit.mask` counts up to it) and "edit_patch" (a picture, cut out of another reference by its alpha, that an
    edit shall look like whose `TextEdit.patch` counts up to it); for each reference at most one
    "reference_part" (where alone its colours are taken from) and one "reference_left_out" (where they are not); and at
    most one each of "background" (the picture that the background is coloured after), "line_art_mask",
    "reference_mask", "hints" (strokes of colour over the line art, for the regions they touch), "flats" (the artist's
    own, to be checked) and "before" (the layer that is edited where edits have a mask; the result is that layer,
    changed there alone). A mask is white where its picture has the figure, where the edit acts, or where it is meant:
    its alpha where something of it is transparent, else its brightness. Masks, "hints" and "before" lie over their
    picture as the `x` and `y` of both say, and are black or transparent beyond their edges.
    """

    job: str
    model: str
    parameters: Parameters
    images: tuple[ImageHeader, ...]


@dataclass(frozen=True)
class Locate:
    """Find where in a reference a text fits, as edits with it as their control do: a job that ends with `Located`.

    `job` is a UUID made by the client. Images: exactly one "reference". `edits`: changes of the reference that are made
    first, none of them with an edit mask; a backend without the capability "locate_edits" leaves them out.
    """

    job: str
    model: str
    text: str
    images: tuple[ImageHeader, ...]
    edits: tuple[TextEdit, ...] = ()


@dataclass(frozen=True)
class Located:
    """Answer to a `Locate`: how well each place of the reference fits the text.

    One image with role "fit", GRAY: a pixel for each place that the model tells apart, stretched over all the picture.
    The best place is 255, the worst 0; the thresholds of edits are shares of that.
    """

    job: str
    images: tuple[ImageHeader, ...]


@dataclass(frozen=True)
class Fetch:
    """Ask how a job stands after a reconnect; answered by its latest state (accepted, progress, result, failed …).

    From then on what the job reports goes to this connection. A job that is not known is answered by `Failed` with
    code "unknown_job".
    """

    job: str


@dataclass(frozen=True)
class Accepted:
    """The job is taken on; `position` is the number of jobs ahead of it. Sent again when that changes; 0: it runs."""

    job: str
    position: int = 0


@dataclass(frozen=True)
class Progress:
    """Progress of a running job. `phase`: "loading", "preparing", "conditioning", "denoising", "decoding", "finishing".

    `fraction` is the share of the whole job done, 0 to 1; `seconds_left` is None while it cannot be told.
    """

    job: str
    phase: str
    step: int = 0
    steps: int = 0
    fraction: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True)
class Preview:
    """A small RGB picture of what the latent looks like after `step`; one image with role "preview"."""

    job: str
    step: int
    images: tuple[ImageHeader, ...]


@dataclass(frozen=True)
class Result:
    """The finished layers, bottom to top, each an image with role "layer".

    `recipe` is plain data that says how the result was made, and `flats_report` the places to check on a page of
    regions; it is empty for a picture (both: see docs/protocol.md).
    """

    job: str
    recipe: dict[str, Any]
    images: tuple[ImageHeader, ...]
    flats_report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """A job (or, with an empty `job`, a message) could not be carried out.

    `code` is one of `FAILURE_CODES`; `message` says what is wrong, `remedy` what to do.
    """

    job: str
    code: str
    message: Text | str
    remedy: Text | str = ""


def failed(job: str, code: str, id: str, /, **arguments: str | int | float) -> Failed:
    """Return the failure that the text `id` tells of, with the remedy that belongs to it."""
    return Failed(job, code, Text.of(id, **arguments), remedy_of(id, **arguments))


@dataclass(frozen=True)
class Cancel:
    """Stop a queued or running job; answered by `Cancelled`."""

    job: str


@dataclass(frozen=True)
class Cancelled:
    """The job was stopped and forgotten."""

    job: str


@dataclass(frozen=True)
class Acknowledge:
    """The client has the result or failure; the backend may forget the job. There is no answer."""

    job: str


FAILURE_CODES = (
    "version",
    "malformed",
    "unknown_message",
    "unknown_job",
    "unknown_model",
    "model_missing",
    "bad_input",
    "out_of_memory",
    "worker_died",
    "busy",
    "internal",
)

Message = (
    Hello
    | Welcome
    | ListModels
    | Models
    | Ping
    | Pong
    | Submit
    | Locate
    | Located
    | Fetch
    | Accepted
    | Progress
    | Preview
    | Result
    | Failed
    | Cancel
    | Cancelled
    | Acknowledge
    | PullMessage
)
