"""The choice of the model, and the button to more of them."""

from __future__ import annotations

from collections.abc import Sequence

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.regions import WITHOUT_MODEL

from ...base.qt import QtCore, QtGui, QtWidgets, Signal
from ...base.strings import text, translated
from ..controls.buttons import tool_button
from ..controls.inputs import NameList

BUILTIN = "demo"
"""The name of the built-in model, which the docker knows before it has heard from the backend."""


class ModelPicker(NameList):
    """Offers the models that the backend knows; each item's data is the model's name.

    For the caller to place: `row`, which holds this and the button that emits `more_requested`.
    """

    more_requested = Signal()

    def __init__(self) -> None:
        super().__init__(5)
        self.setObjectName("huebrush_model")
        self.setAccessibleName(text("model.name"))
        more = tool_button("huebrush_shop_open", text("shop.open"), text("shop.open.name"), self.more_requested.emit)
        self.row = QtWidgets.QWidget()
        layout = QtWidgets.QHBoxLayout(self.row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self, 1)
        layout.addWidget(more)

    def show_models(self, models: Sequence[ModelInfo], wanted: str, can_without: bool) -> None:
        """Offer `models`, and to do without one if `can_without`, and choose `wanted`, which stays in the list even if
        the backend does not know it (yet)."""
        self.clear()
        for model in models:
            label = model.title if model.available else text("model.missing", title=model.title)
            self.addItem(label, model.name)
            self.setItemData(self.count() - 1, translated(model.remedy), QtCore.Qt.ItemDataRole.ToolTipRole)
            if not model.available:
                grey = self.palette().brush(QtGui.QPalette.ColorGroup.Disabled, QtGui.QPalette.ColorRole.Text)
                self.setItemData(self.count() - 1, grey, QtCore.Qt.ItemDataRole.ForegroundRole)
        if (can_without or wanted == WITHOUT_MODEL) and self.findData(WITHOUT_MODEL) < 0:
            self.addItem(text("model.without"), WITHOUT_MODEL)
            self.setItemData(self.count() - 1, text("model.without.tip"), QtCore.Qt.ItemDataRole.ToolTipRole)
        if self.findData(wanted) < 0:
            self.insertItem(0, text("model.builtin") if wanted == BUILTIN else wanted, wanted)
        self.setCurrentIndex(self.findData(wanted))
        chosen = next((model for model in models if model.name == wanted), None)
        is_builtin = chosen.builtin if chosen is not None else wanted == BUILTIN
        self.setToolTip(text("model.demo_note") if is_builtin else text("model.name"))
