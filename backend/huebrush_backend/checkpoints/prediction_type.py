"""Tell whether a released network predicts noise or velocity: by its file's name, checked by asking the network."""

from __future__ import annotations

import logging

import torch

from huebrush_backend.checkpoints.families import PredictionType, prediction_type_of
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet

CLEAR_CORRELATION = 0.8
"""A network's answer to pure noise that is this much like it is a prediction of noise; velocity comes to about 0.1."""
PROBE_SIZE = 16
"""Width and height of the latent that is asked about; small, for this is done once at every loading."""
LAST_TIMESTEP = 999.0

logger = logging.getLogger(__name__)


def choose_prediction_type(file_name: str, unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> PredictionType:
    """Return the kind of prediction of `unet`, which comes from a file called `file_name`.

    The oldest files lack the "eps" in their names; a network that clearly predicts noise is believed over that.
    """
    by_name = prediction_type_of(file_name)
    clearly_noise = noise_correlation(unet, sketch_encoder) > CLEAR_CORRELATION
    if by_name == "v_prediction" and clearly_noise:
        logger.info("%s predicts noise, although its name lacks 'eps'", file_name)
        return "epsilon"
    if by_name == "epsilon" and not clearly_noise:
        logger.warning("%s should predict noise after its name, but does not seem to", file_name)
    return by_name


@torch.inference_mode()
def noise_correlation(unet: ColorizeUNet, sketch_encoder: SketchEncoder) -> float:
    """Return the correlation of pure noise with the answer to it at the last timestep, without sketch and reference.

    There the latent is all but noise (sqrt(abar) 0.07): a prediction of noise has to repeat it, correlation near 1. A
    prediction of velocity has next to nothing of it, for v = sqrt(abar)·noise - sqrt(1-abar)·picture.
    """
    factor = 2 ** (len(sketch_encoder.config["stem_channels"]) - 1)
    shape = (1, unet.config["in_channels"], PROBE_SIZE, PROBE_SIZE)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(unet.device, unet.dtype)
    paper = noise.new_full((1, 3, PROBE_SIZE * factor, PROBE_SIZE * factor), -1.0)
    tokens = noise.new_zeros(1, 1, unet.config["cross_attention_dim"])
    answer = unet.denoise(noise, LAST_TIMESTEP, tokens, sketch_encoder(paper))
    return float(torch.corrcoef(torch.stack([noise.flatten(), answer.flatten()]).float())[0, 1])
