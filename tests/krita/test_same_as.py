"""References and palette of one page on the next, in a real Krita: of a page that is open, or closed by now."""

from __future__ import annotations

import pytest
from docker_steps import colorize

SETUP = """
from huebrush.documents.find import document_key
from huebrush.session import session
d = hands.document()
def noted():
    return [page.key for page in session().jobs.pages.pages()]
def fill(name, red, green, blue):
    layer = hands.layer_named(name)
    pixels = bytes((blue, green, red, 255)) * (d.width() * d.height())
    layer.setPixelData(hands.QtCore.QByteArray(pixels), 0, 0, d.width(), d.height())
    d.refreshProjection(); d.waitForDone()
def pages():
    hands.widget('huebrush_reference_list').fill_menu()
    shown = any(action.menu() is not None and action.menu().objectName() == 'huebrush_same_as_menu'
                for action in hands.widget('huebrush_add_reference_menu').actions())
    return [action for action in hands.widget('huebrush_same_as_menu').actions()] if shown else []
def references():
    box = hands.widget('huebrush_references')
    return [box.item(row).text() for row in range(box.count())]
"""
COLOR = "list(bytes(hands.layer_named('Colour').pixelData(5, 5, 1, 1).data()))"


@pytest.mark.parametrize(("is_closed", "color"), [(False, (20, 160, 60)), (True, (160, 40, 20))])
def test_the_next_page_has_the_same(painting_krita, page, is_closed, color):
    krita = painting_krita
    page(krita, edge=160)
    krita.run(f"{SETUP}\nhands.layer_named('Reference').setName('Sheet'); fill('Sheet', *{color})")
    krita.run("hands.widget('huebrush_panel').refresh()")
    krita.run("hands.pick('huebrush_result', 'Flats'); hands.widget('huebrush_palette').setChecked(True)")
    krita.run("hands.pick('huebrush_palette_source', 'From a list')")
    krita.run("hands.widget('huebrush_palette_codes').setText('#14a03c grass')")
    krita.run("hands.pick('huebrush_result', 'Picture')")
    colorize(krita)
    assert krita.value(COLOR) == [*reversed(color), 255]
    krita.wait_for("noted()[-1:] == [document_key(d)]", "the page with its references")
    if is_closed:
        page(krita, edge=160)
    else:
        krita.run("first = d; other = hands.show(app.createDocument(160, 160, 'Next', 'RGBA', 'U8', '', 72.0))")
        krita.run("layer = other.createNode('Line art', 'paintlayer'); other.rootNode().addChildNode(layer, None)")
        krita.run("layer.setPixelData(hands.QtCore.QByteArray(bytes((0, 0, 0, 255)) * 400), 9, 9, 20, 20)")
        krita.run("hands.widget('huebrush_panel').refresh(); hands.pick('huebrush_line_art', 'Line art')")
    krita.run(f"{SETUP}\nhands.widget('huebrush_palette_codes').setText('')")
    assert krita.value("pages()[0].text()") == "Test page · Sheet"
    krita.run("pages()[0].trigger()")
    krita.wait_for("references() == ['Sheet']", "the references of the other page")
    assert krita.value("hands.widget('huebrush_palette_codes').text()") == "#14a03c grass"
    colorize(krita)
    assert krita.value(COLOR) == [*reversed(color), 255]
    krita.run("hands.widget('huebrush_palette').setChecked(False)")
