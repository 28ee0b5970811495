"""The notice of what would hide a result, kept up to date while the artist chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...documents.find import document_key
from ...jobs.foresight import foresee
from ...settings.store import DocumentSettings
from .notices import Notices

if TYPE_CHECKING:
    from krita import Document


class ForesightNotice:
    """Tells `notices` what would hide a result."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._looked_at: tuple[str, str, bool] | None = None

    def look(self, document: Document | None, settings: DocumentSettings) -> None:
        """Look at `document` with these `settings`: it may have changed, or another one come."""
        self._looked_at = _choice(document, settings)
        if document is None or settings.regions.is_check:
            self._notices.foresee(None)
        else:
            self._notices.foresee(foresee(document, settings.line_art))

    def follow(self, document: Document | None, settings: DocumentSettings) -> None:
        """Look again where other lines or another kind of result are chosen: Krita takes its time for a small picture
        of the lines."""
        if _choice(document, settings) != self._looked_at:
            self.look(document, settings)


def _choice(document: Document | None, settings: DocumentSettings) -> tuple[str, str, bool]:
    key = document_key(document) if document is not None else ""
    return key, settings.line_art, settings.regions.is_check
