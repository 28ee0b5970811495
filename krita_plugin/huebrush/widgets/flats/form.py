"""Settings of flats: the result, its palette and gaps, and the fixes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from huebrush_protocol.regions import CHECK, PICTURE, RESULTS, RegionFix

from ...base.qt import QtCore, Signal
from ...base.strings import text
from ...results.flats_report import FlatsReport
from ...settings.flats import COLORIZE_MASK, FLATS, RegionSettings
from ...settings.sources import ReferenceSource
from .palette_section import PaletteSection
from .result_choice import ResultChoice


class RegionForm(QtCore.QObject):
    """For the caller to place: the parts of `choice`, and `section`. Emits `changed` when the artist changed one."""

    changed = Signal()

    def __init__(self, offered: Callable[[], Sequence[ReferenceSource]], parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.choice = ResultChoice(lambda: _layers(offered()), self)
        self.section = PaletteSection(lambda: _layers(offered()))
        self._fixes: tuple[RegionFix, ...] = ()
        self._has_model = self._has_regions = self._has_masks = self._has_check = True
        self._has_colored = False
        for part in (self.choice, self.section):
            part.changed.connect(self._on_changed)
        self._offer()

    @property
    def settings(self) -> RegionSettings:
        """Settings that are shown, and the fixes."""
        return dataclasses.replace(
            self.section.settings,
            result=self.choice.result,
            shading=self.choice.shading.isChecked(),
            keep_picture=self.choice.keep_picture.isChecked(),
            flats=self.choice.flats.sources,
            fixes=self._fixes,
        )

    def set_settings(self, settings: RegionSettings) -> None:
        """Show `settings`."""
        self._fixes = settings.fixes
        self.choice.set_values(settings.result, settings.shading, settings.keep_picture, settings.flats)
        self.section.set_settings(settings)
        self._offer()

    def use_hints(self, hints: tuple[ReferenceSource, ...], makes_flats: bool = False) -> None:
        """Take `hints`, a layer or nothing, as the artist's choice. `makes_flats`: choose flats where the result chosen
        takes no hints."""
        result = self.choice.result
        if makes_flats and result in (PICTURE, CHECK):
            result = FLATS
        self.set_settings(dataclasses.replace(self.settings, hints=hints, result=result))
        self._on_changed()

    def set_fixes(self, fixes: tuple[RegionFix, ...]) -> None:
        """Hold `fixes` from now on."""
        self._fixes = fixes

    def show_document(self, dots_per_inch: float, has_masks: bool) -> None:
        """Follow the document: its resolution, and whether this Krita makes Colorize Masks for it."""
        self._has_masks = has_masks
        self.section.show_document(dots_per_inch)
        self._offer()

    def show_backend(self, has_model: bool, has_regions: bool, has_colored: bool = False) -> None:
        """Follow whether a model is chosen, whether the backend makes regions at all, and whether a coloured picture
        takes the model's place."""
        self._has_model, self._has_regions, self._has_colored = has_model, has_regions, has_colored
        self._offer()

    def show_can_check(self, has_check: bool) -> None:
        """Follow whether the backend can check flats."""
        self._has_check = has_check
        self._offer()

    def show_flats_report(self, report: FlatsReport | None) -> None:
        """Show the colours of the latest result."""
        self.section.show_flats_report(report)

    def _offer(self) -> None:
        refused = {}
        if not self._has_masks:
            refused[COLORIZE_MASK] = text("result.no_masks")
        if not self._has_model:
            refused[PICTURE] = text("result.colored" if self._has_colored else "result.no_model")
        if not self._has_check:
            refused[CHECK] = text("result.no_check")
        if not self._has_regions:
            refused |= dict.fromkeys(RESULTS[1:], text("result.no_regions"))
        self.choice.offer(refused, self._has_model or self._has_colored)
        self.section.setVisible(self.choice.result != PICTURE)
        is_check = self.choice.result == CHECK
        self.section.show_picture(self._has_model and not is_check, self._has_colored and not is_check)
        self.section.show_result(self.choice.result)

    def _on_changed(self) -> None:
        self._offer()
        self.changed.emit()


def _layers(offered: Sequence[ReferenceSource]) -> list[ReferenceSource]:
    """Return those of `offered` that are layers of the page."""
    return [source for source in offered if source.kind == "layer"]
