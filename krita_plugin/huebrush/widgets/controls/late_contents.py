"""A widget whose contents are made when it is first shown: a docker with 90 settings opens at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from ...base.qt import QtGui, QtWidgets
from .folded_section import tab_stops


class LateContents(QtWidgets.QWidget):
    """Calls `make` once, when it is first shown or when `make_contents` is called, and shows what it returns."""

    def __init__(self, make: Callable[[], QtWidgets.QWidget]) -> None:
        super().__init__()
        self._make = make
        self._contents: QtWidgets.QWidget | None = None
        self._before: QtWidgets.QWidget | None = None
        self._column = QtWidgets.QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def come_after(self, widget: QtWidgets.QWidget) -> None:
        """Let Tab go from `widget`, or what is last in it, into the contents, which would otherwise come last because
        they are made last."""
        self._before = widget

    def make_contents(self) -> None:
        """Make the contents, if they are not there yet."""
        if self._contents is None:
            self._contents = self._make()
            self._column.addWidget(self._contents)
            if self._before is not None:
                before = [self._before, *tab_stops(self._before)][-1]
                for earlier, later in pairwise((before, *tab_stops(self))):
                    self.setTabOrder(earlier, later)

    def showEvent(self, a0: QtGui.QShowEvent | None) -> None:
        """Make the contents."""
        self.make_contents()
        super().showEvent(a0)
