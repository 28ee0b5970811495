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
from huebrush_backend.flats.colors.clusters import gather_tones
from huebrush_backend.flats.colors.reference_palette import ReferencePalette
from huebrush_backend.flats.colors.region_colors import INHERITED, UNSURE, VOTED, RegionColors
from huebrush_backend.imaging.color import color_difference

NEAR = 6.0
"""CIEDE2000 difference between the painted colour and the reference's at which the likelihood of a sure region has
fallen to 1/e."""
NEAR_UNSURE = 15.0
"""Addition to that difference for a region whose painted colour is not sure at all."""
FAR_TAIL = 0.05
"""Likelihood, beside the nearness, that a model painted any colour at all: far differences are about equally unlikely.
"""
FAR = 100.0
"""CIEDE2000 difference over which even that likelihood falls to 1/e."""
UNSEEN = 0.02
"""Share of attention that every colour gets in addition, so that none is impossible."""
OF_TONE = 0.5
"""Part of a region's attention, 0..1, that is replaced by the mean of all regions in which the picture has its tone."""
MINOR_REGION = 0.003
"""Largest share of the page, 0..1, of a region that may take one of the reference's minor colours: an iris may, a skirt
not."""
AGREEMENT = 3.0
"""Weight of the neighbours in the logarithm of a likelihood, if the picture has the very same colour on both sides of
the whole border."""
SAME_PAINT = 6.0
"""CIEDE2000 difference between the painted colours of neighbours at which that weight has fallen to 1/e."""
ROUNDS = 3
"""Number of times that neighbours hear of one another."""


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
    areas: NDArray[np.int64],
    looks: NDArray[np.float32] | None = None,
    kept: NDArray[np.bool_] | None = None,
) -> ReferenceVote:
    """Return the regions in the reference's own colours.

    * `voted`: their colours by the vote of the model's picture
    * `palette`: the reference's colours, at least one
    * `borders`: borders between the regions
    * `areas`: (count+1,) pixels of each region
    * `looks`: (count+1,n) shares in which each region looked at the palette's colours, 0 where that is not known; None
      if it is not known at all
    * `kept`: (count+1,) regions that keep their painted colour

    Regions that took a neighbour's colour take it again from the same neighbour. A region whose painted colour had a
    second tone gets the reference's colour for that as its alternative.
    """
    free = np.isin(voted.sources, (VOTED, INHERITED))
    free[0] = False
    if kept is not None:
        free &= ~kept
    attention = np.zeros((voted.count + 1, len(palette)), np.float32)
    if looks is not None:
        attention = _attention(looks, voted, areas, free)
    minor = ~palette.is_main[None] & (areas / max(1, areas.sum()) > MINOR_REGION)[:, None]
    attention[np.broadcast_to(minor, attention.shape)] -= 1e3
    scores = _nearness(voted.colors, voted.confidence, palette.colors) + attention
    scores = _agreeing(scores, voted.colors, borders, free)
    source = np.where(free, scores.argmax(axis=1), -1)
    _follow(source, voted, borders)
    result = voted.copy()
    taken = source >= 0
    result.colors[taken] = palette.colors[source[taken]]
    second = (_nearness(voted.alternatives, voted.confidence, palette.colors) + attention).argmax(axis=1)
    others = scores.copy()
    others[np.arange(len(source)), np.maximum(source, 0)] = -np.inf
    single = (voted.colors == voted.alternatives).all(axis=1)
    second = np.where(single & (voted.confidence < UNSURE), others.argmax(axis=1), np.where(single, source, second))
    result.alternatives[taken] = palette.colors[second[taken]]
    return ReferenceVote(result, source, scores)


def _attention(
    looks: NDArray[np.float32], voted: RegionColors, areas: NDArray[np.int64], free: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return (count+1,n): logarithms of the attention to each colour, partly that of all regions of one tone."""
    logs = np.log(looks + np.float32(UNSEEN))
    known = np.flatnonzero(free & looks.any(axis=1))
    if not len(known):
        return np.zeros_like(logs)
    weight = np.sqrt(np.maximum(areas[known], 1)) * np.maximum(voted.confidence[known], UNSEEN)
    tone, _ = gather_tones(voted.colors[known], weight)
    total = np.zeros((int(tone.max()) + 1, logs.shape[1]))
    np.add.at(total, tone, weight[:, None] * logs[known])
    mean = total / np.bincount(tone, weight)[:, None]
    result = np.zeros_like(logs)
    result[known] = (1 - OF_TONE) * logs[known] + OF_TONE * mean[tone]
    return result


def _nearness(
    painted: NDArray[np.uint8], confidence: NDArray[np.float32], colors: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Return (count+1,n): logarithm of the likelihood that `colors` (n,3) were meant by `painted` (count+1,3)."""
    known, member = np.unique(painted, axis=0, return_inverse=True)
    difference = color_difference(known[:, None], colors[None])[member.reshape(-1)]
    near = NEAR + NEAR_UNSURE * (1 - confidence[:, None])
    return np.log(np.exp(-difference / near) + FAR_TAIL * np.exp(-difference / FAR)).astype(np.float32)


def _agreeing(
    scores: NDArray[np.float32], painted: NDArray[np.uint8], borders: Borders, free: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return `scores` (count+1,n) with what regions hear from neighbours in which the picture has the same colour."""
    label, other, weight = borders.both_ways()
    both = free[label] & free[other]
    label, other, weight = label[both], other[both], weight[both].astype(np.float64)
    whole = np.maximum(np.bincount(label, weight, len(scores)), 1)
    alike = np.exp(-color_difference(painted[label], painted[other]) / SAME_PAINT) if len(label) else np.zeros(0)
    share = (AGREEMENT * alike * weight / whole[label]).astype(np.float32)
    heard = scores
    for _ in range(ROUNDS):
        likely = np.exp(heard - heard.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        heard = scores.copy()
        np.add.at(heard, label, share[:, None] * likely[other])
    return heard


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
