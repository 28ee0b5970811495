"""PNG encoding and writing, and the pieces of it that other writers need."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from huebrush_backend.imaging.files.writing import write_atomically

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode_png(pixels: NDArray[np.uint8], compression: int = 4) -> bytes:
    """Encode (H,W,4) RGBA, (H,W,3) RGB or (H,W) grey uint8 as PNG, losslessly (hidden colour included)."""
    stored = pixels
    if pixels.ndim == 3:
        stored = cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR)
    ok, data = cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, compression])
    if not ok:
        raise ValueError(f"a picture of shape {pixels.shape} cannot be encoded as PNG")
    return data.tobytes()


def write_png(
    path: Path, pixels: NDArray[np.uint8], compression: int = 4, texts: Mapping[str, str] | None = None
) -> None:
    """Write (H,W,4) RGBA or (H,W,3) RGB uint8 sRGB as PNG. The file is complete or not written at all.

    `compression` is 0 (fast) to 9 (small). `texts` go into the file under their keywords, for `read_png_text`. Raises
    `PictureError` when it cannot be written.
    """
    data = encode_png(pixels, compression) if not texts else _encode_with_texts(pixels, compression, texts)
    write_atomically(path, lambda stream: stream.write(data))


def _encode_with_texts(pixels: NDArray[np.uint8], compression: int, texts: Mapping[str, str]) -> bytes:
    kept = PngImagePlugin.PngInfo()
    for keyword, text in texts.items():
        kept.add_itxt(keyword, text, zip=True)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=compression, pnginfo=kept)
    return data.getvalue()
