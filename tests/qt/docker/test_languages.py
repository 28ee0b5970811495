"""The docker in a Krita that does not speak English."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from docker_jobs import called, greet
from hands import delete_now, widget
from huebrush.base.qt import QtCore, QtWidgets
from huebrush.base.strings import CATALOGUE_FOLDER
from huebrush.docker import HuebrushDocker
from huebrush.widgets.models.picker import ModelPicker
from huebrush_protocol.pulls import ListReleases

MOST_WIDENING = 1.1
"""How much wider than in English the docker's narrowest width may be."""


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


def build_docker(language, backend):
    """Build a docker in `language`, which Krita is in, and look at its labels and at its narrowest width."""
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
    docker.findChild(QtWidgets.QToolButton, "huebrush_page_colorize").click()
    delete_now(docker)
    with called(backend):  # the list of models is open, and what it asks for would go to the next test's backend
        greet(backend)
        backend.receive(ListReleases)
