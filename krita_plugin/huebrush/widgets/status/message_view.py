"""The words of a message: all of them, which scroll where the docker is too low, or one line."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets, never_none
from ..controls.elided_label import ElidedLabel

SPACING = 3


class MessageView(QtWidgets.QScrollArea):
    """Shows a message and an advice below it, as high as they are, but no higher than `set_highest` allows. On one
    line (`set_low`) the message ends where it has no room, and the advice is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._highest, self._is_low = 0, False
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
        self.set_low(False)

    def show_words(self, message: str, advice: str) -> None:
        """Show these words from the top."""
        self._message.setText(message)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice) and not self._is_low)
        never_none(self.verticalScrollBar()).setValue(0)
        self._fit()

    def set_low(self, is_low: bool) -> None:
        """Be one line, or all of the words."""
        self._is_low = is_low
        self._message.set_wrapped(not is_low)
        self._advice.setVisible(bool(self._advice.text()) and not is_low)
        self._fit()

    def set_highest(self, height: int) -> None:
        """Be at most `height` pixels high; longer messages scroll."""
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
        scrolls = not self._is_low and whole > self._highest
        policy = QtCore.Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOn if scrolls else policy.ScrollBarAlwaysOff)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus if scrolls else QtCore.Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(min(whole, self._highest) if scrolls else whole)
        if scrolls:
            self._place(self.maximumViewportSize().width())

    def _place(self, width: int) -> int:
        """Lay the words out in this width, and return their height, both in pixels."""
        if self._is_low:
            heights = [self._message.minimumSizeHint().height()]
        else:
            labels = [self._message, *([self._advice] if self._advice.text() else [])]
            heights = [max(0, label.heightForWidth(width)) for label in labels]
        top = 0
        for label, height in zip((self._message, self._advice), heights, strict=False):
            label.setGeometry(0, top, width, height)
            top += height + SPACING
        self._column.resize(width, top - SPACING)
        return top - SPACING
