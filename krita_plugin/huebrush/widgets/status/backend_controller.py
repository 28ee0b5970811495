"""Controller of the line about the backend: starts, stops and chooses it, and shows what helps when it fails."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ...base.problems import problem
from ...base.qt import QtWidgets
from ...session import Session
from ...settings.store import PluginSettings
from .backend_line import BackendLine
from .fault_report_buttons import FaultReport
from .notices import Notices


class BackendController:
    """Does what `line` offers. `save` writes the plugin's settings; the log's window is a child of `parent`."""

    def __init__(
        self,
        session: Session,
        line: BackendLine,
        notices: Notices,
        save: Callable[[PluginSettings], None],
        parent: QtWidgets.QWidget,
    ) -> None:
        self._session, self._notices, self._save = session, notices, save
        self._fault_report = FaultReport(session.link, parent)
        line.start_clicked.connect(self.start)
        line.stop_clicked.connect(session.link.stop)
        line.log_clicked.connect(self.show_log)
        line.fault_report_clicked.connect(self.copy_fault_report)
        line.device_chosen.connect(self._choose_device)
        line.endpoint_chosen.connect(self._choose_endpoint)

    def start(self) -> None:
        """Start the backend, or connect to it."""
        self._notices.forget_failure()
        self._session.link.ensure()

    def show_log(self) -> None:
        """Show the backend's log in a window of its own."""
        self._fault_report.show_log()

    def copy_fault_report(self) -> None:
        """Put the fault report on the clipboard."""
        self._fault_report.copy()
        self._notices.say(problem("fault_report_copied", severity="info"))

    def _choose_device(self, device: str) -> None:
        self._restart_with(dataclasses.replace(self._session.store.plugin, device=device))

    def _choose_endpoint(self, path: str) -> None:
        self._restart_with(dataclasses.replace(self._session.store.plugin, endpoint=path))

    def _restart_with(self, settings: PluginSettings) -> None:
        """Save `settings`, and stop the backend and start it with them."""
        self._save(settings)
        link = self._session.link
        link.stop()
        link.device, link.endpoint_path = settings.device, settings.endpoint
        self.start()
