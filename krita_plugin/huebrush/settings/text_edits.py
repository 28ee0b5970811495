"""Changes by text, as the docker lists them, and what the backend gets of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import RANGES
from huebrush_protocol.parameters import TextEdit
from huebrush_protocol.regions import is_color

EDITS = "edits"
"""What `ModelInfo.controls` calls them."""
TEXT_BRUSH = "text_brush"
"""The backend's capability for changes inside an edit mask."""
WHOLE_REGIONS = "whole_regions"
"""Its capability for edit masks that are widened to the regions they touch."""
EDIT_PATCHES = "edit_patches"
"""Its capability for pictures that the page shall look like inside an edit mask."""
LOWEST_STRENGTH, LARGEST_STRENGTH = RANGES["edits.strength"]
LARGEST_FEATHER = 100
EVERYWHERE, AUTOMATIC, BRUSH, SELECTION = SCOPES = ("everywhere", "automatic", "brush", "selection")
"""Where a change acts: in all of the picture, where the words of `control` fit, or inside an edit mask alone."""


@dataclass(frozen=True)
class TextEditSettings:
    """One change: what it is now (`anchor`), what it should be (`target`), and where.

    A text may be empty: without an anchor nothing is taken away, and without a target the change waits for one.
    `where`: one of `SCOPES`, "" for what `control` says. `strength` 0 to 15; `thresholds`: four percentages. What each
    does: docs/parameters.md. With an edit mask, `target` may be a colour "#rrggbb", `feather` is in pixels, and
    `whole_regions` widens the mask to the regions that it touches. `color`: the brush's colour that means this change,
    "#rrggbb" or nothing yet. `patch`: the picture that the page shall look like there (see `patches.pack_patch`), which
    `target` then only names; "" where there is none. `edit_mask`: in a result's recipe, where it acted (see
    `strokes.masks.pack_mask`).
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
        """Where it acts, one of `SCOPES`."""
        return self.where if self.where in SCOPES else AUTOMATIC if self.control.strip() else EVERYWHERE

    @property
    def has_edit_mask(self) -> bool:
        """True when it acts inside an edit mask alone."""
        return self.scope in (BRUSH, SELECTION)

    @property
    def lacks_edit_mask(self) -> bool:
        """True for a colour or a patch as the target that nothing says the mask of."""
        return (bool(self.patch) or is_color(self.target.strip())) and not self.has_edit_mask

    @property
    def acts(self) -> bool:
        """True when it is switched on and has something to go towards."""
        return self.enabled and bool(self.target.strip()) and not self.lacks_edit_mask


def can_edit(model: ModelInfo | None) -> bool:
    """True unless `model` is known to have no edits by text."""
    return model is None or EDITS in model.controls


def without_brush_strokes(edits: Sequence[TextEditSettings]) -> tuple[TextEditSettings, ...]:
    """Return `edits` as the docker has them, without what a recipe adds."""
    return tuple(replace(edit, edit_mask="") for edit in edits)
