"""Converts messages to ZeroMQ frames and back. Any bytes give either a valid message or a `ProtocolError`.

The first frame is a msgpack map: the message's fields and its `type`. Raw image frames follow, one per `ImageHeader`
in the message's `images`. Unknown fields are ignored; missing ones take the dataclass's default if it has one.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import msgpack

from huebrush_protocol import messages, parameters, preparing, pulls, regions
from huebrush_protocol.errors import ProtocolError, malformed
from huebrush_protocol.frames import MAX_IMAGES, Image, check_frames, frame_view
from huebrush_protocol.messages import ImageHeader, Message
from huebrush_protocol.texts import Text
from huebrush_protocol.validation import is_job_id, validate_message

MAX_HEADER_BYTES = 1 << 20
"""Longest header frame in bytes."""

MESSAGE_TYPES: Mapping[str, type] = types.MappingProxyType(
    {
        "hello": messages.Hello,
        "welcome": messages.Welcome,
        "list_models": messages.ListModels,
        "models": messages.Models,
        "ping": messages.Ping,
        "pong": messages.Pong,
        "submit": messages.Submit,
        "locate": messages.Locate,
        "located": messages.Located,
        "fetch": messages.Fetch,
        "accepted": messages.Accepted,
        "progress": messages.Progress,
        "preview": messages.Preview,
        "result": messages.Result,
        "failed": messages.Failed,
        "cancel": messages.Cancel,
        "cancelled": messages.Cancelled,
        "acknowledge": messages.Acknowledge,
        "prepare": preparing.Prepare,
        "preparation": preparing.Preparation,
        "list_releases": pulls.ListReleases,
        "releases": pulls.Releases,
        "set_models_folder": pulls.SetModelsFolder,
        "pull": pulls.Pull,
        "pull_progress": pulls.PullProgress,
        "pulled": pulls.Pulled,
        "pull_failed": pulls.PullFailed,
        "cancel_pull": pulls.CancelPull,
        "pull_cancelled": pulls.PullCancelled,
    }
)
"""Class of each message by its `type` on the wire."""

_SCALARS: Mapping[Any, str] = types.MappingProxyType(
    {int: "message.whole_number", str: "message.text", bool: "message.boolean"}
)
"""The sentence that names each type of a plain value."""
_TYPE_NAMES: Mapping[type, str] = types.MappingProxyType({cls: name for name, cls in MESSAGE_TYPES.items()})
_FIELD_TYPES: Mapping[type, Mapping[str, Any]] = types.MappingProxyType(
    {
        cls: types.MappingProxyType(typing.get_type_hints(cls))
        for cls in (
            *MESSAGE_TYPES.values(),
            ImageHeader,
            messages.ModelInfo,
            parameters.Parameters,
            parameters.TextEdit,
            parameters.GuidanceWindow,
            parameters.Injection,
            parameters.Enhancement,
            parameters.LevelStrengths,
            regions.RegionParameters,
            regions.RegionFix,
            pulls.ReleaseInfo,
            pulls.LicenceInfo,
        )
    }
)


@dataclasses.dataclass(frozen=True)
class Received:
    """A message that passed every check, and its images in the order of the message's `images`."""

    message: Message
    images: list[Image]


def encode(message: Message, frames: Sequence[Any] = ()) -> list[Any]:
    """Return the ZeroMQ frames of `message`: its header, then `frames`, which are not copied.

    `frames` are bytes-like objects (or `zmq.Frame`s), one for each of the message's image headers. Raises
    `ProtocolError` if the receiver would not accept the message.
    """
    try:
        validate_types(message)
        validate_message(message)
        check_frames(getattr(message, "images", ()), [frame_view(frame) for frame in frames])
        fields = {"type": _TYPE_NAMES[type(message)], **_plain(message)}
        header = bytes(msgpack.packb(fields, use_bin_type=True))  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise malformed("message.unwritable", reason=Text.about(error)) from error
    if len(header) > MAX_HEADER_BYTES:
        raise malformed("message.header_size", size=len(header), most=MAX_HEADER_BYTES)
    return [header, *frames]


