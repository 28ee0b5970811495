"""Test vectors recorded from the official implementation: finding them, reading them, judging against them.

A folder of vectors holds `manifest.json`, `inputs.npz`, one `.npz` of outputs a case, and the weights' shapes.
The weights themselves are not stored: each tensor is drawn from its own key. tests/parity/README.md tells more.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from drawn_inputs import Drawing, draw_input

ENVIRONMENT_VARIABLE = "HUEBRUSH_PARITY"
"""Names a folder of more vectors than the selection; optional."""
SELECTION = Path(__file__).parent / "selection"

MODULE_TOLERANCE = 2e-4
GENERATION_TOLERANCE = 2e-3
"""Also for the thin-plate spline, whose linear system is ill-conditioned."""

IMPLEMENTED: dict[str, tuple[str, ...]] = {
    "schedule": ("v1",),
    "sigmas": ("v1",),
    "sketch_encoder": ("v1",),
    "timesteps": ("v1",),
    "unet": ("v1",),
    "vae": ("v1",),
    "clip": ("v1",),
    "position_weights": ("v1",),
    "manipulate_local": ("v1",),
    "manipulate_global": ("v1",),
    "heatmap": ("v1",),
    "preprocess_sketch": ("v1",),
    "thin_plate_spline": ("v1",),
    "generate": ("v1",),
    "attention_injection": ("v1",),
    "recovery_transformer": ("v1.5",),
    "forward": ("v1.5", "v2"),
}
"""The kinds of case that have a test, and of which models. All others are expected to fail (test_unfinished.py)."""


class Vectors:
    """One folder of test vectors."""

    def __init__(self, folder: Path, label: str) -> None:
        """`label`: what the folder is called in test names. Raises OSError or ValueError for an unreadable manifest."""
        self.folder = folder
        self.label = label
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        self.cases = [
            Case(
                self,
                case["name"],
                case["kind"],
                case["model"],
                case["inputs"],
                case["params"],
                case["outputs"],
                case.get("row_steps", {}),
            )
            for case in self.manifest["cases"]
        ]
        self._weights: dict[str, dict[str, torch.Tensor]] = {}

    @property
    def clip(self) -> dict[str, Any]:
        """The manifest's entry on the small OpenCLIP: sizes, numbers of heads and of blocks."""
        return self.manifest["clip"]

    @property
    def small_config(self) -> dict[str, Any]:
        """The manifest's entry on the small networks' sizes."""
        return self.manifest["small_config"]

    @cached_property
    def inputs(self) -> dict[str, np.ndarray]:
        """Every input array by its name: what is in `inputs.npz`, and what the manifest's `drawn_inputs` describe."""
        drawn = self.manifest.get("drawn_inputs", {})
        with np.load(self.folder / "inputs.npz") as arrays:
            return dict(arrays) | {name: draw_input(Drawing.from_manifest(entry)) for name, entry in drawn.items()}

    def weights(self, model: str) -> dict[str, torch.Tensor]:
        """Return the state dict of `model` ("v1", "v1.5", "v2") under the released key names, float32.

        Raises ValueError when a drawn tensor does not have the recorded checksum.
        """
        if model not in self._weights:
            entry = self.manifest["models"][model]
            drawn = self._draw(self._shapes(entry["shapes"]))
            for key, recorded in entry["checksums"].items():
                total = float(drawn[key].double().abs().sum())
                if not np.isclose(total, recorded, rtol=1e-9):
                    raise ValueError(f"{self.folder}: {key} adds up to {total}, recorded was {recorded}")
            self._weights[model] = drawn
        return self._weights[model]

    def clip_weights(self) -> dict[str, torch.Tensor]:
        """Return the state dict of the small CLIP under OpenCLIP's key names, float32."""
        if "clip" not in self._weights:
            self._weights["clip"] = self._draw(self._shapes("shapes_clip.json"), self.clip["key_prefix"])
        return self._weights["clip"]

    def shapes(self) -> dict[str, dict[str, list[int]]]:
        """Return the shapes of all tensors of each model, and of "clip"."""
        files = {model: entry["shapes"] for model, entry in self.manifest["models"].items()}
        return {name: self._shapes(file) for name, file in (files | {"clip": "shapes_clip.json"}).items()}

    def _shapes(self, file: str) -> dict[str, list[int]]:
        return json.loads((self.folder / file).read_text("utf-8"))

    def _draw(self, shapes: dict[str, list[int]], prefix: str = "") -> dict[str, torch.Tensor]:
        return draw_weights(tuple((key, tuple(shape)) for key, shape in shapes.items()), self.manifest["salt"], prefix)


