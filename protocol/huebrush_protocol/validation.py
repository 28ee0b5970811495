"""Checks of messages whose types are right: ranges, job ids, images."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

from huebrush_protocol.errors import ProtocolError, malformed, refused
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
from huebrush_protocol.preparing import PREPARATION_STATES, Preparation, Prepare
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
        raise malformed("message.job_id", job=job[:64])
    images: tuple[ImageHeader, ...] = getattr(message, "images", ())
    if len(images) > MAX_IMAGES:
        raise malformed("message.too_many_images", count=len(images), most=MAX_IMAGES)
    for index, header in enumerate(images):
        check_header(header, f"images[{index}]")
    if isinstance(message, Submit):
        _check_submit(message)
    elif isinstance(message, (Locate, Located)):
        _check_locating(message)
    elif isinstance(message, Preview):
        _check_roles(images, "preview")
        if len(images) != 1:
            raise malformed("message.one_image", role="preview")
        _check_count(message.step, "step")
    elif isinstance(message, Result):
        _check_roles(images, "layer")
        check_plain_data(message.recipe, "recipe")
        check_plain_data(message.flats_report, "flats_report")
        _check_layers(message.images)
    elif isinstance(message, Progress):
        _check_progress(message)
    elif isinstance(message, (Prepare, Preparation)):
        _check_preparing(message)
    elif isinstance(message, Hello):
        if not message.versions:
            raise malformed("message.no_version")
    elif isinstance(message, Failed) and message.code not in FAILURE_CODES:
        raise malformed("message.unknown_value", field="code", value=message.code[:64])
    else:
        _check_pull(message)


def check_plain_data(value: Any, where: str, depth: int = 0) -> None:
    """Raise `ProtocolError` unless `value` is None, a bool, int, finite float or str, or lists and dicts of these."""
    if depth > MAX_RECIPE_DEPTH:
        raise malformed("message.too_deep", field=where, levels=MAX_RECIPE_DEPTH)
    if value is None or isinstance(value, (bool, int, str)):
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            raise malformed("message.not_finite", field=where, value=value)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            check_plain_data(item, f"{where}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise malformed("message.key_kind", field=where)
            check_plain_data(item, f"{where}.{key[:64]}", depth + 1)
    else:
        raise malformed("message.not_plain", field=where, type=type(value).__name__)


def _check_submit(message: Submit) -> None:
    check_name(message.model, "model", "bad_input")
    validate_parameters(message.parameters)
    found = Counter(header.role for header in message.images)
    if found["line_art"] != 1:
        raise refused("message.one_line_art", count=found["line_art"])
    for role, count in found.items():
        if role not in SUBMIT_ROLES:
            raise refused("message.role_not_taken", role=role)
        if count > 1 and role not in REPEATED_ROLES:
            raise refused("message.role_once", role=role, count=count)
    _check_parts(message.images, found["reference"])
    masks, patches = found["edit_mask"], found["edit_patch"]
    for index, edit in enumerate(message.parameters.edits):
        if edit.mask >= masks:
            raise refused("message.no_such_mask", field=f"edits[{index}].mask", value=edit.mask, count=masks)
        if edit.patch >= patches:
            raise refused("message.no_such_patch", field=f"edits[{index}].patch", value=edit.patch, count=patches)


def _check_parts(images: tuple[ImageHeader, ...], references: int) -> None:
    over = Counter((header.role, header.reference) for header in images if header.role in PART_ROLES)
    for (role, reference), count in over.items():
        if not 0 <= reference < references:
            raise refused("message.part_of_nothing", role=role, reference=reference, references=references)
        if count > 1:
            raise refused("message.part_once", reference=reference, role=role, count=count)


def _check_locating(message: Locate | Located) -> None:
    role, code = ("reference", "bad_input") if isinstance(message, Locate) else ("fit", "malformed")
    if [header.role for header in message.images] != [role]:
        raise ProtocolError.of(code, "message.one_image", role=role)
    if isinstance(message, Locate):
        check_name(message.model, "model", code)
        check_text(message.text, "text")
        validate_parameters(Parameters(edits=message.edits))
        for index, edit in enumerate(message.edits):
            if edit.is_brushed:
                raise ProtocolError.of(code, "message.masked_edit", field=f"edits[{index}]")
    elif message.images[0].order != "GRAY" or message.images[0].dtype != "uint8":
        raise ProtocolError.of(code, "message.gray", field="images[0]")


def _check_layers(images: tuple[ImageHeader, ...]) -> None:
    for index, header in enumerate(images):
        where = f"images[{index}]"
        if header.kind not in ("", *LAYER_KINDS):
            raise malformed("message.unknown_value", field=f"{where}.kind", value=header.kind[:64])
        if header.blend not in BLENDS:
            raise malformed("message.unknown_value", field=f"{where}.blend", value=header.blend[:64])
        if header.color and not is_color(header.color):
            raise malformed("message.color", field=f"{where}.color", value=header.color[:64])
        if header.kind == "stroke" and header.order != "GRAY":
            raise malformed("message.gray", field=where)


def _check_progress(message: Progress) -> None:
    check_name(message.phase, "phase", "malformed")
    _check_count(message.step, "step")
    _check_count(message.steps, "steps")
    if not 0.0 <= message.fraction <= 1.0:
        raise _out_of_range("fraction", message.fraction, 1)
    _check_seconds_left(message.seconds_left)


def _check_seconds_left(seconds: float | None) -> None:
    if seconds is not None and not seconds >= 0.0:
        raise malformed("message.negative", field="seconds_left", value=seconds)


def _check_preparing(message: Prepare | Preparation) -> None:
    check_name(message.model, "model", "malformed")
    if isinstance(message, Preparation):
        if message.state not in PREPARATION_STATES:
            raise malformed("message.unknown_value", field="state", value=message.state[:64])
        _check_seconds_left(message.seconds_left)


def _check_pull(message: Message) -> None:
    """Check the messages about fetching models."""
    release = getattr(message, "release", None)
    if release is not None and not (release == "" and isinstance(message, PullFailed)):
        check_name(release, "release", "malformed")
    if isinstance(message, PullFailed) and message.code not in PULL_FAILURE_CODES:
        raise malformed("message.unknown_value", field="code", value=message.code[:64])
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
            raise malformed("message.wrong_role", field=f"images[{index}]", found=header.role, wanted=role)


def _check_count(value: int, what: str) -> None:
    if not 0 <= value <= 10**6:
        raise _out_of_range(what, value, 10**6)


def _check_bytes(value: int, what: str) -> None:
    if not 0 <= value <= MAX_RELEASE_BYTES:
        raise _out_of_range(what, value, MAX_RELEASE_BYTES)


def _out_of_range(field: str, value: float, highest: int) -> ProtocolError:
    return malformed("message.out_of_range", field=field, value=value, lowest=0, highest=highest)
