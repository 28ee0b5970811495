"""Pages whose parts are known, each with two edits to try: one of a large part and one of a small part."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from skimage.color import deltaE_ciede2000

from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.evaluation.pairs import FAMILY, HeldOutPair, held_out_pair, visible_parts_of
from huebrush_backend.synthesis import COLORS, Part, part_caption, part_word

PAGE_SIZE = 512
"""Page side in pixels: twice the built-in model's size, so that edits of small parts work on an enlarged section."""
LARGE_SHARE = 0.04
"""Smallest share of the page, 0..1, that a large part covers."""
SIZES = ("large", "small")
CLEARLY_ANOTHER = 20.0
"""Smallest difference (CIEDE2000) between the requested colour and the part's colour in the reference."""
NOT_ASKED_FOR = (Part.EYE_WHITE, Part.MOUTH)

_PURPOSE = 201
"""Last number of the seed that chooses the edits; the pages' seeds end in smaller numbers."""


@dataclass(frozen=True, eq=False)
class KnownEdit:
    """An edit with a known mask: `part` of the page shall get the colour of the word `color`.

    `mask`: pixels of the part, (H,W) bool. `now`, `instead`: the edit's words, such as "brown hair" and "blue hair".
    `size`: one of `SIZES`.
    """

    part: int
    color: str
    now: str
    instead: str
    mask: np.ndarray
    size: str


@dataclass(frozen=True, eq=False)
class EditPage:
    """A page to colour after a reference, and the edits to try on it, one at a time."""

    pair: HeldOutPair
    edits: tuple[KnownEdit, ...]


def edit_page(seed: int, index: int, size: int = PAGE_SIZE) -> EditPage:
    """Return page `index` of the set `seed`, `size` pixels square. The same arguments give the same page.

    The edits depend only on the drawings and the seed, never on a model's picture. Raises ValueError when `seed` is not
    in 0..2**32-1.
    """
    pair = held_out_pair(seed, index, size)
    random = np.random.default_rng([FAMILY, seed, index, _PURPOSE])
    labels = pair.drawing.labels
    seen = visible_parts_of(labels) & visible_parts_of(pair.reference_drawing.labels)
    edits = []
    for size_name in SIZES:
        parts = [
            part
            for part in map(Part, np.flatnonzero(seen))
            if part not in NOT_ASKED_FOR and (float((labels == part).mean()) >= LARGE_SHARE) == (size_name == "large")
        ]
        if parts:
            edits.append(_edit(pair, parts[int(random.integers(len(parts)))], size_name, random))
    return EditPage(pair, tuple(edits))


def _edit(pair: HeldOutPair, part: Part, size: str, random: np.random.Generator) -> KnownEdit:
    words = list(COLORS)
    known = to_lab(np.array([COLORS[word] for word in words], np.uint8))
    apart = deltaE_ciede2000(known, to_lab(pair.palette.colors[part])[None])
    word = words[int(random.choice(np.flatnonzero(apart >= CLEARLY_ANOTHER)))]
    # The built-in model was trained with the words of drawings without a design.
    now = part_caption(replace(pair.drawing, design=None), pair.palette, part)
    return KnownEdit(
        part=part,
        color=word,
        now=now,
        instead=f"{word} {part_word(part, None)}",
        mask=pair.drawing.labels == part,
        size=size,
    )
