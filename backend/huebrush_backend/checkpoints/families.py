"""Families of released models: a file's family is told by its keys, the kind of prediction by the file's name.

See docs/method.md, "Models".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from huebrush_protocol.texts import Text

from huebrush_backend.checkpoints.errors import UnknownFamilyError, UnsupportedFamilyError
from huebrush_backend.models.block_count import UNET_PREFIX

PredictionType = Literal["epsilon", "v_prediction"]

VAE_PREFIX = "first_stage_model."
SKETCH_ENCODER_PREFIX = "control_encoder."
RECOVERY_TRANSFORMER_PREFIX = "transformer."
THRESHOLD_EMBEDDING_PREFIX = "thresh_embedder."
BACKGROUND_ENCODER_PREFIX = "bg_encoder."
STYLE_ENCODER_PREFIX = "style_encoder."
SKIP_WARP_PREFIX = f"{UNET_PREFIX}warp_modules."
STYLE_MODULATION_PREFIX = f"{UNET_PREFIX}style_modules."
EMBEDDER_PREFIX = "cond_stage_model."
"""Key prefixes of CLIP. Released files do not hold it; files saved with CLIP hold the public weights unchanged."""

SCHEDULE_BUFFERS = frozenset(
    (
        "betas",
        "alphas_cumprod",
        "alphas_cumprod_prev",
        "sqrt_alphas_cumprod",
        "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod",
        "sqrt_recip_alphas_cumprod",
        "sqrt_recipm1_alphas_cumprod",
        "posterior_variance",
        "posterior_log_variance_clipped",
        "posterior_mean_coef1",
        "posterior_mean_coef2",
    )
)
"""Keys of numbers that follow from the noise schedule. Released files hold them; they are not needed."""


@dataclass(frozen=True)
class Family:
    """A released model: its name, the picture side it was trained for in pixels, and whether it can be run."""

    name: str
    title: str
    native_size: int
    supported: bool


V1 = Family("colorize-diffusion-v1", "ColorizeDiffusion v1", 512, supported=True)
V1_5 = Family("colorize-diffusion-v1.5", "ColorizeDiffusion v1.5", 512, supported=True)
V2 = Family("colorize-diffusion-v2", "ColorizeDiffusion v2", 768, supported=True)
XL = Family("colorize-diffusion-xl", "ColorizeDiffusion XL", 1024, supported=False)

# A family comes before the families whose keys it also has.
_MARKS: tuple[tuple[Family, tuple[str, ...]], ...] = (
    (XL, (f"{UNET_PREFIX}label_emb.",)),
    (V2, (BACKGROUND_ENCODER_PREFIX, STYLE_ENCODER_PREFIX, SKIP_WARP_PREFIX, STYLE_MODULATION_PREFIX)),
    (V1_5, (RECOVERY_TRANSFORMER_PREFIX, THRESHOLD_EMBEDDING_PREFIX)),
    (V1, (SKETCH_ENCODER_PREFIX,)),
)


def detect_family(keys: Iterable[str]) -> Family:
    """Return the family of a file with `keys`. Raises UnknownFamilyError when no family matches."""
    names = list(keys)
    for prefix in (UNET_PREFIX, SKETCH_ENCODER_PREFIX):
        if not any(name.startswith(prefix) for name in names):
            some = ", ".join(sorted(names)[:3]) or "–"
            raise UnknownFamilyError(Text.of("checkpoint.unknown_family", prefix=prefix, count=len(names), names=some))
    for family, marks in _MARKS:
        if any(name.startswith(marks) for name in names):
            return family
    raise AssertionError("the sketch encoder's keys mark at least v1")


def require_supported(family: Family) -> None:
    """Raise UnsupportedFamilyError when models of `family` cannot be run yet."""
    if not family.supported:
        supported = {"first": V1.title, "second": V1_5.title, "third": V2.title}
        raise UnsupportedFamilyError(Text.of("checkpoint.unsupported_family", family=family.title, **supported))


def prediction_type_of(file_name: str) -> PredictionType:
    """Tell what the network in a released file predicts: noise if the file name contains "eps", else velocity.

    The oldest files (mult-ft, mult-newft) predict noise although their names lack "eps"; see `prediction_type.py`.
    """
    return "epsilon" if "eps" in file_name.lower() else "v_prediction"
