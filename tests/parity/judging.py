"""Judging results against recorded ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from vectors import MODULE_TOLERANCE, Case, relative_error


@dataclass(frozen=True)
class Judgement:
    """How far a case's worst output is from the recorded one, and how far it may be."""

    output: str
    error: float
    tolerance: float


class Judge:
    """Compares a case's results with the recorded ones and keeps the errors for the table."""

    def __init__(self) -> None:
        self.judgements: dict[str, Judgement] = {}

    def __call__(
        self, case: Case, results: Mapping[str, torch.Tensor | np.ndarray], tolerance: float = MODULE_TOLERANCE
    ) -> None:
        """Fail unless every recorded output is in `results` with a relative error of at most `tolerance`.

        Results that were not recorded, or not kept in the selection, are not looked at; where only some rows of pixels
        were kept, the result must be whole all the same.
        """
        expected = case.expected()
        assert set(results) >= set(expected) != set(), f"{case.name} has the outputs {sorted(expected)}"
        whole = {name: _array(results[name]) for name in expected}
        shapes = {name: list(array.shape) for name, array in whole.items()}
        assert shapes == {name: case.shapes[name] for name in expected}, f"{case.name}: {shapes}"
        errors = {name: relative_error(case.kept_part(name, whole[name]), expected[name]) for name in expected}
        self.record(case, errors, tolerance)

    def record(self, case: Case, errors: Mapping[str, float], tolerance: float) -> None:
        """Note the worst of `errors` (by output) for the table; fail when it is above `tolerance`."""
        worst = max(errors, key=lambda name: errors[name])
        self.judgements[case.id] = Judgement(worst, errors[worst], tolerance)
        assert errors[worst] <= tolerance, f"{case.name}: {dict(errors)}, allowed {tolerance:g}"


def _array(values: torch.Tensor | np.ndarray) -> np.ndarray:
    return values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
