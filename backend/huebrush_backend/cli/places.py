"""Places to check as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FIRST = 20
"""Places that are listed before more are asked for: those of which most can be seen."""


def place_lines(report: Mapping[str, Any], most: int | None = FIRST) -> list[str]:
    """Return a line for each of the first `most` places (None: all) of a flats report, and one that says how many there
    are."""
    places = report["places_to_check"]
    shown = places if most is None else places[:most]
    lines = [f"{place['x']},{place['y']}  {place['kind']}: {place['text']['english']}" for place in shown]
    if len(places) > len(shown):
        lines.append(f"and {len(places) - len(shown)} more, of which less can be seen")
    return [*lines, "page clean" if report["clean"] else f"{len(places)} places to check"]
