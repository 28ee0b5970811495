"""What is not computed twice, or not at all, beside the plain way: the same numbers, but for rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.pipeline.brushing import Brush, MaskedEdits
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.encoding_cache import EncodingCache
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.guidance import Guidance, GuidanceWindow
from huebrush_backend.pipeline.injection import Injection
from released import pipeline_of
from torch import nn
from vectors import cases_of

SIDE = 64
TOLERANCE = 1e-5
PICTURES = torch.rand(4, 1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 2 - 1
SKETCH_MASK = torch.cat([torch.ones(1, 1, 8, 4), torch.zeros(1, 1, 8, 4)], dim=-1)
REFERENCE_MASK = (PICTURES[2, :, :1] > 0).float()
BACKGROUND = {"background": True, "sketch_mask": SKETCH_MASK, "reference_mask": REFERENCE_MASK}
CLOSED_AT_FIRST = GuidanceWindow(start=0.6)
PAUSED_AMIDST = GuidanceWindow(pause_start=0.3, pause_end=0.6)
BRUSH = Brush(
    (
        MaskedEdits(torch.cat([torch.ones(1, 1, 64, 40), torch.zeros(1, 1, 64, 24)], dim=-1), [TextEdit("red hair")]),
        MaskedEdits(torch.cat([torch.zeros(1, 1, 64, 32), torch.ones(1, 1, 64, 32)], dim=-1), (), (200, 30, 40)),
    ),
    PICTURES[3],
)
BLOCKS = [0.1 * block for block in range(16)]


@pytest.fixture(scope="module")
def pipelines() -> dict[str, ColorizePipeline]:
    """The pipeline of each family, small and with random weights."""
    found = {case.model: pipeline_of(case) for case in [*cases_of("generate"), *cases_of("forward")]}
    for pipeline in found.values():
        pipeline.set_progress_bar_config(disable=True)
    return found


def paint(pipeline: ColorizePipeline, **options: Any) -> torch.Tensor:
    settings = {"references": [PICTURES[1]], "steps": 2, "guidance": Guidance(4, 1)} | options
    return pipeline(PICTURES[0], settings.pop("references"), SIDE, SIDE, **settings).latent


def assert_equal_but_for_rounding(found: torch.Tensor, plain: torch.Tensor) -> None:
    assert (found - plain).abs().max() <= TOLERANCE * plain.abs().max()


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("v1", {}),
        ("v1", {"references": []}),
        ("v1", {"references": [], "guidance": Guidance(4, 2)}),
        ("v1", {"guidance": Guidance(1, 1)}),
        ("v1", {"guidance": Guidance(1, 3)}),
        ("v1", {"guidance": Guidance(4, 3)}),
        ("v1", {"guidance": Guidance(4, 1, CLOSED_AT_FIRST)}),
        ("v1", {"guidance": Guidance(4, 3, CLOSED_AT_FIRST)}),
        ("v1", {"guidance": Guidance(1, 3, CLOSED_AT_FIRST)}),
        ("v1", {"guidance": Guidance(4, 3, CLOSED_AT_FIRST), "injection": Injection(0.7, 1.0)}),
        ("v1", {"guidance": Guidance(4, 3), "injection": Injection(0.7, 1.0, start=0.6)}),
        ("v1", {"references": [PICTURES[1], PICTURES[3]], "reference_weights": [1.0, 0.3]}),
        ("v1", {"brush": BRUSH}),
        ("v1", {"brush": BRUSH, "guidance": Guidance(4, 3, CLOSED_AT_FIRST), "injection": Injection(0.7, 1.0)}),
        ("v1", {"brush": BRUSH, "enhancement": Enhancement(**BACKGROUND), "reference_strength": BLOCKS}),
        ("v1.5", {"brush": BRUSH, "enhancement": Enhancement(**BACKGROUND, foreground=True)}),
        ("v2", {"brush": BRUSH, "sampler": "k_heun"}),
        ("v1", {"reference_strength": BLOCKS}),
        ("v1", {"reference_strength": 0.0}),
        ("v1", {"enhancement": Enhancement(**BACKGROUND, merge_scale=0.4), "guidance": Guidance(4, 3)}),
        ("v1", {"sampler": "k_heun", "steps": 3, "guidance": Guidance(4, 1, PAUSED_AMIDST)}),
        ("v1.5", {}),
        ("v1.5", {"enhancement": Enhancement(**BACKGROUND, foreground_scale=0.6), "reference_strength": BLOCKS}),
        ("v1.5", {"enhancement": Enhancement(foreground=True, sketch_mask=SKETCH_MASK), "guidance": Guidance(4, 3)}),
        ("v1.5", {"enhancement": Enhancement(**BACKGROUND, foreground=True), "injection": Injection()}),
        ("v2", {}),
        ("v2", {"enhancement": Enhancement(style=True)}),
        ("v2", {"enhancement": Enhancement(**BACKGROUND), "guidance": Guidance(4, 3, CLOSED_AT_FIRST)}),
        ("v2", {"enhancement": Enhancement(**BACKGROUND, style=True), "injection": Injection(0.7)}),
    ],
)
def test_nothing_changes_but_for_rounding(
    pipelines: dict[str, ColorizePipeline], model: str, options: dict[str, Any]
) -> None:
    plain = paint(pipelines[model], plain=True, **options)
    assert_equal_but_for_rounding(paint(pipelines[model], **options), plain)


@torch.inference_mode()
def test_a_row_that_sees_nothing_is_a_row_of_zero_tokens(pipelines: dict[str, ColorizePipeline]) -> None:
    unet = pipelines["v1"].unet
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randn(1, 9, unet.config["cross_attention_dim"], generator=generator)
    latent = torch.randn(2, 4, 8, 8, generator=generator)
    sketch_features = [torch.zeros(1)] * 5
    for sees in [(False, False), (True, False), (False, True)]:
        context = ReferenceContext(tokens, sees)
        plain = unet.denoise(latent, 400.0, context.batch(), sketch_features)
        assert_equal_but_for_rounding(unet.denoise(latent, 400.0, context, sketch_features), plain)


class Calls:
    """Counts the calls of functions, which stay as they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.rows: list[int] = []

    def of_forward(self, module: nn.Module) -> None:
        forward: Callable[..., Any] = module.forward

        def counted(states: torch.Tensor, *rest: Any) -> Any:
            self.rows.append(len(states))
            return forward(states, *rest)

        self._monkeypatch.setattr(module, "forward", counted)


