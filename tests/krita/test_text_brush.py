"""The text brush in a real Krita: strokes by mouse on the canvas, what they change and what they leave alone."""

from __future__ import annotations

import numpy as np
import pytest
from docker_steps import (
    MODEL_PATIENCE,
    colorize,
    layer_pixels,
    open_again,
    save,
    top_layers,
    wait_for_result,
)
from example import LINE_ART
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.imaging.lineart import ink_coverage
from krita_program import PATIENCE
from PIL import Image

STATE = "[hands.pixel_hash(), hands.pixel_hash('Line art'), [n.visible() for n, _ in walk(d.rootNode())]]"
RED, BLUE = "#c81e28", "#1e46c8"
SLEEVE = (780, 720)
HAIR = [(470, 250), (520, 200)]


@pytest.fixture
def brushed(brushing_krita, page):
    """A page that has been coloured, with the edits folded out and none of them in the list."""
    krita = brushing_krita
    begin(krita, page)
    yield krita
    krita.run("hands.show_page('colorize')")


def begin(krita, page, **options) -> None:
    """Colour a fresh page."""
    page(krita, **options)
    krita.run("from huebrush.documents.find import walk, find_node; d = hands.document()")
    colorize(krita)


def new_edit(krita, target: str) -> None:
    """Begin an edit by its shortcut, with the brush in hand."""
    krita.run("hands.press('huebrush_new_brush_edit')")
    krita.run(f"hands.type_text('huebrush_edit_target', {target!r})")


def apply(krita, seconds: float = PATIENCE) -> str:
    """Apply the edits by button and return the new layer's id."""
    krita.run("hands.click('huebrush_edits_apply')")
    wait_for_result(krita, seconds)
    krita.run("hands.spin(0.3); d.waitForDone()")
    return krita.value("hands.job()['group']")


def pixels(krita, folder, layer: str) -> np.ndarray:
    """The layer or group with this id as it is composed, (H,W,4) uint8 RGBA."""
    return layer_pixels(krita, folder, f"find_node(d, {layer!r})")


