"""Configurations of the networks, read from the shapes of a file's tensors.

Released models and smaller models of the same design differ only in these sizes (docs/method.md, "Models").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from huebrush_backend.checkpoints.errors import CheckpointKeysError, Shape
from huebrush_backend.checkpoints.families import (
    RECOVERY_TRANSFORMER_PREFIX,
    SKETCH_ENCODER_PREFIX,
    THRESHOLD_EMBEDDING_PREFIX,
    UNET_PREFIX,
    VAE_PREFIX,
)

HEAD_WIDTH = 64
"""Number of channels of an attention head in all released models."""
LAYERS_PER_BLOCK = 2
LATENT_SCALE = 0.18215

Shapes = Mapping[str, Shape]


def unet_configuration(shapes: Shapes, latent_size: int, head_width: int = HEAD_WIDTH) -> dict[str, Any]:
    """Return the arguments of `ColorizeUNet` for a file with `shapes`.

    `latent_size`: width and height of the model's native latent. Raises CheckpointKeysError when a tensor that a size
    is read from is missing.
    """
    step = LAYERS_PER_BLOCK + 1
    blocks = _count(shapes, rf"{re.escape(UNET_PREFIX)}input_blocks\.(\d+)\.")
    firsts = [f"{UNET_PREFIX}input_blocks.{number}" for number in range(1, max(blocks, 2), step)]
    widths = [shape_of(shapes, f"{first}.0.out_layers.3.weight")[0] for first in firsts]
    attended = [f"{first}.1.norm.weight" in shapes for first in firsts]
    transformer = f"{firsts[attended.index(True)] if any(attended) else firsts[0]}.1"
    return {
        "sample_size": latent_size,
        "in_channels": shape_of(shapes, f"{UNET_PREFIX}input_blocks.0.0.weight")[1],
        "out_channels": shape_of(shapes, f"{UNET_PREFIX}out.2.weight")[0],
        "block_out_channels": tuple(widths),
        "layers_per_block": LAYERS_PER_BLOCK,
        "down_block_types": tuple("CrossAttnDownBlock2D" if has else "DownBlock2D" for has in attended),
        "up_block_types": tuple("CrossAttnUpBlock2D" if has else "UpBlock2D" for has in reversed(attended)),
        "cross_attention_dim": shape_of(shapes, f"{transformer}.transformer_blocks.0.attn2.to_k.weight")[1],
        # diffusers takes the number of heads under this name.
        "attention_head_dim": tuple(width // head_width for width in widths),
        "use_linear_projection": len(shape_of(shapes, f"{transformer}.proj_in.weight")) == 2,
    }


def vae_configuration(shapes: Shapes, picture_size: int) -> dict[str, Any]:
    """Return the arguments of `AutoencoderKL` for a file with `shapes`. Raises CheckpointKeysError."""
    levels = max(_count(shapes, rf"{re.escape(VAE_PREFIX)}encoder\.down\.(\d+)\."), 1)
    downs = [f"{VAE_PREFIX}encoder.down.{level}.block" for level in range(levels)]
    return {
        "sample_size": picture_size,
        "in_channels": shape_of(shapes, f"{VAE_PREFIX}encoder.conv_in.weight")[1],
        "out_channels": shape_of(shapes, f"{VAE_PREFIX}decoder.conv_out.weight")[0],
        "latent_channels": shape_of(shapes, f"{VAE_PREFIX}post_quant_conv.weight")[0],
        "block_out_channels": tuple(shape_of(shapes, f"{down}.0.conv1.weight")[0] for down in downs),
        "layers_per_block": _count(shapes, rf"{re.escape(downs[0])}\.(\d+)\."),
        "down_block_types": ("DownEncoderBlock2D",) * levels,
        "up_block_types": ("UpDecoderBlock2D",) * levels,
        "scaling_factor": LATENT_SCALE,
    }


def sketch_encoder_configuration(shapes: Shapes) -> dict[str, Any]:
    """Return the arguments of `SketchEncoder` for a file with `shapes`. Raises CheckpointKeysError."""
    layers = _count(shapes, rf"{re.escape(SKETCH_ENCODER_PREFIX)}model\.(\d+)\.")
    # Convolutions and activations alternate. Every fourth layer is the first convolution of a scale; the last layer is
    # the output.
    stems = range(0, max(layers - 1, 1), 4)
    blocks = max(_count(shapes, rf"{re.escape(SKETCH_ENCODER_PREFIX)}output_blocks\.(\d+)\."), 1)
    return {
        "stem_channels": tuple(shape_of(shapes, f"{SKETCH_ENCODER_PREFIX}model.{layer}.weight")[0] for layer in stems),
        "block_out_channels": tuple(
            shape_of(shapes, f"{SKETCH_ENCODER_PREFIX}output_blocks.{block}.1.weight")[0] for block in range(blocks)
        ),
    }


def recovery_transformer_configuration(shapes: Shapes, head_width: int = HEAD_WIDTH) -> dict[str, Any]:
    """Return the arguments of `RecoveryTransformer` for a file with `shapes`. Raises CheckpointKeysError."""
    tokens, token_size = shape_of(shapes, f"{RECOVERY_TRANSFORMER_PREFIX}embedding")
    return {
        "token_size": token_size,
        "token_count": tokens,
        "layer_count": _count(shapes, rf"{re.escape(RECOVERY_TRANSFORMER_PREFIX)}layers\.(\d+)\."),
        "head_width": head_width,
    }


def threshold_embedding_configuration(shapes: Shapes) -> dict[str, Any]:
    """Return the arguments of `ThresholdEmbedding` for a file with `shapes`. Raises CheckpointKeysError."""
    return {"token_size": shape_of(shapes, f"{THRESHOLD_EMBEDDING_PREFIX}embed_layer.2.weight")[0]}


def _count(shapes: Shapes, pattern: str) -> int:
    """Count layers: return one more than the largest number that `pattern` finds at the beginning of a key."""
    return 1 + max((int(found[1]) for key in shapes if (found := re.match(pattern, key))), default=-1)


def shape_of(shapes: Shapes, key: str) -> Shape:
    """Return the shape of the tensor `key`. Raises CheckpointKeysError when it is missing."""
    if key not in shapes:
        raise CheckpointKeysError(missing=[key])
    return shapes[key]
