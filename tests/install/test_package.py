"""`install.py package`: the plugin as a ZIP that Krita imports, the wheel with that ZIP in it, and their checksums."""

from __future__ import annotations

import hashlib
import io
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from huebrush_installer.checkout import Checkout
from huebrush_installer.console import Console
from huebrush_installer.context import Context
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_locations import Surroundings
from huebrush_installer.packaging import CHECKSUMS, make_packages
from huebrush_installer.plugin_files import PluginSources
from huebrush_installer.plugin_zip import unpack_zip, write_zip
from huebrush_installer.vendored import PLATFORMS, WheelTarget, every_target, wheel_targets
from simulated_files import make_wheel, snapshot, write

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("backend", "protocol", "krita_plugin", "docs", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with made-up wheels for every platform, which its requirements pin by their hashes."""
    top = tmp_path_factory.mktemp("package")
    left_out = shutil.ignore_patterns("__pycache__", "*.safetensors", "*.egg-info")
    for name in COPIED:
        source, copy = ROOT / name, top / "project" / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=left_out)
        else:
            shutil.copy(source, copy)
    (top / "wheels").mkdir()
    hashes = []
    for target in every_target():
        hashes.append(make_wheel(top / "wheels", "pyzmq", tags_of(target), {"zmq/_zmq.so": target.folder}))
    pins = "".join(f" --hash=sha256:{digest}" for digest in hashes)
    write(top / "project" / "requirements" / "plugin-pyzmq.txt", f"pyzmq==1.0{pins}\n")
    digest = make_wheel(top / "wheels", "msgpack", "cp312-cp312-manylinux_2_17_x86_64", {"msgpack/fallback.py": ""})
    write(top / "project" / "requirements" / "plugin-msgpack.txt", f"msgpack==1.0 --hash=sha256:{digest}\n")
    return top


def tags_of(target: WheelTarget) -> str:
    """Return the tags in the file name of the wheel for `target`."""
    suffix = target.folder.rpartition("-")[2]
    return f"cp{target.python.replace('.', '')}-{suffix}-{target.platforms[0]}"


def package(top: Path, output: Path, said: io.StringIO | None = None) -> list[Path]:
    """Make the packages of the copied project in `output`."""
    context = Context(Checkout(top / "project"), Surroundings.here(), Console(said or io.StringIO()))
    return make_packages(context, Path(sys.executable), output, top / "wheels")


@pytest.fixture(scope="module")
def made(project: Path) -> list[Path]:
    """The ZIP, the wheel and the checksums."""
    return package(project, project / "output")


def test_the_zip_has_the_plugin_with_libraries_for_every_platform_and_all_that_belongs_to_it(made: list[Path]) -> None:
    version = Checkout(ROOT).version
    packages = [f"huebrush-krita-{version}.zip", f"huebrush-{version}-py3-none-any.whl"]
    assert [path.name for path in made] == [*packages, CHECKSUMS]
    with zipfile.ZipFile(made[0]) as archive:
        names = archive.namelist()
        binaries = {name: archive.read(name).decode() for name in names if name.endswith("_zmq.so")}
        manual = archive.read("huebrush/manual.html").decode("utf-8")
    assert len(names) == len(set(names))
    assert len(binaries) == 3 * len(PLATFORMS)
    assert binaries == {f"huebrush/vendor/{target.folder}/zmq/_zmq.so": target.folder for target in every_target()}
    wanted = {"huebrush.desktop", "actions/huebrush.action", "huebrush/__init__.py", "huebrush/catalogue/ja.json"}
    wanted |= {"huebrush/vendor/any/huebrush_protocol/version.py", "huebrush/vendor/any/msgpack/fallback.py"}
    assert wanted <= set(names)
    assert manual.count("data:image/png;base64,") > 10
    folders = {name for name in names if name.endswith("/")}
    for name in names:
        parent = name.rstrip("/").rpartition("/")[0]
        assert not parent or f"{parent}/" in folders, f"{name}: Krita's importer needs an entry for its folder"
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".complete", ".whl"))]


def test_the_wheel_holds_the_same_zip(made: list[Path]) -> None:
    with zipfile.ZipFile(made[1]) as wheel:
        assert wheel.read(f"huebrush_installer/plugin/{made[0].name}") == made[0].read_bytes()
        folders = {name.rpartition("/")[0] for name in wheel.namelist()}
    assert "huebrush_backend/models/clip_vocabulary" in folders


def test_the_checksums_are_those_of_the_files(made: list[Path]) -> None:
    lines = [line.split("  ") for line in made[2].read_text("utf-8").splitlines()]
    assert {name: digest for digest, name in lines} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made[:2]
    }


def test_the_same_project_gives_the_same_bytes(project: Path, made: list[Path]) -> None:
    again = package(project, project / "again")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in made]


def test_what_cannot_be_had_is_named_and_nothing_is_half_made(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "project", tmp_path / "project", ignore=shutil.ignore_patterns("build"))
    shutil.copytree(project / "wheels", tmp_path / "wheels")
    (gone,) = (tmp_path / "wheels").glob("pyzmq-*cp311*win_arm64.whl")
    gone.unlink()
    with pytest.raises(InstallError, match=r"win-arm64-cp311$") as caught:
        package(tmp_path, tmp_path / "output")
    assert "--wheels" in caught.value.remedy
    assert not (tmp_path / "output").exists()


def test_a_place_that_cannot_be_written_is_named(project: Path, tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="a file") as caught:
        package(project, write(tmp_path / "a file"))
    assert "--output" in caught.value.remedy


def test_what_is_unpacked_of_it_here_is_what_is_copied_from_the_project(sources: PluginSources, tmp_path: Path) -> None:
    here = tuple(target.folder for target in wheel_targets())
    other = next(target.folder for target in every_target() if target.folder not in here)
    for name in (here[0], other):
        write(sources.vendor / name / "zmq" / "_zmq.so", name)
    every = PluginSources(sources.plugin, sources.protocol, sources.vendor, ("any", here[0], other), sources.manual)
    write_zip(tmp_path / "plugin.zip", every.files())
    unpacked = unpack_zip(tmp_path / "plugin.zip", tmp_path / "unpacked", ("any", *here))
    some = PluginSources(sources.plugin, sources.protocol, sources.vendor, ("any", here[0]), sources.manual)
    contents = [{name: path.read_bytes() for name, path in files.files().items()} for files in (some, unpacked)]
    assert contents[0] == contents[1]


@pytest.mark.parametrize("content", [b"no archive", None])
def test_a_file_that_is_not_the_plugin_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "plugin.zip"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("something/else.txt", "")
    else:
        path.write_bytes(content)
    with pytest.raises(InstallError):
        unpack_zip(path, tmp_path / "unpacked", ("any",))
    assert "pykrita" not in str(snapshot(tmp_path))
