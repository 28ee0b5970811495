"""Installs the plugin into the Kritas of this machine."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from pathlib import Path

from huebrush_installer.checkout import Checkout
from huebrush_installer.console import Console
from huebrush_installer.context import Context
from huebrush_installer.krita_locations import KritaHome
from huebrush_installer.krita_program import is_krita_running
from huebrush_installer.plugin_files import Backend, PluginFiles, PluginSources, install_plugin
from huebrush_installer.processes import output_of
from huebrush_installer.vendored import SHARED_FOLDER, WheelSource, WheelTarget, prepare_vendor_folder, wheel_targets

NO_KRITA_REMEDY = (
    "Install Krita (https://krita.org; on Debian and Ubuntu: sudo apt-get install krita python3-pyqt5), start it once, "
    "then run `python3 install.py plugin`. If Krita's data folder is in an unusual place, give it with --krita-data."
)


def vendor_cache(checkout: Checkout) -> Path:
    """Return the folder that keeps unpacked wheels for the plugin between installations."""
    return checkout.build / "vendor"


def manual_folder(checkout: Checkout) -> Path:
    """Return the folder that keeps the manual as a page."""
    return checkout.build / "manual"


def prepare_manual(context: Context, python: Path) -> bool:
    """Have `python`, which has the backend's packages, make the page that Krita's Plugin Manager shows; return whether
    it could, and warn if not."""
    checkout = context.checkout
    source, folder = checkout.root / "docs" / "manual.md", manual_folder(checkout)
    command = [str(python), "-m", "huebrush_installer.manual_page", str(source), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(checkout.root / "backend")}
    made = output_of(command, environment=environment) is not None
    if not made:
        context.console.warning(f"Krita's Plugin Manager will not show the manual: {python} cannot make {folder}.")
    return made


def plugin_sources(checkout: Checkout, targets: Sequence[WheelTarget] | None = None) -> PluginSources:
    """Return the sources of the plugin's files that have been prepared, with pyzmq for `targets` or this platform."""
    cache = vendor_cache(checkout)
    names = (SHARED_FOLDER, *(target.folder for target in (wheel_targets() if targets is None else targets)))
    return PluginSources(
        checkout.plugin_source,
        checkout.protocol_source,
        cache,
        tuple(name for name in names if (cache / name).is_dir()),
        manual_folder(checkout),
    )


def default_data_folder() -> Path:
    """Return the folder for models and keys, as the protocol package defines it."""
    return importlib.import_module("huebrush_protocol.locations").data_folder()


def backend_for(version: str, python: Path) -> Backend:
    """Return the start command of the backend that is installed for the interpreter `python`."""
    command = [str(python), "-m", "huebrush_backend.cli.main"]
    return Backend(command, version, default_data_folder().absolute())


def install_into(homes: Sequence[KritaHome], context: Context, python: Path, wheels: Path | None = None) -> None:
    """Install the plugin of the project's folder into each of `homes`.

    `python`: interpreter that has the backend installed and runs it. `wheels`: folder of wheels to use instead of the
    package index. Raises `InstallError`.
    """
    console = context.console
    console.step("Preparing the plugin's libraries (pyzmq, msgpack)")
    source = WheelSource(python, context.checkout.requirements, wheels)
    prepare_vendor_folder(vendor_cache(context.checkout), source, wheel_targets(), console)
    prepare_manual(context, python)
    install_files(homes, plugin_sources(context.checkout), backend_for(context.checkout.version, python), console)


def install_files(homes: Sequence[KritaHome], files: PluginFiles, backend: Backend, console: Console) -> None:
    """Install `files` into each of `homes` and say so. Raises `InstallError`."""
    for home in homes:
        console.step(f"Installing the plugin for {home.label}")
        written = install_plugin(home, files, backend)
        console.note(f"{home.plugin}: {written} files written" if written else f"{home.plugin} is up to date")
        console.note(f"switched on in {home.kritarc}")
        if home.kind == "flatpak":
            console.warning(
                "A Flatpak cannot start programs outside its sandbox: start the backend yourself with "
                "`huebrush serve` before you colorize; the docker shows how."
            )
    if is_krita_running():
        console.warning("Krita is running: close it and open it again to see Huebrush.")
    console.note("In Krita: Settings > Dockers > Huebrush.")
