"""A result written while the artist does something, at any step of the writing, and then all undone.

It goes on in steps of Krita's own event loop, as the writing of a job does: within an event that lets other events run,
Krita's Layers docker learns of nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huebrush.base.artists_hand import artists_hand
from huebrush.base.tasks import SlicedTask, Steps
from huebrush.documents import active_layer
from huebrush.documents.find import document_key, node_id, root_node
from huebrush.results.writeback import Placed, insert_group
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader
from krita import Krita

from . import canvas_hands, hands
from .hands import QtCore, QTest, QtWidgets

RESULT, EXTRA = "Huebrush result", "Extra"
SPARSE = 4
"""Of so many steps before the insertion one is tried, of the others each."""
MOST_UNDO = 6
MOST_TRIES = 40
HISTORY = "KisUndoView"
"""The class of the list in Krita's Undo History docker."""
Act = Callable[[], object]


class AnyMoment:
    """The runs with one `act` of the artist's in the active document, whose lines are "Line art".

    * `reports`: of each run: at which step the act came and how many there were, how the writing ended, the layers then
      and after each undo, and whether all were visible
    * `ended`: "" until all is over
    """

    def __init__(self, act: Act, tidy: Act | None = None) -> None:
        """Begin. `tidy` ends what `act` has begun, after the writing."""
        self.reports: list[dict[str, Any]] = []
        self.ended = ""
        self._document, self._act, self._tidy = hands.document(), act, tidy
        self._lines = node_id(hands.layer_named("Line art"))
        self._before = self._names()
        self._history = undo_history()
        self._waits = active_layer.OPEN_ENDED_LOOKS, active_layer.MOST_MILLISECONDS
        # What never comes is not worth seconds here.
        active_layer.OPEN_ENDED_LOOKS, active_layer.MOST_MILLISECONDS = 5, 300
        artists_hand().watch()
        self._task = SlicedTask(self._runs(), lambda _: self._end("done"), lambda error: self._end(repr(error)))

    def _end(self, how: str) -> None:
        active_layer.OPEN_ENDED_LOOKS, active_layer.MOST_MILLISECONDS = self._waits
        artists_hand().rest()
        self.ended = how

    def _runs(self) -> Steps[None]:
        quiet = yield from self._run(-1, False)
        inserted = max(quiet["inserted"] - 1, 0)
        for number in (*range(0, inserted, SPARSE), *range(inserted, quiet["steps"])):
            self.reports.append((yield from self._run(number, False)))
        # And in an event between the two in which a group goes below the lowest layer.
        self.reports.append((yield from self._run(inserted, True)))

    def _run(self, number: int, is_between: bool) -> Steps[dict[str, Any]]:
        report: dict[str, Any] = {"number": number, "steps": 0, "inserted": 0, "ended": ""}
        root_node(self._document).addChildNode(self._document.createNode(EXTRA, "paintlayer"), None)
        yield from self._idle()
        self._document.setActiveNode(hands.layer_named(EXTRA))
        yield from self._idle()
        yield from self._write(report, is_between)
        if number >= 0 and self._tidy is not None:
            self._tidy()
        while hands.document() != self._document:
            hands.next_window()
            yield 20
        yield from self._idle()
        children = root_node(self._document).childNodes()
        report |= {"layers": self._names(), "is_visible": all(node.visible() for node in children), "undone": []}
        while self._names() != self._before and len(report["undone"]) < MOST_UNDO:
            yield from self._undo()
            report["undone"].append(self._names())
        return report

    def _undo(self) -> Steps[None]:
        """Take one step back: Krita ignores this silently while it is at work, if only at thumbnails."""
        step, tries = self._history.currentIndex().row(), 0
        while self._history.currentIndex().row() == step and tries < MOST_TRIES:
            yield from self._idle()
            Krita.instance().action("edit_undo").trigger()
            yield from self._idle()
            tries += 1

    def _write(self, report: dict[str, Any], is_between: bool) -> Steps[None]:
        header = ImageHeader("layer", 8, 8, "BGRA", name="Flats")
        images = [Image(header, memoryview(bytes((9, 9, 9, 255)) * 64))] * 2
        steps = insert_group(document_key(self._document), self._lines, RESULT, images)

        def fail(error: Exception) -> None:
            report["ended"] = getattr(getattr(error, "problem", None), "code", repr(error))

        watched = self._watched(steps, report, is_between)
        self._writing = SlicedTask(watched, lambda _: report.update(ended="done"), fail, self._document)
        while not report["ended"]:
            yield 5

    def _watched(self, steps: Steps[Placed], report: dict[str, Any], is_between: bool) -> Steps[Placed]:
        """Do `steps`, and the act before the one with the report's number: or, if it `is_between`, in that step's next
        event."""
        while True:
            if report["steps"] == report["number"]:
                if is_between:
                    QtCore.QCoreApplication.postEvent(_Later(self._act), QtCore.QEvent(QtCore.QEvent.Type.User))
                else:
                    self._act()
                    yield 1  # what it leads to comes before the next step, as it does after a key
            report["steps"] += 1
            try:
                wait = next(steps)
            except StopIteration as end:
                return end.value
            if not report["inserted"] and RESULT in self._names():
                report["inserted"] = report["steps"]
            yield wait

    def _names(self) -> list[str]:
        return [node.name() for node in root_node(self._document).childNodes()]

    def _idle(self) -> Steps[None]:
        """Wait until Krita is idle."""
        yield 1
        while not self._document.tryBarrierLock():
            yield 5
        self._document.unlock()
        yield 1


