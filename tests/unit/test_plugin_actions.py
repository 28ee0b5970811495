"""Krita reads the names of actions from a file of its own, before the plugin runs: both must say the same."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from xml.etree import ElementTree

PLUGIN = Path(__file__).parents[2] / "krita_plugin"


def test_the_actions_file_has_each_of_the_plugins_actions_by_its_name_in_english() -> None:
    tree = ast.parse((PLUGIN / "huebrush" / "extension.py").read_text("utf-8"))
    (names,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["ACTIONS"]
    ]
    words = json.loads((PLUGIN / "huebrush" / "catalogue" / "en.json").read_text("utf-8"))
    found = {
        action.attrib["name"]: {action.findtext(field) for field in ("text", "toolTip", "iconText")}
        for action in ElementTree.parse(PLUGIN / "huebrush.action").iter("Action")
    }
    assert len(names) > 5 and found == {f"huebrush_{name}": {words[f"action.{name}"]} for name in names}
