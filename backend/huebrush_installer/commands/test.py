"""Install everything the tests need, and run all tests in two processes, one of which begins with the tests in a real
Krita. Krita and Xvfb are installed too if this needs no password. Words after `--` are passed to pytest, which then
runs in one process unless they say otherwise: `install.py test -- tests/unit -x`."""

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

PROCESSES = 2
"""Number of test processes. Each runs models, and one runs Krita; many machines have no memory for more."""
SUMMARY = "install what the tests need and run all tests"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_compute_option(parser)
    parser.add_argument("--no-system-packages", action="store_true", help="install no packages of the operating system")
    parser.add_argument("pytest", nargs="*", metavar="PYTEST_ARGUMENT", help="passed on to pytest")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Prepare, run pytest, and return its exit status. Pytest's last line is also the last line printed."""
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
        [str(environment.python), "-m", "pytest", *(arguments.pytest or ["-n", str(PROCESSES)])],
        cwd=context.checkout.root,
        environment=_test_environment(),
    )


def _test_environment() -> dict[str, str]:
    """Return this process's environment without variables that make tests depend on the user's Huebrush or Python.

    Each process gets its share of the cores, because otherwise PyTorch uses all cores and waits for them.
    """
    dropped = ("PYTHONPATH", "PYTHONHOME", "HUEBRUSH_DATA", "HUEBRUSH_RUNTIME")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    threads = str(max(1, (os.cpu_count() or 1) // PROCESSES))
    return {"OMP_NUM_THREADS": threads, **kept, "PATH": path_for_krita(kept.get("PATH", ""))}
