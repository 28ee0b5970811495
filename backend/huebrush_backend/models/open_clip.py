"""CLIP weights in OpenCLIP's format as transformers' towers, with their vocabulary.

The released models were trained with OpenCLIP's ViT-H-14, and their own files do not contain it (docs/method.md,
"Models").
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from accelerate import init_empty_weights
from huebrush_protocol.texts import Text, joined
from tokenizers.pre_tokenizers import ByteLevel
from torch import nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

VISION_HEAD_WIDTH = 80
"""Channels of one attention head of ViT-H-14's vision tower."""
TEXT_HEAD_WIDTH = 64
"""Channels of one attention head of its text tower."""

_VOCABULARY = Path(__file__).parent / "clip_vocabulary" / "bpe_simple_vocab_16e6.txt.gz"
_MERGES = 49152 - 256 - 2  # the file lists more merges than CLIP uses
_START, _END = "<|startoftext|>", "<|endoftext|>"

_BLOCK = re.compile(r"(?:visual\.)?transformer\.resblocks\.(\d+)\.")
_UNUSED = {"logit_scale", "logit_bias", "attn_mask"}

_Tower = TypeVar("_Tower", CLIPVisionModelWithProjection, CLIPTextModelWithProjection)


class OpenClipFormatError(ValueError):
    """Weights that are not a CLIP in OpenCLIP's format; the message names the wrong keys and shapes."""


def vision_tower(
    weights: Mapping[str, torch.Tensor], head_width: int = VISION_HEAD_WIDTH
) -> CLIPVisionModelWithProjection:
    """Return the vision tower of `weights`, an OpenCLIP state dict; sizes are read from the shapes.

    `head_width` is the number of channels of an attention head, which no shape tells. The tensors' memory and precision
    are kept. Raises OpenClipFormatError.
    """
    own = {key: tensor for key, tensor in weights.items() if key.startswith("visual.")}
    sources = _block_sources("vision_model", "visual.transformer", _block_count(own)) | {
        "vision_model.embeddings.class_embedding": "visual.class_embedding",
        "vision_model.embeddings.position_embedding.weight": "visual.positional_embedding",
        "vision_model.embeddings.patch_embedding.weight": "visual.conv1.weight",
        **_pair("vision_model.pre_layrnorm", "visual.ln_pre"),
        **_pair("vision_model.post_layernorm", "visual.ln_post"),
    }
    _check_keys(own, [*sources.values(), "visual.proj"])
    width, _, _, patch = own["visual.conv1.weight"].shape
    grid = round((len(own["visual.positional_embedding"]) - 1) ** 0.5)
    config = CLIPVisionConfig(
        hidden_size=width,
        intermediate_size=len(own["visual.transformer.resblocks.0.mlp.c_fc.weight"]),
        num_hidden_layers=_block_count(own),
        num_attention_heads=width // head_width,
        patch_size=patch,
        image_size=grid * patch,
        projection_dim=own["visual.proj"].shape[1],
        hidden_act="gelu",
    )
    with init_empty_weights(include_buffers=False):
        tower = CLIPVisionModelWithProjection(config)
    return _fill(tower, own, sources, projection=("visual_projection.weight", "visual.proj"))


def text_tower(weights: Mapping[str, torch.Tensor], head_width: int = TEXT_HEAD_WIDTH) -> CLIPTextModelWithProjection:
    """Return the text tower of `weights`, an OpenCLIP state dict; everything else is as in `vision_tower`.

    It has all blocks; `huebrush_backend.models.clip.text_vectors` decides how many of them run.
    """
    own = {key: tensor for key, tensor in weights.items() if not key.startswith("visual.") and key not in _UNUSED}
    sources = _block_sources("text_model", "transformer", _block_count(own)) | {
        "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
        "text_model.embeddings.position_embedding.weight": "positional_embedding",
        **_pair("text_model.final_layer_norm", "ln_final"),
    }
    _check_keys(own, [*sources.values(), "text_projection"])
    words, width = own["token_embedding.weight"].shape
    config = CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=len(own["transformer.resblocks.0.mlp.c_fc.weight"]),
        num_hidden_layers=_block_count(own),
        num_attention_heads=width // head_width,
        max_position_embeddings=len(own["positional_embedding"]),
        projection_dim=own["text_projection"].shape[1],
        hidden_act="gelu",
        bos_token_id=words - 2,
        eos_token_id=words - 1,
        pad_token_id=words - 1,
    )
    with init_empty_weights(include_buffers=False):
        tower = CLIPTextModelWithProjection(config)
    return _fill(tower, own, sources, projection=("text_projection.weight", "text_projection"))


