"""Results in files: what is read back, what makes room, and what is passed over."""

from __future__ import annotations

import dataclasses
import json
import os
import zipfile
from pathlib import Path

import pytest
from huebrush.results.kept_results import KeptResults, NotKept
from huebrush.results.recipes import Record
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader

WIDTH, HEIGHT = 40, 30
RECORD = Record("job-1", "{group}", "2026-11-30T12:00:00+00:00", {"seed": 5}, {"model": "demo"}, {"regions": 3})


def images(value: int = 90) -> list[Image]:
    """Two layers: one of pixels, one of a single colour."""
    pixels = memoryview(bytes((value, 60, 30, 255)) * (WIDTH * HEIGHT))
    alpha = memoryview(bytes(range(100)) * 2)
    return [
        Image(ImageHeader("layer", WIDTH, HEIGHT, "BGRA", kind="flats"), pixels),
        Image(ImageHeader("layer", 20, 10, "GRAY", x=4, y=5, kind="color", color="#c04020"), alpha),
    ]


def keep(kept: KeptResults, folder: Path, job: str = "job-1") -> None:
    """Keep the result of `job`."""
    kept.keep(folder, dataclasses.replace(RECORD, job=job), f"Flats {job}", (WIDTH, HEIGHT), images())


def test_layers_and_report_are_read_back_as_they_were(document, tmp_path: Path) -> None:
    kept = KeptResults(tmp_path, 100)
    keep(kept, kept.folder_of(document))
    found = kept.of(document)["job-1"]
    assert (found.name, found.width, found.height, found.is_starred, found.has_layers) == (
        *("Flats job-1", WIDTH, HEIGHT),
        *(False, True),
    )
    layers, report = kept.read_layers(found)
    assert report == {"regions": 3}
    assert [(each.header, bytes(each.data)) for each in layers] == [
        (each.header, bytes(each.data)) for each in images()
    ]
    assert found.picture.stat().st_size > 50
    kept.star(found, is_starred=True)
    assert kept.of(document)["job-1"].is_starred
    kept.forget(found)
    assert kept.of(document) == {} and list(kept.folder_of(document).iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "garbage", "short frame", "no list", "gone"])
def test_damaged_layers_are_a_sentence(document, tmp_path: Path, damage: str) -> None:
    kept = KeptResults(tmp_path, 100)
    keep(kept, kept.folder_of(document))
    found = kept.of(document)["job-1"]
    archive = found.file.with_name("job-1.zip")
    content = archive.read_bytes()
    if damage == "cut":
        archive.write_bytes(content[: len(content) // 2])
    elif damage == "garbage":
        archive.write_bytes(b"\0" * 500)
    elif damage == "gone":
        archive.unlink()
    else:
        with zipfile.ZipFile(archive) as read:
            files = {name: read.read(name) for name in read.namelist()}
        files["1"] = files["1"][:-1]
        if damage == "no list":
            del files["layers.json"]
        with zipfile.ZipFile(archive, "w") as written:
            for name, each in files.items():
                written.writestr(name, each)
    with pytest.raises(NotKept):
        kept.read_layers(found)


@pytest.mark.parametrize("note", [b"", b"\xff", b"[]", b"{}", b'{"record": 5}', b'{"record": {"job": "job-1"}}'])
def test_notes_that_cannot_be_read_are_passed_over(document, tmp_path: Path, note: bytes) -> None:
    kept = KeptResults(tmp_path, 100)
    keep(kept, kept.folder_of(document))
    keep(kept, kept.folder_of(document), "job-2")
    (kept.folder_of(document) / "job-1.json").write_bytes(note)
    assert list(kept.of(document)) == ["job-2"]


def test_the_oldest_without_a_star_make_room(document, tmp_path: Path) -> None:
    kept = KeptResults(tmp_path, 100)
    folder = kept.folder_of(document)
    for number in range(4):
        keep(kept, folder, f"job-{number}")
        os.utime(folder / f"job-{number}.zip", (1000 + number, 1000 + number))
    kept.star(kept.of(document)["job-0"], is_starred=True)
    size = (folder / "job-0.zip").stat().st_size
    kept.megabytes = 3.2 * size / 1e6
    keep(kept, folder, "job-4")
    assert sorted(kept.of(document)) == ["job-0", "job-3", "job-4"]


def test_the_history_follows_a_document_that_is_saved_and_not_its_copy(document, tmp_path: Path) -> None:
    kept = KeptResults(tmp_path / "data", 100)
    keep(kept, kept.folder_of(document))
    document.setFileName(str(tmp_path / "page.kra"))
    assert list(kept.of(document)) == ["job-1"]
    document.setFileName(str(tmp_path / "copy.kra"))
    assert kept.of(document) == {}
    document.setFileName(str(tmp_path / "page.kra"))
    assert list(kept.of(document)) == ["job-1"]


def test_the_history_of_a_new_document_joins_that_of_the_file_it_is_saved_as(document, tmp_path: Path) -> None:
    kept = KeptResults(tmp_path / "data", 100)
    document.setFileName(str(tmp_path / "page.kra"))
    keep(kept, kept.folder_of(document))
    document.setFileName("")
    keep(kept, kept.folder_of(document), "job-2")
    document.setFileName(str(tmp_path / "page.kra"))
    assert sorted(kept.of(document)) == ["job-1", "job-2"]


def test_a_failed_write_leaves_nothing(document, tmp_path: Path) -> None:
    kept = KeptResults(tmp_path, 100)
    folder = kept.folder_of(document)
    folder.mkdir(parents=True)
    (folder / "job-1.json").mkdir()  # the note cannot be written
    with pytest.raises(OSError):
        keep(kept, folder)
    assert [path.name for path in folder.iterdir() if path.is_file()] == []
    (folder / "job-1.json").rmdir()
    keep(kept, folder)
    note = json.loads((folder / "job-1.json").read_text("ascii"))
    assert note["record"]["report"] == {} and not note["starred"]
