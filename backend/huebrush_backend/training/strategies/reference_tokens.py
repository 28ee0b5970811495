"""Tokens of the reference that a network is trained with, and a CLIP that does not know positions.

Formulas: docs/method.md, "Reference tokens" and "Training".
"""

from __future__ import annotations

import numpy as np
import torch
from transformers import CLIPModel, CLIPVisionModelWithProjection

from huebrush_backend.training.strategies.options import ReferenceTokenKind


def parts_of_tokens(parts: np.ndarray, kind: ReferenceTokenKind) -> np.ndarray:
    """Return the share of each part in each token that conditions the network, from those of the local tokens.

    `parts` is (B,N,classes), the result has as many tokens as `choose_tokens` gives. The CLS token stands for the whole
    picture: it shows no part that attention could be sent to.
    """
    nothing = np.zeros_like(parts[:, :1])
    return {"cls": nothing, "local": parts, "full": np.concatenate([nothing, parts], axis=1)}[kind]


@torch.no_grad()
def forget_positions(encoder: CLIPVisionModelWithProjection | CLIPModel) -> None:
    """Make `encoder` see patches without their places: their position embeddings become zero and stay so.

    Then the tokens of a picture whose patches change places are the same tokens in another order. The zeros are part of
    the saved weights, so whoever loads these computes the same.
    """
    embedding = encoder.vision_model.embeddings.position_embedding.weight
    embedding[1:] = 0  # the first one is added to the CLS token, which has no place
    if embedding.requires_grad:
        embedding.register_hook(_without_patches)


def _without_patches(gradient: torch.Tensor) -> torch.Tensor:
    return torch.cat([gradient[:1], torch.zeros_like(gradient[1:])])
