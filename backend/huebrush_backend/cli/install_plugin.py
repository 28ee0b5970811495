"""`huebrush install-plugin`: put the plugin into Krita, and have it start this very backend."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_backend import __version__
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.project_folder import project_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huebrush_installer.krita_locations import KritaHome, Surroundings

NO_KRITA_REMEDY = (
    "Install Krita (https://krita.org), start it once, and run this again. If Krita's data folder is in an unusual "
    "place, give it with --krita-data."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `install-plugin`."""
    from huebrush_installer.options import add_krita_options

    parser.description = (
        "Put the plugin into every Krita found, or into the Krita whose folders are given, and have it start the "
        "backend of this program. Run it again after an update."
    )
    add_krita_options(parser)
    parser.add_argument("--remove", action="store_true", help="remove the plugin and its setting; documents stay")


def run(arguments: argparse.Namespace) -> int:
    """Install or remove the plugin; return the exit status. Raises `CommandError`."""
    from huebrush_installer.commands.plugin import selected_homes
    from huebrush_installer.errors import InstallError
    from huebrush_installer.krita_locations import Surroundings
    from huebrush_installer.plugin_files import uninstall_plugin

    surroundings = Surroundings.here()
    try:
        homes = selected_homes(arguments, surroundings)
        if not homes:
            raise CommandError(f"no Krita was found for this user. {NO_KRITA_REMEDY}")
        if not arguments.remove:
            _install(homes, surroundings)
            print("The plugin is installed. In Krita: Settings > Dockers > Huebrush.")
            return 0
        for home in homes:
            for path in uninstall_plugin(home):
                print(f"removed {path}")
    except InstallError as error:
        raise CommandError(f"{error.message}. {error.remedy}".strip()) from error
    return 0


def packed_plugin() -> Path | None:
    """Return the ZIP of the plugin that lies in an installed wheel; None in the project's folder."""
    import huebrush_installer

    found = sorted(Path(huebrush_installer.__file__ or "").parent.glob("plugin/*.zip"))
    return found[-1] if found else None


def _install(homes: Sequence[KritaHome], surroundings: Surroundings) -> None:
    from huebrush_installer.checkout import Checkout
    from huebrush_installer.console import Console
    from huebrush_installer.context import Context
    from huebrush_installer.plugin_installation import backend_for, install_files, install_into
    from huebrush_installer.plugin_zip import unpack_zip
    from huebrush_installer.vendored import SHARED_FOLDER, wheel_targets

    console, python = Console(), Path(sys.executable)
    project, packed = project_folder(), packed_plugin()
    if project is not None:
        install_into(homes, Context(Checkout(project), surroundings, console), python)
    elif packed is not None:
        with tempfile.TemporaryDirectory(prefix="huebrush-plugin-") as folder:
            folders = (SHARED_FOLDER, *(target.folder for target in wheel_targets()))
            install_files(homes, unpack_zip(packed, Path(folder), folders), backend_for(__version__, python), console)
    else:
        raise CommandError("this copy of Huebrush was built without the plugin. Install the published wheel.")
