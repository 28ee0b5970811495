"""`huebrush colorize`: files in, files out, options, messages and exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli import colorize
from huebrush_backend.cli.main import main
from huebrush_backend.cli.progress import ProgressDisplay
from huebrush_backend.engine import engine
from huebrush_backend.engine.request import ColorizeRequest, EngineError, PreviewEvent, ProgressEvent
from huebrush_backend.imaging.files import Group, Layer, read_picture, write_ora, write_png
from huebrush_backend.models import catalog
from line_drawing import HEIGHT, WIDTH, line_drawing
from openraster_attachments import read_attachment

RED = (200, 40, 30)
pytestmark = pytest.mark.usefixtures("requests_seen")


def run(*words: object) -> int:
    return main(["colorize", *map(str, words)])


def test_layered_result_by_default(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(page / "lines.png", "--reference", page / "ref.png") == 0
    picture = read_picture(page / "lines-colored.ora")
    assert [source.full_name for source in picture.layers] == ["Huebrush/Colour", "Huebrush", "lines"]
    assert np.all(picture.layer("Colour").pixels == (*RED, 255))
    with zipfile.ZipFile(page / "lines-colored.ora") as archive:
        names = [name for name in archive.namelist() if name.startswith("data/")]
        assert archive.read(names[0]) == (page / "lines.png").read_bytes()
    assert picture.layer("lines").blending == "svg:src-over"
    assert read_attachment(page / "lines-colored.ora", "recipe.json")["model"] == "demo"
    said = capsys.readouterr()
    assert "lines-colored.ora" in said.out
    assert "small built-in model" in said.err


def test_names_are_numbered_rather_than_overwritten(page: Path) -> None:
    for _ in range(3):
        assert run(page / "lines.png", "--reference", page / "ref.png") == 0
    made = sorted(path.name for path in page.glob("*.ora"))
    assert made == ["lines-colored-2.ora", "lines-colored-3.ora", "lines-colored.ora"]


@pytest.mark.parametrize("lines", ["lines.png", "paper.png"])
def test_flat_png_shows_lines_over_colour(page: Path, lines: str) -> None:
    out = page / "out.png"
    assert run(page / lines, "--reference", page / "ref.png", "--output", out) == 0
    pixels = read_picture(out).merged().pixels
    ink = line_drawing()[..., 3]
    assert np.all(pixels[ink == 0] == (*RED, 255))
    assert np.all(pixels[ink == 255] == (0, 0, 0, 255))
    expected = np.rint((1 - ink[..., None] / 255) * RED)
    assert np.abs(pixels[..., :3] - expected).max() <= 2
    assert json.loads((page / "out.recipe.json").read_text())["parameters"]["steps"] == 20


def test_lines_on_white_multiply_over_the_colours(page: Path) -> None:
    run(page / "paper.png", "--reference", page / "ref.png")
    picture = read_picture(page / "paper-colored.ora")
    assert picture.layer("paper").blending == "svg:multiply"
    assert np.array_equal(picture.layer("paper").pixels, line_drawing(transparent=False))
    assert np.all(picture.merged().pixels[0, 0] == (*RED, 255))


def test_light_lines_on_dark_screen_over_the_colours(page: Path) -> None:
    drawing = line_drawing(transparent=False)
    drawing[..., :3] = 255 - drawing[..., :3]
    write_png(page / "dark.png", drawing)
    run(page / "dark.png", "--reference", page / "ref.png")
    picture = read_picture(page / "dark-colored.ora")
    assert picture.layer("dark").blending == "svg:screen"
    assert np.all(picture.merged().pixels[0, 0] == (*RED, 255))


def test_options_reach_the_engine(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    words = "--seed 7 --steps 3 --reference-scale 5.5 --sketch-scale 2 --reference-strength 0.25 --sketch-strength 1.5"
    write_png(page / "second.png", np.full((9, 9, 4), (0, 0, 250, 255), np.uint8))
    references = ["--reference", page / "ref.png", "--reference", page / "second.png"]
    assert run(*references, page / "lines.png", *words.split(), "--sampler", "euler", "--device", "cpu") == 0
    (request,) = requests_seen
    parameters = request.parameters
    assert (parameters.seed, parameters.steps, parameters.sampler) == (7, 3, "euler")
    assert (parameters.reference_guidance, parameters.sketch_guidance) == (5.5, 2.0)
    assert (parameters.reference_strength, parameters.sketch_strength) == (0.25, 1.5)
    assert [item.name for item in request.references] == ["ref.png", "second.png"]
    assert request.line_art_name == "lines"
    assert request.line_art.shape == (HEIGHT, WIDTH, 4)


def layered(page: Path) -> Path:
    reference = np.full((20, 30, 4), (10, 160, 90, 255), np.uint8)
    nodes = [
        Layer("Paper", np.full((HEIGHT, WIDTH, 4), 255, np.uint8)),
        Group("Sheet", [Layer("Swatch", reference, 50, 40)]),
        Layer("Ink", np.ascontiguousarray(line_drawing()[6:58, 20:76]), 20, 6, visible=False, opacity=0.5),
    ]
    write_ora(page / "page.ora", nodes, (WIDTH, HEIGHT))
    return page / "page.ora"


def test_both_from_layers_of_one_file(page: Path) -> None:
    source = layered(page)
    assert run(source, "--line-art-layer", "Ink", "--reference-layer", "Sheet/Swatch") == 0
    picture = read_picture(page / "page-colored.ora")
    assert np.all(picture.layer("Colour").pixels == (10, 160, 90, 255))
    ink = picture.layer("Ink")
    assert (ink.x, ink.y, ink.visible) == (20, 6, True)
    assert np.array_equal(ink.on_canvas(WIDTH, HEIGHT), line_drawing())


def test_json_is_one_object(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(page / "lines.png", "--reference", page / "ref.png", "--output", page / "o.png", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["outputs"] == [str(page / "o.png"), str(page / "o.recipe.json")]
    assert (said["width"], said["height"], said["model"], said["builtin_model"]) == (WIDTH, HEIGHT, "demo", True)
    assert "small built-in model" in said["note"]
    assert said["recipe"]["model"] == "demo"
    assert said["seconds"] >= 0


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Run what must be refused with exit status 2; gives the message."""
    try:
        status = run(*words)
    except SystemExit as error:  # argparse
        status = error.code
    assert status == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_mistakes_are_explained(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines, reference = page / "lines.png", ("--reference", page / "ref.png")
    source = layered(page)
    (page / "broken.png").write_bytes(b"not a picture")
    write_png(page / "blank.png", np.full((9, 9, 4), 255, np.uint8))
    write_png(page / "empty.png", np.zeros((9, 9, 4), np.uint8))
    before = sorted(path.name for path in page.iterdir())
    for words, expected in (
        ((lines,), "--reference"),
        ((page / "none.png", *reference), "no such file"),
        ((lines, "--reference", page / "none.png"), "no such file"),
        ((page / "broken.png", *reference), "broken.png"),
        ((page / "blank.png", *reference), "shows no lines"),
        ((page / "empty.png", *reference), "empty"),
        ((lines, "--reference", page / "empty.png"), "empty"),
        ((lines, *reference, "--line-art-layer", "Ink"), "no layers"),
        ((source, *reference, "--line-art-layer", "Lines"), '"Ink", "Sheet", "Sheet/Swatch", "Paper"'),
        ((source, "--reference-layer", "Swatch"), "--line-art-layer"),
        ((lines, *reference, "--output", page / "out.jpg"), ".ora, .png, .psd or .psb"),
        ((lines, *reference, "--output", page / "none" / "out.png"), "does not exist"),
        ((lines, *reference, "--output", page), "give the output such a name"),
        ((lines, *reference, "--output", page / "blank.png"), "--overwrite"),
        ((lines, *reference, "--model", "nonesuch"), "demo"),
        ((lines, *reference, "--sampler", "nonesuch"), "euler"),
        ((lines, *reference, "--device", "abacus"), "abacus"),
        ((lines, *reference, "--steps", "0"), "--steps"),
        ((lines, *reference, "--seed", "-1"), "--seed"),
        ((lines, *reference, "--reference-scale", "nan"), "--reference-scale"),
        ((lines, *reference, "--sketch-strength", "much"), "--sketch-strength"),
    ):
        assert expected in refused(capsys, *words), words
    assert sorted(path.name for path in page.iterdir()) == before


@pytest.mark.parametrize("name", ["lines.png", "ref.png"])
def test_inputs_are_never_overwritten(page: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = (page / name).read_bytes()
    words = (page / "lines.png", "--reference", page / "ref.png", "--overwrite", "--output")
    assert "one of the inputs" in refused(capsys, *words, page / name)
    (page / "alias.png").symlink_to(page / name)
    assert "one of the inputs" in refused(capsys, *words, page / "alias.png")
    assert (page / name).read_bytes() == before


def test_overwrite_replaces_an_older_result(page: Path) -> None:
    (page / "out.png").write_bytes(b"old")
    (page / "out.recipe.json").write_bytes(b"old")
    words = (page / "lines.png", "--reference", page / "ref.png", "--output", page / "out.png", "--overwrite")
    assert run(*words) == 0
    assert read_picture(page / "out.png").width == WIDTH


@pytest.mark.parametrize(
    ("code", "status"), [("bad_input", 2), ("model_missing", 2), ("out_of_memory", 1), ("internal", 1)]
)
def test_engine_failures(
    page: Path, code: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise EngineError(code, "It went wrong.", "Do this.")

    monkeypatch.setattr(engine.Engine, "colorize", fail)
    assert run(page / "lines.png", "--reference", page / "ref.png") == status
    assert "It went wrong. Do this." in capsys.readouterr().err
    assert not list(page.glob("*.ora"))


def test_missing_weights_are_said(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (entry,) = catalog.list_entries()
    missing = replace(entry, info=replace(entry.info, available=False, remedy="Run install.py again."))
    monkeypatch.setattr(catalog, "list_entries", lambda models_folder=None: [missing])
    assert "Run install.py again." in refused(capsys, page / "lines.png", "--reference", page / "ref.png")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_phase_and_time_left_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    event = ProgressEvent("denoising", 3, 20, 0.25, 75.0)
    shown, silent = Terminal(), io.StringIO()
    for stream in (shown, silent):
        with ProgressDisplay(stream) as display:
            display.show(event)
            display.show(PreviewEvent(3, np.zeros((2, 2, 3), np.uint8)))
    assert "Denoising 3/20" in shown.getvalue()
    assert "1 min 15 s left" in shown.getvalue()
    assert silent.getvalue() == ""


ENDLESS = """
import sys, time
from dataclasses import replace
from huebrush_backend.engine import engine
from huebrush_backend.cli.main import main
from huebrush_backend.engine.request import Cancelled
from huebrush_backend.models import catalog

class Endless:
    def __init__(self, device):
        pass
    def colorize(self, request, on_event, is_cancelled):
        print("running", flush=True)
        while not is_cancelled():
            time.sleep(0.01)
        raise Cancelled

entry = catalog.find_model("demo")
ready = replace(entry, info=replace(entry.info, available=True))
catalog.list_entries = lambda models_folder=None: [ready]
engine.Engine = Endless
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_ctrl_c_cancels_cleanly(page: Path) -> None:
    words = ["colorize", str(page / "lines.png"), "--reference", str(page / "ref.png")]
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "Cancelled."
    assert not list(page.glob("*.ora"))


def test_help_states_ranges_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--help")
    assert stopped.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "1 to 150" in text
    assert "130 cancelled" in text
    assert colorize.EXIT_FAILED == 1
