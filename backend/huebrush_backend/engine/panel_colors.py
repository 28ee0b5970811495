"""Makes the pictures of a page's panels agree in their colours: the same thing has one colour on the whole page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huebrush_backend.flats.colors.clusters import clusters
from huebrush_backend.flats.splitting.color_patches import cluster_colors, perceived
from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab

SAME_PART = 11.0
"""CIEDE2000 difference up to which tones of different panels are one colour of the page."""
_SAMPLES = 6000
_NEAR = 0.05
"""Oklab distance over which a tone's shift fades out: a pixel between two tones gets a mixture of their shifts."""
_MOST_TONES = 10
"""Most tones of a panel's picture."""
_LEAST_SHARE = 0.01
"""Smallest share of a panel's picture that makes a tone."""


def agreeing(pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return `pictures` (h,w,3) uint8 sRGB, of several sizes, with the tones that they share made equal.

    The tones of all pictures are gathered by their difference. In each group the colour with the most pixels counts,
    and where two have nearly the same, that of the earlier picture. Each pixel is moved in Oklab as its own tone is,
    so light, shade and soft edges stay.
    """
    tones = [_tones(picture) for picture in pictures]
    rgb = np.concatenate([colors for colors, _ in tones])
    weight = np.concatenate(
        [shares * picture[..., 0].size for (_, shares), picture in zip(tones, pictures, strict=True)]
    )
    owner = np.repeat(np.arange(len(pictures)), [len(colors) for colors, _ in tones])
    group = clusters(rgb, SAME_PART)
    target = rgb.copy()
    for number in range(int(group.max()) + 1):
        members = np.flatnonzero(group == number)
        if len(np.unique(owner[members])) > 1:
            heavy = members[weight[members] >= 0.8 * weight[members].max()]
            target[members] = rgb[heavy[0]]
    before, after = srgb_to_oklab(rgb), srgb_to_oklab(target)
    return [
        _moved(picture, before[owner == number], (after - before)[owner == number])
        for number, picture in enumerate(pictures)
    ]


def _tones(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture's tones (n,3) uint8 sRGB and their shares of its pixels (n,)."""
    pixels = picture.reshape(-1, 3)
    pixels = pixels[:: max(1, len(pixels) // _SAMPLES)]
    values = perceived(pixels)
    centers = cluster_colors(values, _MOST_TONES)
    count = len(centers)
    member = np.square(values[:, None] - centers[None]).sum(axis=2).argmin(axis=1)
    kept = [tone for tone in range(count) if np.mean(member == tone) >= _LEAST_SHARE]
    colors = np.array([np.median(pixels[member == tone], axis=0) for tone in kept])
    shares = np.array([float(np.mean(member == tone)) for tone in kept])
    return np.rint(colors).astype(np.uint8).reshape(-1, 3), shares


def _moved(picture: np.ndarray, tones: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return `picture` with each pixel moved by the `shifts` (n,3) of the `tones` (n,3) near it, all in Oklab."""
    if not np.any(shifts):
        return picture
    lab = srgb_to_oklab(picture.reshape(-1, 3))
    distance = ((lab[:, None] - tones[None]) ** 2).sum(axis=2)
    weights = np.exp(-(distance - distance.min(axis=1, keepdims=True)) / (2 * _NEAR**2 / 4))
    weights /= weights.sum(axis=1, keepdims=True)
    fades = np.exp(-distance.min(axis=1) / (2 * (2 * _NEAR) ** 2))
    moved = lab + (weights @ shifts) * fades[:, None]
    return np.asarray(oklab_to_srgb(moved), np.uint8).reshape(picture.shape)
