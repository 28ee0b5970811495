"""The line above the big button that says that a result will be limited to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.strings import text
from ...documents.selection import has_selection
from ...settings.flats import COLORIZE_MASK, RegionSettings
from ..controls.inputs import SwitchControl

if TYPE_CHECKING:
    from krita import Document


class SelectionSwitch(SwitchControl):
    """Is there while something is selected. A Colorize Mask fills the whole page: then the line says so."""

    def __init__(self) -> None:
        super().__init__("huebrush_in_selection", text("selection.only"), text("selection.only.tip"))
        self.hide()

    def look(self, document: Document | None, regions: RegionSettings) -> None:
        """Look at `document`, which is to be coloured with these settings."""
        fits = regions.fits_selection
        kind = "only" if fits else "not"
        self.setEnabled(fits)
        self.setText(text(f"selection.{kind}"))
        self.setAccessibleName(self.text())
        self.setToolTip(text(f"selection.{kind}.tip"))
        can_say = fits or regions.result == COLORIZE_MASK
        self.setVisible(can_say and document is not None and has_selection(document))
