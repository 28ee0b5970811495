"""Makes manual.html, which Krita's Plugin Manager shows, from docs/manual.md: one file, with its pictures inside.

Run as `python -m huebrush_installer.manual_page MANUAL FOLDER` by a Python that has the backend's packages; the
installer itself needs none. Qt shows the page, which knows a part of HTML only; Krita does not tell it where the page
lies, so it would not find pictures beside it.
"""

from __future__ import annotations

import base64
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

PAGE = "manual.html"
WIDEST = 560
"""Width of the widest picture on the page, in pixels: as wide as the Plugin Manager is."""
_FRAME = '<html><head><meta charset="utf-8"><title>{title}</title></head><body>\n{body}</body></html>\n'


def make_manual(manual: Path, folder: Path) -> None:
    """Write `manual`, a Markdown file, as `PAGE` into `folder`.

    Raises OSError when a file cannot be read or written, such as a picture that is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(manual.read_text("utf-8"))
    title = "Huebrush"
    for token, inline in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and inline is not None:
            title = inline.content if token.tag == "h1" else title
            _set_anchor(inline)
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                _embed_picture(child, manual.parent)
            elif child.type == "link_open":
                _keep_inner_link(child)
    body = markdown.renderer.render(tokens, markdown.options, {})
    body = body.replace("<table>", '<table border="1" cellspacing="0" cellpadding="4">')
    (folder / PAGE).write_text(_FRAME.format(title=title, body=body), "utf-8")


def _set_anchor(heading: Token) -> None:
    """Put an anchor before the words of a heading, named as the manual's links name it."""
    words = re.sub(r"[^\w\- ]", "", heading.content.lower()).replace(" ", "-")
    anchor = Token("html_inline", "", 0, content=f'<a name="{words}"></a>')
    heading.children = [anchor, *(heading.children or ())]


def _embed_picture(picture: Token, source: Path) -> None:
    """Put a picture into the page, no wider than `WIDEST`."""
    with Image.open(source / str(picture.attrs["src"])) as opened:
        opened.thumbnail((WIDEST, opened.height))
        packed = io.BytesIO()
        opened.save(packed, "PNG", optimize=True)
    picture.attrs["src"] = "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode("ascii")


def _keep_inner_link(link: Token) -> None:
    """Leave links within the page and to the web; other documents are not beside it."""
    if not str(link.attrs["href"]).startswith(("#", "http")):
        del link.attrs["href"]


def main(arguments: Sequence[str]) -> int:
    """Make the page; return the exit status."""
    manual, folder = map(Path, arguments)
    make_manual(manual, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
