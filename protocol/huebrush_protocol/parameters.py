"""Parameters of a job, that is all of it but its pictures, as frozen dataclasses with defaults.

docs/parameters.md describes the effect of each parameter, docs/method.md the formulas. `parameter_ranges` has the
ranges.
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
"""Samplers, which turn noise into a picture: first diffusers', then k-diffusion's (`k_…`)."""

NOISE_SCHEDULES = ("automatic", "uniform", "karras", "exponential", "polyexponential", "sgm_uniform")
"""Schedules of the noise levels that a sampler uses; "automatic" is the one that suits it."""

DARK_LINES, LIGHT_LINES, EXTRACT = "dark_lines", "light_lines", "extract"
SKETCH_MODES = ("lines", DARK_LINES, LIGHT_LINES, "none", "invert", "invert-webui", EXTRACT)
"""Ways to read the line art: "lines" for any line art; "dark_lines" and "light_lines" for lines darker or lighter than
their paper, where "lines" takes one for the other; "none", "invert" and "invert-webui" as in the authors' interface;
"extract" to draw the lines of a coloured or scanned picture."""

PANELS_AUTOMATIC, PANELS_OFF = "automatic", "off"
PANELS = (PANELS_AUTOMATIC, PANELS_OFF)
"""Ways to treat comic pages and strips: find panels, gutters and balloons; or see every page as one drawing."""

ENHANCEMENTS = ("background", "foreground", "style")
"""Fields of `Enhancement` that need networks, which a model may lack; see `ModelInfo.enhancements`."""

CONTROLS = (
    "edits",
    "injection",
    "reference_levels",
    "block_strengths",
    "sketch_guidance",
    "guidance_window",
    "reference_weights",
    "initial",
)
"""Other controls that a model may not support: fields of `Parameters`, the weights of references, and a picture to go
on from; see `ModelInfo.controls`."""

WHOLE_PAGE = -1
"""Value of `TextEdit.mask` for an edit that acts on the whole page."""
NO_PATCH = -1
"""Value of `TextEdit.patch` for an edit without a patch: its target is its text."""


@dataclass(frozen=True)
class TextEdit:
    """One change of the reference by text: towards `target`, away from `anchor`, where `control` says.

    * `target`: a text; with a mask also a colour "#rrggbb", which the page then gets exactly inside the mask
    * `anchor`: text to move away from, None for no such text
    * `control`: text that selects where in the reference the edit acts, None for everywhere
    * `strength`: how far the reference is moved
    * `enhanced`: replace the anchor's own share in full
    * `thresholds`: four ascending numbers that group the positions in the reference by their fit to `control`
    * `mask`: index, from 0, of the job's edit mask inside which the edit acts; -1: the whole page
    * `feather`: with a mask, the width in pixels of the page, inwards from its edge, over which the edit fades out
    * `patch`: index, from 0, of the job's patch that the page should look like inside the mask; `target` is then only a
      name for it; -1: no patch
    * `whole_regions`: the mask is a stroke, and the edit acts on the whole regions that the stroke's middle runs
      through
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
        """Whether the edit acts only inside an edit mask."""
        return self.mask != WHOLE_PAGE


@dataclass(frozen=True)
class GuidanceWindow:
    """The part of the way from noise (0) to picture (1) during which the network sees the reference.

    The network does not see it before `start`, after `end`, or from `pause_start` to `pause_end` (by default never).
    """

    start: float = 0.0
    end: float = 1.0
    pause_start: float = -0.05
    pause_end: float = -0.05


@dataclass(frozen=True)
class Injection:
    """Attention injection: the network also sees the first reference as it would paint it, at twice the cost.

    `reference_fidelity`: strength of guidance towards the injected reference. `sketch_fidelity`: strength of the
    reference's own outlines. `start`: share of the denoising after which injection begins.
    """

    reference_fidelity: float = 0.5
    sketch_fidelity: float = 0.0
    start: float = 0.0


@dataclass(frozen=True)
class Enhancement:
    """Separate colouring of foreground and background (`background`, `foreground`), and the reference's `style`.

    * `sketch_threshold`, `reference_threshold`: lowest value of a mask's pixel that is foreground
    * `foreground_strength`, `background_strength`: strength of the reference in each
    * `merge`: share of the background in the foreground, and of the background picture in the style
    * `background_factor`: strength of the background's shapes (v2)
    * `clear_background_picture`: remove the figure from the background picture
    * `cut_out`: the result is transparent outside the figure; this needs no enhancement and works with every model
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
    """Strength of the reference at three levels of the network; each is multiplied by `Parameters.reference_strength`.

    `encoder`: the blocks of the encoder. `middle`: colours (transformer blocks 2, 3, 10, 11, 12). `low`: the meaning of
    shapes (blocks 4, 5, 7, 8, 9). Where they overlap, `middle` wins over `encoder` and `low` over both.
    """

    encoder: float = 1.0
    middle: float = 1.0
    low: float = 1.0


@dataclass(frozen=True)
class Parameters:
    """Parameters of one colorization. Ranges are checked by `parameter_ranges.validate_parameters`.

    * `reference_guidance`, `sketch_guidance`: None for the guidance that suits the model; the result's recipe has the
      numbers
    * `reference_strength`: multiplies `reference_levels` and `block_strengths`
    * `block_strengths`: strength of the reference for each transformer block, used instead of `reference_levels` unless
      empty
    * `injection`: None for no injection
    * `remove_ruling`: the printed lines, squares or dots of the paper are no ink
    * `reference_padding`: width of the white canvas around a reference or background, as a multiple of its width
    * `fast`: faster, with slightly different colours
    * `change`: how far the picture moves away from the one that it goes on from ("initial"): the share of the steps
      that are taken, of which one always is; 1 keeps nothing of it. Without such a picture it has no effect
    * `keep_to_lines`: colour that the model's picture spilled over lines is pulled back; flats are not changed by it
    * `panels`: one of `PANELS`: on a comic page each panel is painted on its own, and gutters and balloons stay paper
    * `regions`: layers to make of the picture, and how
    """

    seed: int = 0
    steps: int = 20
    reference_guidance: float | None = None
    sketch_guidance: float | None = None
    reference_strength: float = 1.0
    sketch_strength: float = 1.0
    sampler: str = "dpm"
    noise_schedule: str = "automatic"
    sketch_mode: str = "lines"
    remove_ruling: bool = False
    reference_levels: LevelStrengths = LevelStrengths()
    block_strengths: tuple[float, ...] = ()
    edits: tuple[TextEdit, ...] = ()
    guidance_window: GuidanceWindow = GuidanceWindow()
    injection: Injection | None = None
    enhancement: Enhancement = Enhancement()
    reference_padding: float = 1.0
    fast: bool = False
    change: float = 0.4
    keep_to_lines: bool = True
    panels: str = PANELS_AUTOMATIC
    regions: RegionParameters = field(default=RegionParameters())
