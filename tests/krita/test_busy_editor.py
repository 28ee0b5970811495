"""Results that arrive while Krita is arranged in another way, or is at work on something else: the docker hidden or
behind another, the colour picker held, a filter at work."""

from __future__ import annotations

import pytest
from docker_steps import top_layers

DOCKS = """
core, widgets = hands.QtCore, hands.QtWidgets
window, own = app.activeWindow().qwindow(), hands.docker()
layers = window.findChild(widgets.QDockWidget, 'KisLayerBox')
def finished():
    "Whether the newest job of this document has ended, without showing the docker."
    panel = own.findChild(widgets.QWidget, 'huebrush_panel')
    return panel.job() is not None and not panel.job().is_active
def back():
    "The dockers as they were."
    layers.show(); own.show(); window.addDockWidget(core.Qt.DockWidgetArea.RightDockWidgetArea, own); hands.spin(0.3)
"""
ARRANGEMENTS = {
    "docker-hidden": "own.hide()",
    "docker-behind-layers": "window.tabifyDockWidget(own, layers); layers.raise_()",
    "layers-behind-docker": "window.tabifyDockWidget(layers, own); own.raise_()",
    "layers-hidden": "layers.hide()",
    "only-the-canvas": "app.action('view_show_canvas_only').trigger()",
}
AT_WORK = """
from huebrush.documents import active_layer
from huebrush.documents.find import find_document
class AtWork:
    "A document whose Krita is at work."
    def tryBarrierLock(self):
        return False
"""
FILTER = """
def apply(tries=50):
    "Choose the widest blur in the filter's dialog and apply it."
    windows = hands.QtWidgets.QApplication.topLevelWidgets()
    shown = [w for w in windows if w.isVisible() and 'Dlg' in w.metaObject().className()]
    if not shown:
        hands.QtCore.QTimer.singleShot(100, lambda: apply(tries - 1)) if tries else None
        return
    told.append(shown[0].metaObject().className())
    for box in shown[0].findChildren(hands.QtWidgets.QAbstractSpinBox):
        box.setValue(60) if box.isVisible() and 'adius' in box.objectName() + box.prefix() else None
    next(b for b in shown[0].findChildren(hands.QtWidgets.QPushButton) if b.text().replace('&', '') == 'OK').click()
"""


def begin(krita, steps: int) -> None:
    """Start a job that takes so many tenths of a second."""
    krita.run(f"hands.type_number('huebrush_steps_number', {steps}); hands.click('huebrush_colorize')")
    krita.wait_for("(hands.job() or {}).get('step', 0) >= 1", "the first step")


@pytest.mark.parametrize("arrangement", list(ARRANGEMENTS))
def test_result_is_there_however_the_dockers_lie(painting_krita, page, arrangement):
    """Below the lowest layer, which Krita's list of layers inserts; then the docker is shown again and knows of it."""
    krita = painting_krita
    page(krita, edge=64)
    krita.run(
        "d = hands.document(); hands.layer_named('Background').remove(); r = hands.layer_named('Reference')\n"
        "copy = r.duplicate(); r.remove(); d.rootNode().addChildNode(copy, None); d.refreshProjection(); "
        "hands.spin(0.3)\n"
        "hands.widget('huebrush_panel').refresh()\n"
        "while hands.widget('huebrush_references').count():\n"
        "    hands.widget('huebrush_references').setCurrentRow(0); hands.click('huebrush_reference_remove')\n"
        f"hands.choose_in_menu('huebrush_reference_add', 'Reference')\n{DOCKS}"
    )
    begin(krita, 8)
    krita.run(f"{ARRANGEMENTS[arrangement]}; hands.spin(0.3)")
    krita.wait_for("finished()", "the end")
    names = krita.value("[n.name() for n in d.rootNode().childNodes()]")
    if arrangement == "only-the-canvas":
        krita.run(ARRANGEMENTS[arrangement])
    krita.run("back(); hands.spin(0.3)")
    assert krita.value("hands.job()['stage']") == "done", krita.value("hands.banner()")
    assert names[0].startswith(("Picture ", "Flats ")) and names[1:] == ["Line art", "Reference"]
    krita.run("hands.press('edit_undo')")
    assert krita.settled("[n.name() for n in d.rootNode().childNodes()]", names[1:]) == names[1:]


