"""Where results go, and what undo takes back: layers, pixels and what is saved of them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from example import REFERENCE

STATE = (
    "[hands.layers(), hands.pixel_hash(), hands.pixel_hash('Line art'), "
    "[node.locked() for node, _ in documents.walk(hands.document().rootNode())]]"
)
ONLY_LINES = "hands.layer_named('Background').remove(); hands.layer_named('Reference').remove()"
INTO_GROUP = (
    "group = d.createGroupLayer('Inks'); d.rootNode().addChildNode(group, None); "
    "inside = lines.duplicate(); lines.remove(); inside.setName('Line art'); group.addChildNode(inside, None)"
)
SECOND_IN_GROUP = f"{INTO_GROUP}; group.addChildNode(d.createNode('Notes', 'paintlayer'), None)"


def arrange(krita, code: str) -> None:
    """Change the page's layers (`d` is the document, `lines` its line art) and take the reference from a file."""
    krita.run(
        "from huebrush.documents import find as documents; d = hands.document(); lines = hands.layer_named('Line art')"
    )
    krita.run(f"{code}; d.refreshProjection()")
    krita.run("hands.spin(0.3); hands.click('huebrush_reference_remove')")
    krita.run(f"hands.widget('huebrush_reference_list').add_file({str(REFERENCE)!r})")


def colorize(krita) -> str:
    """Press Colorize, wait for the end and return the stage."""
    krita.run("hands.type_number('huebrush_steps_number', 2); hands.click('huebrush_colorize')")
    return krita.wait_for_end()


def layers(krita) -> list[tuple[str, int]]:
    """The layers' names and depths, topmost first; a result's group is called "result", what is in it left out."""
    found: list[tuple[str, int]] = []
    for entry in krita.value("hands.layers()"):
        if not (found and found[-1][0] == "result" and entry["depth"] > found[-1][1]):
            name = "result" if entry["name"].startswith(("Picture ", "Flats ")) else entry["name"]
            found.append((name, entry["depth"]))
    return found


def deeper(entries: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The same layers one group further in."""
    return [(name, depth + 1) for name, depth in entries]


def saved(krita, path: Path) -> list[dict[str, Any]]:
    """Save the document as `path` and return all that the plugin has put into the file."""
    krita.run(f"hands.document().saveAs({str(path)!r}); hands.spin(0.5)")
    with zipfile.ZipFile(path) as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist() if "huebrush" in name]


@pytest.mark.parametrize(
    ("arrangement", "line_art", "expected"),
    [
        pytest.param(ONLY_LINES, "Line art", [("Line art", 0), ("result", 0)], id="lowest"),
        pytest.param(
            f"{INTO_GROUP}; group.setLocked(True); group.setCollapsed(True)",
            "Line art",
            [("Inks", 0), *deeper([("Line art", 0), ("result", 0)]), ("Reference", 0), ("Background", 0)],
            id="lowest-in-a-locked-group",
        ),
        pytest.param(
            f"{SECOND_IN_GROUP}; inside.remove(); group.addChildNode(inside, None)",
            "Line art",
            [
                ("Inks", 0),
                *deeper([("Line art", 0), ("result", 0), ("Notes", 0)]),
                ("Reference", 0),
                ("Background", 0),
            ],
            id="higher-in-a-group",
        ),
        pytest.param(
            f"{ONLY_LINES}; {SECOND_IN_GROUP}",
            "Inks",
            [("Inks", 0), ("Notes", 1), ("Line art", 1), ("result", 0)],
            id="lowest-and-a-group",
        ),
    ],
)
def test_result_is_directly_under_the_line_art(painting_krita, page, arrangement, line_art, expected):
    """Wherever the line art lies: the result is next below, in one undo step, and the line art stays what it was."""
    krita = painting_krita
    page(krita)
    arrange(krita, arrangement)
    krita.run(f"hands.pick('huebrush_line_art', {line_art!r}); d.setActiveNode(hands.layer_named('Line art'))")
    before = krita.value(STATE)
    assert colorize(krita) == "done", krita.value("hands.banner()")
    assert layers(krita) == expected
    assert krita.value("d.activeNode().name()") == "Line art"
    after = krita.value(STATE)
    ids = {entry["id"] for entry in after[0]}
    assert {entry["id"] for entry in before[0]} < ids and after[1] != before[1] and after[2] == before[2]
    assert sum(after[3]) == sum(before[3]), "a lock was left open"
    krita.run("d.refreshProjection(); hands.spin(0.3)")
    assert krita.value(STATE) == after, "the page was not shown as it is"
    krita.run("hands.press('edit_undo')")
    assert krita.settled(STATE, before) == before
    krita.run("hands.press('edit_redo')")
    assert krita.settled(STATE, after) == after


def test_lowest_line_art_of_a_page_that_is_not_in_front(painting_krita, page):
    """Krita inserts nothing below the lowest layer of a hidden page: the result waits until the page is in front."""
    krita = painting_krita
    page(krita)
    arrange(krita, ONLY_LINES)
    before = krita.value(STATE)
    krita.run("hands.type_number('huebrush_steps_number', 20); hands.click('huebrush_colorize')")
    krita.wait_for("(hands.job() or {}).get('step', 0) >= 2", "two steps")
    krita.run("other = hands.show(app.createDocument(64, 64, 'Other', 'RGBA', 'U8', '', 72.0))")
    stage = "__import__('huebrush.session').session.session().jobs.latest(documents.document_key(d)).stage.value"
    krita.wait_for(f"{stage} == 'unplaced'", "a result without a place")
    krita.run("app.setActiveDocument(d); other.setModified(False); other.close(); hands.spin(0.3)")
    said = krita.wait_for_banner("lowest_layer")
    assert krita.value(STATE) == before
    assert said["remedy"] == "Place result"
    krita.run("hands.click('huebrush_banner_remedy')")
    assert krita.wait_for_end() == "done"
    assert layers(krita)[:2] == [("Line art", 0), ("result", 0)]


def test_recipe_comes_and_goes_with_its_group(painting_krita, page, tmp_path):
    """What is saved has a recipe for each result that is saved with it: after undo none, after redo one again, also
    when Krita's undo and redo bear the same names throughout, and when the artist deletes the group."""
    krita = painting_krita
    file = tmp_path / "page.kra"
    page(krita)
    krita.run("from huebrush.documents import find as documents; d = hands.document()")
    krita.run("d.rootNode().addChildNode(d.createNode('Earlier', 'paintlayer'), None)")
    assert saved(krita, file) == []
    assert colorize(krita) == "done"
    krita.run("d.rootNode().addChildNode(d.createNode('Later', 'paintlayer'), None)")
    records = saved(krita, file)
    group = next(entry["id"] for entry in krita.value("hands.layers()") if entry["name"].startswith("Picture "))
    assert [(record["group"], record["settings"]["steps"]) for record in records] == [(group, 2)]
    recipes = "__import__('huebrush.api').api.recipes(hands.document())"
    assert krita.value(recipes) == {group: records[0]["recipe"]}

    krita.run("hands.press('edit_undo')")
    assert saved(krita, file) == records
    krita.run("hands.press('edit_undo'); hands.press('edit_undo')")
    assert saved(krita, file) == [] and krita.value(recipes) == {}
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
