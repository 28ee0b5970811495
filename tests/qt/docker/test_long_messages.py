"""Messages of any length in a narrow and low docker: all of the words can be read, and the buttons stay in sight."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hands import delete_now, spin
from huebrush.backend.state import BackendState
from huebrush.base.problems import Problem, Remedy
from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.base.strings import CATALOGUE_FOLDER
from huebrush.docker import HuebrushDocker
from huebrush.jobs.effective_job import EffectiveJob, JobRequest, PageState
from huebrush.jobs.job import ACTIVE, Job, Stage
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import DocumentSettings
from huebrush.widgets.panel import Panel
from huebrush.widgets.status.banner import Banner
from huebrush.widgets.status.job_view import JobView, describe
from huebrush.widgets.status.strip import LOW

ADVICE = ".advice"


@pytest.fixture(params=[1.0, 1.5], ids=["text", "larger-text"])
def text_size(request: pytest.FixtureRequest) -> Iterator[None]:
    """The docker's text, as it is and half as large again."""
    before = QtWidgets.QApplication.font()
    larger = QtGui.QFont(before)
    larger.setPointSizeF(before.pointSizeF() * request.param)
    QtWidgets.QApplication.setFont(larger)
    yield
    QtWidgets.QApplication.setFont(before)


def longest_message(language: str) -> Problem:
    """The message of a catalogue that has the most letters, with its advice."""
    sentences = json.loads((CATALOGUE_FOLDER / f"{language}.json").read_text("utf-8"))
    pairs = [(words, sentences[key + ADVICE]) for key, words in sentences.items() if key + ADVICE in sentences]
    words, advice = max(pairs, key=lambda pair: len(pair[0]) + len(pair[1]))
    return Problem("long", words, advice, Remedy.RETRY)


def is_inside(widget: QtWidgets.QWidget, frame: Any) -> bool:
    """True when all of `widget` is within `frame`."""
    return frame.rect().contains(QtCore.QRect(widget.mapTo(frame, QtCore.QPoint(0, 0)), widget.size()))


@pytest.mark.parametrize("height", [96, 130, 180, 220, 270, 435, 900])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_a_long_message_can_be_read_to_its_end(document, text_size, language, height):
    """In a low docker it says the rest by its tool tips; in others all of it is there, if need be by scrolling."""
    docker = HuebrushDocker()
    panel = docker.findChild(Panel)
    banner = docker.findChild(Banner)
    docker.resize(300, height + docker.height() - panel.height())
    docker.show()
    spin()
    banner.show_problem(longest_message(language))
    panel.resize(300, height)
    spin()
    for name in ("huebrush_colorize", "huebrush_banner_remedy", "huebrush_banner_dismiss"):
        shown = docker.findChild(QtWidgets.QWidget, name)
        assert shown.isVisible() and is_inside(shown, panel), name
    message = docker.findChild(QtWidgets.QLabel, "huebrush_banner_text")
    advice = docker.findChild(QtWidgets.QLabel, "huebrush_banner_advice")
    area = banner.findChild(QtWidgets.QScrollArea)
    bar = area.verticalScrollBar()
    if height < LOW:
        assert not advice.isVisible() and banner.toolTip() == advice.text()
        is_one_line = not message.wordWrap()
        assert is_one_line <= (height < 220) and message.toolTip() == (message.text() if is_one_line else "")
        assert message.width() > 60, "what is wrong is read, not only what to press"
        assert is_one_line or is_inside(message, area.viewport()) or bar.isVisible()
        assert is_inside(area, panel)
    else:
        for label in (message, advice):
            assert label.isVisible() and label.height() >= label.heightForWidth(label.width())
        assert is_inside(message, area.viewport()) or bar.isVisible()
        assert message.width() == advice.width() == area.viewport().width(), "no letter lies behind the bar"
        bar.setValue(bar.maximum())
        spin()
        end = advice.mapTo(panel, QtCore.QPoint(0, advice.height()))
        assert end.y() <= area.mapTo(panel, QtCore.QPoint(0, area.height())).y()
        assert is_inside(area, panel)
    delete_now(docker)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in ACTIVE])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_how_a_job_ended_can_be_read_to_its_end(document, text_size, language, stage):
    """On as many lines as it takes."""
    before = QtCore.QLocale()
    QtCore.QLocale.setDefault(QtCore.QLocale(language))
    docker = HuebrushDocker()
    panel, shown = docker.findChild(Panel), docker.findChild(JobView)
    docker.show()
    panel.resize(300, 435)
    spin()
    settings = DocumentSettings(references=(ReferenceSource("layer", "colors", "Colours"),))
    request, page = JobRequest("", settings), PageState(has_line_art=True, can_make_masks=False)
    job = Job(request, page, EffectiveJob.decide(request, page, BackendState()), stage=stage)
    shown.show_job(job, show_preview=False)
    spin()
    label = docker.findChild(QtWidgets.QLabel, "huebrush_phase")
    assert label.isVisible() and label.text() == describe(job)
    room = QtCore.QRect(0, 0, label.width(), label.height())
    wrapped = label.fontMetrics().boundingRect(room, QtCore.Qt.TextFlag.TextWordWrap, label.text())
    assert room.contains(wrapped.translated(-wrapped.topLeft())) and is_inside(label, panel)
    QtCore.QLocale.setDefault(before)
    delete_now(docker)


def test_an_ordinary_message_does_not_scroll(document):
    """It takes as much of the docker as it needs, and no more."""
    docker = HuebrushDocker()
    panel, banner = docker.findChild(Panel), docker.findChild(Banner)
    docker.show()
    spin()
    for words in (("No reference is chosen.", ""), ("No reference is chosen.", "Press Add. " * 6)):
        banner.show_problem(Problem("short", *words))
        panel.resize(300, 435)
        spin()
        area = banner.findChild(QtWidgets.QScrollArea)
        assert not area.verticalScrollBar().isVisible()
        labels = [it for it in area.findChildren(QtWidgets.QLabel) if it.isVisible()]
        assert all(is_inside(label, area.viewport()) for label in labels)
        assert area.height() - max(label.geometry().bottom() for label in labels) <= 2
    delete_now(docker)
