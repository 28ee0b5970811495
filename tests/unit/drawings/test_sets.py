"""Sets of drawings are fetched with npm and apt-get, checked, measured, and divided; a tenth is held out."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from huebrush_backend.drawings.fetching import FetchError, fetch_set, measure_set
from huebrush_backend.drawings.sets import SETS, Archive, DrawingSet, find_set, is_held_out, subject_of
from huebrush_backend.drawings.sources import SourceError, open_set
from small_drawings import HOUSE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins for npm and apt-get are shell scripts")

BODY = HOUSE.decode().partition(">")[2].removesuffix("</svg>")
NAMES = [f"house-{letter}" for letter in "abcdv"]


def packed(files: dict[str, bytes], mode: Literal["w:gz", "w:xz"]) -> bytes:
    """Return a tar archive of `files`."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("./usr/share/openclipart/svg/link.svg")
        link.type, link.linkname = tarfile.SYMTYPE, "house.svg"
        archive.addfile(link)
    return stream.getvalue()


def npm_file() -> bytes:
    """Return an npm package with icons, one of which is damaged."""
    icons = {name: {"body": BODY} for name in NAMES} | {
        "broken": {"body": "<rect"},
        "dot": {"body": "<rect width='9'/>"},
    }
    text = json.dumps({"prefix": "test", "width": 100, "height": 100, "icons": icons})
    return packed({"package/icons.json": text.encode()}, "w:gz")


def debian_file() -> bytes:
    """Return a Debian package with one drawing and a link to it."""
    data = packed({"./usr/share/openclipart/svg/houses/house.svg": HOUSE, "./usr/share/doc/copyright": b"free"}, "w:xz")
    members = {"debian-binary": b"2.0\n", "control.tar.xz": b"odd", "data.tar.xz": data}
    package = b"!<arch>\n"
    for name, content in members.items():
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
        package += header + content + b"\n" * (len(content) % 2)
    return package


def a_set(tool: str, content: bytes) -> DrawingSet:
    """Return a set whose file has this content."""
    original = SETS[0] if tool == "npm" else SETS[2]
    return replace(original, name="test", sha256=hashlib.sha256(content).hexdigest())


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the only place where programs are found."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def stand_in(programs: Path, wanted: DrawingSet, content: bytes, status: int = 0) -> Path:
    """Put a program in `programs` that writes `content` as the set's file; return the file with what it was called
    with."""
    calls, served = programs / "calls.txt", programs / "served"
    served.write_bytes(content)
    program = programs / wanted.tool
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"pathlib.Path({str(calls)!r}).open('a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        f"if {status}:\n    print('no network here', file=sys.stderr)\n    sys.exit({status})\n"
        f"pathlib.Path({wanted.file!r}).write_bytes(pathlib.Path({str(served)!r}).read_bytes())\n"
    )
    program.chmod(0o755)
    return calls


@pytest.mark.parametrize(
    ("tool", "content", "call", "name"),
    [
        ("npm", npm_file(), "pack --ignore-scripts @iconify-json/fluent-emoji-flat@1.2.6", "house-a.svg"),
        ("apt-get", debian_file(), "download openclipart-svg=1:0.18+dfsg-19", "houses/house.svg"),
    ],
)
def test_a_set_is_fetched_once(tmp_path: Path, programs: Path, tool: str, content: bytes, call: str, name: str) -> None:
    wanted = a_set(tool, content)
    calls = stand_in(programs, wanted, content)
    for _ in range(2):
        archive = fetch_set(wanted, tmp_path / "cache")
        assert name in archive.names()
        assert "link.svg" not in " ".join(archive.names())
    assert calls.read_text().splitlines() == [call]
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["test.zip"]


