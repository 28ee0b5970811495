"""`huebrush doctor`: say what is installed, what is wrong, and what to do."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from huebrush_installer.checkout import Checkout
from huebrush_installer.checks import OK, PROBLEM, WARNING, Finding, machine_checks
from huebrush_installer.krita_locations import Surroundings
from huebrush_installer.processes import output_of
from huebrush_installer.torch_build import detect_accelerator
from huebrush_protocol.messages import ModelInfo
from packaging.requirements import Requirement

from huebrush_backend.cli.project_folder import project_folder
from huebrush_backend.models.libraries import has_model_libraries, missing_libraries, missing_libraries_remedy

_INSTALL = "Run: python3 install.py"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    parser.epilog = "Exit status: 1 if something necessary is wrong, else 0."
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Check everything and print the findings; return 1 if something necessary is wrong, else 0."""
    findings = all_findings(project_folder())
    if arguments.json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        _print_table(findings)
    return 1 if any(finding.status == PROBLEM for finding in findings) else 0


def all_findings(project: Path | None) -> list[Finding]:
    """Return the findings about the machine, the packages, PyTorch and the models.

    `project`: the project's folder. If None, packages are compared with the requirements of the installed wheel.
    """
    if project is not None:
        packages = package_check(project / "requirements" / "runtime.txt", _installed_version)
    else:
        packages = wheel_check(importlib.metadata.requires("huebrush") or [], _installed_version)
    return [
        *machine_checks(Checkout(project) if project is not None else None, Surroundings.here()),
        packages,
        torch_check(in_project=project is not None),
        *model_checks(),
    ]


def package_check(pins: Path, installed_version: Callable[[str], str | None]) -> Finding:
    """Compare the installed packages with the pinned requirements in `pins` that apply to this Python.

    `installed_version`: returns the version of a package, or None if it is not installed.
    """
    missing, different, count = [], [], 0
    for line in pins.read_text("utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        pin = Requirement(text)
        if pin.marker is not None and not pin.marker.evaluate():
            continue
        count += 1
        version = installed_version(pin.name)
        if version is None:
            missing.append(str(pin.name))
        elif not pin.specifier.contains(version, prereleases=True):
            different.append(f"{pin.name} {version} (tested: {pin.specifier})")
    if missing:
        return Finding("Packages", PROBLEM, f"missing: {', '.join(missing)}", _INSTALL)
    if different:
        return Finding("Packages", WARNING, f"not the tested versions: {', '.join(different)}", _INSTALL)
    return Finding("Packages", OK, f"all {count} as pinned")


def wheel_check(requirements: Sequence[str], installed_version: Callable[[str], str | None]) -> Finding:
    """Compare the installed packages with the `requirements` of an installed wheel, without extras."""
    pins = [Requirement(text) for text in requirements]
    needed = [pin for pin in pins if pin.marker is None or pin.marker.evaluate({"extra": ""})]
    versions = {str(pin): installed_version(pin.name) for pin in needed}
    wrong = [
        str(pin)
        for pin in needed
        if (version := versions[str(pin)]) is None or not pin.specifier.contains(version, prereleases=True)
    ]
    if wrong:
        command = shlex.join([sys.executable, "-m", "pip", "install", *wrong])
        return Finding("Packages", PROBLEM, f"missing: {', '.join(wrong)}", f"Run: {command}")
    return Finding("Packages", OK, f"all {len(needed)} are there; their versions are not pinned outside the project")


def torch_check(in_project: bool = True) -> Finding:
    """Check whether PyTorch works and uses the machine's accelerator.

    `in_project`: install.py made the environment and can repair it.
    """
    if missing := missing_libraries():
        text = f"not installed: {', '.join(missing)}; flats work, models do not"
        return Finding("PyTorch", WARNING, text, str(missing_libraries_remedy()))
    try:
        import torch

        from huebrush_backend.models.devices import choose_device, describe_device

        device = choose_device()
        text = f"{torch.__version__} computes on {describe_device(device)}"
    except Exception as error:  # a broken PyTorch fails in many ways: missing libraries, wrong processor, wrong driver
        repair = "Remove .venv, then run: python3 install.py" if in_project else f"Install it again into {sys.prefix}."
        return Finding("PyTorch", PROBLEM, f"does not work: {error}", repair)
    accelerator = detect_accelerator(sys.platform, platform.machine(), output_of)
    if device.type == "cpu" and accelerator.kind != "cpu":
        remedy = (
            f"To use it: python3 install.py --compute {accelerator.kind}"
            if in_project
            else f"To use it, install the build of PyTorch for it into {sys.prefix}."
        )
        return Finding("PyTorch", WARNING, f"{text}, though there is {accelerator.description}", remedy)
    return Finding("PyTorch", OK, text)


def model_checks() -> list[Finding]:
    """Check which models can be used. It is a problem if the built-in model cannot though its libraries are there."""
    from huebrush_backend.models.catalog import list_models

    findings = []
    for model in list_models():
        text = f"{model.name}: {model.title}"
        if model.available:
            findings.append(_plan_finding(model, text))
        else:
            status = PROBLEM if model.builtin and has_model_libraries() else WARNING
            findings.append(Finding("Model", status, f"{text}, not installed", model.remedy))
    return findings


def _plan_finding(model: ModelInfo, text: str) -> Finding:
    """Describe how a present model would be placed on this machine's device, and whether it fits."""
    try:
        from huebrush_backend.engine.model_holder import plans_for
        from huebrush_backend.models.catalog import find_model
        from huebrush_backend.models.devices import choose_device, device_memory
        from huebrush_backend.models.memory_plan import GIB, choose_plan

        device = choose_device()
        memory = device_memory(device)
        plan = choose_plan(plans_for(find_model(model.name), device), memory)
    except Exception as error:  # `torch_check` reports a broken PyTorch; damaged files fail in many ways
        return Finding("Model", WARNING, f"{text}; its need of memory is unknown: {error}", "")
    text = f"{text}; {plan.describe()} of {memory.available / GIB:.1f} GB free"
    if plan.needed <= memory.available:
        return Finding("Model", OK, text)
    return Finding("Model", WARNING, text, "It may not fit. Close other programs, or choose a smaller model.")


def _installed_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _print_table(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    signs = {OK: ("✓", "green"), WARNING: ("!", "yellow"), PROBLEM: ("✗", "red")}
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        sign, color = signs[finding.status]
        table.add_row(Text(sign, style=color), finding.area, Text(finding.text))
        if finding.remedy:
            table.add_row("", "", Text(f"→ {finding.remedy}", style=color))
    console = Console()
    console.print(table)
    problems = sum(finding.status == PROBLEM for finding in findings)
    if problems:
        console.print(Text(f"{problems} of these must be repaired before Huebrush works.", style="red"))
    else:
        console.print(Text("Huebrush is ready.", style="green"))
