"""What can be offered as a reference now, and the small picture that stands for one."""

from __future__ import annotations

from .. import documents
from ..capture import ReferenceSource
from ..qt import QtGui, QtWidgets
from .reference_list import THUMBNAIL_EDGE


def offered_references(line_art: str) -> list[ReferenceSource]:
    """Return the active document's layers but for the one with the id `line_art`, then the other open documents."""
    document = documents.active_document()
    if document is None:
        return []
    offered = [
        ReferenceSource("layer", entry.uid, entry.name)
        for entry in documents.layer_entries(document)
        if entry.uid != line_art
    ]
    own = documents.document_key(document)
    for other in documents.open_documents():
        key = documents.document_key(other)
        if key != own:
            offered.append(ReferenceSource("document", key, documents.document_title(other)))
    return offered


def reference_icon(source: ReferenceSource) -> QtGui.QIcon:
    """Return a thumbnail of a layer or document, a file's icon for a file, a warning for what is gone."""
    edge = THUMBNAIL_EDGE * 2
    style = QtWidgets.QApplication.style()
    if source.kind == "file":
        return style.standardIcon(QtWidgets.QStyle.StandardPixmap.SP_FileIcon)
    document = documents.active_document()
    if source.kind == "document":
        other = documents.find_document(source.key)
        picture = other.thumbnail(edge, edge) if other is not None else None
    else:
        node = documents.find_node(document, source.key) if document is not None else None
        picture = node.thumbnail(edge, edge) if node is not None else None
    if picture is None:
        return style.standardIcon(QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning)
    return QtGui.QIcon(QtGui.QPixmap.fromImage(picture))
