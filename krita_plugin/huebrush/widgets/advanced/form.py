"""Form of the advanced settings, inside the opened section."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import SAMPLERS
from huebrush_protocol.regions import WITHOUT_MODEL

from ...base.qt import QtWidgets, Signal
from ...base.strings import text
from ...settings.advanced import AdvancedSettings, missing_fields
from ...settings.sources import ReferenceSource
from ..controls.disabled_reason import explain
from ..controls.inputs import ChoiceControl, NumberControl, SwitchControl
from ..controls.slider_control import PercentControl
from ..controls.source_picker import SourcePicker
from .block_strengths import BlockStrengths
from .layout import CHOICES, DEPENDENT, GROUPS, GUIDANCE, OVERRULED, PERCENTAGES, SWITCHES

Control = SwitchControl | ChoiceControl | NumberControl | PercentControl | SourcePicker | BlockStrengths
Offered = Callable[[], Sequence[ReferenceSource]]


class AdvancedForm(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something. `offered` is asked for layers and documents to choose."""

    changed = Signal()

    def __init__(self, offered: Offered) -> None:
        super().__init__()
        self._offered = offered
        self._loading = False
        self._model: ModelInfo | None = None
        self._labels: dict[str, QtWidgets.QLabel] = {}
        self._controls: dict[str, Control] = {}
        self._sampler = _choice("sampler")
        self._guidance_automatic = SwitchControl(*_words("guidance_automatic"))
        self._guidance = {name: _guidance(name) for name in ("reference_guidance", "sketch_guidance")}
        self._block_strengths = BlockStrengths("huebrush_block_strengths")
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for group, names in GROUPS:
            heading = QtWidgets.QLabel(text(f"advanced.group.{group}"))
            bold = heading.font()
            bold.setBold(True)
            heading.setFont(bold)
            grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
            for name in names:
                self._add_row(grid, name)

    @property
    def settings(self) -> AdvancedSettings:
        """Settings that are shown."""
        shown = {name: _shown_value(control) for name, control in self._controls.items()}
        settings = dataclasses.replace(AdvancedSettings(), **shown)
        if settings.guidance_automatic:  # then the numbers are the model's, not ones that the artist chose
            usual = AdvancedSettings()
            return dataclasses.replace(settings, **{name: getattr(usual, name) for name in self._guidance})
        return settings

    def set_settings(self, settings: AdvancedSettings) -> None:
        """Show `settings`."""
        self._loading = True
        for name, control in self._controls.items():
            _show_setting(control, settings, name)
        self._loading = False
        self._show_guidance()
        self._show_effect()

    def show_model(self, model: ModelInfo | None) -> None:
        """Grey out the settings that `model` does not support, with the reason, and show one number for each block."""
        self._model = model
        self._block_strengths.show_model(model, self._controls["blocks_apart"])
        samplers = SAMPLERS if model is None else model.samplers
        self._sampler.show_possible(samplers, self._reason("sampler"))
        self._show_guidance()
        self._show_effect()

    def _add_row(self, grid: QtWidgets.QGridLayout, name: str) -> None:
        control = self._make(name)
        control.changed.connect(self._on_changed)
        self._controls[name] = control
        row = grid.rowCount()
        if name in SWITCHES or name == "block_strengths":
            grid.addWidget(control, row, 0, 1, 2)
            return
        label = QtWidgets.QLabel(text(f"advanced.{name}"))
        label.setBuddy(control)
        label.setIndent(8)
        self._labels[name] = label
        grid.addWidget(label, row, 0)
        grid.addWidget(control, row, 1)

    def _make(self, name: str) -> Control:
        if name == "block_strengths":
            return self._block_strengths
        if name in CHOICES:
            return self._sampler if name == "sampler" else _choice(name)
        if name in self._guidance:
            return self._guidance[name]
        if name == "guidance_automatic":
            return self._guidance_automatic
        widget, label, tip = _words(name)
        if name in SWITCHES:
            return SwitchControl(widget, label, tip)
        if name == "background_picture":
            return SourcePicker(widget, self._offered, label, tip, files=True)
        if name in ("line_art_mask", "reference_mask"):
            selection = ReferenceSource("selection", "", text("mask.selection"))
            return SourcePicker(widget, self._offered_layers, label, tip, fixed=(selection,))
        lowest, largest = PERCENTAGES.get(name, (0, 100))
        return PercentControl(widget, largest, label, tip, lowest)

    def _offered_layers(self) -> list[ReferenceSource]:
        return [source for source in self._offered() if source.kind == "layer"]

    def _on_changed(self) -> None:
        if not self._loading:
            self._show_guidance()
            self._show_effect()
            self.changed.emit()

    def _show_guidance(self) -> None:
        """Show the model's own guidance while the artist leaves it to the model, and begin there afterwards."""
        if self._model is not None and self._guidance_automatic.isChecked():
            self._loading = True
            for name, control in self._guidance.items():
                control.setValue(getattr(self._model, name))
            self._loading = False

    def _show_effect(self) -> None:
        """Grey out settings that would have no effect, and say why if the model is the reason."""
        missing = missing_fields(self._model)
        on = {
            name: control.isChecked() and name not in missing
            for name, control in self._controls.items()
            if isinstance(control, SwitchControl)
        }
        for name, control in self._controls.items():
            is_missing = name in missing or (name == "blocks_apart" and self._model is None)
            idle = name in DEPENDENT and not any(on[switch] for switch in DEPENDENT[name])
            enabled = not (is_missing or idle or (name in OVERRULED and on[OVERRULED[name]]))
            control.setEnabled(enabled)
            explain(control, self._reason(name) if is_missing else "")
            if name in self._labels:
                self._labels[name].setEnabled(enabled)
        self._block_strengths.setVisible(on["blocks_apart"])

    def _reason(self, name: str) -> str:
        if self._model is None:
            return text("advanced.blocks_apart.unknown")
        if self._model.name == WITHOUT_MODEL:
            return text("advanced.without_model")
        if name == "blocks_apart" and "block_strengths" in self._model.controls:
            return text("advanced.blocks_apart.none", model=self._model.title)
        return text("advanced.not_with", model=self._model.title)


def _words(name: str) -> tuple[str, str, str]:
    """Return the object name, the label and the tool tip of the control of this field."""
    return f"huebrush_{name}", text(f"advanced.{name}"), text(f"advanced.{name}.tip")


def _choice(name: str) -> ChoiceControl:
    widget, label, tip = _words(name)
    return ChoiceControl(widget, CHOICES[name], name, label, tip)


def _guidance(name: str) -> NumberControl:
    widget, label, tip = _words(name)
    return NumberControl(widget, *GUIDANCE, label, tip)


def _shown_value(control: Control) -> object:
    if isinstance(control, SwitchControl):
        return control.isChecked()
    if isinstance(control, ChoiceControl):
        return control.choice
    if isinstance(control, SourcePicker):
        return control.sources
    return control.value() if isinstance(control, NumberControl) else control.value


def _show_setting(control: Control, settings: AdvancedSettings, name: str) -> None:
    value = getattr(settings, name)
    if isinstance(control, SwitchControl):
        control.setChecked(value)
    elif isinstance(control, ChoiceControl):
        control.set_choice(value)
    elif isinstance(control, SourcePicker):
        control.set_sources(value)
    elif isinstance(control, NumberControl):
        control.setValue(value)
    else:
        control.set_value(value)
