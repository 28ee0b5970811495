"""Runs Python sent by the tests inside Krita, on its main thread; see tests/krita/krita_program.py for the other end.

One request per connection: a line of JSON `{"code": …}`; the answer is a line of JSON with the value of the variable
`result`, or the traceback. Code has `hands` (what an artist's hands do) and a namespace that lasts.

At the signal `SIGUSR1` Krita prints where each of its Python threads is, for a Krita that answers no longer.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import socket
import traceback
from pathlib import Path
from typing import Any

from krita import Extension, Krita

from . import canvas_hands, hands, reference_hands
from .hands import QtCore

SOCKET_VARIABLE = "HUEBRUSH_DRIVER_SOCKET"


class Driver(Extension):
    """Listens once Krita has a window."""

    def setup(self) -> None:
        """Called by Krita; nothing else to do before there is a window."""
        faulthandler.register(signal.SIGUSR1, all_threads=True)

    def createActions(self, window: Any) -> None:
        """Start listening."""
        self._namespace: dict[str, Any] = {
            "hands": hands,
            "canvas_hands": canvas_hands,
            "reference_hands": reference_hands,
            "app": Krita.instance(),
        }
        self._server = socket.socket(socket.AF_UNIX)
        path = Path(os.environ[SOCKET_VARIABLE])
        fresh = path.with_suffix(".new")
        self._server.bind(str(fresh))
        self._server.listen(4)
        fresh.rename(path)  # whoever sees it can connect
        number: Any = self._server.fileno()  # PyQt takes an int, though its type hints ask for a pointer
        self._notifier = QtCore.QSocketNotifier(number, QtCore.QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._serve)

    def _serve(self, *_: object) -> None:
        connection, _ = self._server.accept()
        with connection, connection.makefile("rwb") as stream:
            request = json.loads(stream.readline())
            self._namespace["result"] = None
            try:
                exec(request["code"], self._namespace)
                answer = {"result": self._namespace["result"]}
                line = json.dumps(answer)
            except Exception:
                line = json.dumps({"error": traceback.format_exc()})
            stream.write(line.encode() + b"\n")


Krita.instance().addExtension(Driver(Krita.instance()))
