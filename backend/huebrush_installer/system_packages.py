"""Installs packages of the operating system (Debian and derived systems), only if no password is needed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence

from huebrush_installer.console import Console
from huebrush_installer.errors import InstallError
from huebrush_installer.processes import output_of, run_for_status

KRITA_PACKAGES = ("krita", "python3-pyqt5")
"""Krita, and the Qt binding that its Python needs. Krita's package does not depend on the binding."""

KRITA_TEST_PACKAGES = (*KRITA_PACKAGES, "xvfb", "xauth")
"""Packages for tests in a real Krita: Krita, the Qt binding of its Python, and a virtual display."""

_MOST_SAID = 3000
"""Number of characters of apt's messages to show when it fails."""


def missing_packages(names: Sequence[str], output: Callable[[Sequence[str]], str | None] = output_of) -> list[str]:
    """Return the packages of `names` that are not installed, according to dpkg."""
    return [
        name
        for name in names
        if (output(["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]) or "") != "installed"
    ]


def administrator_prefix() -> list[str] | None:
    """Return the words that run a command as the administrator without asking for a password, or None."""
    if not hasattr(os, "geteuid") or shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if output_of(["sudo", "-n", "true"]) is not None else None


def install_system_packages(names: Sequence[str], console: Console) -> None:
    """Install the missing packages of `names` with apt. Raises `InstallError` when this is not possible."""
    missing = missing_packages(names) if shutil.which("dpkg-query") else list(names)
    if not missing:
        return
    prefix = administrator_prefix()
    if prefix is None:
        raise InstallError(
            f"these system packages are missing, and only an administrator can install them: {' '.join(missing)}",
            f"On Debian and Ubuntu: sudo apt-get install {' '.join(missing)}",
        )
    console.note(f"Installing system packages with apt: {' '.join(missing)} (this can take a few minutes)")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    options = ["--yes", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3"]
    with tempfile.TemporaryFile() as log:
        run_for_status([*apt, "update"], output=log)
        status = run_for_status([*apt, "install", *options, *missing], output=log)
        log.seek(0)
        said = log.read().decode("utf-8", "replace").strip()
    if status != 0:
        raise InstallError(
            f"apt could not install {' '.join(missing)}:\n{said[-_MOST_SAID:]}", "Install them by hand and try again."
        )
