"""Controller of the list of colours' sources: shows spots and regions, and gives a part another colour."""

from __future__ import annotations

import math

from ...base.qt import QtCore
from ...documents.find import active_document, document_key
from ...jobs.job import Job
from ...results.color_sources import ColorSpot, PartNow, parts_now
from ...results.flats_report import PlaceToCheck
from ...settings.flats import with_color_at
from ...settings.sources import ReferenceSource
from ..places_to_check.controller import PlacesToCheckController
from .list import ColorSourcesList
from .reference_pictures import ReferencePictures
from .spot_picture import SpotView


class ColorSourcesController(QtCore.QObject):
    """Follows the result that `places` shows. For the caller to place: `list`."""

    def __init__(self, places: PlacesToCheckController, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._places = places
        self._job: Job | None = None
        self._pictures = ReferencePictures(self)
        self.list = ColorSourcesList(self._view)
        self._pictures.changed.connect(self.list.show_pictures)
        places.refreshed.connect(self._follow)
        self.list.opened.connect(self._read_pictures)
        self.list.part_chosen.connect(self._show_part)
        self.list.color_chosen.connect(self._swap)

    def _follow(self, job: Job | None, is_idle: bool) -> None:
        """Show where the colours of `job` came from, None for no result."""
        self._job = job
        parts: tuple[PartNow, ...] = ()
        more = 0
        if job is not None and job.flats_report is not None and not job.effective.is_check:
            earlier = [
                other.flats_report.sources
                for other in self._places.results_before(job)
                if other.flats_report is not None and _references(other) == _references(job)
            ]
            parts = parts_now(job.flats_report.sources, earlier, job.effective.settings.regions.fixes)
            more = job.flats_report.more_sources
        self.list.show_parts(parts, more, is_idle)
        if parts and self.list.is_open:
            self._read_pictures()

    def _read_pictures(self) -> None:
        document = active_document()
        if document is not None and self._job is not None:
            self._pictures.read(document, self._job.id, _references(self._job))

    def _view(self, spot: ColorSpot) -> SpotView:
        """Return the spot's picture as it is known now."""
        sources = _references(self._job) if self._job is not None else ()
        if self._job is None or spot.reference >= len(sources):
            return SpotView(spot, "?", None)
        source = sources[spot.reference]
        return SpotView(spot, source.name, self._pictures.picture(self._job.request.document, source))

    def _show_part(self, now: PartNow) -> None:
        """Show the largest region of a part on the canvas, in a square as large as its regions are on average: the
        report says where each is, not how far it reaches."""
        document = active_document()
        if document is None or self._job is None or document_key(document) != self._job.request.document:
            return
        x, y = now.part.points[0]
        edge = math.sqrt(now.part.share * document.width() * document.height() / max(1, now.part.regions))
        self._places.show_place(
            PlaceToCheck(
                kind="",
                risk=0.0,
                text="",
                x=x - edge / 2,
                y=y - edge / 2,
                width=edge,
                height=edge,
                area=0,
                color=now.color,
                suggestions=(),
            )
        )

    def _swap(self, now: PartNow, color: str) -> None:
        """Make the result again with the part in `color`; its first colour comes back by itself when none is fixed."""
        if self._job is not None:
            wanted = "" if color == now.part.spot.color else color
            regions = with_color_at(self._job.effective.settings.regions, now.part.points, wanted)
            self._places.make_again(regions.fixes)


def _references(job: Job) -> tuple[ReferenceSource, ...]:
    """Return the references of a job in the order of a report's numbers."""
    return tuple(source for source in job.effective.references if source.weight > 0)
