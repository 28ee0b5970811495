"""Simulated machines and small stand-ins for what is copied into Krita."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from huebrush_installer.krita_locations import Surroundings
from huebrush_installer.plugin_files import PluginSources
from huebrush_installer.vendored import WheelSource, wheel_targets
from simulated_files import make_wheel, write


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Surroundings]:
    """Return a maker of machines that lie in `tmp_path`: its file system is `root`, its user's home `home`."""

    def make(platform: str, **environment: str) -> Surroundings:
        home = tmp_path / "home"
        root = tmp_path / "root"
        home.mkdir(exist_ok=True)
        root.mkdir(exist_ok=True)
        return Surroundings(platform, home, {"PATH": str(root / "bin"), **environment}, root)

    return make


@pytest.fixture
def sources(tmp_path: Path) -> PluginSources:
    """Return a small plugin, protocol package and vendor folder."""
    top = tmp_path / "project"
    write(top / "krita_plugin" / "huebrush.desktop", "[Desktop Entry]\n")
    write(top / "krita_plugin" / "huebrush.action", "<ActionCollection/>")
    write(top / "krita_plugin" / "huebrush" / "__init__.py", "print('plugin')\n")
    write(top / "krita_plugin" / "huebrush" / "deep" / "part.py", "PART = 1\n")
    write(top / "krita_plugin" / "huebrush" / "__pycache__" / "part.pyc", "stale")
    write(top / "protocol" / "huebrush_protocol" / "messages.py", "VERSION = 1\n")
    write(top / "manual" / "manual.html", "<html></html>")
    write(top / "vendor" / "any" / "msgpack" / "fallback.py", "pack = None\n")
    write(top / "vendor" / "linux-x86_64-cp311" / "zmq" / "_zmq.so", "binary")
    write(top / "vendor" / "linux-x86_64-cp311" / ".complete", "digest")
    return PluginSources(
        top / "krita_plugin",
        top / "protocol" / "huebrush_protocol",
        top / "vendor",
        ("any", "linux-x86_64-cp311"),
        top / "manual",
    )


@pytest.fixture
def wheel_source(tmp_path: Path) -> WheelSource:
    """Return wheels for two of the three Pythons, pinned by hash, in folders of their own."""
    wheels, requirements = tmp_path / "wheels", tmp_path / "project" / "requirements"
    wheels.mkdir()
    requirements.mkdir(parents=True)
    zmq = {"zmq/__init__.py": "", "zmq/_zmq.so": "compiled", "zmq/tests/test_a.py": "", "pyzmq.libs/libzmq.so": ""}
    newest, second, _ = wheel_targets()
    hashes = [
        make_wheel(wheels, "pyzmq", f"cp312-abi3-{newest.platforms[0]}", zmq),
        make_wheel(wheels, "pyzmq", f"cp311-cp311-{second.platforms[0]}", zmq),
    ]
    msgpack = {"msgpack/__init__.py": "", "msgpack/fallback.py": "", "msgpack/_cmsgpack.so": "compiled"}
    msgpack_hash = make_wheel(wheels, "msgpack", "cp312-cp312-manylinux_2_17_x86_64", msgpack)
    pins = "".join(f" --hash=sha256:{digest}" for digest in hashes)
    write(requirements / "plugin-pyzmq.txt", f"pyzmq==1.0{pins}\n")
    write(requirements / "plugin-msgpack.txt", f"msgpack==1.0 --hash=sha256:{msgpack_hash}\n")
    return WheelSource(Path(sys.executable), requirements, wheels)
