"""Scores the presets against the default settings, each on the kind of drawn page that it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.presets import PRESETS

from huebrush_backend.engine.request import Colorizer, ColorizeRequest, Reference, ResultLayer
from huebrush_backend.evaluation.preset_pages import PRESET_PAGES, PresetPage
from huebrush_backend.evaluation.statistics import Figure, rounded, share
from huebrush_backend.imaging.color import color_difference, flatten_on_white, with_alpha
from huebrush_backend.imaging.color_codes import pack_rgb
from huebrush_backend.imaging.files.blending import MULTIPLY, NORMAL, SCREEN
from huebrush_backend.imaging.files.picture import Layer, composite

MODEL = "demo"
RIGHT = 10.0
"""Largest difference (CIEDE2000) from the right colour that counts as right."""
LOST = 25.0
"""Difference (CIEDE2000) from the right colour from which paper counts as lost."""
OPAQUE = 128
"""Alpha from which paper counts as painted."""
DEFAULT, PRESET = "default", "preset"
WAYS = (DEFAULT, PRESET)
HIGHER_IS_BETTER = MappingProxyType(
    {"right": True, "one_color": True, "difference": False, "lost": False, "paper_painted": False}
)
"""The figures, and whether more of each is better."""
GOALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"inks": ("right", "one_color"), "sketch": ("difference",), "comic": ("one_color",)}
)
"""The figures that a preset must be better in, by its name: what an artist who takes it wants."""
_BLENDS = {"normal": NORMAL, "multiply": MULTIPLY, "screen": SCREEN}


@dataclass
class PresetTally:
    """For each of WAYS, the figures of each page and its number of layers."""

    figures: dict[str, list[dict[str, float]]] = field(default_factory=lambda: {way: [] for way in WAYS})
    layers: dict[str, list[int]] = field(default_factory=lambda: {way: [] for way in WAYS})

    def add(self, page: PresetPage, layers: Mapping[str, Sequence[ResultLayer]]) -> None:
        """Add the results of one page, bottom to top, for each of WAYS."""
        for way in WAYS:
            self.figures[way].append(page_figures(page, layers[way]))
            self.layers[way].append(sum(layer.kind != "lines" for layer in layers[way]))

    def summary(self, goals: Sequence[str]) -> dict[str, Any]:
        """Return the figures, ready for JSON: of each way, and how much better the preset is on the same pages.

        `goals`: the figures in which it should be better; "better" is true if it is so in all of them by more than two
        standard errors. A figure that no page has is None.
        """
        pages = len(self.figures[DEFAULT])
        report: dict[str, Any] = {"pages": pages, "goals": list(goals)}
        better = bool(pages)
        for name, higher in HIGHER_IS_BETTER.items():
            default, preset = (self._mean(way, name) for way in WAYS)
            gain = preset - default if higher else default - preset
            error = gain.standard_error
            report[name] = {
                DEFAULT: rounded(default.value),
                PRESET: rounded(preset.value),
                "gain": rounded(gain.value),
                "gain_error": rounded(error),
            }
            better &= name not in goals or bool(gain.value > 2 * error)
        report["layers"] = {way: round(float(np.mean(self.layers[way])), 1) if pages else None for way in WAYS}
        report["most_layers"] = max(self.layers[PRESET], default=None)
        report["better"] = better
        return report

    def _mean(self, way: str, name: str) -> Figure:
        """Return the mean of a figure over the pages that have it."""
        values = np.array([each[name] for each in self.figures[way]])
        known = np.isfinite(values)
        return share(np.where(known, values, 0.0), known.astype(np.float64))


def evaluate_presets(
    colorizer: Colorizer,
    pages: int,
    seed: int,
    presets: Sequence[str] = tuple(PRESETS),
    on_step: Callable[[str], None] = lambda what: None,
    steps: int | None = None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each preset's name and its figures on `pages` drawn pages of the set `seed`.

    The built-in model colours every page with the default parameters and with the preset's, from the same noise.
    `on_step` is called with a description of each page. `steps`: denoising steps of both, for a quick look; None for
    each one's own. The figures are those of `PresetTally`.
    """
    for name in presets:
        ways = {DEFAULT: Parameters(), PRESET: PRESETS[name]}
        tally = PresetTally()
        for number in range(pages):
            on_step(f"preset {name}: page {number + 1} of {pages}")
            page = PRESET_PAGES[name](seed, number)
            layers = {}
            for way, own in ways.items():
                parameters = replace(own, seed=number, steps=steps or own.steps)
                layers[way] = made_layers(colorizer, page, parameters)
            tally.add(page, layers)
        yield name, tally.summary(GOALS[name])


def made_layers(colorizer: Colorizer, page: PresetPage, parameters: Parameters) -> tuple[ResultLayer, ...]:
    """Return the layers, bottom to top, that a job with these `parameters` gives for a page."""
    request = ColorizeRequest(
        model=MODEL,
        line_art=page.lines,
        references=(Reference(with_alpha(page.reference)),),
        parameters=parameters,
    )
    return colorizer.colorize(request, lambda event: None, lambda: False).layers


def page_figures(page: PresetPage, layers: Sequence[ResultLayer]) -> dict[str, float]:
    """Return the figures of one page that the `layers`, bottom to top, colour; lines among them do not count.

    * `right`: share of the judged paper that is at most `RIGHT` from its right colour
    * `difference`: mean difference of the judged paper from its right colour
    * `lost`: share of the judged paper that is more than `LOST` from it
    * `one_color`: share of the judged paper that has exactly the colour that most of what should have its colour has
    * `paper_painted`: share of what should stay unpainted that is painted; NaN on a page that has none
    """
    height, width = page.judged.shape
    shown = composite(
        [
            Layer(layer.name, layer.pixels, layer.x, layer.y, blending=_BLENDS[layer.blend])
            for layer in layers
            if layer.kind != "lines"
        ],
        width,
        height,
    )
    colors, right = flatten_on_white(shown)[page.judged], page.right[page.judged]
    off = color_difference(colors, right)
    paper = int(page.paper.sum())
    return {
        "right": float((off <= RIGHT).mean()),
        "difference": float(off.mean()),
        "lost": float((off > LOST).mean()),
        "one_color": _one_color(colors, right),
        "paper_painted": float((shown[page.paper][:, 3] >= OPAQUE).mean()) if paper else float("nan"),
    }


def _one_color(colors: np.ndarray, right: np.ndarray) -> float:
    """Return the share of pixels whose colour (n,3) is the commonest among those with the same `right` colour (n,3)."""
    pairs = pack_rgb(right).astype(np.int64) << 24 | pack_rgb(colors).astype(np.int64)
    found, counts = np.unique(pairs, return_counts=True)
    wanted = found >> 24
    firsts = np.flatnonzero(np.r_[True, wanted[1:] != wanted[:-1]])
    return float(np.maximum.reduceat(counts, firsts).sum() / len(colors))