def changed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where two layers differ in any byte, (H,W) bool."""
    return (one != other).any(axis=2)


def sleeve_and_ink() -> tuple[np.ndarray, np.ndarray]:
    """The region of the example that a stroke on the sleeve means, (H,W) bool, and the coverage of its lines."""
    ink = ink_coverage(np.asarray(Image.open(LINE_ART).convert("RGBA")))
    labels = find_regions(ink, WidestGap()).labels
    return labels == labels[SLEEVE[1], SLEEVE[0]], ink


def test_a_stroke_changes_its_place_and_nothing_else(brushed, tmp_path):
    """To the byte; in one undo step with the brush's layer; with the artist's layer and colour back in hand."""
    krita = brushed
    first = krita.value("hands.job()['group']")
    before = pixels(krita, tmp_path, first)
    lines = krita.value("hands.pixel_hash('Line art')")
    krita.run("d.setActiveNode(hands.layer_named('Line art')); canvas_hands.set_foreground(1, 2, 3)")
    new_edit(krita, RED)
    assert krita.value("d.activeNode().name()") == "Text brush"
    assert krita.value("canvas_hands.foreground()") != [1, 2, 3]
    krita.run("canvas_hands.stroke([(300, 300), (420, 360)], 60)")
    krita.run("strokes = hands.pixel_hash('Text brush')")
    painted = krita.value(STATE)
    second = apply(krita)
    after = pixels(krita, tmp_path, second)
    place = changed(after, before)
    assert (after[place] == (200, 30, 40, 255)).all()
    assert place[300, 300] and place[360, 420] and place[330, 360]
    rows, columns = np.nonzero(place)
    assert min(rows.min(), columns.min()) >= 300 - 32 and rows.max() <= 360 + 32 and columns.max() <= 420 + 32
    assert "Text brush" not in top_layers(krita)
    assert krita.value("hands.pixel_hash('Line art')") == lines
    names = top_layers(krita)
    assert names.index("Line art") < names.index(f"{RED} · edit"), "colour goes below the lines"
    assert krita.settled("canvas_hands.foreground()", [1, 2, 3]) == [1, 2, 3]
    assert krita.settled("d.activeNode().name()", "Line art") == "Line art"
    done = krita.value(STATE)

    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, painted) == painted, "one undo brings back the page as it was, strokes and all"
    assert krita.value("hands.pixel_hash('Text brush') == strokes")
    krita.run("hands.press('edit_redo')")
    assert krita.settled(STATE, done) == done
    assert "Text brush" not in top_layers(krita)

    krita.run("hands.click('huebrush_edit_remove'); hands.press('huebrush_reopen_edits')")
    krita.wait_for("hands.layers()[0]['name'] == 'Text brush'", "the strokes of the recipe")
    krita.wait_for("hands.widget('huebrush_edits_list').count() == 1", "the edit of the recipe")
    again = apply(krita)
    assert again != second and np.array_equal(pixels(krita, tmp_path, again), after)


def test_a_selection_and_a_stroke_that_overlap(brushed, tmp_path):
    """The later edit of the list wins, the docker says so, and in the other order it is turned round."""
    krita = brushed
    first = krita.value("hands.job()['group']")
    before = pixels(krita, tmp_path, first)
    krita.run(
        "canvas_hands.select(200, 300, 300, 200); hands.toggle('huebrush_page_edit'); hands.click('huebrush_edit_add')"
    )
    krita.run("hands.type_text('huebrush_edit_target', 'red hair'); hands.pick('huebrush_edit_where', 'Selection')")
    new_edit(krita, BLUE)
    krita.run("d.setSelection(None); canvas_hands.stroke([(480, 350), (600, 350)], 60)")
    krita.run("canvas_hands.select(200, 300, 300, 200); hands.toggle('huebrush_edits_keep_brush')")
    second = apply(krita)
    assert krita.wait_for_banner("edits_overlap")["message"] == f"“{BLUE}” covers part of “red hair”."
    after = pixels(krita, tmp_path, second)
    selected = np.zeros(before.shape[:2], bool)
    selected[300:500, 200:500] = True
    blue = (after == (30, 70, 200, 255)).all(axis=2)
    assert blue[350, 550] and blue[350, 490] and not blue[450, 300]
    assert np.array_equal(changed(after, before), selected | blue)
    assert "Text brush" in top_layers(krita), "it was to stay"
    krita.run("hands.press('edit_undo'); hands.press('huebrush_move_edit_up')")
    turned = pixels(krita, tmp_path, apply(krita))
    assert not (turned == (30, 70, 200, 255)).all(axis=2)[selected].any()
    assert np.array_equal(changed(turned, before), changed(after, before))
    krita.run("hands.toggle('huebrush_edits_keep_brush'); d.setSelection(None)")


def test_one_stroke_means_a_whole_region(brushed, tmp_path):
    """A dot on a sleeve; what changes is that region to its very border."""
    krita = brushed
    before = pixels(krita, tmp_path, krita.value("hands.job()['group']"))
    new_edit(krita, RED)
    krita.run("hands.toggle('huebrush_edit_whole_regions')")
    krita.run(f"canvas_hands.dot({SLEEVE[0]}, {SLEEVE[1]}, 16)")
    after = pixels(krita, tmp_path, apply(krita))
    region, _ = sleeve_and_ink()
    assert 1000 < region.sum() < region.size / 2
    assert np.array_equal(changed(after, before), region)


def test_an_eye_of_twelve_pixels_on_a_large_page(brushing_krita, page, tmp_path):
    """On 4096 × 4096 pixels, zoomed in; the edit is there, and nowhere else."""
    krita = brushing_krita
    begin(krita, page, edge=4096)
    before = pixels(krita, tmp_path, krita.value("hands.job()['group']"))
    krita.run("canvas_hands.look_at(1994, 1494, 12, 12)")
    new_edit(krita, BLUE)
    krita.run("canvas_hands.dot(2000, 1500, 12)")
    after = pixels(krita, tmp_path, apply(krita))
    place = changed(after, before)
    rows, columns = np.nonzero(place)
    assert (after[place] == (30, 70, 200, 255)).all() and 60 <= place.sum() <= 200
    assert rows.min() >= 1492 and rows.max() <= 1508 and columns.min() >= 1992 and columns.max() <= 2008
    krita.run("hands.show_page('colorize')")


def test_a_kept_brush_works_again_after_reopening(brushing_krita, page, tmp_path):
    """In a CMYK page: the strokes are saved with it, and the same edits make the same of the layer edited before."""
    krita = brushing_krita
    begin(krita, page, model="CMYKA", depth="U8")
    first = krita.value("hands.job()['group']")
    new_edit(krita, RED)
    krita.run("canvas_hands.stroke([(300, 300), (420, 360)], 60); hands.toggle('huebrush_edits_keep_brush')")
    after = pixels(krita, tmp_path, apply(krita))
    strokes = krita.value("hands.pixel_hash('Text brush')")
    assert krita.value("hands.layers()[0]['space']") == "RGBA/U8"
    saved = tmp_path / "page.kra"
    save(krita, saved)
    open_again(krita, saved)
    krita.run("hands.layer_named('Text brush').setName('my strokes')")
    assert krita.value("hands.pixel_hash('my strokes')") == strokes
    krita.run("box = hands.widget('huebrush_line_art')")
    entries = "[box.itemText(n).strip() for n in range(box.count())]"
    assert "my strokes" not in krita.value(entries) and "Line art" in krita.value(entries)
    krita.run(f"hands.layer_named('{RED} · edit').setVisible(False); find_node(d, {first!r}).setVisible(True)")
    krita.run("hands.widget('huebrush_panel').refresh()")
    again = apply(krita)
    assert np.array_equal(pixels(krita, tmp_path, again), after)
    kept = krita.value(
        "[edit['edit_mask'] for n in d.annotationTypes() if n.startswith('huebrush/recipe/') "
        "for edit in __import__('json').loads(bytes(d.annotation(n).data()))['settings']['edits']]"
    )
    assert len(kept) == 2 and len(set(kept)) == 1 and kept[0], "the recipes have the strokes"
    krita.run("hands.toggle('huebrush_edits_keep_brush'); hands.show_page('colorize')")


def test_the_built_in_model_edits_what_is_painted(real_krita, page, picture, tmp_path):
    """A word and an exact colour, in two places of the picture that it made itself; in one undo step."""
    krita = real_krita
    page(krita)
    krita.run("from huebrush.documents.find import walk, find_node; d = hands.document()")
    krita.run("hands.type_number('huebrush_steps_number', 12); hands.type_number('huebrush_seed_number', 8)")
    colorize(krita, MODEL_PATIENCE)
    before = pixels(krita, tmp_path, krita.value("hands.job()['group']"))
    width = "hands.widget('huebrush_panel').minimumSizeHint().width()"
    new_edit(krita, "blue hair")
    krita.run(f"canvas_hands.stroke({HAIR}, 60)")
    new_edit(krita, RED)
    krita.run(f"hands.toggle('huebrush_edit_whole_regions'); canvas_hands.dot({SLEEVE[0]}, {SLEEVE[1]}, 16)")
    painted = krita.value(STATE)
    assert krita.value(width) <= 260 and krita.value("hands.unnamed_controls()") == []
    krita.run("hands.show_page('edit')")
    picture(krita, "", "docker-text-brush")
    picture(krita, "window", "text-brush-painted")
    after = pixels(krita, tmp_path, apply(krita, MODEL_PATIENCE))
    picture(krita, "window", "text-brush-applied")
    place = changed(after, before)
    sleeve, ink = sleeve_and_ink()
    hair = place & ~sleeve
    rows, columns = np.nonzero(hair)
    xs, ys = zip(*HAIR, strict=True)
    assert min(xs) - 32 <= columns.min() and columns.max() <= max(xs) + 32
    assert min(ys) - 32 <= rows.min() and rows.max() <= max(ys) + 32
    red, green, blue = np.median(after[hair][:, :3], axis=0)
    assert blue > red + 20 and blue > green + 20
    free = sleeve & (ink < 26)
    assert tuple(np.median(after[free][:, :3], axis=0)) == pytest.approx((200, 30, 40), abs=3)
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, painted) == painted
    krita.run("hands.show_page('colorize')")


def test_undo_of_mending_leaves_what_was_there_before(brushed):
    """Mend… shows the edited layer in place of the result; one Ctrl+Z shows the result again, and the list of edits."""
    krita = brushed
    new_edit(krita, RED)
    krita.run("canvas_hands.stroke([(300, 300), (420, 360)], 60)")
    apply(krita)
    krita.run("hands.click('huebrush_edit_remove')")
    shown = "[[n.name(), n.visible()] for n in d.rootNode().childNodes()]"
    krita.run("listed = hands.widget('huebrush_edits_list')")
    edits = "[listed.item(n).text() for n in range(listed.count())]"
    before = krita.value(f"[{shown}, hands.pixel_hash(), {edits}]")
    assert [f"{RED} · edit", True] in before[0]
    krita.run("hands.press('huebrush_reopen_edits')")
    krita.wait_for("hands.layers()[0]['name'] == 'Text brush'", "the strokes of the recipe")
    krita.wait_for("hands.widget('huebrush_edits_list').count() == 1", "the edit of the recipe")
    krita.run("hands.spin(0.3); d.waitForDone()")
    mended = krita.value(f"[{shown}, hands.pixel_hash(), {edits}]")
    assert [f"{RED} · edit", False] in mended[0]
    for step, state in (("edit_undo", before), ("edit_redo", mended), ("edit_undo", before)):
        krita.run(f"hands.press({step!r})")
        assert krita.settled(f"[{shown}, hands.pixel_hash(), {edits}]", state) == state, step
