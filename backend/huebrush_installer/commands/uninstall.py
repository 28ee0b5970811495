"""Remove the plugin and its setting from every Krita of this user, and Huebrush's own folders with fetched models, keys
and logs. With --all, also remove .venv, build and demo in the project's folder. With --krita-data, remove only the
plugin of that Krita. Your pictures and documents are never touched."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from huebrush_installer.commands.plugin import selected_homes
from huebrush_installer.context import Context
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_program import is_krita_running
from huebrush_installer.options import add_krita_options
from huebrush_installer.own_folders import remove_own_folders
from huebrush_installer.plugin_files import uninstall_plugin

SUMMARY = "remove Huebrush from this machine"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_krita_options(parser)
    parser.add_argument("--all", action="store_true", help="also remove .venv, build and demo in the project's folder")
    parser.add_argument("--keep-data", action="store_true", help="keep the models and keys in Huebrush's data folder")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Remove what was installed."""
    console = context.console
    removed: list[Path] = []
    for home in selected_homes(arguments, context.surroundings):
        console.step(f"Removing the plugin from {home.label}")
        removed.extend(uninstall_plugin(home))
    if arguments.krita_data is None and not arguments.keep_data:
        console.step("Removing Huebrush's own folders")
        removed.extend(remove_own_folders())
    if arguments.all:
        console.step("Removing .venv, build and demo in the project's folder")
        checkout = context.checkout
        for folder in (checkout.environment, checkout.build, checkout.demo_results):
            removed.extend(_remove(folder))
        for folder in checkout.root.glob("*.egg-info"):
            removed.extend(_remove(folder))
    for path in removed:
        console.note(str(path))
    if is_krita_running():
        console.warning("Krita is running and keeps the plugin loaded until it is closed.")
    console.success("Huebrush is removed." if removed else "There was nothing to remove.")
    return 0


def _remove(folder: Path) -> list[Path]:
    if not folder.is_dir() or folder.is_symlink():
        return []
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise InstallError(
            f"cannot remove {folder}: {error}", "Close what uses it and run the same command."
        ) from error
    return [folder]
