"""Coverage of a page's lines with a key, by which what was found on the same lines before is known again."""

from __future__ import annotations

import hashlib
from functools import cached_property

import numpy as np


class PageInk:
    """`coverage` (H,W) uint8, 0 paper to 255 full ink. Must not be changed, as `key` tells it from others."""

    def __init__(self, coverage: np.ndarray) -> None:
        self.coverage = coverage

    @cached_property
    def key(self) -> str:
        """The same text for the same coverage; worked out once, as a large page takes a while."""
        return hashlib.sha256(np.ascontiguousarray(self.coverage).data).hexdigest() + repr(self.coverage.shape)
