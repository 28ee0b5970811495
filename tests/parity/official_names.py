"""Our names of what the recorded cases call by the official ones."""

from __future__ import annotations

from huebrush_backend.checkpoints.families import PredictionType
from huebrush_backend.pipeline.samplers import K_SAMPLERS
from huebrush_backend.pipeline.schedulers import SCHEDULERS

_OURS = {f"diffuser_{name}": name for name in SCHEDULERS} | {entry.title: name for name, entry in K_SAMPLERS.items()}


def sampler_of(official: str) -> str:
    """Return our name of a sampler such as "diffuser_dpm" or "DPM++ 2M"."""
    return _OURS[official]


def noise_schedule_of(official: str) -> str:
    """Return our name of a noise schedule such as "SGM Uniform"."""
    return official.lower().replace(" ", "_")


def prediction_type_of(official: str) -> PredictionType:
    """Return our name of what a network predicts, "eps" or "v"."""
    return "epsilon" if official == "eps" else "v_prediction"
