"""Layer lists that could harm the reader are refused before they are parsed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from huebrush_backend.imaging.files.layer_list import LARGEST, parse_layer_list
from huebrush_backend.imaging.files.picture import PictureError


def archived(folder: Path, text: bytes) -> Path:
    path = folder / "picture.ora"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stack.xml", text)
    return path


def test_the_root_element_comes_back(tmp_path: Path) -> None:
    path = archived(tmp_path, b'<image w="7"><stack/></image>')
    with zipfile.ZipFile(path) as archive:
        root = parse_layer_list(path, archive, "stack.xml")
    assert (root.tag, root.get("w"), len(root)) == ("image", "7", 1)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        (b"<image>" + b" " * LARGEST + b"</image>", "stack.xml", "far too long"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><image/>', "stack.xml", "entities"),
        (b"<image", "stack.xml", "damaged"),
        (b"<image/>", "maindoc.xml", "no maindoc.xml"),
    ],
    ids=["too long", "entities", "no XML", "missing"],
)
def test_what_cannot_be_trusted_is_refused(tmp_path: Path, text: bytes, name: str, says: str) -> None:
    path = archived(tmp_path, text)
    with zipfile.ZipFile(path) as archive, pytest.raises(PictureError, match=says):
        parse_layer_list(path, archive, name)
