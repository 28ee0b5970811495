"""Photoshop documents of layers and groups: PSD, and PSB for pages of more than 30,000 pixels.

psd-tools writes the parts of the file. Its own way to a merged picture is not used: it would draw the page once more in
floats, and give other pixels than `composite`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np
from huebrush_protocol.version import VERSION
from numpy.typing import NDArray
from psd_tools.constants import BlendMode, ChannelID, Clipping, ColorMode, Compression, Resource, SectionDivider, Tag
from psd_tools.psd import PSD
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import ImageResource, ImageResources, ResoulutionInfo, VersionInfo
from psd_tools.psd.layer_and_mask import (
    ChannelData,
    ChannelDataList,
    ChannelImageData,
    ChannelInfo,
    GlobalLayerMaskInfo,
    LayerAndMaskInformation,
    LayerFlags,
    LayerInfo,
    LayerRecord,
    LayerRecords,
)
from psd_tools.psd.tagged_blocks import TaggedBlocks

from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.files.blending import MULTIPLY, NORMAL, SCREEN
from huebrush_backend.imaging.files.picture import Group, Layer, PictureError, composite
from huebrush_backend.imaging.files.print_settings import PrintSettings
from huebrush_backend.imaging.files.psd_size import require_size
from huebrush_backend.imaging.files.writing import write_atomically
from huebrush_backend.imaging.profiles import from_srgb, srgb_profile

_PLAIN_FORMAT, _BIG_FORMAT = 1, 2
_BLENDINGS = {NORMAL: BlendMode.NORMAL, MULTIPLY: BlendMode.MULTIPLY, SCREEN: BlendMode.SCREEN}
_CHANNELS = (ChannelID.TRANSPARENCY_MASK, ChannelID.CHANNEL_0, ChannelID.CHANNEL_1, ChannelID.CHANNEL_2)
_END_OF_GROUP = "</Layer group>"
_LONGEST_OLD_NAME = 31
"""Letters of a layer's name for programs that do not read its name in Unicode."""
_INCHES, _PER_INCH = 1, 1


def write_psd(path: Path, nodes: Sequence[Layer | Group], size: tuple[int, int], settings: PrintSettings) -> None:
    """Write layers and groups, bottom to top, as a Photoshop document of `size` (width, height).

    The pixels are converted from sRGB to the profile of the `settings` if that is one of RGB, otherwise the file has a
    profile of sRGB. The file is complete or not written at all. Raises `PictureError` when it cannot be written.
    """
    require_size(path, size)
    version = _BIG_FORMAT if path.suffix.lower() == ".psb" else _PLAIN_FORMAT
    writer = _Writer(_usable(settings.profile), version)
    writer.add(nodes)
    document = writer.document(composite_clipped(nodes, *size), settings.pixels_per_inch)
    try:
        write_atomically(path, lambda stream: document.write(stream))
    except struct.error as error:
        raise PictureError(path, "it is larger than a .psd can be; give it a name that ends with .psb.") from error


def composite_clipped(nodes: Sequence[Layer | Group], width: int, height: int) -> NDArray[np.uint8]:
    """Merge visible layers as `composite` does, with clipped layers as in Photoshop: merged first with the layer or
    group that they are clipped to, of which they change the colour alone."""
    merged: list[Layer] = []
    for node in nodes:
        if isinstance(node, Group):
            inside = Layer(node.name, composite_clipped(node.children, width, height))
            merged.append(attrs.evolve(inside, visible=node.visible, opacity=node.opacity))
        elif not (node.clipped and merged):
            merged.append(node)
        elif node.visible and merged[-1].visible:
            merged[-1] = _with_clipped(merged[-1], node, width, height)
    return composite(merged, width, height)


def _with_clipped(base: Layer, clipped: Layer, width: int, height: int) -> Layer:
    own = base.on_canvas(width, height)
    opaque = np.dstack([own[..., :3], np.full_like(own[..., 3], 255)])
    color = composite([Layer(base.name, opaque), clipped], width, height)[..., :3]
    return attrs.evolve(base, pixels=np.dstack([color, own[..., 3]]), x=0, y=0, encoded=None)


def _usable(profile: bytes | None) -> bytes:
    """Return the profile, or one of sRGB if it cannot be used for a picture of RGB."""
    if profile is not None and from_srgb(np.zeros((1, 1, 4), np.uint8), profile) is not None:
        return profile
    return srgb_profile()


