"""Reopen an edited result: bring back its edits and brush strokes, to change and apply them again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..base.colors import parse_color
from ..base.problems import ProblemError, problem
from ..base.tasks import BREATHE, Steps
from ..documents.find import find_node, node_id, while_open
from ..documents.own_layers import find_text_brush_layer
from ..results.recipes import EDITED
from ..settings.store import read_settings
from ..settings.text_edits import BRUSH, TextEditSettings
from .brush_colors import free_color
from .masks import unpack_mask, write_brush_strokes
from .target_layer import layer_to_edit, result_around
from .text_brush_layer import add_text_brush_layer, new_text_brush_layer

if TYPE_CHECKING:
    from krita import Document


@dataclass(frozen=True)
class Reopened:
    """Edits that were brought back, the id of the layer with their strokes, and what was shown before: of each layer
    whose visibility was changed, by id, whether it was visible."""

    edits: tuple[TextEditSettings, ...]
    brush: str
    visible: dict[str, bool]


def reopen_edits(document: Document) -> Steps[Reopened]:
    """Paint the strokes of the chosen or newest result of `document` on a new text brush layer, and show the layer
    that was edited in its place. The generator's result is `Reopened`. Selections become brush strokes.

    Raises `ProblemError` if it has no edits with masks, if there are strokes already, or the document is closed.
    """
    return while_open(document, _reopen_edits(document), problem("document_closed_early"))


def _reopen_edits(document: Document) -> Steps[Reopened]:
    yield BREATHE
    if find_text_brush_layer(document) is not None:
        raise ProblemError(problem("brush_strokes_there"))
    result, settings = result_around(document, layer_to_edit(document))
    edits = [edit for edit in read_settings(settings).edits if edit.target.strip()]
    masks = [unpack_mask(edit.edit_mask) for edit in edits]
    if result is None or not any(mask is not None for mask in masks):
        raise ProblemError(problem("no_kept_edits"))
    edits = _with_colors(edits)
    layer = new_text_brush_layer(document)
    colors = [parse_color(edit.color) or (0, 0, 0) for edit in edits]
    yield from write_brush_strokes(layer, masks, colors, document.width(), document.height())
    add_text_brush_layer(document, layer)
    edited = find_node(document, str(settings.get(EDITED, "")))
    visible: dict[str, bool] = {}
    if edited is not None:
        visible = {node_id(node): node.visible() for node in (result, edited)}
        result.setVisible(False)
        edited.setVisible(True)
        document.refreshProjection()
    yield BREATHE
    return Reopened(tuple(edits), node_id(layer), visible)


def _with_colors(edits: Sequence[TextEditSettings]) -> list[TextEditSettings]:
    """Return `edits` by brush, each with a colour, for those that have a kept place."""
    made: list[TextEditSettings] = []
    for edit in edits:
        color = edit.color or free_color([other.color for other in (*edits, *made)])
        brushed = dataclasses.replace(edit, where=BRUSH, color=color) if edit.edit_mask else edit
        made.append(dataclasses.replace(brushed, edit_mask=""))
    return made
