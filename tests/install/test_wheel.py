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

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("backend", "protocol", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def huebrush(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `huebrush` program of a fresh environment that has the wheel, and all else from this one."""
    top = tmp_path_factory.mktemp("wheel")
    (top / "source").mkdir()
    for name in SOURCE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, top / "source" / name)
    offline = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    build = [sys.executable, "-m", "pip", "wheel", *offline, "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(top), str(top / "source")], check=True)
    shutil.rmtree(top / "source")
    (wheel,) = top.glob("*.whl")
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


def test_doctor_looks_at_everything(huebrush: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    names = ("PYTHON", "HUEBRUSH_", "XDG_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    environment |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
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
