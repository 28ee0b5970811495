"""`huebrush models add`, `remove` and `folder`: released files among the user's models."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from huebrush_backend.checkpoints.clip_files import load_clip
from huebrush_backend.checkpoints.installed import load_colorize_pipeline
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import write_png
from huebrush_backend.models.catalog import find_model
from line_drawing import line_drawing
from safetensors.torch import load_file, save_file
from tiny_release import clip_state, release_state, write_clip

FIRST_CONVOLUTION = "model.diffusion_model.input_blocks.0.0.weight"


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict]:
    """The models that `huebrush models list` offers, by name."""
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    return {model["name"]: model for model in json.loads(capsys.readouterr().out)}


def add(released_files: Path, *options: str, clip: bool = True) -> int:
    with_clip = ["--clip", str(released_files / "open_clip_model.safetensors")] if clip else []
    return main(["models", "add", str(released_files / "mult-eps-ft.safetensors"), *with_clip, *options])


def refusal(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said about a command that ends with 2."""
    assert main(words) == 2
    return capsys.readouterr().err


def test_an_added_file_is_offered_and_colorizes(
    released_files: Path, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(released_files) == 0
    assert "CC-BY-NC-SA-4.0" in capsys.readouterr().out
    model = listed(capsys)["mult-eps-ft"]
    assert model["available"]
    assert model["family"] == "colorize-diffusion-v1"
    assert model["licence"] == "CC-BY-NC-SA-4.0"
    assert model["native_size"] == 512

    write_png(tmp_path / "lines.png", line_drawing())
    write_png(tmp_path / "reference.png", np.full((30, 20, 4), (200, 40, 30, 255), np.uint8))
    lines, reference, output = (str(tmp_path / name) for name in ("lines.png", "reference.png", "out.png"))
    words = ["colorize", lines, "--reference", reference, "--output", output, "--steps", "1", "--device", "cpu"]
    assert main([*words, "--model", "mult-eps-ft", "--json"]) == 0
    recipe = json.loads(capsys.readouterr().out)["recipe"]
    content = (released_files / "mult-eps-ft.safetensors").read_bytes()
    assert recipe["model_sha256"] == hashlib.sha256(content).hexdigest()


def test_the_pipeline_has_the_weights_of_the_file(released_files: Path, models_folder: Path) -> None:
    add(released_files)
    pipeline = load_colorize_pipeline(find_model("mult-eps-ft").folder, torch.device("cpu"))
    assert torch.equal(pipeline.unet.conv_in.weight, release_state()[FIRST_CONVOLUTION])
    assert torch.equal(pipeline.image_encoder.visual_projection.weight, clip_state()["visual.proj"].T.float())
    assert pipeline.scheduler.config["prediction_type"] == "epsilon"


def test_a_file_on_the_same_disk_takes_no_second_room(released_files: Path, models_folder: Path) -> None:
    add(released_files)
    placed = models_folder / "mult-eps-ft" / "mult-eps-ft.safetensors"
    assert placed.samefile(released_files / "mult-eps-ft.safetensors")
    assert sorted(path.name for path in models_folder.iterdir()) == ["clip-vit-h-14", "mult-eps-ft"]


def test_a_file_that_cannot_be_linked_is_copied(
    released_files: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError("another disk")

    monkeypatch.setattr("os.link", refuse)
    assert add(released_files) == 0
    placed, original = (
        models_folder / "mult-eps-ft" / "mult-eps-ft.safetensors",
        released_files / "mult-eps-ft.safetensors",
    )
    assert not placed.samefile(original)
    assert placed.read_bytes() == original.read_bytes()


def test_prediction_and_name_can_be_said(
    released_files: Path, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(released_files, "--name", "Mine", "--prediction", "v_prediction") == 0
    assert "Mine" in listed(capsys)
    pipeline = load_colorize_pipeline(models_folder / "Mine", torch.device("cpu"))
    assert pipeline.scheduler.config["prediction_type"] == "v_prediction"


def test_without_clip_a_model_is_listed_with_what_to_do(
    released_files: Path, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(released_files, clip=False) == 0
    assert "huebrush models pull clip-vit-h-14" in capsys.readouterr().out
    model = listed(capsys)["mult-eps-ft"]
    assert not model["available"]
    assert "huebrush models pull clip-vit-h-14" in model["remedy"]


def test_a_lost_file_is_listed_with_what_to_do(
    released_files: Path, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(released_files, "--prediction", "epsilon")
    (models_folder / "mult-eps-ft" / "mult-eps-ft.safetensors").unlink()
    model = listed(capsys)["mult-eps-ft"]
    assert not model["available"]
    assert "mult-eps-ft.safetensors is missing from" in model["remedy"]


def test_a_damaged_record_is_listed_as_one(
    released_files: Path, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(released_files, "--prediction", "epsilon")
    record = models_folder / "mult-eps-ft" / "model.json"
    for text in ("{", "[]", '{"file": "../other"}', record.read_text().replace('"epsilon"', '"guess"')):
        record.write_text(text)
        models = listed(capsys)
        assert models["demo"]["available"] and not models["mult-eps-ft"]["available"]
        assert "model.json" in models["mult-eps-ft"]["remedy"]


def test_clip_may_be_a_transformers_folder(
    released_files: Path, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    towers = load_clip(released_files / "open_clip_model.safetensors")
    assert towers.text_encoder is not None
    folder = tmp_path / "clip"
    towers.text_encoder.save_pretrained(folder / "text")
    towers.image_encoder.save_pretrained(folder / "vision")
    vision, text = (json.loads((folder / kind / "config.json").read_text()) for kind in ("vision", "text"))
    config = {"model_type": "clip", "vision_config": vision, "text_config": text, "projection_dim": 32}
    (folder / "config.json").write_text(json.dumps(config))
    weights = {
        key: tensor
        for kind in ("vision", "text")
        for key, tensor in load_file(folder / kind / "model.safetensors").items()
    }
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    assert add(released_files, "--clip", str(folder), clip=False) == 0
    assert listed(capsys)["mult-eps-ft"]["available"]
    pipeline = load_colorize_pipeline(models_folder / "mult-eps-ft", torch.device("cpu"))
    assert pipeline.text_encoder is None  # until a text is to be encoded
    pipeline.encode_texts(["red hair"])
    assert pipeline.text_encoder is not None
    for ours, theirs in ((pipeline.image_encoder, towers.image_encoder), (pipeline.text_encoder, towers.text_encoder)):
        for key, tensor in theirs.state_dict().items():
            assert torch.equal(ours.state_dict()[key], tensor)


@pytest.mark.parametrize("already", [True, False])
def test_a_clip_of_another_size_is_refused(
    released_files: Path, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], already: bool
) -> None:
    other = write_clip(tmp_path / "other.safetensors", token_size=16)
    if already:
        add(released_files, "--clip", str(other), "--name", "unused", clip=False)
        said = refusal(["models", "add", str(released_files / "mult-eps-ft.safetensors")], capsys)
    else:
        words = ["models", "add", str(released_files / "mult-eps-ft.safetensors"), "--clip", str(other)]
        said = refusal(words, capsys)
    assert "tokens of 16 numbers, this model takes 32" in said
    assert "mult-eps-ft" not in listed(capsys)


def test_what_is_wrong_with_a_file_is_named(
    models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = {name: tensor.contiguous() for name, tensor in release_state().items()}
    save_file({**state, FIRST_CONVOLUTION: torch.zeros(64, 4, 1, 1)}, tmp_path / "mult-eps-shape.safetensors")
    said = refusal(["models", "add", str(tmp_path / "mult-eps-shape.safetensors")], capsys)
    assert f"{FIRST_CONVOLUTION} (64, 4, 1, 1) ≠ (64, 4, 3, 3)" in said

    key = "control_encoder.zero_layer.0.bias"
    save_file({name: state[name] for name in state if name != key}, tmp_path / "mult-eps-less.safetensors")
    assert f"1 missing: {key}" in refusal(["models", "add", str(tmp_path / "mult-eps-less.safetensors")], capsys)
    assert not any(models_folder.glob("*"))


def test_a_file_cut_short_is_named(
    released_files: Path, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "mult-eps-cut.safetensors"
    cut.write_bytes((released_files / "mult-eps-ft.safetensors").read_bytes()[:-5])
    assert "mult-eps-cut.safetensors is cut short" in refusal(["models", "add", str(cut)], capsys)


def test_pickles_are_refused_unless_insisted_on_and_then_rewritten(
    released_files: Path, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pickle = tmp_path / "mult-eps-old.ckpt"
    torch.save({"state_dict": release_state()}, pickle)
    assert "is a pickle" in refusal(["models", "add", str(pickle)], capsys)
    assert main(["models", "add", str(pickle), "--allow-pickle"]) == 0
    rewritten = models_folder / "mult-eps-old" / "mult-eps-old.safetensors"
    assert torch.equal(load_file(rewritten)[FIRST_CONVOLUTION], release_state()[FIRST_CONVOLUTION])


@pytest.mark.parametrize("name", ["demo", "clip-vit-h-14", "../up", ".hidden", "a/b", "mult-eps-ft"])
def test_names_that_cannot_be_are_refused(
    released_files: Path, models_folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    add(released_files, "--prediction", "epsilon")
    words = ["models", "add", str(released_files / "mult-eps-ft.safetensors"), "--name", name]
    assert name in refusal(words, capsys)
    assert list(listed(capsys)) == ["demo", "mult-eps-ft"]


def test_folders_and_missing_files_are_refused(
    models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is a folder" in refusal(["models", "add", str(tmp_path)], capsys)
    assert "does not exist" in refusal(["models", "add", str(tmp_path / "none.safetensors")], capsys)


def test_removing_leaves_the_users_own_file(
    released_files: Path, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(released_files, "--prediction", "epsilon")
    assert main(["models", "remove", "mult-eps-ft"]) == 0
    assert main(["models", "remove", "clip-vit-h-14"]) == 0
    assert list(listed(capsys)) == ["demo"]
    assert not any(models_folder.iterdir())
    assert (released_files / "mult-eps-ft.safetensors").is_file()


@pytest.mark.parametrize("name", ["demo", "none", "..", ".", "notes"])
def test_only_models_are_removed(
    released_files: Path, models_folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    add(released_files, "--prediction", "epsilon")
    (models_folder / "notes").mkdir()
    refusal(["models", "remove", name], capsys)
    assert (models_folder / "notes").is_dir()
    assert list(listed(capsys)) == ["demo", "mult-eps-ft"]


def test_the_models_folder_can_be_chosen(
    released_files: Path,
    models_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["models", "folder"]) == 0
    assert capsys.readouterr().out.strip() == str(models_folder)
    assert main(["models", "folder", str(tmp_path / "big disk")]) == 0
    add(released_files)
    assert (tmp_path / "big disk" / "mult-eps-ft" / "model.json").is_file()
    assert listed(capsys)["mult-eps-ft"]["available"]
    monkeypatch.setenv("HUEBRUSH_MODELS", str(tmp_path / "third"))
    assert list(listed(capsys)) == ["demo"]
