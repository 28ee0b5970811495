"""The page History in Krita: results are shown alone, put back to the same pixels, and give their settings back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from docker_steps import MODEL_PATIENCE, colorize, open_again, save, start_backend, wait_for_result
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.imaging.files import read_picture
from psd_tools import PSDImage
from psd_tools.constants import Resource

HANDS = """
from huebrush.base.qt import QtCore
from PyQt5.QtTest import QTest
def view():
    hands.show_page('history')
    return hands.widget('huebrush_history')
def rows():
    model = view().model()
    return [model.index(row, 0).data().split(chr(10))[0] for row in range(model.rowCount())]
def click_row(row, held=QtCore.Qt.KeyboardModifier.NoModifier):
    area, at = view().viewport(), view().visualRect(view().model().index(row, 0)).center()
    QTest.mouseClick(area, QtCore.Qt.MouseButton.LeftButton, held, at)
    hands.spin(0.3)
def choose_row(row):
    view().setCurrentIndex(view().model().index(row, 0))
def shown():
    "Names of the results that can be seen, topmost first."
    top = reversed(hands.document().rootNode().childNodes())
    return [node.name() for node in top if node.visible() and node.name().startswith(('Flats', 'Picture'))]
def search(words):
    field = hands.widget('huebrush_history_search')
    field.clear()
    QTest.keyClicks(field, words)
    hands.spin()
def is_put_back():
    from huebrush.session import session
    return not session().keeper.is_busy
def is_kept(count):
    from huebrush.session import session
    kept = session().keeper.files.of(hands.document())
    return sum(each.has_layers for each in kept.values()) >= count
