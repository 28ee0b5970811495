"""Colorizing by script, for the Scripter and other plugins.

    from huebrush import api
    job = api.colorize(document, line_art=lines, references=[colours], steps=20, seed=7)
    api.wait(job)
    api.recipes(document)[job.group]

Nothing blocks: `colorize` returns at once, and `wait` lets Krita go on working.
"""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huebrush_protocol.parameter_ranges import MAX_SEED
from huebrush_protocol.parameters import Parameters
from krita import Document, Node

from .base.artists_hand import artists_hand
from .base.qt import QtCore
from .documents.find import document_key, document_title, find_document, node_id
from .documents.insert_below_lowest import LOWEST_LAYER
from .documents.layer_guess import likely_line_art
from .documents.own_layers import pickable_layers
from .jobs.effective_job import JobRequest
from .jobs.job import Job, Stage
from .results.history import HistoryEntry, read_history, show_result
from .results.recipes import recipes
from .session import session
from .settings.advanced import AdvancedSettings
from .settings.flats import RegionSettings
from .settings.sources import ReferenceSource
from .settings.store import DocumentSettings, read_settings
from .settings.text_edits import TextEditSettings

LATER_MILLISECONDS = 100
"""Milliseconds between two looks whether a script has ended."""


def colorize(
    document: Document,
    line_art: Node | None = None,
    references: Sequence[Node | Document | str | Path] = (),
    *,
    model: str = "demo",
    steps: int = 20,
    seed: int | None = None,
    reference_strength: float = 1.0,
    sketch_strength: float = 1.0,
    advanced: AdvancedSettings | None = None,
    regions: RegionSettings | None = None,
    edits: Sequence[TextEditSettings] = (),
    initial: Node | None = None,
    change: float = Parameters.change,
    in_selection: bool = False,
    batch: bool = False,
) -> Job:
    """Start colorizing `document` and return the job; its layers appear under the line art when it is done.

    * `line_art`: a layer or group; None: the most likely one
    * `references`: layers of `document`, paths of picture files, or other open documents; none is needed with the model
      "none"
    * `steps`: 1 to 150
    * `seed`: 0 to 2**32 - 1; None: a random one
    * `reference_strength`: 0 to 1
    * `sketch_strength`: 0 to 3
    * `advanced`: the finer settings, in percent
    * `regions`: which layers to make and in which colours; None: the model's picture
    * `edits`: text edits of the references, in this order
    * `initial`: a layer or group with a picture of the page that the model goes on from, such as a result that was
      painted on; None: it begins anew
    * `change`: how far it moves away from that picture, 0 (touch up) to 1 (anew)
    * `in_selection`: limit the result, or the places that a check finds, to what is selected now, if anything is; a
      Colorize Mask never is
    * `batch`: nobody waits for it in front of the screen, so the backend does jobs that somebody waits for first

    Raises `problems.ProblemError`, which says what to correct.
    """
    lines = node_id(line_art) if line_art is not None else ""
    settings = DocumentSettings(
        line_art=lines or likely_line_art(document, pickable_layers(document)),
        references=tuple(_source(reference) for reference in references),
        reference_strength=round(reference_strength * 100),
        sketch_strength=round(sketch_strength * 100),
        seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
        steps=steps,
        model=model,
        advanced=advanced or AdvancedSettings(),
        regions=regions or RegionSettings(),
        edits=tuple(edits),
        initial=() if initial is None else (_source(initial),),
        change=round(change * 100),
    )
    return session().jobs.start(
        JobRequest(document_key(document), settings, keep_fixes=True, in_selection=in_selection, batch=batch)
    )


def cancel(job: Job) -> None:
    """Stop `job`."""
    session().jobs.cancel(job)


def wait(job: Job, seconds: float = 600.0) -> Stage:
    """Let Krita work until `job` has ended or `seconds` have passed, and return its stage.

    Krita inserts nothing below the lowest layer of a page or group while a script runs. Where that is the line art, the
    stage is UNPLACED, and the layers come as soon as the script has ended.
    """
    loop = QtCore.QEventLoop()

    def on_change(changed: Job) -> None:
        if not changed.is_active:
            loop.quit()

    session().jobs.changed.connect(on_change)
    deadline = time.monotonic() + seconds
    QtCore.QTimer.singleShot(round(seconds * 1000), loop.quit)
    with artists_hand().in_own_loop():
        while job.is_active and time.monotonic() < deadline:
            loop.exec()
    session().jobs.changed.disconnect(on_change)
    if _waits_for_script(job):
        QtCore.QTimer.singleShot(0, lambda: _place_after_script(job))
    return job.stage


def results(document: Document) -> list[HistoryEntry]:
    """Return the results of `document`, marked ones first, then the newest; those too whose layers are gone. Raises
    OSError when the folder of the history cannot be read."""
    return read_history(document, session().keeper.files.of(document))


def show(document: Document, result: HistoryEntry, beside_others: bool = False) -> None:
    """Show one of the `results` of `document` and, unless it is to be seen `beside_others`, hide the rest. One whose
    layers are gone is put back, which goes on after this returns."""
    if result.is_there:
        show_result(document, result.record.group, beside_others)
    elif result.kept is not None:
        session().keeper.start(document, result.kept, settings_of(result).line_art)


def settings_of(result: HistoryEntry) -> DocumentSettings:
    """Return the settings that one of the `results` was made with."""
    return read_settings(result.record.settings)


def again(document: Document, result: HistoryEntry, **changes: Any) -> Job:
    """Start colorizing `document` with the settings of one of its `results`, but for `changes`, such as `seed=8`, and
    return the job. Raises `problems.ProblemError`, which says what to correct, and TypeError for an unknown setting."""
    settings = dataclasses.replace(settings_of(result), **changes)
    return session().jobs.start(JobRequest(document_key(document), settings, keep_fixes=True))


def _source(reference: Node | Document | str | Path) -> ReferenceSource:
    if isinstance(reference, (str, Path)):
        return ReferenceSource("file", str(reference), Path(reference).name)
    if isinstance(reference, Document):
        return ReferenceSource("document", document_key(reference), document_title(reference))
    return ReferenceSource("layer", node_id(reference), reference.name())


def _waits_for_script(job: Job) -> bool:
    return job.stage is Stage.UNPLACED and job.outcome is not None and job.outcome.code == LOWEST_LAYER


def _place_after_script(job: Job) -> None:
    """Place the result of `job` unless the artist has done so, or has closed its document."""
    document, jobs = job.request.document, session().jobs
    busy = jobs.uses_layers(document) or any(other.request.document == document for other in jobs.active())
    if artists_hand().is_in_own_loop or busy:
        QtCore.QTimer.singleShot(LATER_MILLISECONDS, lambda: _place_after_script(job))
    elif _waits_for_script(job) and find_document(document) is not None:
        jobs.place_result(job, document)


__all__ = [
    "HistoryEntry",
    "Job",
    "Stage",
    "again",
    "cancel",
    "colorize",
    "recipes",
    "results",
    "settings_of",
    "show",
    "wait",
]
