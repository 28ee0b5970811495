"""Strengths of the reference: one for each transformer block, and by levels of the network, as the authors use them.

The rule of the levels: docs/method.md, "Strengths by block and level".
"""

from __future__ import annotations

from collections.abc import Sequence

from huebrush_protocol.texts import Text

from huebrush_backend.pipeline.refusals import ConditioningError


def block_strengths(strength: float | Sequence[float], blocks: int) -> list[float]:
    """Return one strength for each of the `blocks`; `strength` is one number for all or one each.

    Raises ConditioningError for another number of them.
    """
    strengths = [*strength] if isinstance(strength, Sequence) else [float(strength)] * blocks
    if len(strengths) != blocks:
        raise ConditioningError(Text.of("model.blocks", blocks=blocks, strengths=len(strengths)))
    return strengths


def level_strengths(places: Sequence[tuple[str, int]], encoder: float, middle: float, low: float) -> list[float]:
    """Return one strength per transformer block, for `ColorizeUNet.transformer_block_places`.

    `encoder` is for all blocks on the way down. `middle` and `low` override it, for the last but one and the last level
    that have such blocks on both ways. Other blocks have 1. In the released models these are blocks 0-5, then 2, 3,
    10-12, then 4, 5, 7-9.
    """
    levels = sorted({level for path, level in places if path != "mid_block"})
    strengths = []
    for path, level in places:
        strength = encoder if path == "down_blocks" else 1.0
        if path != "mid_block" and level == levels[-1]:
            strength = low
        elif path != "mid_block" and level in levels[-2:]:
            strength = middle
        strengths.append(strength)
    return strengths
