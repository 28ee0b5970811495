"""Keys of the docker's parts that Krita has too: with the focus there they are the docker's, and Krita does nothing."""

from __future__ import annotations

import pytest
from docker_steps import colorize, start_backend, wait_for_result

HANDS = """
d = hands.document()
def press(name, keys):
    target = hands.widget(name)
    hands.bring_up(target)
    app.activeWindow().qwindow().activateWindow()
    target.setFocus()
    hands.spin(0.2)
    assert target.hasFocus()
    hands.QTest.keySequence(target, hands.QtGui.QKeySequence(keys))
    hands.spin(0.5)
    d.waitForDone()
def pixels():
    return [hands.pixel_hash(name) for name in ('Line art', 'Reference')]
def tool():
    buttons = app.activeWindow().qwindow().findChildren(hands.QtWidgets.QToolButton)
    return [b.objectName() for b in buttons if b.isChecked() and b.metaObject().className() == 'KoToolBoxButton']
"""
KRITAS = {
    "Del": "clear",
    "Ctrl+V": "edit_paste",
    "Ctrl+Return": "command_bar_open",
    "P": "KritaSelected/KisToolColorSampler",
}
"""The actions of Krita's that have these keys."""
PLACE = "hands.widget('huebrush_place_list').currentRow()"


@pytest.fixture
def flats(recording_krita, page):
    """A Krita with flats of the example, the artist's lines being the active layer."""
    krita, _ = recording_krita
    page(krita)
    krita.run(HANDS)
    start_backend(krita)
    krita.run("hands.pick('huebrush_result', 'Flats')")
    colorize(krita)
    krita.run("d.setActiveNode(hands.layer_named('Line art')); hands.spin(0.3); before, hand = pixels(), tool()")
    return krita


def test_krita_has_these_keys(lonely_krita):
    """Otherwise the tests below show nothing."""
    for key, name in KRITAS.items():
        keys = f"[k.toString() for k in app.action({name!r}).shortcuts()]"
        assert key in lonely_krita.value(keys), name


def test_delete_clears_no_layer(flats):
    """In the lists of references, places and results it removes or marks what is chosen."""
    krita = flats
    krita.run("press('huebrush_place_list', 'Down'); press('huebrush_place_list', 'Del')")
    assert krita.value("hands.widget('huebrush_places_to_check').text()").endswith("1 seen")
    assert krita.value("pixels() == before")
    krita.run("view = hands.widget('huebrush_history'); hands.bring_up(view)")
    krita.run("view.setCurrentIndex(view.model().index(0, 0)); press('huebrush_history', 'Del')")
    krita.wait_for("not any(each['name'].startswith('Flats') for each in hands.layers())", "the result to go")
    assert krita.value("pixels() == before")
    krita.run("press('huebrush_references', 'Del')")
    assert krita.value("hands.widget('huebrush_references').count()") == 0
    assert krita.value("pixels() == before")


def test_letters_step_through_places_and_choose_no_tool(flats):
    krita = flats
    rows = []
    for key in ("N", "N", "P"):
        krita.run(f"press('huebrush_place_list', {key!r})")
        rows.append(krita.value(PLACE))
    assert rows == [0, 1, 0] and krita.value("tool() == hand")


def test_control_and_enter_colorize_from_anywhere_in_the_docker(flats):
    krita = flats
    for name in ("huebrush_references", "huebrush_line_art", "huebrush_steps_number", "huebrush_place_list"):
        krita.run(f"last = hands.job()['id']; press({name!r}, 'Ctrl+Return')")
        krita.wait_for("hands.job()['id'] != last", f"a job by the key in {name}")
        wait_for_result(krita)
