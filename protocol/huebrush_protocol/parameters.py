"""Parameters of a job: everything about it that is not a picture, as frozen dataclasses with their defaults.

What each parameter does to a picture stands in docs/parameters.md, its range in `parameter_ranges`. The formulas
behind them are in docs/method.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from huebrush_protocol.regions import RegionParameters

SAMPLERS = (
    "dpm",
    "ddim",
    "euler",
    "lms",
    "pndm",
    "k_euler",
    "k_euler_a",
    "k_heun",
    "k_lms",
    "k_dpm_2",
    "k_dpm_2_a",
    "k_dpmpp_2m",
    "k_dpmpp_2s_a",
    "k_dpmpp_sde",
    "k_dpmpp_2m_sde",
    "k_dpmpp_2m_sde_heun",
    "k_dpmpp_3m_sde",
    "k_dpm_fast",
    "k_dpm_adaptive",
)
"""Samplers, which turn noise into a picture: diffusers', then k-diffusion's (`k_…`)."""

NOISE_SCHEDULES = ("automatic", "uniform", "karras", "exponential", "polyexponential", "sgm_uniform")
"""Schedules of the noise levels that a sampler visits; "automatic" is the one that suits it."""

EXTRACT = "extract"
SKETCH_MODES = ("lines", "none", "invert", "invert-webui", EXTRACT)
"""Ways to read the line art: any line art ("lines"), as the authors' interface does ("none", "invert", "invert-webui"),
or by drawing the lines of a coloured or scanned picture ("extract")."""

ENHANCEMENTS = ("background", "foreground", "style")
"""The fields of `Enhancement` that a model may have the networks for; see `ModelInfo.enhancements`."""


CONTROLS = (
    "edits",
    "injection",
    "reference_levels",
    "block_strengths",
    "sketch_guidance",
    "guidance_window",
    "reference_weights",
)
"""Controls that a model may lack beside enhancements: fields of `Parameters`, and the weights of references; see
`ModelInfo.controls`."""


WHOLE_PAGE = -1
"""The mask of an edit that acts on the whole page."""
NO_PATCH = -1
"""The patch of an edit whose target is what its text says."""


@dataclass(frozen=True)
class TextEdit:
    """One change of the reference by text: towards `target`, away from `anchor`, where `control` says.

    * `target`: with a mask also a colour "#rrggbb", which is then met exactly inside it
    * `anchor`: None: away from nothing
    * `control`: None: everywhere alike
    * `strength`: how far
    * `enhanced`: the anchor's own share is put over in full
    * `thresholds`: four ascending numbers that part the places by how well they fit `control`
    * `mask`: which of the job's edit masks, counted from 0, says where on the page the edit acts; nothing else changes.
      -1: the whole page
    * `feather`: how many pixels of the page the change fades out over, inwards from the mask's edge
    * `patch`: which of the job's patches, counted from 0, the page shall look like there, in place of `target`, which
      then only names it
    * `whole_regions`: the mask is a stroke, which means the regions between the lines that its middle runs through
    """

    target: str
    anchor: str | None = None
    control: str | None = None
    strength: float = 8.0
    enhanced: bool = False
    thresholds: tuple[float, ...] = (0.5, 0.55, 0.65, 0.95)
    mask: int = WHOLE_PAGE
    feather: float = 0.0
    patch: int = NO_PATCH
    whole_regions: bool = False

    @property
    def is_brushed(self) -> bool:
        """Whether the edit acts inside an edit mask alone."""
        return self.mask != WHOLE_PAGE


@dataclass(frozen=True)
class GuidanceWindow:
    """The part of the way from noise (0) to picture (1) in which the reference is seen.

    It is not seen before `start`, after `end`, nor from `pause_start` to `pause_end`; the default has no pause.
    """

    start: float = 0.0
    end: float = 1.0
    pause_start: float = -0.05
    pause_end: float = -0.05


@dataclass(frozen=True)
class Injection:
    """Attention injection: the network also sees the first reference as it would paint it, at twice the cost.

    `reference_fidelity`: how strongly guidance brings out what it sees. `sketch_fidelity`: strength of the reference's
    own outlines. `start`: share of the denoising after which it begins.
    """

    reference_fidelity: float = 0.5
    sketch_fidelity: float = 0.0
    start: float = 0.0


@dataclass(frozen=True)
class Enhancement:
    """Colouring foreground and background apart (`background`, `foreground`), and in the reference's `style`.

    * `sketch_threshold`, `reference_threshold`: from which value on a mask's pixel is foreground
    * `foreground_strength`, `background_strength`: how strongly the reference counts in each
    * `merge`: the background's share in the foreground, and the background picture's in the style
    * `background_factor`: strength of the background's shapes (v2)
    * `clear_background_picture`: the background picture without its own figure
    * `cut_out`: the result is transparent outside the figure; this works without any enhancement, in every model
    """

    background: bool = False
    foreground: bool = False
    style: bool = False
    sketch_threshold: float = 0.05
    reference_threshold: float = 0.5
    foreground_strength: float = 1.0
    background_strength: float = 1.0
    merge: float = 0.0
    background_factor: float = 1.0
    clear_background_picture: bool = False
    cut_out: bool = False


@dataclass(frozen=True)
class LevelStrengths:
    """Strength of the reference at three levels of the network, each multiplied by the strength of all.

    `encoder`: the way down. `middle`: colours (transformer blocks 2, 3, 10, 11, 12). `low`: what things are (4, 5, 7,
    8, 9). Where they overlap, `middle` wins over `encoder` and `low` over both.
    """

    encoder: float = 1.0
    middle: float = 1.0
    low: float = 1.0


@dataclass(frozen=True)
class Parameters:
    """Parameters of one colorization. Ranges are checked by `parameter_ranges.validate_parameters`.

    * `reference_guidance`: None: the guidance that suits the model; a result's recipe has the number
    * `reference_strength`: multiplies `reference_levels` and `block_strengths`
    * `block_strengths`: a strength of the reference for each transformer block, which wins over `reference_levels`;
      empty: none
    * `injection`: None: none
    * `reference_padding`: width of the white canvas in whose middle a reference or background is put, as a multiple of
      its own
    * `fast`: sooner, with slightly other colours
    * `regions`: which layers are made of the picture, and how
    """

    seed: int = 0
    steps: int = 20
    reference_guidance: float | None = None
    sketch_guidance: float = 1.0
    reference_strength: float = 1.0
    sketch_strength: float = 1.0
    sampler: str = "dpm"
    noise_schedule: str = "automatic"
    sketch_mode: str = "lines"
    reference_levels: LevelStrengths = LevelStrengths()
    block_strengths: tuple[float, ...] = ()
    edits: tuple[TextEdit, ...] = ()
    guidance_window: GuidanceWindow = GuidanceWindow()
    injection: Injection | None = None
    enhancement: Enhancement = Enhancement()
    reference_padding: float = 1.0
    fast: bool = False
    regions: RegionParameters = field(default=RegionParameters())
