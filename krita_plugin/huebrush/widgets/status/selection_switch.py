"""The line above the big button that says that a result will be limited to the selection."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...base.qt import QtCore, QtGui, QtWidgets, never_none
from ...base.strings import text
from ...documents.selection import has_selection
from ...jobs.effective_job import LIMITED, use_of_selection
from ...settings.store import DocumentSettings, PluginSettings, SettingsStore
from ..controls.inputs import SwitchControl

if TYPE_CHECKING:
    from krita import Document


class SelectionSwitch(SwitchControl):
    """Is there while something is selected. Where the result cannot be limited to that, the line says why."""

    def __init__(self, store: SettingsStore, save: Callable[[PluginSettings], None]) -> None:
        """`save` keeps the plugin's settings in `store`."""
        super().__init__("huebrush_in_selection", text("selection.only_there"), text("selection.only_there.tip"))
        self._words = self.text()
        self.setChecked(store.plugin.in_selection)
        self.clicked.connect(lambda limit: save(dataclasses.replace(store.plugin, in_selection=limit)))
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self.hide()

    def look(self, document: Document | None, settings: DocumentSettings) -> None:
        """Look at `document`, which is to be coloured with these settings."""
        use = use_of_selection(settings)
        self.setVisible(document is not None and has_selection(document))
        self.setEnabled(use in LIMITED)
        self._words = text(f"selection.{use}")
        self.setAccessibleName(self._words)
        self.setToolTip(text(f"selection.{use}.tip"))
        self._fit()

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Make no docker wider than it is: what has no room is in the tool tip."""
        super().resizeEvent(a0)
        self._fit()

    def hitButton(self, pos: QtCore.QPoint) -> bool:
        """Take clicks on the whole line."""
        return self.rect().contains(pos)

    def _fit(self) -> None:
        style, metric = never_none(self.style()), QtWidgets.QStyle.PixelMetric
        beside = style.pixelMetric(metric.PM_IndicatorWidth) + style.pixelMetric(metric.PM_CheckBoxLabelSpacing)
        room = max(0, self.width() - beside)
        self.setText(self.fontMetrics().elidedText(self._words, QtCore.Qt.TextElideMode.ElideRight, room))
