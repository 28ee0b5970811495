"""The pinned requirements are whole, exact and free of what the installer chooses by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from huebrush_installer.torch_build import pinned_version

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)( ; .+)?$")


def pins(name: str) -> dict[str, set[str]]:
    """Return package name to its pinned versions (several where they depend on the Python)."""
    found: dict[str, set[str]] = {}
    for line in (REQUIREMENTS / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            match = PIN.match(line)
            assert match, f"{name}: not an exact pin: {line}"
            found.setdefault(match[1], set()).add(match[2])
    return found


def direct_dependencies() -> set[str]:
    """Return the names in pyproject.toml's dependencies and in those for models and training, normalized."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    blocks = re.findall(r"^(?:dependencies|models|train) = \[\n(.*?)^\]", text, re.M | re.S)
    assert len(blocks) == 3
    names = re.findall(r'"(.+?)"', "".join(blocks))
    return {re.split(r"[^A-Za-z0-9._-]", name)[0].lower().replace("_", "-") for name in names} - {"huebrush"}


@pytest.mark.parametrize("name", ["runtime.txt", "test.txt"])
def test_everything_that_the_project_names_is_pinned(name: str) -> None:
    assert direct_dependencies() - {"torch"} <= set(pins(name))


@pytest.mark.parametrize("name", ["runtime.txt", "test.txt"])
def test_neither_torch_nor_cuda_is_in_the_list_for_all_machines(name: str) -> None:
    assert not [package for package in pins(name) if re.match(r"(torch|triton|nvidia|cuda)\b", package)]


@pytest.mark.parametrize("name", ["runtime.txt", "test.txt"])
def test_opencv_is_there_once(name: str) -> None:
    assert [package for package in pins(name) if package.startswith("opencv")] == ["opencv-contrib-python-headless"]


def test_the_tests_run_with_what_users_run() -> None:
    test = pins("test.txt")
    assert {name: test.get(name) for name in pins("runtime.txt")} == pins("runtime.txt")
    assert {"pytest", "hypothesis", "ruff", "pyright"} <= set(test)


def test_the_plugin_and_the_backend_speak_the_same_zeromq_and_msgpack() -> None:
    for package in ("pyzmq", "msgpack"):
        text = (REQUIREMENTS / f"plugin-{package}.txt").read_text("utf-8")
        (version,) = re.findall(rf"^{package}==(\S+)", text, re.M)
        assert pins("runtime.txt")[package] == {version}
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", text)


def test_torch_is_pinned() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", pinned_version(REQUIREMENTS))
