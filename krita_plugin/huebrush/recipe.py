"""The recipe of a result, kept in the document: model, seed, parameters and the SHA-256 of every input."""

from __future__ import annotations

import json
from typing import Any

from .qt import QtCore, to_bytes

PREFIX = "huebrush/recipe/"
TITLE = "Huebrush recipe"


def store_recipe(document: Any, job: str, group: str, recipe: dict[str, Any]) -> None:
    """Write `recipe` of `job` into `document` with the id of the `group` that holds its layers."""
    record = json.dumps({"job": job, "group": group, "recipe": recipe}, ensure_ascii=False, sort_keys=True)
    document.setAnnotation(f"{PREFIX}{job}", TITLE, QtCore.QByteArray(record.encode("utf-8")))


def recipes(document: Any) -> dict[str, dict[str, Any]]:
    """Return the recipes in `document`, by the id of the group they made."""
    found: dict[str, dict[str, Any]] = {}
    for key in document.annotationTypes():
        if key.startswith(PREFIX):
            try:
                record = json.loads(to_bytes(document.annotation(key)).decode("utf-8"))
                found[record["group"]] = record["recipe"]
            except (ValueError, KeyError, TypeError):
                continue  # written by another program or a newer version
    return found
