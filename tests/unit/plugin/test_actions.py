"""Krita reads the names of actions from a file of its own, before the plugin runs: both must say the same."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

PLUGIN = Path(__file__).parents[3] / "krita_plugin"
CATALOGUES = sorted((PLUGIN / "huebrush" / "catalogue").glob("*.json"))


def action_names() -> list[str]:
    """Return the names in the plugin's table of actions, in its order."""
    tree = ast.parse((PLUGIN / "huebrush" / "extension.py").read_text("utf-8"))
    (table,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "ACTIONS" and node.value is not None
    ]
    calls = [node for node in ast.walk(table) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Action"]
    return [ast.literal_eval(call.args[0]) for call in calls]


def test_the_actions_file_has_each_of_the_plugins_actions_by_its_name_in_english() -> None:
    names = action_names()
    words = json.loads((PLUGIN / "huebrush" / "catalogue" / "en.json").read_text("utf-8"))
    entries = list(ElementTree.parse(PLUGIN / "huebrush.action").iter("Action"))
    found = {
        entry.attrib["name"]: {entry.findtext(field) for field in ("text", "toolTip", "iconText")} for entry in entries
    }
    assert len(names) > 5 and len(names) == len(set(names)) == len(entries)
    assert found == {f"huebrush_{name}": {words[f"action.{name}"]} for name in names}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_names_each_action_and_no_other(catalogue: Path) -> None:
    words = json.loads(catalogue.read_text("utf-8"))
    assert {key for key in words if key.startswith("action.")} == {f"action.{name}" for name in action_names()}
