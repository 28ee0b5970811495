"""Single files of the released models: recognised, checked, loaded, saved; wrong ones named exactly."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import init_empty_weights
from huebrush_backend.checkpoints.configurations import (
    sketch_encoder_configuration,
    unet_configuration,
    vae_configuration,
)
from huebrush_backend.checkpoints.errors import (
    CheckpointError,
    CheckpointKeysError,
    DamagedFileError,
    PickleRefusedError,
    UnknownFamilyError,
    UnsupportedFamilyError,
)
from huebrush_backend.checkpoints.families import SCHEDULE_BUFFERS, detect_family, prediction_type_of
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.prediction_type import choose_prediction_type, noise_correlation
from huebrush_backend.checkpoints.single_file import (
    ClipTowers,
    from_single_file,
    released_networks,
    released_scheduler,
)
from huebrush_backend.models import open_clip
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.samplers import SAMPLER_NAMES
from safetensors.torch import save_file
from tiny_release import SMALL_SKETCH_ENCODER, SMALL_UNET, SMALL_VAE, State, released_state
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

FIRST_CONVOLUTION = "model.diffusion_model.input_blocks.0.0.weight"
RELEASED_UNET = SMALL_UNET | {
    "block_out_channels": (320, 640, 1280, 1280),
    "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
    "cross_attention_dim": 1024,
    "attention_head_dim": (5, 10, 20, 20),
}
RELEASED_VAE = SMALL_VAE | {"block_out_channels": (128, 256, 512, 512)}
RELEASED_SKETCH_ENCODER = {"stem_channels": (16, 32, 96, 256), "block_out_channels": (320, 640, 1280, 1280)}


@pytest.fixture(scope="module")
def weights() -> State:
    torch.manual_seed(0)
    return released_state(SMALL_UNET, SMALL_VAE, SMALL_SKETCH_ENCODER)


@pytest.fixture(scope="module")
def file(weights: State, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A v1 file as they are released: half-precision VAE, schedule buffers, no CLIP."""
    scheduler = released_scheduler()
    buffers = {name: torch.zeros(1000) for name in SCHEDULE_BUFFERS}
    buffers |= {"betas": scheduler.betas, "alphas_cumprod": scheduler.alphas_cumprod}
    stored = {name: tensor.half() if name.startswith("first_stage") else tensor for name, tensor in weights.items()}
    path = tmp_path_factory.mktemp("released") / "mult-eps-tiny.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in (stored | buffers).items()}, path)
    return path


@pytest.fixture(scope="module")
def clip() -> ClipTowers:
    torch.manual_seed(1)
    sizes: dict[str, Any] = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    return ClipTowers(
        CLIPVisionModelWithProjection(CLIPVisionConfig(**sizes, image_size=28, patch_size=14, projection_dim=32)),
        CLIPTextModelWithProjection(CLIPTextConfig(**sizes, vocab_size=49408, projection_dim=32)),
        open_clip.tokenizer(),
    )


def paint(pipeline: ColorizePipeline, sampler: str = "dpm") -> torch.Tensor:
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(2)
    sketch, reference = (torch.rand(1, 3, 64, 64, generator=generator) * 2 - 1 for _ in range(2))
    return pipeline(sketch, [reference], 64, 64, steps=4, sampler=sampler).picture


def test_a_file_becomes_a_pipeline_that_is_saved_and_loaded(file: Path, clip: ClipTowers, tmp_path: Path) -> None:
    pipeline = from_single_file(file, clip)
    assert {module.dtype for module in (pipeline.unet, pipeline.vae, pipeline.sketch_encoder)} == {torch.float32}
    assert pipeline.config["native_size"] == 512
    picture = paint(pipeline)
    assert torch.isfinite(picture).all()

    pipeline.save_pretrained(tmp_path)
    again = ColorizePipeline.from_pretrained(tmp_path, dtype=torch.float32)
    for name in ("prediction_type", "timestep_spacing", "beta_schedule"):
        assert again.scheduler.config[name] == pipeline.scheduler.config[name]
    torch.testing.assert_close(paint(again), picture, atol=1e-4, rtol=0)


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_every_sampler_paints_with_a_released_model(file: Path, clip: ClipTowers, sampler: str) -> None:
    picture = paint(from_single_file(file, clip, prediction_type="v_prediction"), sampler)
    assert picture.shape == (1, 3, 64, 64)
    assert torch.isfinite(picture).all()


