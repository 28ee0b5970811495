"""The button that asks what a patch is cut out of, and the line that shows the patch there is."""

from __future__ import annotations

from pathlib import Path

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...capture.patches import BRUSHED, SELECTED, unpack_patch
from ...documents.find import LAYER_TYPES, active_document, document_key, document_title, node_id, open_documents
from ...documents.own_layers import find_hints_layer, find_text_brush_layer, pickable_layers
from ...settings.sources import ReferenceSource
from ...strokes.reference_strokes import has_strokes
from ..controls.buttons import tool_button
from ..controls.source_picker import FILE_PATTERNS

THUMBNAIL = 40
"""Longest side of the picture of a patch in logical pixels; it is made twice as large for dense screens."""


def selected_source() -> ReferenceSource | None:
    """Return the selected part of the chosen layer, None where nothing is selected or no picture is chosen."""
    document = active_document()
    if document is None or document.selection() is None:
        return None
    active, ours = document.activeNode(), (find_text_brush_layer(document), find_hints_layer(document))
    if active is None or active.type() not in LAYER_TYPES or active in ours:
        return None
    return ReferenceSource(SELECTED, node_id(active), active.name())


def offered_patches() -> list[ReferenceSource]:
    """Return the sources for a patch: the selection, then whole layers, then other open documents."""
    document = active_document()
    if document is None:
        return []
    selected = selected_source()
    found = [selected] if selected is not None else []
    layers = pickable_layers(document)
    whole = [ReferenceSource("layer", entry.uid, entry.name) for entry in layers]
    brushed = [source for source in whole if has_strokes(document, source)]
    found += [ReferenceSource(BRUSHED, source.key, source.name) for source in brushed] + whole
    own = document_key(document)
    others = [other for other in open_documents() if document_key(other) != own]
    return found + [ReferenceSource("document", document_key(other), document_title(other)) for other in others]


class PatchButton(QtWidgets.QToolButton):
    """Emits `chosen(ReferenceSource)` for what a patch is to be cut out of; see `patches.capture_patch`."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_edit_patch")
        self.setText("▧")
        self.setAccessibleName(text("edits.patch.name"))
        self.setToolTip(text("edits.patch.tip"))
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._menu = QtWidgets.QMenu(self)
        self._menu.setObjectName("huebrush_edit_patch_menu")
        self._menu.aboutToShow.connect(self.fill_menu)
        self.setMenu(self._menu)
        self.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self._dialog: QtWidgets.QFileDialog | None = None

    def fill_menu(self) -> None:
        """List what a patch can be cut out of now."""
        self._menu.clear()
        offered = offered_patches()
        if not any(source.kind == SELECTED for source in offered):
            never_none(self._menu.addAction(text("edits.patch.nothing_selected"))).setEnabled(False)
        for kind in (SELECTED, BRUSHED, "layer", "document"):
            chosen = [source for source in offered if source.kind == kind]
            is_whole = kind not in (SELECTED, BRUSHED)
            if chosen and is_whole:
                self._menu.addSection(text(f"edits.patch.section.{kind}"))
            for source in chosen:
                name = source.name if is_whole else text(f"edits.patch.{kind}", name=source.name)
                action = never_none(self._menu.addAction(name.replace("&", "&&")))
                action.triggered.connect(lambda _checked=False, source=source: self.chosen.emit(source))
        self._menu.addSeparator()
        never_none(self._menu.addAction(text("references.from_file"))).triggered.connect(
            lambda _checked=False: self._ask()
        )

    def _ask(self) -> None:
        """Ask for a picture file, without holding up Krita."""
        dialog = QtWidgets.QFileDialog(self, text("edits.patch.name"))
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{text('references.file_filter')} ({FILE_PATTERNS})")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.chosen.emit(ReferenceSource("file", path, Path(path).name)))
        dialog.open()
        self._dialog = dialog


class PatchLine(QtWidgets.QWidget):
    """Line with a small picture of the patch; hidden if there is none. Emits `cleared`."""

    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_edit_patch_line")
        self._packed = ""
        self._picture = QtWidgets.QLabel()
        self._picture.setObjectName("huebrush_edit_patch_picture")
        self._picture.setAccessibleName(text("edits.patch.picture"))
        self._words = QtWidgets.QLabel(text("edits.patch.words"))
        self._words.setWordWrap(True)
        self._words.setMinimumWidth(40)
        words = text("edits.patch.clear"), text("edits.patch.clear.name")
        clear = tool_button("huebrush_edit_patch_clear", *words, self.cleared.emit)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._picture)
        layout.addWidget(self._words, 1)
        layout.addWidget(clear)

    def show_patch(self, packed: str) -> None:
        """Show the patch that `packed` is, if it is one."""
        self.setVisible(bool(packed))
        if packed == self._packed:
            return
        self._packed = packed
        image = unpack_patch(packed)
        if image is None:
            self._picture.clear()
            return
        ratio, smooth = 2, QtCore.Qt.TransformationMode.SmoothTransformation
        size = image.size().scaled(THUMBNAIL * ratio, THUMBNAIL * ratio, QtCore.Qt.AspectRatioMode.KeepAspectRatio)
        small = image.scaled(size.expandedTo(QtCore.QSize(1, 1)), QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        picture = QtGui.QPixmap.fromImage(small)
        picture.setDevicePixelRatio(ratio)
        self._picture.setPixmap(picture)
