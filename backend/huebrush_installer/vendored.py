"""Prepares the plugin's libraries for Krita's Python: pyzmq for this platform, and msgpack in pure Python.

Krita's Python has no pip and must not be changed. So another Python's pip downloads the wheels and checks them against
the hashes in `requirements/plugin-*.txt`. They are unpacked beside the plugin:

    any/msgpack  any/huebrush_protocol  linux-x86_64-abi3/zmq  linux-x86_64-cp310/zmq  linux-x86_64-cp311/zmq
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huebrush_installer.console import Console
from huebrush_installer.errors import InstallError
from huebrush_installer.processes import output_of

SHARED_FOLDER = "any"
_MARKER = ".complete"
PLATFORMS = {
    "linux-x86_64": ("manylinux_2_28_x86_64", "manylinux_2_26_x86_64"),
    "linux-aarch64": ("manylinux_2_28_aarch64", "manylinux_2_26_aarch64"),
    "win-amd64": ("win_amd64",),
    "win-arm64": ("win_arm64",),
    "macos-universal2": ("macosx_10_15_universal2",),
}
"""Platforms of Krita as the plugin names them (`huebrush.base.vendoring`), each with the tags of its wheels."""
_PYTHONS = (("3.12", "abi3"), ("3.11", "cp311"), ("3.10", "cp310"))
"""Versions of Krita's Pythons, each with its own wheel. From 3.12 on, a single wheel fits all (stable interface)."""

_LEFT_OUT = ("tests", "__pycache__")


@dataclass(frozen=True)
class WheelTarget:
    """A folder below `vendor/`, and the Python version and platform tags of the wheel that fills it."""

    folder: str
    python: str
    platforms: tuple[str, ...]


MSGPACK_TARGET = WheelTarget(SHARED_FOLDER, "3.12", ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64"))
"""Only the Python files of this wheel are used, so its platform does not matter."""


def wheel_targets(system: str = sys.platform, machine: str | None = None) -> tuple[WheelTarget, ...]:
    """Return the pyzmq wheels that Kritas on this platform may need.

    `system`: a `sys.platform` value. `machine`: a `platform.machine()` value. Raises `InstallError` for a platform for
    which pyzmq has no wheels.
    """
    name = (machine if machine is not None else platform.machine()).lower()
    processor = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}.get(name)
    if system == "darwin":
        prefix = "macos-universal2"
    elif system == "win32" and processor:
        prefix = {"x86_64": "win-amd64", "aarch64": "win-arm64"}[processor]
    elif system == "linux" and processor:
        prefix = f"linux-{processor}"
    else:
        raise InstallError(
            f"there are no pyzmq wheels for {system} on {name}",
            "Install python3-zmq for the Python that Krita uses; the plugin then uses it.",
        )
    return targets_of(prefix)


def targets_of(platform: str) -> tuple[WheelTarget, ...]:
    """Return the pyzmq wheels for one of `PLATFORMS`."""
    return tuple(WheelTarget(f"{platform}-{suffix}", python, PLATFORMS[platform]) for python, suffix in _PYTHONS)


def every_target() -> tuple[WheelTarget, ...]:
    """Return the pyzmq wheels for all platforms and Pythons of Krita."""
    return tuple(target for platform in PLATFORMS for target in targets_of(platform))


@dataclass(frozen=True)
class WheelSource:
    """Source of wheels: the Python whose pip downloads, the folder with the pinned requirements, and, for work without
    a network, a folder of wheels that replaces the package index.
    """

    python: Path
    requirements: Path
    wheels: Path | None = None

    def download(self, pins: Path, target: WheelTarget, folder: Path) -> Path | None:
        """Download the wheel pinned in `pins` for `target` into `folder`; return it, or None if unavailable."""
        command: list[str] = [
            *(str(self.python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--only-binary=:all:", "--no-deps", "--require-hashes"),
            *("--implementation", "cp", "--python-version", target.python),
            *(word for tag in target.platforms for word in ("--platform", tag)),
            *(("--no-index", "--find-links", str(self.wheels)) if self.wheels else ()),
            *("--dest", str(folder), "--requirement", str(pins)),
        ]
        if output_of(command, timeout=600) is None:
            return None
        return next(iter(sorted(folder.glob("*.whl"))), None)


def prepare_vendor_folder(
    folder: Path, source: WheelSource, targets: Sequence[WheelTarget], console: Console
) -> tuple[Path, ...]:
    """Fill `folder` with msgpack and pyzmq for all `targets`; return their folders. Existing folders stay.

    Raises `InstallError` when msgpack or every pyzmq wheel is unavailable.
    """
    msgpack_pins = source.requirements / "plugin-msgpack.txt"
    if not _fill(folder, MSGPACK_TARGET, msgpack_pins, source, python_only=True):
        raise _unreachable(msgpack_pins)
    pyzmq_pins = source.requirements / "plugin-pyzmq.txt"
    ready = []
    for target in targets:
        if _fill(folder, target, pyzmq_pins, source, python_only=False):
            ready.append(folder / target.folder)
        else:
            console.warning(f"No pyzmq for {target.folder}: a Krita with this Python needs its own pyzmq.")
    if not ready:
        raise _unreachable(pyzmq_pins)
    return (folder / SHARED_FOLDER, *ready)


def _unreachable(pins: Path) -> InstallError:
    return InstallError(
        f"cannot download the packages in {pins.name}",
        "Check the network connection and run the same command again. Without a network, download the wheels "
        "elsewhere (`pip download`) and name their folder with --wheels.",
    )


def _fill(folder: Path, target: WheelTarget, pins: Path, source: WheelSource, *, python_only: bool) -> bool:
    """Fill the folder of `target` unless it is complete; return whether it is now.

    Several installations may do this at once: each downloads into a place of its own, and the first one to be ready
    puts the folder there.
    """
    destination = folder / target.folder
    wanted = hashlib.sha256(pins.read_bytes()).hexdigest()
    if _is_complete(destination, wanted):
        return True
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".downloads-", dir=folder) as place:
        wheel = source.download(pins, target, Path(place))
        if wheel is None:
            return False
        unpacked = Path(place, "unpacked")
        unpack_wheel(wheel, unpacked, python_only=python_only)
        (unpacked / _MARKER).write_text(wanted, "utf-8")
        if not _is_complete(destination, wanted):
            shutil.rmtree(destination, ignore_errors=True)
            try:
                unpacked.rename(destination)
            except OSError:  # another installation was faster by a moment
                return _is_complete(destination, wanted)
    return True


def _is_complete(destination: Path, wanted: str) -> bool:
    marker = destination / _MARKER
    return marker.exists() and marker.read_text("utf-8") == wanted


def unpack_wheel(wheel: Path, destination: Path, *, python_only: bool) -> None:
    """Unpack `wheel` into `destination` without its tests; with `python_only`, also without its compiled modules."""
    destination.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            parts = Path(member).parts
            compiled = member.endswith((".so", ".pyd", ".dylib", ".dll"))
            if any(part in _LEFT_OUT for part in parts) or (python_only and compiled):
                continue
            archive.extract(member, destination)
