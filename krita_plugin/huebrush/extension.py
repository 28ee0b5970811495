"""What Krita sees of the plugin: the docker, and actions with ids that shortcuts can be assigned to."""

from __future__ import annotations

from typing import Any

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

from .base.qt import QtWidgets
from .base.strings import text
from .docker import DOCKER_ID, HuebrushDocker
from .widgets.panel import Panel

ACTIONS = (
    "show",
    "colorize",
    "cancel",
    "new_seed",
    "lock_seed",
    "place",
    "start_backend",
    "next_place",
    "previous_place",
    "apply_suggestion",
    "new_brush_edit",
    "brush_edit",
    "apply_edits",
    "take_up_edits",
    "take_patch",
    "take_this",
    "not_that",
    "whole_reference",
    "show_page",
    "toggle_edit",
    "move_edit_up",
    "move_edit_down",
    "delete_edit",
)
"""Each is the Krita action `huebrush_<name>` and calls the method of that name of `Panel`, or of a part of it."""
MENU = "tools/scripts"


class HuebrushExtension(Extension):
    """Adds the actions to each of Krita's windows."""

    def setup(self) -> None:
        """Called once by Krita; nothing is needed before a window exists."""

    def createActions(self, window: Any) -> None:
        """Called by Krita for each window."""
        for name in ACTIONS:
            action = window.createAction(f"huebrush_{name}", text(f"action.{name}"), MENU)
            action.triggered.connect(lambda _checked=False, name=name: self._run(name))

    def _run(self, name: str) -> None:
        window = Krita.instance().activeWindow()  # the one passed to createActions does not live long
        docker = window.qwindow().findChild(QtWidgets.QDockWidget, DOCKER_ID) if window is not None else None
        panel = docker.findChild(Panel) if docker is not None else None
        if docker is None or panel is None:
            return
        if name == "show":
            docker.show()
            docker.raise_()
            panel.setFocus()
        else:
            panel.refresh()
            owners = (panel, panel.painting, panel.patches)
            getattr(next(owner for owner in owners if hasattr(owner, name)), name)()


def register(krita: Any) -> None:
    """Add the extension and the docker to Krita."""
    krita.addExtension(HuebrushExtension(krita))
    position = (
        DockWidgetFactoryBase.DockPosition.DockRight
        if hasattr(DockWidgetFactoryBase, "DockPosition")
        else DockWidgetFactoryBase.DockRight
    )
    krita.addDockWidgetFactory(DockWidgetFactory(DOCKER_ID, position, HuebrushDocker))
