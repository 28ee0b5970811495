"""Checks of `doctor` that work before anything is installed."""

from __future__ import annotations

import importlib
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from huebrush_installer.checkout import Checkout
from huebrush_installer.environment import RUNTIME, Environment
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_locations import KritaHome, Surroundings, find_homes
from huebrush_installer.krita_program import display_command, find_krita
from huebrush_installer.plugin_files import plugin_state
from huebrush_installer.plugin_installation import NO_KRITA_REMEDY, plugin_sources

OK = "ok"
WARNING = "warning"
PROBLEM = "problem"

OLDEST_KRITA = (5, 1)
_GIBIBYTE = 1 << 30


@dataclass(frozen=True)
class Finding:
    """Result of one check.

    `status`: `OK`, `WARNING` (Huebrush works without it) or `PROBLEM` (Huebrush needs it).
    `remedy`: what to do; empty if there is nothing to do.
    """

    area: str
    status: str
    text: str
    remedy: str = ""


def machine_checks(checkout: Checkout | None, surroundings: Surroundings) -> list[Finding]:
    """Check Python, the disk, the runtime folder, Krita and the plugin. `checkout`: None if there is no checkout."""
    return [
        Finding("Python", OK, f"{sys.version.split()[0]} ({sys.executable})"),
        disk_check(checkout),
        runtime_check(),
        *krita_checks(surroundings),
        *(plugin_check(home, checkout) for home in find_homes(surroundings)),
    ]


def environment_check(checkout: Checkout) -> Finding:
    """Check whether the virtual environment exists and was made from the present requirements."""
    environment = Environment(checkout.environment)
    if environment.is_ready(checkout, RUNTIME):
        return Finding("Environment", OK, f"{environment.folder} ({environment.stamp.get('torch', '')})")
    if environment.folder.exists():
        text = f"{environment.folder} is unfinished, broken or made from other requirements"
    else:
        text = f"{environment.folder} does not exist"
    return Finding("Environment", PROBLEM, text, "Run: python3 install.py")


def disk_check(checkout: Checkout | None) -> Finding:
    """Check whether the disk has room for what is not installed yet."""
    folder = checkout.root if checkout is not None else Path(sys.prefix)
    free = shutil.disk_usage(folder).free / _GIBIBYTE
    text = f"{free:.1f} GiB free in {folder}"
    needed = 4.0 if checkout is not None and not checkout.environment.exists() else 1.0
    if free < needed:
        return Finding("Disk", WARNING, text, f"Make room: at least {needed:.0f} GiB are needed.")
    return Finding("Disk", OK, text)


def runtime_check() -> Finding:
    """Check whether the runtime folder can be used and is closed to other users."""
    locations = importlib.import_module("huebrush_protocol.locations")
    try:
        folder = locations.runtime_folder()
    except locations.LocationError as error:
        return Finding("Runtime folder", PROBLEM, str(error), "The message says what to do.")
    if os.name != "posix":
        return Finding("Runtime folder", OK, str(folder))
    return Finding("Runtime folder", OK, f"{folder} (mode {stat.S_IMODE(folder.stat().st_mode):04o})")


def krita_checks(surroundings: Surroundings) -> list[Finding]:
    """Check which Krita is installed, and whether it can be opened in this session."""
    homes = find_homes(surroundings)
    krita = find_krita(surroundings)
    if krita is None and not homes:
        return [Finding("Krita", WARNING, "none found; `huebrush colorize` works without it", NO_KRITA_REMEDY)]
    findings = []
    if krita is not None:
        numbers = krita.version_numbers
        old = bool(numbers) and numbers < OLDEST_KRITA
        remedy = f"Huebrush needs Krita {'.'.join(map(str, OLDEST_KRITA))} or later." if old else ""
        text = f"{krita.version or 'unknown version'} ({krita.path})"
        findings.append(Finding("Krita", WARNING if old else OK, text, remedy))
    else:
        findings.append(Finding("Krita", OK, ", ".join(home.label for home in homes)))
    if display_command(surroundings.environment) is None:
        text = "none, so Krita cannot be opened in this session"
        findings.append(Finding("Display", WARNING, text, "To test without a screen: sudo apt-get install xvfb xauth"))
    return findings


def plugin_check(home: KritaHome, checkout: Checkout | None) -> Finding:
    """Check whether the plugin is installed in this Krita, switched on, and equal to that of `checkout`, if given."""
    area = f"Plugin ({home.label})"
    install = "Run: python3 install.py plugin"
    if checkout is None:
        install = "Run: huebrush install-plugin"
    try:
        state = plugin_state(home, plugin_sources(checkout) if checkout is not None else None)
    except (OSError, InstallError) as error:
        return Finding(area, WARNING, f"cannot be checked: {error}", install)
    if not state.installed:
        return Finding(area, WARNING, "not installed", install)
    if state.installation is None:
        return Finding(area, PROBLEM, f"{home.installation} is missing, so it cannot start the backend", install)
    command = state.installation.get("command")
    if not command or not shutil.which(str(command[0])):
        return Finding(area, PROBLEM, f"it starts the backend with {command}, which does not exist", install)
    if state.outdated:
        return Finding(area, WARNING, f"{state.outdated} files differ from the project's folder", install)
    if not state.enabled:
        remedy = f"Switch it on in Krita's Python Plugin Manager. Or: {install[0].lower()}{install[1:]}"
        return Finding(area, WARNING, "installed, but switched off", remedy)
    return Finding(area, OK, f"installed and switched on ({home.plugin})")
