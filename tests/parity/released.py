"""The released pipelines with the recorded cases' weights."""

from __future__ import annotations

from functools import cache

from huebrush_backend.checkpoints.families import PredictionType
from huebrush_backend.checkpoints.single_file import ClipTowers, released_pipeline
from huebrush_backend.pipeline.colorize import ColorizePipeline
from networks import networks_of
from small_clip import text_tower, tokenizer, vision_tower
from vectors import Case, Vectors


@cache
def towers_of(vectors: Vectors) -> ClipTowers:
    """Return the CLIP that all cases of `vectors` were recorded with."""
    return ClipTowers(vision_tower(vectors), text_tower(vectors), tokenizer())


def pipeline_of(case: Case, prediction_type: PredictionType = "epsilon") -> ColorizePipeline:
    """Return the pipeline that `case` was recorded with."""
    return released_pipeline(networks_of(case), towers_of(case.vectors), prediction_type)
