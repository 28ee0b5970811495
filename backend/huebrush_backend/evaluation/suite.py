"""Runs a colorizer over held-out pairs and sums up its scores and the scores of the floors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from huebrush_protocol.parameters import Parameters

from huebrush_backend.evaluation.metrics import LineFidelity, PartScore, part_changes, score_lines, score_parts
from huebrush_backend.evaluation.pairs import FAMILY, HeldOutPair, held_out_pair
from huebrush_backend.evaluation.trivial_baselines import picture_by_position, shuffled_picture
from huebrush_backend.imaging.lineart import normalize_line_art
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.conditioning import picture_array, picture_tensor, sketch_tensor
from huebrush_backend.pipeline.fast import SettledColors, fast_guidance, fast_steps
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.preview import LatentPreview
from huebrush_backend.synthesis import PART_CLASSES, Part, line_art

LEFT_OUT = (Part.EYE_WHITE, Part.MOUTH)
"""Parts whose colour can be guessed without the reference; they do not count in the headline figures."""

Painter = Callable[[HeldOutPair, bool, int], np.ndarray]
"""Function that colours a pair's line art, with its reference or without, from a noise seed: (H,W,3) uint8."""


@dataclass
class Tally:
    """Scores of one way to colour, over all pairs."""

    parts: list[PartScore] = field(default_factory=list)
    lines: LineFidelity = field(default_factory=LineFidelity)

    def add(self, picture: np.ndarray, pair: HeldOutPair) -> None:
        """Score `picture` (H,W,3) uint8 as an answer to `pair`."""
        drawing, colors = pair.drawing, pair.palette.colors
        self.parts += score_parts(picture, drawing.labels, drawing.ink, pair.reference_drawing.labels, colors)
        self.lines += score_lines(picture, drawing.labels, drawing.ink, colors)

    def summary(self) -> dict[str, Any]:
        """Return the headline figures. A figure is None when there is nothing to score."""
        counted = [score for score in self.parts if score.part not in LEFT_OUT]
        return {
            "part_colour_accuracy": _mean([score.correct for score in counted]),
            "median_delta_e": _median([score.delta_e for score in counted]),
            "parts_scored": len(counted),
            "line_fidelity": _lines_summary(self.lines),
        }

    def by_part(self) -> dict[str, dict[str, Any]]:
        """Return accuracy, median ΔE and count for each scored part class, in the order of the classes."""
        return {
            PART_CLASSES[part]: {
                "accuracy": _mean([score.correct for score in self.parts if score.part == part]),
                "median_delta_e": _median([score.delta_e for score in self.parts if score.part == part]),
                "count": sum(score.part == part for score in self.parts),
            }
            for part in sorted({score.part for score in self.parts})
        }


@dataclass(frozen=True)
class Evaluation:
    """`report`: the figures, ready for JSON. `examples`: the first pairs with the model's pictures of them."""

    report: dict[str, Any]
    examples: list[tuple[HeldOutPair, np.ndarray]]


def evaluate(
    paint: Painter,
    pairs: int,
    seed: int,
    on_pair: Callable[[int], None] = lambda done: None,
    keep: int = 0,
    beside: Painter | None = None,
) -> Evaluation:
    """Score `paint` on held-out pairs.

    `paint`: the painter to score.
    `pairs`: number of pairs.
    `seed`: number of the set of pairs.
    `on_pair`: called with the number of finished pairs.
    `keep`: number of first pairs to return as examples.
    `beside`: another painter. If given, the report says how much the two differ in the colours of parts.

    The report has the headline figures, the same figures for three floors, and the figures for each part class.
    """
    changes: list[float] = []
    model, ceiling, chance, no_reference, by_position = (Tally() for _ in range(5))
    examples = []
    for index in range(pairs):
        pair = held_out_pair(seed, index)
        picture = paint(pair, True, index)
        model.add(picture, pair)
        if beside is not None:
            changes += part_changes(picture, beside(pair, True, index), pair.drawing.labels, pair.drawing.ink).values()
        no_reference.add(paint(pair, False, index), pair)
        chance.add(shuffled_picture(pair, np.random.default_rng([FAMILY, seed, index])), pair)
        by_position.add(picture_by_position(pair), pair)
        ceiling.add(pair.truth, pair)
        if index < keep:
            examples.append((pair, picture))
        on_pair(index + 1)
    report = model.summary()
    report["line_fidelity"]["ceiling"] = _lines_summary(ceiling.lines)
    report |= {
        "chance": chance.summary(),
        "no_reference": no_reference.summary(),
        "copy_by_position": by_position.summary(),
        "parts": model.by_part(),
        "left_out": [PART_CLASSES[part] for part in LEFT_OUT],
    }
    if beside is not None:
        report["change"] = {"median_delta_e": _median(changes), "mean_delta_e": _mean(changes), "parts": len(changes)}
    return Evaluation(report, examples)


def default_guidance(pipeline: ColorizationPipeline) -> Guidance:
    """Return the guidance that the engine uses for `pipeline` by default."""
    defaults = Parameters()
    return pipeline.guidance_at(defaults.reference_guidance, defaults.sketch_guidance)


def pipeline_painter(pipeline: ColorizationPipeline, steps: int, fast: bool = False) -> Painter:
    """Return a painter that runs `pipeline` with the given `steps` and `fast`, and otherwise the engine's defaults."""
    defaults = Parameters()
    guidance = default_guidance(pipeline)
    preview = None
    if fast:
        steps, guidance, preview = fast_steps(steps), fast_guidance(guidance), LatentPreview(pipeline.vae)

    def paint(pair: HeldOutPair, with_reference: bool, seed: int) -> np.ndarray:
        lines = line_art(pair.drawing)
        ink = normalize_line_art(np.dstack([lines, lines, lines, np.full_like(lines, 255)]))
        output = pipeline(
            sketch_tensor(ink),
            [picture_tensor(pair.reference)] if with_reference else [],
            *ink.shape,
            steps=steps,
            guidance=guidance,
            reference_strength=defaults.reference_strength,
            sketch_strength=defaults.sketch_strength,
            sampler=defaults.sampler,
            seed=seed,
            is_settled=None if preview is None else SettledColors(preview),
        )
        return picture_array(output.picture)

    return paint


def _lines_summary(lines: LineFidelity) -> dict[str, Any]:
    return {"recall": _rounded(lines.recall), "precision": _rounded(lines.precision)}


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def _median(values: Sequence[float]) -> float | None:
    return round(float(np.median(values)), 2) if values else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
