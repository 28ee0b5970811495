"""Places to check of a result, those first of which most can be seen, with corrections for each."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import partial

from huebrush_protocol.regions import RegionFix

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import catalogue, text
from ...results.flats_report import FlatsReport, PlaceKey, PlaceToCheck, Suggestion
from ..controls.buttons import tool_button
from ..controls.color_button import swatch_icon
from ..controls.own_keys import CTRL, ENTER, PLAIN, WALKS, Key, OwnKeys
from .spot_stepper import SpotStepper

ROWS = 5
"""Number of places that are visible at once."""
FIRST = 20
"""Number of places in the list before the artist asks for more."""
ICON = QtCore.QSize(26, 14)
RISKS = ((0.66, QtGui.QColor(214, 69, 65)), (0.33, QtGui.QColor(224, 150, 40)), (0.0, QtGui.QColor(128, 128, 128)))
"""Lowest risk for each colour of the dot."""
KEYS = (
    *WALKS,
    *ENTER,
    *((key, PLAIN) for key in (Key.Key_N, Key.Key_P, Key.Key_Space, Key.Key_Delete, Key.Key_Escape)),
)
"""Keys of the list."""
ON_LINES = ("open_gap", "merged", "color_border")
"""Kinds of place at a line or a border; the other kinds are regions, whose size says how important they are."""


class PlaceRows(QtWidgets.QListWidget):
    """List in which passing through with Tab chooses nothing, because that would move the canvas. Emits `chosen` for a
    place to look at, `stepped(int)` to go to the next (1) or previous (-1) one, `seen(bool)` to mark the chosen one as
    seen or no longer (True: and to go on), and `left` to go back to what the canvas showed before."""

    chosen = Signal()
    stepped = Signal(int)
    seen = Signal(bool)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_place_list")
        self.setAccessibleName(text("places_to_check.name"))
        self.setToolTip(text("places_to_check.keys"))
        self.setIconSize(ICON)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(60)
        OwnKeys(self, KEYS)
        self.itemSelectionChanged.connect(self.chosen)
        self.itemClicked.connect(lambda _item: self.chosen.emit())

    def fit(self) -> None:
        """Be as high as the first `ROWS` places are in this width. The bar is there for more of them, whatever their
        height: one that comes and goes with the height would change the width, where lines break, and so the height."""
        policy = QtCore.Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOn if self.count() > ROWS else policy.ScrollBarAlwaysOff)
        items = [never_none(self.item(row)) for row in range(min(ROWS, self.count()))]
        rows = sum(max(self.visualItemRect(item).height(), ICON.height() + 4) for item in items)
        self.setFixedHeight(rows + 2 * self.frameWidth() + 2)

    def resizeEvent(self, e: QtGui.QResizeEvent | None) -> None:
        """Follow the lines of the places, which break where there is no room."""
        super().resizeEvent(e)
        self.fit()

    @property
    def chosen_row(self) -> int:
        """The chosen row, -1 for none."""
        return next((self.row_of(item) for item in self.selectedItems()), -1)

    def row_of(self, item: QtWidgets.QListWidgetItem) -> int:
        """Return the row of `item`."""
        return self.indexFromItem(item).row()

    def keyPressEvent(self, e: QtGui.QKeyEvent | None) -> None:
        """Choose the first place with the first arrow key. N and P step, Space and Delete mark a place as seen, Enter
        looks at it again, Escape goes back."""
        event, keys = never_none(e), QtCore.Qt.Key
        if event.key() in (keys.Key_N, keys.Key_P):
            self.stepped.emit(1 if event.key() == keys.Key_N else -1)
        elif event.key() in (keys.Key_Space, keys.Key_Delete):
            self.seen.emit(event.key() == keys.Key_Delete)
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and not event.modifiers() & CTRL:
            self.chosen.emit()
        elif event.key() == keys.Key_Escape:
            self.left.emit()
        elif self.chosen_row < 0 and self.count() and event.key() in (QtCore.Qt.Key.Key_Down, QtCore.Qt.Key.Key_Up):
            self.setCurrentRow(0, QtCore.QItemSelectionModel.SelectionFlag.ClearAndSelect)
        else:
            super().keyPressEvent(event)


class PlacesToCheckList(QtWidgets.QWidget):
    """Show the places to check, and offer a button for each correction.

    An entry may stand for several places that are alike; `SpotStepper` steps through them.

    Emits `place_chosen(PlaceToCheck)` when the artist looks at a place, `fixes_chosen(tuple)` for a button that
    corrects something, `fixes_cleared`, `gap_closures_toggled`, `seen_toggled(PlaceToCheck)` for a place that was seen
    and found right, or no longer, and `back_clicked` to show on the canvas what it showed before.
    """

    place_chosen = Signal(object)
    fixes_chosen = Signal(object)
    fixes_cleared = Signal()
    gap_closures_toggled = Signal()
    seen_toggled = Signal(object)
    back_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._flats_report: FlatsReport | None = None
        self._seen: Set[PlaceKey] = frozenset()
        self._head = QtWidgets.QLabel()
        self._head.setObjectName("huebrush_places_to_check")
        self._head.setWordWrap(True)
        self._list = PlaceRows()
        self._list.chosen.connect(self._on_chosen)
        self._list.stepped.connect(self.step)
        self._list.seen.connect(self.mark_seen)
        self._list.left.connect(self.back_clicked)
        words = text("places_to_check.back"), text("places_to_check.back.tip")
        self._back = tool_button("huebrush_places_back", *words, self.back_clicked.emit)
        self._shows_all = False
        self._more = _button(
            "huebrush_more_places", text("places_to_check.more", count=0), text("places_to_check.more.tip")
        )
        self._more.clicked.connect(lambda _checked=False: self._show_more())
        self._spots = SpotStepper()
        self._spots.stepped.connect(self._on_spot)
        self._detail = QtWidgets.QLabel()
        self._detail.setObjectName("huebrush_place_detail")
        self._detail.setWordWrap(True)
        self._detail.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self._suggestions = QtWidgets.QWidget()
        self._suggestions.setObjectName("huebrush_suggestions")
        self._suggestion_rows = QtWidgets.QVBoxLayout(self._suggestions)
        self._suggestion_rows.setContentsMargins(0, 0, 0, 0)
        self._suggestion_rows.setSpacing(3)
        self._all = _button("huebrush_fix_all", text("places_to_check.all"), text("places_to_check.all.tip"))
        self._all.clicked.connect(lambda _checked=False: self._fix_all())
        self._gap_closures = _button(
            "huebrush_gap_closures", text("places_to_check.gap_closures"), text("places_to_check.gap_closures.tip")
        )
        self._gap_closures.clicked.connect(lambda _checked=False: self.gap_closures_toggled.emit())
        self._fixes = QtWidgets.QLabel()
        self._fixes.setObjectName("huebrush_fixes")
        self._clear = _button("huebrush_fixes_clear", text("places_to_check.clear"), text("places_to_check.clear.tip"))
        self._clear.clicked.connect(lambda _checked=False: self.fixes_cleared.emit())
        self._body = QtWidgets.QWidget()
        body = QtWidgets.QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        shown = (self._list, self._more, self._spots, self._detail, self._suggestions, self._all, self._gap_closures)
        for widget in shown:
            body.addWidget(widget)
        self._made = QtWidgets.QWidget()
        made = QtWidgets.QHBoxLayout(self._made)
        made.setContentsMargins(0, 0, 0, 0)
        made.addWidget(self._fixes, 1)
        made.addWidget(self._clear)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        head = QtWidgets.QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self._back)
        layout.addLayout(head)
        for widget in (self._body, self._made):
            layout.addWidget(widget)
        self.show_flats_report(None, 0, is_idle=True)
        self.show_way_back(False)
        self.show_gap_closures(False)

    @property
    def count(self) -> int:
        """Number of places to check that were not seen yet, also of those that are not in the list."""
        places = self._flats_report.places if self._flats_report is not None else ()
        return sum(place.place_key not in self._seen for place in places)

    def show_flats_report(
        self, report: FlatsReport | None, fixes: int, is_idle: bool, seen: Set[PlaceKey] = frozenset()
    ) -> None:
        """Show `report`, None for a page without regions, how many `fixes` are made already, and which places were
        `seen`; while a job runs (not `is_idle`) no further fixes can be made."""
        if report != self._flats_report:
            self._flats_report, self._shows_all, self._seen = report, False, seen
            self._fill()
        elif seen != self._seen:
            self._seen = seen
            self._show_seen()
        self._head.setVisible(report is not None)
        self._body.setVisible(report is not None)
        self._made.setVisible(fixes > 0)
        self._fixes.setText(
            text("places_to_check.fixes_one") if fixes == 1 else text("places_to_check.fixes", count=fixes)
        )
        self.setVisible(report is not None or fixes > 0)
        for widget in (self._suggestions, self._all, self._clear, self._gap_closures):
            widget.setEnabled(is_idle)

    def show_gap_closures(self, are_shown: bool) -> None:
        """Say what the button for the closed gaps does next; what is shown can be removed on any page."""
        report = self._flats_report
        has_borders = report is not None and bool(report.gap_closures or report.color_borders)
        self._gap_closures.setVisible(are_shown or has_borders)
        self._gap_closures.setText(
            text("places_to_check.gap_closures_hide" if are_shown else "places_to_check.gap_closures")
        )

    def step(self, by: int) -> None:
        """Go `by` entries further; after the last one in the list comes the first."""
        if self._flats_report is None or not self._flats_report.places:
            return
        row, count = self._list.chosen_row, self._list.count()
        start = row if row >= 0 or by > 0 else 0
        rows = [(start + by * steps) % count for steps in range(1, count + 1)]
        places = self._flats_report.places
        following = next((row for row in rows if places[row].place_key not in self._seen), rows[0])
        self._list.setCurrentRow(following, QtCore.QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def mark_seen(self, goes_on: bool = False) -> None:
        """Mark the chosen place as seen, or no longer; to go on, as seen in any case, and show the next one."""
        place = self._current()
        if place is None:
            return
        if not goes_on or place.place_key not in self._seen:
            self.seen_toggled.emit(place)
        if goes_on and self.count:
            self.step(1)

    def show_way_back(self, has_one: bool) -> None:
        """Offer to show on the canvas what it showed before the first place, if there was something."""
        self._back.setVisible(has_one)

    def apply_suggestion(self) -> None:
        """Apply what is suggested for the chosen place, else the first choice that it offers."""
        current = self._current()
        if current is not None and current.suggestions and self._suggestions.isEnabled():
            self.fixes_chosen.emit(current.suggested or current.suggestions[0].fixes)

    def _current(self) -> PlaceToCheck | None:
        row = self._list.chosen_row
        return self._flats_report.places[row] if self._flats_report is not None and row >= 0 else None

    def _fill(self) -> None:
        report = self._flats_report
        places = report.places if report is not None else ()
        count = len(places)
        places = places if self._shows_all else places[:FIRST]
        self._more.setVisible(count > len(places))
        self._more.setText(text("places_to_check.more", count=count - len(places)))
        self._list.blockSignals(True)
        self._list.clear()
        for place in places:
            item = QtWidgets.QListWidgetItem(_icon(place), _title(place))
            item.setToolTip(", ".join(filter(None, (place.text, place.color))))
            self._list.addItem(item)
        self._list.blockSignals(False)
        self._list.setVisible(bool(places))
        self._show_seen()
        suggested = len(report.best_fixes()) if report is not None else 0
        self._all.setVisible(suggested > 0)
        self._all.setText(text("places_to_check.all", count=suggested))
        self._show_suggestions(None)

    def _show_seen(self) -> None:
        """Show which places were seen, and how many were not."""
        report = self._flats_report
        places = report.places if report is not None else ()
        for row, place in enumerate(places[: self._list.count()]):
            item, is_seen = never_none(self._list.item(row)), place.place_key in self._seen
            item.setText(text("places_to_check.seen_row", place=_title(place)) if is_seen else _title(place))
            group = QtGui.QPalette.ColorGroup.Disabled if is_seen else QtGui.QPalette.ColorGroup.Active
            item.setForeground(self.palette().brush(group, QtGui.QPalette.ColorRole.Text))
        self._list.fit()
        left = self.count
        is_comparison = report is not None and report.is_comparison
        if not places and is_comparison:
            words = text("compare.same")
        elif not places:
            words = text(
                "places_to_check.clean_part" if report is not None and report.is_of_part else "places_to_check.clean"
            )
        elif not left:
            words = text("places_to_check.all_seen")
        else:
            named = "compare" if is_comparison else "places_to_check"
            words = text(f"{named}.one") if left == 1 else text(f"{named}.many", count=left)
            if left < len(places):
                words = text("places_to_check.some_seen", left=words, count=len(places) - left)
        self._head.setText(words)

    def _show_more(self) -> None:
        """Show all places; the chosen one stays chosen."""
        row = self._list.chosen_row
        self._shows_all = True
        self._fill()
        if row >= 0:
            self._list.setCurrentRow(row, QtCore.QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _on_chosen(self) -> None:
        current = self._current()
        self._show_suggestions(current)
        if current is not None:
            self.place_chosen.emit(current)

    def _on_spot(self, index: int) -> None:
        current = self._current()
        if current is not None:
            self.place_chosen.emit(current.at_spot(index))

    def _show_suggestions(self, place: PlaceToCheck | None) -> None:
        """Show a button for each suggestion at the chosen place."""
        while self._suggestion_rows.count():
            old = never_none(never_none(self._suggestion_rows.takeAt(0)).widget())
            old.setParent(None)  # at once, as the next buttons have the same names
            old.deleteLater()
        self._spots.show_spots(len(place.spots) if place is not None else 0)
        self._detail.setVisible(place is not None)
        self._detail.setText(_sentence(place.text) if place is not None else "")
        suggestions = place.suggestions if place is not None else ()
        for index, suggestion in enumerate(suggestions):
            button = _button(f"huebrush_fix_{index}", _label(suggestion), suggestion.text)
            button.setIcon(swatch_icon(suggestion.fix.color))
            button.clicked.connect(partial(self._choose, suggestion.fixes))
            self._suggestion_rows.addWidget(button)
        self._suggestions.setVisible(bool(suggestions))

    def _choose(self, fixes: Sequence[RegionFix], _checked: bool = False) -> None:
        self.fixes_chosen.emit(tuple(fixes))

    def _fix_all(self) -> None:
        if self._flats_report is not None:
            self.fixes_chosen.emit(self._flats_report.best_fixes())


def _title(place: PlaceToCheck) -> str:
    """Return a place's title: the docker's text for its kind, otherwise the backend's words."""
    key = f"place_to_check.{place.kind}"
    if key not in catalogue("en"):
        return _sentence(place.text)
    return (
        text(key)
        if place.kind in ON_LINES or not place.area
        else text("place_to_check.several", what=text(key), count=len(place.spots), area=place.area)
        if len(place.spots) > 1
        else text("place_to_check.sized", what=text(key), area=place.area)
    )


