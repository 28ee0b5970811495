"""The docker at work with the scripted backend: connected, with models, sending jobs and remembering settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hands import click, labels, pick, show_page, spin, wait_for, widget
from huebrush.base.qt import QtGui
from huebrush.session import session
from huebrush.settings.flats import RegionSettings
from huebrush.settings.store import DocumentSettings
from huebrush_protocol.messages import Cancel, ModelInfo, Models, Submit
from krita import Krita
from scripted_backend import ScriptedBackend

DEMO = ModelInfo("demo", "Demo", "demo", "free", available=True)
"""A model that can do everything, of no vocabulary."""


@contextmanager
def called(backend: ScriptedBackend) -> Iterator[None]:
    """Have the plugin call `backend`, which has not answered yet; hang up at the end."""
    link = session().link
    link.stop()
    link.endpoint_path = str(backend.endpoint)
    link.ensure()
    yield
    for job in session().jobs.active():  # the next backend would be asked after it, or get it anew
        session().jobs.cancel(job)
    link.stop()
    link.endpoint_path = ""


def greet(backend: ScriptedBackend, capabilities: tuple[str, ...] = ()) -> None:
    """Answer the plugin's greeting."""
    backend.greet(capabilities)
    wait_for(lambda: session().link.is_ready, "the connection")
    spin()


@contextmanager
def connected_with(backend: ScriptedBackend, *models: ModelInfo, capabilities: tuple[str, ...] = ()) -> Iterator[None]:
    """Connect the plugin to `backend`, which has these models, one of them "Demo"."""
    with called(backend):
        greet(backend, capabilities)
        backend.send(Models(models))
        wait_for(lambda: models[-1].title in labels("huebrush_model"), "the models")
        yield
        pick("huebrush_model", "Demo")  # new documents go on with the last one's model


def colorize(backend: ScriptedBackend) -> Submit:
    """Press the big button and take the job."""
    click("huebrush_colorize")
    return backend.receive(Submit)


def cancel(backend: ScriptedBackend) -> None:
    """Cancel the job that runs."""
    click("huebrush_cancel")
    backend.receive(Cancel)


def remembered() -> DocumentSettings:
    """What the plugin remembers for the active document, or what it begins with."""
    document = Krita.instance().activeDocument()
    assert document is not None
    return session().store.load(document) or DocumentSettings()


def forget_regions() -> None:
    """Put back what was chosen for regions: a new document gets the last one's choices."""
    for name in ("huebrush_palette", "huebrush_color_sources"):
        widget(name).setChecked(False)
    show_page("colorize")
    panel = widget("huebrush_panel")
    panel._form.regions.set_settings(RegionSettings())
    panel._form.show_settings(DocumentSettings(), ())
    panel._last = DocumentSettings()
    panel.refresh()


def save_picture(path: Path, color: str, width: int = 600, height: int = 300) -> str:
    """Save a picture of one color, and return its path."""
    picture = QtGui.QImage(width, height, QtGui.QImage.Format.Format_RGB32)
    picture.fill(QtGui.QColor(color))
    assert picture.save(str(path))
    return str(path)
