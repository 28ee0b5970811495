"""Painters: what colours the drawings that an evaluation scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from huebrush_protocol.parameters import Parameters

from huebrush_backend.imaging.lineart import normalize_line_art
from huebrush_backend.imaging.margins import content_box
from huebrush_backend.models.out_of_memory import is_out_of_memory
from huebrush_backend.pipeline.batch import colorize_batch
from huebrush_backend.pipeline.canvas import SIZE_MULTIPLE, Box, canvas_size
from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.conditioning import picture_array, picture_tensor, sketch_tensor
from huebrush_backend.pipeline.fast import SettledColors, fast_guidance, fast_steps
from huebrush_backend.pipeline.guidance import Guidance
from huebrush_backend.pipeline.preview import LatentPreview

SMALL_SIDE = 256
"""Native size of small models, which begin with larger batches."""


@dataclass(frozen=True)
class GuidanceSetting:
    """Scales of the guidance as asked for; None means what suits the model. `name`: as the user wrote it."""

    name: str = "default"
    reference: float | None = None
    sketch: float | None = None

    def of(self, pipeline: ColorizationPipeline) -> Guidance:
        """Return the guidance of this setting for `pipeline`."""
        return pipeline.guidance_at(self.reference, self.sketch)


DEFAULT_GUIDANCE = GuidanceSetting()


@dataclass(frozen=True, eq=False)
class PaintTask:
    """A picture to paint.

    `line_art` (H,W) uint8, black on white; `reference` (h,w,3) uint8 or None; `seed` of the noise.
    """

    line_art: np.ndarray
    reference: np.ndarray | None
    seed: int
    guidance: GuidanceSetting = DEFAULT_GUIDANCE


Painter = Callable[[Sequence[PaintTask]], list[np.ndarray]]
"""Function that colours the line art of tasks: a picture (H,W,3) uint8 for each."""


def pipeline_painter(pipeline: ColorizationPipeline, steps: int, fast: bool = False, batch: int = 1) -> Painter:
    """Return a painter that runs `pipeline`, otherwise with the engine's defaults.

    `steps`: denoising steps. `fast`: the fast way, one picture at a time. `batch`: most pictures a batch; fewer if
    memory runs out. Only pipelines without enhancements paint batches.
    """
    paint_one = _single_painter(pipeline, steps, fast)
    if fast or batch == 1 or type(pipeline) is not ColorizePipeline:
        return lambda tasks: [paint_one(task) for task in tasks]
    return _BatchPainter(pipeline, steps, batch)


def suitable_batch(pipeline: ColorizationPipeline) -> int:
    """Return the number of pictures of `pipeline` to paint in a batch: one on a processor, where more save no time."""
    if pipeline.device.type == "cpu":
        return 1
    return 16 if _native_size(pipeline) <= SMALL_SIDE else 4


class _BatchPainter:
    """Painter that puts tasks of one size and guidance into batches, and makes these smaller if memory runs out."""

    def __init__(self, pipeline: ColorizePipeline, steps: int, batch: int) -> None:
        self._pipeline, self._steps, self._batch = pipeline, steps, batch

    def __call__(self, tasks: Sequence[PaintTask]) -> list[np.ndarray]:
        groups: dict[tuple, list[int]] = {}
        for number, task in enumerate(tasks):
            key = (task.line_art.shape, task.guidance, task.reference is None)
            groups.setdefault(key, []).append(number)
        pictures: dict[int, np.ndarray] = {}
        for numbers in groups.values():
            while numbers:
                some = numbers[: self._batch]
                try:
                    painted = self._paint([tasks[number] for number in some])
                except Exception as error:
                    if self._batch == 1 or not is_out_of_memory(error):
                        raise
                    self._batch //= 2
                    continue
                pictures.update(zip(some, painted, strict=True))
                numbers = numbers[len(some) :]
        return [pictures[number] for number in range(len(tasks))]

    def _paint(self, tasks: Sequence[PaintTask]) -> list[np.ndarray]:
        inks = [_ink(task) for task in tasks]
        canvas = _canvas(inks[0], self._pipeline)
        outputs = colorize_batch(
            self._pipeline,
            [sketch_tensor(ink) for ink in inks],
            [_reference(task, self._pipeline) for task in tasks],
            *canvas,
            steps=self._steps,
            guidance=tasks[0].guidance.of(self._pipeline),
            seeds=[task.seed for task in tasks],
            sampler=Parameters().sampler,
        )
        return [_on_page(picture, box, ink.shape) for (picture, box), ink in zip(outputs, inks, strict=True)]


def _single_painter(pipeline: ColorizationPipeline, steps: int, fast: bool) -> Callable[[PaintTask], np.ndarray]:
    defaults = Parameters()
    preview = LatentPreview(pipeline.vae) if fast else None

    def paint(task: PaintTask) -> np.ndarray:
        ink = _ink(task)
        guidance = task.guidance.of(pipeline)
        reference = _reference(task, pipeline)
        output = pipeline(
            sketch_tensor(ink),
            [] if reference is None else [reference],
            *_canvas(ink, pipeline),
            steps=fast_steps(steps) if fast else steps,
            guidance=fast_guidance(guidance) if fast else guidance,
            reference_strength=defaults.reference_strength,
            sketch_strength=defaults.sketch_strength,
            sampler=defaults.sampler,
            seed=task.seed,
            is_settled=None if preview is None else SettledColors(preview),
        )
        return _on_page(output.picture, output.box, ink.shape)

    return paint


def _reference(task: PaintTask, pipeline: ColorizationPipeline) -> torch.Tensor | None:
    """Return the reference (1,3,h,w) in [-1,1] as the engine would give it to `pipeline`, None if there is none."""
    if task.reference is None:
        return None
    box = content_box(task.reference) if pipeline.trims_margins else None
    return picture_tensor(task.reference if box is None else task.reference[box])


def _ink(task: PaintTask) -> np.ndarray:
    lines = task.line_art
    return normalize_line_art(np.dstack([lines, lines, lines, np.full_like(lines, 255)]))


def _canvas(ink: np.ndarray, pipeline: ColorizationPipeline) -> tuple[int, int]:
    """Return the canvas (height, width) for `ink` (H,W): its own size if that suits the networks."""
    height, width = ink.shape
    native = _native_size(pipeline)
    if height % SIZE_MULTIPLE == width % SIZE_MULTIPLE == 0 and height * width <= native**2:
        return height, width
    return canvas_size(width, height, native)


def _native_size(pipeline: ColorizationPipeline) -> int:
    config = getattr(pipeline, "config", {})
    return int(config.get("native_size", 512))


def _on_page(picture: torch.Tensor, box: Box, shape: tuple[int, int]) -> np.ndarray:
    """Return the drawing's place on the canvas of `picture` (1,3,h,w), enlarged to `shape` (H,W): (H,W,3) uint8."""
    whole = picture_array(picture)
    drawing = whole[box.top : box.top + box.height, box.left : box.left + box.width]
    if drawing.shape[:2] == shape:
        return np.ascontiguousarray(drawing)
    return cv2.resize(drawing, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
