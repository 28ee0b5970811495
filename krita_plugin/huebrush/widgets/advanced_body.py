"""The finer settings themselves: what the advanced section shows once it has been folded out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from huebrush_protocol.parameters import ENHANCEMENTS, NOISE_SCHEDULES, SAMPLERS, SKETCH_MODES

from ..advanced import AdvancedSettings
from ..capture import ReferenceSource
from ..qt import QtWidgets, Signal
from ..strings import text
from .choices import ChoiceControl, NumberControl, SwitchControl
from .controls import PercentControl
from .source_picker import SourcePicker

GUIDANCE = (1.0, 15.0)
GROUPS = (
    ("guidance", ("guidance_automatic", "reference_guidance", "sketch_guidance", "window_start", "window_end")),
    ("way", ("fast", "sampler", "noise_schedule", "sketch_mode")),
    ("levels", ("level_encoder", "level_middle", "level_low")),
    ("injection", ("injection", "injection_reference", "injection_sketch", "injection_start")),
    (
        "enhancement",
        (
            "background",
            "foreground",
            "style",
            "cut_out",
            "background_picture",
            "clear_background",
            "line_art_mask",
            "reference_mask",
            "foreground_strength",
            "background_strength",
            "merge",
            "background_factor",
            "sketch_threshold",
            "reference_threshold",
        ),
    ),
)
"""The fields of `AdvancedSettings` in the order in which they are shown."""
LARGEST = {"injection_sketch": 200, "background_factor": 200}
"""Percentages that may be more than 100."""
CHOICES = {"sampler": SAMPLERS, "noise_schedule": NOISE_SCHEDULES, "sketch_mode": SKETCH_MODES}
SWITCHES = (
    "guidance_automatic",
    "fast",
    "injection",
    "background",
    "foreground",
    "style",
    "cut_out",
    "clear_background",
)
DEPENDENT = {
    "injection_reference": ("injection",),
    "injection_sketch": ("injection",),
    "injection_start": ("injection",),
    "background_picture": ("background",),
    "clear_background": ("background",),
    "line_art_mask": ("background", "foreground", "cut_out"),
    "reference_mask": ("background",),
    "foreground_strength": ("foreground", "background"),
    "background_strength": ("background", "foreground"),
    "merge": ("background", "foreground", "style"),
    "background_factor": ("background",),
    "sketch_threshold": ("background", "foreground", "cut_out"),
    "reference_threshold": ("background",),
}
"""What has an effect only while one of these is switched on."""

Offered = Callable[[], Sequence[ReferenceSource]]


class AdvancedBody(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something. `offered` is asked for layers and documents to choose."""

    changed = Signal()

    def __init__(self, offered: Offered) -> None:
        super().__init__()
        self._offered = offered
        self._loading = False
        self._available: tuple[str, ...] = ENHANCEMENTS
        self._reason = ""
        self._labels: dict[str, QtWidgets.QLabel] = {}
        self._controls: dict[str, Any] = {}
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
        """What is shown."""
        return AdvancedSettings(**{name: _value(control) for name, control in self._controls.items()})

    def set_settings(self, settings: AdvancedSettings) -> None:
        """Show `settings`."""
        self._loading = True
        for name, control in self._controls.items():
            _set_value(control, getattr(settings, name))
        self._loading = False
        self._show_effect()

    def show_model(self, enhancements: tuple[str, ...], reason: str) -> None:
        """Grey out the enhancements that are not among `enhancements`, each with the `reason`."""
        self._available, self._reason = enhancements, reason
        self._show_effect()

    def _add_row(self, grid: QtWidgets.QGridLayout, name: str) -> None:
        control = self._make(name)
        control.changed.connect(self._on_changed)
        self._controls[name] = control
        row = grid.rowCount()
        if name in SWITCHES:
            grid.addWidget(control, row, 0, 1, 2)
            return
        label = QtWidgets.QLabel(text(f"advanced.{name}"))
        label.setBuddy(control)
        label.setIndent(8)
        self._labels[name] = label
        grid.addWidget(label, row, 0)
        grid.addWidget(control, row, 1)

    def _make(self, name: str) -> Any:
        widget, label, tip = f"huebrush_{name}", text(f"advanced.{name}"), text(f"advanced.{name}.tip")
        if name in SWITCHES:
            return SwitchControl(widget, label, tip)
        if name in CHOICES:
            return ChoiceControl(widget, CHOICES[name], name, label, tip)
        if name in ("reference_guidance", "sketch_guidance"):
            return NumberControl(widget, *GUIDANCE, label, tip)
        if name == "background_picture":
            return SourcePicker(widget, self._offered, label, tip, files=True)
        if name in ("line_art_mask", "reference_mask"):
            selection = ReferenceSource("selection", "", text("mask.selection"))
            return SourcePicker(widget, self._offered_layers, label, tip, fixed=(selection,))
        return PercentControl(widget, LARGEST.get(name, 100), label, tip)

    def _offered_layers(self) -> list[ReferenceSource]:
        return [source for source in self._offered() if source.kind == "layer"]

    def _on_changed(self) -> None:
        if not self._loading:
            self._show_effect()
            self.changed.emit()

    def _show_effect(self) -> None:
        """Grey out what would have no effect, and say why where the model is the reason."""
        on = {name: control.isChecked() for name, control in self._controls.items() if name in SWITCHES}
        self._enable("reference_guidance", not on["guidance_automatic"])
        for name in ENHANCEMENTS:
            control = self._controls[name]
            available = name in self._available
            control.setEnabled(available)
            control.setToolTip(text(f"advanced.{name}.tip") if available else self._reason)
            on[name] = on[name] and available
        for name, switches in DEPENDENT.items():
            self._enable(name, any(on[switch] for switch in switches))

    def _enable(self, name: str, enabled: bool) -> None:
        self._controls[name].setEnabled(enabled)
        if name in self._labels:
            self._labels[name].setEnabled(enabled)


def _value(control: Any) -> Any:
    if isinstance(control, QtWidgets.QCheckBox):
        return control.isChecked()
    if isinstance(control, ChoiceControl):
        return control.choice
    if isinstance(control, SourcePicker):
        return control.sources
    return control.value() if isinstance(control, QtWidgets.QDoubleSpinBox) else control.value


def _set_value(control: Any, value: Any) -> None:
    if isinstance(control, QtWidgets.QCheckBox):
        control.setChecked(value)
    elif isinstance(control, ChoiceControl):
        control.set_choice(value)
    elif isinstance(control, SourcePicker):
        control.set_sources(value)
    elif isinstance(control, QtWidgets.QDoubleSpinBox):
        control.setValue(value)
    else:
        control.set_value(value)
