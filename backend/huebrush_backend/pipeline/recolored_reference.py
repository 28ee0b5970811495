"""Edits that name a colour, made to the picture of a reference itself: where it fits a text it gets the colour.

Text moves the tokens of a small CLIP far too little to change a colour, but tells well enough where in a picture
something is. So the place is found as for position weights (colorizediffusion.md, section 8) and recoloured there.
"""

from __future__ import annotations

import numpy as np
import torch

from huebrush_backend.imaging.recoloring import recolor_where_fit
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.manipulation.position_weights import normalize, project
from huebrush_backend.pipeline.brushing import Color
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.conditioning import picture_tensor

FULL_STRENGTH = 8.0
"""Strength from which an edit gives the colour altogether; below it, a share of it."""


@torch.inference_mode()
def text_fit(pipeline: ColorizePipeline, reference: np.ndarray, text: str) -> np.ndarray:
    """Return how well each place of `reference` (H,W,3) uint8 fits `text`, (side,side) float32 from 0 to 1.

    There is a place for each local token; the best of them is 1, the worst 0.
    """
    tokens = pipeline.all_tokens(picture_tensor(reference))[:, 1:].float()
    vector = pipeline.encode_texts([text]).to(tokens)
    side = round(tokens.shape[1] ** 0.5)
    return normalize(project(tokens, vector), (-2,)).reshape(side, side).cpu().numpy()


def recolored_reference(pipeline: ColorizePipeline, reference: np.ndarray, edit: TextEdit, color: Color) -> np.ndarray:
    """Return `reference` (H,W,3) uint8 with `color` where it fits the control text of `edit`, which there is.

    The third of the edit's thresholds, from which on position weights are those of half its strength or more, is the
    least fit that counts.
    """
    assert edit.control is not None
    fit = text_fit(pipeline, reference, edit.control)
    return recolor_where_fit(reference, fit, edit.thresholds[2], color, min(1.0, edit.strength / FULL_STRENGTH))
