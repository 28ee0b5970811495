"""The messages that Krita and the backend exchange, as frozen dataclasses.

A message contains no pixels: an `ImageHeader` describes one raw frame that is sent after the header frame
(see `frames` and `codec`). The n-th header in a message's `images` belongs to the n-th image frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from huebrush_protocol.parameters import CONTROLS, NOISE_SCHEDULES, SAMPLERS, SKETCH_MODES, Parameters, TextEdit
from huebrush_protocol.preparing import PreparingMessage
from huebrush_protocol.pulls import PullMessage
from huebrush_protocol.texts import Text, remedy_of

PROTOCOL_VERSION = 1

CAPABILITIES = (
    "cancel",
    "fetch",
    "preview",
    "prepare",
    "pull",
    "uint16",
    "masks",
    "regions",
    "hints",
    "colored",
    "color_sources",
    "background",
    "initial",
    "pinned",
    "text_edits",
    "text_brush",
    "edited_stacks",
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
    "remove_ruling",
    "result:check",
    "compared",
    *(f"sampler:{name}" for name in SAMPLERS),
    *(f"noise_schedule:{name}" for name in NOISE_SCHEDULES),
    *(f"sketch_mode:{name}" for name in SKETCH_MODES),
)
"""Capabilities of a backend of this version; older backends list fewer."""


@dataclass(frozen=True)
class ImageHeader:
    """Description of one raw image frame.

    * `role`: one of `frames.ROLES`
    * `order`: channel order, one of "GRAY", "RGB", "RGBA", "BGRA"
    * `dtype`: "uint8" or "uint16" (little endian)
    * `stride`: bytes from one row to the next; 0: rows follow each other without gaps
    * `x`, `y`: position of the image's top left pixel in the document
    * `name`: the artist's name for it, for messages; of a result's layer, its name in English
    * `artists_word`: of a result's layer, the part of `name` that is the artist's own name of a colour, in any language
    * `weight`: of a reference, its weight relative to the others; 0: not used
    * `reference`: of a "reference_part" or "reference_left_out", the index, from 0, of the reference that it belongs to
    * `kind`: of a result's layer, one of `regions.LAYER_KINDS`
    * `blend`: of a result's layer, its blending mode, one of `regions.BLENDS`
    * `color`: of a result's layer, "#rrggbb" if it has a single colour
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
    artists_word: str = ""


@dataclass(frozen=True)
class ModelInfo:
    """A model of the backend.

    * `available`: False if weights are missing; `remedy` then says what to do
    * `enhancements`: the `parameters.ENHANCEMENTS` that the model supports
    * `controls`: the `parameters.CONTROLS` that have an effect on it; all of them if the backend does not say
    * `samplers`: the `parameters.SAMPLERS` that work with it
    * `blocks`: number of transformer blocks with a strength of their own, 0 if unknown or none
    * `vocabulary`: words and phrases for colours and parts that it was trained with, empty if its vocabulary is not
      limited
    * `reference_guidance`, `sketch_guidance`: what it takes for the parameters of these names if a request leaves them
      open
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
    reference_guidance: float = 4.0
    sketch_guidance: float = 1.0


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

    `device` says what the backend is ready on, for people. It is empty until the worker process has reported it, which
    only a model makes it find out; the backend then sends `Welcome` again without being asked.
    """

    version: int
    server_version: str
    device: Text | str
    models: tuple[ModelInfo, ...]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListModels:
    """Ask for the models; answered by `Models`."""


@dataclass(frozen=True)
class Models:
    """The models that the backend knows."""

    models: tuple[ModelInfo, ...]


@dataclass(frozen=True)
class Ping:
    """Ask whether the backend responds; answered by `Pong` with the same `token`."""

    token: int = 0


@dataclass(frozen=True)
class Pong:
    """Answer to `Ping`."""

    token: int = 0


