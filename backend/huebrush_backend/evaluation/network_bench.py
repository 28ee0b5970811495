"""Measures how much each optimization of the networks saves, compared with the plain way in the same process.

The plain way uses single precision, computes every guidance branch over all tokens in every evaluation, and keeps
nothing. Single evaluations of the UNet are timed, the settings taking turns, and the sketch encoder and the decoder.
The smallest of many times counts, because other work of the machine can only add to it; on the CPU it is processor time
divided by the number of threads. The time of a picture is the sum of its evaluations. CLIP's towers are left out
because they run once for a reference or text.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from huebrush_backend.evaluation.random_networks import RandomNetworks
from huebrush_backend.models.devices import describe_device, suitable_precision
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.pipeline.fast import fast_guidance, fast_steps
from huebrush_backend.pipeline.guidance import Guidance

_PATIENCE = 300.0
"""Seconds after which no further round begins, even if more were requested."""


_FEW = 5
"""Largest number of runs of the sketch encoder, which needs no exact time."""


@dataclass(frozen=True)
class _Inputs:
    latent: torch.Tensor
    sketch_features: list[torch.Tensor]
    context: ReferenceContext

    def rows(self, sees: tuple[bool, ...]) -> tuple[torch.Tensor, list[torch.Tensor], ReferenceContext]:
        count = len(sees)
        sketch_features = [level.expand(count, -1, -1, -1).contiguous() for level in self.sketch_features]
        return self.latent.expand(count, -1, -1, -1).contiguous(), sketch_features, self.context.for_rows(sees)


def measure_network(networks: RandomNetworks, size: int, steps: int, repeats: int) -> dict[str, Any]:
    """Return the figures, ready for JSON. Changes the networks' precision.

    `size`: picture side, a multiple of 64. `steps`: denoising steps of a picture. `repeats`: largest number of rounds;
    slow rounds are fewer, but at least one. The figures include the number of rounds in single precision.
    """
    device = networks.unet.device
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    with torch.inference_mode():
        sketch = torch.full((1, 3, size, size), -1.0, device=device)
        few = min(repeats, _FEW)
        sketching = _seconds(lambda: networks.sketch_encoder(sketch), device, few)
        single = _inputs(networks, sketch, torch.float32)
        both, blind, seeing = (True, False), (False,), (True,)
        plain, rounds = _compare(
            networks,
            {
                "plain": (single, both, True),
                "exact": (single, both, False),
                "one row, plain": (single, seeing, True),
                "one row, keys and values kept": (single, seeing, False),
                "row without reference, plain": (single, blind, True),
                "row without reference, no attention": (single, blind, False),
            },
            repeats,
        )
        latent: Any = torch.zeros(1, networks.vae.config["latent_channels"], size // 8, size // 8, device=device)
        decoding = _seconds(lambda: networks.vae.decode(latent), device, 1)
        precision = _half_precision(device)
        for network in (networks.unet, networks.sketch_encoder):
            nn.Module.to(network, getattr(torch, precision))
        for name in networks.unet.SINGLE_PRECISION:
            getattr(networks.unet, name).float()
        halved = _inputs(networks, sketch, networks.unet.dtype)
        half, _ = _compare(networks, {"exact": (halved, both, False), "one row": (halved, seeing, False)}, repeats)
        sketching_half = _seconds(lambda: networks.sketch_encoder(sketch.to(networks.unet.dtype)), device, few)
    guided, alone = _fast_evaluations(steps)
    chosen = suitable_precision(device, sum(parameter.numel() for parameter in networks.unet.parameters()))
    numerical, sketching_so = half, sketching_half
    if chosen == "float32":
        numerical, sketching_so = (
            {"exact": plain["exact"], "one row": plain["one row, keys and values kept"]},
            sketching,
        )
    pictures = {
        "plain": sketching + steps * plain["plain"] + decoding,
        "exact": sketching + steps * plain["exact"] + decoding,
        "exact, another seed": steps * plain["exact"] + decoding,
        f"numerical ({chosen})": sketching_so + steps * numerical["exact"] + decoding,
        "fast": sketching_so + guided * numerical["exact"] + alone * numerical["one row"] + decoding,
    }
    return {
        "device": describe_device(device),
        "size": size,
        "steps": steps,
        "rounds": rounds,
        "million_parameters": round(sum(part.numel() for part in networks.unet.parameters()) / 1e6, 1),
        "measures": {
            "keys and values kept": _ratio(plain["one row, plain"], plain["one row, keys and values kept"]),
            "no attention to nothing": _ratio(
                plain["row without reference, plain"], plain["row without reference, no attention"]
            ),
            "both, two branches": _ratio(plain["plain"], plain["exact"]),
            f"{precision} for float32": _ratio(plain["exact"], half["exact"]),
            "sketch kept (once a picture)": _ratio(sketching, 0.0),
        },
        "pictures": {
            name: {"seconds": round(seconds, 2), "ratio": round(seconds / pictures["plain"], 3)}
            for name, seconds in pictures.items()
        },
        "seconds_to_first_preview": round(sketching_so + numerical["exact"], 2),
        "decoding_seconds": round(decoding, 2),
        "peak_mib": _peak_mib(device),
    }


def _inputs(networks: RandomNetworks, sketch: torch.Tensor, dtype: torch.dtype) -> _Inputs:
    generator = torch.Generator("cpu").manual_seed(1)
    config: Any = networks.unet.config
    side = sketch.shape[-1] // 8
    latent = torch.randn(1, config["in_channels"], side, side, generator=generator)
    tokens = torch.randn(1, networks.token_count, config["cross_attention_dim"], generator=generator)
    place = {"device": sketch.device, "dtype": dtype}
    sketch_features = networks.sketch_encoder(sketch.to(networks.sketch_encoder.dtype))
    return _Inputs(
        latent.to(**place), [level.to(dtype) for level in sketch_features], ReferenceContext(tokens.to(**place))
    )


def _compare(
    networks: RandomNetworks, settings: dict[str, tuple[_Inputs, tuple[bool, ...], bool]], repeats: int
) -> tuple[dict[str, float], int]:
    """Return the smallest time of one evaluation in each setting, in seconds, and the number of rounds.

    `settings`: by name, the inputs, which rows see the reference, and whether to evaluate in the plain way.
    """
    runs: dict[str, Callable[[], Any]] = {}
    for name, (inputs, sees, is_plain) in settings.items():
        latent, sketch_features, context = inputs.rows(sees)
        tokens = context.batch() if is_plain else context
        runs[name] = lambda latent=latent, tokens=tokens, sketch_features=sketch_features: networks.unet.denoise(
            latent, 500.0, tokens, sketch_features
        )
    for run in runs.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    begin, rounds = time.monotonic(), 0
    while rounds < repeats and (not rounds or time.monotonic() - begin < _PATIENCE):
        # Forwards and backwards, so that a setting does not always run after the same other setting.
        for name, run in list(runs.items())[:: -1 if rounds % 2 else 1]:
            times[name].append(_seconds(run, networks.unet.device, 1))
        rounds += 1
    return {name: min(found) for name, found in times.items()}, rounds


def _seconds(run: Callable[[], Any], device: torch.device, repeats: int) -> float:
    """Return the smallest time of a run; on the CPU processor time, so that other programs do not count."""
    on_cpu = device.type == "cpu"
    clock, threads = (time.process_time, torch.get_num_threads()) if on_cpu else (time.perf_counter, 1)
    found = []
    for _ in range(repeats):
        gc.collect()
        begin = clock()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        found.append((clock() - begin) / threads)
    return min(found)


def _half_precision(device: torch.device) -> str:
    return "bfloat16" if device.type == "cpu" else "float16"


def _fast_evaluations(steps: int) -> tuple[int, int]:
    """Count the evaluations of the fast way with guidance and without, for evenly spaced timesteps."""
    taken = fast_steps(steps)
    guidance = fast_guidance(Guidance())
    guided = sum(guidance.at(999 * (1 - step / taken), 999).by_reference for step in range(taken))
    return guided, taken - guided


def _ratio(off: float, on: float) -> dict[str, float]:
    return {"off": round(off, 3), "on": round(on, 3), "ratio": round(on / off, 3)}


def _peak_mib(device: torch.device) -> int:
    if device.type == "cuda":
        return round(torch.cuda.max_memory_allocated(device) / 2**20)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))
