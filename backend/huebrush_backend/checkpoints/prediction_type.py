"""Finds out whether a released network predicts noise or velocity, by its file's name and by a test."""

from __future__ import annotations

import logging

import torch

from huebrush_backend.checkpoints.families import PredictionType, prediction_type_of
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet

CLEAR_CORRELATION = 0.8
"""Correlation of pure noise with the network's output above which it predicts noise. Velocity gives about 0.1."""
PROBE_SIZE = 16
"""Width and height of the test latent; small, because every loading runs the test."""
LAST_TIMESTEP = 999.0

logger = logging.getLogger(__name__)


def choose_prediction_type(file_name: str, unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> PredictionType:
    """Tell whether `unet`, from a file called `file_name`, predicts noise or velocity.

    The names of the oldest files lack "eps". If the test clearly shows a prediction of noise, the name does not count.
    """
    by_name = prediction_type_of(file_name)
    clearly_noise = noise_correlation(unet, sketch_encoder) > CLEAR_CORRELATION
    if by_name == "v_prediction" and clearly_noise:
        logger.info("%s predicts noise, although its name lacks 'eps'", file_name)
        return "epsilon"
    if by_name == "epsilon" and not clearly_noise:
        logger.warning("%s should predict noise according to its name, but does not seem to", file_name)
    return by_name


@torch.inference_mode()
def noise_correlation(unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> float:
    """Return the correlation of pure noise with the network's output for it, without sketch and reference.

    The test uses the last timestep, where the latent is almost pure noise (sqrt(abar) is 0.07). A network that predicts
    noise has to repeat it: the correlation is near 1. A prediction of velocity contains almost none of it, because
    v = sqrt(abar)·noise - sqrt(1-abar)·picture.
    """
    factor = 2 ** (len(sketch_encoder.config["stem_channels"]) - 1)
    shape = (1, unet.config["in_channels"], PROBE_SIZE, PROBE_SIZE)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(unet.device, unet.dtype)
    paper = noise.new_full((1, 3, PROBE_SIZE * factor, PROBE_SIZE * factor), -1.0)
    tokens = noise.new_zeros(1, 1, unet.config["cross_attention_dim"])
    answer = unet.denoise(noise, LAST_TIMESTEP, tokens, sketch_encoder(paper))
    return float(torch.corrcoef(torch.stack([noise.flatten(), answer.flatten()]).float())[0, 1])
