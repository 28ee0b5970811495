"""Runtime folder, data folder and endpoint file."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from huebrush_protocol.endpoint import Endpoint, EndpointError, read_endpoint, write_endpoint
from huebrush_protocol.locations import (
    LocationError,
    data_folder,
    krita_folder_name,
    krita_of_folder,
    private_folder,
    runtime_folder,
)

unix_only = pytest.mark.skipif(
    sys.platform == "win32", reason="there the folder of the user's profile keeps others out"
)


@unix_only
def test_the_runtime_folder_is_made_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HUEBRUSH_RUNTIME", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_folder() == tmp_path / "huebrush"
    assert stat.S_IMODE((tmp_path / "huebrush").stat().st_mode) == 0o700
    monkeypatch.setenv("HUEBRUSH_RUNTIME", str(tmp_path / "own"))
    assert runtime_folder() == tmp_path / "own"


@unix_only
def test_a_folder_open_to_others_is_refused_when_it_holds_something(tmp_path: Path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    assert stat.S_IMODE(private_folder(folder).stat().st_mode) == 0o700
    folder.chmod(0o755)
    (folder / "file").touch()
    with pytest.raises(LocationError, match="chmod 700"):
        private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


@unix_only
def test_a_link_or_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(LocationError):
            private_folder(tmp_path / name)


def test_the_data_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUEBRUSH_DATA", str(tmp_path))
    assert data_folder() == tmp_path


def test_the_folder_of_a_kritas_backend_tells_which_krita():
    assert [krita_of_folder(krita_folder_name(pid)) for pid in (1, 4711, 4_294_967_295)] == [1, 4711, 4_294_967_295]
    for other in ("krita-", "krita-0", "krita-012", "krita--3", "krita-٣", "krita-3\n", "krita-3.old", "krita", "run"):
        assert krita_of_folder(other) is None


@unix_only
def test_an_endpoint_comes_back_from_its_private_file(tmp_path: Path):
    endpoint = Endpoint("tcp://127.0.0.1:5", 7, "0.1.0", "k" * 40, "/keys/client.key_secret")
    path = write_endpoint(tmp_path, endpoint)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_endpoint(tmp_path) == read_endpoint(path) == endpoint
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", '{"pid": 3}', '{"address": 5}', '{"address": "ipc://x", "pid": "1"}', "[" * 100_000],
    ids=lambda text: text[:20],
)
def test_what_is_no_endpoint_file_says_so(tmp_path: Path, text: str):
    path = tmp_path / "endpoint.json"
    with pytest.raises(EndpointError, match="no backend"):
        read_endpoint(path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EndpointError):
        read_endpoint(path)
