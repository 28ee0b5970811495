"""Fetches sets of drawings with npm and apt-get, checks their hashes, unpacks and measures them.

These programs know where packages lie, mirrors and proxies included; nothing here opens a connection itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from huebrush_backend.drawings.sets import Archive, DrawingSet

_AR_MAGIC = b"!<arch>\n"
_REMEDIES = {
    "npm": "Install Node.js, which has npm, or",
    "apt-get": "This set is a package of Debian: on another system,",
}
_CHUNK = 64
OnProgress = Callable[[int, int], None]
"""Function called with the number of measured drawings and of all."""


class FetchError(Exception):
    """A set cannot be fetched; the message says why and what to do."""


def fetch_set(wanted: DrawingSet, folder: Path, taken_from: Path | None = None) -> Archive:
    """Return the set in `folder`; fetch it first if it is missing or damaged.

    `taken_from`: a folder that already holds the set's file, so that nothing is fetched.

    Raises FetchError, and OSError when `folder` cannot hold it.
    """
    archive = Archive(folder / f"{wanted.name}.zip")
    if archive.path.exists() and not archive.is_damaged(thoroughly=True):
        return archive
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{wanted.name}-") as work:
        file = _local_file(wanted, taken_from) if taken_from is not None else _download(wanted, Path(work))
        found = _digest(file)
        if found != wanted.sha256:
            raise FetchError(
                f"{file.name} has the SHA-256 {found}, not {wanted.sha256} as it should: it is damaged or another "
                f"version than {wanted.version}. Fetch it again; if this happens twice, get {wanted.file} of "
                f"{wanted.package} {wanted.version} from another mirror, and name its folder with --from."
            )
        unfinished = Path(work) / archive.path.name
        _repack(file, unfinished)
        unfinished.replace(archive.path)
    return Archive(archive.path)


def measure_set(
    archive: Archive, processes: int | None = None, on_progress: OnProgress = lambda done, all: None
) -> None:
    """Measure the drawings of a set that are not measured yet. What is done stays done if this is interrupted."""
    names = archive.names()
    known = {name for name, _ in archive.measured()}
    missing = [name for name in names if name not in known]
    on_progress(len(names) - len(missing), len(names))
    if not missing:
        return
    chunks = [missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK)]
    workers = min(processes or os.cpu_count() or 1, len(chunks))
    done = len(names) - len(missing)
    with archive.measures_path.open("a", encoding="utf-8") as log:
        for lines in _measured_chunks(archive.path, chunks, workers):
            log.write("".join(lines))
            log.flush()
            done += len(lines)
            on_progress(done, len(names))


def _measured_chunks(path: Path, chunks: list[list[str]], workers: int) -> Iterator[list[str]]:
    if workers == 1:
        yield from (_measure_chunk(path, chunk) for chunk in chunks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_measure_chunk, [path] * len(chunks), chunks)


def _measure_chunk(path: Path, names: list[str]) -> list[str]:
    """Return a line of JSON for each drawing: its name and its measures, which are null if it cannot be read."""
    from huebrush_backend.drawings.labelled import read_drawing
    from huebrush_backend.drawings.measure import measure
    from huebrush_backend.drawings.svg_tree import DrawingError

    archive, lines = Archive(path), []
    for name in names:
        entry: dict = {"name": name, "measures": None}
        try:
            entry["measures"] = measure(read_drawing(archive.read(name))).as_json()
        except DrawingError as error:
            entry["problem"] = str(error)
        lines.append(json.dumps(entry) + "\n")
    return lines


def _local_file(wanted: DrawingSet, folder: Path) -> Path:
    # Debian's files have %3a in place of a colon, which servers and browsers may undo or leave out.
    plain = re.sub(r"_[0-9]+%3a", "_", wanted.file)
    for name in (wanted.file, wanted.file.replace("%3a", ":"), plain):
        if (folder / name).is_file():
            return folder / name
    raise FetchError(f"{folder} has no {wanted.file}")


def _download(wanted: DrawingSet, folder: Path) -> Path:
    """Fetch the set's file into `folder` with the set's program."""
    program = shutil.which(wanted.tool)
    if program is None:
        raise FetchError(
            f"{wanted.title} is fetched with {wanted.tool}, which is not installed. {_REMEDIES[wanted.tool]} get "
            f"{wanted.file} elsewhere, and name its folder with --from."
        )
    separator = "@" if wanted.tool == "npm" else "="
    words = ["pack", "--ignore-scripts"] if wanted.tool == "npm" else ["download"]
    command = [program, *words, f"{wanted.package}{separator}{wanted.version}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    file = folder / wanted.file
    if done.returncode != 0 or not file.is_file():
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()][-3:]
        reason = " ".join(said) or "it said nothing"
        raise FetchError(
            f"{wanted.tool} could not fetch {wanted.package} {wanted.version}: {reason}. Check the connection and run "
            f"the same command again, or get {wanted.file} elsewhere and name its folder with --from."
        )
    return file


def _repack(file: Path, destination: Path) -> None:
    """Write the drawings in a fetched file as SVG files into a zip file."""
    try:
        drawings = _drawings_of_npm(file) if file.suffix == ".tgz" else _drawings_of_debian(file)
        with zipfile.ZipFile(destination, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in drawings:
                # A fixed date, so that the same set makes the same file.
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    except (tarfile.TarError, lzma.LZMAError, ValueError, KeyError, OSError) as error:
        raise FetchError(f"{file.name} cannot be unpacked: {error}") from error


def _drawings_of_npm(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and SVG of the icons in an npm package of Iconify."""
    with tarfile.open(file) as package:
        member = package.extractfile("package/icons.json")
        if member is None:
            raise ValueError("it holds no icons")
        icons = json.load(member)
    for name, icon in sorted(icons["icons"].items()):
        left, top, width, height = (
            icon.get(key, icons.get(key, default))
            for key, default in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
        )
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="{left} {top} {width} {height}">{icon["body"]}</svg>'
        )
        yield f"{name}.svg", svg.encode()


def _drawings_of_debian(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and contents of the SVG files in a Debian package, without links to others."""
    with tarfile.open(fileobj=io.BytesIO(_debian_data(file.read_bytes())), mode="r:*") as package:
        for member in package:
            stream = package.extractfile(member) if member.isfile() and member.name.endswith(".svg") else None
            if stream is not None:
                yield member.name.removeprefix("./").removeprefix("usr/share/openclipart/svg/"), stream.read()


def _debian_data(package: bytes) -> bytes:
    """Return the archive of files in a Debian package, which is an archive of `ar`."""
    place = len(_AR_MAGIC)
    if not package.startswith(_AR_MAGIC):
        raise ValueError("it is no Debian package")
    while place + 60 <= len(package):
        name, size = package[place : place + 16].decode("ascii").strip(), int(package[place + 48 : place + 58])
        place += 60
        if name.startswith("data.tar"):
            return package[place : place + size]
        place += size + size % 2
    raise ValueError("it holds no files")


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
