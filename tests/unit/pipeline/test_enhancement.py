"""What an enhancement asks for, and what it makes of masks and pictures."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.models.lora import SplitLora
from huebrush_backend.models.reference_encoder import SINUSOID_SIZE, size_embedding
from huebrush_backend.models.split_attention import SplitAttention
from huebrush_backend.pipeline.enhancement import Enhancement, latent_mask, one_reference

MASK = torch.ones(1, 1, 4, 4)


def test_nothing_is_enhanced_unless_asked_for() -> None:
    assert not Enhancement().is_active
    assert Enhancement(sketch_mask=MASK).split_attention(torch.zeros(1)) is None


@pytest.mark.parametrize("background", [False, True])
def test_colouring_parts_apart_takes_a_mask_of_the_sketch(background: bool) -> None:
    with pytest.raises(ValueError, match="mask of the line art"):
        Enhancement(reference_mask=MASK, background=background, foreground=not background)


def test_a_background_takes_something_to_come_from() -> None:
    with pytest.raises(ValueError, match="a picture of it or a mask"):
        Enhancement(background=True, sketch_mask=MASK)


def test_one_reference_is_taken_no_other_number() -> None:
    assert one_reference([MASK]) is MASK
    for references in ([], [MASK, MASK]):
        with pytest.raises(ValueError, match=f"not {len(references)}"):
            one_reference(references)


def test_the_figure_is_white_in_the_background() -> None:
    reference = torch.full((1, 3, 1, 3), -0.5)
    mask = torch.tensor([0.2, 0.6, 0.9]).view(1, 1, 1, 3)
    enhancement = Enhancement(
        background=True, sketch_mask=MASK, reference_mask=mask, reference_threshold=torch.tensor(0.6).item()
    )
    assert enhancement.background_of(reference)[0, 0, 0].tolist() == [-0.5, 1.0, 1.0]


def test_a_background_picture_is_preferred_to_the_reference() -> None:
    picture = torch.zeros(1, 3, 2, 2)
    enhancement = Enhancement(background=True, sketch_mask=MASK, reference_mask=MASK, background_picture=picture)
    assert torch.equal(enhancement.background_of(torch.ones(1, 3, 4, 4)), picture)


def test_a_canvas_mask_gets_the_latents_size() -> None:
    mask = torch.zeros(1, 1, 64, 128)
    mask[..., 64:] = 1
    small = latent_mask(mask)
    assert small.shape == (1, 1, 8, 16)
    assert (small[..., :7] == 0).all() and (small[..., 9:] == 1).all()


@pytest.mark.parametrize(("blocks", "side"), [([], 0.0), ([0], 1.0)])
def test_on_the_threshold_only_blocks_with_lora_are_background(blocks: list[int], side: float) -> None:
    lora = SplitLora(blocks, [8] * len(blocks), token_size=4)
    context = SplitAttention(torch.full((1, 1, 2, 2), 0.5), threshold=0.5, lora=lora).ready(1)
    joined = context.join(torch.zeros(1, 4, 8), torch.ones(1, 4, 8), block=0)
    assert (joined == side).all()


def test_lora_act_on_the_side_they_are_switched_on_for() -> None:
    lora = SplitLora([3], [8], token_size=4)
    for foreground, background in ((False, False), (True, False), (False, True), (True, True)):
        split = SplitAttention(MASK, lora=lora, foreground_lora=foreground, background_lora=background).ready(1)
        assert [change is not None for change in split.loras(3)] == [foreground, background]
        assert split.loras(2) == (None, None)


def test_half_the_smaller_side_is_a_lora_s_rank_unless_named() -> None:
    foreground, background = SplitLora([0], [8], token_size=6).sides(0)
    assert foreground.key.down.weight.shape == (4, 6)
    assert background.key.down.weight.shape == (3, 6)
    assert background.query.down.weight.shape == (4, 8)


@pytest.mark.parametrize(
    ("picture", "as_if"),
    # Smaller than the canvas in any direction: enlarged by the canvas's longer side, the aspect kept.
    [((512, 640), (512, 640)), ((200, 400), (840, 1680)), ((1000, 500), (1640, 820))],
)
def test_small_pictures_count_as_enlarged(picture: tuple[int, int], as_if: tuple[int, int]) -> None:
    canvas = (512, 640)
    found = size_embedding(picture, canvas)
    assert found.shape == (1, 2 * SINUSOID_SIZE)
    half = SINUSOID_SIZE // 2
    rows, columns = found[0, half], found[0, SINUSOID_SIZE + half]  # the sinusoids of frequency 1
    expected = torch.tensor([as_if[0] / canvas[0], as_if[1] / canvas[1]]).sin()
    torch.testing.assert_close(torch.stack([rows, columns]), expected)
