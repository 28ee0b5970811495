"""References and palette of another page, taken over from the menu of references."""

from __future__ import annotations

from ...backend.process import user_data_folder
from ...base.problems import ProblemError, problem, unexpected
from ...base.qt import QtCore
from ...base.tasks import SlicedTask
from ...capture.colored_pages import ColoredPage, carried
from ...documents.find import active_document, document_key, document_title, find_document, open_documents
from ...session import Session
from ...settings.flats import with_palette_of
from ...settings.sources import ReferenceSource
from ...settings.store import DocumentSettings
from ..flats.form import RegionForm
from .dropped import FOLDER
from .list import ReferenceList
from .offers import told_apart


class SameAsController(QtCore.QObject):
    """Offers the other open documents that have references or a palette, and the closed pages that were coloured since
    Krita's start, in the menu of `references`."""

    def __init__(
        self, session: Session, references: ReferenceList, regions: RegionForm, parent: QtCore.QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._references, self._regions = session, references, regions
        self._offered: dict[str, ColoredPage] = {}
        self._task: SlicedTask | None = None
        references.offer_pages(self.offers)
        references.page_chosen.connect(self.take)

    def offers(self) -> list[tuple[str, str]]:
        """Return the pages that can be chosen now: their keys and names."""
        document = active_document()
        own = document_key(document) if document is not None else ""
        found: dict[str, ColoredPage] = {}
        for other in open_documents():
            settings = self._session.store.load(other)
            if settings is not None and _has_something(settings):
                key = document_key(other)
                found[key] = ColoredPage(key, document_title(other), other.fileName(), settings)
        for page in reversed(self._session.jobs.pages.pages()):
            if page.key not in found and find_document(page.key) is None:
                found[page.key] = page
        found.pop(own, None)
        self._offered = found
        titles = told_apart([(page.title, page.path) for page in found.values()])
        return [(page.key, _name(title, page)) for title, page in zip(titles, found.values(), strict=True)]

    def take(self, key: str) -> None:
        """Take over the references and the palette of an offered page."""
        page, document = self._offered.get(key), active_document()
        if page is None or document is None:
            return
        if self._task is not None:
            self._task.cancel()
        own = document_key(document)
        self._task = SlicedTask(
            carried(page, user_data_folder() / FOLDER),
            lambda sources: self._on_carried(own, page, sources),
            self._on_error,
            self,
        )

    def _on_carried(self, document: str, page: ColoredPage, sources: tuple[ReferenceSource, ...]) -> None:
        self._task = None
        active = active_document()
        if active is None or document_key(active) != document:
            return
        if sources:
            self._references.set_sources(sources)
        self._regions.set_settings(with_palette_of(self._regions.settings, page.settings.regions))
        self._references.changed.emit()
        missing = len(page.settings.references) - len(sources)
        if missing:
            self._references.failed.emit(problem("references_gone", severity="info", count=missing, name=page.title))

    def _on_error(self, error: Exception) -> None:
        self._task = None
        if isinstance(error, OSError):
            self._references.failed.emit(problem("reference_not_saved", reason=error))
        else:
            self._references.failed.emit(error.problem if isinstance(error, ProblemError) else unexpected(error))


def _name(title: str, page: ColoredPage) -> str:
    """Return the name of a page with its first reference: pages that were never saved are called alike."""
    sources = page.settings.references
    if not sources:
        return title
    return f"{title} · {sources[0].name}" + (f" + {len(sources) - 1}" if len(sources) > 1 else "")


def _has_something(settings: DocumentSettings) -> bool:
    return bool(settings.references or settings.regions.palette)
