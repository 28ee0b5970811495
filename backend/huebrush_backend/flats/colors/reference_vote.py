"""Colours of regions out of the reference's own colours, by what the model painted there and what it looked at.

A vote of the model's picture may give a colour that the reference does not have: the model mixes, and so does the mean
of two tones. Here each region chooses among the reference's main colours (docs/method.md, "Colours from the
reference").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.reference_palette import ReferencePalette
from huebrush_backend.flats.colors.region_colors import INHERITED, VOTED, RegionColors
from huebrush_backend.imaging.color import color_difference

NEAR = 6.0
"""CIEDE2000 difference between the painted colour and the reference's at which the likelihood has fallen to 1/e."""
FAR_TAIL = 0.02
"""Likelihood, beside the nearness, that a model painted any colour at all: far differences are equally unlikely."""


@dataclass(frozen=True, eq=False)
class ReferenceVote:
    """Colours of regions taken from a reference.

    * `colors`: of all regions; those without `source` keep what they had
    * `source`: (count+1,) number of the palette's colour that each region took, -1 for none
    * `scores`: (count+1,n) float32, logarithms of how likely each of the palette's colours is
    """

    colors: RegionColors
    source: NDArray[np.intp]
    scores: NDArray[np.float32]


def vote_from_reference(
    voted: RegionColors,
    palette: ReferencePalette,
    borders: Borders,
    kept: NDArray[np.bool_] | None = None,
) -> ReferenceVote:
    """Return the regions in the reference's own colours.

    * `voted`: their colours by the vote of the model's picture
    * `palette`: the reference's colours, at least one
    * `borders`: borders between the regions
    * `kept`: (count+1,) regions that keep their painted colour

    Regions that took a neighbour's colour take it again from the same neighbour.
    """
    free = np.isin(voted.sources, (VOTED, INHERITED))
    free[0] = False
    if kept is not None:
        free &= ~kept
    scores = _nearness(voted.colors, palette.colors)
    source = np.where(free, scores.argmax(axis=1), -1)
    _follow(source, voted, borders)
    result = voted.copy()
    taken = source >= 0
    result.colors[taken] = palette.colors[source[taken]]
    others = scores.copy()
    others[np.arange(len(source)), np.maximum(source, 0)] = -np.inf
    if len(palette) > 1:
        result.alternatives[taken] = palette.colors[others.argmax(axis=1)[taken]]
    else:
        result.alternatives[taken] = result.colors[taken]
    return ReferenceVote(result, source, scores)


def _nearness(painted: NDArray[np.uint8], colors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (count+1,n): logarithm of the likelihood that `colors` (n,3) were meant by `painted` (count+1,3)."""
    known, member = np.unique(painted, axis=0, return_inverse=True)
    difference = color_difference(known[:, None], colors[None])
    return np.log(np.exp(-difference / NEAR) + FAR_TAIL * np.exp(-difference / 100)).astype(np.float32)[
        member.reshape(-1)
    ]


def _follow(source: NDArray[np.intp], voted: RegionColors, borders: Borders) -> None:
    """Let regions that inherited a neighbour's painted colour take what that neighbour takes, in place."""
    label, other, _ = borders.both_ways()
    heirs = (voted.sources[label] == INHERITED) & (source[label] >= 0) & (source[other] >= 0)
    heirs &= (voted.colors[label] == voted.colors[other]).all(axis=1)
    label, other = label[heirs], other[heirs]
    settled = voted.sources == VOTED
    while len(label):
        ready = settled[other] & ~settled[label]
        if not ready.any():
            return
        source[label[ready][::-1]] = source[other[ready][::-1]]
        settled[label[ready]] = True
