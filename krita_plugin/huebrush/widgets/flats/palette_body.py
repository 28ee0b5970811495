"""Palette, hints, edges and gaps: the contents of the section “Palette and gaps”."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from huebrush_protocol.regions import COLORS_FROM, MAX_LAYERS

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...palettes.color_list import LARGEST_PALETTE
from ...results.flats_report import FlatsReport
from ...settings.flats import FLATS_BY_COLOR, PALETTE_SOURCES, RegionSettings
from ...settings.sources import ReferenceSource
from ..controls.inputs import ChoiceControl, QuietWheel, SwitchControl
from .gap_row import GapRow
from .hints_choice import HintsChoice
from .palette_editor import PaletteEditor, PaletteState


class WholeNumber(QuietWheel, QtWidgets.QSpinBox):
    """A whole number. Emits `changed` when the artist has changed it."""

    changed = Signal()

    def __init__(self, name: str, lowest: int, highest: int, accessible_name: str, tip: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setRange(lowest, highest)
        self.setAccessibleName(accessible_name)
        self.setToolTip(tip)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(lambda _value: self.changed.emit())


class PaletteBody(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something. `offered` is asked for the layers hints can lie on."""

    changed = Signal()

    def __init__(self, offered: Callable[[], Sequence[ReferenceSource]]) -> None:
        super().__init__()
        self._loading = False
        self._has_model, self._has_colored, self._is_by_color = True, False, False
        self._shown = RegionSettings()
        self._flats_report: FlatsReport | None = None
        self._colors_from = ChoiceControl(
            "huebrush_colors_from", COLORS_FROM, "colors_from", text("colors_from"), text("colors_from.tip")
        )
        self._source = ChoiceControl(
            "huebrush_palette_source",
            PALETTE_SOURCES,
            "palette_source",
            text("palette_source"),
            text("palette_source.tip"),
        )
        self._size = WholeNumber(
            "huebrush_palette_size", 2, LARGEST_PALETTE, text("palette_size"), text("palette_size.tip")
        )
        self._layers = WholeNumber("huebrush_most_layers", 1, MAX_LAYERS, text("most_layers"), text("most_layers.tip"))
        self._editor = PaletteEditor()
        self._doubles = QtWidgets.QLabel()
        self._doubles.setObjectName("huebrush_doubles")
        self._doubles.setWordWrap(True)
        self._locked = SwitchControl("huebrush_locked", text("locked"), text("locked.tip"))
        self._hard = SwitchControl("huebrush_hard_edges", text("hard_edges"), text("hard_edges.tip"))
        self._borders = SwitchControl("huebrush_color_borders", text("color_borders"), text("color_borders.tip"))
        self._paper = SwitchControl("huebrush_paint_paper", text("paint_paper"), text("paint_paper.tip"))
        self._gap_automatic = SwitchControl("huebrush_gap_automatic", text("gap_automatic"), text("gap_automatic.tip"))
        self._gap = GapRow()
        self.hints = HintsChoice(offered, self)
        self._build_layout()
        self._editor.changed.connect(self._on_palette)
        for control in (
            self._colors_from,
            self._source,
            self._size,
            self._layers,
            self._locked,
            self._hard,
            self._borders,
            self._paper,
            self._gap_automatic,
            self._gap,
            self.hints,
        ):
            control.changed.connect(self._on_changed)

    @property
    def settings(self) -> RegionSettings:
        """Settings that are shown, together with those that this form does not show."""
        return dataclasses.replace(
            self._shown,
            colors_from=self._colors_from.choice,
            palette_source=self._source.choice,
            palette_size=self._size.value(),
            palette=self._editor.state.codes,
            palette_name=self._editor.state.name,
            most_layers=self._layers.value(),
            locked=self._locked.isChecked(),
            hard_edges=self._hard.isChecked(),
            color_borders=self._borders.isChecked(),
            paint_paper=self._paper.isChecked(),
            gap_automatic=self._gap_automatic.isChecked(),
            gap=self._gap.gap,
            gap_unit=self._gap.unit,
            hints=self.hints.sources,
        )

    def set_settings(self, settings: RegionSettings) -> None:
        """Show `settings`."""
        self._loading = True
        self._shown = settings
        self._colors_from.set_choice(settings.colors_from)
        self._source.set_choice(settings.palette_source)
        self._size.setValue(settings.palette_size)
        self._layers.setValue(settings.most_layers)
        self._editor.show_state(PaletteState(settings.palette_source, settings.palette, settings.palette_name))
        self._locked.setChecked(settings.locked)
        self._hard.setChecked(settings.hard_edges)
        self._borders.setChecked(settings.color_borders)
        self._paper.setChecked(settings.paint_paper)
        self._gap_automatic.setChecked(settings.gap_automatic)
        self._gap.set_gap(settings.gap, settings.gap_unit)
        self.hints.set_sources(settings.hints)
        self._loading = False
        self._show_effect()

    def show_document(self, dots_per_inch: float) -> None:
        """Tell lengths on paper by this resolution, 0 where it is not known."""
        self._gap.show_document(dots_per_inch)

    def show_picture(self, has_model: bool, has_colored: bool) -> None:
        """Offer what needs a picture only if there is a model, or a coloured picture in its place."""
        self._has_model, self._has_colored = has_model, has_colored
        self._show_effect()

    def show_result(self, result: str) -> None:
        """Offer the number of layers only for a result with a layer for each colour."""
        self._is_by_color = result == FLATS_BY_COLOR
        self._show_effect()

    def show_flats_report(self, report: FlatsReport | None) -> None:
        """Show which colours the latest result has, and which of them hardly differ."""
        self._flats_report = report
        self._show_effect()

    def _build_layout(self) -> None:
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(8, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._colors_from_label = self._add_row(grid, "colors_from", self._colors_from)
        self._size_label = self._add_row(grid, "palette_source", self._source) and self._add_row(
            grid, "palette_size", self._size
        )
        for widget in (self._editor, self._doubles):
            grid.addWidget(widget, grid.rowCount(), 0, 1, 2)
        grid.addWidget(self.hints.buttons, grid.rowCount(), 0, 1, 2)
        self._add_row(grid, "hints", self.hints.picker)
        for widget in (self.hints.note, self._locked, self._hard, self._paper):
            grid.addWidget(widget, grid.rowCount(), 0, 1, 2)
        self._layers_label = self._add_row(grid, "most_layers", self._layers)
        for switch in (self._borders, self._gap_automatic):
            grid.addWidget(switch, grid.rowCount(), 0, 1, 2)
        self._gap_label = self._add_row(grid, "gap", self._gap)
        self._gap_label.setBuddy(self._gap.number)

    def _add_row(self, grid: QtWidgets.QGridLayout, name: str, control: QtWidgets.QWidget) -> QtWidgets.QLabel:
        label = QtWidgets.QLabel(text(f"label.{name}"))
        label.setBuddy(control)
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(control, row, 1)
        return label

    def _on_palette(self) -> None:
        """Follow a change of the palette, which may have become the artist's own."""
        self._source.set_choice(self._editor.state.source)
        self._on_changed()

    def _on_changed(self) -> None:
        if not self._loading:
            self._shown = self.settings
            self._show_effect()
            self.changed.emit()

    def _source_names(self, settings: RegionSettings) -> dict[str, str]:
        """Return the names of sources of colours, as sentences: they depend on what there is to take colours from."""
        if self._has_colored:
            return {PALETTE_SOURCES[0]: "colored", "references": "from_colored"}
        if self._has_model:
            return {PALETTE_SOURCES[0]: PALETTE_SOURCES[0], "references": "references"}
        return {PALETTE_SOURCES[0]: "hints" if settings.hints else "different", "references": "references"}

    def _show_effect(self) -> None:
        """Show the controls that have an effect with these choices, and the colours."""
        settings = self.settings
        has_picture = self._has_model or self._has_colored
        for source, words in self._source_names(settings).items():
            self._source.setItemText(self._source.findData(source), text(f"palette_source.{words}"))
        for widget in (self._colors_from, self._colors_from_label):
            widget.setVisible(self._has_model and not self._has_colored)
        for widget in (self._size, self._size_label):
            widget.setVisible(settings.palette_source == "references")
            widget.setEnabled(has_picture)
        self._borders.setEnabled(has_picture)
        is_free = settings.palette_source == PALETTE_SOURCES[0] or not settings.locked
        for widget in (self._layers, self._layers_label):
            widget.setVisible(self._is_by_color and is_free)
        self._locked.setEnabled(settings.palette_source != PALETTE_SOURCES[0])
        for widget in (self._gap, self._gap_label):
            widget.setEnabled(not settings.gap_automatic)
        report = self._flats_report
        self._editor.show_state(PaletteState(settings.palette_source, settings.palette, settings.palette_name))
        self._editor.show_result(report.palette if report else (), report.nearest_doubles() if report else {})
        colors, pairs = set(self._editor.codes_shown), report.doubles if report else ()
        self._doubles.setVisible(any({one, other} <= colors for one, other, _ in pairs))
        self._doubles.setText(
            "\n".join(
                text("swatches.pair", one=one, other=other, difference=f"{difference:.1f}")
                for one, other, difference in pairs
                if {one, other} <= colors
            )
        )
