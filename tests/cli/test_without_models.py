"""Without torch, diffusers and transformers all that needs no model works; the rest says how to add them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from huebrush_backend.imaging.files import read_picture

WITHOUT = Path(__file__).resolve().parents[1] / "support" / "without_model_libraries"
HEAVY = ("torch", "diffusers", "transformers", "safetensors", "huggingface_hub")
FLATS = ("--model", "none", "--result", "flats")
PALETTE = "GIMP Palette\nName: Two\n#\n200 40 30 red\n30 60 200 blue\n"


def huebrush(*words: str | Path, absent: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `huebrush`, where the libraries are `absent`; else with its modules named in the last line of its output."""
    code = "import sys; from huebrush_backend.cli.main import main; status = main(); "
    code += f"print([name for name in {HEAVY} if name in sys.modules]); sys.exit(status)"
    path = os.pathsep.join([*([str(WITHOUT)] if absent else []), *sys.path])
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_the_libraries_are_really_absent_in_these_tests() -> None:
    environment = {**os.environ, "PYTHONPATH": str(WITHOUT)}
    for name in HEAVY:
        done = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True, env=environment)
        assert f"No module named '{name}'" in done.stderr


@pytest.mark.parametrize("absent", [True, False])
def test_flats_after_a_palette_and_their_check(page: Path, absent: bool) -> None:
    (page / "two.gpl").write_text(PALETTE)
    words = ("--palette", page / "two.gpl", "--output", page / "flats.ora")
    done = huebrush("colorize", page / "paper.png", *FLATS, *words, absent=absent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    flats = read_picture(page / "flats.ora")
    paper = read_picture(page / "paper.png")
    assert (flats.width, flats.height) == (paper.width, paper.height)
    colors = {tuple(color) for color in flats.merged().pixels.reshape(-1, 4)[:, :3]}
    assert {(200, 40, 30), (30, 60, 200)} & colors
    layers = ("--line-art-layer", "paper", "--flats-layer", "Flats")
    checked = huebrush("check", page / "flats.ora", *layers, "--json", absent=absent)
    assert checked.stdout.splitlines()[-1] == "[]", checked.stderr


@pytest.mark.parametrize("absent", [True, False])
def test_lines_of_a_picture(page: Path, absent: bool) -> None:
    done = huebrush("lines", page / "paper.png", "--output", page / "drawn.png", absent=absent)
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("colorize", "paper.png", "--reference", "ref.png"),
        ("heatmap", "ref.png", "red", "--output", "map.png"),
        ("evaluate",),
        ("bench",),
        ("train", "new", "run"),
        ("models", "pull", "clip-vit-h-14", "--accept-licence"),
    ],
    ids=lambda words: words[0],
)
def test_what_needs_a_model_says_how_to_add_the_libraries(page: Path, words: tuple[str, ...]) -> None:
    done = huebrush(*(page / word if word.endswith(".png") else word for word in words))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "huebrush[models]" in done.stderr and sys.executable in done.stderr


def test_the_list_of_models_says_the_same(tmp_path: Path) -> None:
    done = huebrush("models", "list", "--json")
    models = json.loads(done.stdout.rpartition("]\n[")[0] + "]")
    assert models[0]["name"] == "demo" and not models[0]["available"]
    assert "huebrush[models]" in models[0]["remedy"]


def test_doctor_finds_no_problem_in_that() -> None:
    done = huebrush("doctor", "--json")
    findings = json.loads(done.stdout.rpartition("}")[0] + "}")["findings"]
    (torch,) = (finding for finding in findings if finding["area"] == "PyTorch")
    assert torch["status"] == "warning" and "huebrush[models]" in torch["remedy"]
    assert next(finding["status"] for finding in findings if finding["area"] == "Model") == "warning"
