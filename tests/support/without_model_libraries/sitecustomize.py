"""First on PYTHONPATH, lets a Python and all that it starts find none of the libraries that models need."""

from __future__ import annotations

import sys
from typing import Any

ABSENT = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "huggingface_hub", "tokenizers")


class Without:
    """A finder of modules that does not find those."""

    def __init__(self, finder: Any) -> None:
        self._finder = finder

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return the finder's answer, None for modules that are absent."""
        return None if name.partition(".")[0] in ABSENT else self._finder.find_spec(name, path, target)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]  # type: ignore[list-item]
