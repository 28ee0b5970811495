"""The strip at the bottom of the docker, which never scrolls: what is wrong, progress, and the big button."""

from __future__ import annotations

from collections.abc import Callable

from ...base.qt import QtCore, QtWidgets, never_none
from ...settings.store import PluginSettings, SettingsStore
from .backend_line import BackendLight
from .banner import Banner
from .job_view import JobView
from .message_view import Room
from .selection_switch import SelectionSwitch

LOW = 260
"""Height of the docker, in pixels, below which the advice of a message is its tool tip."""
MOST_LINES = 3
"""Lines of a message in such a docker, with its remedy below; in one without room for a single line, beside it."""
MESSAGE_SHARE = 0.45
"""Share of the docker's height that the words of a message take at most, 0 to 1; longer ones scroll."""
PREVIEW_FROM = 160
"""Height of the docker from which the emerging picture is shown in it."""
PREVIEW_SHARE = 0.4
"""Share of the docker's height that the emerging picture takes at most, 0 to 1."""
LOWEST = 90
"""Most of the strip's height, in pixels, that it insists on."""


class Strip(QtWidgets.QWidget):
    """For the caller to listen to: `banner`, `in_selection`, `job_view` and `light`."""

    def __init__(self, store: SettingsStore, save: Callable[[PluginSettings], None]) -> None:
        """`save` keeps the plugin's settings in `store`."""
        super().__init__()
        self.setObjectName("huebrush_strip")
        self.banner = Banner()
        self.in_selection = SelectionSwitch(store, save)
        self.job_view = JobView()
        self.light = BackendLight()
        self.job_view.add_button(self.light)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.banner)
        layout.addWidget(self.in_selection)
        layout.addWidget(self.job_view)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Maximum)
        self._height = self._most = LOW

    def fit(self, height: int, beside: int) -> None:
        """Leave room for the page in a docker that is `height` pixels high, `beside` of which are never the strip's."""
        self._height, self._most = height, height - beside
        self._fit_banner()
        self.banner.set_highest(round(MESSAGE_SHARE * height))
        self.job_view.set_low(height < PREVIEW_FROM)
        self.job_view.set_preview_height(round(PREVIEW_SHARE * height) if height >= PREVIEW_FROM else 0)

    def event(self, a0: QtCore.QEvent | None) -> bool:
        """Follow what comes and goes beside the message."""
        done = super().event(a0)
        if a0 is not None and a0.type() == QtCore.QEvent.Type.LayoutRequest:
            self._fit_banner()
        return done

    def _fit_banner(self) -> None:
        if self._height >= LOW:
            self.banner.set_room(Room.ALL)
            return
        others = [widget for widget in (self.in_selection, self.job_view) if not widget.isHidden()]
        spacing = never_none(self.layout()).spacing()
        room = self._most - sum(widget.sizeHint().height() + spacing for widget in others)
        lines = min(MOST_LINES, self.banner.lines_in(room))
        self.banner.set_room(Room.BRIEF if lines > 0 else Room.LINE, max(1, lines))

    def minimumSizeHint(self) -> QtCore.QSize:
        """A long message makes no docker higher than it is."""
        hint = super().minimumSizeHint()
        return QtCore.QSize(hint.width(), min(hint.height(), LOWEST))
