"""The models folder: checks names and free space, removes models. Imports no torch."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from huebrush_protocol.texts import Text

from huebrush_backend.checkpoints.errors import ModelsError
from huebrush_backend.models.catalog import BUILTIN_MODEL
from huebrush_backend.models.registration import CLIP_NAME, RECORD_FILE, loras_of

SPARE_BYTES = 200_000_000
"""Bytes of the disk that stay free."""


class ModelsFolderError(ModelsError):
    """A model cannot be put into the models folder or removed from it."""


def remove_model(name: str, models_folder: Path) -> None:
    """Delete the model `name`, or the shared CLIP, from `models_folder`. Raises ModelsFolderError and OSError."""
    if name == BUILTIN_MODEL:
        raise ModelsFolderError(Text.of("model.stays", name=name))
    folder = models_folder / name
    present = sorted(path.name for path in models_folder.glob("*") if _is_model(path))
    if name not in present:
        names = ", ".join(present) or "–"
        raise ModelsFolderError(Text.of("model.not_there", name=name, folder=str(models_folder), names=names))
    if children := loras_of(name, models_folder):
        raise ModelsFolderError(
            Text.of("model.needed", name=name, names=", ".join(children)),
            "First remove what needs it: " + ", ".join(f"'huebrush models remove {child}'" for child in children),
            "needed",
        )
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def require_free_name(name: str, models_folder: Path) -> None:
    """Raise ModelsFolderError unless `name` is valid and free for a new model in `models_folder`."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name, re.ASCII):
        raise ModelsFolderError(Text.of("model.bad_name", name=name))
    if name in (BUILTIN_MODEL, CLIP_NAME):
        raise ModelsFolderError(Text.of("model.reserved_name", name=name), "Choose another with --name.")
    if (models_folder / name).exists():
        raise ModelsFolderError(
            Text.of("pull.taken", name=name, folder=str(models_folder)),
            f"Choose another name with --name, or run 'huebrush models remove {name}' first.",
            "taken",
        )


def require_space(folder: Path, size: int) -> None:
    """Raise ModelsFolderError unless `size` bytes fit into `folder`, which need not exist yet."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < size + SPARE_BYTES:
        raise ModelsFolderError(
            Text.of(
                "pull.space",
                folder=str(folder),
                free=_gigabytes(free),
                needed=_gigabytes(size + SPARE_BYTES),
            ),
            "Make room, or choose another folder with 'huebrush models folder FOLDER'.",
            "space",
        )


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of the contents of `file`."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(2**22):
            digest.update(block)
    return digest.hexdigest()


def _is_model(folder: Path) -> bool:
    marks = (RECORD_FILE, "model_index.json")
    return folder.name == CLIP_NAME or any((folder / mark).is_file() for mark in marks)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB"
