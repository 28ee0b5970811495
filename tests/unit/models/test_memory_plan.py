"""Which plan a model gets in which memory."""

from __future__ import annotations

import pytest
from huebrush_backend.models.memory_plan import (
    GIB,
    DeviceMemory,
    MemoryPlan,
    choose_plan,
    memory_plans,
    smaller_plan,
)

M = 1_000_000
V1 = {"unet": 866 * M, "vae": 84 * M, "sketch_encoder": 64 * M, "image_encoder": 632 * M, "text_encoder": 354 * M}
V2 = V1 | {"unet": 1057 * M, "background_encoder": 266 * M, "style_encoder": 277 * M}
DEMO = {"unet": 15 * M, "vae": 1 * M, "sketch_encoder": 1 * M, "image_encoder": 2 * M, "text_encoder": 1 * M}
"""Parameters of each network (docs/method.md, "Models")."""


def chosen(parameters: dict[str, int], kind, gibibytes: float, side: int, edits: bool = False) -> MemoryPlan:
    plans = memory_plans(parameters, kind, (side, side), edits)
    return choose_plan(plans, DeviceMemory(kind, round(gibibytes * GIB)))


def test_v1_fits_into_6_gb_and_stays_there() -> None:
    plan = chosen(V1, "cuda", 5.5, 512)  # what a card of 6 GB has free
    assert plan.needed <= 5.5 * GIB
    assert (plan.precision, plan.offloads, plan.tiles) == ("float16", False, False)


def test_v2_fits_into_8_gb_in_tiles() -> None:
    plan = chosen(V2, "cuda", 7.3, 768)
    assert plan.needed <= 7.3 * GIB
    assert (plan.precision, plan.offloads, plan.tiles) == ("float16", False, True)


@pytest.mark.parametrize(("parameters", "side"), [(V1, 512), (V2, 768)])
def test_in_4_gb_networks_wait_in_the_computers_memory(parameters: dict[str, int], side: int) -> None:
    plan = chosen(parameters, "cuda", 3.5, side)
    assert plan.needed <= 3.5 * GIB
    assert plan.offloads and plan.tiles


def test_the_built_in_model_on_the_cpu_stays_as_it_was_trained() -> None:
    plan = chosen(DEMO, "cpu", 8, 256)
    assert (plan.precision, plan.offloads, plan.tiles) == ("float32", False, False)
    assert plan.needed < 1.5 * GIB


def test_the_cpu_goes_to_half_precision_last() -> None:
    plans = memory_plans(V1, "cpu", (512, 512))
    assert [(plan.precision, plan.tiles) for plan in plans] == [
        ("float32", False),
        ("float32", True),
        ("bfloat16", True),
    ]
    assert not any(plan.offloads for plan in plans)


def test_apples_gpu_shares_the_computers_memory_and_offloads_nothing() -> None:
    plans = memory_plans(V1, "mps", (512, 512))
    assert [(plan.precision, plan.offloads) for plan in plans] == [("float16", False)] * 2


def test_a_precision_that_suits_a_model_better_is_taken() -> None:
    assert {plan.precision for plan in memory_plans(V1, "cpu", (512, 512), precision="bfloat16")} == {"bfloat16"}


def test_the_text_tower_counts_only_for_edits() -> None:
    without, with_text = (memory_plans(V1, "cuda", (512, 512), edits)[0].needed for edits in (False, True))
    assert with_text - without == 2 * V1["text_encoder"]


@pytest.mark.parametrize("kind", ["cuda", "mps", "cpu"])
@pytest.mark.parametrize(("parameters", "side"), [(V1, 512), (V2, 768), (DEMO, 256)])
def test_each_plan_needs_less_than_the_one_before(kind, parameters: dict[str, int], side: int) -> None:
    plans = memory_plans(parameters, kind, (side, side))
    needs = [plan.needed for plan in plans]
    assert needs == sorted(set(needs), reverse=True)
    assert [smaller_plan(plans, plan) for plan in plans] == [*plans[1:], None]


def test_where_nothing_fits_the_smallest_is_tried() -> None:
    plans = memory_plans(V2, "cuda", (768, 768))
    assert choose_plan(plans, DeviceMemory("cuda", GIB)) == plans[-1]


def test_a_plan_is_told_in_words() -> None:
    text = memory_plans(V2, "cuda", (768, 768))[-1].describe()
    assert "float16" in text and "only while it computes" in text and "tiles of 256 px" in text and " GB" in text