class _Later(QtCore.QObject):
    """An act that happens in an event of its own."""

    def __init__(self, act: Act) -> None:
        super().__init__(QtCore.QCoreApplication.instance())
        self._act = act

    def event(self, a0: QtCore.QEvent | None) -> bool:
        if a0 is None or a0.type() != QtCore.QEvent.Type.User:
            return super().event(a0)
        self._act()
        self.deleteLater()
        return True


def undo_history() -> QtWidgets.QListView:
    """Return the list in the Undo History docker; the number of its current row is that of the steps that can be
    undone."""
    window = Krita.instance().activeWindow().qwindow()
    lists = window.findChildren(QtWidgets.QListView)
    return next(it for it in lists if it.metaObject().className() == HISTORY)


def trigger(*names: str) -> Act:
    """Return an act that triggers these actions of Krita's."""
    return lambda: [Krita.instance().action(name).trigger() for name in names]


def save_as(path: str) -> Act:
    """Return an act that saves the document."""
    document = hands.document()
    return lambda: document.saveAs(path)


def drag_extra_down() -> None:
    """Drag the layer "Extra" below the one below it, in the Layers docker."""
    window = Krita.instance().activeWindow().qwindow()
    shown = window.findChild(QtWidgets.QTreeView, "listLayers").model()
    rows = shown.sourceModel() if isinstance(shown, QtCore.QSortFilterProxyModel) else shown
    names = [rows.index(row, 0).data() for row in range(rows.rowCount())]
    if EXTRA in names:
        place = names.index(EXTRA)
        dragged = rows.mimeData([rows.index(place, 0)])
        rows.dropMimeData(dragged, QtCore.Qt.DropAction.MoveAction, place + 2, 0, QtCore.QModelIndex())


class TransformKey:
    """The key of the transform tool, pressed in Krita's window; `found`: the layers that were active when it was."""

    def __init__(self) -> None:
        self.found: list[list[str]] = []
        window = Krita.instance().activeWindow().qwindow()
        window.activateWindow()
        hands.spin(0.2)
        self._window, self._action = window, Krita.instance().action("KisToolTransform")
        self._action.triggered.connect(self._look)

    def press(self) -> None:
        """Press it."""
        QTest.keyClick(self._window, QtCore.Qt.Key.Key_T, QtCore.Qt.KeyboardModifier.ControlModifier)

    def rest(self) -> None:
        """Look no more."""
        self._action.triggered.disconnect(self._look)

    def _look(self, *_: object) -> None:
        # `activeNode` would let events run first
        self.found.append([node.name() for node in Krita.instance().activeWindow().activeView().selectedNodes()])


def begin_stroke() -> None:
    """Begin a stroke, and end it after a moment."""
    canvas_hands.press_at_once((4, 4))
    QtCore.QTimer.singleShot(150, end_stroke)


def end_stroke() -> None:
    """Draw on for a bit and take the tool off the page."""
    canvas_hands.release_at_once((20, 20))