def _label(suggestion: Suggestion) -> str:
    fix, count = suggestion.fix, len(suggestion.fixes)
    words = text(f"fix.{fix.kind}", color=fix.color) if f"fix.{fix.kind}" in catalogue("en") else suggestion.text
    if count > 1:
        words = text("fix.several", what=words, count=count)
    return text("fix.suggested", what=words) if suggestion.is_suggested else words


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _button(name: str, label: str, tip: str) -> QtWidgets.QPushButton:
    button = QtWidgets.QPushButton(label)
    button.setObjectName(name)
    button.setToolTip(tip)
    policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
    if name != "huebrush_fixes_clear":
        button.setSizePolicy(policy)
    return button


def _icon(place: PlaceToCheck) -> QtGui.QIcon:
    """Return an icon with a dot for the risk and a square of the region's colour."""
    picture = _blank(ICON)
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(QtCore.Qt.PenStyle.NoPen)
    painter.setBrush(next(color for least, color in RISKS if place.risk >= least))
    painter.drawEllipse(QtCore.QRectF(1, 3, 8, 8))
    if place.color:
        painter.setPen(QtGui.QColor(128, 128, 128))
        painter.setBrush(QtGui.QColor(place.color))
        painter.drawRect(QtCore.QRectF(12.5, 1.5, 11, 11))
    painter.end()
    return QtGui.QIcon(picture)


def _blank(size: QtCore.QSize) -> QtGui.QPixmap:
    picture = QtGui.QPixmap(size)
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    return picture
