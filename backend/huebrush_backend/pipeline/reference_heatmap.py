"""Fit of a text to the places of a reference, as numbers and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from huebrush_protocol.texts import Text

from huebrush_backend.manipulation.edits import TextEdit, is_active
from huebrush_backend.manipulation.heatmap import heatmap_levels, heatmap_picture
from huebrush_backend.manipulation.position_weights import DEFAULT_THRESHOLDS
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.conditioning import picture_tensor
from huebrush_backend.pipeline.edited_reference import place_fit
from huebrush_backend.pipeline.refusals import UnsupportedRequestError


@torch.inference_mode()
def text_fit(
    pipeline: ColorizePipeline, reference: np.ndarray, texts: Sequence[str], edits: Sequence[TextEdit] = ()
) -> np.ndarray:
    """Return the best fit of `texts` to each place of `reference` (H,W,3) uint8, after `edits`; see `place_fit`.

    Raises UnsupportedRequestError like `reference_heatmap`.
    """
    return place_fit(_edited_tokens(pipeline, reference, edits), pipeline.encode_texts(texts))


@torch.inference_mode()
def reference_heatmap(
    pipeline: ColorizePipeline,
    reference: np.ndarray,
    texts: Sequence[str],
    edits: Sequence[TextEdit] = (),
    thresholds: Sequence[float] = DEFAULT_THRESHOLDS,
) -> np.ndarray:
    """Return the heatmap (H,W,3) uint8 of the best of `texts` over `reference`.

    * `pipeline`: the model
    * `reference`: (H,W,3) uint8
    * `texts`: texts to look for
    * `edits`: changes of the reference that come first
    * `thresholds`: as for `heatmap_levels`

    Raises UnsupportedRequestError for edits with a model whose edits are global: they change no place of the reference.
    """
    tokens = _edited_tokens(pipeline, reference, edits)[:, 1:].float()
    vectors = pipeline.encode_texts(texts).to(tokens)
    levels = heatmap_levels(tokens, vectors, reference.shape[0], reference.shape[1], thresholds)
    return heatmap_picture(reference, levels, round(tokens.shape[1] ** 0.5))


def _edited_tokens(pipeline: ColorizePipeline, reference: np.ndarray, edits: Sequence[TextEdit]) -> torch.Tensor:
    if pipeline.reference_tokens == "cls" and is_active(edits):
        raise UnsupportedRequestError(Text.of("model.edits_everywhere"))
    return pipeline.all_tokens(picture_tensor(reference), edits)
