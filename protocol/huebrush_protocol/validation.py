"""Checks of messages whose types are right: ranges, job ids, images."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import MAX_IMAGES, PART_ROLES, REPEATED_ROLES, SUBMIT_ROLES, check_header
from huebrush_protocol.messages import (
    FAILURE_CODES,
    Failed,
    Hello,
    ImageHeader,
    Locate,
    Located,
    Message,
    Preview,
    Progress,
    Result,
    Submit,
)
from huebrush_protocol.parameter_ranges import check_name, check_text, validate_parameters
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.pulls import PULL_FAILURE_CODES, PullFailed, PullProgress, Releases
from huebrush_protocol.regions import BLENDS, LAYER_KINDS, is_color

MAX_RECIPE_DEPTH = 32
MAX_RELEASE_BYTES = 1 << 50
"""Largest size of published weights that is accepted."""

_JOB_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_job_id(text: str) -> bool:
    """Return True if `text` is a UUID in canonical form: 36 characters, lower case."""
    return _JOB_ID.fullmatch(text) is not None


def validate_message(message: Message) -> None:
    """Raise `ProtocolError` unless every value of `message` is within its range.

    The code is "bad_input" for the parameters and the choice of images of `Submit`, else "malformed".
    """
    job = getattr(message, "job", None)
    if job is not None and not (is_job_id(job) or (isinstance(message, Failed) and job == "")):
        raise ProtocolError("malformed", f"job {job[:64]!r} is not a UUID in canonical lower-case form")
    images: tuple[ImageHeader, ...] = getattr(message, "images", ())
    if len(images) > MAX_IMAGES:
        raise ProtocolError("malformed", f"{len(images)} images; at most {MAX_IMAGES} are allowed")
    for index, header in enumerate(images):
        check_header(header, f"image {index}")
    if isinstance(message, Submit):
        _check_submit(message)
    elif isinstance(message, (Locate, Located)):
        _check_locating(message)
    elif isinstance(message, Preview):
        _check_roles(images, "preview")
        if len(images) != 1:
            raise ProtocolError("malformed", f"a preview has exactly one image, not {len(images)}")
        _check_count(message.step, "step")
    elif isinstance(message, Result):
        _check_roles(images, "layer")
        check_plain_data(message.recipe, "recipe")
        check_plain_data(message.flats_report, "flats_report")
        _check_layers(message.images)
    elif isinstance(message, Progress):
        _check_progress(message)
    elif isinstance(message, Hello):
        if not message.versions:
            raise ProtocolError("malformed", "hello offers no protocol version")
    elif isinstance(message, Failed) and message.code not in FAILURE_CODES:
        raise ProtocolError("malformed", f"failure code {message.code[:64]!r} is not known")
    else:
        _check_pull(message)


def check_plain_data(value: Any, where: str, depth: int = 0) -> None:
    """Raise `ProtocolError` unless `value` is None, a bool, int, finite float or str, or lists and dicts of these."""
    if depth > MAX_RECIPE_DEPTH:
        raise ProtocolError("malformed", f"{where} is nested deeper than {MAX_RECIPE_DEPTH} levels")
    if value is None or isinstance(value, (bool, int, str)):
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ProtocolError("malformed", f"{where} is {value}; numbers must be finite")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            check_plain_data(item, f"{where}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ProtocolError("malformed", f"{where} has a key that is not text")
            check_plain_data(item, f"{where}.{key[:64]}", depth + 1)
    else:
        raise ProtocolError("malformed", f"{where} holds a {type(value).__name__}; only plain data is allowed")


def _check_submit(message: Submit) -> None:
    check_name(message.model, "model", "bad_input")
    validate_parameters(message.parameters)
    found = Counter(header.role for header in message.images)
    if found["line_art"] != 1:
        raise ProtocolError("bad_input", f"a job needs exactly one line-art image, not {found['line_art']}")
    for role, count in found.items():
        if role not in SUBMIT_ROLES:
            raise ProtocolError("bad_input", f"a job takes no image with role {role!r}")
        if count > 1 and role not in REPEATED_ROLES:
            raise ProtocolError("bad_input", f"a job takes at most one image with role {role!r}, not {count}")
    _check_parts(message.images, found["reference"])
    masks, patches = found["edit_mask"], found["edit_patch"]
    for index, edit in enumerate(message.parameters.edits):
        if edit.mask >= masks:
            raise ProtocolError("bad_input", f"edits[{index}].mask is {edit.mask}; there are {masks} edit masks")
        if edit.patch >= patches:
            raise ProtocolError("bad_input", f"edits[{index}].patch is {edit.patch}; there are {patches} edit patches")


def _check_parts(images: tuple[ImageHeader, ...], references: int) -> None:
    over = Counter((header.role, header.reference) for header in images if header.role in PART_ROLES)
    for (role, reference), count in over.items():
        if not 0 <= reference < references:
            text = f"a {role!r} lies over reference {reference}, counted from 0; there are {references} references"
            raise ProtocolError("bad_input", text)
        if count > 1:
            raise ProtocolError("bad_input", f"reference {reference} takes at most one {role!r}, not {count}")


def _check_locating(message: Locate | Located) -> None:
    role, code = ("reference", "bad_input") if isinstance(message, Locate) else ("fit", "malformed")
    if [header.role for header in message.images] != [role]:
        raise ProtocolError(code, f"where a text fits takes exactly one image, with the role {role!r}")
    if isinstance(message, Locate):
        check_name(message.model, "model", code)
        check_text(message.text, "text")
        validate_parameters(Parameters(edits=message.edits))
        for index, edit in enumerate(message.edits):
            if edit.is_brushed:
                raise ProtocolError(code, f"edits[{index}] acts inside an edit mask, which changes no reference")
    elif message.images[0].order != "GRAY" or message.images[0].dtype != "uint8":
        raise ProtocolError(code, "a fit is GRAY with 8 bits")


def _check_layers(images: tuple[ImageHeader, ...]) -> None:
    for index, header in enumerate(images):
        if header.kind not in ("", *LAYER_KINDS):
            raise ProtocolError("malformed", f"image {index}: kind {header.kind[:64]!r} is not known")
        if header.blend not in BLENDS:
            raise ProtocolError("malformed", f"image {index}: blend {header.blend[:64]!r} is not known")
        if header.color and not is_color(header.color):
            raise ProtocolError("malformed", f"image {index}: color {header.color[:64]!r} is not like #1f77b4")
        if header.kind == "stroke" and header.order != "GRAY":
            raise ProtocolError("malformed", f"image {index}: a stroke is GRAY, not {header.order}")


def _check_progress(message: Progress) -> None:
    check_name(message.phase, "phase", "malformed")
    _check_count(message.step, "step")
    _check_count(message.steps, "steps")
    if not 0.0 <= message.fraction <= 1.0:
        raise ProtocolError("malformed", f"fraction is {message.fraction}; it must be 0 to 1")
    _check_seconds_left(message.seconds_left)


def _check_seconds_left(seconds: float | None) -> None:
    if seconds is not None and not seconds >= 0.0:
        raise ProtocolError("malformed", f"seconds_left is {seconds}; it must not be negative")


def _check_pull(message: Message) -> None:
    """Check the messages about fetching models."""
    release = getattr(message, "release", None)
    if release is not None and not (release == "" and isinstance(message, PullFailed)):
        check_name(release, "release", "malformed")
    if isinstance(message, PullFailed) and message.code not in PULL_FAILURE_CODES:
        raise ProtocolError("malformed", f"failure code {message.code[:64]!r} is not known")
    if isinstance(message, PullProgress):
        check_name(message.phase, "phase", "malformed")
        _check_bytes(message.done, "done")
        _check_bytes(message.total, "total")
        _check_seconds_left(message.seconds_left)
    if isinstance(message, Releases):
        for entry in message.releases:
            check_name(entry.name, "release", "malformed")
            _check_bytes(entry.size, "size")
            _check_bytes(entry.fetched, "fetched")


def _check_roles(images: tuple[ImageHeader, ...], role: str) -> None:
    for index, header in enumerate(images):
        if header.role != role:
            raise ProtocolError("malformed", f"image {index} has role {header.role!r}; {role!r} belongs here")


def _check_count(value: int, what: str) -> None:
    if not 0 <= value <= 10**6:
        raise ProtocolError("malformed", f"{what} is {value}; it must be 0 to a million")


def _check_bytes(value: int, what: str) -> None:
    if not 0 <= value <= MAX_RELEASE_BYTES:
        raise ProtocolError("malformed", f"{what} is {value}; it must be 0 to {MAX_RELEASE_BYTES} bytes")