def test_networks_have_the_weights_of_the_file(weights: State) -> None:
    networks = released_networks(weights)
    assert torch.equal(networks.unet.conv_in.weight, weights[FIRST_CONVOLUTION])
    assert torch.equal(
        networks.sketch_encoder.state_dict()["block_hints.1.weight"], weights["control_encoder.zero_blocks.1.0.weight"]
    )
    assert torch.equal(
        networks.vae.state_dict()["encoder.mid_block.attentions.0.to_q.weight"],
        weights["first_stage_model.encoder.mid.attn_1.q.weight"][:, :, 0, 0],
    )


def test_tensors_are_taken_not_copied(weights: State) -> None:
    networks = released_networks(weights)
    assert networks.unet.conv_in.weight.data_ptr() == weights[FIRST_CONVOLUTION].data_ptr()


def test_another_precision_is_made_of_what_bears_it(file: Path, clip: ClipTowers) -> None:
    pipeline = from_single_file(file, clip, dtype=torch.bfloat16)
    assert {module.dtype for module in (pipeline.unet, pipeline.sketch_encoder)} == {torch.bfloat16}
    single = (pipeline.vae, pipeline.unet.time_embedding, pipeline.unet.conv_out)  # where half precision overflows
    assert {parameter.dtype for part in single for parameter in part.parameters()} == {torch.float32}  # pyright: ignore[reportAttributeAccessIssue]


def test_clip_in_a_file_is_passed_over(weights: State) -> None:
    released_networks(weights | {"cond_stage_model.visual.model.visual.proj": torch.zeros(2, 2)})


@pytest.mark.parametrize(
    "configurations",
    [(SMALL_UNET, SMALL_VAE, SMALL_SKETCH_ENCODER), (RELEASED_UNET, RELEASED_VAE, RELEASED_SKETCH_ENCODER)],
    ids=["small", "released"],
)
def test_configurations_are_read_from_the_shapes(configurations: tuple[dict, dict, dict]) -> None:
    with init_empty_weights():
        shapes = {name: tuple(tensor.shape) for name, tensor in released_state(*configurations).items()}
    unet, vae, sketch_encoder = configurations
    assert unet_configuration(shapes, 64) == unet
    assert vae_configuration(shapes, 512) == vae
    assert sketch_encoder_configuration(shapes) == sketch_encoder


def test_the_full_size_model_has_the_published_numbers_of_keys_and_parameters() -> None:
    with init_empty_weights():
        weights = released_state(RELEASED_UNET, RELEASED_VAE, RELEASED_SKETCH_ENCODER)
    published = {
        "model.diffusion_model.": (686, 865.911),
        "first_stage_model.": (248, 83.654),
        "control_encoder.": (42, 63.971),
    }
    for prefix, (keys, millions) in published.items():
        sizes = [tensor.numel() for name, tensor in weights.items() if name.startswith(prefix)]
        assert len(sizes) == keys
        assert sum(sizes) / 1e6 == pytest.approx(millions, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mult-eps-ft.safetensors", "epsilon"),
        ("switch-eps.safetensors", "epsilon"),
        ("v2-full.safetensors", "v_prediction"),
        ("mult-newft.safetensors", "v_prediction"),
    ],
)
def test_the_file_name_tells_what_is_predicted(name: str, kind: str) -> None:
    assert prediction_type_of(name) == kind


