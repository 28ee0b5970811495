"""`huebrush colorize` with several pages."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.cli.progress import ProgressDisplay
from huebrush_backend.engine import engine
from huebrush_backend.engine.request import (
    Cancelled,
    ColorizeRequest,
    ColorizeResult,
    EventCallback,
    ProgressEvent,
)
from huebrush_backend.imaging.files import Layer, read_picture, write_ora, write_png
from line_drawing import HEIGHT, WIDTH, line_drawing

IsCancelled = Callable[[], bool]


@pytest.fixture(autouse=True)
def pages(page: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a.png, b.png (no picture), c.png, and ref.png beside it, to work in."""
    monkeypatch.chdir(page)
    for name in ("a.png", "c.png"):
        write_png(page / name, line_drawing())
    (page / "b.png").write_bytes(b"no picture")
    return page


def colorize(*words: str) -> int:
    return main(["colorize", *words, "--reference", "ref.png", "--output-folder", "out"])


def test_a_page_that_fails_does_not_stop_the_others(
    pages: Path, requests_seen: list[ColorizeRequest], capsys: pytest.CaptureFixture[str]
) -> None:
    assert colorize("a.png", "b.png", "missing.png", "c.png", "./a.png") == 1
    said = capsys.readouterr()
    assert sorted(file.name for file in (pages / "out").iterdir()) == ["a.ora", "c.ora"]
    assert read_picture(pages / "out" / "a.ora").layer("Colour").pixels.any()
    assert len(requests_seen) == 2
    assert "2 done, 2 failed" in said.out
    assert "b.png" in said.out
    assert "missing.png: there is no such file" in " ".join(said.out.split())
    assert "[4/4] c.png: done" in said.err
    assert "[2/4] b.png: failed" in said.err


def test_one_engine_carries_out_all(monkeypatch: pytest.MonkeyPatch, requests_seen: list[ColorizeRequest]) -> None:
    made: list[str] = []
    given = engine.Engine

    class Counted(given):
        def __init__(self, device: str) -> None:
            made.append(device)
            super().__init__(device)

    monkeypatch.setattr(engine, "Engine", Counted)
    assert colorize("a.png", "c.png", "lines.png", "--device", "cpu") == 0
    assert made == ["cpu"]
    assert [request.line_art_name for request in requests_seen] == ["a", "c", "lines"]


def test_resume_leaves_out_what_is_done(
    pages: Path, requests_seen: list[ColorizeRequest], capsys: pytest.CaptureFixture[str]
) -> None:
    assert colorize("a.png") == 0
    before = (pages / "out" / "a.ora").read_bytes()
    assert colorize("a.png", "c.png") == 2
    assert "--resume" in capsys.readouterr().err
    assert not (pages / "out" / "c.ora").exists()
    assert colorize("a.png", "b.png", "c.png", "--resume") == 1
    assert "1 done, 1 left out, 1 failed" in capsys.readouterr().out
    assert (pages / "out" / "a.ora").read_bytes() == before
    write_png(pages / "b.png", line_drawing())
    assert colorize("a.png", "b.png", "c.png", "--resume") == 0
    assert "1 done, 2 left out" in capsys.readouterr().out
    assert [request.line_art_name for request in requests_seen] == ["a", "c", "b"]
    assert colorize("a.png", "b.png", "c.png", "--resume") == 0
    assert len(requests_seen) == 3


def test_resume_tells_of_a_page_that_has_changed(
    pages: Path, requests_seen: list[ColorizeRequest], capsys: pytest.CaptureFixture[str]
) -> None:
    assert colorize("a.png", "c.png") == 0
    stamp = (pages / "out" / "a.ora").stat().st_mtime_ns + 10**9
    os.utime(pages / "a.png", ns=(stamp, stamp))
    assert colorize("a.png", "c.png", "--resume") == 1
    assert "the page has changed since" in " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert colorize("a.png", "c.png", "--resume", "--overwrite") == 0
    assert [request.line_art_name for request in requests_seen] == ["a", "c", "a"]


