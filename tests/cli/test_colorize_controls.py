"""The controls of the authors' interface as options of `huebrush colorize`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.imaging.files import Layer, read_picture, write_ora, write_png
from huebrush_protocol.parameters import (
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)
from line_drawing import HEIGHT, WIDTH, line_drawing
from openraster_attachments import read_attachment


def run(page: Path, *words: object) -> int:
    return main(["colorize", str(page / "lines.png"), "--reference", str(page / "ref.png"), *map(str, words)])


def figure(width: int, height: int) -> np.ndarray:
    """A mask: white on the left half."""
    mask = np.zeros((height, width, 4), np.uint8)
    mask[..., 3] = 255
    mask[:, : width // 2] = 255
    return mask


def test_without_options_everything_is_as_usual(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    assert run(page) == 0
    (request,) = requests_seen
    assert request.parameters == Parameters()
    assert (request.background, request.line_art_mask, request.reference_mask) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--sketch-mode invert-webui", {"sketch_mode": "invert-webui"}),
        ("--sketch-mode dark_lines --remove-ruling", {"sketch_mode": "dark_lines", "remove_ruling": True}),
        ("--sampler k_dpmpp_2m", {"sampler": "k_dpmpp_2m"}),
        ("--panels off", {"panels": "off"}),
        ("--no-keep-to-lines", {"keep_to_lines": False}),
        ("--change .15", {"change": 0.15}),
        ("--noise-schedule karras", {"noise_schedule": "karras"}),
        (
            "--guidance-start .1 --guidance-end .9 --guidance-pause .3 .4",
            {"guidance_window": GuidanceWindow(0.1, 0.9, 0.3, 0.4)},
        ),
        (
            "--encoder-strength .2 --colour-strength .4 --content-strength .6",
            {"reference_levels": LevelStrengths(0.2, 0.4, 0.6)},
        ),
        ("--block-strengths 1,0.5,0", {"block_strengths": (1.0, 0.5, 0.0)}),
        ("--reference-padding 1.5", {"reference_padding": 1.5}),
        ("--inject", {"injection": Injection()}),
        (
            "--inject --injection-reference-fidelity .1 --injection-sketch-fidelity 2 --injection-start .3",
            {"injection": Injection(0.1, 2.0, 0.3)},
        ),
        (
            "--enhance background --enhance style --sketch-threshold .1 --reference-threshold .2"
            " --foreground-strength .3 --background-strength .4 --merge .5 --background-factor 2",
            {"enhancement": Enhancement(True, False, True, 0.1, 0.2, 0.3, 0.4, 0.5, 2.0)},
        ),
        ("--clear-background --cut-out", {"enhancement": Enhancement(clear_background_picture=True, cut_out=True)}),
        ("--enhance foreground", {"enhancement": Enhancement(foreground=True)}),
    ],
)
def test_options_become_parameters(
    page: Path, requests_seen: list[ColorizeRequest], words: str, expected: dict[str, object]
) -> None:
    assert run(page, *words.split()) == 0
    assert requests_seen[0].parameters == Parameters(**expected)  # pyright: ignore[reportArgumentType]


def test_edits_are_made_in_their_order(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    assert run(page, "--edit", "brown hair -> blue hair", "--edit", "[target] red hat; [scale] 3") == 0
    hair = TextEdit("blue hair", "brown hair", "brown hair")
    assert requests_seen[0].parameters.edits == (hair, TextEdit("red hat", strength=3.0))


def test_background_and_masks_from_files(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    sky = np.full((7, 9, 4), (90, 160, 220, 255), np.uint8)
    files = {"sky.png": sky, "lines-mask.png": figure(WIDTH, HEIGHT), "ref-mask.png": figure(20, 30)}
    for name, pixels in files.items():
        write_png(page / name, pixels)
    words = ["--background", page / "sky.png", "--line-art-mask", page / "lines-mask.png"]
    assert run(page, "--enhance", "background", *words, "--reference-mask", page / "ref-mask.png") == 0
    (request,) = requests_seen
    assert request.background is not None and request.line_art_mask is not None and request.reference_mask is not None
    assert np.array_equal(request.background.pixels, sky) and request.background.name == "sky.png"
    assert np.array_equal(request.line_art_mask.pixels, figure(WIDTH, HEIGHT)[..., 0])
    assert np.array_equal(request.reference_mask.pixels, figure(20, 30)[..., 0])


def test_background_and_mask_from_layers(page: Path, requests_seen: list[ColorizeRequest]) -> None:
    painted = np.full((4, 6, 4), 255, np.uint8)
    layers = [
        Layer("Sky", np.full((HEIGHT, WIDTH, 4), (90, 160, 220, 255), np.uint8)),
        Layer("Figure", painted, 3, 2),
        Layer("Lines", line_drawing()),
    ]
    write_ora(page / "page.ora", layers, (WIDTH, HEIGHT))
    words = ["colorize", str(page / "page.ora"), "--line-art-layer", "Lines", "--reference", str(page / "ref.png")]
    assert main([*words, "--background-layer", "Sky", "--line-art-mask-layer", "Figure"]) == 0
    (request,) = requests_seen
    assert request.background is not None and request.line_art_mask is not None
    assert (request.background.pixels == (90, 160, 220, 255)).all()
    expected = np.zeros((HEIGHT, WIDTH), np.uint8)
    expected[2:6, 3:9] = 255
    assert np.array_equal(request.line_art_mask.pixels, expected)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--line-art-mask ref.png", "use the same size"),
        ("--reference-mask lines.png", "use the same size"),
        ("--reference-mask ref.png --reference lines.png", "exactly one reference"),
        ("--background missing.png", "no such file"),
        ("--line-art-mask-layer Figure", "Figure"),
        ("--guidance-start .8 --guidance-end .2", "guidance_window.start is 0.8"),
        ("--edit ->", "lacks a [target]"),
    ],
)
def test_mistakes_are_explained(
    page: Path, requests_seen: list[ColorizeRequest], words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    in_page = [str(page / word) if word.endswith(".png") else word for word in words.split()]
    assert run(page, *in_page) == 2
    assert says in capsys.readouterr().err
    assert not requests_seen


@pytest.mark.parametrize("option", ["--background", "--line-art-mask", "--reference-mask"])
def test_further_pictures_are_never_overwritten(page: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_png(page / "mine.png", figure(WIDTH, HEIGHT))
    before = (page / "mine.png").read_bytes()
    assert run(page, option, page / "mine.png", "--output", page / "mine.png", "--overwrite") == 2
    assert "is one of the inputs" in capsys.readouterr().err
    assert (page / "mine.png").read_bytes() == before


@pytest.mark.parametrize("words", ["--merge 1.1", "--block-strengths 1,2", "--sampler best", "--enhance hands"])
def test_values_that_cannot_be_are_refused(page: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(page, *words.split())
    assert ended.value.code == 2 and words.split()[0] in capsys.readouterr().err


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A coloured picture with dark lines round a red field."""
    pixels = np.full((160, 200, 4), (250, 240, 200, 255), np.uint8)
    pixels[40:120, 50:150, :3] = (220, 90, 60)
    for rows, columns in ((slice(38, 41), slice(48, 152)), (slice(119, 122), slice(48, 152))):
        pixels[rows, columns, :3] = 20
    for columns in (slice(48, 51), slice(149, 152)):
        pixels[38:122, columns, :3] = 20
    write_png(tmp_path / "picture.png", pixels)
    return tmp_path / "picture.png"


