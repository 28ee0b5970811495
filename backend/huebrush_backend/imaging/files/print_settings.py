"""Profile and resolution of a picture file, to be passed on to a file made from it."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import attrs
from PIL import Image
from psd_tools.constants import Resource
from psd_tools.psd.color_mode_data import ColorModeData
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_resources import ImageResources

from huebrush_backend.imaging.files.layer_list import parse_layer_list
from huebrush_backend.imaging.files.picture import DAMAGE, PictureError

_MOST_PIXELS_PER_INCH = 30000


@attrs.frozen
class PrintSettings:
    """The ICC profile of a file, and its resolution in pixels per inch; None where the file does not say."""

    profile: bytes | None = attrs.field(default=None, repr=False)
    pixels_per_inch: float | None = None


def read_print_settings(path: Path) -> PrintSettings:
    """Return the profile and resolution that the file gives; none of a file that cannot be understood."""
    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a large picture is only looked into
            return _reader(stream.read(4))(path)
    except (OSError, PictureError, Image.DecompressionBombError, MemoryError, *DAMAGE):
        return PrintSettings()


def _reader(head: bytes) -> Callable[[Path], PrintSettings]:
    if head == b"8BPS":
        return _of_photoshop
    return _of_archive if head.startswith(b"PK") else _of_picture


def _of_picture(source: Path | BinaryIO) -> PrintSettings:
    with Image.open(source) as image:
        return PrintSettings(_bytes(image.info.get("icc_profile")), _resolution(image.info.get("dpi", (None,))[0]))


def _of_photoshop(path: Path) -> PrintSettings:
    with path.open("rb") as stream:
        FileHeader.read(stream)
        ColorModeData.read(stream)
        resources = ImageResources.read(stream)
    resolution = resources.get_data(Resource.RESOLUTION_INFO)
    per_inch = None if resolution is None else _resolution(resolution.horizontal / 65536)
    return PrintSettings(_bytes(resources.get_data(Resource.ICC_PROFILE)), per_inch)


def _of_archive(path: Path) -> PrintSettings:
    """Return the settings of an OpenRaster picture or a Krita document; its merged picture has the profile."""
    with zipfile.ZipFile(path) as archive:
        merged = _of_picture(io.BytesIO(archive.read("mergedimage.png")))
        if "stack.xml" in archive.namelist():
            said = parse_layer_list(path, archive, "stack.xml").get("xres")
        else:
            images = parse_layer_list(path, archive, "maindoc.xml")
            said = next((image.get("x-res") for image in images if image.tag.rpartition("}")[2] == "IMAGE"), None)
    return PrintSettings(merged.profile, _resolution(said) or merged.pixels_per_inch)


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) and value else None


def _resolution(value: object) -> float | None:
    """Return pixels per inch as a number that a printer could have, otherwise None."""
    number = float(str(value)) if value is not None else 0.0
    return number if 1 <= number <= _MOST_PIXELS_PER_INCH else None
