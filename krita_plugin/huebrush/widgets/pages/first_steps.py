"""The three steps to a first result, with a picture, for those who see the docker for the first time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...base.qt import QtCore, QtGui, QtWidgets, Signal
from ...base.strings import text
from ...documents.example import COLORED, LINE_ART, REFERENCE

EDGE = 66
"""Width and height of each of the three small pictures, in pixels."""
BETWEEN = 14
"""Pixels between two pictures, where "+" and "=" stand."""


class FirstSteps(QtWidgets.QWidget):
    """Emits `example_requested`."""

    example_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_first_steps")
        picture = StepsPicture((LINE_ART, REFERENCE, COLORED))
        steps = QtWidgets.QLabel(text("first_steps"))
        steps.setObjectName("huebrush_first_steps_text")
        steps.setWordWrap(True)
        self._example = QtWidgets.QPushButton(text("first_steps.example"))
        self._example.setObjectName("huebrush_try_example")
        self._example.setToolTip(text("first_steps.example.tip"))
        self._example.clicked.connect(lambda _checked=False: self.example_requested.emit())
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(picture, 0, QtCore.Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._example)
        layout.addWidget(steps)


class StepsPicture(QtWidgets.QWidget):
    """Shows three pictures as a sum: lines + reference = result."""

    def __init__(self, files: Sequence[Path]) -> None:
        super().__init__()
        self._files = files
        self._pictures: list[QtGui.QPixmap] = []
        self.setAccessibleName(text("first_steps.picture"))
        self.setFixedSize(3 * EDGE + 2 * BETWEEN, EDGE)

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Paint the pictures, which are read when they are first seen."""
        ratio = self.devicePixelRatioF()
        if not self._pictures:
            self._pictures = [_thumbnail(file, round(EDGE * ratio), ratio) for file in self._files]
        painter = QtGui.QPainter(self)
        for number, picture in enumerate(self._pictures):
            left = number * (EDGE + BETWEEN)
            painter.fillRect(left, 0, EDGE, EDGE, QtCore.Qt.GlobalColor.white)
            painter.drawPixmap(left, 0, picture)
            if number:
                sign = QtCore.QRect(left - BETWEEN, 0, BETWEEN, EDGE)
                painter.drawText(sign, int(QtCore.Qt.AlignmentFlag.AlignCenter), "+="[number - 1])
        painter.end()


def _thumbnail(file: Path, edge: int, ratio: float) -> QtGui.QPixmap:
    scaled = QtGui.QPixmap(str(file)).scaled(
        edge,
        edge,
        QtCore.Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        QtCore.Qt.TransformationMode.SmoothTransformation,
    )
    scaled.setDevicePixelRatio(ratio)
    return scaled
