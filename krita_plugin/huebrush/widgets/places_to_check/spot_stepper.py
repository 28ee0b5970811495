"""Steps through the spots of an entry that stands for several places which are alike."""

from __future__ import annotations

from functools import partial

from ...base.qt import QtWidgets, Signal
from ...base.strings import text
from ..controls.buttons import reading_arrow


class SpotStepper(QtWidgets.QWidget):
    """Two buttons and the number of the spot. Emits `stepped(int)`, the spot's index."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_spots")
        self._count, self._index = 0, 0
        self._words = QtWidgets.QLabel()
        self._words.setObjectName("huebrush_spot_words")
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words, 1)
        for name, by in (("previous", -1), ("next", 1)):
            button = QtWidgets.QToolButton()
            button.setObjectName(f"huebrush_spot_{name}")
            button.setArrowType(reading_arrow(self, by > 0))
            button.setToolTip(text(f"places_to_check.spot_{name}"))
            button.setAccessibleName(text(f"places_to_check.spot_{name}"))
            button.clicked.connect(partial(self._step, by))
            row.addWidget(button)
        self.show_spots(0)

    def show_spots(self, count: int) -> None:
        """Begin at the first of `count` spots; hidden for fewer than two."""
        self._count, self._index = count, 0
        self.setVisible(count > 1)
        self._show()

    def _step(self, by: int, _checked: bool = False) -> None:
        self._index = (self._index + by) % max(1, self._count)
        self._show()
        self.stepped.emit(self._index)

    def _show(self) -> None:
        self._words.setText(text("places_to_check.spot", number=self._index + 1, count=self._count))
