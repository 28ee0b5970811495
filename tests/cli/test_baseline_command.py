"""`huebrush models add-baseline`: parts that fit become a model, others are named; and what runs that model."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from huebrush_backend.checkpoints.baseline_parts import BaselineParts, assemble_baseline
from huebrush_backend.checkpoints.stable_diffusion import (
    OLD_TEXT_PREFIX,
    TEXT_PREFIX,
    read_stable_diffusion,
    stable_diffusion_scheduler,
)
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import read_picture
from huebrush_backend.models.open_clip import tokenizer
from line_drawing import HEIGHT, WIDTH
from safetensors.torch import load_file, save_file
from tiny_baseline import checkpoint_state, ip_adapter_state, make_quick, write_controlnet, write_parts

FIRST_CONVOLUTION = "model.diffusion_model.input_blocks.0.0.weight"


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> BaselineParts:
    """Parts that fit; only to be read."""
    return write_parts(tmp_path_factory.mktemp("parts"))


def add(parts: BaselineParts, *options: str) -> int:
    words = [f"--{field.name.replace('_', '-')}={getattr(parts, field.name)}" for field in fields(parts)]
    return main(["models", "add-baseline", *words, *options])


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict]:
    """The models that `huebrush models list` offers, by name."""
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    return {model["name"]: model for model in json.loads(capsys.readouterr().out)}


def test_a_baseline_is_listed_colorizes_is_scored_and_goes_again(
    parts: BaselineParts, models_folder: Path, page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(parts) == 0
    assert "CreativeML OpenRAIL-M" in capsys.readouterr().out
    model = listed(capsys)["anything"]
    assert (model["family"], model["available"], model["native_size"]) == ("controlnet-ip-adapter", True, 512)
    make_quick(models_folder / "anything")
    assert listed(capsys)["anything"]["native_size"] == 128

    words = ["colorize", str(page / "lines.png"), "--reference", str(page / "ref.png"), "--output", str(page / "a.ora")]
    assert main([*words, "--model", "anything", "--steps", "1", "--sketch-scale", "2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [note["id"] for note in said["recipe"]["notes"]] == ["note.ignores_sketch_guidance"]
    assert read_picture(page / "a.ora").layer("Huebrush").pixels.shape == (HEIGHT, WIDTH, 4)

    assert main(["evaluate", "--model", "anything", "--pairs", "1", "--steps", "1", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["model"], report["reference_guidance"]) == ("anything", 7.5)
    assert report["parts_scored"] > 0

    assert main(["heatmap", str(page / "ref.png"), "hair", "--output", str(page / "h.png"), "--model", "anything"]) == 2
    assert "holds a StableDiffusionControlNetPipeline" in capsys.readouterr().err
    assert main(["models", "remove", "anything"]) == 0
    assert list(listed(capsys)) == ["demo"]


def test_a_diffusers_folder_gives_the_same_as_the_single_file(
    parts: BaselineParts, models_folder: Path, tmp_path: Path
) -> None:
    networks = read_stable_diffusion(parts.checkpoint, torch.float16)
    scheduler: Any = stable_diffusion_scheduler()
    StableDiffusionPipeline(
        networks.vae,
        networks.text_encoder,
        tokenizer(),
        networks.unet,
        scheduler,
        safety_checker=None,  # pyright: ignore[reportArgumentType]
        feature_extractor=None,  # pyright: ignore[reportArgumentType]
        requires_safety_checker=False,
    ).save_pretrained(tmp_path / "folder")
    assert add(parts, "--name", "file") == 0
    assert add(replace(parts, checkpoint=tmp_path / "folder")) == 0
    saved = sorted(path.relative_to(models_folder / "file") for path in (models_folder / "file").rglob("*.safetensors"))
    assert len(saved) == 6  # UNet, VAE, text encoder, ControlNet, image encoder, IP-Adapter
    for path in saved:
        first, second = (load_file(models_folder / name / path) for name in ("file", "folder"))
        assert first.keys() == second.keys()
        assert all(torch.equal(first[key], second[key]) for key in first)


def test_checkpoints_of_the_oldest_naming_are_read(parts: BaselineParts, tmp_path: Path) -> None:
    old = {name.replace(TEXT_PREFIX, OLD_TEXT_PREFIX): tensor for name, tensor in load_file(parts.checkpoint).items()}
    save_file(old, tmp_path / "old.safetensors")
    found, wanted = (
        read_stable_diffusion(file, torch.float16).text_encoder.state_dict()
        for file in (tmp_path / "old.safetensors", parts.checkpoint)
    )
    assert all(torch.equal(found[key], wanted[key]) for key in wanted)


def test_a_baseline_without_its_ip_adapter_is_listed_with_what_to_do(
    parts: BaselineParts, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(parts) == 0
    (models_folder / "anything" / "ip_adapter" / "ip_adapter.safetensors").unlink()
    model = listed(capsys)["anything"]
    assert not model["available"]
    assert "lacks ip_adapter/ip_adapter.safetensors" in model["remedy"]
    assert "add-baseline" in model["remedy"]


def wrong_checkpoint(state: dict[str, torch.Tensor], folder: Path) -> Path:
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, folder / "wrong.safetensors")
    return folder / "wrong.safetensors"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"control_encoder.model.0.bias": torch.zeros(1)}, "is a ColorizeDiffusion model"),
        ({"conditioner.embedders.0.weight": torch.zeros(1)}, "is a Stable Diffusion XL model"),
        ({"cond_stage_model.model.ln_final.bias": torch.zeros(1)}, "is a Stable Diffusion 2 model"),
        ({FIRST_CONVOLUTION: torch.zeros(64, 9, 3, 3)}, "for inpainting or the like (9 channels in)"),
        ({"first_stage_model.encoder.conv_in.bias": torch.zeros(3)}, "(3,) ≠ (32,)"),
        ({f"{TEXT_PREFIX}final_layer_norm.bias": None}, f"1 missing: {TEXT_PREFIX}final_layer_norm.bias"),
        ({FIRST_CONVOLUTION: None}, f"1 missing: {FIRST_CONVOLUTION}"),
        ({"first_stage_model.": None}, "holds no VAE"),
    ],
)
def test_what_is_wrong_with_a_checkpoint_is_named(
    parts: BaselineParts,
    models_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, torch.Tensor | None],
    says: str,
) -> None:
    removed = tuple(key for key, tensor in change.items() if tensor is None)
    state = {key: tensor for key, tensor in checkpoint_state().items() if not key.startswith(removed)}
    state |= {key: tensor for key, tensor in change.items() if tensor is not None}
    assert add(replace(parts, checkpoint=wrong_checkpoint(state, tmp_path))) == 2
    assert says in capsys.readouterr().err
    assert not any(models_folder.glob("*"))


def test_a_pickle_is_not_opened(
    parts: BaselineParts, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"state_dict": checkpoint_state()}, tmp_path / "anything.ckpt")
    assert add(replace(parts, checkpoint=tmp_path / "anything.ckpt")) == 2
    assert "is a pickle" in capsys.readouterr().err


def test_the_part_that_is_wrong_is_named(
    parts: BaselineParts, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_file({"weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    save_file(ip_adapter_state(token_size=48), tmp_path / "larger.safetensors")
    save_file(ip_adapter_state(image_size=48), tmp_path / "stranger.safetensors")
    less = {key: tensor for key, tensor in ip_adapter_state().items() if not key.startswith("ip_adapter.1.")}
    save_file(less, tmp_path / "less.safetensors")
    face = {"image_proj.proj.0.weight": torch.zeros(1), "ip_adapter.1.to_k_ip.weight": torch.zeros(64, 32)}
    save_file(face, tmp_path / "face.safetensors")
    (tmp_path / "empty").mkdir()
    wrong = [
        (replace(parts, checkpoint=tmp_path / "none.safetensors"), "none.safetensors"),
        (replace(parts, checkpoint=tmp_path / "empty"), "the checkpoint in"),
        (replace(parts, checkpoint=parts.controlnet), "no model_index.json"),
        (replace(parts, controlnet=parts.checkpoint), "the ControlNet must be a folder"),
        (replace(parts, controlnet=parts.image_encoder), "the ControlNet must be a ControlNetModel"),
        (replace(parts, controlnet=write_controlnet(tmp_path / "wide", 48)), "its cross_attention_dim is 48"),
        (replace(parts, image_encoder=parts.controlnet), "the image encoder must be a clip_vision_model"),
        (replace(parts, image_encoder=tmp_path / "empty"), "the image encoder in"),
        (replace(parts, ip_adapter=tmp_path / "none"), "the IP-Adapter must be a file"),
        (replace(parts, ip_adapter=tmp_path / "other.safetensors"), "other.safetensors is not an IP-Adapter"),
        (replace(parts, ip_adapter=tmp_path / "larger.safetensors"), "tokens of 48 numbers, the checkpoint's have 32"),
        (replace(parts, ip_adapter=tmp_path / "stranger.safetensors"), "takes 48 numbers, this one gives 24"),
        (replace(parts, ip_adapter=tmp_path / "less.safetensors"), "less.safetensors: The IP-Adapter does not fit"),
        (replace(parts, ip_adapter=tmp_path / "face.safetensors"), "a kind of IP-Adapter that is not supported"),
    ]
    for chosen, says in wrong:
        assert add(chosen, "--name", "wrong") == 2
        assert says in capsys.readouterr().err
    assert not any(models_folder.glob("*"))


def test_a_controlnet_without_safetensors_is_refused(
    parts: BaselineParts, models_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_controlnet(tmp_path / "pickled")
    weights = folder / "diffusion_pytorch_model.safetensors"
    torch.save(load_file(weights), weights.with_suffix(".bin"))
    weights.unlink()
    assert add(replace(parts, controlnet=folder)) == 2
    assert f"the ControlNet in {folder} cannot be loaded" in capsys.readouterr().err


def test_parts_published_in_half_precision_alone_are_read(parts: BaselineParts, tmp_path: Path) -> None:
    weights = write_controlnet(tmp_path / "half") / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".fp16.safetensors"))
    assert assemble_baseline(replace(parts, controlnet=weights.parent)).controlnet.dtype == torch.float16


def test_a_name_that_is_taken_is_refused(
    parts: BaselineParts, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(parts, "--name", "demo") == 2
    assert "'demo' is taken" in capsys.readouterr().err
    assert not any(models_folder.glob("*"))
