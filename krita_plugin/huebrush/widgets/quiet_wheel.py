"""Controls that leave the wheel to the docker, which scrolls, until they are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..qt import QtGui, QtWidgets

if TYPE_CHECKING:
    Control = QtWidgets.QWidget
else:
    Control = object


class QuietWheel(Control):
    """To be put before a Qt class among a control's bases."""

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:
        """Scroll the docker, not the value, when the pointer merely passes over."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
