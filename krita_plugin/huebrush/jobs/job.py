"""A job: one colorization of one document, what was asked for and how it stands."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from huebrush_protocol.frames import Image
from huebrush_protocol.messages import Progress
from huebrush_protocol.parameters import EXTRACT
from huebrush_protocol.regions import WITHOUT_MODEL

from ..base.problems import Problem
from ..base.qt import QtGui
from ..base.tasks import SlicedTask
from ..capture.edit_masks import NO_EDIT_MASKS, EditMasks
from ..capture.pictures import Captured
from ..results.report import FlatsReport
from ..settings.flats import FLATS, RegionSettings
from ..settings.sources import ReferenceSource
from ..settings.store import DocumentSettings


class Stage(Enum):
    """How far a job is; the value names its sentence in the catalogue."""

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
class JobRequest:
    """What to do: in the document with this key, with these settings, the seed already chosen. The result takes the
    place of the group with the id `replaces`, if any. With `before`, the id of a layer or group, the edits that have a
    place change that one in a layer above it; `keep_brush`: the strokes that say where stay afterwards."""

    document: str
    settings: DocumentSettings
    replaces: str = ""
    before: str = ""
    keep_brush: bool = False

    @property
    def has_own_lines(self) -> bool:
        """True when the result brings lines of its own, because the layer chosen is a picture they are drawn from."""
        return self.settings.advanced.sketch_mode == EXTRACT and not self.settings.regions.is_check

    @property
    def regions(self) -> RegionSettings:
        """How the result is made: as chosen, but one layer where one is edited."""
        chosen = self.settings.regions
        if not self.before or not chosen.has_regions:
            return chosen
        return dataclasses.replace(chosen, result=FLATS, shading=False, keep_picture=False)

    @property
    def model(self) -> str:
        """The model that the job takes; a check takes none, whatever is chosen."""
        return WITHOUT_MODEL if self.settings.regions.is_check else self.settings.model

    @property
    def has_model(self) -> bool:
        """False when colours come from hints and a palette alone, or flats are checked: no reference is needed then."""
        return self.model != WITHOUT_MODEL

    @property
    def references(self) -> tuple[ReferenceSource, ...]:
        """The references that the job takes."""
        return self.settings.references if self.has_model else ()


@dataclass(frozen=True)
class ReceivedLayers:
    """What the backend has made: the layers, bottom to top, and the recipe that says how."""

    images: Sequence[Image]
    recipe: dict[str, Any]


@dataclass
class Job:
    """One colorization and where it stands: all that is known of it.

    `announced` is the stage that was told last; `task` reads or writes layers now; `captured` are the pictures that
    wait for the backend, and `result` is what waits for its place among the layers. `outcome` is what to tell the
    artist at its end, if anything; `flats_report` the places to check in its result, known once that has arrived;
    `group` the id of its layers' group, or of its one layer, empty where it has none; `dots_per_inch` the document's;
    `edit_masks` where its edits act, known once that has been read.
    """

    request: JobRequest
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    stage: Stage = Stage.CAPTURING
    announced: Stage | None = None
    task: SlicedTask | None = None
    captured: Captured | None = None
    result: ReceivedLayers | None = None
    progress: Progress | None = None
    preview: QtGui.QImage | None = None
    outcome: Problem | None = None
    group: str = ""
    line_art_opaque: bool = False
    dots_per_inch: float = 0.0
    edit_masks: EditMasks = NO_EDIT_MASKS
    flats_report: FlatsReport | None = None

    @property
    def is_active(self) -> bool:
        """True until the job has come to an end."""
        return self.stage in ACTIVE
