"""Controller that lets the artist paint hints, and follows the layer that they are on."""

from __future__ import annotations

from ...base.problems import problem
from ...base.qt import QtCore, Signal
from ...documents.find import active_document, document_key
from ...documents.own_layers import find_hints_layer
from ...session import Session
from ...strokes.hints_brush import hidden_hints, is_noted, source_of
from .form import RegionForm
from .hints_choice import HintsState


class HintsController(QtCore.QObject):
    """Emits `failed(Problem)` without a document."""

    failed = Signal(object)

    def __init__(
        self, session: Session, form: RegionForm, other_brush: QtCore.pyqtBoundSignal, parent: QtCore.QObject
    ) -> None:
        """`other_brush` is emitted when another brush of ours is about to take the artist's tools; connect that one
        later."""
        super().__init__(parent)
        other_brush.connect(lambda _color: self.done())
        self._brush, self._form = session.hints_brush, form
        self._without: set[str] = set()
        """Keys of the documents whose layer of hints was deleted; undo may bring it back."""
        form.section.paint_requested.connect(self.paint)
        form.section.done_requested.connect(self.done)
        form.section.removal_requested.connect(self.remove)

    def refresh(self) -> None:
        """Follow the layer of hints in the active document, which may be new, hidden or deleted."""
        document = active_document()
        if document is None:
            self._form.section.show_hints(HintsState())
            return
        key, layer, chosen = document_key(document), find_hints_layer(document), self._form.section.settings.hints
        if layer is None and chosen and is_noted(document, chosen[0]):
            self._without.add(key)
            self._form.use_hints(())
        elif layer is not None and key in self._without:
            self._without.discard(key)
            if not chosen:
                self._form.use_hints((source_of(layer),))
        is_hidden = bool(chosen) and chosen[0].key == hidden_hints(document)
        self._form.section.show_hints(HintsState(layer is not None, is_hidden, self._brush.is_painting(document)))

    def toggle(self) -> None:
        """Begin to paint hints, or end it."""
        document = active_document()
        if document is not None and self._brush.is_painting(document):
            self.done()
        else:
            self.paint()

    def paint(self) -> None:
        """Let the artist paint hints, which the next result then follows."""
        document = active_document()
        if document is None:
            self.failed.emit(problem("no_document"))
            return
        self._form.use_hints((self._brush.begin(document),), makes_flats=True)
        self._without.discard(document_key(document))
        self.refresh()

    def done(self) -> None:
        """Give the artist back what they had in hand. The hints stay."""
        document = active_document()
        if document is not None:
            self._brush.finish(document)
            self.refresh()

    def remove(self) -> None:
        """Remove the hints."""
        document = active_document()
        if document is not None:
            self._brush.remove(document)
            self.refresh()
