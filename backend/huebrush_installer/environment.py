"""The virtual environment that everything outside Krita runs in."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from huebrush_installer.atomic import write_atomically
from huebrush_installer.checkout import Checkout
from huebrush_installer.console import Console
from huebrush_installer.errors import InstallError
from huebrush_installer.processes import output_of, run
from huebrush_installer.system_packages import install_system_packages
from huebrush_installer.torch_build import (
    KINDS,
    Accelerator,
    TorchPlan,
    choose_build,
    detect_accelerator,
    pinned_version,
)
from huebrush_installer.torch_offers import offers_for

RUNTIME = "runtime"
TEST = "test"
LOCKS = {RUNTIME: "runtime.txt", TEST: "test.txt"}
"""Purposes of an environment, each with the file in requirements/ that pins its packages. `test.txt` has everything in
`runtime.txt`, and the tools of the tests."""

_STAMP = "huebrush-environment.json"


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder`; it need not exist yet."""

    folder: Path

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> dict[str, Any]:
        """Notes of the installer about the finished environment; empty if it was not finished."""
        try:
            content = json.loads((self.folder / _STAMP).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def works(self) -> bool:
        """Return whether its interpreter runs."""
        return output_of([str(self.python), "-c", "print(1)"]) is not None

    def is_ready(self, checkout: Checkout, purpose: str) -> bool:
        """Return whether it was finished with exactly the present requirements."""
        wanted = requirement_digests(checkout, purpose)
        noted = self.stamp.get("requirements", {})
        return all(noted.get(name) == digest for name, digest in wanted.items()) and self.works()


def requirement_digests(checkout: Checkout, purpose: str) -> dict[str, str]:
    """Return the SHA-256 of every file that determines the content of an environment for `purpose`."""
    names = ["torch.txt", LOCKS[RUNTIME], *([LOCKS[TEST]] if purpose == TEST else [])]
    files = [checkout.root / "pyproject.toml", checkout.version_file, *(checkout.requirements / name for name in names)]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def make_environment(
    checkout: Checkout, console: Console, purpose: str = RUNTIME, compute: str = "auto"
) -> Environment:
    """Make or complete the virtual environment of `checkout`; do nothing if it is ready.

    `compute`: "auto" to detect the accelerator, or one of `torch_build.KINDS`. Raises `InstallError`.
    """
    environment = Environment(checkout.environment)
    if environment.is_ready(checkout, purpose) and compute in ("auto", environment.stamp.get("compute")):
        console.step(f"The environment in {environment.folder} is ready")
        return environment
    console.step(f"Making the Python environment in {environment.folder} (Python {platform.python_version()})")
    if not environment.works():
        _create(environment, console)
    _pip(environment, "--requirement", str(checkout.requirements / "bootstrap.txt"))
    accelerator = chosen_accelerator(compute)
    version = pinned_version(checkout.requirements)
    plan = choose_build(
        accelerator,
        version,
        sys.platform,
        platform.machine(),
        offers_for(environment.python, version, sys.platform, platform.machine()),
    )
    console.step(f"Installing {plan.explanation}: {plan.requirement} ({accelerator.description})")
    if plan.warning:
        console.warning(plan.warning)
    install_torch(environment, checkout, plan)
    lock = checkout.requirements / LOCKS[purpose]
    console.step(f"Installing the other packages, pinned in {lock.relative_to(checkout.root)}")
    _pip(environment, "--no-deps", "--requirement", str(lock))
    # Twice quiet: setuptools warns about the effect of "editable", which is intended here.
    _pip(environment, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(checkout.root))
    run([str(environment.python), "-m", "pip", "check", "--disable-pip-version-check"])
    stamp = {
        "requirements": requirement_digests(checkout, purpose),
        "compute": accelerator.kind,
        "torch": plan.requirement,
    }
    write_atomically(environment.folder / _STAMP, (json.dumps(stamp, indent=2) + "\n").encode())
    return environment


def chosen_accelerator(compute: str) -> Accelerator:
    """Return the accelerator to use: the detected one, or `compute` if the machine has it or if it is the CPU."""
    found = detect_accelerator(sys.platform, platform.machine(), output_of)
    if compute in ("auto", found.kind):
        return found
    if compute == "rocm":
        return Accelerator("rocm", "an AMD card, as you asked")
    if compute == "cpu":
        return replace(found, kind="cpu", description="CPU, as you asked")
    raise InstallError(
        f"you asked for {compute}, but this machine has {found.description}",
        f"Leave the choice to the installer, or take one of {', '.join(KINDS)} that fits the machine.",
    )


def install_torch(environment: Environment, checkout: Checkout, plan: TorchPlan) -> None:
    """Install PyTorch as planned. On a terminal pip's progress is shown, because the download is large."""
    constraints = ("--constraint", str(checkout.requirements / LOCKS[RUNTIME]))
    dependencies = constraints if plan.with_dependencies else ("--no-deps",)
    _pip(environment, *dependencies, *plan.arguments, plan.requirement, quiet=not sys.stdout.isatty())


def _create(environment: Environment, console: Console) -> None:
    if environment.folder.exists():
        if not (environment.folder / "pyvenv.cfg").exists() and any(environment.folder.iterdir()):
            raise InstallError(
                f"{environment.folder} exists but is not a Python environment", "Move it away and run the same command."
            )
        console.note("The environment there does not work any more; it is made again.")
        shutil.rmtree(environment.folder)
    command = [sys.executable, "-m", "venv", str(environment.folder)]
    if output_of([sys.executable, "-c", "import ensurepip, venv"]) is None:
        install_system_packages(["python3-venv"], console)
    run(command)


def _pip(environment: Environment, *arguments: str, quiet: bool = True) -> None:
    options = ("--disable-pip-version-check", "--no-input", *(["--quiet"] if quiet else []))
    try:
        run([str(environment.python), "-m", "pip", "install", *options, *arguments])
    except InstallError as error:
        raise InstallError(
            error.message,
            "See pip's message above. Usually the network or the disk is the reason. Run the same command again; "
            "packages that are installed already are kept.",
        ) from error
