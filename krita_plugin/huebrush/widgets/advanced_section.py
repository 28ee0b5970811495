"""The folded part of the docker with the finer settings, which few artists need; made when it is first folded out."""

from __future__ import annotations

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import ENHANCEMENTS

from ..advanced import AdvancedSettings
from ..qt import QtCore, QtWidgets, Signal
from ..strings import text
from .advanced_body import AdvancedBody, Offered
from .buttons import tool_button


class AdvancedSection(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed a setting and `folded(bool)` when it was folded in (True) or out."""

    changed = Signal()
    folded = Signal(bool)

    def __init__(self, offered: Offered) -> None:
        super().__init__()
        self._offered = offered
        self._settings = AdvancedSettings()
        self._model: ModelInfo | None = None
        self._body: AdvancedBody | None = None
        self._head = tool_button("huebrush_advanced", text("advanced.title"), text("advanced.title.name"))
        self._head.setCheckable(True)
        self._head.setAutoRaise(True)
        self._head.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.toggled.connect(self._on_toggled)
        words = text("advanced.reset"), text("advanced.reset.name")
        self._reset = tool_button("huebrush_advanced_reset", *words, self.reset)
        head = QtWidgets.QHBoxLayout()
        head.addWidget(self._head)
        head.addStretch(1)
        head.addWidget(self._reset)
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addLayout(head)
        self._show_head()

    @property
    def settings(self) -> AdvancedSettings:
        """What is chosen, whether it is folded out or not."""
        return self._settings

    def set_settings(self, settings: AdvancedSettings) -> None:
        """Show `settings`."""
        self._settings = settings
        if self._body is not None:
            self._body.set_settings(settings)
        self._show_head()

    def set_open(self, is_open: bool) -> None:
        """Fold it out or in."""
        self._head.setChecked(is_open)

    def show_model(self, model: ModelInfo | None) -> None:
        """Grey out what the chosen model cannot do; of one that is not known, everything stays."""
        self._model = model
        if self._body is not None:
            enhancements = model.enhancements if model is not None else ENHANCEMENTS
            self._body.show_model(enhancements, text("advanced.not_with", model=model.title if model else ""))

    def reset(self) -> None:
        """Put every finer setting back to what it is by default."""
        if self._settings != AdvancedSettings():
            self.set_settings(AdvancedSettings())
            self.changed.emit()

    def _on_toggled(self, is_open: bool) -> None:
        if is_open and self._body is None:
            self._body = AdvancedBody(self._offered)
            self._body.set_settings(self._settings)
            self._body.changed.connect(self._on_changed)
            self._layout.addWidget(self._body)
            self.show_model(self._model)
        if self._body is not None:
            self._body.setVisible(is_open)
        self._show_head()
        self.folded.emit(not is_open)

    def _on_changed(self) -> None:
        assert self._body is not None
        self._settings = self._body.settings
        self._show_head()
        self.changed.emit()

    def _show_head(self) -> None:
        is_open = self._head.isChecked()
        self._head.setArrowType(QtCore.Qt.ArrowType.DownArrow if is_open else QtCore.Qt.ArrowType.RightArrow)
        self._reset.setVisible(is_open or self._settings != AdvancedSettings())