def tokenizer(length: int = 77) -> CLIPTokenizer:
    """Return the tokenizer of all CLIPs by OpenAI and OpenCLIP: lower-case byte-pair encoding, 49408 words.

    `length` is the number of tokens of one text, including start and end; longer texts are cut.
    """
    lines = gzip.decompress(_VOCABULARY.read_bytes()).decode("utf-8").splitlines()
    merges = lines[1 : 1 + _MERGES]  # the first line is the format's version
    letters = sorted(ByteLevel.alphabet())  # in the order of CLIP's own table of bytes
    words = [*letters, *(f"{letter}</w>" for letter in letters), *(merge.replace(" ", "") for merge in merges)]
    vocabulary = {word: number for number, word in enumerate([*words, _START, _END])}
    pairs: list[Any] = [tuple(merge.split()) for merge in merges]
    return CLIPTokenizer(vocab=vocabulary, merges=pairs, model_max_length=length, pad_token=_END)


def _pair(ours: str, theirs: str) -> dict[str, str]:
    return {f"{ours}.{part}": f"{theirs}.{part}" for part in ("weight", "bias")}


def _block_count(weights: Iterable[str]) -> int:
    numbers = [int(match[1]) for key in weights if (match := _BLOCK.match(key))]
    return max(numbers, default=0) + 1


def _block_sources(ours: str, theirs: str, blocks: int) -> dict[str, str]:
    """Return for each of our keys in the transformer blocks the OpenCLIP key that fills it."""
    sources = {}
    for block in range(blocks):
        here, there = f"{ours}.encoder.layers.{block}", f"{theirs}.resblocks.{block}"
        sources |= _pair(f"{here}.layer_norm1", f"{there}.ln_1") | _pair(f"{here}.layer_norm2", f"{there}.ln_2")
        sources |= _pair(f"{here}.mlp.fc1", f"{there}.mlp.c_fc") | _pair(f"{here}.mlp.fc2", f"{there}.mlp.c_proj")
        sources |= _pair(f"{here}.self_attn.out_proj", f"{there}.attn.out_proj")
        for part in ("weight", "bias"):
            joint = f"{there}.attn.in_proj_{part}"
            sources |= {f"{here}.self_attn.{name}_proj.{part}": joint for name in "qkv"}
    return sources


def _check_keys(weights: Mapping[str, torch.Tensor], expected: Iterable[str]) -> None:
    missing, unexpected = sorted(set(expected) - set(weights)), sorted(set(weights) - set(expected))
    sorts = (("checkpoint.missing_keys", missing), ("checkpoint.unexpected_keys", unexpected))
    faults = [Text.of(id, count=len(keys), keys=", ".join(keys)) for id, keys in sorts if keys]
    if faults:
        raise OpenClipFormatError(Text.of("clip.other_weights", faults=joined(faults)))


def _fill(
    tower: _Tower, weights: Mapping[str, torch.Tensor], sources: Mapping[str, str], projection: tuple[str, str]
) -> _Tower:
    """Fill `tower` with parameters from `weights` without copying, except the transposed `projection`; return
    `tower`."""
    state = {projection[0]: weights[projection[1]].T.contiguous()}
    for name, source in sources.items():
        tensor = weights[source]
        if ".in_proj_" in source:  # query, key and value lie in one tensor
            tensor = tensor.chunk(3)["qkv".index(name.split("_proj.")[0][-1])]
        state[name] = tensor
    try:
        nn.Module.load_state_dict(tower, state, strict=True, assign=True)
    except RuntimeError as error:
        raise OpenClipFormatError(Text.of("clip.unfit_weights", reason=str(error))) from error
    return tower.eval()
