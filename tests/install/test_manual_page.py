"""The manual as the page that Krita's Plugin Manager shows."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from huebrush_installer.manual_page import PAGE, WIDEST, make_manual
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def test_one_file_with_everything_in_it(tmp_path: Path) -> None:
    """Qt finds pictures in the page only; links lead to places in it or to the web."""
    make_manual(ROOT / "docs" / "manual.md", tmp_path)
    page = (tmp_path / PAGE).read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [PAGE]
    pictures = re.findall(r'<img src="([^"]{30})', page)
    assert len(pictures) == (ROOT / "docs" / "manual.md").read_text("utf-8").count("](images/")
    assert all(picture.startswith("data:image/png;base64,") for picture in pictures)
    anchors = set(re.findall(r'<a name="([^"]+)"', page))
    links = re.findall(r'href="([^"]+)"', page)
    assert links and all(link.startswith("http") or link[1:] in anchors for link in links)
    assert "<table border" in page


def test_what_the_page_needs_of_a_manual(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.new("RGB", (2000, 10), "red").save(tmp_path / "images" / "wide.png")
    manual = tmp_path / "manual.md"
    manual.write_text(
        "# Title of it\n\n![Wide](images/wide.png)\n\n## Two *words*\n\n[that](method.md) [it](#two-words)\n"
    )
    make_manual(manual, tmp_path / "page")
    page = (tmp_path / "page" / PAGE).read_text("utf-8")
    assert "<title>Title of it</title>" in page
    assert '<a name="two-words"></a>Two <em>words</em>' in page and 'href="#two-words"' in page
    assert "method.md" not in page and ">that</a>" in page
    (packed,) = re.findall(r"base64,([^\"]+)", page)
    with Image.open(io.BytesIO(base64.b64decode(packed))) as picture:
        assert picture.size == (WIDEST, round(10 * WIDEST / 2000))
