"""The editor after a run is as it was before: active layer or mask, isolation, selection, tool, brush, colour, frame,
zoom and what is seen of the page."""

from __future__ import annotations

import pytest

ADD = "d = hands.document(); d.setActiveNode(hands.layer_named('Reference')); hands.spin(0.3); "
ACTIVE = {
    "transparency-mask": f"{ADD}hands.press('add_new_transparency_mask')",
    "transform-mask": f"{ADD}hands.press('add_new_transform_mask')",
    "selection-mask": f"{ADD}canvas_hands.select(5, 5, 40, 40); hands.press('add_new_selection_mask')",
    "group": (
        "d = hands.document(); g = d.createGroupLayer('Mine'); d.rootNode().addChildNode(g, None); d.setActiveNode(g)"
    ),
    "layer-in-a-group": (
        "d = hands.document(); g = d.createGroupLayer('Mine'); d.rootNode().addChildNode(g, None); "
        "n = d.createNode('Within', 'paintlayer'); g.addChildNode(n, None); d.setActiveNode(n)"
    ),
    "vector-layer": (
        "d = hands.document(); v = d.createNode('Shapes', 'vectorlayer'); d.rootNode().addChildNode(v, None); "
        "d.setActiveNode(v)"
    ),
    "mask-of-the-line-art": (
        "d = hands.document(); d.setActiveNode(hands.layer_named('Line art')); hands.spin(0.3); "
        "hands.press('add_new_transparency_mask')"
    ),
    "isolated-layer": f"{ADD}app.action('isolate_active_layer').trigger(); hands.spin(0.5)",
}
STATE = """
from huebrush.documents.canvas import canvas_view
from huebrush.documents.find import node_id
def state():
    "All that must stay."
    view = app.activeWindow().activeView()
    bars = [bar.value() for bar in canvas_view().scroll_bars]
    selection = d.selection()
    place = None if selection is None else [selection.x(), selection.y(), selection.width(), selection.height()]
    tools = [w.objectName() for w in app.activeWindow().qwindow().findChildren(hands.QtWidgets.QToolButton)
             if w.isCheckable() and w.isChecked() and w.objectName().startswith('Kri')]
    return {
        "active": [d.activeNode().name(), d.activeNode().type(), node_id(d.activeNode())],
        "isolated": app.action('isolate_active_layer').isChecked(),
        "selection": place,
        "tools": sorted(tools),
        "brush": view.brushSize(),
        "color": canvas_hands.foreground(),
        "eraser": app.action('erase_action').isChecked(),
        "frame": d.currentTime(),
        "zoom": [round(view.canvas().zoomLevel(), 4), round(view.canvas().rotation(), 2), view.canvas().mirror()],
        "seen": bars,
        "document": d == hands.document(),
    }
"""


def run_and_compare(krita) -> None:
    """Colorize, and compare the state of the editor before and after."""
    krita.run(f"{STATE}\nhands.spin(0.3); before = state()")
    krita.run("hands.type_number('huebrush_steps_number', 2); hands.click('huebrush_colorize')")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    krita.run("hands.spin(0.5); d.waitForDone()")
    assert krita.value("state()") == krita.value("before")


@pytest.mark.parametrize("active", list(ACTIVE))
def test_active_layer_or_mask_stays(painting_krita, page, active):
    page(painting_krita, edge=96)
    painting_krita.run(f"{ACTIVE[active]}; hands.spin(0.3); d.waitForDone()")
    run_and_compare(painting_krita)


def test_isolation_can_be_left_afterwards(painting_krita, page):
    """In isolation only the active layer is seen, before the run and after it, and then all of the page with the
    result."""
    krita = painting_krita
    page(krita, edge=96)
    krita.run(f"{ACTIVE['isolated-layer']}; d.waitForDone()")
    run_and_compare(krita)
    krita.run("app.action('isolate_active_layer').trigger(); hands.spin(0.5); d.waitForDone(); d.refreshProjection()")
    assert krita.value("d.activeNode().name()") == "Reference"
    assert not krita.value("app.action('isolate_active_layer').isChecked()")


def test_several_selected_layers_stay_selected(painting_krita, page):
    """As far as scripts can ask: Krita tells which are selected, and which of them is active."""
    krita = painting_krita
    page(krita, edge=96)
    krita.run("d = hands.document(); d.setActiveNode(hands.layer_named('Reference'))")
    krita.run(f"from huebrush.documents.selected_layers import select_too\n{STATE}")
    selected = "sorted(node.name() for node in app.activeWindow().activeView().selectedNodes())"
    krita.wait_for(f"{selected} == ['Reference']", "the active layer in the list")
    krita.run("select_too(d, [hands.layer_named('Background')])")
    assert krita.settled(selected, ["Background", "Reference"]) == ["Background", "Reference"]
    krita.run("hands.type_number('huebrush_steps_number', 2); hands.click('huebrush_colorize')")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    assert krita.settled(selected, ["Background", "Reference"]) == ["Background", "Reference"]
    assert krita.value("d.activeNode().name()") == "Reference"


def test_view_tool_and_brush_stay(painting_krita, page):
    krita = painting_krita
    page(krita, edge=96)
    krita.run("d = hands.document(); d.setActiveNode(hands.layer_named('Reference')); hands.spin(0.3)")
    krita.run("d.setFullClipRangeEndTime(20); d.setCurrentTime(7); d.waitForDone(); hands.spin(0.3)")
    krita.run("app.action('KisToolSelectRectangular').trigger(); canvas_hands.select(10, 12, 30, 25)")
    krita.run("canvas_hands.set_foreground(10, 200, 30); app.activeWindow().activeView().setBrushSize(17)")
    krita.run("app.action('erase_action').trigger(); canvas_hands.look_at(20, 20, 12, 12)")
    krita.run("c = app.activeWindow().activeView().canvas(); c.setRotation(30); c.setMirror(True); hands.spin(0.3)")
    run_and_compare(krita)
    krita.run("app.action('erase_action').trigger()")
