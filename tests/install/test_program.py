"""The subcommands of install.py as a user runs them, on a simulated project and home."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from huebrush_installer import plugin_installation
from huebrush_installer.checkout import Checkout
from huebrush_installer.commands import demo
from huebrush_installer.environment import RUNTIME, TEST, Environment, requirement_digests
from huebrush_installer.errors import InstallError
from huebrush_installer.plugin_files import PluginSources
from huebrush_installer.program import COMMANDS, main, with_command
from huebrush_installer.vendored import WheelSource
from simulated_files import snapshot, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Linux user's home, used by a Krita, with documents; no variable of the real user shines through."""
    home = tmp_path / "user"
    write(home / ".config" / "kritarc", "[General]\na=1\n")
    write(home / ".local" / "share" / "krita" / "brushes" / "mine.kpp", "brush")
    write(home / "Pictures" / "page.kra", "a drawing")
    (home / "run").mkdir(mode=0o700)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HUEBRUSH_DATA", "HUEBRUSH_RUNTIME", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # pip runs rustc if it finds one, and rustup then writes to the home
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    return home


@pytest.fixture
def project(sources: PluginSources, wheel_source: WheelSource) -> Path:
    """A project's folder with everything that `plugin` and `doctor` need."""
    root = sources.plugin.parent
    write(root / "pyproject.toml", '[project]\nname = "huebrush"\n')
    write(sources.protocol / "version.py", 'VERSION = "1.2.3"\n')
    for name in ("torch.txt", "runtime.txt", "test.txt"):
        write(wheel_source.requirements / name, f"torch==2.13.0\n# {name}\n")
    return root


def ready_environment(project: Path) -> Environment:
    """Make what passes for the environment of `project`, with this interpreter in it."""
    checkout = Checkout(project)
    environment = Environment(checkout.environment)
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    stamp = {"requirements": requirement_digests(checkout, RUNTIME)}
    write(environment.folder / "huebrush-environment.json", json.dumps(stamp))
    return environment


@pytest.fixture
def plugin_arguments(wheel_source: WheelSource) -> list[str]:
    """The options that make `plugin` work without a network and without making an environment."""
    return ["plugin", "--python", sys.executable, "--wheels", str(wheel_source.wheels)]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str) -> None:
    words = [sys.executable, "-I", str(ROOT / "install.py"), *([command] if command else []), "--help"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"install.py {command}".strip() in done.stdout
    for name in [] if command else COMMANDS:
        assert name in done.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ([], ["install"]),
        (["--compute", "cpu"], ["install", "--compute", "cpu"]),
        (["demo", "--steps", "6"], ["demo", "--steps", "6"]),
        (["--help"], ["--help"]),
    ],
)
def test_without_a_command_it_installs(words: list[str], completed: list[str]) -> None:
    assert with_command(words) == completed


