"""The docker's pages with contents, at several heights, in both themes, other languages and larger text: no
word is cut off, and no contents make the docker wider."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import PICTURES
from docker_steps import colorize, start_backend

IMPORT = "from huebrush_driver import krita_window; from huebrush_driver.docker_pictures import *"
LOOKS = {
    "docker-pages": ("en", "Krita dark", 1.0),
    "docker-pages-german": ("de", "Krita bright", 1.0),
    "docker-pages-large-text": ("en", "Krita bright", 1.5),
    "docker-pages-german-large-text": ("de", "Krita dark", 1.5),
    "docker-pages-japanese": ("ja", "Krita dark", 1.0),
}
"""Language, theme and size of the text, by the name of the picture."""
ALL_PAGES = ("colorize", "edit", "check", "history", "advanced")
HEIGHTS = (180, 435, 900)
WIDTHS = {1.0: 300, 1.5: 330}
"""Most pixels that the docker may need, by the size of the text; it is that wide at least, or 300."""
TEN_DIGITS = 4294967295
LONG_NAMES = """
hands.layer_named('Line art').setName('Inks of page 12, cleaned and closed by hand')
hands.layer_named('Reference').setName('Girl with a green bag, second version')
hands.widget('huebrush_panel').refresh()
"""
EDITS = """
hands.show_page('edit')
for words in ('pale green hair with dark tips and a ribbon', 'blue collar'):
    hands.click('huebrush_edit_add')
    hands.type_text('huebrush_edit_target', words)
"""


@pytest.fixture
def filled(recording_krita, page):
    """A Krita with long names, a seed of ten digits, edits, and a result with places to check."""
    krita, _ = recording_krita
    page(krita)
    start_backend(krita)
    krita.run(f"{IMPORT}\n{LONG_NAMES}")
    krita.run(f"hands.type_number('huebrush_seed_number', {TEN_DIGITS})")
    krita.run("hands.show_page('colorize'); hands.pick('huebrush_result', 'Flats, a layer per colour')")
    colorize(krita)
    krita.run(
        f"{EDITS}\nhands.show_page('colorize'); pictures, cut, widths, scrolls, english = [], dict(), set(), [], set()"
    )
    return krita


@pytest.mark.parametrize("name", list(LOOKS))
def test_nothing_is_cut_off(filled, page, name):
    """On any page, with a message, and in the first steps; no page but Advanced scrolls in a docker of 435 pixels with
    Krita's own text, and none has English words where Krita has another language."""
    krita = filled
    language, theme, scale = LOOKS[name]
    krita.run(f"krita_window.choose_theme({theme!r}); shown = DockerPictures({language!r}, {scale})")
    try:
        for height in HEIGHTS:
            for each in (*ALL_PAGES, "message"):
                made = f"shown.message({height})" if each == "message" else f"shown.page({each!r}, {height})"
                krita.run(f"made = {made}; widths.add(made.width())")
                krita.run(f"cut[{each!r}, {height}] = shown.cut_off() + shown.cut_rows()")
                krita.run("english |= set(shown.english())")
                krita.run(f"{height} == 435 and (pictures.append(made), scrolls.append(shown.scrolls()))")
        page(krita)
        for each in ("check", "history"):
            krita.run(f"widths.add(shown.page({each!r}).width()); cut['empty', {each!r}] = shown.cut_off()")
        krita.run("hands.close_all(); pictures.append(shown.page('colorize')); cut['first steps'] = shown.cut_off()")
        assert krita.value("[words for words in cut.items() if words[1]]") == []
        assert krita.value("max(widths)") <= WIDTHS[scale]
        assert krita.value("sorted(english)") == []
        assert scale > 1 or krita.value("scrolls[:4]") == [False] * 4, "contents are too high"
        assert krita.value("len(pictures)") == 7
        if os.environ.get(PICTURES):
            path = Path(os.environ[PICTURES]).resolve() / f"{name}.png"
            krita.run(f"side_by_side([pictures[:4], pictures[4:]], {str(path)!r})")
    finally:
        krita.run("shown.close(); krita_window.choose_theme('Krita dark')")
