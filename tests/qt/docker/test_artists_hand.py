"""Whether a pen, a finger or a button of the mouse is down, told by Qt's events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hands import result_of
from huebrush.base.artists_hand import ArtistsHand, artists_hand, until_hand_is_up
from huebrush.base.qt import BINDING, QtCore, QtGui, QtWidgets

Kind = QtCore.QEvent.Type
LEFT, NOTHING = QtCore.Qt.MouseButton.LeftButton, QtCore.Qt.MouseButton.NoButton
TABLET = (Kind.TabletPress, Kind.TabletMove, Kind.TabletRelease)
KEYS = QtCore.Qt.KeyboardModifier.NoModifier


@pytest.fixture
def canvas() -> Iterator[QtWidgets.QWidget]:
    """A widget that takes every event."""
    widget = QtWidgets.QWidget()
    widget.setAcceptDrops(True)
    yield widget
    widget.deleteLater()


@pytest.fixture
def hand() -> Iterator[ArtistsHand]:
    """The watch, watching."""
    found = artists_hand()
    found.watch()
    yield found
    found.rest()


def mouse(kind: Any, button: Any, buttons: Any) -> Any:
    """An event of the mouse."""
    place = QtCore.QPointF(3, 3)
    return QtGui.QMouseEvent(kind, place, place, button, buttons, KEYS)


def pen(kind: Any, buttons: Any) -> Any:
    """An event of a pen."""
    place = QtCore.QPointF(3, 3)
    if BINDING == "PyQt6":
        device = QtGui.QPointingDevice.primaryPointingDevice()
        return QtGui.QTabletEvent(kind, device, place, place, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, KEYS, LEFT, buttons)
    tablet: Any = QtGui.QTabletEvent  # PyQt5's has other arguments
    stylus, tip = tablet.TabletDevice.Stylus, tablet.PointerType.Pen
    return tablet(kind, place, place, stylus, tip, 0.5, 0, 0, 0.0, 0.0, 0, KEYS, 1, LEFT, buttons)


def send(widget: Any, event: Any) -> None:
    QtWidgets.QApplication.sendEvent(widget, event)


@pytest.mark.parametrize(
    ("down", "on", "up"),
    [
        (Kind.MouseButtonPress, Kind.MouseMove, Kind.MouseButtonRelease),
        TABLET,
    ],
    ids=["mouse", "pen"],
)
def test_hand_is_down_from_press_to_release(hand: ArtistsHand, canvas: Any, down: Any, on: Any, up: Any) -> None:
    def event(kind: Any, buttons: Any) -> Any:
        return pen(kind, buttons) if kind in TABLET else mouse(kind, LEFT, buttons)

    for kind, buttons, is_down in (
        (on, NOTHING, False),
        (down, LEFT, True),
        (on, LEFT, True),
        (up, NOTHING, False),
        (down, LEFT, True),
        (on, NOTHING, False),  # the release went elsewhere
    ):
        send(canvas, event(kind, buttons))
        assert hand.is_down == is_down, (kind, buttons)


def test_end_of_a_drag_and_of_watching_is_the_end(hand: ArtistsHand, canvas: Any) -> None:
    """Who drags gets the release, which the watch does not see."""
    application = QtWidgets.QApplication.instance()
    assert application is not None
    send(canvas, mouse(Kind.MouseButtonPress, LEFT, LEFT))
    application.removeEventFilter(hand)
    send(canvas, mouse(Kind.MouseButtonRelease, LEFT, NOTHING))
    application.installEventFilter(hand)
    assert hand.is_down
    dragged, actions = QtCore.QMimeData(), QtCore.Qt.DropAction.CopyAction
    send(canvas, QtGui.QDragEnterEvent(QtCore.QPoint(3, 3), actions, dragged, LEFT, KEYS))
    assert not hand.is_down
    send(canvas, pen(Kind.TabletPress, LEFT))
    assert hand.is_down
    hand.rest()
    assert not hand.is_down
    send(canvas, pen(Kind.TabletPress, LEFT))
    assert not hand.is_down


def test_waiting_ends_with_the_stroke(hand: ArtistsHand, canvas: Any) -> None:
    """And takes no step at all where nothing is down."""
    assert result_of(until_hand_is_up()) is None and list(until_hand_is_up()) == []
    send(canvas, pen(Kind.TabletPress, LEFT))
    steps = until_hand_is_up()
    assert next(steps) > 0 and next(steps) > 0
    send(canvas, pen(Kind.TabletRelease, NOTHING))
    assert next(steps) > 0  # the pen may come down again at once
    with pytest.raises(StopIteration):
        next(steps)


def test_a_loop_within_another_asks_the_artist_unless_a_script_waits_in_it(hand: ArtistsHand) -> None:
    """A menu or a dialog does, also one that is opened while a script waits. The loop in which the script waits does
    not, even if the script runs in a dialog of its own."""
    found: list[list[bool]] = []

    def in_loop(act: Callable[[], None]) -> None:
        loop = QtCore.QEventLoop()
        QtCore.QTimer.singleShot(0, lambda: (act(), loop.quit()))
        loop.exec()

    def look() -> None:
        asked = [hand.is_asked]
        with hand.in_own_loop():
            in_loop(lambda: asked.append(hand.is_asked))
            in_loop(lambda: in_loop(lambda: asked.append(hand.is_asked)))
        found.append(asked)

    in_loop(look)  # Krita's own
    in_loop(lambda: in_loop(look))
    assert found == [[False, False, True], [True, False, True]]
    assert not hand.is_asked
