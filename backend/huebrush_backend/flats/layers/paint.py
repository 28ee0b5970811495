"""Paint regions in their colours at the page's own size, with hard or anti-aliased edges.

Every pixel of a region gets exactly its colour, also under the ink. With soft edges only the pixels that touch another
colour are mixed, by a 3×3 binomial kernel: half a pixel of blending on each side of the border.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.parallel import in_bands

KERNEL = ((-1, -1, 1), (-1, 0, 2), (-1, 1, 1), (0, -1, 2), (0, 0, 4), (0, 1, 2), (1, -1, 1), (1, 0, 2), (1, 1, 1))
"""Row and column offsets and weights, in sixteenths, of the binomial kernel that softens edges."""


def color_table(colors: RegionColors) -> NDArray[np.uint8]:
    """Return (count+1,4) uint8 RGBA by label: opaque colours, and all zero for regions that stay unpainted."""
    table = np.zeros((colors.count + 1, 4), np.uint8)
    painted = colors.painted
    table[painted, :3] = colors.colors[painted]
    table[painted, 3] = 255
    return table


def paint(
    labels: NDArray[np.int32], table: NDArray[np.uint8], hard_edges: bool, ink: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Return (H,W,4) uint8 RGBA with straight alpha: `table` (count+1,4) looked up by `labels` (H,W).

    With `hard_edges` every pixel has a colour of the table. Without it, the pixels at borders between colours are mixed
    as by an anti-aliased brush, and no others. With `ink` (H,W) uint8, the coverage of the lines, pixels beside a line
    are not mixed either: even beside the thinnest line each shows only the colour of its region.
    """
    height, width = labels.shape
    packed = np.ascontiguousarray(table).view(np.uint32).ravel()
    out = np.empty((height, width, 4), np.uint8)
    whole = out.view(np.uint32)[..., 0]

    def work(top: int, bottom: int) -> None:
        if hard_edges:
            np.take(packed, labels[top:bottom], out=whole[top:bottom], mode="clip")
            return
        above, below = max(0, top - 1), min(height, bottom + 1)
        band = np.take(packed, labels[above:below], mode="clip")
        own = slice(top - above, bottom - above)
        whole[top:bottom] = band[own]
        at = np.flatnonzero(at_borders(band)[own] if ink is None else at_borders(band)[own] & (ink[top:bottom] >= INK))
        if len(at):
            rows, columns = np.divmod(at, width)
            whole[top:bottom].reshape(-1)[at] = _mix(band, rows + own.start, columns)

    in_bands(height, width, work)
    return out


def at_borders(values: NDArray) -> NDArray[np.bool_]:
    """Return (H,W) bool: pixels of `values` (H,W) that differ from one of their eight neighbours."""
    edge = np.zeros(values.shape, bool)
    for here, there in (
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
        ((slice(1, None), slice(1, None)), (slice(None, -1), slice(None, -1))),
        ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))),
    ):
        differs = values[here] != values[there]
        edge[here] |= differs
        edge[there] |= differs
    return edge


def neighbourhood(band: NDArray, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> list[NDArray]:
    """Return the values of `band` (h,w) around the given pixels, one (n,) array for each entry of `KERNEL`. Values
    outside the band equal those at its edge.
    """
    padded = np.pad(band, 1, mode="edge")
    place = (rows + 1) * padded.shape[1] + columns + 1
    flat = padded.ravel()
    return [flat[place + (down * padded.shape[1] + right)] for down, right, _ in KERNEL]


def _mix(band: NDArray[np.uint32], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Mix the packed colours around the given pixels of `band`, weighted by the kernel and by their alpha. Alpha is 0
    or 255; where it is 0, the colour is 0 too.
    """
    # Two channels at a time in the halves of a 32-bit number: 16 times 255 fits into 16 bits.
    low, high = np.zeros(len(rows), np.uint32), np.zeros(len(rows), np.uint32)
    halves, rounding = np.uint32(0x00FF00FF), np.uint32(0x00080008)
    for near, (_, _, weight) in zip(neighbourhood(band, rows, columns), KERNEL, strict=True):
        low += (near & halves) * np.uint32(weight)
        high += (near >> np.uint32(8) & halves) * np.uint32(weight)
    mixed = (low + rounding >> np.uint32(4) & halves) | (high + rounding >> np.uint32(4) & halves) << np.uint32(8)
    channels = mixed.view(np.uint8).reshape(-1, 4)
    partly = np.flatnonzero(channels[:, 3] < 255)
    if len(partly):
        sums = np.stack([low[partly], high[partly]], axis=1).view(np.uint16)  # red, blue, green, alpha
        cover = np.maximum(sums[:, 3:] // 255, 1)
        channels[partly, :3] = (sums[:, [0, 2, 1]] + cover // 2) // cover
    return mixed
