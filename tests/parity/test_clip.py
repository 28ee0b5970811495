"""CLIP's picture and text towers, loaded from OpenCLIP's format."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from huebrush_backend.models import open_clip
from judging import Judge
from small_clip import encode_picture, encode_texts, text_tower, tokenizer, vision_tower
from transformers import CLIPTextModelWithProjection, CLIPVisionModelWithProjection
from vectors import Case, Vectors, all_vectors, cases_of


@pytest.fixture
def weights() -> dict[str, torch.Tensor]:
    """A small OpenCLIP's state dict, to be damaged."""
    return dict(all_vectors()[0].clip_weights())


@torch.inference_mode()
@pytest.mark.parametrize("case", cases_of("clip"), ids=lambda case: case.id)
def test_pictures_and_texts_become_the_recorded_tokens(case: Case, judge: Judge) -> None:
    pixels, tokens = encode_picture(case.vectors, case.tensor("image"))
    texts = encode_texts(case.vectors, case.params["texts"])
    judge(case, {"pixels": pixels, "tokens": tokens, "text": texts})


@torch.inference_mode()
@pytest.mark.parametrize("vectors", all_vectors(), ids=lambda vectors: vectors.label)
def test_the_last_text_block_is_not_run_unless_asked_for(vectors: Vectors) -> None:
    stopped, full = (encode_texts(vectors, ["red hair"], skip_last) for skip_last in (1, 0))
    assert (stopped - full).abs().max() > 0.01


@torch.inference_mode()
def test_character_codes_and_case_and_spaces_do_not_change_a_text() -> None:
    plain, written = encode_texts(all_vectors()[0], ["red & blue hair", "  Red&nbsp;&amp;amp; BLUE\nhair "])
    assert torch.equal(plain, written)


def test_texts_are_split_as_in_every_clip() -> None:
    assert tokenizer()("a photo of a cat")["input_ids"] == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert len(tokenizer()) == 49408


@torch.inference_mode()
def test_a_long_text_is_cut_and_still_ends() -> None:
    vector = encode_texts(all_vectors()[0], ["red " * 200, "red " * 75])
    assert torch.allclose(vector[0], vector[1], atol=1e-6)


def test_the_towers_survive_being_saved(tmp_path: Path) -> None:
    vectors = all_vectors()[0]
    for tower, kind in (
        (vision_tower(vectors), CLIPVisionModelWithProjection),
        (text_tower(vectors), CLIPTextModelWithProjection),
    ):
        tower.save_pretrained(tmp_path / kind.__name__)
        again = kind.from_pretrained(tmp_path / kind.__name__).state_dict()
        assert all(torch.equal(tensor, again[name]) for name, tensor in tower.state_dict().items())


def test_loading_keeps_the_weights_where_they_are(weights: dict[str, torch.Tensor]) -> None:
    loaded = open_clip.text_tower(weights, 24).state_dict()
    query = loaded["text_model.encoder.layers.0.self_attn.q_proj.weight"]
    assert query.data_ptr() == weights["transformer.resblocks.0.attn.in_proj_weight"].data_ptr()


@pytest.mark.parametrize("key", ["visual.proj", "visual.transformer.resblocks.1.attn.in_proj_bias"])
def test_a_missing_key_is_named(weights: dict[str, torch.Tensor], key: str) -> None:
    del weights[key]
    with pytest.raises(open_clip.OpenClipFormatError, match=f"missing: {key}"):
        open_clip.vision_tower(weights, 40)


def test_an_unexpected_key_is_named(weights: dict[str, torch.Tensor]) -> None:
    weights["unet.something"] = torch.zeros(1)
    with pytest.raises(open_clip.OpenClipFormatError, match=r"not expected: unet\.something"):
        open_clip.text_tower(weights, 24)


def test_a_wrong_shape_is_named(weights: dict[str, torch.Tensor]) -> None:
    weights["transformer.resblocks.1.ln_1.weight"] = torch.zeros(7)
    with pytest.raises(open_clip.OpenClipFormatError, match=r"layers\.1\.layer_norm1\.weight.*\[7\]"):
        open_clip.text_tower(weights, 24)
