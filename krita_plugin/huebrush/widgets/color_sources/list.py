"""The colours of a result, each with its spot in the reference and other colours to take instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...results.color_sources import ColorSpot, PartNow
from ..controls.buttons import tool_button
from ..controls.color_button import swatch_icon
from ..controls.folded_section import fold_head
from ..places_to_check.list import PlaceRows
from .spot_picture import SpotPicture, SpotView, paint_thumbnail, tool_tip

ROWS = 6
"""Number of rows that are visible at once."""
ICON = QtCore.QSize(64, 30)
SWATCH = QtCore.QRectF(1, 5, 20, 20)
THUMBNAIL = QtCore.QRectF(25, 1, 38, 28)
"""A row's icon, and in it the colour that the part has now and the reference, in pixels."""
BUTTON_ICON = QtCore.QSize(16, 16)
RATIO = 2.0
"""Pixels of an icon's picture for each of the screen's: it is sharp on dense screens too."""


class SourceRows(PlaceRows):
    """List whose rows have buttons at their end."""

    def resizeEvent(self, e: QtGui.QResizeEvent | None) -> None:
        """Let the buttons follow the end of the rows, which Qt does only when the list becomes wider."""
        super().resizeEvent(e)
        self.scheduleDelayedItemsLayout()
        self.executeDelayedItemsLayout()