def test_another_file_is_refused_and_leaves_nothing(tmp_path: Path, programs: Path) -> None:
    wanted = a_set("npm", npm_file())
    stand_in(programs, wanted, b"something else")
    with pytest.raises(FetchError, match=f"not {wanted.sha256}"):
        fetch_set(wanted, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_program_is_named_with_a_way_out(tmp_path: Path, programs: Path) -> None:
    with pytest.raises(FetchError, match=r"npm, which is not installed.*--from"):
        fetch_set(a_set("npm", b""), tmp_path / "cache")


def test_the_program_s_own_words_are_shown(tmp_path: Path, programs: Path) -> None:
    wanted = a_set("npm", b"")
    stand_in(programs, wanted, b"", status=1)
    with pytest.raises(FetchError, match="no network here"):
        fetch_set(wanted, tmp_path / "cache")


@pytest.mark.parametrize("name", ["openclipart-svg_1%3a0.18+dfsg-19_all.deb", "openclipart-svg_0.18+dfsg-19_all.deb"])
def test_a_file_from_elsewhere_is_taken(tmp_path: Path, programs: Path, name: str) -> None:
    (tmp_path / name).write_bytes(debian_file())
    archive = fetch_set(a_set("apt-get", debian_file()), tmp_path / "cache", tmp_path)
    assert archive.read("houses/house.svg") == HOUSE


def test_a_folder_without_the_file_is_named(tmp_path: Path, programs: Path) -> None:
    with pytest.raises(FetchError, match="has no"):
        fetch_set(a_set("npm", b""), tmp_path / "cache", tmp_path)


def test_measuring_goes_on_where_it_stopped(tmp_path: Path, programs: Path) -> None:
    archive = fetched(tmp_path, programs)
    reports: list[tuple[int, int]] = []
    measure_set(archive, 1, lambda done, total: reports.append((done, total)))
    whole = dict(archive.measured())
    assert whole["broken.svg"] is None
    assert reports == [(0, 7), (7, 7)]

    lines = archive.measures_path.read_text().splitlines(keepends=True)
    archive.measures_path.write_text("".join(lines[:4]) + lines[4][:20] + "\n")
    reports.clear()
    measure_set(archive, 1, lambda done, total: reports.append((done, total)))
    assert reports == [(4, 7), (7, 7)]
    assert dict(archive.measured()) == whole


def test_what_is_held_out_is_never_trained_on(tmp_path: Path, programs: Path) -> None:
    archive = fetched(tmp_path, programs)
    measure_set(archive, 1)
    training, held = (open_set(archive, held_out) for held_out in (False, True))
    names = [{name for subject in source.subjects for name in subject} for source in (training, held)]
    assert names[0] | names[1] == {f"{name}.svg" for name in NAMES}
    assert not names[0] & names[1]
    assert names[1]


def test_a_set_that_is_not_measured_is_refused(tmp_path: Path, programs: Path) -> None:
    with pytest.raises(SourceError, match="huebrush drawings fetch"):
        open_set(fetched(tmp_path, programs))


def test_about_a_tenth_is_held_out_for_good() -> None:
    held = [name for name in map(str, range(10_000)) if is_held_out(f"subject {name} x")]
    assert 900 < len(held) < 1100
    assert [is_held_out(name) for name in ("collision", "owl", "fire")] == [False, False, False]


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("woman-running-medium-dark.svg", "running"),
        ("woman-running-medium-dark-skin-tone.svg", "running"),
        ("man-running-facing-right-light", "running"),
        ("clapping-hands-dark-skin-tone", "clapping-hands"),
        ("animals/birds/parrot_02.svg", "parrot"),
        ("light-bulb", "light-bulb"),
        ("woman", "woman"),
        ("flashlight", "flashlight"),
    ],
)
def test_variants_are_one_subject(name: str, subject: str) -> None:
    assert subject_of(name) == subject


def test_sets_are_found_by_name() -> None:
    assert find_set("noto").licence == "Apache-2.0"
    with pytest.raises(LookupError, match="fluent, noto, openclipart"):
        find_set("nothing")


def fetched(tmp_path: Path, programs: Path) -> Archive:
    """Return a fetched set of npm."""
    wanted = a_set("npm", npm_file())
    stand_in(programs, wanted, npm_file())
    return fetch_set(wanted, tmp_path / "cache")
