"""The frame of a page, which scrolls when the docker is too low for it."""

from __future__ import annotations

from ...base.qt import QtCore, QtWidgets, never_none


class Page(QtWidgets.QScrollArea):
    """Shows `contents` from top to bottom, as wide as the docker and never wider."""

    def __init__(self, *contents: QtWidgets.QWidget, fills: bool = False) -> None:
        """`fills`: the contents take all of the page's height, not as much as they need."""
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        self._column = QtWidgets.QWidget()
        layout = QtWidgets.QVBoxLayout(self._column)
        layout.setContentsMargins(0, 0, 2, 0)
        layout.setSpacing(6)
        for widget in contents:
            layout.addWidget(widget)
        if not fills:
            layout.addStretch(1)
        self.setWidget(self._column)

    def minimumSizeHint(self) -> QtCore.QSize:
        """A page can be as low as the docker makes it: it scrolls, with room for the bar beside its controls."""
        bar = never_none(self.verticalScrollBar()).sizeHint().width()
        return QtCore.QSize(self._column.minimumSizeHint().width() + bar, 0)

    def eventFilter(self, a0: QtCore.QObject | None, a1: QtCore.QEvent | None) -> bool:
        """Ask for more width as soon as the controls need it: some are made when they are first seen."""
        is_done = super().eventFilter(a0, a1)
        if a1 is not None and a1.type() == QtCore.QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return is_done

    def sizeHint(self) -> QtCore.QSize:
        """The size at which nothing scrolls."""
        return self._column.sizeHint()
