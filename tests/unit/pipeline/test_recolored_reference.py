"""Edits that name a colour and say where by text: the built-in model's reference gets the colour where it fits."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
import pytest
import torch
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.named_colors import sought_texts, with_named_colors
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, Reference
from huebrush_backend.evaluation.pairs import held_out_pair
from huebrush_backend.imaging.oklab import srgb_to_oklab
from huebrush_backend.imaging.recoloring import recolor_where_fit
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.catalog import builtin_folder, find_model
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.conditioning import picture_tensor
from huebrush_backend.pipeline.loading import load_pipeline
from huebrush_backend.pipeline.reference_heatmap import text_fit
from huebrush_backend.synthesis import COLORS, Part, line_art, part_caption
from huebrush_protocol import parameters as protocol

BLUE, RED, GREEN = (40, 70, 190), (200, 40, 40), (40, 160, 70)
PAIR = held_out_pair(0, 1)


@lru_cache(maxsize=1)
def pipeline() -> ColorizePipeline:
    return load_pipeline(builtin_folder(), torch.device("cpu"))


def halves() -> tuple[np.ndarray, np.ndarray]:
    """A blue and a red half with ink between, the blue one shaded below, and a fit for the left half."""
    picture = np.zeros((80, 80, 3), np.uint8)
    picture[:, :38], picture[:, 42:] = BLUE, RED
    picture[60:, :38] = np.array(BLUE) * 3 // 4
    fit = np.zeros((8, 8), np.float32)
    fit[:, :4] = 1
    return picture, fit


def distance(found: np.ndarray, color: tuple[int, int, int]) -> float:
    return float(np.linalg.norm(srgb_to_oklab(found.astype(np.uint8)) - srgb_to_oklab(np.array(color, np.uint8))))


@torch.inference_mode()
def picture_after(edits: list[TextEdit]) -> np.ndarray:
    """The reference as (H,W,3) uint8 after `edits`."""
    picture = pipeline().edited(picture_tensor(PAIR.reference), edits).picture
    return ((picture[0] + 1) * 127.5).round().permute(1, 2, 0).to(torch.uint8).numpy()


def test_what_fits_gets_the_colour_and_keeps_its_shade() -> None:
    picture, fit = halves()
    found = recolor_where_fit(picture, fit, 0.65, GREEN)
    assert distance(found[20, 10], GREEN) < 0.02
    assert found[70, 10].sum() < found[20, 10].sum()
    assert np.array_equal(found[:, 38:], picture[:, 38:]), "ink and the other half stay"
    half = recolor_where_fit(picture, fit, 0.65, GREEN, 0.5)
    assert 0 < distance(half[20, 10], GREEN) < distance(picture[20, 10], GREEN)
    assert np.array_equal(recolor_where_fit(picture, fit, 0.65, GREEN, 0.0)[:, 42:], picture[:, 42:])


def test_of_what_fits_the_colour_that_it_is_called_by_is_meant() -> None:
    """Both halves fit, the wrong one better; a colour that is nowhere says nothing."""
    picture, fit = halves()
    fit[:] = np.where(fit > 0, np.float32(0.8), np.float32(1))
    assert np.array_equal(recolor_where_fit(picture, fit, 0.65, GREEN)[:, :38], picture[:, :38])
    found = recolor_where_fit(picture, fit, 0.65, GREEN, present=(60, 90, 200))
    assert distance(found[20, 10], GREEN) < 0.02 and np.array_equal(found[:, 42:], picture[:, 42:])
    nowhere = recolor_where_fit(picture, fit, 0.65, GREEN, present=(240, 240, 40))
    assert np.array_equal(nowhere, recolor_where_fit(picture, fit, 0.65, GREEN))


def test_a_part_without_a_colour_is_looked_for_in_any() -> None:
    entry = find_model("demo")
    texts = sought_texts("Hair", entry)
    assert {"brown hair", "pale green hair"} <= set(texts) and "Hair" not in texts
    assert "olive skin" in sought_texts("skin", entry)
    assert [sought_texts(text, entry) for text in ("brown hair", "the left one")] == [
        ("brown hair",),
        ("the left one",),
    ]
    other = replace(entry, info=replace(entry.info, vocabulary=()))
    assert sought_texts("hair", other) == ("hair",)
    (made,), _ = with_named_colors([TextEdit("blue hair", "brown hair", "hair")], entry, pipeline())
    assert (made.present, made.color) == (COLORS["brown"], COLORS["blue"]) and made.places == texts


@torch.inference_mode()
def test_the_plain_word_finds_its_part_better_than_by_itself() -> None:
    """Of the places that fit best, as many as the part has, more are the part's."""
    gained = []
    for index in range(4):
        pair = held_out_pair(7, index)
        part, word = Part.HAIR, "hair"
        truth = cv2.resize((pair.reference_drawing.labels == part).astype(np.float32), (24, 24), interpolation=3)
        many = int((truth > 0.5).sum())
        if many == 0:
            continue
        shares = []
        for texts in ((word,), sought_texts(word, find_model("demo"))):
            fit = text_fit(pipeline(), pair.reference, texts)
            shares.append(truth.ravel()[np.argsort(-fit.ravel())[:many]].mean())
        gained.append(shares[1] - shares[0])
    assert len(gained) >= 2 and np.mean(gained) > 0.05


