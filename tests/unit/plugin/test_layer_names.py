"""Every layer name that the backend makes up is one that the plugin can say in Krita's language."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
from pathlib import Path

from huebrush_backend.flats.layers.flats_layer import flats_layer
from huebrush_backend.flats.layers.shading import shading_layers
from huebrush_backend.flats.palettes.names import color_name

ROOT = Path(__file__).resolve().parents[3]
KEYS = set(json.loads((ROOT / "krita_plugin" / "huebrush" / "catalogue" / "en.json").read_text("utf-8")))
MAKERS = {"ResultLayer": None, "picture_layer": "picture"}
"""What makes a layer of a result, and its kind where that is not an argument."""


def made_layers() -> set[tuple[str, str]]:
    """Return kind and name of each layer that the engine makes with a name of its own."""
    found = set()
    for path in (ROOT / "backend" / "huebrush_backend" / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in MAKERS:
                continue
            given = dict(zip(("name", "pixels", "x", "y", "kind"), node.args, strict=False))
            given |= {word.arg: word.value for word in node.keywords if word.arg}
            values = {name: value.value for name, value in given.items() if isinstance(value, ast.Constant)}
            if "name" in values:
                found.add((MAKERS[node.func.id] or values["kind"], values["name"]))
    return found


def is_known(word: str) -> bool:
    grade, _, rest = word.partition(" ")
    return f"color.{word}" in KEYS or {f"color_grade.{grade}", f"color.{rest}"} <= KEYS


def test_the_names_of_layers() -> None:
    made = made_layers()
    assert {("picture", "Colour"), ("lines", "Lines")} <= made
    shadow, light = inspect.signature(shading_layers).parameters["names"].default
    made |= {("shade", shadow), ("light", light), ("flats", inspect.signature(flats_layer).parameters["name"].default)}
    assert {f"layer.{kind}.{name}" for kind, name in made} <= KEYS


def test_the_words_for_colours() -> None:
    steps = (0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255)
    words = {color_name(rgb) for rgb in itertools.product(steps, steps, steps)}
    assert len(words) > 60
    assert sorted(word for word in words if not is_known(word)) == []
