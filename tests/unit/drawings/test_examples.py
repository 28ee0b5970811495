"""Hand-made examples are read with their right answers, and refused where an answer would not be certain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.drawings.examples import read_example, read_examples
from huebrush_backend.drawings.svg_tree import DrawingError
from small_drawings import svg

COLORS = {
    "sky": "#9ccbf0",
    "grass": "#7ab648",
    "wall": "#f2d9a0",
    "roof": "#b8442e",
    "door": "#6a4a3a",
    "window": "#fff6c0",
    "sun": "#ffd030",
    "chimney": "#8a8f96",
}
PLACES = dict(zip(COLORS, [(0, 0), (0, 75), (20, 40), (20, 25), (42, 60), (26, 48), (5, 5), (65, 15)], strict=True))
SIZES = dict(
    zip(COLORS, [(100, 100), (100, 25), (60, 40), (60, 15), (12, 20), (10, 10), (12, 12), (8, 12)], strict=True)
)


def house(more: str = "", mirror: bool = False, without: str = "", **other: str) -> bytes:
    """Return a house of eight parts with strokes; `other` gives parts other colours."""
    shapes = []
    for name, color in {**COLORS, **other}.items():
        if name != without:
            (x, y), (width, height) = PLACES[name], SIZES[name]
            left = 100 - x - width if mirror else x
            place = f'x="{left}" y="{y}" width="{width}" height="{height}"'
            shapes.append(f'<rect id="{name}" {place} fill="{color}" stroke="black"/>')
    return svg("".join(shapes) + more)


def example(folder: Path, drawing: bytes, reference: bytes) -> Path:
    """Write an example into `folder`."""
    folder.mkdir(parents=True)
    (folder / "drawing.svg").write_bytes(drawing)
    (folder / "reference.svg").write_bytes(reference)
    return folder


def test_an_example_has_lines_masks_and_right_colours(tmp_path: Path) -> None:
    extra = (
        '<rect id="door-2" x="70" y="60" width="8" height="10" fill="#6a4a3a"/>'
        '<circle id="detail-knob" cx="50" cy="70" r="2" fill="#000"/>'
    )
    found = read_example(example(tmp_path / "house", house(extra), house(mirror=True)), size=200)
    door = found.names.index("door")
    assert sorted(found.names) == sorted(COLORS)
    assert tuple(found.colors[door]) == (0x6A, 0x4A, 0x3A)
    assert found.mask(door)[130, 92]
    assert found.mask(door)[130, 148]
    assert found.labels[140, 100] == -1
    assert found.ink[80, 100] > 0.4
    assert found.ink[20, 100] == 0
    assert found.reference.shape == found.truth.shape == (200, 200, 3)
    assert tuple(found.truth[20, 100]) == (0x9C, 0xCB, 0xF0)
    right = found.colors[found.labels[found.labels >= 0]]
    assert (np.abs(found.truth[found.labels >= 0].astype(int) - right).max(axis=1) < 3).mean() > 0.9


def test_fills_named_line_are_lines(tmp_path: Path) -> None:
    pupil = '<circle id="line-7" cx="31" cy="53" r="2" fill="#000000"/>'
    found = read_example(example(tmp_path / "house", house(pupil), house()), size=200)
    assert "line" not in found.names
    assert found.ink[106, 62] > 0.9
    assert found.labels[106, 62] == found.names.index("window")


@pytest.mark.parametrize(
    ("drawing", "reference", "message"),
    [
        (house(without="sun"), house(), "7 parts are large enough"),
        (house(), house(without="sun"), "the part sun of the drawing is not shown"),
        (house(), house(sun="#ff0000"), "the part sun is #ff0000, but #ffd030"),
        (house(door="#f2d9a0"), house(door="#f2d9a0"), "wall and door touch and have the same colour"),
        (house('<rect width="5" height="5" fill="#123456"/>'), house(), "the colour #123456 has no id"),
        (house('<rect id="sun-2" x="90" width="9" height="9" fill="#00f"/>'), house(), "sun has several colours"),
        (
            house(
                '<linearGradient id="g"><stop/></linearGradient><rect id="gem" width="9" height="9" fill="url(#g)"/>'
            ),
            house(),
            "gem is not filled with one colour",
        ),
    ],
)
def test_what_breaks_the_rules_is_refused(tmp_path: Path, drawing: bytes, reference: bytes, message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        read_example(example(tmp_path / "house", drawing, reference))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = example(tmp_path / "house", house(), house())
    (folder / "reference.svg").unlink()
    with pytest.raises(DrawingError, match=r"reference\.svg cannot be read"):
        read_example(folder)


def test_a_folder_without_examples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DrawingError, match="no example"):
        read_examples(tmp_path)


def test_examples_come_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        example(tmp_path / name, house(), house(mirror=True))
    assert [found.name for found in read_examples(tmp_path, 64)] == ["a", "b"]
