"""A model fetched from the docker of a real Krita, by the real backend, from a hub on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_hub import LocalHub
from tiny_release import write_clip, write_release

LEAVES_TRACES = True
"""The fetched model is in the models folder afterwards."""
MODEL, CLIP = "mult-eps-ft.safetensors", "open_clip_model.safetensors"
TITLE = "ColorizeDiffusion v1 (mult-eps-ft)"
PIECE = 1 << 20
BACKEND_PATIENCE = 400.0
"""Seconds that the backend may take to check a model, on two busy cores, before it counts as stuck."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    """Serves a small v1 file and a small CLIP under the names of the published ones."""
    files = {
        f"tellurion/ColorizeDiffusion/{MODEL}": write_release(tmp_path / MODEL),
        f"laion/CLIP-ViT-H-14-laion2B-s32B-b79K/{CLIP}": write_clip(tmp_path / CLIP),
    }
    with LocalHub(files) as running:
        yield running


def test_a_model_is_fetched_from_the_docker_and_can_be_chosen(real_krita, page, picture, hub):
    """Licence first; progress while it comes; afterwards it is in the list of models, and its file in the folder."""
    krita = real_krita
    page(krita)
    labels = "[hands.widget('huebrush_model').itemText(row) for row in range(hands.widget('huebrush_model').count())]"
    width = krita.value("hands.widget('huebrush_panel').minimumSizeHint().width()")
    krita.run("hands.click('huebrush_shop_open')")
    krita.wait_for("hands.widget('huebrush_releases').count()", "the releases", BACKEND_PATIENCE)
    assert TITLE not in krita.value(labels)
    assert "no commercial use" in krita.value("hands.widget('huebrush_licence').text()")
    picture(krita, "", "docker-models")
    krita.run("hands.click('huebrush_shop_more')")
    krita.run(f"hands.QTest.keyClicks(hands.widget('huebrush_mirror'), {hub.address!r})")
    assert krita.value("hands.widget('huebrush_panel').minimumSizeHint().width()") <= width
    picture(krita, "", "docker-models-more")
    krita.run("hands.click('huebrush_shop_more')")
    assert krita.value("hands.unnamed_controls()") == []

    hub.halts = [3 * PIECE]
    krita.run("hands.click('huebrush_shop_fetch')")
    krita.wait_for("' MB of ' in hands.widget('huebrush_pull_state').text()", "the progress", BACKEND_PATIENCE)
    picture(krita, "", "docker-fetching")
    hub.go_on.set()
    krita.wait_for("(hands.banner() or {}).get('code') == 'model_fetched'", "the model", BACKEND_PATIENCE)
    assert krita.wait_for(f"{TITLE!r} in {labels}", "the new model among the models")
    krita.run(f"hands.pick('huebrush_model', {TITLE!r})")
    fetched = krita.home / "data" / "huebrush" / "models" / "mult-eps-ft" / MODEL
    assert fetched.read_bytes() == hub.files[f"tellurion/ColorizeDiffusion/{MODEL}"].read_bytes()
