"""A result, large, beside the docker, while the pointer or the keyboard is on it."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets

GAP = 8
"""Pixels between the docker and the picture."""


class HistoryPreview(QtWidgets.QLabel):
    """Shows a picture in a window that takes neither focus nor clicks."""

    def __init__(self, owner: QtWidgets.QWidget) -> None:
        """`owner`: the widget that it lies beside."""
        super().__init__(owner, QtCore.Qt.WindowType.ToolTip)
        self._owner = owner
        self.setObjectName("huebrush_history_preview")
        self.setFrameShape(QtWidgets.QFrame.Shape.Box)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_picture(self, picture: QtGui.QImage | None, top: int) -> None:
        """Show `picture` with its middle at the height `top` of the screen, where there is room; None hides it."""
        window = self._owner.window()
        if picture is None or window is None or not self._owner.isVisible():
            self.hide()
            return
        shown = QtGui.QPixmap.fromImage(picture)
        shown.setDevicePixelRatio(self.devicePixelRatioF())
        self.setPixmap(shown)
        self.adjustSize()
        corner = self._owner.mapToGlobal(QtCore.QPoint(0, 0))
        screen = QtGui.QGuiApplication.screenAt(corner) or QtGui.QGuiApplication.primaryScreen()
        room = screen.availableGeometry() if screen is not None else window.geometry()
        left = corner.x() - self.width() - GAP
        if left < room.left():
            left = corner.x() + self._owner.width() + GAP
        highest = max(room.top(), room.bottom() - self.height())
        self.move(left, min(max(room.top(), top - self.height() // 2), highest))
        self.show()
