"""Section of the docker with palette, gaps and hints; made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from huebrush_protocol.regions import PICTURE

from ...base.qt import QtWidgets, Signal
from ...base.strings import text
from ...results.flats_report import FlatsReport
from ...settings.flats import RegionSettings
from ...settings.sources import ReferenceSource
from ..controls.folded_section import FoldedSection
from .hints_choice import HintsState
from .palette_body import PaletteBody


class PaletteSection(FoldedSection):
    """Emits `changed` when the artist has changed a setting and `folded(bool)` when it was folded in (True) or out, and
    `paint_requested`, `done_requested` and `removal_requested` for hints."""

    changed = Signal()
    paint_requested = Signal()
    done_requested = Signal()
    removal_requested = Signal()

    def __init__(self, offered: Callable[[], Sequence[ReferenceSource]]) -> None:
        super().__init__("huebrush_palette", text("palette.title"), text("palette.title.name"), self._make_palette_body)
        self._offered = offered
        self._settings = RegionSettings()
        self._body: PaletteBody | None = None
        self._dots_per_inch, self._pictures, self._result = 0.0, (True, False), PICTURE
        self._flats_report: FlatsReport | None = None
        self._hints = HintsState()

    @property
    def settings(self) -> RegionSettings:
        """Chosen settings, whether the section is open or not."""
        return self._settings

    def set_settings(self, settings: RegionSettings) -> None:
        """Show `settings`."""
        self._settings = settings
        self._update()

    def show_document(self, dots_per_inch: float) -> None:
        """Tell lengths on paper by this resolution."""
        if dots_per_inch != self._dots_per_inch:
            self._dots_per_inch = dots_per_inch
            self._update()

    def show_picture(self, has_model: bool, has_colored: bool) -> None:
        """Follow whether there is a model, or a coloured picture in its place."""
        if (has_model, has_colored) != self._pictures:
            self._pictures = has_model, has_colored
            self._update()

    def show_result(self, result: str) -> None:
        """Follow which result is chosen."""
        if result != self._result:
            self._result = result
            self._update()

    def show_hints(self, state: HintsState) -> None:
        """Follow the layer that was made for hints."""
        if state != self._hints:
            self._hints = state
            self._update()

    def show_flats_report(self, report: FlatsReport | None) -> None:
        """Show the colours of the latest result."""
        if report != self._flats_report:
            self._flats_report = report
            self._update()

    def _update(self) -> None:
        if self._body is not None:
            self._body.set_settings(self._settings)
            self._body.show_document(self._dots_per_inch)
            self._body.show_picture(*self._pictures)
            self._body.show_result(self._result)
            self._body.show_flats_report(self._flats_report)
            self._body.hints.show_state(self._hints)

    def _make_palette_body(self) -> QtWidgets.QWidget:
        self._body = PaletteBody(self._offered)
        self._body.changed.connect(self._on_changed)
        for name in ("paint_requested", "done_requested", "removal_requested"):
            getattr(self._body.hints, name).connect(getattr(self, name))
        self._update()
        return self._body

    def _on_changed(self) -> None:
        assert self._body is not None
        self._settings = self._body.settings
        self.changed.emit()
