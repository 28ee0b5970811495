"""The choice of what a job gives: the model's picture, flats on one or many layers, a Colorize Mask, or a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from huebrush_protocol.regions import CHECK, PICTURE, RESULTS

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...settings.sources import ReferenceSource
from ..controls.inputs import ChoiceControl, SwitchControl
from ..controls.source_picker import SourcePicker


class ResultChoice(QtCore.QObject):
    """For the caller to place: `box`, the choice, and `extras`. Emits `changed` when the artist has chosen.

    The extras appear once there are regions to shade, and the layer with
    the artist's own flats, one of what `offered` returns, for a check of these.
    """

    changed = Signal()

    def __init__(self, offered: Callable[[], Sequence[ReferenceSource]], parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.box = ChoiceControl("huebrush_result", RESULTS, "result", text("result.name"), text("result.tip"))
        self.shading = SwitchControl("huebrush_shading", text("shading"), text("shading.tip"))
        self.keep_picture = SwitchControl("huebrush_keep_picture", text("keep_picture"), text("keep_picture.tip"))
        self.flats = SourcePicker("huebrush_flats", offered, text("flats"), text("flats.tip"))
        self._has_picture = True
        for result in RESULTS:
            self._set_tip(result, text(f"result.{result}.tip"))
        self.extras = QtWidgets.QWidget()
        layout = QtWidgets.QGridLayout(self.extras)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.flats, 0, 0, 1, 2)
        layout.addWidget(self.shading, 1, 0)
        layout.addWidget(self.keep_picture, 1, 1)
        for control in (self.box, self.flats, self.shading, self.keep_picture):
            control.changed.connect(self._on_changed)
        self._show_extras()

    @property
    def result(self) -> str:
        """The chosen one of `RESULTS`."""
        return self.box.choice

    def set_values(self, result: str, shading: bool, keep_picture: bool, flats: tuple[ReferenceSource, ...]) -> None:
        """Show these."""
        self.box.set_choice(result)
        self.shading.setChecked(shading)
        self.keep_picture.setChecked(keep_picture)
        self.flats.set_sources(flats)
        self._show_extras()

    def offer(self, refused: Mapping[str, str], has_picture: bool) -> None:
        """Grey out what cannot be had, each with the reason for it; without a picture, the model's or a coloured one,
        there is no shading to be had."""
        items = self.box.model()
        assert isinstance(items, QtGui.QStandardItemModel)
        for row, result in enumerate(RESULTS):
            never_none(items.item(row)).setEnabled(result not in refused)
            self._set_tip(result, refused.get(result) or text(f"result.{result}.tip"))
        self._has_picture = has_picture
        self._show_extras()

    def _set_tip(self, result: str, tip: str) -> None:
        self.box.setItemData(self.box.findData(result), tip, QtCore.Qt.ItemDataRole.ToolTipRole)

    def _on_changed(self) -> None:
        self._show_extras()
        self.changed.emit()

    def _show_extras(self) -> None:
        for control in (self.shading, self.keep_picture):
            control.setVisible(self.result not in (PICTURE, CHECK) and self._has_picture)
        self.flats.setVisible(self.result == CHECK)
        self.extras.setVisible(self.result != PICTURE)
