"""The part of a reference that colours are taken from, and what is left out, with the real engine and model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.inputs import part_tensor
from huebrush_backend.engine.references import reference_picture, without_margins
from huebrush_backend.engine.request import ColorizeRequest, FigureMask, Reference
from huebrush_backend.imaging.covering import paint_over
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.token_weights import token_bias
from huebrush_protocol.parameters import Parameters, TextEdit

RED, BLUE = (220, 40, 44, 255), (40, 60, 220, 255)
SIDE = 64
NOTHING = Enhancement()
LINES = np.zeros((96, 96, 4), np.uint8)
LINES[20:24, 10:86] = LINES[70:74, 10:86] = LINES[20:74, 10:14] = LINES[20:74, 82:86] = (0, 0, 0, 255)
INSIDE = (slice(30, 65), slice(20, 76))


def half_and_half() -> np.ndarray:
    """Red on the left, blue on the right."""
    pixels = np.empty((SIDE, SIDE, 4), np.uint8)
    pixels[:, :32], pixels[:, 32:] = RED, BLUE
    return pixels


def mask(columns: slice, side: int = SIDE) -> FigureMask:
    pixels = np.zeros((side, side), np.uint8)
    pixels[:, columns] = 255
    return FigureMask(pixels, "mask")


LEFT, RIGHT = mask(slice(0, 32)), mask(slice(32, SIDE))


def request(*references: Reference, **options: object) -> ColorizeRequest:
    # Without guidance by the lines: on a page as empty as this one it brings out colours of the model's own.
    made = ColorizeRequest("demo", LINES, references, Parameters(seed=3, steps=4, sketch_guidance=1.0))
    return replace(made, **options)


def test_the_page_has_the_colours_of_the_part_alone_and_not_of_what_is_left_out() -> None:
    engine = Engine("cpu")
    found = []
    for reference in (
        Reference(half_and_half(), part=LEFT),
        Reference(half_and_half(), part=RIGHT),
        Reference(half_and_half(), left_out=RIGHT),
    ):
        result = engine.colorize(request(reference), lambda event: None, lambda: False)
        found.append(result.layers[0].pixels[INSIDE][..., :3].reshape(-1, 3).mean(axis=0))
        (role,) = [entry["role"] for entry in result.recipe["inputs"] if entry["role"].startswith("reference_")]
        assert role == ("reference_left_out" if reference.part is None else "reference_part")
    red, blue, also_red = (color[0] - color[2] for color in found)
    assert min(red, also_red) > 15 and blue < -40, found

    # A place that shall look like a patch sees all of that, whatever counts of the reference.
    patch = np.full((16, 16, 4), (20, 160, 60, 255), np.uint8)
    place = np.zeros((96, 96), np.uint8)
    place[INSIDE] = 255
    edited = request(
        Reference(half_and_half(), part=LEFT),
        parameters=Parameters(seed=3, steps=2, edits=(TextEdit("moss", mask=0, patch=0),)),
        edit_masks=(FigureMask(place),),
        edit_patches=(Reference(patch),),
    )
    layer = engine.colorize(edited, lambda event: None, lambda: False).layers[0].pixels
    assert np.abs(np.median(layer[INSIDE][..., :3].reshape(-1, 3), axis=0) - (20, 160, 60)).max() <= 4


def test_what_does_not_count_is_not_even_in_the_picture() -> None:
    """White around the part; over what is left out, the colour beside it."""
    pixels = half_and_half()
    assert (reference_picture(Reference(pixels, left_out=RIGHT), 1.0) == RED[:3]).all()
    found = reference_picture(Reference(pixels, part=LEFT), 1.5)
    assert (found[:, 16:48] == RED[:3]).all() and (np.delete(found, np.s_[16:48], axis=1) == 255).all()
    both = part_tensor(Reference(pixels, part=mask(slice(0, 48)), left_out=LEFT), 1.5)
    assert both is not None and both.shape == (1, 1, SIDE, 96)
    assert both[..., 48:64].all() and both.sum() == 16 * SIDE
    beside = part_tensor(Reference(pixels, left_out=LEFT), 1.5)
    assert beside is not None and beside[..., :16].all() and not beside[..., 16:48].any()
    assert part_tensor(Reference(pixels), 1.5) is None


def test_a_part_follows_the_picture_that_is_cut_and_made_smaller() -> None:
    """The picture is cut to what is painted; a stroke too thin to be half of a small pixel still counts."""
    pixels = np.zeros((2200, 2400, 4), np.uint8)
    pixels[100:2100, 200:2200] = RED
    stroke = np.zeros((2200, 2400), np.uint8)
    stroke[1100, 300:302] = 255
    found = part_tensor(Reference(pixels, part=FigureMask(stroke)), 1.0)
    assert found is not None and found.shape == (1, 1, 1024, 1024)
    rows, columns = np.nonzero(found[0, 0].numpy())
    assert set(rows) == {512} and 51 <= columns.min() <= columns.max() <= 52


def test_tokens_weigh_by_their_share_of_the_part() -> None:
    part = torch.zeros(1, 1, 8, 8)
    part[..., :3] = 1  # of 4 x 4 tokens the first column in full, half of the second
    tokens = torch.zeros(1, 32, 5)
    bias = token_bias(tokens, "local", NOTHING, [1.0, 2.0], [part, None])
    assert bias is not None
    weights = bias.exp()
    first = weights[:16].reshape(4, 4)
    torch.testing.assert_close(first[0], torch.tensor([1.0, 0.5, 0.0, 0.0]) * first[0, 0])
    assert float(first.sum()) == pytest.approx(16.0), "in all as much as the whole reference would"
    torch.testing.assert_close(weights[16:], torch.full((16,), 2.0))
    full = token_bias(torch.zeros(1, 17, 5), "full", NOTHING, [], [part])
    assert full is not None and full[0] == 0 and torch.isinf(full[3])
    assert token_bias(torch.zeros(1, 1, 5), "cls", NOTHING, [], [part]) == torch.zeros(1)
    assert token_bias(tokens, "local", NOTHING, [3.0, 3.0], [None, None]) is None
    split = Enhancement(foreground=True, sketch_mask=torch.ones(1, 1, 8, 8))
    halves = token_bias(torch.zeros(1, 32, 5), "local", split, [], [part])
    assert halves is not None and torch.equal(halves[:16], halves[16:])


def test_paint_over_takes_the_nearest_colour() -> None:
    picture = half_and_half()[..., :3]
    covered = np.zeros((SIDE, SIDE), bool)
    covered[:, 20:60] = True
    found = paint_over(picture, covered)
    assert (found[:, :39] == RED[:3]).all() and (found[:, 41:] == BLUE[:3]).all()
    assert np.array_equal(paint_over(picture, np.ones((SIDE, SIDE), bool)), picture)


def test_margins_are_cut_with_the_masks() -> None:
    """What is left of a reference and its masks is the same place, at its own resolution; what does not count goes."""
    pixels = np.full((2400, 2400, 4), 255, np.uint8)
    pixels[:300, :, 3] = 0
    pixels[900:1500, 600:1200] = RED
    pixels[900:1500, 900:1200] = BLUE
    left = np.zeros((2400, 2400), np.uint8)
    left[900:1500, 600:900] = 255
    found = without_margins(Reference(pixels, part=FigureMask(left), left_out=FigureMask(255 - left)))
    assert found.part is not None and found.left_out is not None
    assert found.pixels.shape[:2] == found.part.pixels.shape == found.left_out.pixels.shape
    assert (found.pixels[found.part.pixels > 0] == RED).all(axis=1).mean() > 0.96
    assert (found.part.pixels > 0).sum() > 0.97 * 600 * 300
    assert max(found.pixels.shape[:2]) < 700  # the aspect of what is painted, 2400 to 2100
    whole = without_margins(Reference(pixels))
    assert 0.97 < whole.pixels.shape[0] / 600 < 1.1 and whole.part is None
    full = Reference(half_and_half())
    assert without_margins(full) is full


def test_a_small_figure_on_white_paper_colours_like_a_large_one() -> None:
    """The built-in model gets the same picture, whatever paper lies around it."""
    small = np.full((4 * SIDE, 4 * SIDE, 4), 255, np.uint8)
    small[70 : 70 + SIDE, 120 : 120 + SIDE] = half_and_half()
    engine = Engine("cpu")
    pages = [
        engine.colorize(request(Reference(pixels)), lambda event: None, lambda: False).layers[0].pixels.astype(int)
        for pixels in (half_and_half(), small)
    ]
    assert np.abs(pages[0] - pages[1]).mean() < 7
