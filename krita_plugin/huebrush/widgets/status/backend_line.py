"""Line about the backend: its state, and buttons to start it, read its log and report a fault."""

from __future__ import annotations

from huebrush_protocol.preparing import Preparation

from ...backend.connection import Link, LinkState
from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text, translated
from ..controls.buttons import tool_button
from ..controls.time_left import time_left

LIGHTS = {
    LinkState.OFF: QtGui.QColor(140, 140, 140),
    LinkState.STARTING: QtGui.QColor(226, 170, 60),
    LinkState.GREETING: QtGui.QColor(226, 170, 60),
    LinkState.READY: QtGui.QColor(76, 166, 92),
    LinkState.FAILED: QtGui.QColor(214, 69, 65),
}
LIGHT_EDGE = 10
DEVICES = ("", "cpu", "cuda", "mps")


class BackendLine(QtWidgets.QWidget):
    """Emits `start_clicked`, `log_clicked`, `fault_report_clicked`, `stop_clicked`, `device_chosen(name)`,
    `endpoint_chosen(path)` (empty: start our own) and `load_ahead_chosen(bool)`."""

    start_clicked = Signal()
    log_clicked = Signal()
    fault_report_clicked = Signal()
    stop_clicked = Signal()
    device_chosen = Signal(str)
    endpoint_chosen = Signal(str)
    load_ahead_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._light = QtWidgets.QLabel()
        self._light.setFixedWidth(LIGHT_EDGE + 2)
        self._state = QtWidgets.QLabel()
        self._state.setObjectName("huebrush_backend_state")
        self._state.setWordWrap(True)
        self._start = self._button("start", self.start_clicked)
        self._log = self._button("log", self.log_clicked)
        self._fault_report = self._button("fault_report", self.fault_report_clicked)
        self._more = self._button("more", None)
        self._more.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QtWidgets.QMenu(self)
        self._more.setMenu(self._menu)
        self._stop = never_none(self._menu.addAction(text("backend.stop")))
        self._stop.triggered.connect(lambda _checked=False: self.stop_clicked.emit())
        self._load_ahead = never_none(self._menu.addAction(text("backend.load_ahead")))
        self._load_ahead.setCheckable(True)
        self._load_ahead.triggered.connect(self.load_ahead_chosen)
        self._devices = never_none(self._menu.addMenu(text("backend.device")))
        for name in DEVICES:
            action = never_none(self._devices.addAction(text(f"backend.device.{name or 'auto'}")))
            action.setCheckable(True)
            action.setData(name)
            action.triggered.connect(lambda _checked=False, name=name: self.device_chosen.emit(name))
        self._menu.addSeparator()
        self._own = never_none(self._menu.addAction(text("backend.own")))
        self._own.setCheckable(True)
        self._own.triggered.connect(lambda _checked=False: self.endpoint_chosen.emit(""))
        self._other = never_none(self._menu.addAction(text("backend.other")))
        self._other.setCheckable(True)
        self._other.triggered.connect(lambda _checked=False: self._choose_endpoint())
        first = QtWidgets.QHBoxLayout()
        first.addWidget(self._light)
        first.addWidget(self._state, 1)
        second = QtWidgets.QGridLayout()  # in one row they would widen the docker
        second.setSpacing(3)
        for number, button in enumerate((self._start, self._log, self._fault_report, self._more)):
            button.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Fixed)
            second.addWidget(button, *divmod(number, 2))
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addLayout(second)

    def show_link(self, link: Link, model: Preparation | None, load_ahead: bool) -> None:
        """Show the state of the connection, and what the backend says of the model that it loads ahead."""
        self._state.setText(describe_link(link, model))
        self._light.setPixmap(light(_color(link, model), self.devicePixelRatioF()))
        self._load_ahead.setChecked(load_ahead)
        self._start.setEnabled(link.state in (LinkState.OFF, LinkState.FAILED))
        self._stop.setEnabled(link.state not in (LinkState.OFF, LinkState.FAILED))
        for action in self._devices.actions():
            action.setChecked(action.data() == link.device)
        self._devices.setEnabled(not link.endpoint_path)
        self._own.setChecked(not link.endpoint_path)
        self._other.setChecked(bool(link.endpoint_path))

    def _button(self, name: str, signal: QtCore.pyqtBoundSignal | None) -> QtWidgets.QToolButton:
        words = text(f"backend.{name}"), text(f"backend.{name}.name")
        return tool_button(f"huebrush_backend_{name}", *words, signal.emit if signal is not None else None)

    def _choose_endpoint(self) -> None:
        dialog = QtWidgets.QFileDialog(self, text("backend.other.title"))
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("endpoint.json (*.json)")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.endpoint_chosen)
        dialog.open()


class BackendLight(QtWidgets.QToolButton):
    """The backend's light in the strip; its tool tip says the state in words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_backend_light")
        self.setAutoRaise(True)
        self.setIconSize(QtCore.QSize(LIGHT_EDGE, LIGHT_EDGE))
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)

    def show_link(self, link: Link, model: Preparation | None) -> None:
        """Show the state of the connection, and what the backend says of the model that it loads ahead."""
        self.setIcon(QtGui.QIcon(light(_color(link, model), self.devicePixelRatioF())))
        self.setToolTip(text("backend.light.tip", state=describe_link(link, model)))
        self.setAccessibleName(describe_link(link, model))


def describe_link(link: Link, model: Preparation | None) -> str:
    """Return the state of the connection and of the model that is loaded ahead in words."""
    if link.is_ready and model is not None and model.state == "loading":
        left = model.seconds_left
        loading = text("backend.loading_ahead")
        return loading if left is None else f"{loading} · {time_left(left)}"
    if link.is_ready and link.welcome is not None:
        device = link.welcome.device
        return text("backend.ready", device=translated(device)) if device else text("backend.connected")
    return text(f"backend.{link.state.value}")


def _color(link: Link, model: Preparation | None) -> QtGui.QColor:
    is_loading = link.is_ready and model is not None and model.state == "loading"
    return LIGHTS[LinkState.STARTING if is_loading else link.state]


def light(color: QtGui.QColor, ratio: float) -> QtGui.QPixmap:
    """Return a round signal light."""
    pixmap = QtGui.QPixmap(round(LIGHT_EDGE * ratio), round(LIGHT_EDGE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(pixmap)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setBrush(color)
    painter.setPen(QtCore.Qt.PenStyle.NoPen)
    painter.drawEllipse(0, 0, LIGHT_EDGE, LIGHT_EDGE)
    painter.end()
    return pixmap
