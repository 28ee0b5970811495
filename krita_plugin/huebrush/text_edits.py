"""Changes of the reference by text, as the docker lists them, and what the backend gets of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import RANGES
from huebrush_protocol.parameters import TextEdit

EDITS = "edits"
"""What `ModelInfo.controls` calls them."""
LOWEST_STRENGTH, LARGEST_STRENGTH = RANGES["edits.strength"]


@dataclass(frozen=True)
class TextEditSettings:
    """One change: what it is now (`anchor`), what it should be (`target`), and where (`control`).

    A text may be empty: without an anchor nothing is taken away, without control it is everywhere, and without a target
    the change waits for one. `strength` 0 to 15; `thresholds`: four percentages. What each does: docs/parameters.md.
    """

    anchor: str = ""
    target: str = ""
    control: str = ""
    strength: float = TextEdit.strength
    enabled: bool = True
    enhanced: bool = False
    thresholds: tuple[int, ...] = tuple(round(100 * threshold) for threshold in TextEdit.thresholds)

    @property
    def acts(self) -> bool:
        """True when it is switched on and has something to go towards."""
        return self.enabled and bool(self.target.strip())


def can_edit(model: ModelInfo | None) -> bool:
    """True unless `model` is known to have no edits by text."""
    return model is None or EDITS in model.controls


def protocol_edits(edits: Sequence[TextEditSettings], model: ModelInfo | None = None) -> tuple[TextEdit, ...]:
    """Return the protocol's edits for those that act, in their order; none for a model that cannot."""
    return tuple(_protocol_edit(edit) for edit in edits if edit.acts) if can_edit(model) else ()


def _protocol_edit(edit: TextEditSettings) -> TextEdit:
    ascending = tuple(sorted(threshold / 100 for threshold in edit.thresholds))
    return TextEdit(
        target=edit.target.strip(),
        anchor=edit.anchor.strip() or None,
        control=edit.control.strip() or None,
        strength=min(max(edit.strength, LOWEST_STRENGTH), LARGEST_STRENGTH),
        enhanced=edit.enhanced,
        thresholds=ascending if len(ascending) == len(TextEdit.thresholds) else TextEdit.thresholds,
    )
