"""Where a reference comes from, as the artist has chosen it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReferenceSource:
    """Where a reference, background or mask comes from. `kind`: "layer" (key = layer id), "file" (key = path),
    "document" (key = document key) or, for masks alone, "selection" (no key). `name` is what the artist calls it,
    `weight` its share beside other references."""

    kind: str
    key: str
    name: str
    weight: float = 1.0
