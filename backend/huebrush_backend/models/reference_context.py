"""The reference tokens of a whole colorization: their keys and values are computed once, not at every step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

import torch

KeysValues = tuple[torch.Tensor, torch.Tensor]
"""Keys and values of an attention layer, each (B,heads,N,D)."""


@dataclass(frozen=True)
class ReferenceContext:
    """What the rows of a batch look at: the same `tokens` (1,N,D), or nothing, in every evaluation.

    `sees`: for each row, whether it looks at the tokens. A row that does not is what a row of zero tokens is, exactly,
    because the projections to keys and values have no bias; but it costs no attention. Evaluations whose rows differ
    share what has been computed (`for_rows`). Made for one colorization and gone with it.
    """

    tokens: torch.Tensor
    sees: tuple[bool, ...] = (True,)
    _known: dict[Hashable, KeysValues] = field(default_factory=dict, repr=False, compare=False)

    def for_rows(self, sees: Sequence[bool]) -> ReferenceContext:
        """Return the same context for a batch whose rows look at it as `sees` says."""
        return replace(self, sees=tuple(sees))

    def keys_values(self, layer: Hashable, compute: Callable[[], KeysValues]) -> KeysValues:
        """Return the keys and values for `layer`, which names an attention layer and all that changes it."""
        if layer not in self._known:
            self._known[layer] = compute()
        return self._known[layer]

    def batch(self) -> torch.Tensor:
        """Return the tokens as plain attention wants them: (rows,N,D), zero in the rows that look at nothing."""
        seen = torch.tensor(self.sees, dtype=self.tokens.dtype, device=self.tokens.device)
        return self.tokens * seen.view(-1, 1, 1)