@dataclass(frozen=True)
class Submit:
    """Run one colorization. `job` is a UUID made by the client; submitting it again is the same job.

    Images by role:

    exactly one
        "line_art"
    any number
        "reference"
        "edit_mask": where edits act on the page; `TextEdit.mask` is its index
        "edit_patch": cut out of another reference by its alpha; edits whose `TextEdit.patch` is its index make the page
        look like it
    at most one for each reference
        "reference_part": colours are taken only from here
        "reference_left_out": colours are not taken from here
    at most one
        "background": picture after which the background is coloured
        "line_art_mask", "reference_mask": where the figure is
        "hints": strokes of colour over the line art, for the regions that they touch
        "colored": the whole page, coloured in any way and of any size, from which regions take their colours; with the
        model "none"
        "flats": the artist's own flats, to be checked
        "compared": with "flats" and the result "check": another result of the page, to be compared with "flats"
        "before": the layer that edits with a mask change; the result is this layer, changed only inside the masks
        "initial": the page's picture that the model goes on from, as far as `Parameters.change` says
        "pinned": the page as it was; where its alpha is not 0, the result has exactly these pixels

    A mask is white where the figure is, where the edit acts, or where the reference's part is. Its alpha counts if any
    of its pixels is transparent, else its brightness. Masks, "hints", "before", "initial" and "pinned" are placed
    over their picture by the `x` and `y` of both; beyond their edges they are black or transparent.

    `batch`: nobody waits for it in front of the screen, so jobs that somebody waits for go first.
    """

    job: str
    model: str
    parameters: Parameters
    images: tuple[ImageHeader, ...]
    batch: bool = False


@dataclass(frozen=True)
class Locate:
    """Find where in a reference a text fits, in the same way as edits with this text as `control`. Ends with `Located`.

    `job` is a UUID made by the client. Images: exactly one "reference". `edits`: changes of the reference that are made
    first, none of them with an edit mask; a backend without the capability "locate_edits" ignores them.
    """

    job: str
    model: str
    text: str
    images: tuple[ImageHeader, ...]
    edits: tuple[TextEdit, ...] = ()


@dataclass(frozen=True)
class Located:
    """Answer to a `Locate`: the fit of each position in the reference to the text.

    One image with role "fit", GRAY: one pixel for each position that the model distinguishes; scale it to the whole
    picture. The best fit is 255, the worst 0; the thresholds of edits are shares of this range.
    """

    job: str
    images: tuple[ImageHeader, ...]


@dataclass(frozen=True)
class Fetch:
    """Ask for a job's state after a reconnect; answered by its latest state (accepted, progress, result, failed …).

    From then on the job's messages go to this connection. An unknown job is answered by `Failed` with code
    "unknown_job".
    """

    job: str


@dataclass(frozen=True)
class Accepted:
    """The job is accepted; `position`: number of jobs ahead of it, 0 when it runs. Sent again when that changes.

    `reason`: why it runs once more, for people; empty if it does not.
    """

    job: str
    position: int = 0
    reason: Text | str = ""


@dataclass(frozen=True)
class Progress:
    """Progress of a running job. `phase`: "loading", "preparing", "conditioning", "denoising", "decoding", "finishing".

    `fraction`: share of the whole job that is done, 0 to 1. `seconds_left`: None while it is not known.
    """

    job: str
    phase: str
    step: int = 0
    steps: int = 0
    fraction: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True)
class Preview:
    """A small RGB picture of the latent after `step`; one image with role "preview"."""

    job: str
    step: int
    images: tuple[ImageHeader, ...]


@dataclass(frozen=True)
class Result:
    """The finished layers, bottom to top, each an image with role "layer".

    `recipe`: how the result was made. `flats_report`: the places to check on a page of regions, empty for a picture.
    Both are plain data; see docs/protocol.md.
    """

    job: str
    recipe: dict[str, Any]
    images: tuple[ImageHeader, ...]
    flats_report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """A job failed, or, if `job` is empty, a message was refused.

    `code` is one of `FAILURE_CODES`; `message` says what is wrong, `remedy` what to do.
    """

    job: str
    code: str
    message: Text | str
    remedy: Text | str = ""


def failed(job: str, code: str, id: str, /, **arguments: str | int | float) -> Failed:
    """Return a failure whose message is the text `id`, with the remedy for it."""
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
    """The client has the result or failure: the backend may forget the job. There is no answer."""

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
    | PreparingMessage
    | PullMessage
)
