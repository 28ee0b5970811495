"""The docker's pages at 300 × 435 in both themes, other languages and larger text: no word is cut off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import PICTURES

IMPORT = "from huebrush_driver import krita_window; from huebrush_driver.docker_pictures import *"
LOOKS = {
    "docker-pages": ("en", "Krita dark", 1.0),
    "docker-pages-german": ("de", "Krita bright", 1.0),
    "docker-pages-large-text": ("en", "Krita bright", 1.5),
    "docker-pages-german-large-text": ("de", "Krita dark", 1.5),
    "docker-pages-japanese": ("ja", "Krita dark", 1.0),
}
"""Language, theme and size of the text, by the name of the picture."""


@pytest.mark.parametrize("name", list(LOOKS))
def test_no_word_is_cut_off(painting_krita, page, name):
    """On any page, with flats chosen, with a message, and in the first steps."""
    krita = painting_krita
    language, theme, scale = LOOKS[name]
    page(krita)
    krita.run(f"{IMPORT}; krita_window.choose_theme({theme!r})\nhands.pick('huebrush_result', 'Flats')")
    krita.run(f"shown = DockerPictures({language!r}, {scale}); pictures, cut = [], dict()")
    try:
        for each in ("colorize", "edit", "check", "history", "advanced"):
            krita.run(f"pictures.append(shown.page({each!r})); cut[{each!r}] = shown.cut_off()")
        krita.run("pictures.append(shown.message()); cut['message'] = shown.cut_off()")
        krita.run("hands.close_all(); pictures.append(shown.page('colorize')); cut['first steps'] = shown.cut_off()")
        assert krita.value("len(pictures)") == 7
        assert krita.value("{page: words for page, words in cut.items() if words}") == {}
        if os.environ.get(PICTURES):
            path = Path(os.environ[PICTURES]).resolve() / f"{name}.png"
            krita.run(f"side_by_side([pictures[:4], pictures[4:]], {str(path)!r})")
    finally:
        krita.run("shown.close(); krita_window.choose_theme('Krita dark')")