class ColorSourcesList(QtWidgets.QWidget):
    """Show a row for each part of the page. Each has buttons for other colours.

    `view_of` is asked for the picture of a spot. Emits `part_chosen(PartNow)` when the artist looks at a row,
    `color_chosen(PartNow, "#rrggbb")` for another colour, and `opened` when the section is folded out.
    """

    part_chosen = Signal(object)
    color_chosen = Signal(object, str)
    opened = Signal()

    def __init__(self, view_of: Callable[[ColorSpot], SpotView]) -> None:
        super().__init__()
        self._view_of = view_of
        self._parts: tuple[PartNow, ...] = ()
        self._buttons: list[list[QtWidgets.QToolButton]] = []
        self._head = fold_head("huebrush_color_sources", text("color_sources.name"), text("color_sources.head.tip"))
        self._head.toggled.connect(self._on_toggled)
        self._list = SourceRows()
        self._list.setObjectName("huebrush_source_list")
        self._list.setAccessibleName(text("color_sources.name"))
        self._list.setIconSize(ICON)
        self._list.setWordWrap(False)
        self._list.chosen.connect(self._on_chosen)
        self._spot = SpotPicture()
        self._detail = QtWidgets.QLabel()
        self._detail.setObjectName("huebrush_source_detail")
        self._more = QtWidgets.QLabel()
        self._more.setObjectName("huebrush_more_sources")
        for label in (self._detail, self._more):
            label.setWordWrap(True)
            label.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self._body = QtWidgets.QWidget()
        body = QtWidgets.QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        for widget in (self._list, self._more, self._spot, self._detail):
            body.addWidget(widget)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._head)
        layout.addWidget(self._body)
        self._body.hide()
        self.show_parts((), 0, is_idle=True)

    @property
    def is_open(self) -> bool:
        """True while the section is folded out."""
        return self._head.isChecked()

    def show_parts(self, parts: Sequence[PartNow], more: int, is_idle: bool) -> None:
        """Show `parts`, and that there are `more`; while a job runs (not `is_idle`) none can get another colour."""
        if tuple(parts) != self._parts:
            chosen = self._current()
            self._parts = tuple(parts)
            self._fill()
            same = [row for row, now in enumerate(parts) if chosen is not None and now.part == chosen.part]
            self._choose_quietly(same[0] if same else -1)
        self._more.setVisible(more > 0)
        self._more.setText(text("color_sources.more", count=more))
        for button in (button for row in self._buttons for button in row):
            button.setEnabled(is_idle)
        self.setVisible(bool(self._parts))

    def show_pictures(self) -> None:
        """Show the spots' pictures as they are known now."""
        for row, now in enumerate(self._parts):
            never_none(self._list.item(row)).setIcon(self._icon(now))
            for button, spot in zip(self._buttons[row], now.choices, strict=True):
                button.setToolTip(tool_tip(button.accessibleName(), self._view_of(spot)))
        self._show_detail(self._current())

    def _current(self) -> PartNow | None:
        row = self._list.chosen_row
        return self._parts[row] if 0 <= row < len(self._parts) else None

    def _fill(self) -> None:
        self._list.blockSignals(True)
        for row in range(self._list.count()):
            never_none(self._list.itemWidget(never_none(self._list.item(row)))).setParent(None)
        self._list.clear()
        self._buttons = []
        for row, now in enumerate(self._parts):
            item = QtWidgets.QListWidgetItem(_words(now))
            item.setToolTip(_tip(now))
            item.setData(QtCore.Qt.ItemDataRole.AccessibleDescriptionRole, _tip(now))
            item.setSizeHint(QtCore.QSize(1, ICON.height() + 4))  # as wide as the list, whatever the words
            self._list.addItem(item)
            self._list.setItemWidget(item, self._choices(row, now))
        self._list.blockSignals(False)
        self.show_pictures()
        height = ICON.height() + 4
        self._list.setFixedHeight(min(ROWS, len(self._parts)) * height + 2 * self._list.frameWidth() + 2)

    def _choices(self, row: int, now: PartNow) -> QtWidgets.QWidget:
        """Return the buttons of a row, at its end; the rest of the row lies open."""
        holder = QtWidgets.QWidget()
        layout = QtWidgets.QHBoxLayout(holder)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(2)
        layout.addStretch(1)
        self._buttons.append([])
        for index, spot in enumerate(now.choices):
            key = "color_sources.back" if spot == now.part.spot else "color_sources.take"
            button = tool_button(f"huebrush_source_{row}_{index}", "", text(key, color=spot.color))
            button.setIcon(swatch_icon(spot.color, BUTTON_ICON))
            button.setIconSize(BUTTON_ICON)
            button.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
            button.clicked.connect(partial(self._take, now, spot.color))
            self._buttons[-1].append(button)
            layout.addWidget(button)
        return holder

    def _take(self, now: PartNow, color: str, _checked: bool = False) -> None:
        if any(button.hasFocus() for row in self._buttons for button in row):
            self._list.setFocus()  # the buttons go, and the arrow keys shall go on from this row
        self.color_chosen.emit(now, color)

    def _choose_quietly(self, row: int) -> None:
        """Choose a row, -1 for none, without moving the canvas."""
        self._list.blockSignals(True)
        if row >= 0:
            self._list.setCurrentRow(row, QtCore.QItemSelectionModel.SelectionFlag.ClearAndSelect)
        else:
            self._list.clearSelection()
        self._list.blockSignals(False)
        self._show_detail(self._current())

    def _on_toggled(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        if is_open:
            self.opened.emit()

    def _on_chosen(self) -> None:
        current = self._current()
        self._show_detail(current)
        if current is not None:
            self.part_chosen.emit(current)

    def _show_detail(self, now: PartNow | None) -> None:
        """Show the spot of the chosen row, whose buttons alone are reached by Tab."""
        for row, buttons in enumerate(self._buttons):
            is_chosen = row == self._list.chosen_row
            policy = QtCore.Qt.FocusPolicy.StrongFocus if is_chosen else QtCore.Qt.FocusPolicy.NoFocus
            for button in buttons:
                button.setFocusPolicy(policy)
            if is_chosen:
                for earlier, later in pairwise([self._list, *buttons]):
                    self.setTabOrder(earlier, later)
        spot = now.spot if now is not None else None
        view = self._view_of(spot) if spot is not None else None
        self._spot.show_spot(view)
        self._detail.setVisible(now is not None)
        self._detail.setText(_sentences(now, view) if now is not None else "")

    def _icon(self, now: PartNow) -> QtGui.QIcon:
        """Return the part's colour, with a corner of what it was before a swap, and the reference with its spot."""
        picture = QtGui.QPixmap((QtCore.QSizeF(ICON) * RATIO).toSize())
        picture.setDevicePixelRatio(RATIO)
        picture.fill(QtCore.Qt.GlobalColor.transparent)
        painter = QtGui.QPainter(picture)
        painter.fillRect(SWATCH, QtGui.QColor(now.color))
        if now.is_swapped:
            corner, edge = SWATCH.bottomRight(), SWATCH.width() / 2
            painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
            painter.setPen(QtCore.Qt.PenStyle.NoPen)
            painter.setBrush(QtGui.QColor(now.part.spot.color))
            painter.drawPolygon(
                QtGui.QPolygonF([corner, corner - QtCore.QPointF(edge, 0), corner - QtCore.QPointF(0, edge)])
            )
        painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
        painter.setPen(QtGui.QColor(128, 128, 128))
        painter.drawRect(SWATCH)
        if now.spot is not None:
            paint_thumbnail(painter, THUMBNAIL, self._view_of(now.spot))
        painter.end()
        icon = QtGui.QIcon(picture)
        icon.addPixmap(picture, QtGui.QIcon.Mode.Selected)  # Qt would tint the colours of the chosen row
        return icon


def _share(now: PartNow) -> str:
    percent = round(100 * now.part.share)
    return str(percent) if percent else text("color_sources.less_than_one")


def _words(now: PartNow) -> str:
    if now.part.regions == 1:
        return text("color_sources.row_one", share=_share(now))
    return text("color_sources.row", share=_share(now), count=now.part.regions)


def _tip(now: PartNow) -> str:
    if now.is_swapped:
        return text("color_sources.row.swapped_tip", color=now.color, before=now.part.spot.color, share=_share(now))
    return text("color_sources.row.tip", color=now.color, share=_share(now))


def _sentences(now: PartNow, view: SpotView | None) -> str:
    lines = [view.words if view is not None else text("color_sources.by_hand", color=now.color)]
    if now.is_swapped:
        lines.append(text("color_sources.swapped", color=now.color, before=now.part.spot.color))
    return "\n".join(lines)
