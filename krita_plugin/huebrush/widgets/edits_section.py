"""The folded part of the docker with the changes by text; made when it is first folded out."""

from __future__ import annotations

from collections.abc import Sequence

from huebrush_protocol.messages import ModelInfo

from ..qt import QtWidgets, Signal
from ..strings import text
from ..text_edits import TextEditSettings, can_edit
from .availability import explain
from .edit_list import EditList
from .folded_section import FoldedSection


class EditsSection(FoldedSection):
    """Emits `changed` when the artist has changed something and `folded(bool)` when it was folded in (True) or out."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("huebrush_edits", text("edits.title"), text("edits.title.name"), self._make_list)
        self._edits: tuple[TextEditSettings, ...] = ()
        self._model: ModelInfo | None = None
        self._body: EditList | None = None

    @property
    def edits(self) -> tuple[TextEditSettings, ...]:
        """The changes in their order, whether it is folded out or not."""
        return self._edits

    def set_edits(self, edits: Sequence[TextEditSettings]) -> None:
        """Show `edits`."""
        self._edits = tuple(edits)
        if self._body is not None:
            self._body.set_edits(edits)
        self._show_head()

    def show_model(self, model: ModelInfo | None) -> None:
        """Follow what `model` can do and which words it knows."""
        self._model = model
        if self._body is not None:
            self._body.show_model(model)
        self._show_head()

    def _make_list(self) -> QtWidgets.QWidget:
        self._body = EditList()
        self._body.set_edits(self._edits)
        self._body.show_model(self._model)
        self._body.changed.connect(self._on_changed)
        return self._body

    def _on_changed(self) -> None:
        assert self._body is not None
        self._edits = self._body.edits
        self._show_head()
        self.changed.emit()

    def _show_head(self) -> None:
        """Say how many are on, and why none has an effect where the model cannot."""
        count = sum(edit.acts for edit in self._edits)
        able = can_edit(self._model)
        title = text("edits.title")
        if count:
            title = text("edits.title.on" if able else "edits.title.idle", title=title, count=count)
        self.head.setText(title)
        model = self._model.title if self._model is not None else ""
        explain(self.head, "" if able else text("advanced.not_with", model=model))
