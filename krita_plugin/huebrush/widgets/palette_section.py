"""The folded part of the docker with palette, gaps and hints; made when it is first folded out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..capture import ReferenceSource
from ..defects import Report
from ..qt import QtWidgets, Signal
from ..region_settings import RegionSettings
from ..strings import text
from .fold import fold_head
from .palette_body import PaletteBody


class PaletteSection(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed a setting and `folded(bool)` when it was folded in (True) or out."""

    changed = Signal()
    folded = Signal(bool)

    def __init__(self, offered: Callable[[], Sequence[ReferenceSource]]) -> None:
        super().__init__()
        self._offered = offered
        self._settings = RegionSettings()
        self._body: PaletteBody | None = None
        self._dots_per_inch, self._has_model = 0.0, True
        self._report: Report | None = None
        self._head = fold_head("huebrush_palette", text("palette.title"), text("palette.title.name"))
        self._head.toggled.connect(self._on_toggled)
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._head)

    @property
    def settings(self) -> RegionSettings:
        """What is chosen, whether it is folded out or not."""
        return self._settings

    def set_settings(self, settings: RegionSettings) -> None:
        """Show `settings`."""
        self._settings = settings
        self._update()

    def set_open(self, is_open: bool) -> None:
        """Fold it out or in."""
        self._head.setChecked(is_open)

    def show_document(self, dots_per_inch: float) -> None:
        """Tell lengths on paper by this resolution."""
        if dots_per_inch != self._dots_per_inch:
            self._dots_per_inch = dots_per_inch
            self._update()

    def show_model(self, has_model: bool) -> None:
        """Follow whether there is a model."""
        if has_model != self._has_model:
            self._has_model = has_model
            self._update()

    def show_report(self, report: Report | None) -> None:
        """Show the colours of the latest result."""
        if report != self._report:
            self._report = report
            self._update()

    def _update(self) -> None:
        if self._body is not None:
            self._body.set_settings(self._settings)
            self._body.show_document(self._dots_per_inch)
            self._body.show_model(self._has_model)
            self._body.show_report(self._report)

    def _on_toggled(self, is_open: bool) -> None:
        if is_open and self._body is None:
            self._body = PaletteBody(self._offered)
            self._body.changed.connect(self._on_changed)
            self._layout.addWidget(self._body)
            self._update()
        if self._body is not None:
            self._body.setVisible(is_open)
        self.folded.emit(not is_open)

    def _on_changed(self) -> None:
        assert self._body is not None
        self._settings = self._body.settings
        self.changed.emit()