@pytest.mark.parametrize("damage", ["painted over in another program", "cut off", "empty"])
@pytest.mark.usefixtures("requests_seen")
def test_resume_never_touches_a_file_that_is_not_its_own(
    pages: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert colorize("a.png") == 0
    result = pages / "out" / "a.ora"
    if damage.startswith("painted"):
        write_ora(result, [Layer("mine", np.zeros((HEIGHT, WIDTH, 4), np.uint8))], (WIDTH, HEIGHT))
    else:
        result.write_bytes(result.read_bytes()[:200] if damage == "cut off" else b"")
    before = result.read_bytes()
    assert colorize("a.png", "c.png", "--resume") == 2
    assert "out/a.ora is there" in capsys.readouterr().err.replace("\\", "/")
    assert result.read_bytes() == before
    assert not (pages / "out" / "c.ora").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.png", "c.png", "--output", "x.ora"], "--output names one file"),
        (["a.png", "c.png", "--result", "flats", "--report", "x.json"], "--report names one file"),
        (["a.png", "sub/a.png"], "would have one name"),
        (["a.png", "sub/A.tif"], "would have one name"),
        (["*.nothing"], "no file is called like *.nothing"),
        (["a.png", "--reference", "missing.png"], "missing.png: there is no such file"),
    ],
)
@pytest.mark.usefixtures("requests_seen")
def test_mistakes_that_concern_all_pages_are_told_at_once(
    pages: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (pages / "sub").mkdir()
    shutil.copy(pages / "a.png", pages / "sub" / "a.png")
    assert colorize(*words) == 2
    assert says.replace("--output names one file", "--output names one file") in capsys.readouterr().err
    assert not list(pages.glob("out/*"))


def test_several_pages_need_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["colorize", "a.png", "c.png", "--reference", "ref.png"]) == 2
    assert "--output-folder" in capsys.readouterr().err
    assert main(["colorize", "a.png", "--reference", "ref.png", "--resume"]) == 2
    assert "--output-folder" in capsys.readouterr().err


@pytest.mark.usefixtures("requests_seen")
def test_results_never_go_over_the_pages(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_ora(pages / "p.ora", [Layer("ink", line_drawing())], (WIDTH, HEIGHT))
    before = (pages / "p.ora").read_bytes()
    words = ["colorize", "p.ora", "--reference", "ref.png", "--output-folder", ".", "--overwrite"]
    assert main(words) == 2
    assert "one of the inputs" in capsys.readouterr().err
    assert (pages / "p.ora").read_bytes() == before


@pytest.mark.usefixtures("requests_seen")
def test_patterns_that_no_shell_has_resolved_are_resolved(pages: Path) -> None:
    (pages / "b.png").unlink()
    write_png(pages / "x[1].png", line_drawing())
    assert colorize("?.png", "x[1].png") == 0
    assert sorted(file.name for file in (pages / "out").iterdir()) == ["a.ora", "c.ora", "x[1].ora"]


@pytest.mark.usefixtures("requests_seen")
def test_json_has_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert colorize("a.png", "b.png", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert [page["state"] for page in said["pages"]] == ["done", "failed"]
    assert said["pages"][0]["outputs"][0].endswith("a.ora")
    assert "b.png" in said["pages"][1]["note"]
    assert said["counts"] == {"done": 1, "left out": 0, "failed": 1, "not begun": 0}


def failing_at(page: str, error: Exception) -> type[engine.Engine]:
    """Return an engine that raises `error` instead of colorizing the line art `page`."""

    class Failing(engine.Engine):
        def colorize(
            self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: IsCancelled
        ) -> ColorizeResult:
            if request.line_art_name == page:
                raise error
            return super().colorize(request, on_event, is_cancelled)

    return Failing


def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(
    pages: Path,
    monkeypatch: pytest.MonkeyPatch,
    requests_seen: list[ColorizeRequest],
    capsys: pytest.CaptureFixture[str],
) -> None:
    painting = engine.Engine
    monkeypatch.setattr(engine, "Engine", failing_at("c", Cancelled()))
    assert colorize("a.png", "c.png", "lines.png") == 130
    said = capsys.readouterr()
    assert "1 done, 2 not begun" in said.out
    assert "--resume goes on" in said.err
    monkeypatch.setattr(engine, "Engine", painting)
    assert colorize("a.png", "c.png", "lines.png", "--resume") == 0
    assert len(list((pages / "out").iterdir())) == 3


@pytest.mark.usefixtures("requests_seen")
def test_a_fault_of_one_page_does_not_stop_the_others(
    pages: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "Engine", failing_at("a", ZeroDivisionError("of some library")))
    assert colorize("a.png", "c.png") == 1
    assert "ZeroDivisionError: of some library" in capsys.readouterr().err
    assert [file.name for file in (pages / "out").iterdir()] == ["c.ora"]


def test_progress_is_over_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    shown = Terminal()
    with ProgressDisplay(shown) as display:
        display.begin_page(2, 4, "[b].png")
        display.show(ProgressEvent("denoising", 3, 20, 0.5, 75.0))
    assert "2/4 [b].png: Denoising 3/20" in shown.getvalue()
    assert "38%" in shown.getvalue()


def test_the_layer_is_taken_in_every_page(pages: Path, requests_seen: list[ColorizeRequest]) -> None:
    for name in ("p", "q"):
        nodes = [Layer("Ink", line_drawing()), Layer("Notes", np.full((9, 9, 4), 255, np.uint8))]
        write_ora(pages / f"{name}.ora", nodes, (WIDTH, HEIGHT))
    assert colorize("p.ora", "q.ora", "--line-art-layer", "Ink") == 0
    assert [request.line_art_name for request in requests_seen] == ["Ink", "Ink"]
