"""Fetches models for clients, one at a time; lists published models and sets the models folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from huebrush_protocol.messages import Message, ModelInfo, Models
from huebrush_protocol.pulls import (
    LicenceInfo,
    Pull,
    PullCancelled,
    Pulled,
    PullFailed,
    PullProgress,
    ReleaseInfo,
    Releases,
    pull_failed,
)
from huebrush_protocol.texts import Text

from huebrush_backend.checkpoints.release_state import fetched_bytes, is_open, is_present, missing_for
from huebrush_backend.checkpoints.releases import RELEASES, Release
from huebrush_backend.models.catalog import MODELS_VARIABLE, default_models_folder
from huebrush_backend.models.libraries import has_model_libraries, missing_libraries_remedy
from huebrush_backend.models.settings import read_settings, write_settings
from huebrush_backend.server.logs import escaped
from huebrush_backend.server.pull_process import PullProcess
from huebrush_backend.server.pull_worker import PullTask

log = logging.getLogger(__name__)


class Pulls:
    """Answers clients' messages about pulls, and tells all clients about progress. A separate process does the work."""

    def __init__(self, tell_all: Callable[[Message], None], list_models: Callable[[], Sequence[ModelInfo]]) -> None:
        self._tell_all, self._list_models = tell_all, list_models
        self._process: PullProcess | None = None
        self._progress = PullProgress("", "starting")
        self._outcome: Message | None = None

    def releases(self) -> Releases:
        """List the models that can be fetched, and say which are present."""
        folder = default_models_folder()
        pulling = self._progress.release if self._process is not None else ""
        return Releases(tuple(_describe(release, folder) for release in RELEASES), str(folder), pulling)

    def set_models_folder(self, folder: str) -> PullFailed | None:
        """Make `folder` the models folder and tell all clients. Returns a failure if it cannot be used, else None."""
        if os.environ.get(MODELS_VARIABLE):
            return pull_failed("", "folder", "pull.folder_from_variable", variable=MODELS_VARIABLE)
        if self._process is not None:
            return pull_failed("", "folder", "pull.folder_in_use")
        if folder and ("\0" in folder or not Path(folder).is_absolute()):
            return pull_failed("", "folder", "pull.folder_not_full", folder=escaped(folder))
        try:
            if folder:
                Path(folder).mkdir(parents=True, exist_ok=True)
            write_settings(replace(read_settings(), models_folder=folder))
        except OSError as error:
            return pull_failed("", "folder", "pull.folder", folder=folder, reason=Text.about(error))
        self._tell_all(self.releases())
        self._tell_all(Models(tuple(self._list_models())))
        return None

    def pull(self, message: Pull) -> Message:
        """Begin to fetch a release, unless this is already running; return the first message about it."""
        if self._process is not None:
            if message.release == self._progress.release:
                return self._progress
            return pull_failed(message.release, "busy", "pull.busy", release=self._progress.release)
        if not has_model_libraries():  # said before gigabytes are fetched
            return PullFailed(message.release, "internal", missing_libraries_remedy(), "")
        if "\0" in message.folder:
            return pull_failed(message.release, "folder", "pull.folder_not_full", folder=escaped(message.folder))
        log.info("fetching %s", message.release)
        task = PullTask(os.getpid(), message.release, message.accepted_licence, message.mirror, message.folder)
        try:
            self._process = PullProcess(task, self._on_report, self._on_exit)
        except OSError as error:
            return pull_failed(message.release, "internal", "pull.not_started", reason=Text.about(error))
        self._progress, self._outcome = PullProgress(message.release, "starting"), None
        return self._progress

    def cancel(self, release: str) -> Message | None:
        """Stop fetching `release`. Returns the answer if it is known at once; otherwise it follows at the end."""
        if self._process is None or release != self._progress.release:
            return PullCancelled(release)
        self._outcome = PullCancelled(release)
        self._process.stop()
        return None

    async def close(self) -> None:
        """Stop a running pull."""
        if self._process is not None:
            await self._process.close()

    def _on_report(self, report: dict[str, Any]) -> None:
        release = self._progress.release
        if "progress" in report:
            self._progress = PullProgress(release, **report["progress"])
            self._tell_all(self._progress)
        elif "failed" in report and self._outcome is None:
            code, message, remedy = (report["failed"][key] for key in ("code", "message", "remedy"))
            self._outcome = PullFailed(release, code, Text.from_data(message), Text.from_data(remedy))
        elif "cancelled" in report:
            self._outcome = PullCancelled(release)
        elif "done" in report:
            self._outcome = Pulled(release)

    def _on_exit(self, status: int) -> None:
        release, self._process = self._progress.release, None
        outcome = self._outcome or pull_failed(release, "internal", "pull.ended", release=release, status=status)
        log.info("%s", outcome)
        self._tell_all(outcome)
        self._tell_all(Models(tuple(self._list_models())))


def _describe(release: Release, models_folder: Path) -> ReleaseInfo:
    licence = release.licence
    return ReleaseInfo(
        name=release.name,
        title=release.title,
        purpose=release.purpose,
        size=round(release.gigabytes * 1e9),
        licence=LicenceInfo(licence.name, licence.title, licence.address, licence.terms, is_open(licence)),
        present=is_present(release, models_folder),
        fetched=fetched_bytes(release, models_folder),
        needs=tuple(item.name for item in missing_for(release, models_folder) if item is not release),
    )