@dataclass(frozen=True, eq=False)
class Case:
    """One recorded case: what went in, with which parameters, what came out."""

    vectors: Vectors = field(repr=False)
    name: str
    kind: str
    model: str
    input_names: dict[str, str]
    params: dict[str, Any]
    shapes: dict[str, list[int]]
    """Of each whole output."""
    row_steps: dict[str, int]
    """Of outputs of which only every n-th row of pixels was kept."""

    @property
    def id(self) -> str:
        """The case's name among all folders' cases."""
        return f"{self.vectors.label}-{self.name}"

    def array(self, role: str) -> np.ndarray:
        """Return the input that plays `role`."""
        return self.vectors.inputs[self.input_names[role]]

    def tensor(self, role: str) -> torch.Tensor:
        """Return the input that plays `role`, as a tensor of its own."""
        return torch.from_numpy(self.array(role).copy())

    def expected(self) -> dict[str, np.ndarray]:
        """Return the recorded outputs by name, as far as they were kept (`kept_part`)."""
        with np.load(self.vectors.folder / f"{self.name}.npz") as arrays:
            return dict(arrays)

    def kept_part(self, name: str, array: np.ndarray) -> np.ndarray:
        """Return what was kept of the output `name`, out of the whole of it."""
        return every_row(array, self.row_steps.get(name, 1))

    def weights(self) -> dict[str, torch.Tensor]:
        """Return the state dict of the case's model."""
        return self.vectors.weights(self.model)


@cache
@torch.inference_mode(False)  # the first test to ask for weights may be in it, the next may want ordinary tensors
def draw_weights(shapes: tuple[tuple[str, tuple[int, ...]], ...], salt: str, prefix: str) -> dict[str, torch.Tensor]:
    """Return a tensor of each name and shape; the same ones for all folders that ask for the same."""
    return {key: torch.from_numpy(draw_weight(prefix + key, shape, salt)) for key, shape in shapes}


def draw_weight(key: str, shape: tuple[int, ...], salt: str) -> np.ndarray:
    """Return the recorded models' tensor of that name: the recipe that comes with the vectors."""
    generator = np.random.Generator(np.random.PCG64(zlib.crc32(f"{salt}:{key}".encode())))
    noise = generator.standard_normal(shape, dtype=np.float32)
    if len(shape) <= 1:
        middle = 1.0 if key.endswith("weight") else 0.0
        return np.asarray(np.float32(middle) + np.float32(0.05) * noise)
    inputs = shape[-1] if "embedding" in key else int(np.prod(shape[1:]))
    return noise * np.float32(0.9 / inputs**0.5)


def every_row(array: np.ndarray, step: int) -> np.ndarray:
    """Return every `step`th row of pixels of (…,H,W), from the first on; all of any array where `step` is 1."""
    return array if step == 1 else array[..., ::step, :]


def relative_error(found: np.ndarray, recorded: np.ndarray) -> float:
    """Return max|found - recorded| / max|recorded|; infinite where shapes differ or a value is not finite."""
    if found.shape != recorded.shape or not np.isfinite(found).all():
        return float("inf")
    recorded = recorded.astype(np.float64)
    return float(np.abs(found - recorded).max() / max(np.abs(recorded).max(), 1e-30))


@cache
def all_vectors() -> tuple[Vectors, ...]:
    """Return the folders of vectors there are: the one that HUEBRUSH_PARITY names, if set, and the selection."""
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    selection = Vectors(SELECTION, "selection")
    return (Vectors(Path(chosen), "folder"), selection) if chosen else (selection,)


def all_cases() -> list[Case]:
    """Return every case of every folder."""
    return [case for vectors in all_vectors() for case in vectors.cases]


def cases_of(kind: str) -> list[Case]:
    """Return the cases of `kind` to compute, of the models for which it is implemented. Raises KeyError if it is not.

    A case of the selection that the whole folder has too is left out: `test_vectors.py` compares what was recorded.
    """
    found = [case for case in all_cases() if case.kind == kind and case.model in IMPLEMENTED[kind]]
    return [case for case in found if same_case(case) is None]


def same_case(case: Case) -> Case | None:
    """Return the case of an earlier folder that computes the same from the same inputs and weights, if there is one."""
    earlier = all_vectors()[: all_vectors().index(case.vectors)]
    return next((other for vectors in earlier for other in vectors.cases if _is_same(case, other)), None)


def _is_same(case: Case, other: Case) -> bool:
    if (case.name, case.kind, case.model, case.params) != (other.name, other.kind, other.model, other.params):
        return False
    names = ("salt", "small_config", "clip")
    return (
        all(case.vectors.manifest[name] == other.vectors.manifest[name] for name in names)
        and case.vectors.shapes() == other.vectors.shapes()
        and case.input_names.keys() == other.input_names.keys()
        and all(np.array_equal(case.array(role), other.array(role)) for role in case.input_names)
    )


def is_implemented(case: Case) -> bool:
    """Return whether there is a test for `case`."""
    return case.model in IMPLEMENTED.get(case.kind, ())
