"""Known to pyright as "anything": this module exists inside Krita only."""

from typing import Any

def __getattr__(name: str) -> Any: ...
