"""Text edits, as the docker lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import RANGES
from huebrush_protocol.parameters import TextEdit
from huebrush_protocol.regions import is_color

EDITS = "edits"
"""Name of text edits in `ModelInfo.controls`."""
TEXT_BRUSH = "text_brush"
"""Backend's capability for edits inside an edit mask."""
EDITED_STACKS = "edited_stacks"
"""Backend's capability for edits of results that have a layer for each colour or area."""
WHOLE_REGIONS = "whole_regions"
"""Backend's capability for edit masks that are widened to the regions they touch."""
EDIT_PATCHES = "edit_patches"
"""Backend's capability for pictures that the page should look like inside an edit mask."""
LOWEST_STRENGTH, LARGEST_STRENGTH = RANGES["edits.strength"]
LARGEST_FEATHER = 100
EVERYWHERE, AUTOMATIC, BRUSH, SELECTION = SCOPES = ("everywhere", "automatic", "brush", "selection")
"""Scopes of an edit: the whole picture, the places where the words of `control` fit, or an edit mask only."""


@dataclass(frozen=True)
class TextEditSettings:
    """Text edit: what it is now (`anchor`), what it should be (`target`), and where.

    A text may be empty: without an anchor nothing is taken away, without a target the edit does nothing, and `control`
    need not say again what the anchor says. With an edit mask, `target` may be a colour "#rrggbb". What each field
    does: docs/parameters.md.

    * `where`: one of `SCOPES`, "" for what `control` says
    * `strength`: 0 to 15
    * `thresholds`: four percentages
    * `whole_regions`: the edit mask is widened to the regions that it touches
    * `feather`: in pixels
    * `color`: the brush colour of this edit, "#rrggbb" or empty
    * `patch`: the picture that the page should look like there (see `patches.pack_patch`), which `target` then only
      names; "" for none
    * `edit_mask`: in a result's recipe, the place where it acted (see `strokes.masks.pack_mask`)
    """

    anchor: str = ""
    target: str = ""
    control: str = ""
    strength: float = TextEdit.strength
    enabled: bool = True
    enhanced: bool = False
    thresholds: tuple[int, ...] = tuple(round(100 * threshold) for threshold in TextEdit.thresholds)
    where: str = ""
    whole_regions: bool = False
    feather: int = 0
    color: str = ""
    patch: str = ""
    edit_mask: str = ""

    @property
    def scope(self) -> str:
        """Scope of the edit, one of `SCOPES`."""
        return self.where if self.where in SCOPES else AUTOMATIC if self.control.strip() else EVERYWHERE

    @property
    def place_words(self) -> str:
        """The words for the places where it acts, "" where no words say so."""
        return (self.control.strip() or self.anchor.strip()) if self.scope == AUTOMATIC else ""

    @property
    def has_edit_mask(self) -> bool:
        """True when it acts only inside an edit mask."""
        return self.scope in (BRUSH, SELECTION)

    @property
    def lacks_edit_mask(self) -> bool:
        """True for a colour or a patch as the target without an edit mask."""
        return (bool(self.patch) or is_color(self.target.strip())) and not self.has_edit_mask

    @property
    def acts(self) -> bool:
        """True when it is switched on and has a target."""
        return self.enabled and bool(self.target.strip()) and not self.lacks_edit_mask


def can_edit(model: ModelInfo | None) -> bool:
    """True unless `model` is known to have no edits by text."""
    return model is None or EDITS in model.controls


def without_brush_strokes(edits: Sequence[TextEditSettings]) -> tuple[TextEditSettings, ...]:
    """Return `edits` as the docker has them, without the edit masks that a recipe adds."""
    return tuple(replace(edit, edit_mask="") for edit in edits)
