"""The docker in a Krita that does not speak English."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from docker_jobs import called, greet
from hands import delete_now, spin, widget
from huebrush.base.problems import from_failure, problem
from huebrush.base.qt import QtCore, QtWidgets
from huebrush.base.strings import CATALOGUE_FOLDER
from huebrush.docker import HuebrushDocker
from huebrush.widgets.models.picker import ModelPicker
from huebrush_protocol.messages import failed
from huebrush_protocol.pulls import ListReleases
from huebrush_protocol.texts import Text

MOST_WIDENING = 1.1
"""How much wider than in English the docker's narrowest width may be."""
NARROW = 300
"""Pixels of a narrow docker, in which every word is seen."""


@pytest.fixture(autouse=True)
def krita_in_english() -> Iterator[None]:
    """Krita is in English again after each test."""
    before = QtCore.QLocale()
    yield
    QtCore.QLocale.setDefault(before)


def test_german_docker(document, backend):
    """The whole docker can be built in another language: every label is that language's, and it is hardly wider."""
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.German))
    build_docker("de", backend)


def test_japanese_docker(document, backend):
    """The same where every letter is wide (without a Japanese font, a box of the same width)."""
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.Japanese))
    build_docker("ja", backend)


def test_failures_are_told_in_japanese():
    """Sentence, reason and advice are Japanese; what the system says stays."""
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.Japanese))
    full = failed("", "busy", "queue.full", reason=Text.of("queue.jobs", count=9))
    assert from_failure(full).message == "待ち行列がいっぱいです：9 件の作業が待っています。"
    assert from_failure(full).advice == "いくつかの作業が終わるのを待つか、キャンセルしてください。"
    gone = problem("unreadable_file", name="a.png", reason="No such file")
    assert gone.message == "画像「a.png」を読み込めません：No such file"


def build_docker(language, backend):
    """Build a docker in `language`, which Krita is in, and look at its labels and widths."""
    sentences = json.loads((CATALOGUE_FOLDER / f"{language}.json").read_text("utf-8"))
    docker = HuebrushDocker()
    texts = [label.text() for label in docker.findChildren(QtWidgets.QLabel)]
    texts += [button.text() for button in docker.findChildren(QtWidgets.QAbstractButton)]
    for key in ("label.seed", "job.colorize", "references.add", "backend.start", "first_steps.example"):
        assert sentences[key] in texts
    models = docker.findChild(ModelPicker, "huebrush_model")
    models.show_models((), "demo", can_without=False)  # as before the backend has been heard of
    assert models.currentText() == sentences["model.builtin"]
    english = widget("huebrush_panel").minimumSizeHint().width()
    panel = docker.findChild(QtWidgets.QWidget, "huebrush_panel")
    assert panel.minimumSizeHint().width() <= english * MOST_WIDENING
    for name in ("huebrush_page_edit", "huebrush_page_advanced", "huebrush_shop_open", "huebrush_shop_more"):
        docker.findChild(QtWidgets.QToolButton, name).click()
        assert panel.minimumSizeHint().width() <= english * MOST_WIDENING, name
    docker.resize(NARROW + docker.width() - panel.width(), 900)
    docker.show()
    panel.resize(NARROW, 900)
    for page in ("colorize", "edit", "check", "advanced"):
        docker.findChild(QtWidgets.QToolButton, f"huebrush_page_{page}").click()
        spin()
        assert cut_off(panel) == [], page
    docker.findChild(QtWidgets.QToolButton, "huebrush_page_colorize").click()
    delete_now(docker)
    with called(backend):  # the list of models is open, and what it asks for would go to the next test's backend
        greet(backend)
        backend.receive(ListReleases)


def cut_off(panel):
    """Return the words on labels and buttons that are wider than their place; a label that breaks lines has none."""
    shown = [it for it in panel.findChildren(QtWidgets.QLabel) if it.isVisible() and not it.wordWrap()]
    shown += [it for it in panel.findChildren(QtWidgets.QAbstractButton) if it.isVisible()]
    assert len(shown) > 5
    return [it.text() for it in shown if it.sizeHint().width() > it.width()]
