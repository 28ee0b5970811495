"""v1.5's networks for the tokens of a background."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.checkpoints.configurations import (
    recovery_transformer_configuration,
    threshold_embedding_configuration,
)
from huebrush_backend.checkpoints.keys import recovery_transformer_keys, threshold_embedding_keys
from huebrush_backend.models.recovery import RecoveryTransformer, ThresholdEmbedding
from judging import Judge
from torch import nn
from vectors import Case, cases_of


def fill(network: nn.Module, names: dict[str, str], weights: dict[str, torch.Tensor]) -> None:
    network.load_state_dict({name: weights[original] for original, name in names.items()})


@pytest.mark.parametrize("case", cases_of("recovery_transformer"), ids=lambda case: case.id)
@torch.inference_mode()
def test_a_background_is_recovered_as_recorded(case: Case, judge: Judge) -> None:
    weights = case.weights()
    shapes = {key: tuple(tensor.shape) for key, tensor in weights.items()}
    head_width = case.vectors.small_config["num_head_channels"]
    transformer = RecoveryTransformer(**recovery_transformer_configuration(shapes, head_width))
    fill(transformer, recovery_transformer_keys(transformer.state_dict()), weights)
    embedding = ThresholdEmbedding(**threshold_embedding_configuration(shapes))
    fill(embedding, threshold_embedding_keys(embedding.state_dict()), weights)
    judge(
        case,
        {
            "tokens": transformer(case.tensor("tokens")),
            "threshold_embedding": embedding(torch.tensor(case.params["thresholds"])),
        },
    )


@pytest.mark.parametrize("case", cases_of("recovery_transformer"), ids=lambda case: case.id)
def test_every_tensor_of_the_file_has_its_place(case: Case) -> None:
    weights = case.weights()
    shapes = {key: tuple(tensor.shape) for key, tensor in weights.items()}
    with torch.device("meta"):
        transformer = RecoveryTransformer(**recovery_transformer_configuration(shapes))
        embedding = ThresholdEmbedding(**threshold_embedding_configuration(shapes))
    placed = {
        *recovery_transformer_keys(transformer.state_dict()),
        *threshold_embedding_keys(embedding.state_dict()),
    }
    assert placed == {key for key in weights if key.startswith(("transformer.", "thresh_embedder."))}
