"""The buttons that start and stop a job, its progress, and the picture that emerges."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets, Signal
from ...base.strings import catalogue, text
from ...jobs.job import CANCELLABLE, Job, Stage

FULL = 1000
SMALLEST_PREVIEW = 120


class PreviewLabel(QtWidgets.QLabel):
    """Shows a picture as large as its width allows."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_preview")
        self.setAccessibleName(text("preview.name"))
        self.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self._picture: QtGui.QImage | None = None

    def show_picture(self, picture: QtGui.QImage | None) -> None:
        """Show `picture`, or hide for None."""
        self._picture = picture
        self.setVisible(picture is not None)
        self._fit()

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Scale the picture again."""
        super().resizeEvent(a0)
        self._fit()

    def _fit(self) -> None:
        if self._picture is None or self._picture.isNull():
            return
        width = max(SMALLEST_PREVIEW, self.width())
        height = max(1, min(width, round(width * self._picture.height() / self._picture.width())))
        self.setFixedHeight(height)
        self.setPixmap(
            QtGui.QPixmap.fromImage(self._picture).scaled(
                width,
                height,
                QtCore.Qt.AspectRatioMode.KeepAspectRatio,
                QtCore.Qt.TransformationMode.SmoothTransformation,
            )
        )


class JobView(QtWidgets.QWidget):
    """Emits `colorize_clicked` and `cancel_clicked`; `show_job` shows the state of a job."""

    colorize_clicked = Signal()
    cancel_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._colorize = QtWidgets.QPushButton(text("job.colorize"))
        self._colorize.setObjectName("huebrush_colorize")
        self._colorize.setToolTip(text("job.colorize.tip"))
        self._colorize.setMinimumHeight(32)
        bold = self._colorize.font()
        bold.setBold(True)
        self._colorize.setFont(bold)
        self._cancel = QtWidgets.QPushButton(text("job.cancel"))
        self._cancel.setObjectName("huebrush_cancel")
        self._cancel.setToolTip(text("job.cancel.tip"))
        self._cancel.setMinimumHeight(32)
        self._bar = QtWidgets.QProgressBar()
        self._bar.setObjectName("huebrush_progress")
        self._bar.setAccessibleName(text("job.progress.name"))
        self._bar.setRange(0, FULL)
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(8)
        self._phase = QtWidgets.QLabel()
        self._phase.setObjectName("huebrush_phase")
        self._phase.setWordWrap(True)
        self._preview = PreviewLabel()
        self._colorize.clicked.connect(lambda _checked=False: self.colorize_clicked.emit())
        self._cancel.clicked.connect(lambda _checked=False: self.cancel_clicked.emit())
        buttons = QtWidgets.QHBoxLayout()
        buttons.addWidget(self._colorize, 1)
        buttons.addWidget(self._cancel)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(buttons)
        layout.addWidget(self._bar)
        layout.addWidget(self._phase)
        layout.addWidget(self._preview)
        self.show_job(None, show_preview=True)

    def show_task(self, is_check: bool) -> None:
        """Name the task of the big button: check the artist's flats, or colorize."""
        task = "check" if is_check else "colorize"
        self._colorize.setText(text(f"job.{task}"))
        self._colorize.setToolTip(text(f"job.{task}.tip"))

    def show_job(self, job: Job | None, show_preview: bool) -> None:
        """Show the state of `job`; None for no job."""
        active = job is not None and job.is_active
        self._colorize.setEnabled(not active)
        self._cancel.setEnabled(job is not None and job.stage in CANCELLABLE)
        self._bar.setVisible(active)
        self._phase.setVisible(job is not None)
        self._preview.show_picture(job.preview if job is not None and active and show_preview else None)
        if job is None:
            return
        fraction = job.progress.fraction if job.progress is not None and job.stage is Stage.RUNNING else 0.0
        unknown = job.stage in (Stage.CAPTURING, Stage.STARTING, Stage.QUEUED, Stage.WRITING)
        self._bar.setRange(0, 0 if unknown and active else FULL)
        self._bar.setValue(round(fraction * FULL))
        self._phase.setText(describe(job))


def describe(job: Job) -> str:
    """Return the progress of `job` in words: phase, step and time left."""
    progress = job.progress
    if job.stage is not Stage.RUNNING or progress is None:
        return text(f"stage.{job.stage.value}")
    key = f"phase.{progress.phase}"
    phase = text(key) if key in catalogue("en") else progress.phase.capitalize()
    parts = [text("job.step", phase=phase, step=progress.step, steps=progress.steps) if progress.steps else phase]
    if progress.seconds_left is not None:
        parts.append(time_left(progress.seconds_left))
    return " · ".join(parts)


def time_left(seconds: float) -> str:
    """Return `seconds` as text for the artist."""
    whole = max(1, round(seconds))
    return (
        text("job.minutes_left", minutes=round(whole / 60)) if whole >= 90 else text("job.seconds_left", seconds=whole)
    )
