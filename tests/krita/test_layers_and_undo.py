"""What undo takes back of a result: layers, pixels, and what is saved of them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any


def colorize(krita) -> str:
    """Press Colorize, wait for the end and return the stage."""
    krita.run("hands.type_number('huebrush_steps_number', 2); hands.click('huebrush_colorize')")
    return krita.wait_for_end()


def saved(krita, path: Path) -> list[dict[str, Any]]:
    """Save the document as `path` and return all that the plugin has put into the file."""
    krita.run(f"hands.document().saveAs({str(path)!r}); hands.spin(0.5)")
    with zipfile.ZipFile(path) as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist() if "huebrush" in name]


def test_recipe_comes_and_goes_with_its_group(painting_krita, page, tmp_path):
    """What is saved has a recipe for each result that is saved with it: after undo none, after redo one again, also
    when Krita's undo and redo bear the same names throughout, and when the artist deletes the group."""
    krita = painting_krita
    file = tmp_path / "page.kra"
    page(krita)
    krita.run("from huebrush import documents; d = hands.document()")
    krita.run("d.rootNode().addChildNode(d.createNode('Earlier', 'paintlayer'), None)")
    assert saved(krita, file) == []
    assert colorize(krita) == "done"
    krita.run("d.rootNode().addChildNode(d.createNode('Later', 'paintlayer'), None)")
    records = saved(krita, file)
    group = next(entry["id"] for entry in krita.value("hands.layers()") if entry["name"].startswith("Huebrush – "))
    assert [(record["group"], record["settings"]["steps"]) for record in records] == [(group, 2)]

    krita.run("hands.press('edit_undo')")
    assert saved(krita, file) == records
    krita.run("hands.press('edit_undo'); hands.press('edit_undo')")
    assert saved(krita, file) == []
    krita.run("hands.press('edit_redo'); hands.press('edit_redo')")
    assert saved(krita, file) == records

    delete = f"documents.find_node(hands.document(), {group!r}).remove(); hands.spin(0.3)"
    krita.run(delete)
    assert saved(krita, file) == []
    krita.run("hands.press('edit_undo')")
    assert saved(krita, file) == records
    krita.run(f"hands.close_all(); hands.open_file({str(file)!r})")
    krita.run(delete)
    assert saved(krita, file) == []
