"""Files that are made without ever taking another one's place by chance."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest
from huebrush_backend.imaging.files import writing
from huebrush_backend.imaging.files.picture import PictureError
from huebrush_backend.imaging.files.writing import delivery, exists, fitting_name, free_names, write_atomically


def publish(*groups: list[Path], replaceable: tuple[Path, ...] = ()) -> list[str]:
    """Deliver files that hold their own names; gives the names under which they lie now."""
    with delivery(*groups) as files:
        for path, staged in files.staged.items():
            staged.write_text(f"new {path.name}", "utf-8")
        return [path.name for path in files.publish(replaceable)]


def content(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def test_files_that_belong_together_get_free_names_together(tmp_path: Path) -> None:
    (tmp_path / "a.recipe.json").write_text("kept", "utf-8")
    (tmp_path / "a-2.png").write_text("kept too", "utf-8")
    names = publish([tmp_path / "a.png", tmp_path / "a.recipe.json"], [tmp_path / "report.json"])
    assert names == ["a-3.png", "a-3.recipe.json", "report.json"]
    assert content(tmp_path) == {
        "a.recipe.json": "kept",
        "a-2.png": "kept too",
        "a-3.png": "new a.png",
        "a-3.recipe.json": "new a.recipe.json",
        "report.json": "new report.json",
    }


def test_only_what_is_replaceable_is_replaced(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_text("old", "utf-8")
    assert publish([tmp_path / "a.png"], [tmp_path / "b.png"], replaceable=(tmp_path / "a.png",)) == [
        "a.png",
        "b-2.png",
    ]
    assert content(tmp_path) == {"a.png": "new a.png", "b.png": "old", "b-2.png": "new b.png"}


@pytest.mark.parametrize("replaceable", [False, True])
def test_all_files_come_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaceable: bool) -> None:
    group = [tmp_path / "a.png", tmp_path / "a.recipe.json"]
    before = {}
    if replaceable:
        before = {"a.png": "old picture", "a.recipe.json": "old recipe"}
        for path in group:
            path.write_text(before[path.name], "utf-8")

    def refuse_pictures(source: Path, target: object) -> Path:
        if str(target).endswith("a.png") and "old" not in source.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.replace(source, str(target))  # noqa: PTH105 (Path.replace is what is replaced)
        return Path(str(target))

    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(Path, "replace", refuse_pictures)
    monkeypatch.setattr(writing.os, "link", no_links)
    with pytest.raises(PictureError, match=r"a\.png: it cannot be written: No space left"):
        publish(group, replaceable=tuple(group) if replaceable else ())
    after = content(tmp_path)
    assert {name: text for name, text in after.items() if text} == before


@pytest.mark.skipif(sys.platform == "win32", reason="the file system's hard links are taken away")
def test_a_disk_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(writing.os, "link", no_links)
    (tmp_path / "b.png").write_text("old", "utf-8")
    assert publish([tmp_path / "a.png"], [tmp_path / "b.png"]) == ["a.png", "b-2.png"]
    assert publish([tmp_path / "b.png"], replaceable=(tmp_path / "b.png",)) == ["b.png"]
    assert content(tmp_path) == {"a.png": "new a.png", "b.png": "new b.png", "b-2.png": "new b.png"}


def test_the_reason_is_shown_and_not_that_the_temporary_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def full(stream: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "unlink", read_only)
    with pytest.raises(PictureError, match="No space left on device"):
        write_atomically(tmp_path / "a.png", full)


def test_an_error_names_the_file_that_the_user_knows(tmp_path: Path) -> None:
    with pytest.raises(PictureError) as caught, delivery([tmp_path / "a.png"]) as files:
        raise PictureError(files.staged[tmp_path / "a.png"], "it is too large.")
    assert str(caught.value) == f"{tmp_path / 'a.png'}: it is too large."
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stem", ["線画" * 60, "é" * 200, "e\u0301" * 90, "x" * 400])
def test_long_names_are_cut_between_characters(stem: str) -> None:
    name = fitting_name(stem, "-colored.ora")
    assert 240 < len(name.encode()) <= 255
    assert name.endswith("-colored.ora")
    assert stem.startswith(name.removesuffix("-colored.ora"))
    first, second = (names for names, _ in zip(free_names([Path(name)]), range(2), strict=False))
    assert first == (Path(name),)
    assert second[0].name.endswith("-2.ora")
    assert len(second[0].name.encode()) <= 255


def test_whatever_has_a_name_exists(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    assert exists(tmp_path / "nowhere")
    assert not exists(tmp_path / "missing")
    assert not exists(tmp_path / ("x" * 300))
    assert not exists(tmp_path / "nul\0")
