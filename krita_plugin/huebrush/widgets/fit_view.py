"""A button that asks where in the reference a change's “Where” is, and the picture that answers."""

from __future__ import annotations

from collections.abc import Sequence

from ..fit_finder import Fit
from ..qt import QtWidgets, Signal
from ..strings import text
from .buttons import tool_button
from .fit_map import FitMap


class FitView(QtWidgets.QWidget):
    """Emits `wanted(str)` with the words to look for, and `threshold_dragged(index, percent)` as `FitMap` does."""

    wanted = Signal(str)
    threshold_dragged = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self._shown = ""
        self._button = tool_button("huebrush_edit_fit_show", text("edits.fit.show"), text("edits.fit.show.tip"))
        self._button.clicked.connect(lambda _checked=False: self._ask())
        self._map = FitMap()
        self._map.threshold_dragged.connect(self.threshold_dragged)
        self._map.hide()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._button)
        layout.addWidget(self._map)
        self.show_words("")

    def show_words(self, words: str) -> None:
        """Follow the change's “Where”: what is shown of other words goes."""
        self._words = words.strip()
        self._button.setEnabled(bool(self._words))
        self._map.setVisible(bool(self._words) and self._words == self._shown)

    def show_thresholds(self, thresholds: Sequence[int]) -> None:
        """Part the levels by these percentages, which ascend."""
        self._map.show_thresholds(thresholds)

    def show_fit(self, fit: Fit) -> None:
        """Show `fit`, unless other words have been written meanwhile."""
        self._shown = fit.words
        self._map.show_fit(fit)
        self.show_words(self._words)

    def show_nothing(self) -> None:
        """Let go of what was shown: it could not be found anew, or is of another document."""
        self._shown = ""
        self.show_words(self._words)

    def _ask(self) -> None:
        self.wanted.emit(self._words)