def decode(frames: Sequence[Any]) -> Received:
    """Return the message in `frames` (bytes-like or `zmq.Frame`s, header first).

    The images are views into `frames`. Raises `ProtocolError`, and nothing else, for anything that is not a
    valid message: code "malformed", "unknown_message", or "bad_input" for a job's parameters out of range.
    """
    if not frames:
        raise malformed("message.no_frames")
    if len(frames) > 1 + MAX_IMAGES:
        raise malformed("message.too_many_images", count=len(frames) - 1, most=MAX_IMAGES)
    fields = _unpack(frame_view(frames[0]))
    kind = fields.get("type")
    if not isinstance(kind, str):
        raise malformed("message.no_type")
    job = _job_of(fields)
    if kind not in MESSAGE_TYPES:
        raise ProtocolError("unknown_message", Text.of("message.unknown_type", type=kind[:64]), job)
    try:
        message: Message = _build(MESSAGE_TYPES[kind], fields, kind)
        validate_message(message)
        headers: tuple[ImageHeader, ...] = getattr(message, "images", ())
        views = [frame_view(frame) for frame in frames[1:]]
        check_frames(headers, views)
    except ProtocolError as error:
        raise ProtocolError(error.code, error.message, job) from error
    return Received(message, [Image(header, view) for header, view in zip(headers, views, strict=True)])


def validate_types(message: Message) -> None:
    """Raise `ProtocolError` unless `message` is one of the message classes and its fields have the types they declare.

    (Dataclasses do not check this themselves; otherwise only the receiver would notice a wrong type.)
    """
    if type(message) not in _TYPE_NAMES:
        raise ProtocolError.of("unknown_message", "message.unknown_type", type=type(message).__name__)
    _build(type(message), _plain(message), _TYPE_NAMES[type(message)])


def _unpack(header: memoryview) -> dict[str, Any]:
    if header.nbytes > MAX_HEADER_BYTES:
        raise malformed("message.header_size", size=header.nbytes, most=MAX_HEADER_BYTES)
    try:
        fields = msgpack.unpackb(header, raw=False, strict_map_key=True)
    except Exception as error:  # msgpack raises a dozen kinds, and all of them must be caught here
        reason = f"{type(error).__name__}: {error}"
        raise malformed("message.unreadable_header", reason=reason) from error
    if not isinstance(fields, dict) or not all(isinstance(key, str) for key in fields):
        raise malformed("message.header_kind")
    return fields


def _job_of(fields: Mapping[str, Any]) -> str:
    job = fields.get("job")
    return job if isinstance(job, str) and is_job_id(job) else ""


def _build(cls: type, fields: Mapping[str, Any], where: str) -> Any:
    """Return an instance of dataclass `cls` from a map, with the type of each field checked."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        if field.name in fields:
            kind = _FIELD_TYPES[cls][field.name]
            values[field.name] = _convert(fields[field.name], kind, f"{where}.{field.name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise malformed("message.field_missing", field=f"{where}.{field.name}")
    return cls(**values)


def _convert(value: Any, kind: Any, where: str) -> Any:
    """Return `value` as `kind`: a scalar, dataclass, `tuple[X, ...]`, `dict[str, Any]`, `X | None` or `Text | str`.

    Raises ProtocolError for any other value.
    """
    if kind == Text | str:
        try:
            return Text.from_data(value)
        except ValueError as error:
            raise malformed("message.no_text", field=where, reason=Text.about(error)) from error
    origin = typing.get_origin(kind)
    if origin is typing.Union or origin is types.UnionType:
        return None if value is None else _convert(value, typing.get_args(kind)[0], where)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise _wrong_type(value, "message.list", where)
        item = typing.get_args(kind)[0]
        return tuple(_convert(entry, item, f"{where}[{index}]") for index, entry in enumerate(value))
    if origin is dict or (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        if not isinstance(value, dict):
            raise _wrong_type(value, "message.map", where)
        return value if origin is dict else _build(kind, value, where)
    if kind is float:
        try:
            if not isinstance(value, bool) and isinstance(value, (int, float)) and math.isfinite(value):
                return float(value)
        except OverflowError:  # a whole number too large for a float
            pass
        raise _wrong_type(value, "message.finite_number", where)
    if (kind is int and isinstance(value, bool)) or not isinstance(value, kind):
        raise _wrong_type(value, _SCALARS[kind], where)
    return value


def _wrong_type(value: Any, wanted: str, where: str) -> ProtocolError:
    """Return the error for a `value` that should be what the sentence `wanted` says."""
    found = repr(value) if isinstance(value, float) else type(value).__name__
    return malformed("message.wrong_type", field=where, wanted=Text.of(wanted), found=found)


def _plain(value: Any) -> Any:
    """Return `value` with dataclasses and texts as maps, tuples as lists (a copy of the containers only)."""
    if isinstance(value, Text):
        return value.as_data() if value.id else str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
