"""The options of the training strategies: one field each. The defaults are how the built-in model is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from huebrush_backend.training.ranges import STRATEGIES, ConfigurationError, out_of_range

Deformation = Literal["none", "flow", "spline"]
Margin = Literal["white", "color", "mixed"]
Prediction = Literal["sample", "epsilon", "v_prediction"]
TokenNoise = Literal["none", "plain", "folded"]
DualReference = Literal["none", "mismatched"]
ReferenceTokenKind = Literal["cls", "local", "full"]


_BLOCKS = ("down_blocks.", "mid_block.", "up_blocks.")


class StrategyError(ConfigurationError):
    """An option of a training strategy is out of its range."""


@dataclass(frozen=True)
class Strategies:
    """Changes that a training makes to its samples and its loss; formulas in docs/method.md, "Training".

    The reference picture, before CLIP sees it. Its part labels always go the same way:

    `copy_share`: share of samples whose reference is the drawing itself; others show another drawing in its palette.
    `deformation`: how copies are bent: not at all, by a smooth random flow, or by a thin-plate spline.
    `spline_points`: number of control points of the spline.
    `spline_sigma`: standard deviation of their move along each axis, in pixels of a picture 224 wide.
    `mirror_share`: share of references that are mirrored.
    `placement_share`: share of references that are turned, scaled, stretched and shifted.
    `rotation`: standard deviation of the turn, in degrees.
    `scale_least`, `scale_most`: range of the size; 1 is as drawn.
    `stretch`: largest change of the width alone, as a share of it.
    `shift`: standard deviation of the shift along each axis, as a share of the side.
    `margin_share`: share of references around which a margin of one colour appears; others repeat their edge pixels.
    `margin`: colour of the margin: white, any, or one of these by chance.
    `clip_placement`: whether CLIP's own training places its pictures like references, not only a little.
    `patch_shuffle_share`: share of references that are cut into n × n patches, which change places.
    `patch_shuffle_least`, `patch_shuffle_most`: n at the start and at the end of the training; it doubles in between.
    `patch_shuffle_rotation`: largest turn of these references before they are cut, in degrees.
    `looks_share`: share of references, and of CLIP's own pictures, that look like photographs: softness, noise, light.

    The reference tokens:

    `reference_tokens`: tokens that the UNet sees: CLS, the local ones, or all.
    `token_positions`: whether CLIP knows where a patch lies.
    `token_shuffle_share`: share of batches whose tokens are permuted.
    `token_pool_share`: largest share of a sample's tokens that learned tokens replace; 0 for no pool.
    `token_pool_size`: number of learned tokens.
    `token_noise`: noise on the tokens: none, by the latent's timestep, or folded back where the latent is noisiest.
    `reference_drop`: share of samples without reference (at the start).
    `reference_drop_end`: this share at the end; as at the start if None.
    `reference_drop_step`: change of this share at a time.
    `reference_drop_every`: training steps from one change to the next.
    `sketch_drop`: share of samples without line art.
    `point_pairs`: largest number of pairs of points given with a sample, whose parts are the same.

    Noise and prediction:

    `prediction`: what the UNet predicts: the clean latent, the noise, or the velocity.
    `timestep_power`: power of the uniform number that gives the timestep; below 1 prefers much noise.
    `min_snr_gamma`: largest signal-to-noise ratio that counts; 0 weighs all timesteps alike.
    `offset_noise`: standard deviation of the noise that is the same in a whole channel.

    Further terms of the loss, by their weights:

    `part_naming_weight`: naming the part at each place.
    `attention_weight`: attention to the same part of the reference.
    `dual_weight`: error of a second prediction, without the reference or with another one.
    `dual_reference`: what the second prediction sees: no reference, or that of another sample.
    `gram_weight`: distance of the features' Gram matrices with a mismatched reference from those with the right one.
    `gram_blocks`: beginnings of the names of the transformer blocks that are compared.
    `gram_start`: share of the training before which the Gram term does not count; from there it grows evenly.
    """

    copy_share: float = 0.15
    deformation: Deformation = "flow"
    spline_points: int = 10
    spline_sigma: float = 10.0
    mirror_share: float = 0.5
    placement_share: float = 0.6
    rotation: float = 8.0
    scale_least: float = 0.8
    scale_most: float = 1.2
    stretch: float = 0.2
    shift: float = 0.05
    margin_share: float = 0.0
    margin: Margin = "mixed"
    clip_placement: bool = False
    patch_shuffle_share: float = 0.0
    patch_shuffle_least: int = 2
    patch_shuffle_most: int = 32
    patch_shuffle_rotation: float = 0.0
    looks_share: float = 0.0
    reference_tokens: ReferenceTokenKind = "local"
    token_positions: bool = True
    token_shuffle_share: float = 0.0
    token_pool_share: float = 0.0
    token_pool_size: int = 2560
    token_noise: TokenNoise = "none"
    reference_drop: float = 0.1
    reference_drop_end: float | None = None
    reference_drop_step: float = 0.05
    reference_drop_every: int = 1000
    sketch_drop: float = 0.02
    point_pairs: int = 0
    prediction: Prediction = "sample"
    timestep_power: float = 0.3
    min_snr_gamma: float = 0.0
    offset_noise: float = 0.0
    part_naming_weight: float = 0.2
    attention_weight: float = 1.0
    dual_weight: float = 0.0
    dual_reference: DualReference = "none"
    gram_weight: float = 0.0
    gram_blocks: tuple[str, ...] = ("up_blocks.1.", "up_blocks.2.")
    gram_start: float = 1 / 3

    @property
    def needs_another_sample(self) -> bool:
        """Whether the loss takes the reference of another sample of the batch."""
        return self.gram_weight > 0 or (self.dual_weight > 0 and self.dual_reference == "mismatched")

    def __post_init__(self) -> None:
        problem = out_of_range(self, STRATEGIES)
        if problem is not None:
            raise StrategyError(problem)
        if self.scale_least > self.scale_most:
            raise StrategyError(f"--scale-most is {self.scale_most}; it must not be below --scale-least")
        least, most = self.patch_shuffle_least, self.patch_shuffle_most
        if any(count & (count - 1) for count in (least, most)):
            raise StrategyError(
                f"--patch-shuffle-least is {least} and --patch-shuffle-most {most}; they must be powers of two such as "
                "2 and 32, which divide the picture's side"
            )
        if least > most:
            raise StrategyError(f"--patch-shuffle-most is {most}; it must not be below --patch-shuffle-least")
        for beginning in self.gram_blocks:
            if not any(known.startswith(beginning) or beginning.startswith(known) for known in _BLOCKS):
                raise StrategyError(
                    f"--gram-blocks has {beginning!r}; names of blocks begin with one of {', '.join(_BLOCKS)}"
                )
        if self.gram_weight > 0 and not self.gram_blocks:
            raise StrategyError("--gram-weight needs --gram-blocks")