def test_a_fit_of_one_place_reaches_no_further_than_it() -> None:
    picture, fit = np.full((80, 80, 3), BLUE, np.uint8), np.zeros((8, 8), np.float32)
    fit[2, 2] = 1
    changed = (recolor_where_fit(picture, fit, 0.65, GREEN) != picture).any(axis=2)
    assert changed[25, 25] and not changed[40:].any() and not changed[:, 40:].any()


def test_the_named_part_of_the_reference_is_recoloured_and_little_else() -> None:
    part = Part.BACKGROUND
    now = part_caption(replace(PAIR.drawing, design=None), PAIR.palette, part)
    edit = TextEdit("lavender background", now, now)
    made, notes = with_named_colors([edit], find_model("demo"), pipeline())
    found = picture_after(made)
    changed = (found != PAIR.reference).any(axis=2)
    truth = PAIR.reference_drawing.labels == part
    assert (changed & truth).sum() / (changed | truth).sum() > 0.7
    middle = np.median(found[truth & (PAIR.reference_drawing.ink < 30)], axis=0)
    assert distance(middle, COLORS["lavender"]) < 0.05
    assert "'lavender background'" in notes[0]


@pytest.mark.parametrize(
    "edit",
    [
        TextEdit("blue hair", "brown hair"),
        TextEdit("striped hair", "brown hair", "brown hair"),
        TextEdit("blue hair", "brown hair", "brown hair", 0.0),
    ],
)
def test_other_edits_are_left_to_the_tokens(edit: TextEdit) -> None:
    assert with_named_colors([edit], find_model("demo"), pipeline()) == ([edit], ())
    assert np.array_equal(picture_after([edit]), PAIR.reference)


def test_models_that_know_words_beyond_number_go_by_the_tokens() -> None:
    edit = TextEdit("blue hair", "brown hair", "brown hair")
    entry = find_model("demo")
    entry = replace(entry, info=replace(entry.info, vocabulary=()))
    assert with_named_colors([edit], entry, pipeline()) == ([edit], ())


def test_the_engine_paints_the_colour_and_says_how() -> None:
    now = part_caption(replace(PAIR.drawing, design=None), PAIR.palette, Part.BACKGROUND)
    lines = line_art(PAIR.drawing)
    reference = np.dstack([PAIR.reference, np.full(lines.shape, 255, np.uint8)])
    art = np.dstack([lines, lines, lines, np.full_like(lines, 255)])
    edit = protocol.TextEdit("lavender background", now, now)
    request = ColorizeRequest("demo", art, (Reference(reference),), protocol.Parameters(steps=3, edits=(edit,)))
    result: ColorizeResult = Engine("cpu").colorize(request, lambda event: None, lambda: False)
    inside = (PAIR.drawing.labels == Part.BACKGROUND) & (PAIR.drawing.ink == 0)
    painted = np.median(result.layers[0].pixels[inside][:, :3], axis=0)
    assert distance(painted, COLORS["lavender"]) < 0.15 < 0.3 < distance(painted, COLORS[now.split()[0]])
    assert any("'lavender background'" in note["english"] for note in result.recipe["notes"])
    assert result.recipe["parameters"]["edits"][0]["target"] == "lavender background"
