"""Plans to fit a model into a device's memory: precision, networks that stay there, and decoding. Imports no torch.

Estimates are generous and use only the number of parameters and the canvas:

* Networks: parameters times bytes of their precision. The VAE always has single precision, as its decoder overflows in
  half precision.
* One evaluation of the UNet: `UNET_BYTES_A_LATENT` for each position of the latent, branch of guidance and byte of the
  precision: the skip connections and the widest layer's MLP.
* Decoding: `DECODER_BYTES_A_PIXEL`: four pictures of 256 channels at once, in single precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from huebrush_protocol.texts import Text

Precision = Literal["float32", "float16", "bfloat16"]
DeviceKind = Literal["cuda", "mps", "cpu"]

BYTES: Mapping[str, int] = {"float32": 4, "float16": 2, "bfloat16": 2}
MIB = 2**20
GIB = 2**30

TEXT_TOWER = "text_encoder"
VAE = "vae"
WITH_THE_UNET = ("unet", "split_lora", "skip_warp", "style_modulation")
"""Networks that compute within an evaluation of the UNet and must be on the device together with it."""

TILE_PIXELS = 256
"""Side of the VAE's tiles; each overlaps its neighbours by a quarter."""
BRANCHES = 3
UNET_BYTES_A_LATENT = 12_000
DECODER_BYTES_A_PIXEL = 4 * 256 * 4
RUNTIME_BYTES: Mapping[str, int] = {"cuda": 600 * MIB, "mps": 600 * MIB, "cpu": 500 * MIB}
"""Memory that PyTorch and the driver use themselves."""


@dataclass(frozen=True)
class DeviceMemory:
    """A kind of device (ROCm counts as "cuda", as in PyTorch), and the bytes of memory that we may use in all."""

    kind: DeviceKind
    available: int


@dataclass(frozen=True)
class MemoryPlan:
    """Placement of a model.

    * `precision`: of all networks except the VAE, and except the UNet's time embedding and last convolution
    * `offloads`: networks wait in the computer's memory and are on the device only while they compute
    * `tiles`: the VAE decodes in tiles of `TILE_PIXELS`
    * `needed`: estimate of its peak memory, in bytes
    """

    precision: Precision
    offloads: bool
    tiles: bool
    needed: int

    def describe(self) -> Text:
        """Return a description for people."""
        size = f"{self.needed / GIB:.1f}"
        id = f"placement.{'moving' if self.offloads else 'loaded'}{'_in_tiles' if self.tiles else ''}"
        return Text.of(id, precision=self.precision, tile=TILE_PIXELS, size=size)


def memory_plans(
    parameters: Mapping[str, int],
    kind: DeviceKind,
    canvas: tuple[int, int],
    edits: bool = False,
    precision: Precision | None = None,
) -> tuple[MemoryPlan, ...]:
    """Return the ways to place a model, the fastest first; each needs less memory than the one before.

    * `parameters`: number of parameters of each component
    * `kind`: kind of device
    * `canvas`: height and width in pixels
    * `edits`: whether texts will be encoded; if not, the text tower is not loaded
    * `precision`: precision of the model, by default the device's
    """
    natural: Precision = precision or default_precision(kind)
    ladder: list[tuple[Precision, bool, bool]] = [(natural, False, False), (natural, False, True)]
    if kind == "cuda":
        ladder.append((natural, True, True))
    if kind == "cpu" and natural == "float32":
        ladder.append(("bfloat16", False, True))
    counted = {name: count for name, count in parameters.items() if edits or name != TEXT_TOWER}
    plans: list[MemoryPlan] = []
    for chosen, offloads, tiles in ladder:
        plan = MemoryPlan(
            chosen,
            offloads,
            tiles,
            _needed(parameters=counted, kind=kind, canvas=canvas, precision=chosen, offloads=offloads, tiles=tiles),
        )
        if not plans or plan.needed < plans[-1].needed:
            plans.append(plan)
    return tuple(plans)


def choose_plan(plans: tuple[MemoryPlan, ...], memory: DeviceMemory) -> MemoryPlan:
    """Return the first plan that fits into `memory`, or the last one if none fits."""
    return next((plan for plan in plans if plan.needed <= memory.available), plans[-1])


def smaller_plan(plans: tuple[MemoryPlan, ...], plan: MemoryPlan) -> MemoryPlan | None:
    """Return the next plan that needs less memory than `plan`, or None."""
    return next((other for other in plans if other.needed < plan.needed), None)


def default_precision(kind: DeviceKind) -> Precision:
    """Return the precision that a kind of device computes in."""
    return "float32" if kind == "cpu" else "float16"


def _needed(
    parameters: Mapping[str, int],
    kind: DeviceKind,
    canvas: tuple[int, int],
    precision: Precision,
    offloads: bool,
    tiles: bool,
) -> int:
    each = BYTES[precision]
    sizes = {name: count * (4 if name == VAE else each) for name, count in parameters.items()}
    height, width = canvas
    evaluating = height * width // 64 * BRANCHES * UNET_BYTES_A_LATENT * each // 2
    side = min(TILE_PIXELS**2, height * width) if tiles else height * width
    decoding = side * DECODER_BYTES_A_PIXEL + height * width * 12
    runtime = RUNTIME_BYTES[kind]
    if not offloads:
        return runtime + sum(sizes.values()) + max(evaluating, decoding)
    together = sum(size for name, size in sizes.items() if name in WITH_THE_UNET)
    alone = max((size for name, size in sizes.items() if name not in (*WITH_THE_UNET, VAE)), default=0)
    return runtime + max(together + evaluating, alone + evaluating // BRANCHES, sizes.get(VAE, 0) + decoding)
