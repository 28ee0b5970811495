"""Chooses the build of PyTorch: for the machine's accelerator if there is one, else the small CPU build.

PyTorch's own wheel index has every build. If it cannot be reached, pip's configured index is used. On Linux that index
usually offers a build that needs several gigabytes of CUDA libraries, which must never be installed on a machine
without an NVIDIA card. So the installer first checks what pip would install.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from huebrush_installer.errors import InstallError

WHEEL_INDEX = "https://download.pytorch.org/whl"

CUDA_BUILDS: tuple[tuple[str, int, float], ...] = (
    ("cu132", 580, 7.5),
    ("cu130", 580, 7.5),
    ("cu129", 525, 7.0),
    ("cu128", 525, 7.0),
    ("cu126", 525, 5.0),
)
"""Tags of the wheel index with the oldest driver (major version) and oldest compute capability; best first."""

ROCM_BUILDS = ("rocm7.2", "rocm7.1", "rocm7.0", "rocm6.4", "rocm6.3")
"""Tags of the wheel index for AMD cards on Linux, best first."""

CONFIGURED_CUDA_BUILD = CUDA_BUILDS[1]
"""Build in the default package index for Linux: CUDA 13."""

KINDS = ("cuda", "rocm", "mps", "cpu")


@dataclass(frozen=True)
class Accelerator:
    """Device for PyTorch. `kind`: one of `KINDS`. `driver` (major version) and `capability`: only for NVIDIA cards."""

    kind: str
    description: str
    driver: int = 0
    capability: float = 0.0


@dataclass(frozen=True)
class TorchPlan:
    """Plan for pip. `arguments`: extra options of pip. `with_dependencies`: true only if CUDA or ROCm libraries are
    needed; all other dependencies of PyTorch are in the pinned requirements.
    """

    requirement: str
    arguments: tuple[str, ...]
    with_dependencies: bool
    explanation: str
    warning: str = ""


@dataclass(frozen=True)
class Offers:
    """Functions that look up which builds are available. They are called only when needed.

    `index_has(tag)`: whether PyTorch's index has the pinned version under `tag` for this Python and platform; None if
    the index cannot be reached. `configured_versions()`: versions that pip's configured index offers.
    `needs_cuda(requirement)`: whether pip, as configured, would install CUDA libraries with `requirement`; None if it
    has no such version.
    """

    index_has: Callable[[str], bool | None]
    configured_versions: Callable[[], Sequence[str]]
    needs_cuda: Callable[[str], bool | None]


def detect_accelerator(system: str, machine: str, output_of: Callable[[Sequence[str]], str | None]) -> Accelerator:
    """Find the accelerator of this machine.

    `system`: a `sys.platform` value. `machine`: a `platform.machine()` value. `output_of`: runs a command and returns
    its output, or None when it is missing or fails.
    """
    nvidia = _nvidia(output_of)
    if nvidia is not None:
        return nvidia
    if system == "linux":
        agents = output_of(["rocminfo"]) or output_of(["/opt/rocm/bin/rocminfo"]) or ""
        card = re.search(r"\bgfx[0-9a-f]{3,}\b", agents)
        if card:
            return Accelerator("rocm", f"AMD card {card.group(0)} with ROCm")
    if system == "darwin" and machine == "arm64":
        return Accelerator("mps", "Apple silicon")
    return Accelerator("cpu", "no NVIDIA card, ROCm or Apple silicon found")


def _nvidia(output_of: Callable[[Sequence[str]], str | None]) -> Accelerator | None:
    for program in ("nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"):
        answer = output_of([program, "--query-gpu=driver_version,compute_cap,name", "--format=csv,noheader"])
        found = re.match(r"\s*(\d+)[\d.]*\s*,\s*(\d+\.\d+)\s*,\s*(.+)", answer or "")
        if found:
            driver, capability, name = int(found[1]), float(found[2]), found[3].strip()
            return Accelerator("cuda", f"NVIDIA {name}, driver {driver}", driver, capability)
    return None


def choose_build(accelerator: Accelerator, version: str, system: str, machine: str, offers: Offers) -> TorchPlan:
    """Decide how to install PyTorch. Raises `InstallError` when no suitable build is available.

    If there is no build for the accelerator, the plan is the CPU build with a warning. A machine without an accelerator
    never gets another build than the CPU's.

    `accelerator`: the accelerator to use.
    `version`: version of PyTorch.
    `system`: a `sys.platform` value.
    `machine`: a `platform.machine()` value.
    `offers`: looks up the available builds.
    """
    if system == "darwin":
        if machine != "arm64":
            raise InstallError(
                "PyTorch no longer exists for Macs with Intel processors", "Use a machine with another processor."
            )
        return TorchPlan(f"torch=={version}", (), False, "PyTorch for macOS (Metal)")
    warning = ""
    if accelerator.kind in ("cuda", "rocm"):
        plan = _accelerated_plan(accelerator, version, system, offers)
        if plan is not None:
            return plan
        warning = (
            f"There is {accelerator.description}, but no PyTorch {version} for it is available: PyTorch's wheel index "
            f"({WHEEL_INDEX}) cannot be reached, or the driver is too old. Huebrush will compute on the CPU."
        )
    plan = _cpu_plan(version, offers)
    return TorchPlan(plan.requirement, plan.arguments, False, plan.explanation, warning or plan.warning)


def _accelerated_plan(accelerator: Accelerator, version: str, system: str, offers: Offers) -> TorchPlan | None:
    if accelerator.kind == "cuda":
        tags = [tag for tag, *needs in CUDA_BUILDS if _card_fits(accelerator, needs)]
    else:
        tags = list(ROCM_BUILDS)
    for tag in tags:
        available = offers.index_has(tag)
        if available is None:
            break
        if available:
            arguments = ("--extra-index-url", f"{WHEEL_INDEX}/{tag}")
            return TorchPlan(f"torch=={version}+{tag}", arguments, True, f"PyTorch for {accelerator.description}")
    plain = f"torch=={version}"
    fits = accelerator.kind == "cuda" and _card_fits(accelerator, CONFIGURED_CUDA_BUILD[1:])
    if system == "linux" and fits and offers.needs_cuda(plain):
        return TorchPlan(plain, (), True, f"PyTorch for {accelerator.description}, from the configured package index")
    return None


def _card_fits(accelerator: Accelerator, needs: Sequence[float]) -> bool:
    driver, capability = needs
    return accelerator.driver >= driver and accelerator.capability >= capability


def _cpu_plan(version: str, offers: Offers) -> TorchPlan:
    if offers.index_has("cpu"):
        arguments = ("--extra-index-url", f"{WHEEL_INDEX}/cpu")
        return TorchPlan(f"torch=={version}+cpu", arguments, False, "PyTorch for the CPU, from PyTorch's wheel index")
    configured = list(offers.configured_versions())
    if f"{version}+cpu" in configured:
        return TorchPlan(f"torch=={version}+cpu", (), False, "PyTorch for the CPU, from the package index of pip")
    if offers.needs_cuda(f"torch=={version}") is False:
        return TorchPlan(
            f"torch=={version}", (), False, "PyTorch (a build without CUDA), from the package index of pip"
        )
    others = [name for name in configured if name.endswith("+cpu") and _release(name) >= (2, 9)]
    if others:
        best = max(others, key=_release)
        return TorchPlan(
            f"torch=={best}",
            (),
            False,
            "PyTorch for the CPU, from the package index of pip",
            f"Huebrush is tested with PyTorch {version}; only {best} exists as a CPU build here.",
        )
    raise InstallError(
        f"no CPU build of PyTorch {version} is available, and the build that pip would install needs gigabytes of CUDA "
        "libraries, which this machine cannot use",
        f"Make {WHEEL_INDEX}/cpu reachable, or put a CPU wheel of torch {version} where pip looks (its `find-links` "
        "setting), then run the same command again. If this machine has an NVIDIA card, check that `nvidia-smi` works.",
    )


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


def pinned_version(requirements: Path) -> str:
    """Return the PyTorch version that `requirements/torch.txt` pins."""
    found = re.search(r"^torch==(\S+)$", (requirements / "torch.txt").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise InstallError("requirements/torch.txt pins no version of torch", "Get a fresh copy of the project.")
    return found.group(1)
