"""Settings of a user for all commands: the folder of the models, and the licences accepted."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import cattrs
from cattrs.errors import CattrsError
from huebrush_protocol.locations import data_folder
from huebrush_protocol.small_files import SmallFileError, read_json_map

_CONVERTER = cattrs.Converter(detailed_validation=False)


@dataclass(frozen=True)
class UserSettings:
    """Settings of a user. `models_folder` is an absolute path, or empty for the default; `accepted_licences` are
    names."""

    models_folder: str = ""
    accepted_licences: tuple[str, ...] = ()


def settings_file() -> Path:
    """Return the path of the settings; the file need not exist."""
    return data_folder() / "settings.json"


def read_settings() -> UserSettings:
    """Return the user's settings; the defaults if there are none or they cannot be read."""
    try:
        return _CONVERTER.structure(read_json_map(settings_file()), UserSettings)
    except (OSError, SmallFileError, ValueError, KeyError, TypeError, AttributeError, CattrsError):
        return UserSettings()


def write_settings(settings: UserSettings) -> None:
    """Save `settings` atomically. Raises OSError."""
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(json.dumps(asdict(settings), indent=2) + "\n", "utf-8")
    fresh.replace(file)
