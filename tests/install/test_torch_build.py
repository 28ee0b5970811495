"""Which PyTorch is installed where."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from huebrush_installer.errors import InstallError
from huebrush_installer.torch_build import (
    WHEEL_INDEX,
    Accelerator,
    Offers,
    choose_build,
    detect_accelerator,
)
from huebrush_installer.torch_offers import index_has, lists_wheel

VERSION = "2.13.0"
CPU = Accelerator("cpu", "none")
CARD = Accelerator("cuda", "NVIDIA card, driver 580", 580, 8.9)
ALL_CUDA = {"cu126", "cu128", "cu129", "cu130", "cpu"}


def offers(index: set[str] | None = None, configured: Sequence[str] = (), needs_cuda: bool | None = True) -> Offers:
    """What can be had: `index` None means that PyTorch's index is out of reach."""
    return Offers(
        index_has=lambda tag: None if index is None else tag in index,
        configured_versions=lambda: configured,
        needs_cuda=lambda requirement: needs_cuda,
    )


def answers(table: dict[str, str]):
    """Return a runner of commands that knows the answers in `table`, by program name."""
    return lambda command: table.get(command[0])


def test_an_nvidia_card_is_found() -> None:
    found = detect_accelerator("linux", "x86_64", answers({"nvidia-smi": "550.54.14, 8.9, NVIDIA GeForce RTX 4090\n"}))
    assert (found.kind, found.driver, found.capability) == ("cuda", 550, 8.9)
    assert "RTX 4090" in found.description


@pytest.mark.parametrize("answer", ["", "No devices were found", "NVIDIA-SMI has failed"])
def test_nvidia_smi_without_a_card_is_no_card(answer: str) -> None:
    assert detect_accelerator("linux", "x86_64", answers({"nvidia-smi": answer})).kind == "cpu"


def test_rocm_needs_a_card_that_rocm_knows() -> None:
    with_card = answers({"rocminfo": "Agent 2\n  Name: gfx1100\n"})
    without = answers({"rocminfo": "Agent 1\n  Name: AMD Ryzen 9\n"})
    assert detect_accelerator("linux", "x86_64", with_card).kind == "rocm"
    assert detect_accelerator("linux", "x86_64", without).kind == "cpu"
    assert detect_accelerator("win32", "AMD64", with_card).kind == "cpu"


def test_apple_silicon() -> None:
    assert detect_accelerator("darwin", "arm64", answers({})).kind == "mps"
    assert detect_accelerator("darwin", "x86_64", answers({})).kind == "cpu"


@pytest.mark.parametrize(
    ("driver", "capability", "tag"),
    [(580, 8.9, "cu130"), (570, 8.9, "cu129"), (580, 7.0, "cu129"), (580, 6.1, "cu126"), (525, 5.2, "cu126")],
)
def test_the_cuda_build_fits_driver_and_card(driver: int, capability: float, tag: str) -> None:
    card = Accelerator("cuda", "NVIDIA", driver, capability)
    plan = choose_build(card, VERSION, "linux", "x86_64", offers(ALL_CUDA))
    assert plan.requirement == f"torch=={VERSION}+{tag}"
    assert plan.arguments == ("--extra-index-url", f"{WHEEL_INDEX}/{tag}")
    assert plan.with_dependencies
    assert not plan.warning


def test_the_newest_cuda_build_wins_where_there_is_one() -> None:
    plan = choose_build(CARD, VERSION, "win32", "AMD64", offers({"cu132", *ALL_CUDA}))
    assert plan.requirement.endswith("+cu132")


def test_a_card_with_an_old_driver_computes_on_the_cpu_and_says_so() -> None:
    card = Accelerator("cuda", "NVIDIA old card, driver 470", 470, 6.1)
    plan = choose_build(card, VERSION, "linux", "x86_64", offers(ALL_CUDA))
    assert plan.requirement == f"torch=={VERSION}+cpu"
    assert "old card" in plan.warning


def test_without_the_index_a_card_on_linux_takes_what_pip_has() -> None:
    plan = choose_build(CARD, VERSION, "linux", "x86_64", offers(None, [VERSION]))
    assert (plan.requirement, plan.arguments, plan.with_dependencies) == (f"torch=={VERSION}", (), True)


@pytest.mark.parametrize(("driver", "capability"), [(570, 8.9), (580, 6.1)])
def test_without_the_index_a_card_that_cannot_run_it_gets_no_cuda(driver: int, capability: float) -> None:
    card = Accelerator("cuda", "NVIDIA", driver, capability)
    plan = choose_build(card, VERSION, "linux", "x86_64", offers(None, [VERSION, f"{VERSION}+cpu"]))
    assert plan.requirement == f"torch=={VERSION}+cpu"
    assert plan.warning


