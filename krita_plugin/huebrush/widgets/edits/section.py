"""The page of text edits, made when it is first shown."""

from __future__ import annotations

from collections.abc import Sequence

from huebrush_protocol.messages import ModelInfo

from ...base.qt import QtWidgets, Signal
from ...base.strings import text
from ...settings.sources import ReferenceSource
from ...settings.text_edits import TextEditSettings, can_edit
from ..controls.late_contents import LateContents
from .list import EditList


class EditsSection(LateContents):
    """Emits `changed` when the artist has changed something, `summary_changed(int, str)` with the number of edits that
    are on and why they have no effect (""), `page_requested` when the artist should see them,
    `brush_requested("#rrggbb")` to paint an edit's place, and what `EditApply` does."""

    changed = Signal()
    summary_changed = Signal(int, str)
    page_requested = Signal()
    brush_requested = Signal(str)
    patch_requested = Signal(int, object)
    """The row of an edit, and the source that its patch is to be cut out of."""
    apply_clicked = Signal()
    reopen_clicked = Signal()
    keep_changed = Signal(bool)
    heatmap_requested = Signal(object, object)
    """A `Heatmap` and the `Question` whose answer it wants to show."""

    def __init__(self) -> None:
        super().__init__(self._make_list)
        self._edits: tuple[TextEditSettings, ...] = ()
        self._model: ModelInfo | None = None
        self._body: EditList | None = None
        self._keep, self._refusals, self._target, self._busy = False, ("", ""), "", False
        self._references: tuple[ReferenceSource, ...] = ()
        self._has_regions = False

    @property
    def edits(self) -> tuple[TextEditSettings, ...]:
        """Edits in their order, whether their page was shown or not."""
        return self._edits

    def set_edits(self, edits: Sequence[TextEditSettings]) -> None:
        """Show `edits`."""
        self._edits = tuple(edits)
        if self._body is not None:
            self._body.set_edits(edits)
        self._tell_summary()

    def take_edits(self, edits: Sequence[TextEditSettings]) -> None:
        """Replace all edits with `edits`, as if the artist had written them."""
        self.set_edits(edits)
        self.changed.emit()

    def show_model(self, model: ModelInfo | None) -> None:
        """Follow what `model` can do and which words it knows."""
        self._model = model
        if self._body is not None:
            self._body.show_model(model)
        self._tell_summary()

    def show_refusal(self, reason: str, whole: str = "") -> None:
        """Say why edits cannot have a place of the page, and why that cannot be whole regions, "" where they can."""
        self._refusals = reason, whole
        if self._body is not None:
            self._body.show_refusal(reason, whole)

    def show_references(self, references: Sequence[ReferenceSource]) -> None:
        """Follow in which references a “Where” can be looked for."""
        self._references = tuple(references)
        if self._body is not None:
            self._body.fit.show_references(references)

    def show_regions(self, has_regions: bool) -> None:
        """Let new strokes stand for whole regions where the result has regions."""
        self._has_regions = has_regions
        if self._body is not None:
            self._body.show_regions(has_regions)

    def set_keep(self, keep: bool) -> None:
        """Show whether the brush's layer stays when edits are applied."""
        self._keep = keep
        if self._body is not None:
            self._body.apply.set_keep(keep)

    def show_target(self, name: str) -> None:
        """Name the layer that edits with an edit mask change, "" if there is no result yet."""
        self._target = name
        if self._body is not None:
            self._body.apply.show_target(name)

    def show_busy(self, busy: bool) -> None:
        """Wait while a job of the document runs."""
        self._busy = busy
        if self._body is not None:
            self._body.apply.show_busy(busy)

    def opened(self) -> EditList:
        """Show the list to the artist, who is to see what a shortcut does, and return it."""
        self.page_requested.emit()
        self.make_contents()
        assert self._body is not None
        return self._body

    def _make_list(self) -> QtWidgets.QWidget:
        self._body = EditList()
        self._body.set_edits(self._edits)
        self._body.show_model(self._model)
        self._body.changed.connect(self._on_changed)
        self._body.brush_requested.connect(self.brush_requested)
        self._body.patch_requested.connect(self.patch_requested)
        self._body.apply.apply_clicked.connect(self.apply_clicked)
        self._body.apply.reopen_clicked.connect(self.reopen_clicked)
        self._body.apply.keep_changed.connect(self.keep_changed)
        self._body.show_refusal(*self._refusals)
        self._body.show_regions(self._has_regions)
        self._body.fit.show_references(self._references)
        self._body.apply.set_keep(self._keep)
        self._body.apply.show_target(self._target)
        self._body.apply.show_busy(self._busy)
        fit = self._body.fit
        fit.requested.connect(lambda question: self.heatmap_requested.emit(fit, question))
        return self._body

    def _on_changed(self) -> None:
        assert self._body is not None
        self._edits = self._body.edits
        self._tell_summary()
        self.changed.emit()

    def _tell_summary(self) -> None:
        """Tell how many edits are on, and why none has an effect if the model does not support them."""
        model = self._model.title if self._model is not None else ""
        why_idle = "" if can_edit(self._model) else text("advanced.not_with", model=model)
        self.summary_changed.emit(sum(edit.acts for edit in self._edits), why_idle)