"""


def make_three_results(krita, page, result="Flats", **options: object) -> None:
    """Open the example and colorize it with three seeds; in Krita, there are the functions above from then on."""
    page(krita, **options)
    krita.run(HANDS.replace("PyQt5", krita.value("hands.QtCore.__name__").split(".")[0]))
    start_backend(krita)
    krita.run(f"hands.pick('huebrush_result', {result!r})")
    for seed in (501, 502, 503):
        krita.run(f"hands.type_number('huebrush_seed_number', {seed})")
        colorize(krita, MODEL_PATIENCE)
    krita.wait_for("is_kept(3)", "the files of three results")


@pytest.fixture
def three_results(painting_krita, page):
    """A Krita with three flats of the example."""
    make_three_results(painting_krita, page, edge=200)
    return painting_krita


def test_a_result_is_shown_alone_and_back_undoes_that(three_results):
    krita = three_results
    assert [name[:7] for name in krita.value("rows()")] == ["Flats 3", "Flats 2", "Flats 1"]
    before = krita.value("shown()")
    krita.run("hands.document().setModified(False); click_row(1)")
    assert [name[:7] for name in krita.value("shown()")] == ["Flats 2"]
    assert krita.value("hands.widget('huebrush_seed_number').value()") == 502
    krita.run("hands.click('huebrush_history_back')")
    assert krita.value("shown()") == before
    krita.run("hands.press('huebrush_compare_results')")  # nothing was shown before: nothing happens
    assert krita.value("shown()") == before
    krita.run("click_row(2); click_row(0)")
    for seen in ("Flats 1", "Flats 3", "Flats 1"):
        krita.run("hands.press('huebrush_compare_results')")
        assert [name[:7] for name in krita.value("shown()")] == [seen]
    krita.run("click_row(2); click_row(0, QtCore.Qt.KeyboardModifier.ControlModifier)")
    assert [name[:7] for name in krita.value("shown()")] == ["Flats 3", "Flats 1"]
    assert krita.value("hands.widget('huebrush_seed_number').value()") == 501


def test_pictures_of_a_model_are_told_apart(real_krita, page, picture):
    krita = real_krita
    make_three_results(krita, page, "Picture", edge=400)
    krita.run("choose_row(2); hands.click('huebrush_history_star'); click_row(1)")
    picture(krita, "huebrush_panel", "docker-history")
    assert [name.split(" ·")[0] for name in krita.value("rows()")] == ["★ Picture 1", "Picture 3", "Picture 2"]
    krita.run("model = view().model(); icons = [model.index(row, 0).data(1).pixmap(64).toImage() for row in range(3)]")
    assert krita.value("icons[0] != icons[1] and icons[1] != icons[2]")


def test_looking_at_results_changes_nothing(three_results):
    krita = three_results
    krita.run("hands.document().setModified(False); before = hands.layers(), hands.pixel_hash()")
    krita.run("view().setFocus(); choose_row(1); hands.spin(0.3)")
    for key in ("Key_Down", "Key_Up", "Key_Up"):
        krita.run(f"QTest.keyClick(view(), QtCore.Qt.Key.{key}); hands.spin(0.2)")
    assert krita.value("hands.widget('huebrush_history_preview').isVisible()")
    assert krita.value("hands.widget('huebrush_history_preview').pixmap().width()") > 100
    assert krita.value("(hands.layers(), hands.pixel_hash()) == before and not hands.document().modified()")
    krita.run("QTest.keyClick(view(), QtCore.Qt.Key.Key_Escape)")
    assert not krita.value("hands.widget('huebrush_history_preview').isVisible()")


@pytest.mark.parametrize("way", ["undo", "discard"])
def test_a_result_that_is_gone_is_put_back_to_the_same_pixels(three_results, way: str):
    krita = three_results
    krita.run("click_row(0); before = hands.pixel_hash()")
    if way == "undo":
        krita.run("hands.press('edit_undo')")
    else:
        krita.run("choose_row(0); hands.click('huebrush_history_discard')")
    krita.wait_for("not any(each['name'].startswith('Flats 3') for each in hands.layers())", "the result to go")
    assert krita.value("hands.pixel_hash() != before")
    assert krita.value("rows()[0]").startswith("Flats 3")  # in the list all the same
    krita.run("click_row(0)")
    krita.wait_for("is_put_back()", "the result")
    assert krita.value("hands.pixel_hash() == before and shown()[0].startswith('Flats 3') and len(shown()) == 1")
    assert len(krita.value("rows()")) == 3
    krita.run("hands.press('edit_undo')")  # one step
    krita.wait_for("not any(each['name'].startswith('Flats 3') for each in hands.layers())", "the result to go")


def test_settings_come_back_with_a_result(three_results):
    krita = three_results
    krita.run("hands.type_number('huebrush_seed_number', 99); hands.pick('huebrush_result', 'Picture')")
    krita.run("choose_row(1); hands.click('huebrush_history_settings')")
    settings = "hands.widget('huebrush_panel')._form.settings"
    assert krita.value(f"[{settings}.seed, {settings}.regions.result, len({settings}.references)]") == [502, "flats", 1]


def test_scripts_list_show_and_repeat_results(three_results):
    krita = three_results
    krita.run("from huebrush import api; d = hands.document(); old = api.results(d); api.show(d, old[2])")
    assert krita.value("[old[0].name[:7], old[0].seed, old[0].is_there]") == ["Flats 3", "503", True]
    assert [name[:7] for name in krita.value("shown()")] == ["Flats 1"]
    krita.run("job = api.again(d, old[2], seed=77)")
    wait_for_result(krita)
    settings = "[(each.seed, each.references, each.regions) for each in map(api.settings_of, api.results(d))]"
    krita.run(f"new = {settings}")
    assert krita.value("new[0][0] == 77 and new[0][1:] == new[3][1:] and new[3][0] == 501")
    krita.run("hands.press('edit_undo'); hands.spin(0.5)")
    krita.wait_for("is_kept(4)", "the files of the fourth")
    assert krita.value("[each.is_there for each in api.results(d)]") == [False, True, True, True]
    krita.run("api.show(d, api.results(d)[0])")
    krita.wait_for("is_put_back()", "the result")
    assert krita.value("[each.is_there for each in api.results(d)]") == [True, True, True, True]


def test_search_and_stars(three_results):
    krita = three_results
    krita.run("view(); search('501 nothing')")
    assert krita.value("rows()") == []
    krita.run("search('501 flats')")
    assert [name[:7] for name in krita.value("rows()")] == ["Flats 1"]
    krita.run("choose_row(0); hands.click('huebrush_history_star')")
    krita.run("search('')")
    assert [name[:9] for name in krita.value("rows()")] == ["★ Flats 1", "Flats 3 ·", "Flats 2 ·"]


@pytest.mark.parametrize("ending", [".kra", ".png"])
def test_results_are_there_after_reopening(three_results, tmp_path: Path, ending: str):
    krita, file = three_results, tmp_path / f"page{ending}"
    krita.run("click_row(1); before = hands.pixel_hash()")
    krita.run("hands.document().setBatchmode(True)")
    save(krita, file)

    open_again(krita, file)
    assert [name[:7] for name in krita.value("rows()")] == ["Flats 3", "Flats 2", "Flats 1"]
    if ending == ".png":
        krita.run("click_row(0)")
        krita.wait_for("is_put_back()", "the result")
        assert any(layer["name"].startswith("Flats 3") for layer in krita.value("hands.layers()"))
    else:
        krita.run("click_row(0); click_row(1)")
        assert krita.value("hands.pixel_hash() == before")
    copy = file.with_name(f"copy{ending}")
    copy.write_bytes(file.read_bytes())
    open_again(krita, copy)
    assert len(krita.value("rows()")) == (0 if ending == ".png" else 3)


def test_the_page_exported_for_photoshop_has_its_layers_and_pixels(three_results, tmp_path: Path):
    krita = three_results
    before = krita.value("hands.layers(), hands.document().fileName(), hands.document().modified()")
    krita.run("hands.show_page('history')")
    krita.run(f"from pathlib import Path; target = Path({str(tmp_path / 'page.psd')!r})")
    krita.run("from huebrush.documents.find import document_key; key = document_key(hands.document())")
    krita.run("hands.widget('huebrush_panel').history.photoshop.export(key, target)")
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.psd"]
    assert krita.value("hands.layers(), hands.document().fileName(), hands.document().modified()") == before
    krita.run("d = hands.document(); size = d.width(), d.height()")
    krita.run(f"Path({str(tmp_path / 'pixels')!r}).write_bytes(bytes(d.pixelData(0, 0, *size)))")
    width, height = krita.value("list(size)")
    seen = np.fromfile(tmp_path / "pixels", np.uint8).reshape(height, width, 4)[..., [2, 1, 0, 3]]
    document = PSDImage.open(tmp_path / "page.psd")
    drawn = np.asarray(document.composite(ignore_preview=True, force=True))
    for exported in (drawn, read_picture(tmp_path / "page.psd").merged().pixels):
        assert np.abs(flatten_on_white(exported).astype(int) - flatten_on_white(seen)).max() <= 2
    names = [layer.name.rstrip("\0") for layer in document.descendants()]
    assert sorted(names) == sorted(krita.value("[each['name'] for each in hands.layers()]"))
    assert document.image_resources.get_data(Resource.ICC_PROFILE)
    resolution = document.image_resources.get_data(Resource.RESOLUTION_INFO)
    assert round(resolution.horizontal / 65536) == krita.value("d.resolution()")
