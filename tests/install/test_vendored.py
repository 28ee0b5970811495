"""The wheels that the plugin carries are chosen by platform, checked by hash and unpacked."""

from __future__ import annotations

import io
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from huebrush_installer.console import Console
from huebrush_installer.errors import InstallError
from huebrush_installer.vendored import WheelSource, WheelTarget, prepare_vendor_folder, unpack_wheel, wheel_targets
from simulated_files import snapshot

TARGETS = wheel_targets()


def test_wheels_are_fetched_checked_and_unpacked(wheel_source: WheelSource, tmp_path: Path) -> None:
    said = io.StringIO()
    folder = tmp_path / "vendor"
    ready = prepare_vendor_folder(folder, wheel_source, TARGETS, Console(said))
    abi3, cp311, cp310 = (target.folder for target in TARGETS)
    assert [path.name for path in ready] == ["any", abi3, cp311]
    assert cp310 in said.getvalue()
    files = set(snapshot(folder))
    wanted = {"any/msgpack/fallback.py", f"{abi3}/zmq/_zmq.so", f"{abi3}/pyzmq.libs/libzmq.so"}
    assert wanted <= files
    assert "any/msgpack/_cmsgpack.so" not in files
    assert not any("tests" in name or name.endswith(".whl") for name in files)

    # Again, with nothing to fetch from: what is there and still pinned is kept.
    empty = WheelSource(Path(sys.executable), wheel_source.requirements, tmp_path)
    again = prepare_vendor_folder(folder, empty, [TARGETS[0], TARGETS[1]], Console(said))
    assert [path.name for path in again] == ["any", abi3, cp311]


def test_two_installations_at_once_do_not_disturb_each_other(wheel_source: WheelSource, tmp_path: Path) -> None:
    together = threading.Barrier(2, timeout=60)

    class Meeting(WheelSource):
        def download(self, pins: Path, target: WheelTarget, folder: Path) -> Path | None:
            together.wait()
            wheel = super().download(pins, target, folder)
            together.wait()
            return wheel

    source = Meeting(wheel_source.python, wheel_source.requirements, wheel_source.wheels)
    folder = tmp_path / "vendor"
    with ThreadPoolExecutor(2) as both:
        installations = [
            both.submit(prepare_vendor_folder, folder, source, TARGETS[:1], Console(io.StringIO())) for _ in range(2)
        ]
    ready = [installation.result() for installation in installations]
    assert ready[0] == ready[1] == (folder / "any", folder / TARGETS[0].folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(["any", TARGETS[0].folder])
    assert (folder / TARGETS[0].folder / "zmq" / "_zmq.so").is_file()


def test_a_wheel_with_another_hash_is_refused(wheel_source: WheelSource, tmp_path: Path) -> None:
    pins = wheel_source.requirements / "plugin-msgpack.txt"
    pins.write_text(f"msgpack==1.0 --hash=sha256:{'0' * 64}\n", "utf-8")
    with pytest.raises(InstallError, match=r"plugin-msgpack\.txt"):
        prepare_vendor_folder(tmp_path / "vendor", wheel_source, TARGETS, Console(io.StringIO()))
    assert not list(tmp_path.glob("vendor/any/*"))


@pytest.mark.parametrize(
    ("system", "machine", "folder", "tag"),
    [
        ("linux", "x86_64", "linux-x86_64-abi3", "manylinux_2_28_x86_64"),
        ("linux", "aarch64", "linux-aarch64-abi3", "manylinux_2_28_aarch64"),
        ("win32", "AMD64", "win-amd64-abi3", "win_amd64"),
        ("win32", "ARM64", "win-arm64-abi3", "win_arm64"),
        ("darwin", "arm64", "macos-universal2-abi3", "macosx_10_15_universal2"),
        ("darwin", "x86_64", "macos-universal2-abi3", "macosx_10_15_universal2"),
    ],
)
def test_targets_per_platform(system: str, machine: str, folder: str, tag: str) -> None:
    targets = wheel_targets(system, machine)
    assert targets[0].folder == folder
    assert targets[0].platforms[0] == tag
    assert [(target.python, target.folder.rpartition("-")[2]) for target in targets] == [
        ("3.12", "abi3"),
        ("3.11", "cp311"),
        ("3.10", "cp310"),
    ]


def test_a_platform_without_wheels_says_so() -> None:
    with pytest.raises(InstallError, match="riscv64"):
        wheel_targets("linux", "riscv64")


def test_a_wheel_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    wheel = tmp_path / "evil-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("../../outside.py", "")
    unpack_wheel(wheel, tmp_path / "deep" / "folder", python_only=False)
    assert not (tmp_path / "outside.py").exists()
