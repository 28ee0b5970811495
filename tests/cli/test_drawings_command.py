"""`huebrush drawings` on the command line."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.drawings import sets
from huebrush_backend.imaging.files import read_picture
from small_drawings import BERRY, HOUSE


@pytest.fixture
def fetched_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the only set one with a single drawing, whose file lies in the returned folder."""
    body = HOUSE.decode().partition(">")[2].removesuffix("</svg>")
    text = json.dumps({"width": 100, "height": 100, "icons": {"house": {"body": body}}}).encode()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        member = tarfile.TarInfo("package/icons.json")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    only = replace(sets.SETS[0], sha256=hashlib.sha256(stream.getvalue()).hexdigest())
    (tmp_path / only.file).write_bytes(stream.getvalue())
    monkeypatch.setattr(sets, "SETS", (only,))
    return tmp_path


def test_fetch_measures_and_says_what_is_there(fetched_by_hand: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = fetched_by_hand / "cache"
    words = ["drawings", "fetch", "--from", str(fetched_by_hand), "--folder", str(cache), "--processes", "1"]
    assert main(words) == 0
    assert capsys.readouterr().out == (
        "fluent: 1 drawings, 1 of 1 measured can be read, 1 are fit to train on, 0 fit ones are held out\n"
    )
    assert main(["drawings", "list", "--folder", str(cache)]) == 0
    shown = capsys.readouterr().out
    assert "Microsoft Corporation; MIT" in shown
    assert "1 drawings" in shown
    sheet = fetched_by_hand / "sheet.png"
    assert (
        main(["drawings", "sheet", str(sheet), "fluent", "--folder", str(cache), "--count", "2", "--size", "32"]) == 0
    )
    assert read_picture(sheet).merged().pixels.shape == (64, 160, 4)


def test_a_sheet_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "berry.svg").write_bytes(BERRY)
    words = ["drawings", "sheet", str(tmp_path / "sheet.png"), str(tmp_path), "--count", "1", "--size", "48"]
    assert main(words) == 0
    assert "1 pairs of 1 subjects" in capsys.readouterr().out
    assert read_picture(tmp_path / "sheet.png").merged().pixels.shape == (48, 240, 4)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["fetch", "nothing"], "no set of drawings is called 'nothing'"),
        (["fetch", "fluent", "--from", "nowhere"], "nowhere has no iconify-json-fluent-emoji-flat"),
        (["sheet", "out.png", "fluent"], "huebrush drawings fetch fluent"),
        (["fetch", "fluent", "--folder", "file"], "--folder file is no folder"),
        (["fetch", "fluent", "--folder", "file/in"], "cannot be put into file"),
        (["list", "--folder", "file"], "--folder file is no folder"),
        (["sheet", "out.png", "fluent", "--folder", "file"], "--folder file is no folder"),
        (["sheet", "out.png", "fluent", "--folder", "a b"], 'huebrush drawings fetch fluent --folder "a b"'),
        (["sheet", "out.png", "nowhere"], "nowhere is no folder"),
        (["sheet", "nosuch/out.png", "."], "the folder nosuch does not exist"),
        (["sheet", "", "."], "a value is empty"),
        (["sheet", "out.jpg", "."], "out.jpg: the sheet is written as .png"),
        (["sheet", "out.png", ".", "--size", "100000"], "100000 is not within 16 to 2048"),
        (["sheet", "out.png", ".", "--size", "2048", "--count", "9"], "use a smaller --count or --size"),
        (["sheet", "out.png", ".", "--size", "16", "--count", "2048"], "use a smaller --count or --size"),
    ],
)
def test_mistakes_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    try:
        status = main(["drawings", words[0], "--folder", str(tmp_path / "cache"), *words[1:]])
    except SystemExit as error:  # argparse
        status = error.code
    assert status == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("damage", ["no zip file", "cut off", "a drawing"])
def test_a_damaged_set_is_named_and_fetched_anew(
    fetched_by_hand: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    cache = fetched_by_hand / "cache"
    fetch = ["drawings", "fetch", "--from", str(fetched_by_hand), "--folder", str(cache), "--processes", "1"]
    assert main(fetch) == 0
    archive = cache / "fluent.zip"
    whole = archive.read_bytes()
    middle = len("house.svg") + 30
    archive.write_bytes(
        {
            "no zip file": b"not a zip file",
            "cut off": whole[:-30],
            "a drawing": whole[:middle] + bytes(20) + whole[middle + 20 :],
        }[damage]
    )
    assert main(["drawings", "list", "--folder", str(cache)]) == 0
    if damage != "a drawing":
        assert "damaged; fetch it again" in capsys.readouterr().out
    sheet = ["drawings", "sheet", str(cache / "sheet.png"), "fluent", "--folder", str(cache), "--size", "32"]
    assert main(sheet) == 2
    assert "fluent" in capsys.readouterr().err
    assert main(fetch) == 0
    assert archive.read_bytes() == whole
    assert main(sheet) == 0


def test_a_damaged_line_of_the_measures_is_ignored(fetched_by_hand: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = fetched_by_hand / "cache"
    fetch = ["drawings", "fetch", "--from", str(fetched_by_hand), "--folder", str(cache), "--processes", "1"]
    assert main(fetch) == 0
    (measures,) = cache.glob("*.jsonl")
    measures.write_bytes(b'{"name": "\xff"}\n' + measures.read_bytes())
    for words in (["drawings", "list", "--folder", str(cache)], fetch):
        capsys.readouterr()
        assert main(words) == 0
        assert "1 of 1 measured can be read, 1 are fit to train on" in capsys.readouterr().out


def test_a_set_without_fit_drawings_says_why(fetched_by_hand: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = fetched_by_hand / "cache"
    assert main(["drawings", "fetch", "--from", str(fetched_by_hand), "--folder", str(cache), "--processes", "1"]) == 0
    sheet = ["drawings", "sheet", str(cache / "sheet.png"), "fluent", "--folder", str(cache), "--held-out"]
    assert main(sheet) == 2
    assert "has no drawing that is fit and held out to measure" in capsys.readouterr().err
    (measures,) = cache.glob("*.jsonl")
    measures.unlink()
    assert main(sheet) == 2
    assert f"drawings that are not measured; run: huebrush drawings fetch fluent --folder {cache}" in (
        capsys.readouterr().err
    )
