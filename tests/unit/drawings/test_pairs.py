"""Pairs: other palettes, other views, lines in many styles, labels that stay with their parts."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.drawings.border_lines import LineStyle, draw_borders, random_style
from huebrush_backend.drawings.labelled import read_drawing
from huebrush_backend.drawings.measure import measure
from huebrush_backend.drawings.pairs import (
    MOST_PARTS,
    UNLABELLED,
    DrawnPair,
    pair_labels,
    pair_of_drawing,
    pair_of_pictures,
    pair_sheet,
)
from huebrush_backend.drawings.palettes import APART, random_colors
from huebrush_backend.drawings.svg_shapes import gradient_stops
from huebrush_backend.drawings.svg_tree import elements_by_id
from huebrush_backend.drawings.views import View, apply_view, on_ground
from huebrush_backend.imaging.oklab import srgb_to_oklab
from small_drawings import BERRY, HOUSE, PAGE, svg

GRADIENT = svg(
    PAGE + '<linearGradient id="g"><stop stop-color="#ff8080"/><stop offset="1" stop-color="#a02020"/></linearGradient>'
    '<radialGradient id="h" cx="0.5" cy="0.5" r="0.5" href="#g"/>'
    '<rect width="60" height="100" fill="url(#h)"/><rect x="70" width="20" height="50" fill="#0000ff"/>'
)


def rng(seed: int = 0) -> np.random.Generator:
    """Return a generator of random numbers."""
    return np.random.default_rng(seed)


def assert_same(first: DrawnPair, second: DrawnPair) -> None:
    """Check that two pairs are the same in every pixel."""
    for name in ("ink", "target", "reference", "labels", "reference_labels", "colors"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name


def test_a_new_palette_changes_each_part_wherever_it_is() -> None:
    drawing = read_drawing(HOUSE)
    window = drawing.parts.names.index("window")
    new = drawing.recolored({window: (10, 200, 30)})
    before, after = (on_ground(each.render(200, 200).painting, (255, 255, 255)) for each in (drawing, new))
    labels = drawing.render(200, 200).labels
    inside = (labels == window) & (after == (10, 200, 30)).all(axis=2)
    assert inside.sum() > 0.8 * (labels == window).sum()
    assert inside[:, :100].any()
    assert inside[:, 100:].any()
    assert np.array_equal(
        before[labels == drawing.parts.names.index("sky")][:500],
        after[labels == drawing.parts.names.index("sky")][:500],
    )
    assert new.parts.colors[window] == (10, 200, 30)


def test_the_first_drawing_stays_as_it_is() -> None:
    drawing = read_drawing(HOUSE)
    before = drawing.render(64, 64).picture
    drawing.recolored({0: (1, 2, 3)})
    assert np.array_equal(drawing.render(64, 64).picture, before)


def test_the_stops_of_a_gradient_keep_their_relation() -> None:
    drawing = read_drawing(GRADIENT, parts="fill")
    part = next(n for n, color in enumerate(drawing.parts.colors) if color[0] > color[2] + 50)
    new = drawing.recolored({part: (60, 90, 200)})
    paint = next(shape.fill for shape in new.shapes if shape.fill and shape.fill.gradient)
    known = elements_by_id(new.root)
    stops = [color for color, _ in gradient_stops(known[paint.gradient], known)]
    before = srgb_to_oklab(np.array([(255, 128, 128), (160, 32, 32)], np.uint8))
    after = srgb_to_oklab(np.array(stops, np.uint8))
    assert np.allclose(before[0] - before[1], after[0] - after[1], atol=0.02)
    picture = new.render(100, 100).picture
    assert (picture[50, 10, 2].astype(int) - picture[50, 10, 0]) > 50
    assert tuple(picture[25, 80, :3]) == (0, 0, 255)


def test_new_colours_can_be_told_apart() -> None:
    present = read_drawing(HOUSE).parts.colors
    for seed in range(8):
        colors = random_colors(present, rng(seed), [(255, 255, 255)])
        lab = srgb_to_oklab(np.array([*colors, (255, 255, 255)], np.uint8))
        distances = np.linalg.norm(lab[:, None] - lab[None], axis=2) + 9 * np.eye(len(lab))
        assert distances.min() >= APART / 2.2
    assert random_colors(present, rng(1)) != random_colors(present, rng(2))


def test_a_mirrored_view_is_the_picture_mirrored() -> None:
    picture = rng().integers(0, 255, (40, 40, 3)).astype(np.uint8)
    labels = rng().integers(0, 9, (40, 40)).astype(np.uint8)
    seen, seen_labels = apply_view(picture, labels, View(mirror=True), rng())
    assert np.array_equal(seen[:, 1:], picture[:, :0:-1])
    assert np.array_equal(seen_labels[:, 1:], labels[:, :0:-1])


def test_a_view_moves_picture_and_labels_alike() -> None:
    colors = np.array([[200, 30, 30], [30, 200, 30], [30, 30, 200], [220, 220, 40]], np.uint8)
    labels = np.repeat(np.repeat(np.arange(4, dtype=np.uint8).reshape(2, 2), 50, axis=0), 50, axis=1)
    view = View(angle=25, zoom=(0.6, 0.8), shift=(0.1, -0.05), mirror=True, bend=0.03)
    seen, seen_labels = apply_view(colors[labels], labels, view, rng(), ((255, 255, 255), UNLABELLED))
    inside = seen_labels != UNLABELLED
    assert (np.abs(seen[inside].astype(int) - colors[seen_labels[inside]]).max(axis=1) < 30).mean() > 0.9
    assert set(np.unique(seen_labels)) == {0, 1, 2, 3, UNLABELLED}
    assert (seen[~inside] > 200).all(axis=1).mean() > 0.8


@pytest.mark.parametrize("data", [HOUSE, BERRY])
def test_pairs_are_the_same_for_the_same_seed_and_others_for_another(data: bytes) -> None:
    drawing = read_drawing(data)
    assert_same(pair_of_drawing(drawing, rng(3), 64), pair_of_drawing(read_drawing(data), rng(3), 64))
    assert not np.array_equal(
        pair_of_drawing(drawing, rng(3), 64).reference, pair_of_drawing(drawing, rng(4), 64).reference
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_right_colours_of_a_pair_are_those_of_its_pictures(seed: int) -> None:
    pair = pair_of_drawing(read_drawing(BERRY), rng(seed), 128)
    for picture, labels in ((pair.target, pair.labels), (pair.reference, pair.reference_labels)):
        for label in np.unique(labels):
            if label == UNLABELLED or (labels == label).sum() < 400:
                continue
            median = np.median(picture[labels == label], axis=0)
            assert np.abs(median - pair.colors[label]).max() < 12, (label, median, pair.colors[label])


def test_only_the_largest_parts_have_labels() -> None:
    labels = np.arange(-2, 38, dtype=np.int16)[None]
    found = pair_labels(labels)[0]
    assert found[:3].tolist() == [0, UNLABELLED, 1]
    assert found.tolist()[2 : 2 + MOST_PARTS] == list(range(1, MOST_PARTS + 1))
    assert set(found.tolist()[2 + MOST_PARTS :]) == {UNLABELLED}


def test_pairs_of_pictures_say_nothing_about_parts() -> None:
    picture = rng().integers(0, 255, (90, 60, 3)).astype(np.uint8)
    ink = np.zeros((90, 60), np.float32)
    ink[:, 30] = 1
    pair = pair_of_pictures(picture, ink, None, rng(1), 48)
    assert pair.target.shape == pair.reference.shape == (48, 48, 3)
    assert (pair.labels == UNLABELLED).all()
    assert (pair.reference_labels == UNLABELLED).all()
    assert pair.ink.max() > 0.3
    assert_same(pair, pair_of_pictures(picture, ink, None, rng(1), 48))


def test_a_sheet_shows_every_pair() -> None:
    pair = pair_of_drawing(read_drawing(BERRY), rng(), 32)
    assert pair_sheet([pair, pair]).shape == (64, 160, 3)


def borders() -> np.ndarray:
    """Return labels of a square in a square, at twice the size of the lines."""
    labels = np.full((128, 128), -2, np.int16)
    labels[20:108, 20:108] = 0
    labels[50:80, 50:80] = 1
    return labels


def test_lines_follow_their_style() -> None:
    plain = draw_borders(borders(), LineStyle(0.02), rng(), -2)
    wide = draw_borders(borders(), LineStyle(0.05), rng(), -2)
    outlined = draw_borders(borders(), LineStyle(0.02, outline=3), rng(), -2)
    open_lines = draw_borders(borders(), LineStyle(0.02, gaps=0.4), rng(), -2)
    pale = draw_borders(borders(), LineStyle(0.02, darkness=0.5), rng(), -2)
    assert wide.sum() > 1.8 * plain.sum()
    assert outlined[:12].sum() > 2 * plain[:12].sum()
    assert np.allclose(outlined[25:40, 20:44], plain[25:40, 20:44])
    assert open_lines.sum() < 0.8 * plain.sum()
    assert pale.max() <= 0.5
    assert plain.max() > 0.9


def test_sketchy_lines_stray_from_the_border_and_are_drawn_again() -> None:
    once = draw_borders(borders(), LineStyle(0.012, wobble=0.01), rng(), -2)
    thrice = draw_borders(borders(), LineStyle(0.012, wobble=0.01, passes=3), rng(), -2)
    assert (thrice > 0.2).sum() > 1.2 * (once > 0.2).sum()


def test_random_styles_differ() -> None:
    assert len({random_style(rng(seed)) for seed in range(20)}) == 20


def test_a_drawing_is_measured() -> None:
    house = measure(read_drawing(HOUSE))
    assert house.is_fit
    assert house.parts >= 6
    assert not measure(read_drawing(svg(PAGE))).is_fit
    assert not measure(read_drawing(svg(PAGE + '<image href="data:," width="9" height="9"/>'))).is_fit
