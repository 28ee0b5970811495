"""`huebrush colorize` with the real engine: an untrained model of the built-in family, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import read_picture
from huebrush_backend.models import demo
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.training.data.tokenizer import train_tokenizer
from line_drawing import HEIGHT, WIDTH
from openraster_attachments import read_attachment
from transformers import CLIPTextModelWithProjection, CLIPVisionModelWithProjection

Run = Callable[..., subprocess.CompletedProcess[str]]
"""Takes the words after `huebrush colorize`; returns what came of them."""


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose only user model is `untrained`."""
    folder = tmp_path_factory.mktemp("data")
    torch.manual_seed(0)
    tokenizer = train_tokenizer(["red hair and a blue coat", "green eyes"], folder / "vocabulary")
    clip = demo.make_clip(len(tokenizer), 0, 1)
    pipeline = ColorizePipeline(
        vae=demo.make_vae(),
        unet=demo.make_unet(),
        sketch_encoder=demo.make_sketch_encoder(),
        image_encoder=CLIPVisionModelWithProjection(clip.config.vision_config),  # pyright: ignore[reportArgumentType]
        text_encoder=CLIPTextModelWithProjection(clip.config.text_config),  # pyright: ignore[reportArgumentType]
        tokenizer=tokenizer,
        scheduler=demo.make_demo_scheduler(),
        native_size=64,
    )
    pipeline.save_pretrained(folder / "models" / "untrained")
    return folder


@pytest.fixture
def here(data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that does as `run` does, but in this process, which has imported PyTorch already."""
    monkeypatch.setenv("HUEBRUSH_DATA", str(data_folder))

    def run_here(*words: object) -> subprocess.CompletedProcess[str]:
        command = ["colorize", *map(str, words)]
        status, said = main(command), capsys.readouterr()
        return subprocess.CompletedProcess(command, status, said.out, said.err)

    return run_here


def run(data_folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "huebrush_backend.cli.main", "colorize", *map(str, words)]
    environment = os.environ | {"HUEBRUSH_DATA": str(data_folder), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


def test_same_seed_same_bytes(page: Path, data_folder: Path, here: Run) -> None:
    """In a process of its own and in this one, where another seed makes another picture."""
    words = (page / "lines.png", "--reference", page / "ref.png", "--model", "untrained", "--steps", "2", "--json")
    results = []
    for name, seed in (("a.ora", 5), ("b.ora", 5), ("c.ora", 6)):
        own = (*words, "--seed", seed, "--output", page / name)
        done = run(data_folder, *own) if name == "a.ora" else here(*own)
        assert (done.returncode, done.stderr) == (0, "")
        said = json.loads(done.stdout)
        assert (said["width"], said["height"], said["builtin_model"], said["note"]) == (WIDTH, HEIGHT, False, "")
        recipe = read_attachment(page / name, "recipe.json")
        assert recipe == said["recipe"]
        assert recipe["model"] == "untrained"
        assert recipe["parameters"]["seed"] == seed
        assert recipe["parameters"]["reference_guidance"] == 4.0  # nobody chose one, so the model did
        assert [item["role"] for item in recipe["inputs"]] == ["line_art", "reference"]
        picture = read_picture(page / name)
        results.append(picture.layer("Huebrush").pixels)
        assert picture.layer("lines").pixels.shape == (HEIGHT, WIDTH, 4)
    assert np.array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])
    assert results[0].shape == (HEIGHT, WIDTH, 4)
    assert np.all(results[0][..., 3] == 255)


def test_unknown_model_and_device(page: Path, here: Run) -> None:
    words = (page / "lines.png", "--reference", page / "ref.png")
    done = here(*words, "--model", "nonesuch")
    assert done.returncode == 2
    assert "untrained" in done.stderr
    done = here(*words, "--model", "untrained", "--device", "abacus")
    assert done.returncode == 2
    assert "abacus" in done.stderr
    assert not list(page.glob("*.ora"))
