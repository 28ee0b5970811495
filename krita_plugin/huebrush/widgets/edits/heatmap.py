"""Button that asks where in a reference an edit's “Where” fits, and the picture that answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ...base.qt import QtWidgets, Signal
from ...base.strings import text
from ...jobs.locate import Fit, Question
from ...settings.sources import ReferenceSource
from ...settings.text_edits import TextEditSettings
from ..controls.buttons import tool_button
from ..controls.inputs import ChoiceControl
from .heatmap_picture import HeatmapPicture


class Heatmap(QtWidgets.QWidget):
    """Emits `requested(Question)` when the artist wants to see it, and `threshold_dragged(index, percent)` as
    `HeatmapPicture` does. With several references, one is chosen to look in."""

    requested = Signal(object)
    threshold_dragged = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._question = Question("")
        self._shown: Question | None = None
        self._references: tuple[ReferenceSource, ...] = ()
        self._button = tool_button("huebrush_edit_fit_show", text("edits.fit.show"), text("edits.fit.show.tip"))
        self._button.clicked.connect(lambda _checked=False: self._ask())
        words = text("edits.fit.reference.name"), text("edits.fit.reference.tip")
        self._choice = ChoiceControl("huebrush_edit_fit_reference", (), "", *words)
        self._choice.setMinimumContentsLength(3)  # the button stands beside it
        self._choice.changed.connect(self._on_chosen)
        self._map = HeatmapPicture()
        self._map.threshold_dragged.connect(self.threshold_dragged)
        self._map.hide()
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self._button)
        row.addWidget(self._choice, 1)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self._map)
        self.show_references(())

    def show_words(self, words: str) -> None:
        """Follow the edit's “Where”; a picture for other words is removed."""
        self._follow(words=words.strip())

    def show_earlier(self, edits: Sequence[TextEditSettings]) -> None:
        """Follow the edits before this one: the reference is shown after them."""
        # Those with an edit mask change no reference, and a brush's colour matters to them alone.
        acting = (
            dataclasses.replace(edit, color="", edit_mask="") for edit in edits if edit.acts and not edit.has_edit_mask
        )
        self._follow(earlier=tuple(acting))

    def show_references(self, references: Sequence[ReferenceSource]) -> None:
        """Follow which references there are; the chosen one stays chosen as long as it is among them."""
        plain = tuple(dataclasses.replace(reference, weight=1.0) for reference in references)
        if plain != self._references:
            chosen = self._question.reference
            self._references = plain
            self._choice.clear()
            for number, reference in enumerate(plain, start=1):
                self._choice.addItem(text("edits.fit.reference.item", number=number, name=reference.name), number)
            self._choice.setCurrentIndex(plain.index(chosen) if chosen in plain else 0)
        self._choice.setVisible(len(plain) > 1)
        self._follow(reference=plain[self._choice.currentIndex()] if plain else None)

    def show_thresholds(self, thresholds: Sequence[int]) -> None:
        """Part the levels by these percentages, which ascend."""
        self._map.show_thresholds(thresholds)

    def show_fit(self, fit: Fit) -> None:
        """Show `fit`, unless something else is to be asked meanwhile."""
        self._shown = fit.question
        self._map.show_fit(fit)
        self._follow()

    def show_nothing(self) -> None:
        """Remove the picture: it cannot be made again, or belongs to another document or model."""
        self._shown = None
        self._follow()

    def _follow(self, **changes: object) -> None:
        self._question = dataclasses.replace(self._question, **changes)
        self._button.setEnabled(bool(self._question.words))
        self._map.setVisible(bool(self._question.words) and self._question == self._shown)

    def _on_chosen(self) -> None:
        self._follow(reference=self._references[self._choice.currentIndex()])
        if self._question.words and self._question != self._shown:
            self._ask()

    def _ask(self) -> None:
        self.requested.emit(self._question)
