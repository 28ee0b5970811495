"""Backend process that this Krita starts for itself, and its log."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from huebrush_protocol.endpoint import ENDPOINT_FILE, LOG_FILE
from huebrush_protocol.locations import krita_folder_name, private_folder, runtime_folder

from ..base.problems import ProblemError, problem
from ..base.qt import QtCore, Signal, to_bytes
from ..base.strings import text

INSTALLATION_FILE = "installation.json"
LOG_TAIL_BYTES = 16_384
STOP_MILLISECONDS = 2000
FOREIGN_VARIABLES = re.compile(r"(PYTHON|LD_LIBRARY_PATH|LD_PRELOAD|DYLD_|QT_|QML|PYENV_|VIRTUAL_ENV|CONDA_)")
"""Environment variables that are meant for Krita's own libraries, and would break another program."""


@dataclass(frozen=True)
class Installation:
    """Installation that install.py noted: the `huebrush` command and the folder of the models."""

    command: tuple[str, ...]
    version: str
    data_folder: str


def user_data_folder() -> Path:
    """Return Huebrush's folder in Krita's user data; it survives updates of the plugin."""
    location = QtCore.QStandardPaths.StandardLocation.AppDataLocation
    return Path(os.path.realpath(QtCore.QStandardPaths.writableLocation(location))) / "huebrush"


def read_installation(folder: Path) -> Installation:
    """Return the installation noted in `folder`. Raises `ProblemError` when there is nothing to start."""
    file = folder / INSTALLATION_FILE
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        command = tuple(str(word) for word in values["command"])
        installation = Installation(command, str(values.get("version", "")), str(values.get("data_folder", "")))
    except FileNotFoundError as error:
        raise ProblemError(problem("backend_missing", path=file)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProblemError(problem("installation_unreadable", path=file, reason=error)) from error
    if not command or not Path(command[0]).exists():
        raise ProblemError(problem("backend_program_gone", path=command[0] if command else file))
    return installation


def clean_environment(variables: dict[str, str]) -> dict[str, str]:
    """Return `variables` without those that point a child at Krita's own Python and Qt."""
    kept = {name: value for name, value in variables.items() if not FOREIGN_VARIABLES.match(name)}
    return {**kept, "PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1"}


class BackendProcess(QtCore.QObject):
    """Process of `huebrush serve` in a private runtime folder. Emits `announced` when it has written its endpoint file,
    and `ended(description)` when it ends unasked."""

    announced = Signal(Path)
    ended = Signal(str)

    def __init__(self, installation: Installation, device: str, parent: QtCore.QObject | None = None) -> None:
        """Start the program; `device` is passed on unless empty. Raises LocationError without a private folder."""
        super().__init__(parent)
        self.folder = private_folder(runtime_folder() / krita_folder_name(os.getpid()))
        self._output = b""
        self._stopping = False
        (self.folder / ENDPOINT_FILE).unlink(missing_ok=True)
        self._watcher = QtCore.QFileSystemWatcher([str(self.folder)], self)
        self._watcher.directoryChanged.connect(self._look)
        self._process = QtCore.QProcess(self)
        environment = QtCore.QProcessEnvironment()
        for name, value in clean_environment(dict(os.environ)).items():
            environment.insert(name, value)
        self._process.setProcessEnvironment(environment)
        self._process.setProcessChannelMode(QtCore.QProcess.ProcessChannelMode.MergedChannels)
        self._process.readyRead.connect(self._collect)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        arguments = [*installation.command[1:], "serve", "--runtime", str(self.folder), "--parent", str(os.getpid())]
        if device:
            arguments += ["--device", device]
        self._process.start(installation.command[0], arguments)

    @property
    def pid(self) -> int:
        """The process id of the backend's front, 0 when it does not run."""
        return int(self._process.processId())

    def log_tail(self) -> str:
        """Return the end of the backend's log and of what it printed."""
        return read_tail(self.folder / LOG_FILE) + self._output.decode("utf-8", "replace")

    def stop(self) -> None:
        """Ask the backend to end, and make sure that it does; blocks for at most `STOP_MILLISECONDS`."""
        self._stopping = True
        if self._process.state() != QtCore.QProcess.ProcessState.NotRunning:
            self._process.terminate()
            if not self._process.waitForFinished(STOP_MILLISECONDS):
                self._process.kill()
                self._process.waitForFinished(STOP_MILLISECONDS)
        self.deleteLater()

    def _look(self, *_: object) -> None:
        file = self.folder / ENDPOINT_FILE
        if file.exists():
            self._watcher.removePaths(self._watcher.directories())
            self.announced.emit(file)

    def _collect(self) -> None:
        self._output = (self._output + to_bytes(self._process.readAll()))[-LOG_TAIL_BYTES:]

    def _on_finished(self, code: int, status: QtCore.QProcess.ExitStatus) -> None:
        self._collect()
        crashed = status == QtCore.QProcess.ExitStatus.CrashExit
        self._report(text("backend.ended.signal" if crashed else "backend.ended.status", code=code))

    def _on_error(self, error: QtCore.QProcess.ProcessError) -> None:
        if error == QtCore.QProcess.ProcessError.FailedToStart:
            self._report(self._process.errorString())

    def _report(self, description: str) -> None:
        if not self._stopping:
            self._stopping = True
            self.ended.emit(description)


def read_tail(file: Path) -> str:
    """Return the last `LOG_TAIL_BYTES` of a log file, empty when there is none."""
    try:
        with file.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - LOG_TAIL_BYTES))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
