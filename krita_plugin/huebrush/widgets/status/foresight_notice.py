"""Words before a run: what would hide its result, and that it will be limited to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...documents.find import document_key
from ...jobs.foresight import foresee
from ...settings.store import DocumentSettings
from .notices import Notices
from .selection_switch import SelectionSwitch

if TYPE_CHECKING:
    from krita import Document


class ForesightNotice:
    """Tells `notices` what would hide a result, and lets `in_selection` say what it will be limited to."""

    def __init__(self, notices: Notices, in_selection: SelectionSwitch) -> None:
        self._notices, self._in_selection = notices, in_selection
        self._looked_at: tuple[str, str, bool] | None = None

    def look(self, document: Document | None, settings: DocumentSettings) -> None:
        """Look at `document` with these `settings`: it may have changed, or another one come."""
        self._looked_at = _choice(document, settings)
        self._in_selection.look(document, settings)
        if document is None or settings.regions.is_check:
            self._notices.foresee(None)
        else:
            self._notices.foresee(foresee(document, settings.line_art))

    def follow(self, document: Document | None, settings: DocumentSettings) -> None:
        """Look again where other lines or another kind of result are chosen: Krita takes its time for a small picture
        of the lines."""
        if _choice(document, settings) != self._looked_at:
            self.look(document, settings)
        else:
            self._in_selection.look(document, settings)


def _choice(document: Document | None, settings: DocumentSettings) -> tuple[str, str, bool]:
    key = document_key(document) if document is not None else ""
    return key, settings.line_art, settings.regions.is_check
