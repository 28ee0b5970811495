"""One Qt program with the stand-in's Krita and the plugin in it, begun as Krita begins it."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from docker_jobs import DEMO, called, connected_with, forget_regions, greet
from hands import click, new_document, open_window, show_document, spin, widget
from huebrush.base.qt import QtCore, QtGui, QtWidgets, image_bytes
from huebrush.session import session
from huebrush_protocol.messages import CAPABILITIES
from krita import Document, Krita
from scripted_backend import ScriptedBackend

QUIET = ("This plugin does not support",)
"""Beginnings of what the offscreen platform says by itself."""
DEFERRED_DELETE = QtCore.QEvent.Type.DeferredDelete
complaints: list[str] = []
"""What went wrong in slots, where no test would see it, and what Qt has warned of."""


def note_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Keep an exception that nobody caught; PyQt would end the program."""
    complaints.append("".join(traceback.format_exception(kind, error, trace)))


def note_message(_kind: object, _context: object, message: str | None) -> None:
    """Keep a warning of Qt's."""
    if message and not message.startswith(QUIET):
        complaints.append(message)


@pytest.fixture(scope="session", autouse=True)
def program() -> Iterator[Any]:
    """Start Qt and the plugin; end them as Krita does."""
    sys.excepthook = note_exception
    QtCore.qInstallMessageHandler(note_message)
    application = QtWidgets.QApplication(["krita"])
    application.setApplicationName("krita")
    open_window()  # with the docker: importing the plugin has registered it
    store = session().store
    store.plugin = replace(store.plugin, load_ahead=False)  # the tests say what a backend gets
    yield application
    Krita.instance().notifier().applicationClosing.emit()
    for window in application.topLevelWidgets():  # Qt would delete windows and what pops up from them in any order
        if isinstance(window, QtWidgets.QMainWindow):
            window.deleteLater()
    application.sendPostedEvents(None, int(getattr(DEFERRED_DELETE, "value", DEFERRED_DELETE)))
    gc.collect()
    QtCore.qInstallMessageHandler(None)


@pytest.fixture(autouse=True)
def no_complaints() -> Iterator[None]:
    """Fail a test in which something went wrong unseen."""
    complaints.clear()
    yield
    QtWidgets.QApplication.processEvents()
    assert complaints == []


@pytest.fixture
def document() -> Iterator[Document]:
    """The active document, 40 × 30 pixels: "Background", "Reference", "Line art", and "Sky" in the group "Scene"."""
    session().jobs.pages.close()  # pages that other tests have coloured are not offered
    made = new_document(40, 30, "Page")
    root, scene = made.rootNode(), made.createGroupLayer("Scene")
    root.addChildNode(scene, None)
    for parent, name, color in (
        (scene, "Sky", QtCore.Qt.GlobalColor.blue),
        (root, "Background", QtCore.Qt.GlobalColor.white),
        (root, "Reference", QtCore.Qt.GlobalColor.red),
        (root, "Line art", QtCore.Qt.GlobalColor.black),
    ):
        layer = made.createNode(name, "paintlayer")
        picture = QtGui.QImage(30, 20, QtGui.QImage.Format.Format_ARGB32)
        picture.fill(color)
        layer.setPixelData(QtCore.QByteArray(image_bytes(picture)), 0, 0, 30, 20)
        parent.addChildNode(layer, None)
    show_document(made)
    yield made
    if made in Krita.instance().documents():
        made.close()


@pytest.fixture
def edits_shown(document: Document) -> Iterator[None]:
    """The docker's page of text edits is shown, and the first one afterwards, as a new Krita has it."""
    spin()
    click("huebrush_page_edit")
    yield
    widget("huebrush_page_colorize").click()
    show_document(None)
    spin()


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[ScriptedBackend]:
    """A backend that says what the test says."""
    made = ScriptedBackend(tmp_path)
    yield made
    made.close()


@pytest.fixture
def demo_backend(document: Document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend that can do all of this version, connected, with the one model "Demo"."""
    with connected_with(backend, DEMO, capabilities=CAPABILITIES):
        yield backend


@pytest.fixture
def called_backend(backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend that the plugin has called, and that has not answered yet."""
    with called(backend):
        yield backend


@pytest.fixture
def able_backend(document: Document, called_backend: ScriptedBackend) -> ScriptedBackend:
    """A backend that can do all of this version, connected."""
    greet(called_backend, CAPABILITIES)
    return called_backend


@pytest.fixture
def regions_as_new(document: Document) -> Iterator[None]:
    """A new document gets the last one's choices of a result: they are put back afterwards."""
    spin()
    yield
    forget_regions()
