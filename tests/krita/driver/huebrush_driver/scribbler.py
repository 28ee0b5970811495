"""Draws on the canvas for a while, one stroke after another, and measures how smoothly Krita lets it."""

from __future__ import annotations

import math
from typing import Any

from huebrush.base.qt import QtCore, QtWidgets

from .canvas_hands import Pen
from .stopwatch import Moment, Timed

MOVE_MILLISECONDS = 8
"""Time between two moves of the pen: tablets send about 130 a second."""
MOVES_A_STROKE, MOVES_LIFTED = 110, 15


class Scribbler(QtCore.QObject):
    """Circles around `middle` (x, y) of the page with the tool in hand until `stop`.

    A gap is the time between two moves: as long as Krita's main thread is held, the pen draws nothing.
    """

    def __init__(self, middle: tuple[float, float], radius: float) -> None:
        super().__init__(QtWidgets.QApplication.instance())
        angles = [2 * math.pi * step / MOVES_A_STROKE for step in range(MOVES_A_STROKE + 1)]
        self._pen = Pen([(middle[0] + radius * math.cos(a), middle[1] + radius * math.sin(a)) for a in angles])
        self._moves = 0
        self._gaps: list[Timed] = []
        self._timer = QtCore.QTimer(self)
        self._timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._move)
        self._last = Moment.now()
        self._timer.start(MOVE_MILLISECONDS)

    def stop(self) -> dict[str, Any]:
        """Lift the pen; return the number of moves, the longest gap, and the gap that 99 of 100 stay below, in ms."""
        self._timer.stop()
        step = self._moves % (MOVES_A_STROKE + MOVES_LIFTED)
        if 0 < step <= MOVES_A_STROKE:
            self._pen.release(step)
        ordered = sorted(gap.ms for gap in self._gaps)
        longest = max(self._gaps, key=lambda gap: gap.ms)
        return {
            "moves": len(ordered),
            "longest": {"ms": round(longest.ms, 1), "cpu_ms": round(longest.cpu_ms, 1)},
            "usual_ms": round(ordered[len(ordered) // 2], 1),
            "most_of_99_percent_ms": round(ordered[int(0.99 * (len(ordered) - 1))], 1),
        }

    def _move(self) -> None:
        self._gaps.append(Timed.between("", self._last, Moment.now()))
        self._last = Moment.now()
        step = self._moves % (MOVES_A_STROKE + MOVES_LIFTED)
        self._moves += 1
        if step == 0:
            self._pen.press(step)
        elif step < MOVES_A_STROKE:
            self._pen.move(step)
        elif step == MOVES_A_STROKE:
            self._pen.release(step)
