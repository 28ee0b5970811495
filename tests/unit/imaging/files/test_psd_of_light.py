"""Photoshop documents of 32 bits hold light, which is shown as Photoshop shows it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from huebrush_backend.imaging.files import read_picture
from numpy.typing import NDArray
from PIL import ImageCms
from psd_tools import PSDImage
from psd_tools.constants import Resource
from psd_tools.psd.image_resources import ImageResource

FILES = Path(__file__).parents[3] / "data" / "files"
TONES = np.array([0, 1, 55, 128, 200, 255])


def light(tones: NDArray) -> NDArray[np.float32]:
    values = tones / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_srgb() -> bytes:
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", data, 128)
    for place in range(132, 132 + 12 * count, 12):
        name, begin, _ = struct.unpack_from(">4sII", data, place)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            data[begin : begin + 16] = b"para" + bytes(4) + struct.pack(">HHi", 0, 0, 65536)
    return bytes(data)


@pytest.mark.parametrize("file", ["12-gray-32-bit-linear.psd", "12-rgb-32-bit-linear.psd"])
def test_given_files(file: str) -> None:
    colors = np.unique(read_picture(FILES / file).merged().pixels.reshape(-1, 4), axis=0)
    assert colors.tolist() == [[tone, tone, tone, 255] for tone in (0, 128, 255)]


@pytest.mark.parametrize("profile", [None, "linear", "sRGB", "damaged"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_layers_groups_and_merged(tmp_path: Path, profile: str | None, mode: Literal["RGB", "L"]) -> None:
    """A profile that is not linear is believed, too: Krita writes such files."""
    channels = 3 if mode == "RGB" else 1
    document = PSDImage.new(mode, (6, 2), depth=32)
    if profile is not None:
        data = {"linear": linear_srgb(), "damaged": b"none"}.get(
            profile, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        )
        resource = ImageResource(key=Resource.ICC_PROFILE.value, data=data)
        document.image_resources[Resource.ICC_PROFILE] = resource
    is_srgb = profile == "sRGB" and mode == "RGB"
    values = (TONES / 255).astype(np.float32) if is_srgb else light(TONES)
    samples = np.broadcast_to(values[None, :, None], (2, 6, channels)).astype(np.float32)
    samples = np.concatenate([samples, np.full((2, 6, 1), 0.5, np.float32)], axis=2)
    layer = document.create_pixel_layer_from_array(samples, name="Lines")
    group = document.create_group(name="Group")
    group.append(layer)
    document.save(tmp_path / "a.psd")
    picture = read_picture(tmp_path / "a.psd")
    for name in ("Lines", "Group"):
        pixels = picture.layer(name).on_canvas(6, 2).astype(int)
        assert np.abs(pixels[0, :, 0] - TONES).max() <= 1, name
        assert np.abs(pixels[..., 3] - 128).max() <= 1


def test_what_is_brighter_than_white(tmp_path: Path) -> None:
    samples = np.zeros((2, 6, 4), np.float32)
    samples[0] = (7.5, -3, 0, 1)
    document = PSDImage.new("RGB", (6, 2), depth=32)
    document.create_pixel_layer_from_array(samples, name="Lines")
    document.save(tmp_path / "a.psd")
    pixels = read_picture(tmp_path / "a.psd").layer("Lines").on_canvas(6, 2)
    assert pixels[0, 0].tolist() == [255, 0, 0, 255]