def test_what_is_predicted_can_be_said_against_the_file_name(file: Path, clip: ClipTowers) -> None:
    assert from_single_file(file, clip).scheduler.config["prediction_type"] == "epsilon"
    told = from_single_file(file, clip, prediction_type="v_prediction")
    assert told.scheduler.config["prediction_type"] == "v_prediction"


@pytest.mark.parametrize(
    ("name", "share", "kind"),
    [
        ("mult-newft.safetensors", 1.0, "epsilon"),
        ("mult-newft.safetensors", 0.1, "v_prediction"),
        ("mult-eps-ft.safetensors", 1.0, "epsilon"),
        ("mult-eps-ft.safetensors", 0.1, "epsilon"),
    ],
)
def test_a_network_that_clearly_predicts_noise_is_believed(
    weights: State, monkeypatch: pytest.MonkeyPatch, name: str, share: float, kind: str
) -> None:
    """`share`: how much of the network's answer is the noise that it was given."""

    def answer(unet: ColorizeUNet, latent: torch.Tensor, *rest: object) -> torch.Tensor:
        other = torch.randn(latent.shape, generator=torch.Generator().manual_seed(9))
        return share * latent + (1 - share**2) ** 0.5 * other

    networks = released_networks(weights)
    monkeypatch.setattr(ColorizeUNet, "denoise", answer)
    assert noise_correlation(networks.unet, networks.sketch_encoder) == pytest.approx(share, abs=0.1)
    assert choose_prediction_type(name, networks.unet, networks.sketch_encoder) == kind


def test_a_prediction_that_does_not_agree_with_the_name_is_logged(
    weights: State, caplog: pytest.LogCaptureFixture
) -> None:
    networks = released_networks(weights)  # untrained: predicts nothing
    choose_prediction_type("mult-eps-ft.safetensors", networks.unet, networks.sketch_encoder)
    assert "mult-eps-ft.safetensors should predict noise" in caplog.text


@pytest.mark.parametrize(
    ("extra", "name"),
    [
        ("transformer.embedding", "v1.5"),
        ("thresh_embedder.embed_layer.0.weight", "v1.5"),
        ("bg_encoder.input_blocks.0.0.weight", "v2"),
        ("model.diffusion_model.warp_modules.0.norm1.weight", "v2"),
        ("model.diffusion_model.label_emb.0.0.weight", "xl"),
    ],
)
def test_families_are_told_by_their_keys(weights: State, extra: str, name: str) -> None:
    assert detect_family(weights | {extra: torch.zeros(1)}).name == f"colorize-diffusion-{name}"


def test_a_family_that_cannot_be_run_yet_is_refused(weights: State) -> None:
    with pytest.raises(UnsupportedFamilyError, match="ColorizeDiffusion XL model, which is not supported yet"):
        released_networks(weights | {"model.diffusion_model.label_emb.0.0.weight": torch.zeros(1)})


@pytest.mark.parametrize(
    ("extra", "lacking"),
    [
        ("transformer.embedding", "1 missing: thresh_embedder"),
        ("bg_encoder.input_blocks.0.0.weight", "lora_down_fg"),
    ],
)
def test_a_later_file_without_its_networks_is_refused_by_what_it_lacks(
    weights: State, extra: str, lacking: str
) -> None:
    with pytest.raises(CheckpointKeysError, match=lacking):
        released_networks(weights | {extra: torch.zeros(256, 32)})


@pytest.mark.parametrize(
    ("keys", "lacking"), [([], "model.diffusion_model"), ([FIRST_CONVOLUTION], "control_encoder"), (["a"], "such as a")]
)
def test_other_models_are_refused_by_what_they_lack(keys: list[str], lacking: str) -> None:
    with pytest.raises(UnknownFamilyError, match=lacking):
        detect_family(keys)


