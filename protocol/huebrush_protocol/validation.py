"""What a well-typed message must also satisfy: ranges, job ids, which images belong to it."""

from __future__ import annotations

import math
import re
from typing import Any

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import MAX_IMAGES, check_header
from huebrush_protocol.messages import (
    FAILURE_CODES,
    Failed,
    Hello,
    ImageHeader,
    Message,
    Parameters,
    Preview,
    Progress,
    Result,
    Submit,
)

MAX_NAME_LENGTH = 128
MAX_SEED = 2**32 - 1
MAX_STEPS = 150
GUIDANCE_RANGE = (1.0, 15.0)
REFERENCE_STRENGTH_RANGE = (0.0, 1.0)
SKETCH_STRENGTH_RANGE = (0.0, 3.0)
MAX_RECIPE_DEPTH = 32

_JOB_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_job_id(text: str) -> bool:
    """True for a UUID in its canonical form: 36 characters, lower case."""
    return _JOB_ID.fullmatch(text) is not None


def validate_parameters(parameters: Parameters) -> None:
    """Raise `ProtocolError` ("bad_input") naming the first parameter that is out of its range."""
    ranges: tuple[tuple[str, float, float], ...] = (
        ("seed", 0, MAX_SEED),
        ("steps", 1, MAX_STEPS),
        ("reference_guidance", *GUIDANCE_RANGE),
        ("sketch_guidance", *GUIDANCE_RANGE),
        ("reference_strength", *REFERENCE_STRENGTH_RANGE),
        ("sketch_strength", *SKETCH_STRENGTH_RANGE),
    )
    for name, lowest, highest in ranges:
        value = getattr(parameters, name)
        if value is None:  # the model's own choice
            continue
        if not lowest <= value <= highest:  # also catches NaN
            raise ProtocolError("bad_input", f"{name} is {value}; it must be {lowest:.10g} to {highest:.10g}")
    _check_name(parameters.sampler, "sampler", "bad_input")


def validate_message(message: Message) -> None:
    """Raise `ProtocolError` unless every value of `message` is within its range.

    The code is "bad_input" for `Submit`'s parameters and choice of images, else "malformed".
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
    elif isinstance(message, Preview):
        _check_roles(images, "preview")
        if len(images) != 1:
            raise ProtocolError("malformed", f"a preview has exactly one image, not {len(images)}")
        _check_count(message.step, "step")
    elif isinstance(message, Result):
        _check_roles(images, "layer")
        check_plain_data(message.recipe, "recipe")
    elif isinstance(message, Progress):
        _check_progress(message)
    elif isinstance(message, Hello):
        if not message.versions:
            raise ProtocolError("malformed", "hello offers no protocol version")
    elif isinstance(message, Failed) and message.code not in FAILURE_CODES:
        raise ProtocolError("malformed", f"failure code {message.code[:64]!r} is not known")


def check_plain_data(value: Any, where: str, depth: int = 0) -> None:
    """Raise `ProtocolError` unless `value` is None, bool, int, finite float, str, or lists and dicts of them."""
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
    _check_name(message.model, "model", "bad_input")
    validate_parameters(message.parameters)
    lines = [header for header in message.images if header.role == "line_art"]
    if len(lines) != 1:
        raise ProtocolError("bad_input", f"a job needs exactly one line-art image, not {len(lines)}")
    for header in message.images:
        if header.role not in ("line_art", "reference"):
            raise ProtocolError("bad_input", f"a job takes no image with role {header.role!r}")


def _check_progress(message: Progress) -> None:
    _check_name(message.phase, "phase", "malformed")
    _check_count(message.step, "step")
    _check_count(message.steps, "steps")
    if not 0.0 <= message.fraction <= 1.0:
        raise ProtocolError("malformed", f"fraction is {message.fraction}; it must be 0 to 1")
    if message.seconds_left is not None and not message.seconds_left >= 0.0:
        raise ProtocolError("malformed", f"seconds_left is {message.seconds_left}; it must not be negative")


def _check_roles(images: tuple[ImageHeader, ...], role: str) -> None:
    for index, header in enumerate(images):
        if header.role != role:
            raise ProtocolError("malformed", f"image {index} has role {header.role!r}; {role!r} belongs here")


def _check_name(text: str, what: str, code: str) -> None:
    if not 1 <= len(text) <= MAX_NAME_LENGTH:
        raise ProtocolError(code, f"{what} must be 1 to {MAX_NAME_LENGTH} characters long")


def _check_count(value: int, what: str) -> None:
    if not 0 <= value <= 10**6:
        raise ProtocolError("malformed", f"{what} is {value}; it must be 0 to a million")
