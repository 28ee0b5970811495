"""Tokens of a reference that condition the network, and edits of them by text.

The variants of the ColorizeDiffusion paper (docs/method.md, "Reference tokens"): the CLS model, the released Attention
models, and the Attention model as the paper's text describes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import torch

from huebrush_backend.manipulation.edits import TextEdit, TextEncoder, edit_global, edit_local, is_active

ReferenceTokens = Literal["cls", "local", "full"]
"""The single CLS token; the local tokens; or both, the CLS token first."""


def check_reference_tokens(kind: str) -> None:
    """Raise ValueError unless `kind` is one of `ReferenceTokens`."""
    if kind not in get_args(ReferenceTokens):
        raise ValueError(f"reference_tokens must be one of {', '.join(get_args(ReferenceTokens))}, not {kind!r}")


def edit_tokens(
    tokens: torch.Tensor, kind: ReferenceTokens, edits: Sequence[TextEdit], encode: TextEncoder
) -> torch.Tensor:
    """Return all `tokens` (B,1+N,C), CLS first, after `edits`; unchanged if no edit has a strength.

    With "cls" the edits are global: only the CLS token changes. Otherwise they are local, and the CLS token does not
    change.
    """
    if not is_active(edits):
        return tokens
    if kind == "cls":
        return torch.cat([edit_global(tokens[:, :1], edits, encode), tokens[:, 1:]], dim=1)
    return edit_local(tokens, edits, encode)


def choose_tokens(tokens: torch.Tensor, kind: ReferenceTokens) -> torch.Tensor:
    """Return those of all `tokens` (B,1+N,C), CLS first, that condition the network."""
    return {"cls": tokens[:, :1], "local": tokens[:, 1:], "full": tokens}[kind]
