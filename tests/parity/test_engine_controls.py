"""Every control of the protocol, from a request through the engine, with small models of all families."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from huebrush_backend.checkpoints.single_file import from_single_file
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, EngineError, FigureMask, Reference
from huebrush_protocol.parameters import (
    LIGHT_LINES,
    SKETCH_MODES,
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)
from released import towers_of
from safetensors.torch import save_file
from vectors import all_vectors

SIDE = 128
FILES = {"v1": "mult-eps-small", "v1.5": "switch-eps-small", "v2": "v2-small"}
PLAIN = Parameters(steps=2, reference_guidance=3.0)
BLOCKS = 16

Run = Callable[..., ColorizeResult]


def note_ids(result: ColorizeResult) -> set[str]:
    return {note["id"] for note in result.recipe["notes"]}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine whose models v1, v1.5 and v2 are small ones of those families."""
    vectors, folder = all_vectors()[-1], tmp_path_factory.mktemp("models")
    for model, name in FILES.items():
        file = folder / f"{name}.safetensors"
        save_file(vectors.weights(model), file)
        pipeline = from_single_file(file, towers_of(vectors))
        pipeline.register_to_config(native_size=SIDE)
        pipeline.save_pretrained(folder / model)
    return Engine("cpu", Path(folder))


def page() -> np.ndarray:
    lines = np.full((SIDE, SIDE, 4), 255, np.uint8)
    cv2.circle(lines, (64, 64), 40, (0, 0, 0, 255), 3)
    return lines


def picture(seed: int) -> np.ndarray:
    rough = np.random.default_rng(seed).integers(0, 255, (6, 6, 3), dtype=np.uint8)
    pixels = np.full((96, 80, 4), 255, np.uint8)
    pixels[..., :3] = cv2.resize(rough, (80, 96), interpolation=cv2.INTER_CUBIC)
    return pixels


