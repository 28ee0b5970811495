"""The first minutes with the docker in a real Krita: the steps, the example, and what would hide a result."""

from __future__ import annotations

import pytest

REMEDY = "hands.click('huebrush_banner_remedy'); hands.document().waitForDone(); hands.spin(0.3)"


def test_without_a_document_the_example_is_one_click_away(painting_krita, picture):
    """It opens as a new document with lines and reference chosen, and no file that could be overwritten."""
    krita = painting_krita
    krita.run("hands.close_all(); hands.widget('huebrush_panel').refresh()")
    assert krita.value("hands.widget('huebrush_first_steps').isVisible()")
    picture(krita, "", "docker-first-steps")
    krita.run("hands.click('huebrush_try_example'); hands.spin(0.5)")
    assert krita.value("hands.document().fileName()") == ""
    assert krita.value("[layer['name'] for layer in hands.layers()]")[:2] == ["Line art", "Reference"]
    chosen = "hands.widget('huebrush_line_art').currentText()"
    assert krita.settled(chosen, "Line art") == "Line art"
    assert krita.value("hands.widget('huebrush_references').item(0).text()") == "Reference"
    assert not krita.value("hands.widget('huebrush_first_steps').isVisible()")
    assert krita.value("hands.banner()") is None


@pytest.mark.parametrize("edge", [64, 100, 333])
@pytest.mark.parametrize("model", ["GRAYA", "RGBA"])
def test_what_would_hide_a_result_is_mended_by_one_click_and_undone(painting_krita, page, model, edge):
    """A scan on opaque paper, grey or not, of whole tiles of Krita's or not. The strip says how often Ctrl+Z is to be
    pressed."""
    krita = painting_krita
    page(krita, model=model, edge=edge)
    krita.run(
        "d = hands.document(); n = hands.layer_named('Line art'); n.setBlendingMode('normal'); "
        f"paper = (b'\\xf0' * (d.colorModel() == 'GRAYA' or 3) + b'\\xff') * {edge * edge}; "
        f"n.setPixelData(hands.QtCore.QByteArray(paper), 0, 0, {edge}, {edge}); "
        "d.refreshProjection(); d.waitForDone(); hands.spin(0.2); hands.widget('huebrush_panel').refresh()"
    )
    state = "[hands.document().colorModel(), hands.layer_named('Line art').blendingMode()]"
    said = krita.value("hands.banner()")
    assert said["code"] == ("hidden_both" if model == "GRAYA" else "hidden_paper"), said
    krita.run(REMEDY)
    assert krita.settled(state, ["RGBA", "multiply"]) == ["RGBA", "multiply"]
    assert krita.value("hands.banner()") is None
    for _ in range(2 if model == "GRAYA" else 1):
        krita.run("hands.press('edit_undo')")
    assert krita.settled(state, [model, "normal"]) == [model, "normal"]


@pytest.mark.parametrize("height", [96, 180, 435])
def test_the_button_is_in_sight_at_any_height(painting_krita, page, height):
    krita = painting_krita
    page(krita)
    krita.run(f"hands.docker().setFloating(True); hands.spin(0.2); hands.docker().resize(300, {height + 24})")
    krita.run("hands.spin(0.2); panel = hands.widget('huebrush_panel'); button = hands.widget('huebrush_colorize')")
    inside = "panel.rect().contains(button.geometry().translated(button.parent().mapTo(panel, hands.QtCore.QPoint())))"
    assert krita.value(f"button.isVisible() and {inside}")
    assert krita.value("hands.docker().height()") <= height + 60
    krita.run("hands.dock_docker()")
