"""Networks of the released models' full size with random weights, for measuring without any file."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import nn

from huebrush_backend.models import demo
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet


@dataclass(frozen=True)
class RandomNetworks:
    """Networks with random weights, their native picture side in pixels, and their number of reference tokens."""

    unet: ColorizeUNet
    sketch_encoder: SketchEncoder
    vae: AutoencoderKL
    native_size: int
    token_count: int


def random_networks(name: str, device: torch.device) -> RandomNetworks:
    """Make networks of the size of the model `name` in single precision. The full size of v1 takes 4 GB.

    Raises a ValueError that lists all names if there is no model `name`.
    """
    if name not in _MAKERS:
        raise ValueError(f"there are no random weights for {name!r}; choose from {', '.join(_MAKERS)}")
    with torch.device("meta"):
        networks = _MAKERS[name]()
    for network in (networks.unet, networks.sketch_encoder, networks.vae):
        _fill(network.to_empty(device=device))
        network.requires_grad_(False).eval()
    networks.unet.install_attention_processors()
    return networks


def _full_size_v1() -> RandomNetworks:
    """Make networks of the sizes of the released v1 model (docs/method.md, "Models")."""
    unet = ColorizeUNet(
        sample_size=64,
        block_out_channels=(320, 640, 1280, 1280),  # pyright: ignore[reportArgumentType]
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),  # pyright: ignore[reportArgumentType]
        up_block_types=("UpBlock2D", *("CrossAttnUpBlock2D",) * 3),  # pyright: ignore[reportArgumentType]
        cross_attention_dim=1024,
        attention_head_dim=(5, 10, 20, 20),  # pyright: ignore[reportArgumentType]
    )
    vae = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),  # pyright: ignore[reportArgumentType]
        down_block_types=("DownEncoderBlock2D",) * 4,  # pyright: ignore[reportArgumentType]
        up_block_types=("UpDecoderBlock2D",) * 4,  # pyright: ignore[reportArgumentType]
        layers_per_block=2,
        sample_size=512,
    )
    return RandomNetworks(unet, SketchEncoder(), vae, native_size=512, token_count=256)


def _demo() -> RandomNetworks:
    return RandomNetworks(
        demo.make_unet(), demo.make_sketch_encoder(), demo.make_vae(), demo.NATIVE_SIZE, demo.TOKEN_GRID**2
    )


_MAKERS = {"colorize-diffusion-v1": _full_size_v1, "demo": _demo}


def _fill(network: nn.Module) -> None:
    """Fill weights so that activations stay in range: 1 for normalizations, else scaled by the number of inputs."""
    generator = torch.Generator(next(network.parameters()).device).manual_seed(0)
    for parameter in network.parameters():
        if parameter.dim() < 2:
            parameter.data.fill_(1.0)
        else:
            bound = parameter[0].numel() ** -0.5
            parameter.data.uniform_(-bound, bound, generator=generator)
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            parameter.data.zero_()
