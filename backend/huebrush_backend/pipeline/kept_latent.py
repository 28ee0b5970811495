"""Denoising of a part of a latent while the rest stays on its own trajectory, with any sampler.

Inpainting pipelines restore the noised original after each step of their single sampler. Here the network's input and
output are corrected instead, as all samplers have them. Outside the part, the input is the original with the noise of
that timestep, and the output is the one whose noise-free latent is the original.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from huebrush_backend.pipeline.samplers import Predict


@dataclass(frozen=True)
class KeptLatent:
    """A latent that is kept where `changed` is 0.

    * `latent`: (1,C,h,w), the scaled latent that is kept
    * `changed`: (1,1,h,w), 0..1, 1 where the latent may change
    * `noise`: (1,C,h,w), the unit noise that the denoising begins with
    """

    latent: torch.Tensor
    changed: torch.Tensor
    noise: torch.Tensor

    def around(self, predict: Predict, alphas_cumprod: torch.Tensor, prediction_type: str) -> Predict:
        """Return a function that calls `predict` for the part that changes, and keeps the latent elsewhere.

        `alphas_cumprod` (T,) is the picture's share of the variance at each timestep. Between timesteps its logarithmic
        signal-to-noise ratio is interpolated linearly, like in samplers that visit such times. `prediction_type` is
        "sample", "epsilon" or "v_prediction" (docs/method.md, "Noise and prediction").
        """
        shares = alphas_cumprod.detach().cpu().double().numpy()
        levels = np.log(shares / (1 - shares))

        def kept(latent: torch.Tensor, timestep: torch.Tensor | float) -> torch.Tensor:
            level = float(np.interp(float(timestep), np.arange(len(levels)), levels))
            alpha_bar = 1 / (1 + np.exp(-level))
            signal, spread = float(alpha_bar) ** 0.5, float(1 - alpha_bar) ** 0.5
            clean, noise, changed = (each.to(latent) for each in (self.latent, self.noise, self.changed))
            seen = torch.lerp(signal * clean + spread * noise, latent, changed)
            prediction = predict(seen, timestep)
            # The sampler combines the answer with its own latent, so the answer for the rest is computed from that one.
            if prediction_type == "sample":
                answer = clean
            elif prediction_type == "epsilon":
                answer = (latent - signal * clean) / spread
            else:
                answer = (signal * latent - clean) / spread
            return torch.lerp(answer.to(prediction), prediction, changed.to(prediction))

        return kept
