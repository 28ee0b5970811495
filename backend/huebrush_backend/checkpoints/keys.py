"""Maps the names of a released file's tensors to the names in our networks.

diffusers can rename the tensors of latent-diffusion checkpoints. Here it renames every tensor that there could be, so
that an error can name a missing tensor as the file would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import torch
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint

from huebrush_backend.checkpoints.families import (
    RECOVERY_TRANSFORMER_PREFIX,
    SKETCH_ENCODER_PREFIX,
    THRESHOLD_EMBEDDING_PREFIX,
    UNET_PREFIX,
    VAE_PREFIX,
)

_RESNET = ("in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3", "skip_connection")
_ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
_TRANSFORMER = (
    *("norm", "proj_in", "proj_out"),
    *(f"transformer_blocks.0.{part}" for part in ("norm1", "norm2", "norm3", "ff.net.0.proj", "ff.net.2")),
    *(f"transformer_blocks.0.{attention}.{part}" for attention, part in product(("attn1", "attn2"), _ATTENTION)),
)
_VAE_RESNET = ("norm1", "conv1", "norm2", "conv2", "nin_shortcut")
_VAE_ATTENTION = ("norm", "q", "k", "v", "proj_out")


def unet_keys(configuration: Mapping[str, Any], keys: Iterable[str]) -> dict[str, str]:
    """Map the names of tensors of the UNet in the file to `keys`, their names in `ColorizeUNet`."""
    return _renamed(_unet_layers(configuration), convert_ldm_unet_checkpoint, configuration, keys)


def vae_keys(configuration: Mapping[str, Any], keys: Iterable[str]) -> dict[str, str]:
    """Map the names of tensors of the VAE in the file to `keys`, their names in `AutoencoderKL`."""
    return _renamed(_vae_layers(configuration), convert_ldm_vae_checkpoint, configuration, keys)


def sketch_encoder_keys(keys: Iterable[str]) -> dict[str, str]:
    """Map the names of tensors in the file to `keys`, their names in `SketchEncoder`."""
    names = {"stem_hint": "zero_layer.0", "stem": "model", "blocks": "output_blocks"}
    found = {}
    for key in keys:
        room, _, rest = key.partition(".")
        if room == "block_hints":
            block, _, rest = rest.partition(".")
            original = f"zero_blocks.{block}.0.{rest}"
        else:
            original = f"{names[room]}.{rest}"
        found[SKETCH_ENCODER_PREFIX + original] = key
    return found


def recovery_transformer_keys(keys: Iterable[str]) -> dict[str, str]:
    """Map the names of tensors in the file to `keys`, their names in `RecoveryTransformer`."""
    parts = {"norm1": "0", "norm2": "1", "attention": "2", "mlp": "3"}
    found = {}
    for key in keys:
        if key == "queries":
            original = "embedding"
        else:
            layers, number, part, rest = key.split(".", 3)
            original = f"{layers}.{number}.{parts[part]}.{rest}"
        found[RECOVERY_TRANSFORMER_PREFIX + original] = key
    return found


def threshold_embedding_keys(keys: Iterable[str]) -> dict[str, str]:
    """Map the names of tensors in the file to `keys`, their names in `ThresholdEmbedding`."""
    rooms = {"embedding.linear_1": "embed_layer.0", "embedding.linear_2": "embed_layer.2"}
    found = {}
    for key in keys:
        room, _, kind = key.rpartition(".")
        found[f"{THRESHOLD_EMBEDDING_PREFIX}{rooms[room]}.{kind}"] = key
    return found


def _renamed(
    layers: Iterable[str],
    convert: Callable[[dict[str, torch.Tensor], Mapping[str, Any]], dict[str, torch.Tensor]],
    configuration: Mapping[str, Any],
    keys: Iterable[str],
) -> dict[str, str]:
    """Let diffusers rename placeholders for all tensors that `layers` could have; keep those of `keys`."""
    stand_ins = {f"{layer}.{part}": torch.empty(0, device="meta") for layer in layers for part in ("weight", "bias")}
    names = {id(stand_in): name for name, stand_in in stand_ins.items()}
    renamed = {new: names[id(stand_in)] for new, stand_in in convert(stand_ins, configuration).items()}
    return {renamed[key]: key for key in keys}


def _unet_layers(configuration: Mapping[str, Any]) -> Iterator[str]:
    step = configuration["layers_per_block"] + 1
    attended = ["CrossAttn" in name for name in configuration["down_block_types"]]
    yield from (UNET_PREFIX + name for name in ("time_embed.0", "time_embed.2", "input_blocks.0.0", "out.0", "out.2"))
    for number in range(1, step * len(attended)):
        block = f"{UNET_PREFIX}input_blocks.{number}"
        yield from (f"{block}.{part}" for part in ("0.op", *(f"0.{part}" for part in _RESNET)))
        if attended[(number - 1) // step]:
            yield from (f"{block}.1.{part}" for part in _TRANSFORMER)
    for number, parts in enumerate((_RESNET, _TRANSFORMER, _RESNET)):
        yield from (f"{UNET_PREFIX}middle_block.{number}.{part}" for part in parts)
    for number in range(step * len(attended)):
        block = f"{UNET_PREFIX}output_blocks.{number}"
        yield from (f"{block}.0.{part}" for part in _RESNET)
        has_attention = attended[-1 - number // step]
        if has_attention:
            yield from (f"{block}.1.{part}" for part in _TRANSFORMER)
        yield f"{block}.{2 if has_attention else 1}.conv"  # the upsampling convolution, last in its block


def _vae_layers(configuration: Mapping[str, Any]) -> Iterator[str]:
    levels, layers = range(len(configuration["down_block_types"])), configuration["layers_per_block"]
    yield from (f"{VAE_PREFIX}{name}" for name in ("quant_conv", "post_quant_conv"))
    for side, way, count in (("encoder", "down", layers), ("decoder", "up", layers + 1)):
        half = f"{VAE_PREFIX}{side}"
        yield from (f"{half}.{name}" for name in ("conv_in", "norm_out", "conv_out"))
        yield from (f"{half}.mid.block_{number}.{part}" for number, part in product((1, 2), _VAE_RESNET))
        yield from (f"{half}.mid.attn_1.{part}" for part in _VAE_ATTENTION)
        for level in levels:
            block = f"{half}.{way}.{level}"
            yield from (f"{block}.block.{number}.{part}" for number, part in product(range(count), _VAE_RESNET))
            yield f"{block}.{way}sample.conv"
