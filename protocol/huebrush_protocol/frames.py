"""Image frames: raw pixels beside a message, and the checks before anything reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from huebrush_protocol.errors import ProtocolError, malformed
from huebrush_protocol.messages import ImageHeader
from huebrush_protocol.texts import Text

CHANNELS: Mapping[str, int] = MappingProxyType({"GRAY": 1, "RGB": 3, "RGBA": 4, "BGRA": 4})
"""Number of channels of each channel order."""

SAMPLE_BYTES: Mapping[str, int] = MappingProxyType({"uint8": 1, "uint16": 2})
"""Bytes per sample of each sample type; "uint16" is little endian."""

SUBMIT_ROLES = (
    "line_art",
    "reference",
    "reference_part",
    "reference_left_out",
    "background",
    "line_art_mask",
    "reference_mask",
    "hints",
    "colored",
    "flats",
    "compared",
    "before",
    "initial",
    "pinned",
    "edit_mask",
    "edit_patch",
)
"""Roles of images that come with a job; see `messages.Submit`."""
PART_ROLES = ("reference_part", "reference_left_out")
"""Roles of masks over a single reference; a reference has at most one of each."""
REPEATED_ROLES = ("reference", *PART_ROLES, "edit_mask", "edit_patch")
"""Roles that several images of a job may have."""
ROLES = (*SUBMIT_ROLES, "layer", "preview", "fit")
"""Roles of all images."""
MAX_EDGE = 131072
"""Longest side of an image in pixels: strips for phones are long. `MAX_FRAME_BYTES` limits what an image takes."""
MAX_IMAGES = 512
"""Most image frames beside one message."""
MAX_FRAME_BYTES = 1 << 30
"""Most bytes in one image frame (a 16384 × 16384 RGBA picture)."""
MAX_TOTAL_BYTES = 1 << 31
"""Most bytes in all image frames of one message together."""
MAX_OFFSET = 1 << 30
"""Largest distance of an image from the document's origin along each axis, in pixels."""
MAX_WEIGHT = 100.0
"""Largest weight of a reference."""


@dataclass(frozen=True)
class Image:
    """One received image: its header, and its bytes as a view into the received frame."""

    header: ImageHeader
    data: memoryview

    @property
    def stride(self) -> int:
        """Bytes from one row to the next, never 0."""
        return row_stride(self.header)


def packed_stride(header: ImageHeader) -> int:
    """Return the number of bytes of one row's pixels. Raises `ProtocolError` for an unknown order or dtype."""
    try:
        return header.width * CHANNELS[header.order] * SAMPLE_BYTES[header.dtype]
    except KeyError as error:
        raise malformed("message.image_format", order=header.order[:64], dtype=header.dtype[:64]) from error


def row_stride(header: ImageHeader) -> int:
    """Return the number of bytes from one row to the next: `header.stride`, or the packed stride if that is 0."""
    return header.stride or packed_stride(header)


def check_header(header: ImageHeader, where: str = "image") -> None:
    """Raise `ProtocolError` ("malformed") unless `header` describes an image within the limits."""
    if header.role not in ROLES:
        raise _not_one_of(f"{where}.role", header.role, ROLES)
    if header.order not in CHANNELS:
        raise _not_one_of(f"{where}.order", header.order, CHANNELS)
    if header.dtype not in SAMPLE_BYTES:
        raise _not_one_of(f"{where}.dtype", header.dtype, SAMPLE_BYTES)
    if not (1 <= header.width <= MAX_EDGE and 1 <= header.height <= MAX_EDGE):
        raise malformed("message.image_size", field=where, width=header.width, height=header.height, most=MAX_EDGE)
    if header.stride != 0 and header.stride < packed_stride(header):
        raise malformed("message.short_stride", field=where, stride=header.stride, row=packed_stride(header))
    if row_stride(header) * header.height > MAX_FRAME_BYTES:
        raise malformed("message.image_bytes", field=where, most=MAX_FRAME_BYTES)
    if max(abs(header.x), abs(header.y)) > MAX_OFFSET:
        raise malformed("message.position", field=where, x=header.x, y=header.y)
    if not 0.0 <= header.weight <= MAX_WEIGHT:
        raise malformed(
            "message.out_of_range",
            field=f"{where}.weight",
            value=header.weight,
            lowest=0,
            highest=f"{MAX_WEIGHT:g}",
        )


def frame_view(frame: object) -> memoryview:
    """Return the bytes of `frame` (bytes-like, or a `zmq.Frame`) as a flat view, without copying.

    Raises `ProtocolError` if `frame` holds no contiguous bytes.
    """
    try:
        view = memoryview(getattr(frame, "buffer", frame))  # type: ignore[arg-type]
        return view if view.format == "B" and view.ndim == 1 and view.contiguous else view.cast("B")
    except (TypeError, ValueError) as error:
        raise malformed("message.not_contiguous", reason=Text.about(error)) from error


def check_frames(headers: tuple[ImageHeader, ...], views: list[memoryview]) -> None:
    """Raise `ProtocolError` ("malformed") unless each view is exactly as long as its header says."""
    if len(headers) != len(views):
        raise malformed("message.frame_count", headers=len(headers), frames=len(views))
    if len(views) > MAX_IMAGES:
        raise malformed("message.too_many_images", count=len(views), most=MAX_IMAGES)
    for index, (header, view) in enumerate(zip(headers, views, strict=True)):
        expected = row_stride(header) * header.height
        if view.nbytes != expected:
            raise malformed(
                "message.frame_size",
                field=f"images[{index}]",
                found=view.nbytes,
                width=header.width,
                height=header.height,
                order=header.order,
                dtype=header.dtype,
                stride=row_stride(header),
                wanted=expected,
            )
    total = sum(view.nbytes for view in views)
    if total > MAX_TOTAL_BYTES:
        raise malformed("message.all_bytes", size=total, most=MAX_TOTAL_BYTES)


def _not_one_of(field: str, value: str, names: Iterable[str]) -> ProtocolError:
    return malformed("message.not_one_of", field=field, value=value[:64], names=", ".join(names))