@pytest.mark.parametrize(
    "key",
    [
        "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight",
        "model.diffusion_model.output_blocks.2.1.conv.bias",
        "model.diffusion_model.input_blocks.0.0.weight",
        "first_stage_model.decoder.up.1.block.2.conv1.weight",
        "first_stage_model.encoder.mid.attn_1.norm.bias",
        "first_stage_model.post_quant_conv.weight",
        "control_encoder.zero_blocks.1.0.weight",
        "control_encoder.zero_layer.0.bias",
        "control_encoder.output_blocks.0.1.weight",
    ],
)
def test_a_missing_tensor_is_named_as_in_the_file(weights: State, key: str) -> None:
    with pytest.raises(CheckpointKeysError) as caught:
        released_networks({name: tensor for name, tensor in weights.items() if name != key})
    assert caught.value.missing == (key,)
    assert key in str(caught.value)


def test_unexpected_tensors_and_wrong_shapes_are_named(weights: State) -> None:
    key = "model.diffusion_model.out.0.weight"
    with pytest.raises(CheckpointKeysError) as caught:
        released_networks(weights | {"model.diffusion_model.extra": torch.zeros(1), key: torch.zeros(7)})
    assert caught.value.unexpected == ("model.diffusion_model.extra",)
    assert caught.value.wrong_shapes == {key: ((7,), (64,))}
    assert f"{key} (7,) ≠ (64,)" in str(caught.value)


def test_many_faults_make_a_message_that_can_be_read(weights: State) -> None:
    error = CheckpointKeysError(missing=list(weights))
    assert f"{len(weights)} missing: " in str(error) and str(error).count(", ") == 20 and str(error).endswith(", …")
    assert len(error.missing) == len(weights)


def test_another_noise_schedule_is_refused(weights: State) -> None:
    with pytest.raises(CheckpointError, match="noise schedule"):
        released_networks(weights | {"alphas_cumprod": torch.linspace(1, 0, 1000)})


@pytest.mark.parametrize("share", [0.0, 0.00001, 0.001, 0.5, 0.999999])
def test_a_file_that_is_cut_short_is_called_so(file: Path, clip: ClipTowers, tmp_path: Path, share: float) -> None:
    content = file.read_bytes()
    cut = tmp_path / "mult-eps-cut.safetensors"
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DamagedFileError, match=r"mult-eps-cut\.safetensors"):
        from_single_file(cut, clip)


def test_the_message_on_a_short_file_says_how_much_is_there(file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(file.read_bytes()[:-100])
    size = file.stat().st_size
    with pytest.raises(DamagedFileError, match=f"cut short: it has {size - 100} of {size} bytes"):
        read_state_dict(cut)


@pytest.mark.parametrize("content", [b"<html>404 not found</html>" * 9, bytes(100), b"\x10" + bytes(7) + b"{" * 16])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.safetensors"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match="not a safetensors file"):
        read_state_dict(path)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_state_dict(tmp_path / "none.safetensors")


@pytest.mark.parametrize("wrapped", [False, True])
def test_pickles_are_opened_only_on_demand(weights: State, tmp_path: Path, wrapped: bool) -> None:
    path = tmp_path / "mult-eps.ckpt"
    torch.save({"state_dict": weights} if wrapped else weights, path)
    with pytest.raises(PickleRefusedError, match="could run code"):
        read_state_dict(path)
    found = read_state_dict(path, allow_pickle=True)
    assert torch.equal(found[FIRST_CONVOLUTION], weights[FIRST_CONVOLUTION])
    assert found.keys() == weights.keys()


class Harmful:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("by_torch", [False, True])
def test_a_pickle_with_code_is_never_run(tmp_path: Path, by_torch: bool) -> None:
    path, trace = tmp_path / "mult-eps.ckpt", tmp_path / "trace"
    if by_torch:
        torch.save({"a": Harmful(trace)}, path)
    else:
        path.write_bytes(pickle.dumps({"a": Harmful(trace)}, protocol=2))  # what torch.save writes
    with pytest.raises(CheckpointError, match="mult-eps"):
        read_state_dict(path, allow_pickle=True)
    assert not trace.exists()
