"""Networks that v1.5 and v2 have and v1 does not have: their configurations and the names of their tensors.

See docs/method.md, "Background and style in v1.5" and "Background and style in v2", for the formulas.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from torch import nn

from huebrush_backend.checkpoints.configurations import (
    Shapes,
    recovery_transformer_configuration,
    shape_of,
    threshold_embedding_configuration,
)
from huebrush_backend.checkpoints.errors import CheckpointKeysError
from huebrush_backend.checkpoints.families import (
    BACKGROUND_ENCODER_PREFIX,
    SKIP_WARP_PREFIX,
    STYLE_ENCODER_PREFIX,
    STYLE_MODULATION_PREFIX,
    UNET_PREFIX,
    V1_5,
    V2,
    Family,
)
from huebrush_backend.checkpoints.keys import recovery_transformer_keys, threshold_embedding_keys, unet_keys
from huebrush_backend.models.lora import SplitLora
from huebrush_backend.models.recovery import RecoveryTransformer, ThresholdEmbedding
from huebrush_backend.models.reference_encoder import ReferenceEncoder
from huebrush_backend.models.style import StyleModulation
from huebrush_backend.models.warp import SkipWarp

Named = tuple[nn.Module, dict[str, str]]
"""A network, and a mapping from the names of tensors in the file to their names in the network."""

_ENCODER_OPTIONS = (
    *("in_channels", "block_out_channels", "layers_per_block", "down_block_types"),
    *("cross_attention_dim", "attention_head_dim", "use_linear_projection"),
)
_ATTENTION = "1.transformer_blocks.0.attn2"


def later_networks(
    family: Family, shapes: Shapes, unet_configuration: Mapping[str, Any], head_width: int
) -> dict[str, Named]:
    """Make the networks of a file of `family` with `shapes` that v1 does not have.

    `unet_configuration`: arguments of the file's UNet. `head_width`: channels of an attention head. Returns networks by
    the names of the pipeline's components. Raises CheckpointKeysError when a tensor that tells a size is missing.
    """
    if family is V1_5:
        recovery = RecoveryTransformer(**recovery_transformer_configuration(shapes, head_width))
        embedding = ThresholdEmbedding(**threshold_embedding_configuration(shapes))
        return {
            "split_lora": _split_lora(shapes),
            "recovery_transformer": (recovery, recovery_transformer_keys(recovery.state_dict())),
            "threshold_embedding": (embedding, threshold_embedding_keys(embedding.state_dict())),
        }
    if family is V2:
        return {
            "split_lora": _split_lora(shapes),
            "background_encoder": _reference_encoder(shapes, unet_configuration, BACKGROUND_ENCODER_PREFIX),
            "skip_warp": _skip_warp(shapes, head_width),
            "style_encoder": _reference_encoder(shapes, unet_configuration, STYLE_ENCODER_PREFIX),
            "style_modulation": _style_modulation(shapes),
        }
    return {}


def _split_lora(shapes: Shapes) -> Named:
    attentions = _cross_attentions(shapes)
    with_lora = {key.partition(".to_")[0] for key in shapes if ".lora_" in key}
    adapted = [number for number, name in enumerate(attentions) if name in with_lora]
    if not adapted:
        raise CheckpointKeysError(missing=[f"{name}.to_q.lora_down_fg.weight" for name in attentions])
    first = attentions[adapted[0]]
    network = SplitLora(
        blocks=adapted,
        widths=[shape_of(shapes, f"{attentions[number]}.to_q.weight")[0] for number in adapted],
        token_size=shape_of(shapes, f"{first}.to_k.weight")[1],
        foreground_rank=_rank(shapes, "fg"),
        background_rank=_rank(shapes, "bg"),
    )
    projections, ways = {"query": "to_q", "key": "to_k", "value": "to_v"}, {"foreground": "fg", "background": "bg"}
    names = {}
    for key in network.state_dict():
        side, block, projection, way, kind = key.split(".")
        layer = f"{attentions[int(block)]}.{projections[projection]}"
        names[f"{layer}.lora_{way}_{ways[side]}.{kind}"] = key
    return network, names


def _cross_attentions(shapes: Shapes) -> list[str]:
    """Return the names of all cross-attentions, in the order in which the UNet runs them."""
    half = rf"{re.escape(UNET_PREFIX)}(input|middle|output)_blocks?\.(?:(\d+)\.)?{re.escape(_ATTENTION)}"
    found = {match[0]: match for key in shapes if (match := re.match(half, key))}
    order = ("input", "middle", "output")
    return sorted(found, key=lambda name: (order.index(found[name][1]), int(found[name][2] or 0)))


def _rank(shapes: Shapes, side: str) -> int | None:
    """Return the rank of all LoRA of `side`, or None if it is half the smaller side of each projection.

    The majority decides, so that a single tensor of a wrong shape is reported as wrong.
    """
    suffix = f".lora_down_{side}.weight"
    found = [(key.removesuffix(suffix), shape) for key, shape in shapes.items() if key.endswith(suffix)]
    halves = [shape[0] == min(shapes.get(f"{layer}.weight", (0,))) // 2 for layer, shape in found]
    ranks = Counter(shape[0] for _, shape in found)
    if len(ranks) != 1 and 2 * sum(halves) > len(halves):
        return None
    return ranks.most_common(1)[0][0] if ranks else None


def _reference_encoder(shapes: Shapes, unet_configuration: Mapping[str, Any], prefix: str) -> Named:
    outputs = [
        shape_of(shapes, f"{prefix}zero_layers.{number}.weight") for number in _numbers(shapes, f"{prefix}zero_layers")
    ]
    options = {name: unet_configuration[name] for name in _ENCODER_OPTIONS}
    network = ReferenceEncoder(output_sizes=[shape[0] for shape in outputs], pooled=len(outputs[0]) == 2, **options)
    own = {
        "outputs": "zero_layers",
        "size_embedding.linear_1": "label_emb.0.0",
        "size_embedding.linear_2": "label_emb.0.2",
    }
    names, shared = {}, []
    for key in network.state_dict():
        room = next((room for room in own if key.startswith(f"{room}.")), None)
        if room is None:
            shared.append(key)
        else:
            names[prefix + own[room] + key[len(room) :]] = key
    alike = unet_keys(unet_configuration, shared)
    return network, names | {prefix + name.removeprefix(UNET_PREFIX): key for name, key in alike.items()}


def _skip_warp(shapes: Shapes, head_width: int) -> Named:
    numbers = _numbers(shapes, SKIP_WARP_PREFIX.rstrip("."))
    widths = [shape_of(shapes, f"{SKIP_WARP_PREFIX}{number}.norm1.weight")[0] for number in numbers]
    network = SkipWarp(widths, head_width)
    parts = {"attention": "attn", "mlp": "ff"}
    names = {}
    for key in network.state_dict():
        _, number, part, rest = key.split(".", 3)
        names[f"{SKIP_WARP_PREFIX}{number}.{parts.get(part, part)}.{rest}"] = key
    return network, names


def _style_modulation(shapes: Shapes) -> Named:
    numbers = _numbers(shapes, STYLE_MODULATION_PREFIX.rstrip("."))
    layers = [shape_of(shapes, f"{STYLE_MODULATION_PREFIX}{number}.1.weight") for number in numbers]
    network = StyleModulation([layer[0] // 2 for layer in layers], time_size=layers[0][1])
    parts = {"norms": "0", "times": "1", "factors": "2"}
    names = {}
    for key in network.state_dict():
        part, number, kind = key.split(".")
        names[f"{STYLE_MODULATION_PREFIX}{number}.{parts[part]}.{kind}"] = key
    return network, names


def _numbers(shapes: Shapes, room: str) -> Iterable[int]:
    """Return the numbers of the layers in `room`, from 0. There is at least one, so that an error can name it."""
    found = (re.match(rf"{re.escape(room)}\.(\d+)\.", key) for key in shapes)
    return range(1 + max((int(match[1]) for match in found if match), default=0))