class _Writer:
    """Collects the records of layers, and makes the document of them. `version`: 1 for PSD, 2 for PSB."""

    def __init__(self, profile: bytes, version: int) -> None:
        self.profile = profile
        self.version = version
        self.records = LayerRecords()
        self.channels = ChannelImageData()

    def add(self, nodes: Sequence[Layer | Group]) -> None:
        """Add layers and groups, bottom to top."""
        for node in nodes:
            if isinstance(node, Layer):
                self._add_layer(node)
                continue
            self._add_record(LayerRecord(), _END_OF_GROUP, None, SectionDivider.BOUNDING_SECTION_DIVIDER)
            self.add(node.children)
            self._add_record(_record(node), node.name, None, SectionDivider.OPEN_FOLDER)

    def document(self, merged: NDArray[np.uint8], pixels_per_inch: float | None) -> PSD:
        """Return the file with all layers added, and the merged picture (H,W,4) sRGB."""
        planes = self._converted(merged)
        is_opaque = bool(np.all(planes[..., 3] == 255))
        if is_opaque:
            planes = planes[..., :3]
        else:
            planes[..., :3] = flatten_on_white(planes)
        height, width, count = planes.shape
        header = FileHeader(
            version=self.version, channels=count, height=height, width=width, depth=8, color_mode=ColorMode.RGB
        )
        image_data = ImageData(Compression.RLE)
        image_data.set_data([planes[..., index].tobytes() for index in range(count)], header)
        # A count below zero says that the merged picture's fourth channel is its transparency.
        layers = LayerInfo(len(self.records) * (1 if is_opaque else -1), self.records, self.channels)
        return PSD(
            header=header,
            image_resources=self._resources(pixels_per_inch),
            layer_and_mask_information=LayerAndMaskInformation(layers, GlobalLayerMaskInfo(), TaggedBlocks()),
            image_data=image_data,
        )

    def _add_layer(self, layer: Layer) -> None:
        box = _painted(layer.pixels)
        pixels = self._converted(layer.pixels[box])
        record = _record(layer)
        record.left, record.top = layer.x + box[1].start, layer.y + box[0].start
        record.right, record.bottom = record.left + pixels.shape[1], record.top + pixels.shape[0]
        self._add_record(record, layer.name, pixels if pixels.size else None)

    def _add_record(
        self,
        record: LayerRecord,
        name: str,
        pixels: NDArray[np.uint8] | None,
        divider: SectionDivider | None = None,
    ) -> None:
        name = name.replace("\0", "").encode("utf-16", "replace").decode("utf-16")
        record.name = name.encode("ascii", "replace").decode("ascii")[:_LONGEST_OLD_NAME]
        record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, name)
        if divider is not None:
            record.tagged_blocks.set_data(
                Tag.SECTION_DIVIDER_SETTING, divider, signature=b"8BIM", blend_mode=BlendMode.NORMAL
            )
        kept = ChannelDataList()
        for place, channel in enumerate(_CHANNELS):
            data = ChannelData(Compression.RAW if pixels is None else Compression.RLE)
            if pixels is not None:
                plane = pixels[..., (place - 1) % 4].tobytes()
                data.set_data(plane, pixels.shape[1], pixels.shape[0], 8, self.version)
            kept.append(data)
            record.channel_info.append(ChannelInfo(channel, len(data.data) + 2))
        self.records.append(record)
        self.channels.append(kept)

    def _converted(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a copy of (H,W,4) sRGB pixels in the colours of the profile."""
        converted = from_srgb(pixels, self.profile) if pixels.size else pixels
        if converted is None:
            raise AssertionError("the profile was tried before")
        return converted.copy()

    def _resources(self, pixels_per_inch: float | None) -> ImageResources:
        said = {
            Resource.VERSION_INFO: VersionInfo(
                has_composite=True, writer=f"Huebrush {VERSION}", reader=f"Huebrush {VERSION}"
            ),
            Resource.ICC_PROFILE: self.profile,
        }
        if pixels_per_inch is not None:
            fixed = round(pixels_per_inch * 65536)
            said[Resource.RESOLUTION_INFO] = ResoulutionInfo(fixed, _PER_INCH, _INCHES, fixed, _PER_INCH, _INCHES)
        return ImageResources([(key, ImageResource(key=key, data=data)) for key, data in said.items()])


def _record(node: Layer | Group) -> LayerRecord:
    """Return a record with the settings of a layer or group, without pixels and name yet."""
    record = LayerRecord(opacity=round(node.opacity * 255), flags=LayerFlags(visible=node.visible))
    if isinstance(node, Layer):
        record.blend_mode = _BLENDINGS.get(node.blending, BlendMode.NORMAL)
        record.clipping = Clipping.NON_BASE if node.clipped else Clipping.BASE
    return record


def _painted(pixels: NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the rows and columns of (H,W,4) that are not wholly transparent; empty slices if all are."""
    rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
