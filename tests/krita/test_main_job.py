"""The main job in a real Krita with the real backend and the built-in model, and its document afterwards."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import psutil
from docker_steps import MODEL_PATIENCE, colorize, layer_pixels, save, top_layers, wait_for_result
from example import REFERENCE
from PIL import Image

STEPS = 12
SEED = 8
GROUP = "Picture 1 · Reference"


def picture_of(krita, folder: Path, name: str) -> np.ndarray:
    """Return a layer (or group), made visible, as (H,W,4) uint8 RGBA."""
    krita.run(f"node = hands.layer_named({name!r}); node.setVisible(True)")
    return layer_pixels(krita, folder, "node")


def test_line_art_is_colorized_from_a_reference_layer(real_krita, page, picture, tmp_path):
    """One click: layers under the lines in the reference's colours; one Ctrl+Z takes all back; the file tells all."""
    krita = real_krita
    page(krita)
    saved = tmp_path / "page.kra"
    save(krita, saved)
    before_lines, before_page = krita.value("[hands.pixel_hash('Line art'), hands.pixel_hash()]")
    before_layers = krita.value("hands.layers()")

    krita.run(f"hands.type_number('huebrush_seed_number', {SEED})")
    krita.run(f"hands.type_number('huebrush_steps_number', {STEPS})")
    assert krita.value("hands.widget('huebrush_line_art').currentText()") == "Line art"
    assert krita.value("hands.widget('huebrush_references').item(0).text()") == "Reference"
    krita.run("hands.show_page('colorize')")
    picture(krita, "", "docker")
    krita.run("hands.click('huebrush_colorize')")
    krita.wait_for("(hands.job() or {}).get('preview')", "a preview", MODEL_PATIENCE)
    assert krita.value("hands.widget('huebrush_preview').isVisible()")
    picture(krita, "", "docker-running")
    wait_for_result(krita, MODEL_PATIENCE)

    layers = krita.value("hands.layers()")
    assert top_layers(krita) == ["Line art", GROUP, "Reference", "Background"]
    inside = [layer for layer in layers if layer["depth"] == 1]
    assert inside and all(layer["space"] == "RGBA/U8" for layer in inside)
    assert krita.value("hands.pixel_hash('Line art')") == before_lines
    after_page = krita.value("hands.pixel_hash()")
    assert after_page != before_page
    picture(krita, "window", "colorized")

    painted = picture_of(krita, tmp_path, GROUP)
    assert_colored_like(painted, np.asarray(Image.open(REFERENCE).convert("RGB")))

    save(krita, saved)
    assert_saved(saved, GROUP)
    krita.run("hands.press('edit_undo')")
    assert krita.value("hands.layers()") == before_layers
    assert krita.value("hands.pixel_hash()") == before_page
    krita.run("hands.press('edit_redo')")
    assert krita.value("hands.layers()") == layers
    assert krita.value("hands.pixel_hash()") == after_page


def test_saved_document_opens_with_its_settings(real_krita, tmp_path):
    """Open the saved document: the same pixels in the line-art layer, and the docker shows what was used."""
    krita = real_krita
    saved = krita.value("hands.document().fileName()")
    lines = krita.value("hands.pixel_hash('Line art')")
    krita.run(f"hands.close_all(); hands.open_file({saved!r})")
    assert krita.value("hands.pixel_hash('Line art')") == lines
    assert krita.value("hands.widget('huebrush_seed_number').value()") == SEED
    assert krita.value("hands.widget('huebrush_steps_number').value()") == STEPS
    assert krita.value("hands.widget('huebrush_line_art').currentText().strip()") == "Line art"


def test_group_as_line_art_and_file_as_reference(real_krita, page, picture):
    """Lines in a group (of lines and a sketch), colours from a picture file."""
    krita = real_krita
    page(krita)
    krita.run(
        "d = hands.document(); g = d.createGroupLayer('Inks'); d.rootNode().addChildNode(g, None); "
        "n = hands.layer_named('Line art').duplicate(); n.setName('Ink 1'); g.addChildNode(n, None); "
        "g.setBlendingMode('multiply'); hands.layer_named('Line art').remove(); "
        "hands.layer_named('Reference').remove(); d.refreshProjection(); hands.spin(0.3)"
    )
    krita.run("hands.pick('huebrush_line_art', 'Inks')")
    krita.run("hands.click('huebrush_reference_remove')")
    krita.run(f"hands.widget('huebrush_reference_list').add_file({str(REFERENCE)!r})")
    krita.run("hands.type_number('huebrush_steps_number', 4)")
    colorize(krita, MODEL_PATIENCE)
    top = top_layers(krita)
    assert top[0] == "Inks" and top[1].startswith("Picture ")


def test_backend_ends_with_krita(real_krita):
    """File > Quit: Krita ends by itself, and no process of the backend is left."""
    backend = psutil.Process(real_krita.value("__import__('huebrush.session').session.session().link.backend_pid"))
    processes = [backend, *backend.children(recursive=True)]
    real_krita.quit()
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert not alive


def assert_colored_like(painted: np.ndarray, reference: np.ndarray) -> None:
    """The layers cover the page, are not grey, and most of their area has colours that the reference has too."""
    assert painted[..., 3].min() == 255
    colors = painted[::8, ::8, :3].reshape(-1, 3).astype(float)
    assert (colors.max(axis=1) - colors.min(axis=1)).mean() > 20
    wanted = np.unique(reference[::4, ::4].reshape(-1, 3) // 16, axis=0) * 16.0 + 8
    distance = np.sqrt(((colors[:, None, :] - wanted[None]) ** 2).sum(axis=2)).min(axis=1)
    assert (distance < 45).mean() > 0.7


def assert_saved(path: Path, group: str) -> None:
    """The .kra holds the recipe of the group, with the SHA-256 of each input."""
    with zipfile.ZipFile(path) as archive:
        records = [json.loads(archive.read(name)) for name in archive.namelist() if "huebrush/recipe" in name]
    assert len(records) == 1
    recipe = records[0]["recipe"]
    assert recipe["parameters"]["seed"] == SEED and recipe["parameters"]["steps"] == STEPS
    assert [len(entry["sha256"]) for entry in recipe["inputs"]] == [64, 64]
    assert recipe["model"] == "demo" and group
