"""Parts of the plugin that Krita sees: the docker, and actions that can get shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

from .base.qt import QtWidgets
from .base.strings import text
from .docker import DOCKER_ID, HuebrushDocker
from .widgets.edits.list import EditList
from .widgets.edits.patch_controller import PatchController
from .widgets.edits.text_brush_controller import TextBrushController
from .widgets.flats.hints_controller import HintsController
from .widgets.pages.page_bar import CHECK, COLORIZE
from .widgets.panel import Panel
from .widgets.places_to_check.list import PlacesToCheckList
from .widgets.references.reference_brush_controller import ReferenceBrushController

if TYPE_CHECKING:
    from krita import Window

T = TypeVar("T")


@dataclass(frozen=True)
class ShownDocker:
    """The docker of Krita's active window, and what is in it."""

    docker: QtWidgets.QDockWidget
    panel: Panel

    def bring_up(self) -> None:
        """Show the docker, in front of those it is tabbed with."""
        self.docker.show()
        self.docker.raise_()
        self.panel.setFocus()


class Action:
    """Krita action `huebrush_<name>`, which does `run` on the part of the docker that `part` returns. `in_menu`: it is
    not only there for shortcuts, but in Tools > Scripts too."""

    def __init__(
        self, name: str, part: Callable[[ShownDocker], T], run: Callable[[T], None], in_menu: bool = False
    ) -> None:
        self.name, self.in_menu = name, in_menu
        self.trigger: Callable[[ShownDocker], None] = lambda shown: run(part(shown))


def _docker(shown: ShownDocker) -> ShownDocker:
    return shown


def _panel(shown: ShownDocker) -> Panel:
    return shown.panel


def _places(shown: ShownDocker) -> PlacesToCheckList:
    """Show the places to check, so that the artist sees what the action does, and return them."""
    shown.panel.show_page(CHECK)
    return shown.panel.places_to_check.list


def _edits(shown: ShownDocker) -> EditList:
    """Show the list of edits, so that the artist sees what the action does, and return it."""
    return shown.panel.edits.opened()


def _text_brush(shown: ShownDocker) -> TextBrushController:
    return shown.panel.text_brush


def _patches(shown: ShownDocker) -> PatchController:
    return shown.panel.patches


def _hints(shown: ShownDocker) -> HintsController:
    """Show the page with the settings of flats, where the hints are, and return what paints them."""
    shown.panel.show_page(COLORIZE)
    return shown.panel.hints


def _reference_brush(shown: ShownDocker) -> ReferenceBrushController:
    return shown.panel.reference_brush


ACTIONS: tuple[Action, ...] = (
    Action("show", _docker, ShownDocker.bring_up, in_menu=True),
    Action("colorize", _panel, Panel.colorize, in_menu=True),
    Action("cancel", _panel, Panel.cancel),
    Action("another", _panel, Panel.another),
    Action("place", _panel, Panel.place_result, in_menu=True),
    Action("start_backend", _panel, lambda panel: panel.backend.start()),
    Action("next_place", _places, lambda places: places.step(1)),
    Action("previous_place", _places, lambda places: places.step(-1)),
    Action("place_seen", _places, lambda places: places.mark_seen(goes_on=True)),
    Action("places_back", _places, lambda places: places.back_clicked.emit()),
    Action("apply_suggestion", _places, PlacesToCheckList.apply_suggestion),
    Action("compare_results", _panel, lambda panel: panel.history.compare()),
    Action("photoshop", _panel, lambda panel: panel.history.photoshop.ask_where(), in_menu=True),
    Action("go_on", _panel, lambda panel: panel.go_on.take_active_layer()),
    Action("new_brush_edit", _edits, EditList.add_brushed),
    Action("brush_edit", _edits, EditList.brush_current),
    Action("toggle_edit", _edits, EditList.toggle_current),
    Action("move_edit_up", _edits, lambda edits: edits.move_current(-1)),
    Action("move_edit_down", _edits, lambda edits: edits.move_current(1)),
    Action("delete_edit", _edits, EditList.remove_current),
    Action("apply_edits", _text_brush, TextBrushController.apply),
    Action("reopen_edits", _text_brush, TextBrushController.reopen),
    Action("take_patch", _patches, PatchController.take_patch),
    Action("take_this", _reference_brush, ReferenceBrushController.take_this),
    Action("not_that", _reference_brush, ReferenceBrushController.not_that),
    Action("whole_reference", _reference_brush, ReferenceBrushController.whole_reference),
    Action("paint_hints", _hints, HintsController.toggle),
    Action("show_page", _reference_brush, ReferenceBrushController.show_page),
)
"""Actions that can get shortcuts; huebrush.action lists the same ones for Krita."""
MENU = "tools/scripts"


class HuebrushExtension(Extension):
    """Adds the actions to each of Krita's windows."""

    def setup(self) -> None:
        """Called once by Krita; nothing is needed before a window exists."""

    def createActions(self, window: Window) -> None:
        """Called by Krita for each window."""
        for action in ACTIONS:
            menu = MENU if action.in_menu else ""
            entry = window.createAction(f"huebrush_{action.name}", text(f"action.{action.name}"), menu)
            entry.triggered.connect(lambda _checked=False, action=action: self._run(action))

    def _run(self, action: Action) -> None:
        window = Krita.instance().activeWindow()  # the one passed to createActions does not live long
        docker = window.qwindow().findChild(QtWidgets.QDockWidget, DOCKER_ID) if window is not None else None
        panel = docker.findChild(Panel) if docker is not None else None
        if docker is not None and panel is not None:
            panel.refresh()
            action.trigger(ShownDocker(docker, panel))


def register(krita: Krita) -> None:
    """Add the extension and the docker to Krita."""
    krita.addExtension(HuebrushExtension(krita))
    position = DockWidgetFactoryBase.DockPosition.DockRight
    krita.addDockWidgetFactory(DockWidgetFactory(DOCKER_ID, position, HuebrushDocker))
