"""Reference with a heatmap of how well each place fits a text, and the thresholds, which can be dragged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, image_from_gray, mouse_position, never_none, packed_bytes
from ...base.strings import text
from ...jobs.locate import Fit

TALLEST = 180
"""Largest height of the picture in pixels."""
LEVELS = ((40, 60, 160, 190), (40, 130, 220, 150), (60, 190, 110, 130), (250, 190, 40, 140), (235, 60, 40, 165))
"""The colours over the picture from what fits worst to what fits best: red, green, blue, alpha."""
SCALE_HEIGHT = 22
GRIP = 8
"""Distance in pixels from a threshold's line within which the mouse takes it."""
BEST = 255


class HeatmapPicture(QtWidgets.QWidget):
    """Shows a `Fit`. Emits `threshold_dragged(index, percent)` while the artist drags one of the lines on its scale."""

    threshold_dragged = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_edit_fit_map")
        self.setAccessibleName(text("edits.fit.map.name"))
        self.setToolTip(text("edits.fit.map.tip"))
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self._fit: Fit | None = None
        self._thresholds: tuple[int, ...] = ()
        self._levels = QtGui.QImage()
        self._dragged: int | None = None

    def show_fit(self, fit: Fit) -> None:
        """Show where `fit` says that a text fits."""
        self._fit = fit
        self._levels = QtGui.QImage()
        self.setFixedHeight(TALLEST + SCALE_HEIGHT)
        self.update()

    def show_thresholds(self, thresholds: Sequence[int]) -> None:
        """Part the levels by these percentages, which ascend."""
        self._thresholds = tuple(thresholds)
        self.update()

    def level_at(self, x: float, y: float) -> int:
        """Return the index in `LEVELS` for a place of the picture; `x` and `y` are 0 to 1."""
        assert self._fit is not None
        column = min(int(x * self._fit.columns), self._fit.columns - 1)
        row = min(int(y * self._fit.rows), self._fit.rows - 1)
        return _level(self._fit.places[row * self._fit.columns + column], self._thresholds)

    def threshold_x(self, index: int) -> float:
        """Return the position of a threshold's line, in pixels from the left."""
        return GRIP + self._thresholds[index] / 100 * (self.width() - 2 * GRIP)

    def picture_rect(self) -> QtCore.QRect:
        """Return the rectangle that shows the reference."""
        if self._fit is None:
            return QtCore.QRect()
        size = self._fit.picture.size()
        size.scale(self.width(), self.height() - SCALE_HEIGHT, QtCore.Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) // 2
        return QtCore.QRect(QtCore.QPoint(left, 0), size)

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Draw the reference, the levels over it, and the scale below."""
        if self._fit is None or not self._thresholds:
            return
        painter = QtGui.QPainter(self)
        rect = self.picture_rect()
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(rect, QtGui.QColor("white"))
        painter.drawImage(rect, self._fit.picture)
        painter.drawImage(rect, self._colored(rect.size()))
        self._paint_scale(painter)
        painter.end()

    def mousePressEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Take the nearest line, of those in one place the one that can go to where the mouse is."""
        event = never_none(a0)
        x, _ = self._place(event)
        near = self._near(event)
        if not near:
            return
        nearest = min(near, key=lambda index: abs(self.threshold_x(index) - x))
        alike = [index for index in near if self._thresholds[index] == self._thresholds[nearest]]
        self._dragged = alike[-1] if x >= self.threshold_x(nearest) else alike[0]

    def mouseMoveEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Move the line that was taken; show which one could be."""
        event = never_none(a0)
        x, _ = self._place(event)
        if self._dragged is not None:
            share = (x - GRIP) / max(1, self.width() - 2 * GRIP)
            self.threshold_dragged.emit(self._dragged, round(100 * min(1.0, max(0.0, share))))
            return
        can_take = bool(self._near(event))
        self.setCursor(QtCore.Qt.CursorShape.SizeHorCursor if can_take else QtCore.Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Let go."""
        self._dragged = None

    def _near(self, event: QtGui.QMouseEvent) -> list[int]:
        """Return the thresholds whose lines the mouse can take where it is: on the scale, not on the picture."""
        x, y = self._place(event)
        if y < self.height() - SCALE_HEIGHT:
            return []
        return [index for index in range(len(self._thresholds)) if abs(self.threshold_x(index) - x) <= GRIP]

    def _place(self, event: QtGui.QMouseEvent) -> tuple[float, float]:
        place = mouse_position(event)
        return place.x(), place.y()

    def _colored(self, size: QtCore.QSize) -> QtGui.QImage:
        """Return the levels in their colours at that size: a palette over the smoothly enlarged fit."""
        assert self._fit is not None
        if self._levels.size() != size:
            places = image_from_gray(self._fit.places, self._fit.columns, self._fit.rows)
            smooth = QtCore.Qt.TransformationMode.SmoothTransformation
            whole = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
            enlarged = places.scaled(size, whole, smooth).convertToFormat(QtGui.QImage.Format.Format_Grayscale8)
            indexed = QtGui.QImage.Format.Format_Indexed8
            stride = enlarged.bytesPerLine()
            self._levels = QtGui.QImage(packed_bytes(enlarged), size.width(), size.height(), stride, indexed).copy()
        colors = [QtGui.QColor(*LEVELS[_level(value, self._thresholds)]).rgba() for value in range(BEST + 1)]
        self._levels.setColorTable(colors)
        return self._levels

    def _paint_scale(self, painter: QtGui.QPainter) -> None:
        top = self.height() - SCALE_HEIGHT + 4
        edges = [GRIP, *(self.threshold_x(index) for index in range(len(self._thresholds))), self.width() - GRIP]
        for level, (left, right) in enumerate(pairwise(edges)):
            color = QtGui.QColor(*LEVELS[level][:3])
            painter.fillRect(QtCore.QRectF(left, top + 4, right - left, SCALE_HEIGHT - 10), color)
        painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.WindowText), 2))
        for x in edges[1:-1]:
            painter.drawLine(QtCore.QPointF(x, top), QtCore.QPointF(x, self.height() - 1))


def _level(value: int, thresholds: Sequence[int]) -> int:
    return sum(value > threshold / 100 * BEST for threshold in thresholds)
