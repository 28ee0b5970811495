"""The docker as a part of Krita: readable in each of its themes, and its actions among Krita's shortcuts."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from example import REFERENCE
from krita_program import OTHER_SYSTEM, ROOT

FILE = [*ElementTree.parse(ROOT / "krita_plugin" / "huebrush.action").iter("Action")]
ACTIONS = {action.attrib["name"]: action.findtext("text") for action in FILE}
KEYS = {action.attrib["name"]: action.findtext("shortcut") or "" for action in FILE}
"""The keys that some actions have from the start."""
MENUS = "FLST"
"""Letters that open Krita's menus File, Layer, Select and Tools with Alt."""
ENOUGH_CONTRAST = 4.5
"""What WCAG 2 asks for between a text and what lies behind it (level AA)."""
SHARE_OF_THEME = 0.9
"""Two of Krita's own themes have less than that; the docker's tints may take this much of theirs."""
IMPORT = "from huebrush_driver import krita_window"


def test_actions_are_known_to_krita(painting_krita):
    """Each has the text and the key of the actions file; four are in Tools > Scripts."""
    found = painting_krita.value("{a.objectName(): a.text() for a in app.actions() if 'huebrush' in a.objectName()}")
    assert len(ACTIONS) > 5 and found == ACTIONS
    shortcuts = f"{{name: app.action(name).shortcut().toString() for name in {list(ACTIONS)}}}"
    assert painting_krita.value(shortcuts) == KEYS and sum(map(bool, KEYS.values())) > 3
    menu = "app.activeWindow().qwindow().findChild(hands.QtWidgets.QMenu, 'tools').actions()[0].menu()"
    entries = painting_krita.value(f"[entry.text() for entry in {menu}.actions() if 'Huebrush' in entry.text()]")
    in_menu = ("show", "colorize", "place", "photoshop")
    assert sorted(entries) == sorted(str(ACTIONS[f"huebrush_{name}"]) for name in in_menu)


def test_actions_are_in_the_shortcut_settings(painting_krita):
    """Configure Krita > Keyboard Shortcuts lists them under Huebrush."""
    painting_krita.run(IMPORT)
    keys = {ACTIONS[name]: key for name, key in KEYS.items()}
    assert painting_krita.value("krita_window.shortcut_settings('Huebrush')") == keys


def test_keys_of_actions_are_no_keys_of_kritas(painting_krita):
    """Neither of an action of this Krita, nor of any scheme of shortcuts that it has."""
    keys = [key for key in KEYS.values() if key]
    assert len(keys) == len(set(keys))
    others = painting_krita.value(
        "{a.objectName(): [k.toString() for k in a.shortcuts()] for a in app.actions() "
        "if not a.objectName().startswith('huebrush_')}"
    )
    assert sum(map(bool, others.values())) > 100, "Krita's own keys are not seen"
    assert {name: taken for name, taken in others.items() if set(taken) & set(keys)} == {}
    folder = Path(OTHER_SYSTEM or "/") / "usr" / "share" / "krita"
    files = [*folder.glob("actions/*.action"), *folder.glob("shortcuts/*.shortcuts")]
    words = "\n".join(file.read_text("utf-8") for file in files if file.name != "huebrush.action")
    found = re.findall(r'<shortcut>([^<]+)</shortcut>|shortcut="([^"]+)"', words)
    taken = {key.strip() for entry in found for keys_of_one in entry for key in keys_of_one.split(";")}
    assert len(taken) > 100 and not taken & set(keys)


def test_keys_of_kritas_menus_stay_kritas(painting_krita, page):
    """With the focus on any page of the docker, Alt and a letter open Krita's menu on the first press."""
    krita = painting_krita
    page(krita)
    krita.run(f"{IMPORT}; bar = app.activeWindow().qwindow().menuBar()")
    for name in ("colorize", "edit", "check", "advanced"):
        krita.run(f"hands.show_page({name!r}); hands.widget('huebrush_page_{name}').setFocus(); hands.spin(0.2)")
        labels = krita.value("krita_window.mnemonics()")
        assert labels == [], f"labels that take a key with Alt on the page {name}"
        for letter in MENUS:
            opened = krita.value(f"krita_window.menu_after_alt({letter!r})")
            assert opened.upper().find(f"&{letter}") >= 0, (name, letter, opened)
    krita.run("hands.show_page('colorize')")


def test_shortcut_works(painting_krita, page):
    """A key that the artist has chosen does what the button in the docker does."""
    page(painting_krita)
    before = painting_krita.value("hands.widget('huebrush_seed_number').value()")
    painting_krita.run(f"{IMPORT}; krita_window.press_keys('huebrush_another', 'Ctrl+Alt+F11')")
    assert painting_krita.value("hands.widget('huebrush_seed_number').value()") != before


def test_docker_is_readable_in_every_theme(painting_krita, page):
    """Every text stands out from what lies behind it, also when the theme is changed while a message is shown."""
    krita = painting_krita
    page(krita)
    krita.run(f"{IMPORT}; hands.click('huebrush_reference_remove')")
    names = krita.value("krita_window.themes()")
    assert {"Krita bright", "Krita dark"} <= set(names)
    for message, button in (
        ("No reference is chosen.", "huebrush_colorize"),
        ("The fault report is on the clipboard.", "huebrush_backend_fault_report"),
    ):
        krita.run(f"hands.click({button!r})")
        for name in names:
            krita.run(f"krita_window.choose_theme({name!r})")
            own, shown = krita.value("[krita_window.theme_contrast(), krita_window.label_contrasts()]")
            assert message in shown and len(shown) > 7
            least = min(ENOUGH_CONTRAST, own * SHARE_OF_THEME)
            assert {text: value for text, value in shown.items() if value < least} == {}, name
    krita.run("hands.click('huebrush_banner_dismiss'); hands.dock_docker(); krita_window.choose_theme('Krita dark')")


def test_references_show_their_pictures(painting_krita, page, picture):
    """A layer's and that of the file that it was made from: about the same. (Pictured in Krita's bright theme.)"""
    krita = painting_krita
    page(krita)
    krita.run(f"{IMPORT}; krita_window.choose_theme('Krita bright')")
    krita.run(f"hands.widget('huebrush_reference_list').add_file({str(REFERENCE)!r})")
    krita.run(
        "icons = [hands.widget('huebrush_references').item(row).icon for row in (0, 1)]; "
        "colors = lambda: [icon().pixmap(28, 28).toImage().pixelColor(4, 4).getRgb()[:3] for icon in icons]"
    )
    layer = krita.value("colors()[0]")
    assert max(layer) - min(layer) > 60, "a colour that no icon of a file has"
    krita.wait_for(f"all(abs(a - b) < 40 for a, b in zip({layer}, colors()[1]))", "the file's picture")
    picture(krita, "", "docker-bright")
    krita.run("krita_window.choose_theme('Krita dark')")
