"""Looks up in PyTorch's wheel index, and with pip, which builds of PyTorch are available."""

from __future__ import annotations

import json
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from huebrush_installer.processes import output_of
from huebrush_installer.torch_build import WHEEL_INDEX, Offers

_REACH_SECONDS = 6.0
_CUDA_PACKAGE = re.compile(r"^(nvidia|cuda|triton)\b", re.IGNORECASE)


def offers_for(python: Path, version: str, system: str, machine: str) -> Offers:
    """Return the offers for the interpreter `python`, which has pip, on this platform."""
    tag = (output_of([str(python), "-c", "import sys; print('cp%d%d' % sys.version_info[:2])"]) or "cp").strip()
    return Offers(
        index_has=lambda build: index_has(build, version, tag, system, machine),
        configured_versions=lambda: configured_versions(python),
        needs_cuda=lambda requirement: needs_cuda(python, requirement),
    )


def index_has(build: str, version: str, python_tag: str, system: str, machine: str) -> bool | None:
    """Look up whether PyTorch's index has a wheel; return None if it cannot be reached within seconds.

    `build`: tag of the build in the index.
    `version`: version of PyTorch.
    `python_tag`: tag of the interpreter, such as "cp311".
    `system`: a `sys.platform` value.
    `machine`: a `platform.machine()` value.
    """
    url = f"{WHEEL_INDEX}/{build}/torch/"
    try:
        with urllib.request.urlopen(url, timeout=_REACH_SECONDS) as answer:
            page = answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return False if error.code in (403, 404) else None
    except (OSError, ValueError):
        return None
    return lists_wheel(page, version, python_tag, system, machine)


def lists_wheel(page: str, version: str, python_tag: str, system: str, machine: str) -> bool:
    """Return whether an index page links a wheel of torch for this Python and platform.

    `page`: HTML of the page. The other arguments are as in `index_has`.
    """
    platform = "win" if system == "win32" else "linux"
    processor = {"AMD64": "amd64", "ARM64": "arm64"}.get(machine, machine)
    name = rf"torch-{re.escape(version)}(\+|%2B)\w+(\.\w+)*-{python_tag}-{python_tag}-\w*{platform}\w*{processor}\.whl"
    return re.search(name, page) is not None


def configured_versions(python: Path) -> Sequence[str]:
    """Return the versions of torch that pip, as configured, finds; empty if unknown."""
    answer = output_of([str(python), "-m", "pip", "index", "versions", "torch"], timeout=300)
    found = re.search(r"^Available versions: (.+)$", answer or "", re.MULTILINE)
    return [name.strip() for name in found.group(1).split(",")] if found else []


def needs_cuda(python: Path, requirement: str) -> bool | None:
    """Return whether `requirement` with its dependencies would install CUDA libraries; None if it is not available.

    If the index offers metadata separately, only metadata is fetched.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(str(python), "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary=:all:"),
            *("--quiet", "--report", str(report), requirement),
        ]
        if output_of(command, timeout=900) is None:
            return None
        packages = json.loads(report.read_text("utf-8"))["install"]
    return any(_CUDA_PACKAGE.match(package["metadata"]["name"]) for package in packages)
