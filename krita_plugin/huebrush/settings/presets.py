"""Presets: named sets of settings, shipped ones and the artist's own, which can be passed on as files."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from ..base.files import write_atomically
from ..base.strings import text
from .advanced import without_pictures
from .flats import FLATS, FLATS_BY_COLOR, PALETTE_SOURCES, RegionSettings, for_other_document
from .store import DocumentSettings, read_settings

FILE = "presets.json"
SUFFIX = ".huebrush-preset.json"
"""Suffix of the files in which presets are passed on."""
FORMAT = 1
LARGEST_BYTES = 1 << 20
"""Size of the largest file that is read; a preset is never as large."""
LONGEST_NAME = 80
"""Most characters of a preset's name."""
PASSED_ON = ("reference_strength", "sketch_strength", "steps", "model", "advanced", "regions")
"""Fields of a document's settings that a preset has. The others say which pictures, places and colours are meant."""

SHIPPED = MappingProxyType(
    {
        "inks": DocumentSettings(regions=RegionSettings(result=FLATS)),
        "sketch": DocumentSettings(regions=RegionSettings(result=FLATS, shading=True)),
        "comic": DocumentSettings(
            regions=RegionSettings(result=FLATS_BY_COLOR, palette_source=PALETTE_SOURCES[1], palette_size=24)
        ),
    }
)
"""Settings of the presets that come with the plugin, by the last part of their name in the catalogue. They leave the
model as it is. A job with them has the parameters in the protocol's `PRESETS`, which are the ones that are measured."""


class UnreadablePreset(Exception):
    """Error for a file that is no preset; says why, in the artist's language."""


@dataclass(frozen=True)
class Preset:
    """Named set of settings. `settings`: those of `PASSED_ON` count. `has_model`: the model is among them. `purpose`: a
    sentence about a shipped one."""

    name: str
    settings: DocumentSettings
    has_model: bool = True
    purpose: str = ""

    @classmethod
    def of(cls, name: str, shown: DocumentSettings) -> Preset:
        """Return a preset of what is `shown` for a document, without the pictures and corrections of that one."""
        values = {field: getattr(shown, field) for field in PASSED_ON}
        values["advanced"] = without_pictures(shown.advanced)
        values["regions"] = for_other_document(shown.regions)
        return cls(name, DocumentSettings(**values))

    def applied_to(self, shown: DocumentSettings) -> DocumentSettings:
        """Return these settings for the document whose settings are `shown`. Its lines, references, seed, edits, hints,
        masks and corrections stay."""
        values = {field: getattr(self.settings, field) for field in PASSED_ON}
        if not self.has_model:
            values["model"] = shown.model
        values["advanced"] = replace(
            self.settings.advanced,
            background_picture=shown.advanced.background_picture,
            line_art_mask=shown.advanced.line_art_mask,
            reference_mask=shown.advanced.reference_mask,
        )
        own = shown.regions
        values["regions"] = replace(self.settings.regions, hints=own.hints, flats=own.flats, fixes=own.fixes)
        return replace(shown, **values)


def shipped_presets() -> tuple[Preset, ...]:
    """Return the presets that come with the plugin, named in the language Krita runs in."""
    return tuple(
        Preset(text(f"preset.{name}"), settings, has_model=False, purpose=text(f"preset.{name}.tip"))
        for name, settings in SHIPPED.items()
    )


def read_preset(path: Path) -> Preset:
    """Return the preset in a file that `write_preset` has written. Raises `UnreadablePreset`."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadablePreset(text("preset.no_preset"))
        preset = _from_plain(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise UnreadablePreset(error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise UnreadablePreset(text("preset.no_preset")) from error
    if preset is None:
        raise UnreadablePreset(text("preset.no_preset"))
    return preset


def write_preset(path: Path, preset: Preset) -> None:
    """Write a preset into a file of its own, to be passed on. Raises OSError."""
    write_atomically(path, json.dumps(_to_plain(preset), indent=1, ensure_ascii=False).encode("utf-8"))


class PresetStore:
    """The artist's own presets, in a file below `folder`; entries that cannot be read are left out."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def presets(self) -> tuple[Preset, ...]:
        """Return them by name."""
        try:
            values = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return ()
        found = [_from_plain(entry) for entry in values] if isinstance(values, list) else []
        return tuple(sorted((preset for preset in found if preset is not None), key=lambda preset: preset.name.lower()))

    def save(self, preset: Preset) -> None:
        """Keep `preset`, in the place of one with the same name. Raises OSError."""
        self._write([*(known for known in self.presets() if known.name != preset.name), preset])

    def remove(self, name: str) -> None:
        """Forget the preset called `name`. Raises OSError."""
        self._write([known for known in self.presets() if known.name != name])

    def _write(self, presets: list[Preset]) -> None:
        write_atomically(self._file, json.dumps([_to_plain(preset) for preset in presets], indent=1).encode("utf-8"))


def _to_plain(preset: Preset) -> dict[str, object]:
    values = dataclasses.asdict(preset.settings)
    return {"huebrush_preset": FORMAT, "name": preset.name, "settings": {field: values[field] for field in PASSED_ON}}


def _from_plain(entry: object) -> Preset | None:
    """Return a stored preset, None for a malformed one. Pictures and corrections in it do not count."""
    if not isinstance(entry, dict) or entry.get("huebrush_preset") != FORMAT:
        return None
    name, settings = entry.get("name"), entry.get("settings")
    if not isinstance(name, str) or not name.strip() or not isinstance(settings, dict):
        return None
    return Preset.of(name.strip()[:LONGEST_NAME], read_settings(settings))
