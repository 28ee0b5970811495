"""The reference tokens of a whole colorization: their keys and values are computed once, not at every step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

import torch

KeysValues = tuple[torch.Tensor, torch.Tensor]
"""Keys and values of an attention layer, each (B,heads,N,D)."""


@dataclass(frozen=True)
class ReferenceContext:
    """Tokens that the rows of a batch attend to: the same `tokens` (1,N,D), or nothing, in every evaluation.

    `sees` says for each row whether it attends to the tokens. A row that does not equals a row of zero tokens exactly,
    because the projections to keys and values have no bias, but it costs no attention. Evaluations with different rows
    share everything computed (`for_rows`). An object serves one colorization.
    """

    tokens: torch.Tensor
    sees: tuple[bool, ...] = (True,)
    _known: dict[Hashable, KeysValues] = field(default_factory=dict, repr=False, compare=False)

    def for_rows(self, sees: Sequence[bool]) -> ReferenceContext:
        """Return the same context for a batch in which `sees` says which rows attend to it."""
        return replace(self, sees=tuple(sees))

    def keys_values(self, layer: Hashable, compute: Callable[[], KeysValues]) -> KeysValues:
        """Return the keys and values for `layer`, which identifies an attention layer and everything that changes
        it."""
        if layer not in self._known:
            self._known[layer] = compute()
        return self._known[layer]

    def batch(self) -> torch.Tensor:
        """Return the tokens for plain attention: (rows,N,D), zero in the rows that attend to nothing."""
        seen = torch.tensor(self.sees, dtype=self.tokens.dtype, device=self.tokens.device)
        return self.tokens * seen.view(-1, 1, 1)
