"""Install the Python environment with pinned packages, and the plugin for every Krita found. This is the default
command. Run it again to update to a newer Huebrush; it changes only what is not up to date. The first run downloads a
few hundred megabytes, or more with a graphics card."""

from __future__ import annotations

import argparse

from huebrush_installer.context import Context
from huebrush_installer.environment import RUNTIME, Environment, make_environment
from huebrush_installer.krita_locations import KritaHome, find_homes
from huebrush_installer.options import add_compute_option
from huebrush_installer.plugin_installation import NO_KRITA_REMEDY, install_into
from huebrush_installer.system_packages import KRITA_PACKAGES, install_system_packages

SUMMARY = "install or update Huebrush (the same without a command)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_compute_option(parser)
    parser.add_argument("--no-plugin", action="store_true", help="leave Krita alone")
    parser.add_argument("--with-krita", action="store_true", help="install Krita too, by apt (Debian, Ubuntu)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Install; say what is installed and what to do next."""
    console = context.console
    environment, homes = install(arguments, context)
    console.success("Huebrush is installed:")
    console.success(f"  {environment.folder}  the Python environment, with the backend and `huebrush`")
    for home in homes:
        console.success(f"  {home.plugin}  the plugin for {home.label}")
    if homes:
        say_where_in_krita(context)
    console.success("To see it colorize an example: python3 install.py demo")
    return 0


def install(arguments: argparse.Namespace, context: Context) -> tuple[Environment, list[KritaHome]]:
    """Install according to the options of `configure`; return the environment and the Kritas that got the plugin."""
    console = context.console
    if arguments.with_krita:
        console.step("Installing Krita")
        install_system_packages(KRITA_PACKAGES, console)
    environment = make_environment(context.checkout, console, RUNTIME, arguments.compute)
    homes = [] if arguments.no_plugin else find_homes(context.surroundings)
    if homes:
        install_into(homes, context, environment.python)
    elif not arguments.no_plugin:
        console.step("Looking for Krita: none found for this user, so the plugin is not installed")
        console.note(NO_KRITA_REMEDY)
    return environment, homes


def say_where_in_krita(context: Context) -> None:
    """Print where the docker is."""
    context.console.success("In Krita: open a drawing, then Settings > Dockers > Huebrush (docs/manual.md).")
