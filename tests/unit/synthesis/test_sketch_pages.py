"""Sketches: outlines are open where they are said to be, strokes are a hand's, and what is closed stays closed."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from huebrush_backend.synthesis.canvas import Light, Pen
from huebrush_backend.synthesis.flat_inking import ink_page
from huebrush_backend.synthesis.flat_shapes import Shape, ShapeRecorder
from huebrush_backend.synthesis.flat_truth import INK, true_regions
from huebrush_backend.synthesis.notched_shapes import SHAPES, Drawer, draw_holed
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.rich.animals import draw_animal
from huebrush_backend.synthesis.rich.shape_canvas import RichShapeRecorder
from huebrush_backend.synthesis.sketch_contours import (
    JOINT,
    OPEN,
    WIDEST_OPENING,
    Contour,
    open_contours,
    seen_shapes,
    visible_contours,
)
from huebrush_backend.synthesis.sketch_pages import CLOSED_KINDS, OPEN_KINDS, SKETCH_KINDS, SketchPage, draw_sketch_page
from huebrush_backend.synthesis.sketch_strokes import Hand, draw_strokes, grained, strokes_of

NUMBER = 11
SIZE = (360, 480)


@cache
def page(kind: str, number: int = NUMBER) -> SketchPage:
    return draw_sketch_page(number, *SIZE, kind)


def square(left: float, top: float, side: float, half: float = 0.01) -> Shape:
    points = np.array([(left, top), (left + side, top), (left + side, top + side), (left, top + side)])
    return Shape(points, np.full(4, half), True, True, False, Part.TOP, 0, (0.0, 0.0, 1.0, 1.0))


def straight(length: int, ends: tuple[str, str]) -> Contour:
    points = np.stack([np.arange(50, 50 + length, 2.0), np.full((length + 1) // 2, 100.0)], axis=1)
    return Contour(points, np.full(len(points), 2.0), False, True, ends)


def joined_regions(made: SketchPage) -> int:
    """Number of pairs of true regions that a path over paper joins."""
    _, found = cv2.connectedComponents((made.ink < INK).astype(np.uint8), connectivity=4)
    inside = (made.truth > 0) & (made.ink < INK)
    areas = np.bincount(made.truth.ravel(), minlength=made.count + 1)
    pairs, shared = np.unique(np.stack([found[inside], made.truth[inside]]), axis=1, return_counts=True)
    # A line that a hand moves by a pixel uncovers a rim of the region beside it.
    mostly = shared > 0.3 * areas[pairs[1]]
    return int(mostly.sum() - len(np.unique(pairs[0][mostly])))


@pytest.mark.parametrize("kind", SKETCH_KINDS)
def test_a_drawing_is_a_function_of_its_number_kind_and_size(kind: str) -> None:
    again = draw_sketch_page(NUMBER, *SIZE, kind)
    assert np.array_equal(again.lines, page(kind).lines)
    assert np.array_equal(again.truth, page(kind).truth)
    assert again.openings == page(kind).openings
    assert again.lines.shape == (*SIZE[::-1], 4)
    assert set(np.unique(again.truth)) == set(range(again.count + 1))


def test_kinds_take_turns_and_others_are_refused() -> None:
    assert [draw_sketch_page(number, 90, 90).kind for number in range(len(OPEN_KINDS))] == list(OPEN_KINDS)
    with pytest.raises(ValueError, match="unknown kind of drawing 'oil'"):
        draw_sketch_page(1, 90, 90, "oil")


@pytest.mark.parametrize("kind", OPEN_KINDS)
def test_open_drawings_join_regions_where_they_are_open(kind: str) -> None:
    made = page(kind)
    assert len(made.openings) > 5
    assert joined_regions(made) > 3
    widths = np.array([opening.width for opening in made.openings]) / made.line_width
    assert 1.5 / made.line_width <= widths.min() and widths.max() <= WIDEST_OPENING


@pytest.mark.parametrize("kind", CLOSED_KINDS)
def test_closed_drawings_join_hardly_any(kind: str) -> None:
    for number in (0, 7):
        assert page(kind, number).openings == ()
        # A hand that wavers may open a detail of few pixels.
        assert joined_regions(page(kind, number)) <= 0.03 * page(kind, number).count


def test_there_is_no_line_in_the_middle_of_an_opening() -> None:
    made = page("outline")
    places = [(round(each.y), round(each.x)) for each in made.openings if each.width > 4]
    inside = [(y, x) for y, x in places if 0 <= y < made.ink.shape[0] and 0 <= x < made.ink.shape[1]]
    assert len(inside) > 3
    assert np.mean([made.ink[place] < INK for place in inside]) > 0.8  # Other lines may cross there.


def test_lines_lie_where_regions_end() -> None:
    made = page("outline")
    near = cv2.dilate((made.truth == 0).astype(np.uint8), np.ones((5, 5), np.uint8))
    assert (near[made.ink > 128] > 0).mean() > 0.97


def test_pencils_are_grey_and_construction_lines_part_no_region() -> None:
    assert page("pencil").lines[..., :3].min() > 20
    assert page("outline").lines[..., :3].min() == 0
    made = page("construction")
    away = cv2.dilate((made.truth == 0).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert ((made.ink > 10) & away).sum() > 100


def test_what_a_later_shape_hides_is_no_contour() -> None:
    shapes = [square(0.2, 0.2, 0.4), square(0.4, 0.4, 0.4)]
    contours = visible_contours(shapes, seen_shapes(shapes, 200, 200))
    under, over = contours
    assert over.closed and not under.closed
    assert under.ends == (JOINT, JOINT)
    assert under.length == pytest.approx(0.75 * over.length, rel=0.05)
    inside = (under.points > 84).all(1)
    assert not inside.any()


def test_openings_take_their_width_out_of_a_closed_contour() -> None:
    contours = visible_contours([square(0.1, 0.1, 0.8)], seen_shapes([square(0.1, 0.1, 0.8)], 400, 400))
    pieces, openings = open_contours(np.random.default_rng(3), contours, line_width=4, spacing=300)
    assert len(pieces) == len(openings) > 1
    assert all(piece.ends == (OPEN, OPEN) for piece in pieces)
    left_out = contours[0].length - sum(piece.length for piece in pieces)
    assert left_out == pytest.approx(sum(opening.width + 4 for opening in openings), abs=4 * len(openings))


def test_strokes_run_on_at_joints_and_never_into_openings() -> None:
    hand = Hand(overshoot=(2.0, 4.0))
    stroke = strokes_of(np.random.default_rng(1), [straight(200, (OPEN, JOINT))], hand, line_width=4)[0]
    assert stroke.points[:, 0].min() == 50
    assert 8 <= stroke.points[:, 0].max() - 248 <= 16.1


def test_a_sketching_hand_draws_a_contour_several_times_with_tips_and_pressure() -> None:
    hand = Hand(repeats=(3, 3), stretch=80, wobble=0.5, pressure=0.8, tips=5, darkness=0.9)
    strokes = strokes_of(np.random.default_rng(2), [straight(400, (JOINT, JOINT))], hand, line_width=4)
    assert len(strokes) > 6
    for stroke in strokes:
        assert stroke.half[0] < 0.6 * stroke.half.max() and stroke.half[-1] < 0.6 * stroke.half.max()
        assert 0 < stroke.darkness.min() < stroke.darkness.max() <= 0.9
    assert 0.5 < np.concatenate([stroke.points[:, 1] for stroke in strokes]).std() < 4
    ink = draw_strokes(strokes, 500, 200)
    assert ink[90:110].max() > 150
    assert ink[:80].max() == ink[120:].max() == 0


def test_strokes_that_cross_add_up() -> None:
    hand = Hand(darkness=0.5)
    strokes = strokes_of(np.random.default_rng(1), [straight(100, (OPEN, OPEN))], hand, line_width=4)
    once, twice = draw_strokes(strokes, 200, 200), draw_strokes(strokes * 2, 200, 200)
    assert once[100, 100] == 128
    assert twice[100, 100] == 192


def test_grain_breaks_faint_lines_and_leaves_bare_paper() -> None:
    ink = np.repeat(np.array([[0, 60, 250]], np.uint8), 64, axis=0).repeat(64, axis=1)
    rough = grained(np.random.default_rng(4), ink, 1.0)
    assert rough[ink == 0].max() == 0
    assert rough[ink == 60].std() > 10
    assert rough[ink == 250].min() > 100


@pytest.mark.parametrize("draw", sorted(set(SHAPES), key=str))
def test_strokes_waists_and_notches_part_no_shape(draw: Drawer) -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        recorder = ShapeRecorder(Pen(width=0.007, taper=0.5), Light(), rng, (0.0, 0.0, 1.0, 1.0))
        with recorder.within(0.5, 0.5, 0.9):
            draw(recorder, rng, Part.HAIR, 0.007 / 0.9)
        truth = true_regions(*ink_page(recorder.shapes, 300, 300))
        parts = [recorder.shapes[index].part for index in truth.shapes[1:] if index >= 0]
        assert parts.count(Part.HAIR) == 1
        assert len(parts) > 3 if draw is draw_holed else len(parts) == 1


def test_rich_drawings_are_recorded_as_shapes() -> None:
    recorder = RichShapeRecorder(Pen(width=0.006), Light(), np.random.default_rng(1))
    draw_animal(recorder, np.random.default_rng(2), np.random.default_rng(3))
    parts = {shape.part for shape in recorder.shapes if shape.filled}
    assert len(parts) > 3
    assert all(0 < shape.half.max() < 0.01 for shape in recorder.shapes if shape.filled)
    with pytest.raises(TypeError, match="no pixels"):
        recorder.maps()
