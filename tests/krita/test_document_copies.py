"""Copies of a document and of layers: each is known for itself, though a copy has the ids of the original."""

from __future__ import annotations

import pytest
from example import REFERENCE

LEAVES_TRACES = True
"""Krita forgets its palettes and more of its resources when it copies a document."""
NAMES = "[[node.name() for node in page.rootNode().childNodes()] for page in (first, copy)]"
COPY = "app.action('create_copy').trigger(); hands.spin(1)"
READ = """
from huebrush.capture.pictures import capture_reference
from huebrush.documents.find import document_key
from huebrush.settings.sources import ReferenceSource
def shown(asker, other):
    "The first pixel of a document that is the reference of another."
    steps = capture_reference(asker, ReferenceSource("document", document_key(other), "Other"))
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return list(bytes(stop.value[1][:4]))
"""


def go_to(krita, name: str) -> None:
    """Bring the other one of two documents to the front, and let the docker see it."""
    krita.run("hands.next_window()")
    krita.wait_for(f"hands.document() == {name}", "the document in front")
    krita.run("hands.widget('huebrush_panel').refresh()")


@pytest.fixture
def copied(painting_krita, page):
    """A Krita with a page, `first`, and a copy of it in front, `copy`."""
    krita = painting_krita
    page(krita, edge=96)
    krita.run(f"hands.widget('huebrush_reference_list').add_file({str(REFERENCE)!r}); first = hands.document()")
    krita.run(f"{COPY}; copy = hands.document(); hands.widget('huebrush_panel').refresh()")
    assert krita.value("copy != first and copy.rootNode().uniqueId() == first.rootNode().uniqueId()")
    return krita


def test_result_goes_into_the_copy(copied):
    krita = copied
    krita.run("copy.rootNode().addChildNode(copy.createNode('My work', 'paintlayer'), None); hands.spin(0.3)")
    krita.run("hands.type_number('huebrush_steps_number', 2); hands.click('huebrush_colorize')")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    original, with_result = krita.value(NAMES)
    assert original == ["Background", "Reference", "Line art"], "the result went into the other document"
    assert any(name.startswith(("Picture ", "Flats ")) for name in with_result)
    krita.run("hands.press('edit_undo')")
    assert "My work" in krita.value(NAMES)[1], "Ctrl+Z took the artist's own layer, not the result"


def test_copy_begins_with_the_settings_of_the_original_and_keeps_its_own(copied):
    krita = copied
    krita.run("names = lambda: hands.widget('huebrush_references').count()")
    assert krita.value("names()") == 2
    krita.run("hands.type_number('huebrush_steps_number', 7); hands.click('huebrush_reference_remove')")
    go_to(krita, "first")
    assert krita.value("[names(), hands.widget('huebrush_steps_number').value() != 7]") == [2, True]
    go_to(krita, "copy")
    assert krita.value("[names(), hands.widget('huebrush_steps_number').value()]") == [1, 7]


def test_both_can_have_a_job_at_the_same_time(copied):
    krita = copied
    krita.run("hands.type_number('huebrush_steps_number', 8); hands.click('huebrush_colorize')")
    go_to(krita, "first")
    krita.run("hands.type_number('huebrush_steps_number', 2); hands.click('huebrush_colorize')")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    go_to(krita, "copy")
    assert krita.wait_for_end() == "done", krita.value("hands.banner()")
    assert [sum(name.startswith(("Picture ", "Flats ")) for name in names) for names in krita.value(NAMES)] == [1, 1]


def test_copy_as_a_reference_gives_its_own_pixels(lonely_krita, page):
    krita = lonely_krita
    page(krita, edge=32)
    krita.run(f"{READ}\nfirst = hands.document(); {COPY}; copy = hands.document()")
    krita.run(
        "top = copy.createNode('Red', 'paintlayer'); copy.rootNode().addChildNode(top, None)\n"
        "top.setPixelData(hands.QtCore.QByteArray(bytes((0, 0, 255, 255)) * 1024), 0, 0, 32, 32)\n"
        "copy.refreshProjection(); copy.waitForDone()"
    )
    assert krita.value("shown(first, copy)") == [0, 0, 255, 255]
    assert krita.value("shown(copy, first)") != [0, 0, 255, 255]


def test_settings_of_a_saved_page_are_not_those_of_its_copy(copied, tmp_path):
    """The copy of a page with a file is none of the file: its choices are not read when the file is opened again."""
    krita = copied
    file = str(tmp_path / "page.kra")
    go_to(krita, "first")
    krita.run(f"first.saveAs({file!r}); hands.spin(0.5)")
    krita.run("hands.widget('huebrush_panel').refresh(); hands.type_number('huebrush_steps_number', 5)")
    krita.run(f"{COPY}; hands.widget('huebrush_panel').refresh()")
    krita.run("hands.type_number('huebrush_steps_number', 9)")
    krita.run(f"hands.close_all(); hands.open_file({file!r}); hands.widget('huebrush_panel').refresh()")
    assert krita.value("hands.widget('huebrush_steps_number').value()") == 5


def test_duplicated_layers_have_ids_of_their_own(lonely_krita, page):
    """By the Layers docker, by its clipboard and as a group: nothing is mistaken for what it was copied from."""
    krita = lonely_krita
    page(krita, edge=32)
    krita.run("d = hands.document(); group = d.createGroupLayer('Group'); d.rootNode().addChildNode(group, None)")
    krita.run("group.addChildNode(d.createNode('Inside', 'paintlayer'), None); hands.spin(0.3)")
    for layer in ("Line art", "Group"):
        for actions in (("duplicatelayer",), ("copy_layer_clipboard", "paste_layer_from_clipboard")):
            krita.run(f"d.setActiveNode(hands.layer_named({layer!r})); hands.spin(0.3)")
            krita.run("; ".join(f"hands.press({action!r})" for action in actions))
    ids = krita.value("[entry['id'] for entry in hands.layers()]")
    assert len(ids) == 11 and len(set(ids)) == len(ids)