def cross_attention(pipeline: ColorizePipeline) -> Any:
    return next(module for name, module in pipeline.unet.named_modules() if name.endswith(".attn2"))


def test_keys_are_computed_once_and_queries_for_the_rows_that_look(
    pipelines: dict[str, ColorizePipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = cross_attention(pipelines["v1"])
    keys, queries = Calls(monkeypatch), Calls(monkeypatch)
    keys.of_forward(layer.to_k)
    queries.of_forward(layer.to_q)
    paint(pipelines["v1"], guidance=Guidance(4, 3))
    assert keys.rows == [1]
    assert queries.rows == [2, 2]


def test_where_nobody_sees_the_reference_its_branch_is_not_run(
    pipelines: dict[str, ColorizePipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Calls(monkeypatch)
    first.of_forward(pipelines["v1"].unet.conv_in)
    paint(pipelines["v1"], guidance=Guidance(4, 3, CLOSED_AT_FIRST))
    assert first.rows == [2, 3]


@pytest.mark.parametrize(("model", "enhancement"), [("v1", None), ("v1.5", BACKGROUND), ("v2", BACKGROUND)])
def test_another_seed_encodes_nothing_again(
    pipelines: dict[str, ColorizePipeline], monkeypatch: pytest.MonkeyPatch, model: str, enhancement: Any
) -> None:
    pipeline = pipelines[model]
    options = {
        "guidance": Guidance(4, 3),
        "enhancement": enhancement and Enhancement(**enhancement, style=model == "v2"),
    }
    pictures = {seed: paint(pipeline, seed=seed, **options) for seed in (0, 1)}
    pipeline.encodings = EncodingCache()
    try:
        paint(pipeline, **options)
        encoded = Calls(monkeypatch)
        for encoder in (pipeline.sketch_encoder.stem[0], pipeline.image_encoder.visual_projection):
            encoded.of_forward(encoder)
        for name in ("recovery_transformer", "background_encoder", "style_encoder"):
            if (encoder := getattr(pipeline, name, None)) is not None:
                encoded.of_forward(encoder)
        found = {seed: paint(pipeline, seed=seed, **options) for seed in (0, 1)}
        assert encoded.rows == []
        paint(pipeline, **options, references=[PICTURES[3]])
        assert encoded.rows
    finally:
        pipeline.encodings = None
    for seed, picture in pictures.items():
        assert_equal_but_for_rounding(found[seed], picture)


def test_another_text_encodes_the_text_alone(
    pipelines: dict[str, ColorizePipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = pipelines["v1"]
    red, blue = TextEdit("red hair"), TextEdit("blue hair", control="hair")
    plain = paint(pipeline, edits=[blue])
    pipeline.encodings = EncodingCache()
    try:
        paint(pipeline, edits=[red])
        pictures, texts = Calls(monkeypatch), Calls(monkeypatch)
        pictures.of_forward(pipeline.image_encoder.visual_projection)
        pictures.of_forward(pipeline.sketch_encoder.stem[0])
        assert pipeline.text_encoder is not None
        texts.of_forward(pipeline.text_encoder.text_projection)
        assert_equal_but_for_rounding(paint(pipeline, edits=[blue]), plain)
        assert (pictures.rows, texts.rows) == ([], [1, 1])
        paint(pipeline, edits=[red, blue])
        assert texts.rows == [1, 1]
    finally:
        pipeline.encodings = None


def test_the_plain_way_attends_in_all_rows(
    pipelines: dict[str, ColorizePipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were it not plain, the comparisons above would compare nothing."""
    queries = Calls(monkeypatch)
    queries.of_forward(cross_attention(pipelines["v1"]).to_q)
    paint(pipelines["v1"], guidance=Guidance(4, 3, CLOSED_AT_FIRST), plain=True)
    assert queries.rows == [3, 3]
