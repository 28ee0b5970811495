"""The buttons that start and stop a job, its progress, and the picture that emerges."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets, Signal
from ...base.strings import catalogue, text
from ...jobs.job import CANCELLABLE, Job, Stage
from ..controls.buttons import tool_button
from ..controls.elided_label import ElidedLabel
from ..controls.time_left import time_left

FULL = 1000
BUTTON_HEIGHT = 28


class PreviewLabel(QtWidgets.QLabel):
    """Shows a picture as large as its width and `set_highest` allow."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_preview")
        self.setAccessibleName(text("preview.name"))
        self.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self._picture: QtGui.QImage | None = None
        self._highest = 0

    def set_highest(self, height: int) -> None:
        """Be at most `height` pixels high; 0 hides the picture."""
        if height != self._highest:
            self._highest = height
            self._fit()

    def show_picture(self, picture: QtGui.QImage | None) -> None:
        """Show `picture`, or hide for None."""
        if picture is not self._picture:  # progress comes more often than pictures
            self._picture = picture
            self._fit()

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Scale the picture again."""
        super().resizeEvent(a0)
        self._fit()

    def _fit(self) -> None:
        picture = self._picture
        self.setVisible(picture is not None and not picture.isNull() and self._highest > 0)
        if picture is None or picture.isNull() or not self._highest:
            return
        width = max(1, self.width())
        height = max(1, min(self._highest, round(width * picture.height() / picture.width())))
        self.setFixedHeight(height)
        ratio = self.devicePixelRatioF()
        pixmap = QtGui.QPixmap.fromImage(picture).scaled(
            round(width * ratio),
            round(height * ratio),
            QtCore.Qt.AspectRatioMode.KeepAspectRatio,
            QtCore.Qt.TransformationMode.SmoothTransformation,
        )
        pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)


class CancelButton(QtWidgets.QPushButton):
    """Takes the place of the button that was just pressed: the second half of a double click does not count."""

    def mouseDoubleClickEvent(self, a0: QtGui.QMouseEvent | None) -> None:
        """Ignore it."""
        if a0 is not None:
            a0.accept()


class JobView(QtWidgets.QWidget):
    """Emits `colorize_clicked`, `another_clicked` and `cancel_clicked`; `show_job` shows the state of a job."""

    colorize_clicked = Signal()
    another_clicked = Signal()
    cancel_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._colorize = QtWidgets.QPushButton(text("job.colorize"))
        self._colorize.setObjectName("huebrush_colorize")
        self._cancel = CancelButton(text("job.cancel"))
        self._cancel.setObjectName("huebrush_cancel")
        self._cancel.setToolTip(text("job.cancel.tip"))
        bold = self._colorize.font()
        bold.setBold(True)
        for button in (self._colorize, self._cancel):
            button.setFont(bold)
            button.setMinimumHeight(BUTTON_HEIGHT)
        self._another = tool_button("huebrush_another", text("job.another"), text("job.another.tip"))
        self._another.setMinimumHeight(BUTTON_HEIGHT)
        self._bar = QtWidgets.QProgressBar()
        self._bar.setObjectName("huebrush_progress")
        self._bar.setAccessibleName(text("job.progress.name"))
        self._bar.setRange(0, FULL)
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(6)
        self._phase = ElidedLabel()
        self._phase.setObjectName("huebrush_phase")
        self._note = QtWidgets.QLabel()
        self._note.setObjectName("huebrush_job_note")
        self._note.setWordWrap(True)
        self._note.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self._preview = PreviewLabel()
        self._colorize.clicked.connect(lambda _checked=False: self.colorize_clicked.emit())
        self._another.clicked.connect(lambda _checked=False: self.another_clicked.emit())
        self._cancel.clicked.connect(lambda _checked=False: self.cancel_clicked.emit())
        self._buttons = QtWidgets.QHBoxLayout()
        self._buttons.setSpacing(3)
        self._buttons.addWidget(self._colorize, 1)
        self._buttons.addWidget(self._cancel, 1)
        self._buttons.addWidget(self._another)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self._preview)
        layout.addWidget(self._note)
        layout.addWidget(self._phase)
        layout.addWidget(self._bar)
        layout.addLayout(self._buttons)
        self._is_low = False
        self.show_task(is_check=False)
        self.show_job(None, show_preview=True)

    def add_button(self, button: QtWidgets.QToolButton) -> None:
        """Put `button` at the end of the row."""
        button.setMinimumHeight(BUTTON_HEIGHT)
        self._buttons.addWidget(button)

    def set_preview_height(self, height: int) -> None:
        """Show previews at most `height` pixels high; 0 shows none."""
        self._preview.set_highest(height)

    def set_low(self, is_low: bool) -> None:
        """Say nothing of jobs that have ended, from the next `show_job` on, or say how they did."""
        self._is_low = is_low

    def show_task(self, is_check: bool) -> None:
        """Name the task of the big button: check the artist's flats, or colorize. A check has no other picture."""
        task = "check" if is_check else "colorize"
        self._colorize.setText(text(f"job.{task}"))
        self._colorize.setToolTip(text(f"job.{task}.tip"))
        self._another.setVisible(not is_check)

    def show_job(self, job: Job | None, show_preview: bool) -> None:
        """Show the state of `job`; None for no job."""
        active = job is not None and job.is_active
        had_focus = self._colorize.hasFocus() or self._cancel.hasFocus()
        self._cancel.setEnabled(job is not None and job.stage in CANCELLABLE)
        self._colorize.setEnabled(not active)
        self._another.setEnabled(not active)
        self._cancel.setVisible(active)
        self._colorize.setVisible(not active)
        if had_focus:  # what hides gives the focus to the next widget, and Space would do something else
            (self._cancel if active else self._colorize).setFocus()
        self._bar.setVisible(active)
        self._phase.setVisible(active or (job is not None and not self._is_low))
        self._note.setText(job.note if job is not None and active else "")
        self._note.setVisible(bool(self._note.text()) and not self._is_low)
        self._phase.set_wrapped(not active)  # progress changes all the time: the page above would jump
        self._preview.show_picture(job.preview if job is not None and active and show_preview else None)
        if job is None:
            return
        fraction = job.progress.fraction if job.progress is not None and job.stage is Stage.RUNNING else 0.0
        is_loading = job.stage is Stage.RUNNING and job.progress is not None and job.progress.phase == "loading"
        unknown = is_loading or job.stage in (Stage.CAPTURING, Stage.STARTING, Stage.QUEUED, Stage.WRITING)
        self._bar.setRange(0, 0 if unknown and active else FULL)
        self._bar.setValue(round(fraction * FULL))
        self._phase.setText(describe(job))


def describe(job: Job) -> str:
    """Return the progress of `job` in words: phase, step and time left."""
    progress = job.progress
    if job.stage is Stage.QUEUED and job.ahead:
        return text("stage.queued_behind", count=job.ahead)
    if job.stage is not Stage.RUNNING or progress is None:
        return text(f"stage.{job.stage.value}")
    key = f"phase.{progress.phase}"
    phase = text(key) if key in catalogue("en") else progress.phase.capitalize()
    parts = [text("job.step", phase=phase, step=progress.step, steps=progress.steps) if progress.steps else phase]
    if progress.seconds_left is not None:
        parts.append(time_left(progress.seconds_left))
    return " · ".join(parts)