def test_without_the_index_windows_has_no_cuda_build() -> None:
    plan = choose_build(CARD, VERSION, "win32", "AMD64", offers(None, [VERSION], needs_cuda=False))
    assert (plan.requirement, plan.with_dependencies) == (f"torch=={VERSION}", False)
    assert plan.warning


def test_rocm() -> None:
    card = Accelerator("rocm", "AMD card gfx1100 with ROCm")
    plan = choose_build(card, VERSION, "linux", "x86_64", offers({"rocm7.1", "rocm6.4", "cpu"}))
    assert (plan.requirement, plan.with_dependencies) == (f"torch=={VERSION}+rocm7.1", True)
    away = choose_build(card, VERSION, "linux", "x86_64", offers(None, [f"{VERSION}+cpu"]))
    assert away.requirement == f"torch=={VERSION}+cpu"
    assert "AMD card" in away.warning


def test_macs() -> None:
    plan = choose_build(Accelerator("mps", "Apple silicon"), VERSION, "darwin", "arm64", offers(None))
    assert (plan.requirement, plan.with_dependencies) == (f"torch=={VERSION}", False)
    with pytest.raises(InstallError, match="Intel"):
        choose_build(CPU, VERSION, "darwin", "x86_64", offers(ALL_CUDA))


def test_cpu_from_the_index_of_pytorch() -> None:
    plan = choose_build(CPU, VERSION, "linux", "x86_64", offers({"cpu"}))
    assert plan.requirement == f"torch=={VERSION}+cpu"
    assert plan.arguments == ("--extra-index-url", f"{WHEEL_INDEX}/cpu")
    assert not plan.with_dependencies


@pytest.mark.parametrize("index", [None, set()])
def test_cpu_from_what_pip_is_configured_with(index: set[str] | None) -> None:
    plan = choose_build(CPU, VERSION, "linux", "x86_64", offers(index, ["2.15.0", f"{VERSION}+cpu", VERSION]))
    assert (plan.requirement, plan.arguments, plan.with_dependencies) == (f"torch=={VERSION}+cpu", (), False)
    assert not plan.warning


def test_a_plain_build_without_cuda_will_do() -> None:
    plan = choose_build(CPU, VERSION, "linux", "aarch64", offers(None, [VERSION], needs_cuda=False))
    assert (plan.requirement, plan.with_dependencies) == (f"torch=={VERSION}", False)


def test_another_version_when_only_that_exists_as_a_cpu_build() -> None:
    plan = choose_build(CPU, VERSION, "linux", "x86_64", offers(None, ["2.15.0", "2.9.1+cpu", "2.10.0+cpu", "2.4+cpu"]))
    assert plan.requirement == "torch==2.10.0+cpu"
    assert "2.10.0" in plan.warning


@pytest.mark.parametrize("needs_cuda", [True, None])
def test_cuda_never_comes_to_a_machine_without_a_card(needs_cuda: bool | None) -> None:
    with pytest.raises(InstallError, match="gigabytes of CUDA") as caught:
        choose_build(CPU, VERSION, "linux", "x86_64", offers(None, ["2.15.0", VERSION], needs_cuda))
    assert WHEEL_INDEX in caught.value.remedy


def page(*names: str) -> str:
    return "".join(f'<a href="/whl/{name.replace("+", "%2B")}#sha256=0">{name}</a><br/>\n' for name in names)


@pytest.mark.parametrize(
    ("name", "system", "machine", "expected"),
    [
        ("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "linux", "x86_64", True),
        ("torch-2.13.0+rocm7.1-cp311-cp311-manylinux_2_28_x86_64.whl", "linux", "x86_64", True),
        ("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_aarch64.whl", "linux", "x86_64", False),
        ("torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl", "linux", "x86_64", False),
        ("torch-2.13.0+cpu-cp311-cp311-win_amd64.whl", "linux", "x86_64", False),
        ("torch-2.13.0+cpu-cp311-cp311-win_amd64.whl", "win32", "AMD64", True),
        ("torch-2.13.0+cpu-cp311-cp311-win_arm64.whl", "win32", "ARM64", True),
        ("torch-2.13.01+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "linux", "x86_64", False),
        ("torch-2.12.1+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "linux", "x86_64", False),
        ("torch-2.13.0+cpu-cp311-cp311t-manylinux_2_28_x86_64.whl", "linux", "x86_64", False),
    ],
)
def test_reading_an_index_page(name: str, system: str, machine: str, expected: bool) -> None:
    content = page("torch-2.0.0+cpu-cp311-cp311-linux_x86_64.whl", name)
    assert lists_wheel(content, VERSION, "cp311", system, machine) is expected


def test_an_index_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huebrush_installer.torch_offers.WHEEL_INDEX", "http://127.0.0.1:9")
    assert index_has("cpu", VERSION, "cp311", "linux", "x86_64") is None
