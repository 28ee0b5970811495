"""Makes what is published: the ZIP for Krita, the wheel with the same ZIP in it, and their checksums."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from huebrush_installer.atomic import write_atomically
from huebrush_installer.checkout import Checkout
from huebrush_installer.context import Context
from huebrush_installer.errors import InstallError
from huebrush_installer.plugin_installation import manual_folder, plugin_sources, prepare_manual, vendor_cache
from huebrush_installer.plugin_zip import write_zip, zip_name
from huebrush_installer.processes import run
from huebrush_installer.vendored import WheelSource, every_target, prepare_vendor_folder

CHECKSUMS = "SHA256SUMS"
PLUGIN_IN_WHEEL = Path("huebrush_installer", "plugin")
"""Folder of the plugin's ZIP, below the folder of the backend's packages."""
_SOURCES = ("backend", "protocol", "pyproject.toml", "README.md", "LICENSE")
"""Parts of the project from which the wheel is made."""
_EARLIEST = "315532800"
"""The first of January 1980 in seconds since 1970: the date of files in the wheel, so that it is always the same."""


def make_packages(context: Context, python: Path, output: Path, wheels: Path | None = None) -> list[Path]:
    """Make the ZIP, the wheel and the checksums in `output`; return their paths.

    `python`: interpreter that has Huebrush's packages, pip and setuptools. `wheels`: folder of the wheels of pyzmq and
    msgpack, instead of the package index. Raises `InstallError`; then nothing in `output` has changed.
    """
    checkout, console = context.checkout, context.console
    console.step("Preparing the plugin's libraries (pyzmq, msgpack) for every platform")
    prepare_every_library(context, WheelSource(python, checkout.requirements, wheels))
    if not prepare_manual(context, python):
        raise InstallError(f"{manual_folder(checkout)} cannot be made", "See the warning above.")
    with tempfile.TemporaryDirectory(prefix="huebrush-package-") as place:
        console.step("Packing the plugin")
        plugin = Path(place, zip_name(checkout.version))
        write_zip(plugin, plugin_sources(checkout, every_target()).files())
        console.step("Building the wheel")
        wheel = build_wheel(checkout, python, plugin, Path(place))
        contents = {path.name: path.read_bytes() for path in (plugin, wheel)}
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items()]
    contents[CHECKSUMS] = "".join(lines).encode()
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            write_atomically(output / name, content)
    except OSError as error:
        raise InstallError(f"cannot write to {output}: {error}", "Choose another folder with --output.") from error
    return [output / name for name in contents]


def prepare_every_library(context: Context, source: WheelSource) -> None:
    """Fill the vendor folder for every platform and Python of Krita. Raises `InstallError` that names what lacks."""
    targets = every_target()
    folder = vendor_cache(context.checkout)
    ready = {path.name for path in prepare_vendor_folder(folder, source, targets, context.console)}
    missing = [target.folder for target in targets if target.folder not in ready]
    if missing:
        raise InstallError(
            f"there are no wheels of pyzmq for {', '.join(missing)}",
            "The ZIP is for every platform, so it needs them all. Check the network connection and run the same "
            f"command again. Without a network, download the wheels that {source.requirements / 'plugin-pyzmq.txt'} "
            "pins elsewhere (`pip download` with --platform and --python-version) and name their folder with --wheels.",
        )


def build_wheel(checkout: Checkout, python: Path, plugin: Path, folder: Path) -> Path:
    """Build the wheel of `checkout`, with the ZIP `plugin` in it, in `folder`; return its path. Raises InstallError."""
    source = folder / "source"
    for name in _SOURCES:
        original, copy = checkout.root / name, source / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if original.is_dir():
            shutil.copytree(original, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
        else:
            shutil.copy(original, copy)
    place = source / "backend" / PLUGIN_IN_WHEEL
    place.mkdir(parents=True)
    shutil.copy(plugin, place)
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--quiet", "--disable-pip-version-check")
    command = [str(python), "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(source)]
    run(command, environment={**os.environ, "SOURCE_DATE_EPOCH": _EARLIEST})
    return next(folder.glob("huebrush-*.whl"))
