"""`huebrush train finetune`: an artist's pictures change a released model, from the command to the list of models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from accelerate.state import AcceleratorState
from huebrush_backend.checkpoints.adding import add_clip, add_model
from huebrush_backend.checkpoints.families import PredictionType
from huebrush_backend.checkpoints.installed import load_colorize_pipeline
from huebrush_backend.cli import train_finetune
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import write_png
from huebrush_backend.models.catalog import weights_sha256
from huebrush_backend.models.memory_plan import DeviceMemory
from huebrush_backend.models.registration import read_record
from huebrush_backend.training.finetuning import plan as finetuning_plan
from line_drawing import line_drawing
from safetensors.torch import load_file
from tiny_pictures import write_pictures

PARENT = "mult-eps-ft"
UNET = "model.diffusion_model."
FAST = ("--size", "64", "--batch", "2", "--accumulation", "1", "--warmup", "0", "--device", "cpu")
STEPS = ("--steps", "2", "--learning-rate", "0.01", "--precision", "float32")


@pytest.fixture
def add_parent(released_files: Path, models_folder: Path):
    """A function that puts a small v1 model among the user's models and returns its folder."""

    def add(prediction: PredictionType = "epsilon") -> Path:
        add_clip(released_files / "open_clip_model.safetensors", models_folder)
        add_model(released_files / f"{PARENT}.safetensors", PARENT, models_folder, "CC-BY-NC-SA-4.0", prediction)
        return models_folder / PARENT

    return add


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("artist") / "My pictures")


