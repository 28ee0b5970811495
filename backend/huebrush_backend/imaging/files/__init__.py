"""Read and write picture files: PNG and other flat formats, TIFF, PSD, OpenRaster, and Krita documents.

`read_picture` finds the right reader, and imports what that needs; all pixels come out as 8-bit sRGB RGBA with straight
alpha.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from huebrush_backend.imaging.files.openraster import write_ora
from huebrush_backend.imaging.files.picture import DAMAGE, Group, Layer, LayerSource, Picture, PictureError
from huebrush_backend.imaging.files.png import write_png

__all__ = [
    "Group",
    "Layer",
    "LayerSource",
    "Picture",
    "PictureError",
    "read_picture",
    "write_ora",
    "write_png",
]


def read_picture(path: Path) -> Picture:
    """Open a picture file. Its layers are read on demand.

    Raises `PictureError` when the file is missing, is not a picture or cannot be read.
    """
    try:
        if not path.exists():
            raise PictureError(path, "there is no such file.")
        if not path.is_file():
            raise PictureError(path, "this is not a file.")
        return _reader(path)(path)
    except MemoryError as error:
        raise PictureError(path, "the picture does not fit into memory.") from error
    except OSError as error:  # also of a name that is too long
        raise PictureError(path, f"it cannot be read: {error.strerror or error}.") from error
    except DAMAGE as error:
        raise PictureError.of_damage(path, error) from error


def _reader(path: Path) -> Callable[[Path], Picture]:
    """Choose a reader by the first bytes of the file, as its name may be wrong."""
    module, function = _reader_name(path)
    return getattr(importlib.import_module(f"{__name__}.{module}"), function)


def _reader_name(path: Path) -> tuple[str, str]:
    """Return the module of this package that reads the file, and the function there."""
    with path.open("rb") as stream:
        head = stream.read(64)
    if not head:
        raise PictureError(path, "the file is empty.")
    if head.startswith(b"8BPS"):
        return "psd", "read_psd"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff", "read_tiff"
    if head.startswith(b"PK"):
        if b"application/x-krita" in head or path.suffix.lower() in (".kra", ".krz"):
            return "krita_document", "read_kra"
        return "openraster", "read_ora"
    return "raster", "read_raster"
