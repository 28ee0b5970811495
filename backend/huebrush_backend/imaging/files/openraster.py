"""OpenRaster (.ora): layered pictures that Krita, GIMP, MyPaint and others read and write.

A zip archive that begins with an uncompressed `mimetype`, then `stack.xml` (layers top to bottom), one PNG per layer, a
merged picture and a thumbnail. See https://www.openraster.org/.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

import attrs

from huebrush_backend.imaging.color import resize_rgba
from huebrush_backend.imaging.files.blending import NORMAL
from huebrush_backend.imaging.files.layer_list import parse_layer_list
from huebrush_backend.imaging.files.layer_names import clean_name
from huebrush_backend.imaging.files.limits import require_size
from huebrush_backend.imaging.files.picture import (
    Group,
    Layer,
    LayerSource,
    Picture,
    PictureError,
    composite,
)
from huebrush_backend.imaging.files.png import encode_png
from huebrush_backend.imaging.files.raster import decode_raster
from huebrush_backend.imaging.files.writing import write_atomically

MIMETYPE = "image/openraster"
_VERSION = "0.0.6"
_THUMBNAIL_SIZE = 256


def write_ora(
    path: Path,
    nodes: Sequence[Layer | Group],
    size: tuple[int, int],
    attachments: Mapping[str, Any] | None = None,
) -> None:
    """Write layers and groups, bottom to top, as an OpenRaster file of `size` (width, height).

    A layer's `encoded` PNG data is stored byte for byte. `attachments` maps file names inside the archive, such as
    "recipe.json", to plain data stored as JSON; other programs ignore them. The file is complete or not written at all.
    Raises `PictureError` when it cannot be written.
    """
    width, height = size
    merged = composite(nodes, width, height)
    scale = min(1.0, _THUMBNAIL_SIZE / max(width, height))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    thumbnail = resize_rgba(merged, *small)

    def write(stream: BinaryIO) -> None:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("mimetype", MIMETYPE)
            image = ElementTree.Element("image", version=_VERSION, w=str(width), h=str(height))
            _StackWriter(archive).write(ElementTree.SubElement(image, "stack"), nodes)
            archive.writestr(
                "stack.xml", ElementTree.tostring(image, "utf-8", xml_declaration=True), zipfile.ZIP_DEFLATED
            )
            # PNG is already compressed
            archive.writestr("mergedimage.png", encode_png(merged))
            archive.writestr("Thumbnails/thumbnail.png", encode_png(thumbnail))
            for name, data in (attachments or {}).items():
                archive.writestr(name, json.dumps(data, indent=2, sort_keys=True), zipfile.ZIP_DEFLATED)

    write_atomically(path, write)


@attrs.define
class _StackWriter:
    """Writer of layers into the archive: it numbers their files and describes them in stack.xml."""

    archive: zipfile.ZipFile
    count: int = 0

    def write(self, parent: ElementTree.Element, nodes: Sequence[Layer | Group]) -> None:
        for node in reversed(nodes):
            attributes = {
                "name": _printable(node.name),
                "visibility": "visible" if node.visible else "hidden",
                "opacity": f"{node.opacity:.6g}",
            }
            if isinstance(node, Group):
                # An isolated group keeps blending modes inside it from reaching layers below the group.
                isolation = "isolate" if node.isolated else "auto"
                stack = ElementTree.SubElement(parent, "stack", attributes, isolation=isolation)
                stack.set("composite-op", node.blending)
                self.write(stack, node.children)
                continue
            source = f"data/layer{self.count:03d}.png"
            self.count += 1
            self.archive.writestr(source, node.encoded or encode_png(node.pixels))
            element = ElementTree.SubElement(parent, "layer", attributes, src=source, x=str(node.x), y=str(node.y))
            element.set("composite-op", node.blending)


def _printable(name: str) -> str:
    """Remove the control characters that XML cannot hold, and put U+FFFD for what is no Unicode."""
    kept = (character for character in name if character >= " " and character not in "\ufffe\uffff")
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in kept)


def read_ora(path: Path) -> Picture:
    """Open an OpenRaster file. Raises `PictureError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            kind = archive.read("mimetype").decode("ascii", "replace").strip() if _has(archive, "mimetype") else ""
            if kind != MIMETYPE or not _has(archive, "stack.xml"):
                raise PictureError(path, "this archive is not an OpenRaster picture.")
            image = parse_layer_list(path, archive, "stack.xml")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise PictureError(path, f"the OpenRaster file is damaged: {error}.") from error
    width, height = _integer(path, image, "w"), _integer(path, image, "h")
    if width < 1 or height < 1:
        raise PictureError(path, "the OpenRaster file is damaged: it gives no size.")
    require_size(path, width, height)
    reader = _Reader(path, width, height, image)
    return Picture(path, width, height, tuple(reader.sources()), reader.merged)


def _has(archive: zipfile.ZipFile, name: str) -> bool:
    return name in archive.NameToInfo


def _integer(path: Path, element: ElementTree.Element, name: str) -> int:
    try:
        return int(float(element.get(name, "0")))
    except ValueError as error:
        raise PictureError(path, f'the OpenRaster file is damaged: {name}="{element.get(name)}".') from error


@attrs.frozen(eq=False)
class _Reader:
    path: Path
    width: int
    height: int
    image: ElementTree.Element

    def sources(self) -> list[LayerSource]:
        """Return all layers and groups, bottom to top."""
        return list(self._below(self.image.find("stack"), ()))

    def _below(self, stack: ElementTree.Element | None, path: tuple[str, ...]) -> list[LayerSource]:
        found: list[LayerSource] = []
        for element in reversed(list(stack) if stack is not None else []):
            here = (*path, clean_name(element.get("name", "")))
            if element.tag == "stack":
                found += self._below(element, here)
                found.append(LayerSource(here, _GroupLoader(self, element), is_group=True))
            elif element.tag == "layer":
                found.append(LayerSource(here, _LayerLoader(self, element)))
        return found

    def merged(self) -> Layer:
        """Return the merged picture of the file, or merge the visible layers here if it has none."""
        with zipfile.ZipFile(self.path) as archive:
            data = archive.read("mergedimage.png") if _has(archive, "mergedimage.png") else None
        if data is not None:
            layer = decode_raster(data, self.path, self.path.stem)
            if layer.pixels.shape[:2] == (self.height, self.width):
                return attrs.evolve(layer, encoded=None)
        stack = self.image.find("stack")
        nodes = self.nodes(stack) if stack is not None else []
        return Layer(self.path.stem, composite(nodes, self.width, self.height))

    def layer(self, element: ElementTree.Element) -> Layer:
        """Return one layer's pixels and its position and blending in the picture."""
        name = clean_name(element.get("name", ""))
        try:
            with zipfile.ZipFile(self.path) as archive:
                data = archive.read(element.get("src", ""))
        except (KeyError, zipfile.BadZipFile, RuntimeError) as error:
            raise PictureError(self.path, f'the pixels of the layer "{name}" are missing.') from error
        layer = decode_raster(data, self.path, name)
        return attrs.evolve(
            layer,
            x=_integer(self.path, element, "x"),
            y=_integer(self.path, element, "y"),
            visible=element.get("visibility", "visible") == "visible",
            opacity=self._opacity(element),
            blending=element.get("composite-op", NORMAL),
        )

    def nodes(self, stack: ElementTree.Element) -> list[Layer | Group]:
        """Return the layers and groups of a stack, read completely, bottom to top."""
        nodes: list[Layer | Group] = []
        for element in reversed(list(stack)):
            if element.tag == "layer":
                nodes.append(self.layer(element))
            elif element.tag == "stack":
                visible = element.get("visibility", "visible") == "visible"
                name = clean_name(element.get("name", ""))
                opacity, blending = self._opacity(element), element.get("composite-op", NORMAL)
                isolated = element.get("isolation", "isolate") != "auto"
                nodes.append(Group(name, self.nodes(element), visible, opacity, blending, isolated))
        return nodes

    def _opacity(self, element: ElementTree.Element) -> float:
        try:
            return min(1.0, max(0.0, float(element.get("opacity", "1"))))
        except ValueError as error:
            problem = f'the OpenRaster file is damaged: opacity="{element.get("opacity")}".'
            raise PictureError(self.path, problem) from error


@attrs.frozen(eq=False)
class _LayerLoader:
    reader: _Reader
    element: ElementTree.Element

    def __call__(self) -> Layer:
        return self.reader.layer(self.element)


@attrs.frozen(eq=False)
class _GroupLoader:
    reader: _Reader
    element: ElementTree.Element

    def __call__(self) -> Layer:
        name = clean_name(self.element.get("name", ""))
        return Layer(name, composite(self.reader.nodes(self.element), self.reader.width, self.reader.height))
