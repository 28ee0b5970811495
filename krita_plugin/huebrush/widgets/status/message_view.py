"""The words of a message: as many of them as the docker is high enough for; more of them scroll."""

from __future__ import annotations

from enum import Enum

from ...base.qt import QtCore, QtGui, QtWidgets, never_none
from ..controls.elided_label import ElidedLabel

SPACING = 3


class Room(Enum):
    """Parts of a message that there is room for."""

    LINE = "one line of the message"
    BRIEF = "the message"
    ALL = "the message and its advice"


class MessageView(QtWidgets.QScrollArea):
    """Shows a message and an advice below it, as high as they are, but no higher than `set_highest` allows. With less
    room (`set_room`) the advice is left out; on one line the message ends where it has no room."""

    def __init__(self) -> None:
        super().__init__()
        self._highest, self._room, self._lines = 0, Room.ALL, 1
        self._message = ElidedLabel()
        self._message.setObjectName("huebrush_banner_text")
        self._advice = QtWidgets.QLabel()
        self._advice.setObjectName("huebrush_banner_advice")
        self._advice.setWordWrap(True)
        self._advice.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        bold = self._message.font()
        bold.setBold(True)
        self._message.setFont(bold)
        flags = QtCore.Qt.TextInteractionFlag
        self._message.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self._column = QtWidgets.QWidget()
        for label in (self._message, self._advice):
            label.setParent(self._column)
        self.setWidget(self._column)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        for shown in (never_none(self.viewport()), self._column):  # the banner paints what lies below
            shown.setAutoFillBackground(False)
        self.set_room(Room.ALL, lines=1)

    def show_words(self, message: str, advice: str) -> None:
        """Show these words from the top."""
        self._message.setText(message)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice) and self._room is Room.ALL)
        never_none(self.verticalScrollBar()).setValue(0)
        self._fit()

    def set_room(self, room: Room, lines: int) -> None:
        """Show as much as there is `room` for; without the advice, the message is at most so many `lines` high."""
        self._room, self._lines = room, lines
        self._message.set_wrapped(not self._is_one_line)
        self._advice.setVisible(bool(self._advice.text()) and room is Room.ALL)
        self._fit()

    @property
    def _is_one_line(self) -> bool:
        """True where the message ends in an ellipsis in place of a second line."""
        return self._room is Room.LINE or (self._room is Room.BRIEF and self._lines == 1)

    def set_highest(self, height: int) -> None:
        """Be at most `height` pixels high with the advice; longer messages scroll."""
        self._highest = height
        self._fit()

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Break the lines for this width."""
        super().resizeEvent(a0)
        self._fit()

    def changeEvent(self, a0: QtCore.QEvent | None) -> None:
        """Follow the size of the text."""
        super().changeEvent(a0)
        if a0 is not None and a0.type() in (QtCore.QEvent.Type.FontChange, QtCore.QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Be as high as the words; where they scroll, the keyboard reaches them too.

        A layout would not do: one at work takes no note of a bar that appears, and words would end behind it.
        """
        whole = self._place(self.width())
        brief = self._message.fontMetrics().lineSpacing() * self._lines
        highest = whole if self._is_one_line else brief if self._room is Room.BRIEF else self._highest
        scrolls = whole > highest
        policy = QtCore.Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOn if scrolls else policy.ScrollBarAlwaysOff)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus if scrolls else QtCore.Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(min(whole, highest))
        if scrolls:
            self._place(self.maximumViewportSize().width())

    def _place(self, width: int) -> int:
        """Lay the words out in this width, and return their height, both in pixels."""
        if self._is_one_line:
            heights = [self._message.minimumSizeHint().height()]
        else:
            has_advice = bool(self._advice.text()) and self._room is Room.ALL
            labels = [self._message, *([self._advice] if has_advice else [])]
            heights = [max(0, label.heightForWidth(width)) for label in labels]
        top = 0
        for label, height in zip((self._message, self._advice), heights, strict=False):
            label.setGeometry(0, top, width, height)
            top += height + SPACING
        self._column.resize(width, top - SPACING)
        return top - SPACING
