"""Source of a reference, as the artist has chosen it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReferenceSource:
    """Source of a reference, background or mask. `kind`: "layer" (key = layer id), "file" (key = path),
    "document" (key = document key) or, for masks alone, "selection" (no key). `name` is its name for the artist,
    `weight` its share compared with other references."""

    kind: str
    key: str
    name: str
    weight: float = 1.0
