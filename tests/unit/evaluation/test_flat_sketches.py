"""Figures of sketches: lost paper, found regions, cut shapes; and the pictures that a simulated model paints."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from huebrush_backend.evaluation import flat_sketches
from huebrush_backend.evaluation.flat_kinds import DRAWN_KINDS
from huebrush_backend.evaluation.flat_making import PictureFlats, make_picture_flats
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_mottles import MOTTLES, mottled
from huebrush_backend.evaluation.flat_pale_skin import kept_skin, with_pale_skin
from huebrush_backend.evaluation.flat_pictures import Painting, painted_picture
from huebrush_backend.evaluation.flat_sketches import (
    MottledTally,
    OpenTally,
    closed_page,
    evaluate_mottled,
    evaluate_open,
    lost_paper,
    lost_share,
    mottled_picture_of,
    off_picture,
    open_page,
    picture_of,
    right_regions,
    score_mottled,
)
from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.synthesis.sketch_pages import SketchPage

RED, BLUE, PINK = (200, 30, 30), (30, 60, 200), (208, 36, 34)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_sketches, "LONGER_SIDES", (320,))


def two_halves(opening: int = 0) -> SketchPage:
    """A page of 300 x 300 pixels with a red left and a blue right half, and a line with an opening between them."""
    ink = np.zeros((300, 300), np.uint8)
    ink[:, 149:152] = 255
    truth = np.where(np.arange(300) < 149, 1, 2)[None].repeat(300, axis=0).astype(np.int32)
    truth[ink > 0] = 0
    if opening:
        ink[150 - opening // 2 : 150 + opening // 2] = 0
    lines = np.dstack([255 - ink] * 3 + [np.full_like(ink, 255)])
    colors = np.array([(0, 0, 0), RED, BLUE], np.uint8)
    return SketchPage(1, "outline", ink, lines, truth, colors, np.array([0, 6, 7]), 3.0, ())


def painted(color_of_left: tuple[int, int, int], color_of_right: tuple[int, int, int]) -> np.ndarray:
    pixels = np.full((300, 300, 4), 255, np.uint8)
    pixels[:, :150, :3], pixels[:, 150:, :3] = color_of_left, color_of_right
    return pixels


def test_paper_in_another_colour_is_lost() -> None:
    page = two_halves()
    truth = spread(page.truth)
    assert not lost_paper(page, truth, painted(RED, BLUE)).any()
    assert not lost_paper(page, truth, painted(PINK, BLUE)).any()
    lost = lost_paper(page, truth, painted(BLUE, BLUE))
    assert lost[:, :149].all() and not lost[:, 149:].any()


def test_unpainted_paper_counts_as_white() -> None:
    pixels = painted(RED, BLUE)
    pixels[:100, 160:, 3] = 0
    assert lost_paper(two_halves(), spread(two_halves().truth), pixels).sum() == 100 * 140


def test_slim_patches_are_not_lost() -> None:
    page = two_halves()
    pixels = painted(RED, BLUE)
    pixels[:, 50:52, :3] = BLUE
    pixels[100:130, 80:110, :3] = BLUE
    assert lost_paper(page, spread(page.truth), pixels).sum() == 900


def test_flats_that_differ_from_the_picture_are_off_it() -> None:
    page = two_halves()
    flats = make_picture_flats(page.lines, painted(RED, BLUE)[..., :3])
    small = cv2.resize(painted(RED, RED)[..., :3], (100, 100))
    assert off_picture(page, painted(RED, BLUE)[..., :3], flats) == 0
    assert off_picture(page, small, flats) == pytest.approx(0.5, abs=0.02)


def test_regions_are_right_if_found_whole_and_apart_from_other_colours() -> None:
    page = two_halves()
    truth = spread(page.truth)
    assert right_regions(page, truth, truth) == (2, 2)
    assert right_regions(page, truth, np.ones_like(truth)) == (0, 2)
    alike = replace(page, colors=np.array([(0, 0, 0), RED, PINK], np.uint8))
    assert right_regions(alike, truth, np.ones_like(truth)) == (2, 2)
    cut = truth.copy()
    cut[:150, :150] = 3
    assert right_regions(page, truth, cut) == (1, 2)


def test_a_right_picture_has_right_colours_that_run_out_where_the_line_is_open() -> None:
    mixed = {0: 0, 160: 0}
    own, other = to_lab(np.array([RED, BLUE], np.uint8))
    for opening in mixed:
        page = two_halves(opening)
        for seed in range(4):
            picture = painted_picture(np.random.default_rng(seed), page.colors[spread(page.truth)], page.ink, 300)
            assert picture.shape == (300, 300, 3)
            for at, color in ((40, own), (260, other)):
                assert np.abs(to_lab(np.median(picture[:, at], axis=0).astype(np.uint8)) - color).max() < 20
            row = to_lab(picture[140:160].mean(0).astype(np.uint8))
            share = (row - own) @ (other - own) / ((other - own) @ (other - own))
            mixed[opening] += int((share[:147] > 0.05).sum())
    assert mixed[160] > mixed[0] + 8


def test_a_picture_can_be_partly_wrong() -> None:
    page = open_page(0, 0)
    truth = spread(page.truth)
    right = picture_of(page, truth, Painting(size=200)).astype(int)
    assert max(right.shape[:2]) == 200
    for wrong in (Painting(size=200, wrong=0.5), Painting(size=200, blotches=0.2)):
        differs = np.abs(picture_of(page, truth, wrong) - right).max(axis=2) > 40
        assert 0.02 < differs.mean() < 0.9
    assert (picture_of(page, truth) == picture_of(page, truth)).all()


@pytest.mark.parametrize("kind", MOTTLES)
def test_mottled_shapes_have_two_tones_and_others_stay(kind: str) -> None:
    page = two_halves()
    truth = spread(page.truth)
    most = 0.0
    for seed in range(4):
        picture = mottled(np.random.default_rng(seed), page.colors[truth], truth, {2: kind})
        assert (picture[truth == 1] == RED).all()
        lab = to_lab(picture[truth == 2])
        assert np.unique(picture[truth == 2], axis=0).shape[0] > 1
        most = max(most, float(np.hypot(*np.ptp(lab, axis=0)[:2])), float(np.ptp(lab[:, 2])))
    assert most > 20


def flats_with(page: SketchPage, labels: np.ndarray, by_lines: np.ndarray | None = None) -> PictureFlats:
    found = make_picture_flats(page.lines, np.zeros((64, 64, 3), np.uint8), gap=0)
    lines = replace(found.by_lines, labels=labels if by_lines is None else by_lines)
    return replace(found, by_lines=lines, regions=replace(lines, labels=labels))


def test_cut_shapes_are_counted_where_the_lines_alone_enclose_them() -> None:
    page = two_halves()
    truth = spread(page.truth)
    cut = truth.copy()
    cut[:40, 150:] = 3

    def tally(flats: PictureFlats) -> MottledTally:
        result = MottledTally()
        score_mottled(page, truth, flats, {2: "cel"}, result)
        return result

    whole = tally(flats_with(page, truth))
    assert (whole.shapes, whole.cut, whole.cut_by_lines) == ({"cel": 1}, {}, 0)
    falsely = tally(flats_with(page, cut, truth))
    assert (falsely.shapes, falsely.cut) == ({"cel": 1}, {"cel": 1})
    assert falsely.summary()["false_borders"] == 1
    assert tally(flats_with(page, cut)).cut_by_lines == 1
    assert tally(flats_with(page, np.ones_like(truth))).summary()["false_borders"] is None


def test_open_drawings_are_lost_where_flats_follow_the_lines_alone() -> None:
    told: list[str] = []
    report = evaluate_open(5, 2, told.append)
    assert told == [f"open: page {number} of 5" for number in range(1, 6)]
    assert report["pages"] == 5
    assert set(report["lost_by_kind"]) == {"outline", "double", "pencil", "construction", "mixed"}
    assert 0 <= report["lost"] < 1
    assert 0 < report["regions_right"] <= 1
    assert report["monotonic"] in (0, 1)
    assert report["pale_skin_kept"] is None  # neither of the two that count has skin on white paper


def test_right_labels_on_an_open_drawing_lose_nothing() -> None:
    page = open_page(2, 0)
    truth = spread(page.truth)
    flats = flats_with(page, truth)
    pixels = np.dstack([page.colors[truth], np.full(truth.shape, 255, np.uint8)])
    assert lost_share(page, truth, replace(flats, pixels=pixels)) == 0
    assert lost_share(page, truth, replace(flats, pixels=255 - pixels + (0, 0, 0, 255))) > 0.3
    right, count = right_regions(page, truth, truth)
    assert right == count > 5


def test_closed_pages_are_whole_by_the_lines_alone() -> None:
    report = evaluate_mottled(2, 1)
    assert report["pages"] == 2
    assert report["shapes"] >= 5
    assert report["false_borders"] == pytest.approx(report["cut"] / report["shapes"], abs=1e-4)
    page = closed_page(1, 0)
    picture, kinds = mottled_picture_of(page, spread(page.truth))
    assert picture.shape[2] == 3
    assert set(kinds.values()) <= set(MOTTLES)
    assert len(kinds) > 1


def test_closures_in_order_are_monotonic() -> None:
    tally = OpenTally(lost=[0.02, 0.2], kinds=["outline", "outline"], closures=[[1, 2, 2, 5], [3, 2, 4, 5]])
    summary = tally.summary()
    assert (summary["monotonic"], summary["lost"], summary["lost_above_a_tenth"]) == (0.5, 0.11, 1)
    assert summary["regions_right"] is None


def test_flats_by_picture_take_its_colours() -> None:
    page = two_halves()
    flats = make_picture_flats(page.lines, painted(RED, BLUE)[..., :3])
    assert flats.pixels[150, 40, :3].tolist() == list(RED)
    assert flats.pixels[150, 250, :3].tolist() == list(BLUE)
    assert flats.by_lines.count == find_regions(flats.ink, 3.0).count == 2
    assert make_picture_flats(page.lines, painted(RED, BLUE)[..., :3], gap=9).by_lines.gap == 9


def test_every_kind_reports_its_headline_and_tells_each_page() -> None:
    for name, kind in DRAWN_KINDS.items():
        told: list[str] = []
        figures = kind.evaluate(1, 3, told.append)
        assert figures["pages"] == 1, name
        assert len(told) == 1, name
        assert set(kind.headline) <= set(figures), name


def test_pages_come_in_all_kinds_and_ink_is_theirs() -> None:
    kinds = {open_page(0, number).kind for number in range(5)}
    assert len(kinds) == 5
    page = open_page(0, 1)
    assert max(page.ink.shape) == 320
    assert cv2.countNonZero(page.ink) > 500


def test_pale_skin_counts_as_kept_where_it_is_no_white_paper() -> None:
    page = open_page(0, 8)
    pale, truth = with_pale_skin(page), spread(page.truth)
    right = np.dstack([pale.colors[truth], np.full(truth.shape, 255, np.uint8)])
    assert kept_skin(pale, truth, right) == 1
    assert kept_skin(pale, truth, np.full_like(right, 255)) == 0.5
    assert (pale.ink == page.ink).all() and not (pale.colors == page.colors).all()
    made = make_picture_flats(pale.lines, picture_of(pale, truth))
    kept = kept_skin(pale, truth, made.pixels)
    assert kept is not None and kept > 0.95
    assert OpenTally(pale_kept=[0.5, 1]).summary()["pale_skin_kept"] == 0.75
