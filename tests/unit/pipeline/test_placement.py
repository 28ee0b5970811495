"""Where a pipeline's networks are while it paints, and the VAE in tiles."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.evaluation.pairs import held_out_pair
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.catalog import builtin_folder
from huebrush_backend.models.memory_plan import MemoryPlan
from huebrush_backend.models.offload import Offload
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.conditioning import picture_tensor
from huebrush_backend.pipeline.injection import Injection
from huebrush_backend.pipeline.loading import load_pipeline
from huebrush_backend.pipeline.placement import tile_vae
from huebrush_backend.pipeline.preview import LatentPreview
from torch import nn

SIZE = 64
CPU = torch.device("cpu")
OFFLOADED = MemoryPlan("float32", offloads=True, tiles=False, needed=0)
SKETCH = torch.full((1, 3, SIZE, SIZE), -1.0)
SKETCH[..., 20:22, :] = 1
REFERENCE = torch.rand(1, 3, 90, 70, generator=torch.Generator().manual_seed(0)) * 2 - 1
OPTIONS = {"steps": 2, "injection": Injection(), "edits": [TextEdit("red hair", strength=2.0)]}


def test_networks_that_come_and_go_paint_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one device here, the CPU: what comes and goes is seen by the hooks' own account."""
    seen: list[tuple[nn.Module, ...]] = []
    make_present = Offload.make_present

    def watched(offload: Offload, group: tuple[nn.Module, ...]) -> None:
        make_present(offload, group)
        if not seen or seen[-1] != offload.present:
            seen.append(offload.present)

    monkeypatch.setattr(Offload, "make_present", watched)
    plain = load_pipeline(builtin_folder(), CPU)
    pipeline = load_pipeline(builtin_folder(), CPU, OFFLOADED)
    LatentPreview(pipeline.vae)
    assert seen == [(pipeline.vae,)]
    picture = pipeline(SKETCH, [REFERENCE], SIZE, SIZE, **OPTIONS).picture
    torch.testing.assert_close(picture, plain(SKETCH, [REFERENCE], SIZE, SIZE, **OPTIONS).picture, atol=1e-4, rtol=0)
    parts = [pipeline.sketch_encoder, pipeline.image_encoder, pipeline.text_encoder]
    parts += [pipeline.sketch_encoder, pipeline.vae, pipeline.unet, pipeline.vae]  # the injection, and then painting
    assert seen[1:] == [(part,) for part in parts]


def test_a_network_waits_elsewhere_until_it_is_called() -> None:
    """The device that is nowhere: what is sent there loses its numbers, which shows where it has been."""
    offload = Offload(torch.device("meta"))
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    offload.add(first)
    offload.add(second)
    assert {part.weight.device.type for part in (first, second)} == {"cpu"}
    assert first(torch.zeros(1, 2)).device.type == "meta"
    assert (first.weight.device.type, second.weight.device.type) == ("meta", "cpu")


def test_tiles_are_nearly_the_whole_picture() -> None:
    pipeline = ColorizePipeline.from_pretrained(builtin_folder(), dtype=torch.float32)
    picture = picture_tensor(held_out_pair(0, 1).reference)
    with torch.inference_mode():
        latent = pipeline.encode(picture)
        whole = pipeline.decode(latent)
        tile_vae(pipeline, side=128)
        tiled = pipeline.decode(latent)
    assert tiled.shape == whole.shape
    difference = (tiled - whole).abs() * 127.5
    assert 0 < difference.mean() < 4
    assert difference.flatten().quantile(0.99) < 30