def test_lines_are_drawn_from_a_picture(picture: Path) -> None:
    out = picture.with_name("lines.png")
    assert main(["lines", str(picture), "--output", str(out)]) == 0
    lines = read_picture(out).merged().pixels
    assert lines.shape == (160, 200, 4) and not lines[..., :3].any()
    assert lines[39, 60:140, 3].min() > 200 and lines[60:100, 150, 3].min() > 200
    assert not lines[60:100, 70:130, 3].any() and not lines[:20, :, 3].any()


@pytest.mark.parametrize(
    ("output", "says"), [("picture.png", "is one of the inputs"), ("there.png", "exists already"), ("x.jpg", ".png")]
)
def test_lines_overwrite_nothing(picture: Path, output: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    picture.with_name("there.png").write_bytes(b"something of theirs")
    assert main(["lines", str(picture), "--output", str(picture.with_name(output))]) == 2
    assert says in capsys.readouterr().err
    assert picture.with_name("there.png").read_bytes() == b"something of theirs"


def test_a_picture_is_coloured_anew_under_lines_drawn_from_it(picture: Path) -> None:
    """With the real engine: it is what adds the lines."""
    words = ["colorize", str(picture), "--reference", str(picture), "--extract-lines", "--steps", "1"]
    assert main([*words, "--output", str(picture.with_name("out.ora"))]) == 0
    result = read_picture(picture.with_name("out.ora"))
    names = [source.full_name for source in result.layers]
    assert names == ["picture", "Huebrush/Colour", "Huebrush/Lines", "Huebrush"]
    assert result.layer("Lines").pixels[39, 60:140, 3].min() > 200
    assert read_attachment(picture.with_name("out.ora"), "recipe.json")["parameters"]["sketch_mode"] == "extract"
    assert main([*words, "--output", str(picture.with_name("flat.png"))]) == 0
    flat = read_picture(picture.with_name("flat.png")).merged().pixels
    assert flat[39, 60:140, :3].max() < 100


def test_a_layer_of_an_earlier_result_is_pinned_inside_a_mask(page: Path) -> None:
    words = ["colorize", str(page / "lines.png"), "--reference", str(page / "ref.png"), "--steps", "2"]
    first, second, plain = (page / f"{name}.ora" for name in ("first", "second", "plain"))
    assert main([*words, "--seed", "1", "--output", str(first)]) == 0
    write_png(page / "mask.png", figure(WIDTH, HEIGHT))
    pins = ["--pin", str(first), "--pin-layer", "Colour", "--pin-mask", str(page / "mask.png")]
    assert main([*words, "--seed", "2", *pins, "--output", str(second)]) == 0
    assert main([*words, "--seed", "2", "--output", str(plain)]) == 0
    was, now, unpinned = (
        read_picture(file).layer("Colour").on_canvas(WIDTH, HEIGHT) for file in (first, second, plain)
    )
    half = WIDTH // 2
    assert np.array_equal(now[:, :half], was[:, :half]) and not np.array_equal(unpinned[:, :half], was[:, :half])
    assert np.array_equal(now[:, half:], unpinned[:, half:])
