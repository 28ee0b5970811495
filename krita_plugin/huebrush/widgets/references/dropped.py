"""Pictures that are dropped or pasted: files, and pictures without a file, which get one in Huebrush's own folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ...backend.process import user_data_folder
from ...base.qt import QtCore, QtGui, never_none, to_bytes
from ..controls.source_picker import FILE_PATTERNS

FOLDER = "pasted"


def has_pictures(data: QtCore.QMimeData | None) -> bool:
    """True when `dropped_files` would find something."""
    return data is not None and (bool(_files(data)) or data.hasImage())


def dropped_files(data: QtCore.QMimeData | None) -> list[str]:
    """Return the paths of the picture files in `data`, or that of its picture, which is then saved. Raises OSError when
    it cannot be."""
    if data is None:
        return []
    files = _files(data)
    if files or not data.hasImage():
        return files
    picture = data.imageData()
    return [_saved(picture)] if isinstance(picture, QtGui.QImage) and not picture.isNull() else []


def _files(data: QtCore.QMimeData) -> list[str]:
    suffixes = tuple(pattern.lstrip("*") for pattern in FILE_PATTERNS.split())
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.lower().endswith(suffixes)]


def _saved(picture: QtGui.QImage) -> str:
    """Save a picture under a name that the same picture always gets. Raises OSError."""
    buffer = QtCore.QBuffer()
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    packed = to_bytes(never_none(buffer.data()))
    file: Path = user_data_folder() / FOLDER / f"{hashlib.sha256(packed).hexdigest()[:12]}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(packed)
    return str(file)
