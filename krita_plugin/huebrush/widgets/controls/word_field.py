"""A line of text whose last word is completed from a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

from ...base.qt import QtCore, QtWidgets, Signal, never_none

_NO_WORD = "\0"
"""Text that no entry of a vocabulary begins with."""


class WordCompleter(QtWidgets.QCompleter):
    """Completes what follows the last space; entries may have spaces themselves."""

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._before = ""
        self._words = QtCore.QStringListModel(self)
        self.setModel(self._words)
        self.setCaseSensitivity(QtCore.Qt.CaseSensitivity.CaseInsensitive)
        self.setModelSorting(QtWidgets.QCompleter.ModelSorting.UnsortedModel)

    def set_words(self, words: Sequence[str]) -> None:
        """Complete to these from now on."""
        if list(words) != self._words.stringList():  # setting them closes the proposals
            self._words.setStringList(list(words))

    def splitPath(self, path: str | None) -> list[str]:
        """Return the text to look up for a field with the text `path`: its last word, if one has begun."""
        before, space, word = (path or "").rpartition(" ")
        self._before = before + space  # kept: going through the proposals changes what is in the field
        return [word or _NO_WORD]

    def pathFromIndex(self, index: QtCore.QModelIndex) -> str:
        """Return the field's text with that proposal."""
        return self._before + super().pathFromIndex(index)


class WordField(QtWidgets.QLineEdit):
    """Emits `changed` when the text has changed, whether typed, completed or set."""

    changed = Signal()

    def __init__(self, name: str, longest: int, accessible_name: str, tip: str, placeholder: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMaxLength(longest)
        self.setAccessibleName(accessible_name)
        self.setToolTip(tip)
        self.setPlaceholderText(placeholder)
        self.setMinimumWidth(60)
        self._completer = WordCompleter(self)
        never_none(self._completer.popup()).setObjectName(f"{name}_words")
        self.setCompleter(self._completer)
        self.textChanged.connect(lambda _text: self.changed.emit())

    def setText(self, a0: str | None) -> None:
        """Show another text, from its beginning where there is no room for all of it."""
        super().setText(a0)
        if not self.hasFocus():
            self.home(False)

    def set_words(self, words: Sequence[str]) -> None:
        """Complete to these from now on."""
        self._completer.set_words(words)
