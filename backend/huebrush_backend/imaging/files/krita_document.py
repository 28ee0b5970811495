"""Krita documents (.kra): the layer list from the file itself, single layers through an installed Krita.

A .kra is a zip archive. `maindoc.xml` lists the layers and `mergedimage.png` is the merged picture, so neither needs
Krita. A layer's own pixels are stored in Krita's tile format, in any colour space and under masks and filters. Krita
itself reads those, run without a window (`kritarunner`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from xml.etree import ElementTree

import attrs
import numpy as np
import platformdirs
from filelock import FileLock

from huebrush_backend.imaging.files import krita_export
from huebrush_backend.imaging.files.layer_list import parse_layer_list
from huebrush_backend.imaging.files.layer_names import clean_name
from huebrush_backend.imaging.files.limits import require_size
from huebrush_backend.imaging.files.picture import Layer, LayerSource, Picture, PictureError
from huebrush_backend.imaging.files.raster import decode_raster

RUNNER_VARIABLE = "HUEBRUSH_KRITARUNNER"
"""Environment variable that names the kritarunner program if it is not found automatically."""

_TIMEOUT_SECONDS = 300
_LOCK = "lock"
"""File that is locked while a Krita runs here."""
_FOREIGN_VARIABLES = (
    "PYTHONHOME",
    "LD_LIBRARY_PATH",
    "QT_PLUGIN_PATH",
    "QML2_IMPORT_PATH",
    "VIRTUAL_ENV",
    "DISPLAY",
    "WAYLAND_DISPLAY",
)
"""Variables that Krita must not inherit. If there is a display, Krita 5.3.4 uses it although Qt does not, and ends with
an X error."""


def read_kra(path: Path) -> Picture:
    """Open a Krita document. Raises `PictureError`; reading a single layer needs an installed Krita."""
    try:
        with zipfile.ZipFile(path) as archive:
            image = next(_children(parse_layer_list(path, archive, "maindoc.xml"), "IMAGE"))
        width, height = int(image.get("width", "0")), int(image.get("height", "0"))
    except (StopIteration, ValueError, zipfile.BadZipFile, RuntimeError) as error:
        raise PictureError(path, f"the Krita document is damaged or not one of Krita's: {error!r}.") from error
    require_size(path, width, height)
    document = _Document(path, width, height)
    return Picture(path, width, height, tuple(document.sources(image, ())), document.merged)


def find_kritarunner() -> list[str] | None:
    """Return the command that runs a script in a Krita without a window, or None if no Krita is found."""
    chosen = os.environ.get(RUNNER_VARIABLE)
    if chosen:
        return [chosen] if which(chosen) else None
    candidates = ["kritarunner"]
    if sys.platform == "win32":
        root = os.environ.get("PROGRAMFILES", r"C:\Program Files")
        candidates.append(str(Path(root) / "Krita (x64)" / "bin" / "kritarunner.exe"))
    elif sys.platform == "darwin":
        candidates.append("/Applications/krita.app/Contents/MacOS/kritarunner")
    for candidate in candidates:
        found = which(candidate)
        if found:
            return [found]
    return None


def _children(element: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    """Yield the children with the tag `tag`, whatever the XML namespace."""
    return (child for child in element if child.tag.rpartition("}")[2] == tag)


@attrs.frozen(eq=False)
class _Document:
    path: Path
    width: int
    height: int

    def sources(self, parent: ElementTree.Element, path: tuple[str, ...]) -> Iterator[LayerSource]:
        """Yield all layers and groups below `parent`, bottom to top (the file lists them top to bottom)."""
        for layers in _children(parent, "layers"):
            for element in reversed(list(_children(layers, "layer"))):
                here = (*path, clean_name(element.get("name", "")))
                yield from self.sources(element, here)
                is_group = element.get("nodetype") == "grouplayer"
                yield LayerSource(here, _LayerLoader(self, here[-1], element.get("uuid", "")), is_group)

    def merged(self) -> Layer:
        try:
            with zipfile.ZipFile(self.path) as archive:
                data = archive.read("mergedimage.png")
        except (KeyError, zipfile.BadZipFile) as error:
            raise PictureError(self.path, "it holds no merged picture. Name a layer instead.") from error
        return attrs.evolve(decode_raster(data, self.path, self.path.stem), encoded=None)

    def layer(self, name: str, uuid: str) -> Layer:
        """Return one layer as sRGB, read by Krita."""
        runner = find_kritarunner()
        if runner is None:
            raise PictureError(
                self.path,
                f'reading the layer "{name}" of a Krita document needs Krita, which was not found. Install Krita (its'
                f" program kritarunner must be on PATH, or be named by the environment variable {RUNNER_VARIABLE}),"
                " or save the document as .ora in Krita and use that.",
            )
        with tempfile.TemporaryDirectory(prefix="huebrush-kra-") as folder:
            reply = _run_krita(runner, self.path, uuid, Path(folder), name)
            pixels = np.fromfile(Path(folder) / krita_export.PIXELS_FILE, np.uint8)
        width, height = reply["width"], reply["height"]
        if pixels.size != width * height * 4:
            raise PictureError(self.path, f'Krita gave too few pixels for the layer "{name}".')
        rgba = pixels.reshape(height, width, 4)[..., [2, 1, 0, 3]]
        return Layer(name, np.ascontiguousarray(rgba), reply["x"], reply["y"])


def _run_krita(runner: list[str], document: Path, uuid: str, folder: Path, name: str) -> dict[str, int]:
    """Let Krita write the layer's pixels into `folder`; return their rectangle. Raises `PictureError`."""
    script = Path(krita_export.__file__)
    (folder / "huebrush_export.py").write_bytes(script.read_bytes())
    command = [*runner, "-s", "huebrush_export", "-f", "main", str(document.resolve()), uuid, str(folder)]
    environment = _environment(folder)
    try:
        # Two Kritas that fill the same settings folder wait for each other for ever.
        with FileLock(_own_folder() / _LOCK):
            done = subprocess.run(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PictureError(document, f"Krita could not be run to read it: {error}.") from error
    try:
        reply = json.loads((folder / krita_export.REPLY_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        tail = " ".join(said[-3:]) or f"exit status {done.returncode}"
        raise PictureError(document, f'Krita could not read the layer "{name}": {tail}.') from error
    if "error" in reply:
        raise PictureError(document, f'Krita could not read the layer "{name}": {reply["error"]}.')
    return reply


def _own_folder() -> Path:
    """Return the folder for the settings of Kritas that are run here."""
    return platformdirs.user_cache_path("huebrush", appauthor=False) / "krita"


def _environment(folder: Path) -> dict[str, str]:
    """Return Krita's environment: no window, the script on its path, and separate settings, so the artist's stay as
    they are.

    The settings folder is kept between runs, because Krita takes seconds to fill a new one.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN_VARIABLES}
    environment.update(QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(folder))
    for variable, name in (("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")):
        place = _own_folder() / name
        place.mkdir(parents=True, exist_ok=True)
        environment[variable] = str(place)
    return environment


@attrs.frozen(eq=False)
class _LayerLoader:
    document: _Document
    name: str
    uuid: str

    def __call__(self) -> Layer:
        return self.document.layer(self.name, self.uuid)
