"""Deformation training: references whose geometry no longer matches the sketch (docs/method.md, "Training")."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F


def thin_plate_spline(
    picture: torch.Tensor, before: torch.Tensor, after: torch.Tensor, padding: Literal["zeros", "border"] = "zeros"
) -> torch.Tensor:
    """Bend `picture` (B,C,H,W) so that the points `before` (B,n,2) move to `after` (B,n,2).

    Points are (x,y) in pixels, at least three and not all on a line. Pixels that come from outside the picture are 0,
    or with `padding` "border" like the nearest pixel of the edge. Raises RuntimeError (PyTorch's LinAlgError) when two
    points of `after` coincide or all lie on a line.

    As in the training of the released models, positions count from the upper left corners of pixels but are sampled at
    their centres, so everything also moves by half a pixel.

    Everything is float32, and distances are computed from differences. Points close together make an ill-conditioned
    system, and another precision or order of computation would visibly change its solution.
    """
    height, width = picture.shape[-2:]
    size = torch.tensor([width, height], dtype=torch.float32, device=picture.device)
    sources, targets = (points.float() / (size / 2) - 1 for points in (before, after))
    columns = torch.arange(-1, 1, 2 / width, device=picture.device)[:width]
    rows = torch.arange(-1, 1, 2 / height, device=picture.device)[:height]
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1).view(1, -1, 2)

    count = targets.shape[1]
    affine = _affine(targets)
    system = picture.new_zeros((len(targets), count + 3, count + 3), dtype=torch.float32)
    system[:, :count, :count] = _radial(targets, targets)
    system[:, :count, count:] = affine
    system[:, count:, :count] = affine.mT
    heights = F.pad(sources - targets, (0, 0, 0, 3))
    weights = torch.linalg.solve(system, heights)

    shift = _radial(grid, targets) @ weights[:, :count] + _affine(grid) @ weights[:, count:]
    flow = (grid + shift).unflatten(1, (height, width)).to(picture.dtype)
    return F.grid_sample(picture, flow, mode="bilinear", padding_mode=padding, align_corners=False)


def _radial(points: torch.Tensor, centers: torch.Tensor) -> torch.Tensor:
    """Return r² ln(r + 1e-6) of the distances r (B,n,m) of `points` (B,n,2) from `centers` (B,m,2)."""
    distances = (points.unsqueeze(2) - centers.unsqueeze(1)).square().sum(dim=-1).sqrt()
    return distances**2 * torch.log(distances + 1e-6)


def _affine(points: torch.Tensor) -> torch.Tensor:
    return F.pad(points, (1, 0), value=1.0)