def half(height: int, width: int) -> FigureMask:
    mask = np.zeros((height, width), np.uint8)
    mask[:, : width // 2] = 255
    return FigureMask(mask, "half")


REQUEST = ColorizeRequest("v1", page(), (Reference(picture(1), "reference"),), PLAIN)


@pytest.fixture(scope="module")
def plain(engine: Engine) -> Callable[[str], np.ndarray]:
    """What a model paints when no control is set, painted once."""

    @cache
    def paint(model: str) -> np.ndarray:
        return pixels_of(engine.colorize(replace(REQUEST, model=model), lambda event: None, lambda: False))

    return paint


@pytest.fixture
def run(engine: Engine) -> Run:
    def colorize(model: str = "v1", parameters: Parameters = PLAIN, **changes) -> ColorizeResult:
        request = replace(REQUEST, model=model, parameters=parameters, **changes)
        return engine.colorize(request, lambda event: None, lambda: False)

    return colorize


def pixels_of(result: ColorizeResult) -> np.ndarray:
    return result.layers[0].pixels


def enhanced(**options) -> Parameters:
    return replace(PLAIN, enhancement=Enhancement(**options))


@pytest.mark.parametrize(
    "changed",
    [
        {"noise_schedule": "karras"},
        {"reference_levels": LevelStrengths(low=0.0)},
        {"reference_levels": LevelStrengths(encoder=0.0)},
        {"block_strengths": (0.0,) * BLOCKS},
        {"edits": (TextEdit("blue hair", "brown hair", "hair"),)},
        {"guidance_window": GuidanceWindow(end=0.0)},
        {"injection": Injection()},
        {"reference_padding": 2.0},
        {"sketch_mode": "none"},
        {"sketch_mode": "invert-webui"},
    ],
    ids=str,
)
def test_a_control_changes_the_picture_and_stands_in_the_recipe(
    run: Run, plain: Callable[[str], np.ndarray], changed: dict
) -> None:
    parameters = replace(PLAIN, **changed)
    result = run(parameters=parameters)
    assert not np.array_equal(pixels_of(result), plain("v1"))
    assert np.array_equal(pixels_of(result), pixels_of(run(parameters=parameters)))
    (name,) = changed
    assert name in result.recipe["parameters"]


@pytest.mark.parametrize("mode", [mode for mode in SKETCH_MODES if mode != LIGHT_LINES])
def test_every_sketch_mode_paints_the_whole_page(run: Run, mode: str) -> None:
    assert pixels_of(run(parameters=replace(PLAIN, sketch_mode=mode))).shape == (SIDE, SIDE, 4)


def test_light_lines_are_missed_on_a_page_of_dark_ones(run: Run) -> None:
    with pytest.raises(EngineError, match="no lines that are lighter"):
        run(parameters=replace(PLAIN, sketch_mode=LIGHT_LINES))


def test_levels_and_blocks_are_the_same_thing(run: Run) -> None:
    # Section 13: encoder to blocks 0-5, then middle to 2, 3, 10-12, then low to 4, 5, 7-9.
    blocks = [0.2] * 2 + [0.4] * 2 + [0.6] * 2 + [1.0] + [0.6] * 3 + [0.4] * 3 + [1.0] * 3
    levels = replace(PLAIN, reference_levels=LevelStrengths(0.2, 0.4, 0.6))
    assert np.array_equal(
        pixels_of(run(parameters=levels)),
        pixels_of(run(parameters=replace(PLAIN, block_strengths=tuple(blocks)))),
    )


@pytest.mark.parametrize(
    ("model", "options", "has_background"),
    [
        ("v1", {"background": True}, False),
        ("v1", {"background": True}, True),
        ("v1.5", {"background": True}, False),
        ("v1.5", {"foreground": True}, False),
        ("v1.5", {"background": True, "foreground": True}, True),
        ("v2", {"background": True, "background_factor": 0.5}, False),
        ("v2", {"style": True}, False),
        ("v2", {"background": True, "style": True, "merge": 0.5}, True),
    ],
)
def test_enhancements_act(
    run: Run, plain: Callable[[str], np.ndarray], model: str, options: dict, has_background: bool
) -> None:
    given: dict[str, Any] = {"line_art_mask": half(SIDE, SIDE), "reference_mask": half(96, 80)}
    if has_background:
        given["background"] = Reference(picture(2), "sky")
    result = run(model, enhanced(**options), **given)
    assert not np.array_equal(pixels_of(result), plain(model))
    roles = [item["role"] for item in result.recipe["inputs"]]
    assert roles == ["line_art", "reference", *(["background"] if has_background else []), *sorted(given)[-2:]]
    assert not note_ids(result) & {"note.line_art_mask", "note.reference_mask"}


def test_masks_count_where_they_are(run: Run) -> None:
    parameters = enhanced(background=True)
    masks = {"line_art_mask": half(SIDE, SIDE), "reference_mask": half(96, 80)}
    first = run(parameters=parameters, **masks)
    turned = FigureMask(255 - masks["line_art_mask"].pixels)
    other = FigureMask(255 - masks["reference_mask"].pixels)
    for changed in ({"line_art_mask": turned}, {"reference_mask": other}):
        second = run(parameters=parameters, **(masks | changed))
        assert not np.array_equal(pixels_of(first), pixels_of(second))
        assert first.recipe["inputs"] != second.recipe["inputs"]


def test_masks_that_are_missing_are_made_and_noted(run: Run) -> None:
    result = run(parameters=enhanced(background=True))
    assert {"note.line_art_mask", "note.reference_mask"} <= note_ids(result)
    assert np.array_equal(pixels_of(result), pixels_of(run(parameters=enhanced(background=True))))


def test_a_result_is_cut_out_where_the_mask_says(run: Run, plain: Callable[[str], np.ndarray]) -> None:
    mask = half(SIDE, SIDE)
    whole, cut = plain("v1"), pixels_of(run(parameters=enhanced(cut_out=True), line_art_mask=mask))
    assert np.array_equal(cut[..., :3], whole[..., :3])
    assert np.array_equal(cut[..., 3] > 0, mask.pixels > 0)
    made = run(parameters=enhanced(cut_out=True))
    assert "note.line_art_mask" in note_ids(made)
    alpha = pixels_of(made)[..., 3]
    assert alpha[64, 64] == 255 and alpha[2, 2] == 0  # the circle is the figure


def test_a_background_picture_loses_its_figure(run: Run) -> None:
    scene = np.full((96, 80, 4), (90, 160, 220, 255), np.uint8)
    scene[30:60, 20:50, :3] = (200, 30, 30)
    ground = np.where((scene[..., :1] == 200), np.uint8(255), scene)
    masks = {"line_art_mask": half(SIDE, SIDE)}

    def painted(pixels: np.ndarray, clear: bool) -> ColorizeResult:
        parameters = enhanced(background=True, clear_background_picture=clear)
        return run("v1", parameters, background=Reference(pixels, "scene"), **masks)

    cleared = painted(scene, True)
    assert "note.background_mask" in note_ids(cleared)
    assert not np.array_equal(pixels_of(cleared), pixels_of(painted(scene, False)))
    # What is cleared is widened, so it is near, not equal, to the same scene without its figure.
    near, far = (
        np.abs(pixels_of(cleared).astype(int) - pixels_of(painted(pixels, False))).mean() for pixels in (ground, scene)
    )
    assert near < far


@pytest.mark.parametrize(
    ("model", "parameters", "changes", "reason"),
    [
        ("v1", enhanced(style=True), {}, "'v1' cannot enhance the style"),
        ("v1.5", enhanced(style=True), {}, "cannot enhance the style"),
        ("v1", enhanced(background=True), {"references": ()}, "exactly one reference, not 0"),
        ("v1", enhanced(background=True), {"references": REQUEST.references * 2}, "exactly one reference, not 2"),
        ("v1", replace(PLAIN, block_strengths=(1.0,)), {}, "16 transformer blocks, but 1"),
        ("v1", replace(PLAIN, noise_schedule="nonesuch"), {}, "noise schedule 'nonesuch'"),
        (
            "v1",
            enhanced(background=True),
            {"background": Reference(np.zeros((9, 9, 4), np.uint8))},
            "The background is empty",
        ),
    ],
)
def test_what_cannot_be_is_a_fault_of_the_request(
    run: Run, model: str, parameters: Parameters, changes: dict, reason: str
) -> None:
    with pytest.raises(EngineError, match=reason) as caught:
        run(model, parameters, **changes)
    assert caught.value.code == "bad_input"
