"""Reading what is stored beside the layers of an OpenRaster file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any


def read_attachment(path: Path, name: str) -> Any:
    """Return the JSON that is stored as `name`, such as "recipe.json"."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(name))
