"""The picture of a reference, on which the artist paints what counts: zoomed, panned, by pen, mouse or keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, mouse_position, never_none
from ...base.strings import text
from ...documents.pixels import Rect
from ...strokes.reference_frames import ReferenceStrokes
from ...strokes.reference_strokes import fill_mask

BRUSH, RECTANGLE, LASSO = TOOLS = ("brush", "rectangle", "lasso")
ERASER = ""
"""The colour with which strokes are taken away."""
MOST_UNDO = 50
ZOOM_STEP = 1.25
SMALLEST_ZOOM, LARGEST_ZOOM = 0.02, 32.0
"""Pixels of the screen for a pixel of the kept strokes."""
KEY_STEP, LARGE_KEY_STEP = 4, 32
"""Pixels of the screen that an arrow key moves the cross, without and with Shift."""
PAN_STEP = 60
OPACITY = 0.6
"""The reference shows through strokes."""
MARGIN = 8
"""Pixels of the screen that are left free around the whole reference."""
Keys, Button, Way = QtCore.Qt.Key, QtCore.Qt.MouseButton, QtCore.Qt.KeyboardModifier
ARROWS: dict[int, tuple[int, int]] = {
    Keys.Key_Left: (-1, 0),
    Keys.Key_Right: (1, 0),
    Keys.Key_Up: (0, -1),
    Keys.Key_Down: (0, 1),
}


@dataclass
class _Step:
    """A stroke that can be undone: where it changed the picture, and how that was before, or after for redo."""

    rect: QtCore.QRect
    picture: QtGui.QImage


class StrokesCanvas(QtWidgets.QWidget):
    """Shows `picture` with `strokes` over it. Emits `changed` when the strokes are others, `tool_changed` when the
    width of the brush is another. `color` is that of the next stroke or `ERASER`, `tool` one of `TOOLS`."""

    changed = Signal()
    tool_changed = Signal()

    def __init__(self, picture: QtGui.QImage, strokes: ReferenceStrokes) -> None:
        super().__init__()
        self.setObjectName("huebrush_strokes_canvas")
        self.setAccessibleName(text("reference_strokes.canvas"))
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(QtCore.Qt.CursorShape.CrossCursor)
        self.setMinimumSize(160, 120)
        self._picture, self._strokes = picture, strokes
        self.color, self.tool = ERASER, BRUSH
        self._width = 0.0
        self._path: list[QtCore.QPointF] = []
        """Points of the stroke that is being painted, in pixels of the kept strokes."""
        self._before = QtGui.QImage()
        self._undone: list[_Step] = []
        self._done: list[_Step] = []
        self._zoom, self._corner, self._is_fitted = 1.0, QtCore.QPointF(0, 0), True
        self._pan_from: QtCore.QPointF | None = None
        self._cross: QtCore.QPointF | None = None
        self._pointer: QtCore.QPointF | None = None
        self._small = QtGui.QImage()
        """The picture at the size at which it is shown, where that is smaller than its own."""

    @property
    def strokes(self) -> ReferenceStrokes:
        """The strokes as they are now, without one that is being painted."""
        return ReferenceStrokes(self._strokes.frame, self._before if self._path else self._strokes.picture)

    @property
    def brush_width(self) -> float:
        """Width of the brush, 0 to 1, as a share of the reference's longer side."""
        return self._width

    def set_brush_width(self, width: float) -> None:
        """Paint with a brush of this width, a share of the reference's longer side."""
        if width != self._width:
            self._width = width
            self.update()
            self.tool_changed.emit()

    @property
    def can_undo(self) -> bool:
        """True when there is a stroke to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """True when there is a stroke to redo."""
        return bool(self._undone)

    def undo(self) -> None:
        """Take the last stroke back."""
        self._swap(self._done, self._undone)

    def redo(self) -> None:
        """Paint the stroke again that was taken back last."""
        self._swap(self._undone, self._done)

    def fill(self, place: Rect, mask: bytes) -> None:
        """Paint a selection: the pixels of `place`, in coordinates of the reference's page, where `mask` is set."""
        self._change(lambda picture: fill_mask(picture, self._strokes.frame, place, mask, self.color))

    def clear(self) -> None:
        """Take all strokes away; this can be undone."""
        self._change(lambda picture: picture.fill(0))

    def cancel_stroke(self) -> bool:
        """Give up the stroke that is being painted; False if there is none."""
        if not self._path:
            return False
        self._strokes = ReferenceStrokes(self._strokes.frame, self._before)
        self._path = []
        self.update()
        return True

    def fit(self) -> None:
        """Show the whole reference."""
        size = self._strokes.picture.size()
        room = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        self._zoom = max(SMALLEST_ZOOM, min(room[0] / size.width(), room[1] / size.height()))
        self._corner = QtCore.QPointF(
            (self.width() - size.width() * self._zoom) / 2, (self.height() - size.height() * self._zoom) / 2
        )
        self._is_fitted = True
        self.update()

    def zoom(self, factor: float, about: QtCore.QPointF | None = None) -> None:
        """Enlarge by `factor` about a point of the widget, or its middle."""
        about = about if about is not None else QtCore.QPointF(self.rect().center())
        place = self._to_strokes(about)
        self._zoom = min(LARGEST_ZOOM, max(SMALLEST_ZOOM, self._zoom * factor))
        self._corner = about - place * self._zoom
        self._is_fitted = False
        self.update()

    def position(self, x: float, y: float) -> QtCore.QPointF:
        """Return the place in the widget of a point of the reference, in shares of its width and height, 0 to 1."""
        size = self._strokes.picture.size()
        return QtCore.QPointF(x * size.width(), y * size.height()) * self._zoom + self._corner

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Go on showing the whole reference, unless the artist has zoomed."""
        super().resizeEvent(a0)
        if self._is_fitted:
            self.fit()

    def wheelEvent(self, a0: QtGui.QWheelEvent | None) -> None:
        """Zoom about the pointer."""
        event = never_none(a0)
        self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Begin a stroke, or take hold of the reference with the middle button."""
        event = never_none(a0)
        if event.button() == Button.MiddleButton:
            self._pan_from = mouse_position(event)
        elif event.button() == Button.LeftButton and not self._path:
            self._cross = None
            self._begin(self._to_strokes(mouse_position(event)))

    def mouseMoveEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Go on with it."""
        event = never_none(a0)
        place = self._pointer = mouse_position(event)
        if self.tool == BRUSH:
            self.update()  # the circle goes along
        if self._pan_from is not None:
            self._corner += place - self._pan_from
            self._pan_from, self._is_fitted = place, False
            self.update()
        elif self._path and event.buttons() & Button.LeftButton:
            self._go_on(self._to_strokes(place))

    def mouseReleaseEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """End it."""
        event = never_none(a0)
        if event.button() == Button.MiddleButton:
            self._pan_from = None
        elif event.button() == Button.LeftButton and self._path and self._cross is None:
            self._go_on(self._to_strokes(mouse_position(event)))
            self._end()

    def leaveEvent(self, a0: QtCore.QEvent | None) -> None:
        """Show no circle where the pointer is not."""
        super().leaveEvent(a0)
        self._pointer = None
        self.update()

    def keyPressEvent(self, a0: QtGui.QKeyEvent | None) -> None:
        """Move the cross with the arrow keys, begin and end strokes with Enter, pan with Ctrl and the arrows."""
        event = never_none(a0)
        key, ways = event.key(), event.modifiers()
        if key in ARROWS and ways & Way.ControlModifier:
            across, down = ARROWS[key]
            self._corner -= QtCore.QPointF(across * PAN_STEP, down * PAN_STEP)
            self._is_fitted = False
            self.update()
        elif key in ARROWS:
            self._move_cross(ARROWS[key], LARGE_KEY_STEP if ways & Way.ShiftModifier else KEY_STEP)
        elif key in (Keys.Key_Return, Keys.Key_Enter):
            if self._path:
                self._end()
            else:
                self._begin(self._crossed())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Draw the reference, the strokes, and what is being painted."""
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QtGui.QPalette.ColorRole.Dark))
        size = self._strokes.picture.size()
        area = QtCore.QRectF(self._corner, QtCore.QSizeF(size) * self._zoom)
        painter.fillRect(area, QtGui.QColor("white"))
        shown = self._shown(area.size())
        painter.drawImage(area, shown, QtCore.QRectF(shown.rect()))
        painter.setOpacity(OPACITY)
        painter.drawImage(area, self._strokes.picture, QtCore.QRectF(self._strokes.picture.rect()))
        painter.setOpacity(1)
        if self._path and self.tool != BRUSH:
            self._paint_outline(painter)
        if self.tool == BRUSH and self._pointer is not None:
            radius = self._pen_width() * self._zoom / 2
            for color, width in ((QtGui.QColor(0, 0, 0, 160), 3), (QtGui.QColor(255, 255, 255), 1)):
                painter.setPen(QtGui.QPen(color, width))
                painter.drawEllipse(self._pointer, radius, radius)
        if self._cross is not None:
            place = self._cross * self._zoom + self._corner
            for color, width in ((QtGui.QColor(0, 0, 0), 3), (QtGui.QColor(255, 255, 255), 1)):
                painter.setPen(QtGui.QPen(color, width))
                painter.drawLine(place - QtCore.QPointF(9, 0), place + QtCore.QPointF(9, 0))
                painter.drawLine(place - QtCore.QPointF(0, 9), place + QtCore.QPointF(0, 9))
        painter.end()

    def _shown(self, size: QtCore.QSizeF) -> QtGui.QImage:
        """Return the picture to be drawn at `size`: scaled down once for each zoom, as that takes a while."""
        wanted = (size * self.devicePixelRatioF()).toSize().expandedTo(QtCore.QSize(1, 1))
        if wanted.width() >= self._picture.width():
            return self._picture
        if self._small.size() != wanted:
            ignored, smooth = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, QtCore.Qt.TransformationMode
            self._small = self._picture.scaled(wanted, ignored, smooth.SmoothTransformation)
        return self._small

    def _paint_outline(self, painter: QtGui.QPainter) -> None:
        shape = QtGui.QTransform(self._zoom, 0, 0, self._zoom, self._corner.x(), self._corner.y()).map(self._shape())
        for color, style in (("black", QtCore.Qt.PenStyle.SolidLine), ("white", QtCore.Qt.PenStyle.DashLine)):
            painter.setPen(QtGui.QPen(QtGui.QColor(color), 1, style))
            painter.drawPath(shape)

    def _shape(self) -> QtGui.QPainterPath:
        """Return the outline that is being painted, in pixels of the kept strokes."""
        path = QtGui.QPainterPath()
        if self.tool == RECTANGLE:
            path.addRect(QtCore.QRectF(self._path[0], self._path[-1]).normalized())
        else:
            path.addPolygon(QtGui.QPolygonF(self._path))
            path.closeSubpath()
        return path

    def _begin(self, place: QtCore.QPointF) -> None:
        self._before, self._path = self._strokes.picture.copy(), [place]
        if self.tool == BRUSH:
            self._draw_line(place, place)

    def _go_on(self, place: QtCore.QPointF) -> None:
        self._path.append(place)
        if self.tool == BRUSH:
            self._draw_line(*self._path[-2:])
        else:
            self.update()

    def _end(self) -> None:
        if self.tool != BRUSH:
            painter = self._painter()
            painter.fillPath(self._shape(), self._ink())
            painter.end()
        shape = self._shape().boundingRect() if self.tool != BRUSH else QtGui.QPolygonF(self._path).boundingRect()
        wide = self._pen_width() if self.tool == BRUSH else 1
        rect = shape.adjusted(-wide, -wide, wide, wide).toAlignedRect().intersected(self._strokes.picture.rect())
        self._path = []
        self._keep(rect)

    def _change(self, change: Callable[[QtGui.QImage], object]) -> None:
        self.cancel_stroke()
        self._before = self._strokes.picture.copy()
        change(self._strokes.picture)
        self._keep(self._strokes.picture.rect())

    def _keep(self, rect: QtCore.QRect) -> None:
        """Let what was changed inside `rect` be undone, and tell of it."""
        self.update()
        if rect.isEmpty() or self._before.copy(rect) == self._strokes.picture.copy(rect):
            return
        self._done = [*self._done[1 - MOST_UNDO :], _Step(rect, self._before.copy(rect))]
        self._undone = []
        self.changed.emit()

    def _swap(self, source: list[_Step], target: list[_Step]) -> None:
        self.cancel_stroke()
        if not source:
            return
        step = source.pop()
        target.append(_Step(step.rect, self._strokes.picture.copy(step.rect)))
        painter = self._painter()
        painter.drawImage(step.rect.topLeft(), step.picture)
        painter.end()
        self.update()
        self.changed.emit()

    def _draw_line(self, start: QtCore.QPointF, end: QtCore.QPointF) -> None:
        painter = self._painter()
        round_cap, round_join = QtCore.Qt.PenCapStyle.RoundCap, QtCore.Qt.PenJoinStyle.RoundJoin
        pen = QtGui.QPen(self._ink(), self._pen_width(), QtCore.Qt.PenStyle.SolidLine, round_cap, round_join)
        painter.setPen(pen)
        if start == end:
            painter.drawPoint(start)
        else:
            painter.drawLine(start, end)
        painter.end()
        self.update()

    def _painter(self) -> QtGui.QPainter:
        """Return a painter that replaces pixels: strokes have hard edges, and the eraser is transparent."""
        painter = QtGui.QPainter(self._strokes.picture)
        painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Source)
        return painter

    def _ink(self) -> QtGui.QColor:
        return QtGui.QColor(self.color) if self.color != ERASER else QtGui.QColor(0, 0, 0, 0)

    def _pen_width(self) -> float:
        size = self._strokes.picture.size()
        return max(1.0, self._width * max(size.width(), size.height()))

    def _crossed(self) -> QtCore.QPointF:
        """Return the place of the cross, which begins in the middle of what is seen."""
        if self._cross is None:
            self._cross = self._to_strokes(QtCore.QPointF(self.rect().center()))
            self.update()
        return self._cross

    def _move_cross(self, way: tuple[int, int], pixels: int) -> None:
        size, step = self._strokes.picture.size(), pixels / self._zoom
        place = self._crossed() + QtCore.QPointF(way[0] * step, way[1] * step)
        self._cross = QtCore.QPointF(min(max(place.x(), 0.0), size.width()), min(max(place.y(), 0.0), size.height()))
        if self._path:
            self._go_on(self._cross)
        self.update()

    def _to_strokes(self, place: QtCore.QPointF) -> QtCore.QPointF:
        return (place - self._corner) / self._zoom
