"""The strip at the bottom of the docker, which never scrolls: what is wrong, progress, and the big button."""

from __future__ import annotations

from collections.abc import Callable

from ...base.qt import QtCore, QtWidgets
from ...settings.store import PluginSettings, SettingsStore
from .backend_line import BackendLight
from .banner import Banner
from .job_view import JobView
from .message_view import Room
from .selection_switch import SelectionSwitch

LOW = 260
"""Height of the docker, in pixels, below which the advice of a message is its tool tip."""
LOWER = 11
"""Height of the docker, in lines of text, below which a message has one line, with its remedy beside it."""
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

    def fit(self, height: int) -> None:
        """Leave room for the page in a docker that is `height` pixels high."""
        lines = height / self.fontMetrics().lineSpacing()
        self.banner.set_room(Room.ALL if height >= LOW else Room.BRIEF if lines >= LOWER else Room.LINE)
        self.banner.set_highest(round(MESSAGE_SHARE * height))
        self.job_view.set_low(height < PREVIEW_FROM)
        self.job_view.set_preview_height(round(PREVIEW_SHARE * height) if height >= PREVIEW_FROM else 0)

    def minimumSizeHint(self) -> QtCore.QSize:
        """A long message makes no docker higher than it is."""
        hint = super().minimumSizeHint()
        return QtCore.QSize(hint.width(), min(hint.height(), LOWEST))
