"""Install everything the tests need (Krita and Xvfb too where packages of the system may be installed without a
question) and run the whole test suite. Words after `--` go to pytest, e.g. `install.py test -- tests/unit -x`."""

from __future__ import annotations

import argparse
import os

from huebrush_installer.context import Context
from huebrush_installer.environment import TEST, make_environment
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_program import path_for_krita
from huebrush_installer.options import add_compute_option
from huebrush_installer.processes import run_for_status
from huebrush_installer.system_packages import KRITA_TEST_PACKAGES, install_system_packages

SUMMARY = "install what the tests need and run them all"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_compute_option(parser)
    parser.add_argument("--no-system-packages", action="store_true", help="install no packages of the operating system")
    parser.add_argument("pytest", nargs="*", metavar="PYTEST_ARGUMENT", help="passed on to pytest")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Prepare, run pytest, and return its exit status. Pytest's closing line is the last one printed."""
    console = context.console
    if not arguments.no_system_packages:
        console.step(f"Looking for the packages that tests in a real Krita need: {', '.join(KRITA_TEST_PACKAGES)}")
        try:
            install_system_packages(KRITA_TEST_PACKAGES, console)
        except InstallError as error:
            console.warning(error.message)
            console.warning(error.remedy)
            console.warning("ALL TESTS IN tests/krita (the plugin in a real Krita) WILL BE SKIPPED.")
    environment = make_environment(context.checkout, console, TEST, arguments.compute)
    console.step("Running the tests")
    return run_for_status(
        [str(environment.python), "-m", "pytest", *arguments.pytest],
        cwd=context.checkout.root,
        environment=_test_environment(),
    )


def _test_environment() -> dict[str, str]:
    """Return this process's environment without what would make tests depend on the caller's own Huebrush or Python."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "HUEBRUSH_DATA", "HUEBRUSH_RUNTIME")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PATH": path_for_krita(kept.get("PATH", ""))}