def test_installing_says_what_is_there_now(
    home: Path,
    project: Path,
    wheel_source: WheelSource,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ready_environment(project)
    monkeypatch.setattr(plugin_installation, "WheelSource", lambda *_: wheel_source)
    assert main(project, []) == 0
    said = capsys.readouterr().out
    plugin = home / ".local" / "share" / "krita" / "pykrita" / "huebrush"
    assert (plugin / "__init__.py").exists()
    assert f"{project / '.venv'}  the Python environment" in said
    assert f"{plugin}  the plugin for" in said
    assert main(project, ["--no-plugin"]) == 0
    assert str(plugin) not in capsys.readouterr().out


def test_installing_without_a_krita(
    tmp_path: Path, home: Path, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ready_environment(project)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert main(project, []) == 0
    said = capsys.readouterr().out
    assert "the plugin is not installed" in said
    assert "Huebrush is installed" in said


@pytest.mark.skipif(sys.platform != "linux", reason="the simulated home is a Linux user's")
def test_install_again_and_uninstall(
    home: Path, project: Path, plugin_arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(home)
    assert main(project, plugin_arguments) == 0
    krita = home / ".local" / "share" / "krita"
    assert (krita / "pykrita" / "huebrush" / "vendor" / "any" / "huebrush_protocol" / "messages.py").exists()
    record = json.loads((krita / "huebrush" / "installation.json").read_text("utf-8"))
    assert record["command"] == [sys.executable, "-m", "huebrush_backend.cli.main"]
    assert record["version"] == "1.2.3"
    capsys.readouterr()

    assert main(project, plugin_arguments) == 0
    assert "is up to date" in capsys.readouterr().out

    write(home / ".local" / "share" / "huebrush" / "models" / "weights.safetensors", "fetched by the user")
    write(home / "run" / "huebrush" / "krita-1" / "backend.log", "log").parents[1].chmod(0o700)
    assert main(project, ["uninstall"]) == 0
    assert snapshot(home) == before
    assert main(project, ["uninstall"]) == 0
    assert snapshot(home) == before
    assert "There was nothing to remove." in capsys.readouterr().out


def test_uninstall_all_removes_what_was_made_in_the_project(home: Path, project: Path) -> None:
    before = snapshot(project)
    for folder in (".venv", "build", "demo", "huebrush.egg-info"):
        write(project / folder / "inside" / "file", "made by the installer")
    assert main(project, ["uninstall", "--all"]) == 0
    assert {name for name in snapshot(project) if name.startswith(("build", "demo", ".venv", "huebrush.egg"))} == set()
    assert set(before) - set(snapshot(project)) == set()


def test_data_in_a_folder_that_the_user_chose_is_not_swept_away(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = home / "Pictures"
    write(chosen / "models" / "mine" / "weights.safetensors", "fetched")
    monkeypatch.setenv("HUEBRUSH_DATA", str(chosen))
    assert main(project, ["uninstall"]) == 0
    assert snapshot(chosen) == {"page.kra": b"a drawing"}


def test_keeping_the_data(home: Path, project: Path) -> None:
    model = write(home / ".local" / "share" / "huebrush" / "models" / "weights.safetensors", "fetched")
    assert main(project, ["uninstall", "--keep-data"]) == 0
    assert model.exists()


def test_named_folders_touch_nothing_else(
    home: Path, project: Path, plugin_arguments: list[str], tmp_path: Path
) -> None:
    before = snapshot(home)
    named = ["--krita-data", str(tmp_path / "kd"), "--krita-config", str(tmp_path / "kc")]
    assert main(project, [*plugin_arguments, *named]) == 0
    assert (tmp_path / "kd" / "pykrita" / "huebrush.desktop").exists()
    assert "enable_huebrush=true" in (tmp_path / "kc" / "kritarc").read_text("utf-8")
    model = write(home / ".local" / "share" / "huebrush" / "models" / "weights.safetensors", "fetched")
    assert main(project, ["uninstall", *named]) == 0
    assert model.exists()
    assert not (tmp_path / "kd").exists()
    assert not (tmp_path / "kc").exists()
    model.unlink()
    for folder in (model.parent, model.parents[1]):
        folder.rmdir()
    assert snapshot(home) == before


def test_no_krita_says_what_to_do(
    tmp_path: Path,
    home: Path,
    project: Path,
    plugin_arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert main(project, plugin_arguments) == 1
    said = capsys.readouterr().out
    assert "no Krita was found" in said
    assert "--krita-data" in said


def test_doctor_before_anything_is_installed(home: Path, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(project, ["doctor", "--json"]) == 1
    findings = {finding["area"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["Environment"]["status"] == "problem"
    assert findings["Environment"]["remedy"] == "Run: python3 install.py"
    assert findings["Plugin (Krita for Linux)"]["status"] == "warning"
    assert main(project, ["doctor"]) == 1
    assert "Run: python3 install.py" in capsys.readouterr().out


def test_doctor_sees_the_state_of_the_plugin(
    home: Path, project: Path, plugin_arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def plugin_finding() -> dict[str, str]:
        capsys.readouterr()
        main(project, ["doctor", "--json"])
        findings = json.loads(capsys.readouterr().out)["findings"]
        return next(finding for finding in findings if finding["area"].startswith("Plugin"))

    main(project, plugin_arguments)
    assert plugin_finding()["status"] == "ok"
    write(home / ".config" / "kritarc", "[python]\nenable_huebrush=false\n")
    assert "switched off" in plugin_finding()["text"]
    main(project, plugin_arguments)
    write(project / "krita_plugin" / "huebrush" / "__init__.py", "print('newer')\n")
    assert "1 files differ" in plugin_finding()["text"]
    installation = home / ".local" / "share" / "krita" / "huebrush" / "installation.json"
    write(installation, json.dumps({**json.loads(installation.read_text("utf-8")), "command": ["/gone/python"]}))
    assert plugin_finding()["status"] == "problem"


def test_an_environment_is_ready_only_for_the_requirements_it_was_made_from(project: Path) -> None:
    checkout = Checkout(project)
    assert not Environment(checkout.environment).is_ready(checkout, RUNTIME)
    environment = ready_environment(project)
    stamp = environment.folder / "huebrush-environment.json"
    assert environment.is_ready(checkout, RUNTIME)
    assert not environment.is_ready(checkout, TEST)
    write(stamp, json.dumps({"requirements": requirement_digests(checkout, TEST)}))
    assert environment.is_ready(checkout, RUNTIME)
    write(project / "requirements" / "runtime.txt", "another==1\n")
    assert not environment.is_ready(checkout, RUNTIME)


def test_a_demo_that_fails_in_krita_still_shows_what_was_made(
    home: Path,
    project: Path,
    tmp_path: Path,
    wheel_source: WheelSource,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(**_: object) -> None:
        raise InstallError("Krita ended without a result", "what to do")

    ready_environment(project)
    monkeypatch.setattr(plugin_installation, "WheelSource", lambda *_: wheel_source)
    monkeypatch.setattr(demo, "colorize_files", lambda *_: None)
    monkeypatch.setattr(demo, "runner", lambda _: Path("kritarunner"))
    monkeypatch.setattr(demo, "colorize_in_krita", fail)
    assert main(project, ["demo", "--output", str(tmp_path / "results")]) == 1
    said = capsys.readouterr().out
    assert str(tmp_path / "results" / "colorized.png") in said
    assert "Settings > Dockers > Huebrush" in said
    assert "Krita ended without a result" in said.partition("colorized.png")[2]
    assert "what to do" in said


@pytest.fixture
def entry_point() -> ModuleType:
    """install.py as a module."""
    specification = importlib.util.spec_from_file_location("install_entry_point", ROOT / "install.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("version", [(3, 8, 10), (3, 15, 0)])
def test_an_unsuitable_python_is_told_which_to_use(
    entry_point: ModuleType,
    version: tuple[int, int, int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(entry_point, "suitable_interpreters", lambda: ["python3.12"])
    monkeypatch.setattr(entry_point.sys, "version_info", version)
    assert entry_point.main() == 2
    said = capsys.readouterr().out
    assert f"this one is {version[0]}.{version[1]}" in said
    assert "python3.12 install.py" in said
