"""The part of the demo in a real Krita, which runs without a window and with a separate Krita profile."""

from __future__ import annotations

import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from huebrush_installer.context import Context
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_locations import KritaHome, Surroundings
from huebrush_installer.krita_program import path_for_krita, windowless_environment
from huebrush_installer.plugin_files import install_plugin
from huebrush_installer.plugin_installation import backend_for, plugin_sources
from huebrush_installer.processes import run_for_status

_SECONDS_NOTE = "This takes half a minute: Krita starts, then the backend, then the model."


@dataclass(frozen=True)
class KritaDemo:
    """Files that the demo in Krita makes: the finished document and a flat picture of it."""

    document: Path
    picture: Path


def runner(surroundings: Surroundings) -> Path | None:
    """Return Krita's program that runs scripts without a window, or None. Linux packages have it."""
    return surroundings.program("kritarunner") if surroundings.platform == "linux" else None


def colorize_in_krita(context: Context, program: Path, python: Path, results: Path, seed: int, steps: int) -> KritaDemo:
    """Make Krita build a document from the example pictures and the plugin colorize it.

    `context`: project and terminal.
    `program`: kritarunner.
    `python`: the interpreter that runs the backend.
    `results`: the folder to write to.
    `seed`: noise seed.
    `steps`: denoising steps.

    Raises `InstallError`.
    """
    checkout = context.checkout
    example = checkout.root / "docs" / "example"
    document = results / "colorized.kra"
    context.console.note(_SECONDS_NOTE)
    with tempfile.TemporaryDirectory(prefix="huebrush-demo-") as folder:
        profile = Path(folder)
        home = KritaHome("chosen", "the demo's own Krita profile", profile / "data" / "krita", profile / "kritarc")
        install_plugin(home, plugin_sources(checkout), backend_for(checkout.version, python))
        environment = windowless_environment(os.environ) | {
            "XDG_DATA_HOME": str(profile / "data"),
            "XDG_CONFIG_HOME": str(profile),
            "XDG_CACHE_HOME": str(profile / "cache"),
            "PATH": path_for_krita(os.environ.get("PATH", "")),
            "PYTHONPATH": os.pathsep.join((str(example), str(home.pykrita))),
        }
        document.unlink(missing_ok=True)
        log = profile / "krita.log"
        with log.open("wb") as output:
            run_for_status(
                [
                    *(str(program), "-s", "colorize_in_krita", "-f", "main"),
                    *(str(example / "line_art.png"), str(example / "reference.png"), str(document)),
                    *(str(seed), str(steps)),
                ],
                environment=environment,
                output=output,
            )
        said = log.read_text("utf-8", "replace")
    return finished_demo(document, said)


def finished_demo(document: Path, said: str) -> KritaDemo:
    """Return Krita's files at `document`. Raises `InstallError` with the reason, or with Krita's output, `said`."""
    failure = document.with_name(f"{document.name}.error")
    if failure.exists():
        reason = failure.read_text("utf-8").strip()
        failure.unlink()
        raise InstallError(f"colorizing in Krita failed:\n{reason}", "Run: python3 install.py doctor")
    if not document.exists():
        needs_qt = "No module named 'PyQt5" in said or "No module named 'PyQt6" in said
        remedy = "Install python3-pyqt5 (sudo apt-get install python3-pyqt5)." if needs_qt else said[-2000:]
        raise InstallError("Krita ended without a result", remedy or "Run: python3 install.py doctor")
    picture = document.with_name("colorized-in-krita.png")
    with zipfile.ZipFile(document) as archive:
        picture.write_bytes(archive.read("mergedimage.png"))
    return KritaDemo(document, picture)