def test_colour_picker_held_while_the_result_arrives(painting_krita, page):
    """With the pointer down the picker goes on; the result comes after it, and the picked colour stays in hand."""
    krita = painting_krita
    page(krita, edge=64)
    krita.run(
        "d = hands.document(); d.setActiveNode(hands.layer_named('Reference')); hands.layer_named('Line art')"
        ".setVisible(False); d.refreshProjection(); d.waitForDone(); canvas_hands.set_foreground(1, 2, 3)\n"
        "app.action('KritaSelected/KisToolColorSampler').trigger(); canvas_hands.look_at(0, 0, 64, 64)\n"
        "shown = [list(bytes(d.pixelData(x, 20, 1, 1).data()))[2::-1] for x in (20, 50)]"
    )
    begin(krita, 8)
    krita.run("canvas_hands.press((20.5, 20.5))")
    krita.wait_for("hands.job()['stage'] == 'writing'", "the result")
    krita.run("hands.spin(0.5); canvas_hands.draw([(x + 0.5, 20.5) for x in range(22, 51, 2)])")
    assert krita.value("hands.job()['stage']") == "writing" and len(top_layers(krita)) == 3
    krita.run("canvas_hands.release((50.5, 20.5))")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    assert krita.value("canvas_hands.foreground()") in krita.value("shown") and krita.value("shown[0] != [1, 2, 3]")
    assert krita.value("d.activeNode().name()") == "Reference" and len(top_layers(krita)) == 4
    krita.run("app.action('KritaShape/KisToolBrush').trigger()")


def test_filter_at_work_while_the_result_arrives(painting_krita, page):
    """A blur with its dialog open, then at work in Krita's threads: it and the result are a step each."""
    krita = painting_krita
    page(krita, edge=256)
    krita.run("d = hands.document(); d.setActiveNode(hands.layer_named('Reference')); hands.spin(0.3)")
    before = krita.value("hands.pixel_hash('Reference')")
    krita.run("sharp = hands.pixel_hash()")
    begin(krita, 3)
    krita.run(f"told = []\n{FILTER}\napp.action('krita_filter_gaussian blur').trigger(); hands.spin(0.3)")
    krita.wait_for("hands.job()['stage'] in ('writing', 'done')", "the result")
    krita.run("apply()")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    krita.run("hands.spin(0.3); d.waitForDone()")
    assert krita.value("told") and krita.value("hands.pixel_hash('Reference')") != before
    assert len(top_layers(krita)) == 4 and krita.value("d.activeNode().name()") == "Reference"
    krita.run("hands.press('edit_undo'); hands.press('edit_undo')")
    assert krita.settled("[len(d.rootNode().childNodes()), hands.pixel_hash() == sharp]", [3, True]) == [3, True]


def test_result_waits_as_long_as_krita_is_at_work(painting_krita, page):
    """Longer than any short work takes, as with the turn of a large page; but not for a transform being set up."""
    krita = painting_krita
    page(krita, edge=64)
    krita.run("d = hands.document(); d.setActiveNode(hands.layer_named('Reference')); hands.spin(0.3)")
    krita.run(f"{AT_WORK}\nactive_layer.find_document = lambda key: AtWork()")
    try:
        begin(krita, 8)
        krita.wait_for("hands.job()['stage'] == 'writing'", "the result")
        krita.run("hands.spin(6)")
        assert krita.value("hands.job()['stage']") == "writing" and len(top_layers(krita)) == 3
    finally:
        krita.run("active_layer.find_document = find_document")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    assert len(top_layers(krita)) == 4
    krita.run("app.action('KisToolTransform').trigger(); hands.spin(0.5)")
    begin(krita, 2)
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    krita.run("app.action('KritaShape/KisToolBrush').trigger(); hands.spin(0.3)")
