"""Parser for the XML file that lists the layers of a layered picture, careful because pictures come from strangers."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

from huebrush_backend.imaging.files.picture import PictureError

LARGEST = 64 * 2**20
"""Longest layer list that is read, in bytes; a few kilobytes of archive could hold gigabytes."""


def parse_layer_list(path: Path, archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return the root element of file `name` in `archive`, which was opened from `path`.

    Raises `PictureError` when it is missing, too long, not XML, or defines entities (which can grow without limit).
    """
    try:
        if archive.getinfo(name).file_size > LARGEST:
            raise PictureError(path, "the file is damaged: its layer list is far too long.")
        text = archive.read(name)
        if b"<!ENTITY" in text:
            raise PictureError(path, "its layer list defines XML entities, which no painting program does.")
        return ElementTree.fromstring(text)
    except KeyError as error:
        raise PictureError(path, f"the file is damaged: it has no {name}.") from error
    except ElementTree.ParseError as error:
        raise PictureError(path, f"the file is damaged: {error}.") from error
