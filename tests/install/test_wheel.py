"""Huebrush as a wheel, installed into an environment of its own far from the project's folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from huebrush_installer.checkout import Checkout
from huebrush_installer.packaging import build_wheel
from huebrush_installer.plugin_files import PluginSources
from huebrush_installer.plugin_zip import write_zip, zip_name
from huebrush_installer.vendored import wheel_targets
from simulated_files import write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def huebrush(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `huebrush` program of a fresh environment that has the wheel, and all else from this one."""
    top = tmp_path_factory.mktemp("wheel")
    checkout, here = Checkout(ROOT), wheel_targets()[0].folder
    write(top / "vendor" / here / "zmq" / "__init__.py", "")
    write(top / "vendor" / "any" / "msgpack" / "__init__.py", "")
    write(top / "manual" / "manual.html", "<html></html>")
    parts = (checkout.plugin_source, checkout.protocol_source, top / "vendor", ("any", here), top / "manual")
    write_zip(top / zip_name(checkout.version), PluginSources(*parts).files())
    wheel = build_wheel(checkout, Path(sys.executable), top / zip_name(checkout.version), top)
    shutil.rmtree(top / "source")
    offline = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    venv.create(top / "environment", symlinks=os.name != "nt")
    programs = top / "environment" / ("Scripts" if os.name == "nt" else "bin")
    python = programs / f"python{'.exe' if os.name == 'nt' else ''}"
    site = _output(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", *offline, str(wheel)], check=True)
    here = _output(Path(sys.executable), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    # Plain path lines: `site.addsitedir` would also run this environment's own .pth files, which lead to the project.
    (Path(site) / "libraries.pth").write_text(f"{here}\n", "utf-8")
    return programs / f"huebrush{'.exe' if os.name == 'nt' else ''}"


def _output(*words: str | Path) -> str:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables of a user with a home of their own, who knows nothing of the project's folder."""
    (tmp_path / "run").mkdir(mode=0o700)
    names = ("PYTHON", "HUEBRUSH_", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    return kept | {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run")}


def test_doctor_looks_at_everything(huebrush: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    words = [str(huebrush), "doctor", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    findings = {finding["area"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert findings["Packages"]["status"] == "ok"
    assert findings["Disk"]["text"].endswith(str(huebrush.parents[1]))
    assert findings["PyTorch"]["status"] == "ok"
    assert str(ROOT) not in done.stdout.replace(sys.prefix, "")
    builtin = [finding for finding in json.loads(done.stdout)["findings"] if finding["area"] == "Model"]
    assert builtin[0]["text"].startswith("demo: ") and "not installed" not in builtin[0]["text"]


def test_the_plugin_is_put_into_krita_and_starts_this_backend(
    huebrush: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    krita = ("--krita-data", str(tmp_path / "krita data"), "--krita-config", str(tmp_path / "config"))

    def run(*words: str) -> None:
        command = [str(huebrush), "install-plugin", *krita, *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr

    run()
    data = tmp_path / "krita data"
    for name in ("huebrush.desktop", "huebrush/__init__.py", "huebrush/manual.html"):
        assert (data / "pykrita" / name).is_file()
    assert (data / "actions" / "huebrush.action").is_file()
    vendored = data / "pykrita" / "huebrush" / "vendor"
    assert (vendored / "any" / "huebrush_protocol" / "version.py").is_file()
    assert (vendored / wheel_targets()[0].folder / "zmq" / "__init__.py").is_file()
    assert "enable_huebrush=true" in (tmp_path / "config" / "kritarc").read_text("utf-8")
    note = json.loads((data / "huebrush" / "installation.json").read_text("utf-8"))
    started = subprocess.run([*note["command"], "--version"], capture_output=True, text=True, env=environment)
    assert started.stdout.split() == ["huebrush", Checkout(ROOT).version]
    assert note["version"] == Checkout(ROOT).version and str(huebrush.parent) in note["command"][0]

    run("--remove")
    assert not list(data.rglob("huebrush*"))


def test_a_page_gets_its_flats(huebrush: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    page = ROOT / "docs" / "example" / "line_art.png"
    words = ("--model", "none", "--result", "flats", "--palette", "#c8281e,#1e3cc8", "--output", "flats.png")
    command = [str(huebrush), "colorize", str(page), *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "flats.png").is_file()
