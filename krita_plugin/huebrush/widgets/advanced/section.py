"""The advanced settings, which few artists need, made when they are first shown."""

from __future__ import annotations

from huebrush_protocol.messages import ModelInfo

from ...base.qt import QtWidgets, Signal
from ...base.strings import text
from ...settings.advanced import AdvancedSettings
from ..controls.buttons import tool_button
from ..controls.late_contents import LateContents
from .form import AdvancedForm, Offered


class AdvancedSection(LateContents):
    """Emits `changed` when the artist has changed a setting. For the caller to place: `reset_button`."""

    changed = Signal()

    def __init__(self, offered: Offered) -> None:
        super().__init__(self._make_form)
        self._offered = offered
        self._settings = AdvancedSettings()
        self._model: ModelInfo | None = None
        self._body: AdvancedForm | None = None
        words = text("advanced.reset"), text("advanced.reset.name")
        self.reset_button = tool_button("huebrush_advanced_reset", *words, self.reset)
        self._show_reset()

    @property
    def settings(self) -> AdvancedSettings:
        """Chosen settings, whether they were shown or not."""
        return self._settings

    def set_settings(self, settings: AdvancedSettings) -> None:
        """Show `settings`."""
        self._settings = settings
        if self._body is not None:
            self._body.set_settings(settings)
        self._show_reset()

    def show_model(self, model: ModelInfo | None) -> None:
        """Grey out the settings that the chosen model does not support; for an unknown model, nearly all stay."""
        self._model = model
        if self._body is not None:
            self._body.show_model(model)

    def reset(self) -> None:
        """Put every advanced setting back to its default."""
        if self._settings != AdvancedSettings():
            self.set_settings(AdvancedSettings())
            self.changed.emit()

    def _make_form(self) -> QtWidgets.QWidget:
        self._body = AdvancedForm(self._offered)
        self._body.set_settings(self._settings)
        self._body.show_model(self._model)
        self._body.changed.connect(self._on_changed)
        return self._body

    def _on_changed(self) -> None:
        assert self._body is not None
        self._settings = self._body.settings
        self._show_reset()
        self.changed.emit()

    def _show_reset(self) -> None:
        self.reset_button.setEnabled(self._settings != AdvancedSettings())
