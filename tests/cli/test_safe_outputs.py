"""Outputs of every command: none takes the place of an input or of another output, and all places are tried first."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.engine import engine
from huebrush_backend.imaging.files import read_picture, write_png
from huebrush_backend.imaging.files.writing import Delivery
from line_drawing import line_drawing

FLATS = ("--model", "none", "--result", "flats")
PALETTE = ("--palette", "#ff0000,#00ff00")


@pytest.fixture(autouse=True)
def in_folder(page: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in the page's folder."""
    monkeypatch.chdir(page)
    (page / "colors.hex").write_text("ff0000\n00ff00\n", "utf-8")
    (page / "fixes.json").write_text("[]", "utf-8")
    return page


def colorize(*words: str) -> int:
    return main(["colorize", "lines.png", *FLATS, *words])


def snapshot(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.fixture
def never_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test fail if the command gets as far as the engine."""

    def fail(*_: object) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(engine.Engine, "colorize", fail)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--output o.ora --report o.ora", "would be written twice"),
        ("--output o.ora --report ./O.ORA", "would be written twice"),
        ("--output o.png --report o.recipe.json", "would be written twice"),
        ("--output o.png --report sub/../o.png", "would be written twice"),
        ("--output o.png --report link/o.png", "would be written twice"),
        ("--report lines-colored.ora", "would be written twice"),
        ("--output lines.png", "one of the inputs"),
        ("--output LINES.png", "one of the inputs"),
        ("--output link/lines.png", "one of the inputs"),
        ("--output hard.png", "one of the inputs"),
        ("--output soft.png", "one of the inputs"),
        ("--output ./sub/../lines.png", "one of the inputs"),
        ("--output o.ora --report lines.png", "one of the inputs"),
        ("--output o.ora --palette colors.hex --report colors.hex", "one of the inputs"),
        ("--output o.ora --fixes fixes.json --report fixes.json", "one of the inputs"),
        ("--output ref.png --reference ref.png --model demo --result picture", "one of the inputs"),
        ("--output ref.png --colored ref.png", "one of the inputs"),
        ("--output o.ora --report no/such/report.json", "does not exist"),
        ("--output o.ora --report sub", "this is a folder"),
        ("--output sub.png", "this is a folder"),
        ("--output fifo.png", "no plain file"),
        (f"--output {'x' * 300}.png", "File name too long"),
        (f"--output {'x' * 250}.png", "File name too long"),
        (f"--output o.ora --report {'x' * 300}", "File name too long"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
@pytest.mark.usefixtures("never_computes")
def test_an_output_that_would_cost_a_file_is_refused_at_the_start(
    page: Path, words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (page / "sub").mkdir()
    (page / "sub.png").mkdir()
    (page / "link").symlink_to(page)
    (page / "soft.png").symlink_to("lines.png")
    os.link(page / "lines.png", page / "hard.png")
    os.mkfifo(page / "fifo.png")
    before = snapshot(page)
    given = () if "--palette" in words or "--colored" in words or "demo" in words else PALETTE
    assert colorize(*words.split(), *given, "--overwrite") == 2
    assert says in capsys.readouterr().err
    assert snapshot(page) == before


@pytest.mark.parametrize(
    "words",
    [
        ["lines", "ref.png", "--output", "ref.png"],
        ["lines", "ref.png", "--output", "REF.png"],
        ["heatmap", "ref.png", "red", "--output", "ref.png"],
        ["replay", "old.png", "--output", "old.png"],
        ["replay", "old.recipe.json", "--output", "old.png"],
        ["replay", "old.png", "--output", "lines.png"],
        ["drawings", "sheet", "ref.png", "ref.png"],
        ["train", "demo", "--folder", ".", "--config", "configuration.json"],
    ],
)
def test_no_command_writes_over_its_input(
    page: Path, words: list[str], capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    if words[0] == "replay":
        assert colorize("--output", "old.png", *PALETTE) == 0
    if words[0] == "train":
        from huebrush_backend.training.configuration import Configuration, write_configuration

        write_configuration(Configuration(), page / "configuration.json")
    before = snapshot(page)
    capsys.readouterr()
    replace = [] if words[0] == "train" else ["--overwrite"]
    assert main([*words, *replace]) == 2
    said = capsys.readouterr().err
    assert "one of the inputs" in said or "would be replaced" in said
    assert snapshot(page) == before


@pytest.mark.parametrize(
    "words",
    [
        ["lines", "ref.png", "--output", "mine.png"],
        ["heatmap", "ref.png", "red", "--output", "mine.png"],
        ["draw", "sheet", "mine.png", "--count", "1", "--size", "32"],
        ["draw", "example", ".", "--size", "32"],
        ["drawings", "sheet", "mine.png", "."],
        ["evaluate", "--sheet", "mine.png"],
        ["colorize", "lines.png", *FLATS, *PALETTE, "--output", "o.ora", "--report", "mine.png"],
        ["colorize", "lines.png", *FLATS, *PALETTE, "--output", "mine.png"],
        ["colorize", "lines.png", *FLATS, *PALETTE, "--output", "truth.png"],
    ],
)
def test_no_command_replaces_a_file_that_it_was_not_told_to(
    page: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("mine.png", "truth.png"):
        shutil.copy(page / "ref.png", page / name)
    before = snapshot(page)
    assert main(words) == 2
    assert "exists already" in capsys.readouterr().err
    assert snapshot(page) == before


def test_a_recipe_that_is_there_is_not_replaced_by_a_new_pictures(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (page / "o.recipe.json").write_text("mine", "utf-8")
    assert colorize("--output", "o.png", *PALETTE) == 2
    assert "o.recipe.json exists already" in capsys.readouterr().err
    assert not (page / "o.png").exists()


@pytest.mark.parametrize("output", [None, "lines-colored.ora", "flat.png"])
def test_what_appears_meanwhile_stays(page: Path, monkeypatch: pytest.MonkeyPatch, output: str | None) -> None:
    """As when two runs choose the same name at once."""
    publish = Delivery.publish
    mine = Path(output or "lines-colored.ora")

    def publish_later(self: Delivery, replaceable: tuple[Path, ...] = ()) -> tuple[Path, ...]:
        mine.write_bytes(b"of another run")
        return publish(self, replaceable)

    monkeypatch.setattr(Delivery, "publish", publish_later)
    assert colorize(*PALETTE, *([] if output is None else ["--output", output])) == 0
    assert mine.read_bytes() == b"of another run"
    other = mine.with_name(f"{mine.stem}-2{mine.suffix}")
    assert read_picture(other).merged().pixels.any()
    if other.suffix == ".png":
        assert (page / "flat-2.recipe.json").is_file()
        assert not (page / "flat.recipe.json").exists()


def test_a_picture_is_never_left_without_its_recipe(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("huebrush_backend.cli.colorize_outputs.write_atomically", lambda path, write: full())
    before = snapshot(page)
    with pytest.raises(OSError, match="No space left"):
        colorize("--output", "o.png", *PALETTE)
    assert snapshot(page) == before
    assert not list(page.glob(".huebrush*"))


def test_all_places_are_tried_before_the_work(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Path.open

    def read_only(path: Path, mode: str = "r", *rest: object) -> object:
        if "x" in mode:
            raise OSError(30, "Read-only file system")
        return opened(path, mode, *rest)  # pyright: ignore[reportCallIssue, reportArgumentType]

    monkeypatch.setattr(Path, "open", read_only)
    for words in (["--output", "o.png"], []):
        assert colorize(*words, *PALETTE) == 2
        assert "cannot be written: Read-only file system; choose another --output" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_protected_file_is_not_replaced(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_png(page / "mine.png", line_drawing())
    (page / "mine.png").chmod(0o444)
    assert colorize("--output", "mine.png", "--overwrite", *PALETTE) == 2
    assert "cannot be replaced" in capsys.readouterr().err


@pytest.mark.parametrize("stem", ["線画" * 40, "é" * 125, "x" * 251])
def test_long_names_get_a_result_beside_them(page: Path, stem: str) -> None:
    name = f"{stem}.png"
    shutil.copy(page / "lines.png", page / name)
    for _ in range(2):
        assert main(["colorize", name, *FLATS, *PALETTE]) == 0
    results = sorted(page.glob("*.ora"))
    assert len(results) == 2
    assert all(result.name.startswith(stem[:40]) for result in results)


@pytest.mark.skipif(sys.platform != "linux", reason="names there are Unicode")
def test_a_name_that_is_not_utf_8(page: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    shutil.copy(page / "lines.png", page / name)
    for output in ("a.ora", "b.png"):
        assert main(["colorize", name, *FLATS, *PALETTE, "--output", output]) == 0
    assert [source.name for source in read_picture(page / "a.ora").layers] == ["Flats", "Huebrush", "caf\ufffd"]
    with zipfile.ZipFile(page / "a.ora") as archive:
        archive.read("stack.xml").decode("utf-8")
    assert main(["replay", "b.png", "--output", "c.ora"]) == 0


def test_a_palette_of_all_256_colours_in_words(page: Path) -> None:
    colors = ",".join(f"#{index * 4099:06x}" for index in range(256))
    assert colorize("--palette", colors, "--output", "o.ora") == 0
    assert (
        len(json.loads(zipfile.ZipFile(page / "o.ora").read("recipe.json"))["parameters"]["regions"]["palette"]) == 256
    )


@pytest.mark.parametrize(("name", "kind"), [("x.jpg", b"\xff\xd8"), ("x.webp", b"RIFF"), ("x.png", b"\x89PNG")])
def test_a_heatmap_is_what_its_name_says(page: Path, name: str, kind: bytes) -> None:
    assert main(["heatmap", "ref.png", "red", "--output", name, "--device", "cpu"]) == 0
    assert (page / name).read_bytes().startswith(kind)
    assert read_picture(page / name).merged().pixels.shape == (30, 20, 4)


def test_a_heatmap_in_another_format_is_refused(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["heatmap", "ref.png", "red", "--output", "x.gif"]) == 2
    assert ".png or .jpg" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["lines", "colorize", "check", "heatmap", "replay"])
def test_a_name_that_is_too_long_is_a_sentence(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = "x" * 300 + ".png"
    words = {
        "lines": ["--output", "o.png"],
        "colorize": [*FLATS, *PALETTE, "--output", "o.ora"],
        "check": ["--line-art-layer", "a", "--flats-layer", "b"],
        "heatmap": ["red", "--output", "o.png"],
        "replay": ["--output", "o.png"],
    }[command]
    assert main([command, name, *words]) == 2
    assert "File name too long" in capsys.readouterr().err


def test_a_result_has_the_usual_permissions(page: Path) -> None:
    assert colorize("--output", "o.ora", *PALETTE) == 0
    write_png(page / "plain.png", np.zeros((2, 2, 4), np.uint8))
    assert (page / "o.ora").stat().st_mode == (page / "plain.png").stat().st_mode