@pytest.fixture(autouse=True)
def small_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample sheets of one pair, in one step."""
    for name in ("SHEET_PAIRS", "SHEET_STEPS"):
        monkeypatch.setattr(f"huebrush_backend.training.finetuning.run.{name}", 1)


@pytest.fixture(autouse=True)
def another_process() -> Iterator[None]:
    """Let each run choose its precision, as in a process of its own: on a CPU with bfloat16 they differ."""
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


def words(pictures: Path, run: Path, *options: str) -> list[str]:
    return ["train", "finetune", PARENT, "--data", str(pictures), "--folder", str(run), *FAST, *STEPS, *options]


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict]:
    """The models that `huebrush models list` and the docker offer, by name."""
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    return {model["name"]: model for model in json.loads(capsys.readouterr().out)}


def refusal(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(command) == 2
    return capsys.readouterr().err


def prediction_of(folder: Path) -> torch.Tensor:
    """What the UNet of the model in `folder` predicts for an input that is always the same."""
    pipeline = load_colorize_pipeline(folder, torch.device("cpu"))
    generator = torch.Generator().manual_seed(0)
    latent, tokens = (torch.randn(shape, generator=generator) for shape in ((1, 4, 8, 8), (1, 4, 32)))
    with torch.no_grad():
        features = pipeline.sketch_encoder(torch.full((1, 3, 64, 64), -1.0))
        return pipeline.unet.denoise(latent, 500.0, tokens, features)


def test_a_lora_is_a_model_of_its_own_beside_its_parent(
    add_parent, models_folder: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = add_parent()
    before = (parent / f"{PARENT}.safetensors").read_bytes()
    assert main(words(pictures, tmp_path / "run")) == 0
    name = f"{PARENT}-My-pictures"
    assert f"{name} is ready" in capsys.readouterr().out
    model = listed(capsys)[name]
    assert model["available"] and model["title"].startswith("ColorizeDiffusion v1 (mult-eps-ft) + ")
    assert (model["licence"], model["native_size"]) == ("CC-BY-NC-SA-4.0", 512)
    assert model["blocks"] == listed(capsys)[PARENT]["blocks"]

    child = models_folder / name
    assert (parent / f"{PARENT}.safetensors").read_bytes() == before
    weights = load_file(child / f"{name}.safetensors")
    assert all(".lora_" in key for key in weights)
    assert sum(path.stat().st_size for path in child.iterdir()) < len(before) / 10

    changed, original = prediction_of(child), prediction_of(parent)
    assert not torch.allclose(changed, original, rtol=1e-3, atol=1e-3)
    full_strength = weights_sha256(child)
    assert main(["models", "strength", name, "0"]) == 0
    assert torch.equal(prediction_of(child), original)
    assert listed(capsys)[name]["title"].endswith("strength 0")
    assert len({weights_sha256(child), full_strength, weights_sha256(parent)}) == 3

    # A LoRA keeps its parent from being removed, and cannot be one itself.
    assert f"'huebrush models remove {name}'" in refusal(["models", "remove", PARENT], capsys)
    child_words = ["train", "finetune", name, "--data", str(pictures)]
    assert f"start from its parent, {PARENT}" in refusal(child_words, capsys)
    assert "is no LoRA" in refusal(["models", "strength", PARENT], capsys)
    (parent / "model.json").unlink()
    model = listed(capsys)[name]
    assert not model["available"] and f"changes the model {PARENT}" in model["remedy"]
    assert main(["models", "remove", name]) == 0
    assert not child.exists()


def test_all_weights_make_a_new_file_of_the_same_layout(
    add_parent, models_folder: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = add_parent("v_prediction")
    assert main(words(pictures, tmp_path / "run", "--method", "full", "--name", "mine", "--ema")) == 0
    record = read_record(models_folder / "mine")
    assert record is not None
    assert (record.parent, record.prediction_type, record.licence) == (PARENT, "v_prediction", "CC-BY-NC-SA-4.0")
    assert not record.is_lora
    old, new = load_file(parent / f"{PARENT}.safetensors"), load_file(models_folder / "mine" / record.file)
    assert {key: (old[key].shape, old[key].dtype) for key in old} == {
        key: (new[key].shape, new[key].dtype) for key in new
    }
    changed = {key for key in old if not torch.equal(old[key], new[key])}
    assert changed and all(key.startswith(UNET) for key in changed)
    assert f"{UNET}input_blocks.0.0.weight" in changed

    write_png(tmp_path / "lines.png", line_drawing())
    write_png(tmp_path / "reference.png", np.full((30, 20, 4), (200, 40, 30, 255), np.uint8))
    lines, reference, output = (str(tmp_path / file) for file in ("lines.png", "reference.png", "out.png"))
    colorize = ["colorize", lines, "--reference", reference, "--output", output, "--steps", "1", "--device", "cpu"]
    capsys.readouterr()
    assert main([*colorize, "--model", "mine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recipe"]["model_sha256"] == record.sha256
    # Nothing needs the parent's file any more.
    assert main(["models", "remove", PARENT]) == 0
    assert listed(capsys)["mine"]["available"]


def test_a_continued_run_equals_one_without_a_pause(
    add_parent, models_folder: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_parent()
    assert main(words(pictures, tmp_path / "whole", "--name", "whole")) == 0
    assert main(words(pictures, tmp_path / "parts", "--name", "parts", "--stop-at", "1")) == 0
    assert "--resume --folder" in capsys.readouterr().err
    assert not (models_folder / "parts").exists()
    assert "go on with --resume" in refusal(words(pictures, tmp_path / "parts", "--name", "parts"), capsys)
    assert main(["train", "finetune", "--resume", "--folder", str(tmp_path / "parts")]) == 0
    whole, parts = (load_file(models_folder / name / f"{name}-eps.safetensors") for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[key], parts[key]) for key in whole)


def test_ctrl_c_keeps_the_state(
    add_parent,
    models_folder: Path,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @contextmanager
    def pressed_at_once() -> Iterator:
        yield lambda: True

    monkeypatch.setattr(train_finetune, "cancel_on_interrupt", pressed_at_once)
    add_parent()
    assert main(words(pictures, tmp_path / "run", "--name", "mine")) == 130
    assert (tmp_path / "run" / "state.pt").is_file()
    assert not (models_folder / "mine").exists()


def test_a_dry_run_says_what_it_takes_and_leaves_nothing(
    add_parent, models_folder: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_parent()
    assert main(words(pictures, tmp_path / "run", "--dry-run")) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("memory", "a step", "2 steps, about", "disk"))
    assert not (tmp_path / "run").exists()
    assert sorted(path.name for path in models_folder.iterdir()) == ["clip-vit-h-14", PARENT]


def test_what_cannot_be_is_refused_with_what_to_do(
    add_parent,
    models_folder: Path,
    pictures: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_parent()
    few = write_pictures(tmp_path / "few", 3)
    data = ["--data", str(pictures)]
    for command, said in (
        (["demo", *data], "huebrush train demo"),
        (["nothing", *data], f"Models that can be fine-tuned: {PARENT}."),
        ([PARENT], "MODEL --data FOLDER"),
        ([PARENT, "--data", str(few)], "has 3 pictures; a fine-tuning needs at least 5"),
        ([PARENT, "--data", str(tmp_path / "none")], "is no folder"),
        ([PARENT, *data, "--name", PARENT], "huebrush models remove"),
        ([PARENT, *data, "--size", "100"], "multiple of 64"),
        (["--resume", "--folder", str(tmp_path / "empty")], "no fine-tuning to go on with"),
    ):
        run = [] if "--folder" in command else ["--folder", str(tmp_path / "run")]
        assert said in refusal(["train", "finetune", *command, *run], capsys)
        AcceleratorState._reset_state(reset_partial_state=True)

    with monkeypatch.context() as little:
        little.setattr(finetuning_plan, "device_memory", lambda device: DeviceMemory("cpu", 1000))
        said = refusal(words(pictures, tmp_path / "run", "--method", "full"), capsys)
        assert "of memory" in said and "--method lora" in said
    with monkeypatch.context() as little:
        little.setattr(finetuning_plan.shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
        assert "another --folder" in refusal(words(pictures, tmp_path / "run"), capsys)
