"""The artist's layer, tool, brush and colour, which painting hints takes and gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from krita import Krita

from ..documents.find import find_node, node_id
from ..documents.own_layers import own_layer_ids
from ..documents.tool_in_hand import tool_in_hand
from .text_brush_layer import BRUSH_TOOL, ERASER

if TYPE_CHECKING:
    from krita import Document, ManagedColor, Resource, View

PRESETS = "preset"
HARD_BRUSHES = ("b) Basic-5 Size", "b) Basic-1", "b) Basic-5 Size Opacity")
"""Krita's own opaque round brushes with a hard edge, the fittest first."""
PAGE_SHARE = 40
"""Number of strokes that, beside one another, cover the shorter side of the page."""
LEAST_SIZE = 4.0
"""Least width of the brush, in pixels."""
NORMAL = "normal"


@dataclass(frozen=True)
class ArtistsTools:
    """Layer (its id), tool (the name of its action), brush and colour of the artist's in one view."""

    layer: str
    tool: str
    erases: bool
    brush: Resource | None
    size: float
    opacity: float
    flow: float
    blending: str
    color: ManagedColor

    @classmethod
    def read(cls, document: Document, view: View) -> ArtistsTools:
        """Return the artist's present tools in `view`, which shows `document`."""
        active = document.activeNode()
        return cls(
            layer=node_id(active) if active is not None else "",
            tool=tool_in_hand(),
            erases=_erases(),
            brush=view.currentBrushPreset(),
            size=view.brushSize(),
            opacity=view.paintingOpacity(),
            flow=view.paintingFlow(),
            blending=view.currentBlendingMode(),
            color=view.foregroundColor(),
        )

    def give_back(self, document: Document, view: View, taken: str) -> None:
        """Give all of it back, except what the artist has changed since: a layer other than the one with the id
        `taken`, a tool other than the freehand brush, a brush that is none of `HARD_BRUSHES`. Where another brush of
        ours has begun, only the brush is given back."""
        brush, active = view.currentBrushPreset(), document.activeNode()
        if brush is not None and brush.name() in HARD_BRUSHES:
            if self.brush is not None:
                view.activateResource(self.brush)
            view.setBrushSize(self.size)
            view.setPaintingOpacity(self.opacity)
            view.setPaintingFlow(self.flow)
            view.setCurrentBlendingMode(self.blending)
        uid = node_id(active) if active is not None else ""
        if uid != taken and uid in own_layer_ids(document):
            return
        view.setForeGroundColor(self.color)
        if tool_in_hand() in (BRUSH_TOOL, "") and self.tool not in (BRUSH_TOOL, ""):
            _trigger(self.tool)
        if _erases() != self.erases:
            _trigger(ERASER)
        own = find_node(document, self.layer)
        if own is not None and uid in ("", taken):
            document.setActiveNode(own)


def take_hard_brush(document: Document, view: View) -> None:
    """Let the artist paint with an opaque brush with a hard edge, of a size that fits the page."""
    presets = Krita.instance().resources(PRESETS)
    name = next((name for name in HARD_BRUSHES if name in presets), None)
    if name is not None:
        view.activateResource(presets[name])
    view.setBrushSize(max(LEAST_SIZE, min(document.width(), document.height()) / PAGE_SHARE))
    view.setPaintingOpacity(1.0)
    view.setPaintingFlow(1.0)
    view.setCurrentBlendingMode(NORMAL)


def _erases() -> bool:
    eraser = Krita.instance().action(ERASER)
    return eraser is not None and eraser.isCheckable() and eraser.isChecked()


def _trigger(name: str) -> None:
    action = Krita.instance().action(name)
    if action is not None:
        action.trigger()
