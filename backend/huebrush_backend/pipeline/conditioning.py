"""Inputs of the networks from pictures: the sketch on its canvas, the reference as tokens."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from huebrush_backend.pipeline.canvas import Box, fitted_box


def fit_sketch(sketch: torch.Tensor, height: int, width: int) -> tuple[torch.Tensor, Box]:
    """Return `sketch` (B,3,h,w) in [-1,1] (paper -1) on a (height, width) canvas of paper, and its place
    (`fitted_box`)."""
    box = fitted_box(sketch.shape[-2], sketch.shape[-1], height, width)
    size = (box.height, box.width)
    resized = F.interpolate(sketch, size, mode="bicubic", antialias=True, align_corners=False)
    canvas = sketch.new_full((*sketch.shape[:2], height, width), -1.0)
    canvas[..., box.top : box.top + box.height, box.left : box.left + box.width] = resized
    return canvas, box


def sketch_tensor(ink: np.ndarray) -> torch.Tensor:
    """Return ink coverage (H,W) in 0..1 as a sketch (1,3,H,W): paper -1, lines +1."""
    plane = torch.from_numpy(np.ascontiguousarray(ink, dtype=np.float32)) * 2 - 1
    return plane.expand(1, 3, -1, -1)


def picture_tensor(rgb: np.ndarray) -> torch.Tensor:
    """Return an 8-bit picture (H,W,3) as (1,3,H,W) in [-1,1]."""
    return torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1)[None].float() / 127.5 - 1


def picture_array(tensor: torch.Tensor) -> np.ndarray:
    """Return the first picture of (B,3,H,W) in [-1,1] as (H,W,3) uint8; clamped and truncated, not rounded."""
    pixels = (tensor[0].float().clamp(-1, 1) + 1) * 127.5
    return pixels.permute(1, 2, 0).to(torch.uint8).cpu().numpy()
