"""An eyedropper: the next click on the canvas gives the colour that is seen there.

Krita's own tool would change the artist's tool and foreground colour, and scripts hear nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..base.colors import color_code
from ..base.qt import BINDING, QtCore, QtGui, QtWidgets, Signal, mouse_position, never_none, to_bytes
from ..base.strings import text
from .canvas import CONTROLLER, canvas_view
from .scratch import SRGB_SPACE
from .srgb import is_known_srgb

if TYPE_CHECKING:
    from krita import Document

Kind = QtCore.QEvent.Type
_PRESSES = (Kind.MouseButtonPress, Kind.MouseButtonDblClick, Kind.TabletPress)
_RELEASES = (Kind.MouseButtonRelease, Kind.TabletRelease)
_MOVES = (Kind.MouseMove, Kind.TabletMove)
_KEYS = (Kind.ShortcutOverride, Kind.KeyPress)


class Eyedropper(QtCore.QObject):
    """Emits `picked("#rrggbb")`, and `used(bool)` when it is taken up (True) and put down."""

    picked = Signal(str)
    used = Signal(bool)

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._is_used = self._is_over = self._is_down = False

    def take_up(self, cursor: QtGui.QCursor) -> None:
        """Wait for a click on the canvas, with this `cursor`. Escape and the right button put the eyedropper down."""
        application = QtWidgets.QApplication.instance()
        if application is not None and not self._is_used:
            self._is_used, self._is_over, self._is_down = True, False, False
            application.installEventFilter(self)
            QtWidgets.QApplication.setOverrideCursor(cursor)
            self.used.emit(True)

    def put_down(self) -> None:
        """Wait no longer."""
        application = QtWidgets.QApplication.instance()
        if application is not None and self._is_used:
            application.removeEventFilter(self)
            if not self._is_over:
                QtWidgets.QApplication.restoreOverrideCursor()
            self._is_used = False
            self.used.emit(False)

    def eventFilter(self, a0: QtCore.QObject | None, a1: QtCore.QEvent | None) -> bool:
        """Keep the click from Krita, with all up to the release of the button or pen."""
        kind = a1.type() if a1 is not None else None
        if a1 is None or kind not in (*_PRESSES, *_RELEASES, *_MOVES, *_KEYS):
            return False
        if kind in _KEYS:
            return self._on_key(a1)
        area = _canvas_area(a0)
        if area is None or not isinstance(a1, (QtGui.QMouseEvent, QtGui.QTabletEvent)):
            return False
        if self._is_down and kind not in _PRESSES:
            return self._on_click_goes_on(a1)
        if self._is_over:  # the release went elsewhere, and this press is Krita's
            self.put_down()
            return False
        if kind not in _PRESSES or a1.button() == QtCore.Qt.MouseButton.MiddleButton:  # that moves the canvas
            return False
        a1.accept()  # Qt would make a click of a pen's press that nobody takes
        self._is_down = True
        if a1.button() == QtCore.Qt.MouseButton.LeftButton:
            self._pick(area, _position(a1) + QtCore.QPointF(_offset(a0, area)))
        else:
            self._end()
        return True

    def _end(self) -> None:
        """Take no more colours; the eyedropper is put down when the button or pen is released."""
        self._is_over = True
        QtWidgets.QApplication.restoreOverrideCursor()

    def _on_key(self, event: QtCore.QEvent) -> bool:
        if not isinstance(event, QtGui.QKeyEvent) or event.key() != QtCore.Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == Kind.KeyPress:
            self.put_down()
        return True

    def _on_click_goes_on(self, event: QtGui.QMouseEvent | QtGui.QTabletEvent) -> bool:
        """Keep the rest of a click from Krita too."""
        event.accept()
        if event.type() in _RELEASES:
            self._is_down = False
            if self._is_over:
                self.put_down()
        return True

    def _pick(self, area: QtWidgets.QAbstractScrollArea, position: QtCore.QPointF) -> None:
        """Give the colour at `position` in the viewport of `area`; where there is none, say so and go on waiting."""
        _bring_to_front(area)
        shown = canvas_view()
        if shown is None or shown.area is not area:
            return
        point = shown.page_point(position)
        color = shown_color(shown.document, int(point.x() // 1), int(point.y() // 1))
        if color:
            self._end()
            self.picked.emit(color)
        else:
            viewport = never_none(area.viewport())
            QtWidgets.QToolTip.showText(
                viewport.mapToGlobal(position.toPoint()), text("eyedropper.nothing_there"), viewport
            )


def shown_color(document: Document, x: int, y: int) -> str:
    """Return the colour of the pixel `x`, `y` of the page as it is composed, "#rrggbb" in sRGB; "" where nothing is
    painted, and outside the page."""
    if not (0 <= x < document.width() and 0 <= y < document.height()):
        return ""
    space = (document.colorModel(), document.colorDepth(), document.colorProfile())
    pixel = document.pixelData(x, y, 1, 1)
    if not is_known_srgb(space):
        layer = document.createNode("huebrush-pixel", "paintlayer")  # in the page's space, and never inserted
        layer.setPixelData(pixel, 0, 0, 1, 1)
        layer.setColorSpace(*SRGB_SPACE)
        pixel = layer.pixelData(0, 0, 1, 1)
    blue, green, red, alpha = to_bytes(pixel)[:4]
    return color_code(red / 255, green / 255, blue / 255) if alpha else ""


def _canvas_area(receiver: QtCore.QObject | None) -> QtWidgets.QAbstractScrollArea | None:
    """Return the scroll area of the canvas that `receiver` is part of, None for another widget."""
    widget = receiver if isinstance(receiver, QtWidgets.QWidget) else None
    while widget is not None:
        parent = widget.parentWidget()
        if (
            isinstance(parent, QtWidgets.QAbstractScrollArea)
            and never_none(parent.metaObject()).className() == CONTROLLER
        ):
            return parent if parent.viewport() is widget else None
        widget = parent
    return None


def _offset(receiver: QtCore.QObject | None, area: QtWidgets.QAbstractScrollArea) -> QtCore.QPoint:
    """Return the place of the corner of `receiver` in the viewport of `area`."""
    viewport = never_none(area.viewport())
    if not isinstance(receiver, QtWidgets.QWidget) or receiver is viewport:
        return QtCore.QPoint(0, 0)
    return receiver.mapTo(viewport, QtCore.QPoint(0, 0))


def _position(event: QtGui.QMouseEvent | QtGui.QTabletEvent) -> QtCore.QPointF:
    if isinstance(event, QtGui.QMouseEvent):
        return mouse_position(event)
    return getattr(event, "position" if BINDING == "PyQt6" else "posF")()


def _bring_to_front(area: QtWidgets.QAbstractScrollArea) -> None:
    """Make the document that `area` shows the active one, where another window beside it is."""
    window: QtWidgets.QWidget | None = area
    while window is not None and not isinstance(window, QtWidgets.QMdiSubWindow):
        window = window.parentWidget()
    windows = window.mdiArea() if window is not None else None
    if window is not None and windows is not None and windows.currentSubWindow() is not window:
        windows.setActiveSubWindow(window)
