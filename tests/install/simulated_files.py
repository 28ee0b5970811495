"""Making and comparing folders in tests."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path


def write(path: Path, content: str = "") -> Path:
    """Write a file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Return everything below `folder`: path to content, None for a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def make_wheel(folder: Path, name: str, tags: str, files: dict[str, str]) -> str:
    """Write the wheel `name`-1.0-`tags` with `files` and return its SHA-256."""
    information = f"{name}-1.0.dist-info"
    content = {
        **files,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{information}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tags}\n",
        f"{information}/RECORD": "",
    }
    path = folder / f"{name}-1.0-{tags}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in content.items():
            archive.writestr(member, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()
