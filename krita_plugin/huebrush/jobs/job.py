"""Job: one colorization of one document, with its request and its state."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image
from huebrush_protocol.messages import Progress

from ..base.problems import Problem
from ..base.qt import QtGui
from ..base.tasks import SlicedTask
from ..capture.edit_masks import NO_EDIT_MASKS, EditMasks
from ..capture.pictures import Captured, LeftOut
from ..documents.page_change import PageMark
from ..results.flats_report import FlatsReport
from .effective_job import EffectiveJob, JobRequest, PageState
from .selected_part import SelectedPart

if TYPE_CHECKING:
    from krita import Selection


class Stage(Enum):
    """Progress of a job; the value names its sentence in the catalogue."""

    CAPTURING = "capturing"
    STARTING = "starting"
    QUEUED = "queued"
    RUNNING = "running"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNPLACED = "unplaced"


ACTIVE = frozenset({Stage.CAPTURING, Stage.STARTING, Stage.QUEUED, Stage.RUNNING, Stage.WRITING})
CANCELLABLE = ACTIVE - {Stage.WRITING}


@dataclass(frozen=True)
class ReceivedLayers:
    """Layers from the backend, bottom to top, and their recipe."""

    images: Sequence[Image]
    recipe: dict[str, object]


@dataclass
class Job:
    """One colorization and all that is known of it.

    * `request`, `page`, `effective`: what was asked for, what the document had then, and what is done
    * `announced`: the stage that was told last
    * `ahead`: how many jobs the backend does before it, while it is queued
    * `task`: reads or writes layers now
    * `captured`: the pictures that the backend has not accepted yet
    * `heard`: when the backend last said something of it, or was asked (`time.monotonic`)
    * `note`: why it runs once more, empty if it does not
    * `lines`: what a Colorize Mask of its result will follow, whatever becomes of the line art's layer
    * `overpaint`: what the artist painted over the result that it goes on from, if anything
    * `result`: what waits for its place among the layers
    * `target`: the key of the document that its result is written into, once it is
    * `outcome`: what to tell the artist at its end, if anything
    * `group`: the id of its layers' group, or of its one layer; empty where it has none
    * `edit_masks`: where its edits act, known once that has been read
    * `selection`: a copy of what was selected at its beginning, until it has been read
    * `selected`: the part of the page that its result is limited to, None for the whole page
    * `left_out`: what of its pictures was too far from everything else
    * `mark`: how the page was when it was read
    * `report`, `flats_report`: the backend's report on its result, and what of it can be shown, known once that has
      arrived
    """

    request: JobRequest
    page: PageState
    effective: EffectiveJob
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    stage: Stage = Stage.CAPTURING
    announced: Stage | None = None
    ahead: int = 0
    task: SlicedTask | None = None
    captured: Captured | None = None
    heard: float = 0.0
    note: str = ""
    lines: Image | None = None
    overpaint: Image | None = None
    result: ReceivedLayers | None = None
    target: str = ""
    progress: Progress | None = None
    preview: QtGui.QImage | None = None
    outcome: Problem | None = None
    group: str = ""
    line_art_opaque: bool = False
    edit_masks: EditMasks = NO_EDIT_MASKS
    selection: Selection | None = None
    selected: SelectedPart | None = None
    left_out: tuple[LeftOut, ...] = ()
    mark: PageMark | None = None
    report: Mapping[str, object] = field(default_factory=dict)
    flats_report: FlatsReport | None = None

    @property
    def is_active(self) -> bool:
        """True until the job has come to an end."""
        return self.stage in ACTIVE
